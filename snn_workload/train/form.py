"""The form of a training configuration, key by key."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Strict, model_validator

from snn_workload.data.form import DataForm
from snn_workload.run_form import Size
from snnhw.spec.forms import CountOrZero, Flag, Form, Name, NonNegative, Positive, Share, Text, wrong


class LossForm(Form):
    """Loss on the number of spikes of each output neuron."""

    type: Literal["cross_entropy", "mse"] = Field(default="cross_entropy", description="cross-entropy of the counts, or MSE of the rates")
    right: Share = Field(default=1.0, description="mse: rate that the right class should have")
    wrong: Share = Field(default=0.0, description="mse: rate that the others should have")
    scale: Positive = Field(default=10.0, description="cross_entropy: logits are scale * rate")


class OptimiserForm(Form):
    """Adam with warm-up and cosine decay."""

    epochs: Size = Field(default=30, description="passes over the data")
    batch: Size = Field(default=64, description="examples of a step")
    rate: Positive = Field(default=0.002, description="learning rate at its peak")
    warm_up: Share = Field(default=0.1, description="share of the steps until the peak")
    last: Share = Field(default=0.0, description="share of the peak that is left at the end")
    weight_decay: NonNegative = Field(default=0.0, description="decoupled weight decay")


class StateForm(Form):
    """Membrane potential of few bits."""

    bits: Annotated[int, Field(ge=2, le=16), Strict()] = Field(description="bits of the potential, 2 to 16")
    range: Positive = Field(default=2.0, description="largest potential, in thresholds; a power of two keeps the threshold on the grid")


class QuantisationForm(Form):
    """Weights and potentials of few bits."""

    bits: Annotated[int, Field(ge=2, le=8), Strict()] | None = Field(default=None, description="bits of a weight, 2 (ternary) to 8")
    state: StateForm | None = Field(default=None, description="bits of the membrane potential")
    when: Literal["training", "after"] = Field(default="training", description="in training, or once after it")
    begin: Share = Field(default=0.2, description="share of the epochs from which on weights are rounded in training")
    gradient: Literal["straight_through", "elementwise"] = Field(
        default="straight_through", description="how the gradient passes the rounding"
    )
    delta: NonNegative = Field(default=0.1, description="elementwise: strength of the scaling")
    rounding: Literal["truncate", "nearest", "stochastic"] = Field(default="nearest", description="after: how weights are rounded")


class PruningForm(Form):
    """Weights that are set to zero, the smallest first."""

    sparsity: Annotated[float, Field(ge=0, lt=1), Strict()] = Field(description="share of the weights that go, 0 to 1")
    scope: Literal["global", "layer", "channel"] = Field(default="global", description="what is compared with what")
    begin: Share = Field(default=0.2, description="share of the epochs at which pruning begins")
    end: Share = Field(default=0.6, description="share of the epochs at which the sparsity is reached")

    @model_validator(mode="after")
    def _agrees(self) -> PruningForm:
        if self.end < self.begin:
            raise wrong(f"end x with x >= begin = {self.begin:g}")
        return self


class MemoryForm(Form):
    """Bounds of what backpropagation through time keeps."""

    piece: Size | None = Field(
        default=None, description="time steps of a piece; states between pieces are kept, the rest is computed again"
    )
    limit_MiB: Positive | None = Field(default=None, description="the largest piece is taken with which the estimate stays below this")


class StdpForm(Form):
    """Unsupervised learning of one fully connected layer of excitatory neurons; see stdp.py for the equations."""

    neurons: Size = Field(default=100, description="excitatory neurons")
    window: Size = Field(default=5, description="time steps between two updates of the weights")
    potentiation: Positive = Field(default=0.05, description="share of the way up that a weight goes, times the factor of the window")
    spikes: Size = Field(default=2, description="spikes of the strongest neuron in a window that raise the factor by one")
    depression: Share = Field(default=0.03, description="share of a weight that is lost where its input was silent")
    inhibition: NonNegative = Field(default=4.0, description="what a spike takes from the potential of every other neuron, in thresholds")
    decay: Annotated[float, Field(gt=0, lt=1), Strict()] = Field(default=0.9, description="share of the potential left after a step")
    threshold: Positive = Field(default=4.0, description="threshold before it adapts")
    gain: Positive = Field(default=6.0, description="what the weights of a neuron sum to; each is at most 1")
    beta: NonNegative = Field(default=0.05, description="how far a spike lifts the threshold")
    rho: Annotated[float, Field(gt=0, le=1), Strict()] = Field(default=0.9999, description="share of the lift left after a step")
    epochs: Size = Field(default=3, description="passes over the data")
    bits: Annotated[int, Field(ge=2, le=8), Strict()] | None = Field(default=None, description="bits of weights, thresholds and decay")
    when: Literal["training", "after"] = Field(default="training", description="rounded after every update, or once after training")
    rounding: Literal["truncate", "nearest", "stochastic"] = Field(default="stochastic", description="how they are rounded")


class TrainForm(Form):
    """What is trained, on what, and how."""

    name: Name | None = Field(default=None, description="name of the run, that of the file where absent")
    source: Text = Field(default="", description="where the recipe comes from; goes into run.json")
    seed: CountOrZero = Field(default=0, description="all random draws depend on it")
    time_steps: Size = Field(description="time steps T of an example")
    data: DataForm = Field(description="what is learnt from, a mapping with source")
    network: list[Any] | None = Field(default=None, min_length=1, description="the layers in order")
    stdp: StdpForm | None = Field(default=None, description="unsupervised learning in place of `network`")
    loss: LossForm = Field(default=LossForm(), description="the loss")
    optimiser: OptimiserForm = Field(default=OptimiserForm(), description="the optimiser")
    quantisation: QuantisationForm | None = Field(default=None, description="weights and potentials of few bits")
    pruning: PruningForm | None = Field(default=None, description="weights set to zero")
    combination: Literal["joint", "cumulative"] | None = Field(
        default=None,
        description="pruning and quantisation together from the start, or pruning first and quantisation from half of the epochs on",
    )
    start_from: Text | None = Field(default=None, description="a run folder or checkpoint to fine-tune")
    memory: MemoryForm = Field(default=MemoryForm(), description="bounds of memory")
    allow_dead: Flag = Field(default=False, description="go on where a layer never spikes")

    @model_validator(mode="after")
    def _agrees(self) -> TrainForm:
        if (self.network is None) == (self.stdp is None):
            raise wrong("network or stdp, one of them")
        if self.combination and not (self.quantisation and self.quantisation.bits and self.pruning):
            raise wrong("a combination only with both quantisation.bits and pruning", "add what is missing, or remove combination")
        if self.combination and self.quantisation and self.quantisation.when == "after":
            raise wrong("quantisation in training for a combination", "remove when: after")
        return self
