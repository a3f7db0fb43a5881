"""The forms of a network's layers in a training configuration, key by key."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Strict, model_validator

from snn_workload.run_form import Pair, PairOrZero, Size
from snnhw.spec.forms import Flag, Form, Name, NonNegative, Positive, Real, Share, wrong

Bits = Annotated[int, Field(ge=2, le=16), Strict()]
Below1 = Annotated[float, Field(gt=0, lt=1), Strict()]


class NamedForm(Form):
    """What all layers have."""

    name: Name | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", description="name, else type and number")


class ConvForm(NamedForm):
    """Two-dimensional convolution."""

    type: Literal["conv2d"]
    channels: Size = Field(description="output channels, a whole number >= 1")
    kernel: Pair = Field(default=[3, 3], description="kernel size along P and Q")
    stride: Pair = Field(default=[1, 1], description="strides along P and Q")
    padding: PairOrZero = Field(default=[0, 0], description="zeros at each end along P and Q")
    dilation: Pair = Field(default=[1, 1], description="dilations along P and Q")
    groups: Size = Field(default=1, description="groups")
    bias: Flag = Field(default=True, description="whether there is a bias")


class DenseForm(NamedForm):
    """Fully connected layer."""

    type: Literal["linear"]
    features: Size = Field(description="outputs, a whole number >= 1")
    bias: Flag = Field(default=True, description="whether there is a bias")


class PoolForm(NamedForm):
    """Average or max pooling."""

    type: Literal["avg_pool", "max_pool"]
    size: Pair = Field(default=[2, 2], description="window along P and Q")
    stride: Pair | None = Field(default=None, description="strides along P and Q, the window's size where absent")


class BatchNormForm(NamedForm):
    """Batch normalisation, folded into the layer before for inference."""

    type: Literal["batch_norm"]
    momentum: Share = Field(default=0.1, description="share by which a batch moves the running statistics")


class DropoutForm(NamedForm):
    """Dropout, the same in all time steps of an example."""

    type: Literal["dropout"]
    share: Annotated[float, Field(ge=0, lt=1), Strict()] = Field(default=0.5, description="share of values set to 0 in training")


class TcjaForm(NamedForm):
    """TCJA attention."""

    type: Literal["tcja"]
    temporal_kernel: Size = Field(default=4, description="kernel of the temporal convolution")
    channel_kernel: Size = Field(default=4, description="kernel of the channel convolution")


class FlatForm(NamedForm):
    """Flattening, channels first."""

    type: Literal["flatten"]


class SpikingForm(NamedForm):
    """Spiking neurons."""

    type: Literal["lif", "alif", "if"]
    tau: Annotated[float, Field(gt=1), Strict()] | None = Field(
        default=None, description="time constant in steps; 2 where decay is absent too"
    )
    decay: Below1 | None = Field(default=None, description="share of the potential that is left after a step, in place of tau")
    threshold: Positive = Field(default=1.0, description="threshold")
    reset: Literal["hard", "soft"] = Field(default="hard", description="to u_reset, or down by the threshold")
    u_reset: Real = Field(default=0.0, description="potential at rest and after a hard reset")
    surrogate: Literal["arctan", "fast_sigmoid", "triangle"] = Field(default="arctan", description="derivative of a spike")
    alpha: Positive = Field(default=2.0, description="steepness of the surrogate")
    through_reset: Flag = Field(default=True, description="whether the gradient flows through the reset")
    beta: NonNegative = Field(default=0.2, description="alif: how far a spike lifts the threshold")
    rho: Below1 = Field(default=0.9, description="alif: share of the lift that is left after a step")
    learn_leak: Flag = Field(default=False, description="whether the leak is trained, one for the layer")
    learn_threshold: Flag = Field(default=False, description="whether the threshold is trained, one for the layer")

    @model_validator(mode="after")
    def _agrees(self) -> SpikingForm:
        if self.tau is not None and self.decay is not None:
            raise wrong("tau or decay, not both", "remove one of them")
        if self.type == "if" and (self.tau is not None or self.decay is not None or self.learn_leak):
            raise wrong("an if neuron without tau, decay and learn_leak: it does not leak", "take type lif, or remove them")
        if self.reset == "hard" and self.u_reset >= self.threshold:
            raise wrong(f"u_reset x with x < threshold = {self.threshold:g}", "a neuron that is reset above its threshold never stops")
        return self


LayerForm: TypeAlias = ConvForm | DenseForm | PoolForm | BatchNormForm | DropoutForm | TcjaForm | FlatForm | SpikingForm
FORMS: dict[str, type[LayerForm]] = {
    "conv2d": ConvForm, "linear": DenseForm, "avg_pool": PoolForm, "max_pool": PoolForm, "batch_norm": BatchNormForm,
    "dropout": DropoutForm, "tcja": TcjaForm, "flatten": FlatForm, "lif": SpikingForm, "alif": SpikingForm, "if": SpikingForm,
}  # fmt: skip
