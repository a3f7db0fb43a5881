"""The two attention convolutions of TCJA-SNN (temporal-channel joint attention, Zhu et al., arXiv 2206.10177).

Both slide a one-dimensional kernel over a time x channel plane, at Q positions of the feature map. The geometry is the one that
"The Hardware Impact of Quantization and Pruning for Weights in Spiking Neural Networks" (arXiv 2302.04174) evaluates, where the loop
called T is not always time: it is the axis along which the kernel is applied again.

Their sums feed a sigmoid and scale the spikes; there are no neurons behind them and no state is carried, so Outputs always has
T as an axis. The map that they scale keeps its shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from snn_workload.layers.kind import Fault, LayerKind, channel_faults, fault, positive
from snn_workload.nest import Nest
from snn_workload.sizes import FeatureMap


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tcja(LayerKind):
    """T: applications of the kernel; C: inputs mixed; M: outputs (time steps); Q: positions; S: kernel size."""

    has_neurons: ClassVar[bool] = False

    T: int
    C: int
    M: int
    Q: int
    S: int

    def faults(self) -> Iterator[Fault]:
        """All that is wrong with the fields, taken together."""
        wrong = list(positive(self, ("T", "C", "M", "Q", "S")))
        yield from wrong
        if not wrong and self.T != self.C:
            yield fault("T", self.T, f"{self.C} as C: the kernel is applied once for each input that it mixes", "leave T out")

    def _time_faults(self, keys: str, time_steps: int) -> Iterator[Fault]:
        for key in keys:
            if getattr(self, key) != time_steps:
                yield fault(key, getattr(self, key), f"{time_steps}, the time steps of the run")

    def _position_faults(self, before: FeatureMap, exact: bool) -> Iterator[Fault]:
        if before.positions < self.Q or (exact and before.positions > self.Q):
            yield fault("Q", self.Q, f"{'' if exact else 'at most '}{before.positions}, the positions of {before}")

    def output_map(self, before: FeatureMap | None) -> FeatureMap | None:
        """The map that came in, scaled."""
        return before

    def nest(self, time_steps: int) -> Nest:
        """The published loops; the time steps of the run stand in C or M already."""
        return Nest(T=self.T, C=self.C, M=self.M, Q=self.Q, S=self.S, has_state=False)

    @property
    def outputs(self) -> int:
        """Values that leave in one application of the kernel: M * Q."""
        return self.M * self.Q


@dataclass(frozen=True, slots=True, kw_only=True)
class TcjaTemporal(_Tcja):
    """Mixes time steps: C = M = T = the time steps of the run (TCJA11: T=20 C=20 M=20 Q=256 S=4)."""

    type_name: ClassVar[str] = "tcja_temporal"

    def step_faults(self, time_steps: int) -> Iterator[Fault]:
        """Inputs or outputs other than the time steps of the run."""
        yield from LayerKind.step_faults(self, time_steps)
        yield from self._time_faults("CM", time_steps)

    def input_faults(self, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
        """More positions than the map before has."""
        return self._position_faults(before, exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class TcjaChannel(_Tcja):
    """Mixes channels: C = T = the channels of the map, M = the time steps of the run (TCJA12: T=128 C=128 M=20 Q=256 S=4).

    T is the channel axis here: the kernel is applied at each of the 128 channels. It takes no 128 time steps.
    """

    type_name: ClassVar[str] = "tcja_channel"

    def step_faults(self, time_steps: int) -> Iterator[Fault]:
        """Outputs other than the time steps of the run."""
        yield from LayerKind.step_faults(self, time_steps)
        yield from self._time_faults("M", time_steps)

    def input_faults(self, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
        """Other channels or more positions than the map before has."""
        yield from channel_faults(self.C, before)
        yield from self._position_faults(before, exact)
