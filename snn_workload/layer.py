"""A layer of a run: its kind and shape, its bit widths, its measured densities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from snn_workload.causality import causality_constraints
from snn_workload.densities import LayerDensities, MeasuredDensity, Statistic
from snn_workload.layers.carriers import Flatten, Pool2d
from snn_workload.layers.kind import LayerKind
from snn_workload.layers.linear import RecurrentLinear
from snn_workload.nest import Membrane
from snn_workload.neurons import NeuronWork
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import Causality
from snnhw.spec.problem import Density, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Bits:
    """Bits of one word. weights: 1 to 16; inputs: 1 for spikes, up to 16 for pixels; state: membrane potential, 1 to 32."""

    weights: int = 8
    inputs: int = 1
    state: int = 16

    def by_tensor(self) -> dict[str, int]:
        """Bits of a word of each tensor of a layer's Problem; Outputs are membrane potentials or partial sums, of `state` bits."""
        return {"Weights": self.weights, "Inputs": self.inputs, "Outputs": self.state}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer that computes, so one that a Problem is made of.

    state_range: lowest and highest membrane potential seen, None where unknown.
    """

    name: str
    kind: LayerKind
    bits: Bits = field(default_factory=Bits)
    densities: LayerDensities = field(default_factory=LayerDensities)
    state_range: tuple[float, float] | None = None

    @property
    def type_name(self) -> str:
        """The kind as run files name it (`conv2d`)."""
        return self.kind.type_name

    @property
    def needs_multiplication(self) -> bool:
        """Whether the inputs are numbers, not spikes, so that a weight has to be multiplied and not just added."""
        return self.bits.inputs > 1

    def problem(self, time_steps: int, *, membrane: Membrane = "carried", statistic: Statistic = "mean") -> Problem:
        """The layer as a loop nest over `time_steps`, with the densities that the statistic picks (`dense` is 1 throughout)."""
        return self.kind.problem(
            time_steps, membrane=membrane, name=self.name,
            weights=self.densities.weights.density(statistic), inputs=Density(value=self._input_share(statistic)),
        )  # fmt: skip

    def _input_share(self, statistic: Statistic) -> float:
        """Density of all that arrives: of a recurrent layer, its inputs and its own spikes, each by their number."""
        inputs = self.densities.inputs.share(statistic)
        if not isinstance(self.kind, RecurrentLinear):
            return inputs
        own = self.densities.outputs.share(statistic)
        return (self.kind.C * inputs + self.kind.M * own) / (self.kind.C + self.kind.M)

    def neuron_work(self, time_steps: int, *, statistic: Statistic = "mean") -> NeuronWork:
        """Updates and spikes of the layer's neurons over the run; zeros for a layer without neurons."""
        neurons = self.kind.neurons
        return NeuronWork(neurons=neurons, time_steps=time_steps, spikes=neurons * time_steps * self.densities.outputs.share(statistic))

    def causality(self, policy: Causality, levels: tuple[str, ...], problem: Problem) -> Constraints:
        """What the policy asks of a mapping of this layer; see causality_constraints. levels: storage levels, outermost first."""
        return causality_constraints(policy, levels, problem, recurrent=self.kind.is_recurrent)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of this layer's result must know."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[str]:
        if self.needs_multiplication:
            yield f"takes inputs of {self.bits.inputs} bits, so it needs multiplications; adders alone can't do it"
        for tensor, measured in self.stated():
            if measured.assumed:
                yield f"density of {tensor} {measured.mean:g} is assumed{': ' + measured.source if measured.source else ''}"
            elif not measured.given:
                yield f"density of {tensor} is not given and taken as 1 (dense)"

    def stated(self) -> Iterator[tuple[str, MeasuredDensity]]:
        """The densities that mean something for this kind: `outputs` only where neurons spike."""
        return ((name, one) for name, one in self.densities.named() if name != "outputs" or self.kind.has_neurons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """An entry of a run that carries shapes on and computes nothing that is modelled: pooling, flatten."""

    name: str
    kind: Pool2d | Flatten

    @property
    def type_name(self) -> str:
        """The kind as run files name it (`pool2d`)."""
        return self.kind.type_name
