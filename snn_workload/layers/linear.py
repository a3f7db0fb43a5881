"""Fully connected layers, without and with recurrent connections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from snn_workload.layers.kind import Fault, LayerKind, feature_faults, positive
from snn_workload.nest import Nest
from snn_workload.sizes import FeatureMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear(LayerKind):
    """out[m] = sum over c of w[c, m] * in[c]. C: inputs, M: neurons."""

    type_name: ClassVar[str] = "linear"

    C: int
    M: int

    def faults(self) -> Iterator[Fault]:
        """All that is wrong with the fields."""
        return positive(self, ("C", "M"))

    def input_faults(self, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
        """Inputs that the layer before does not put out."""
        return feature_faults(self.C, before, exact=exact)

    def output_map(self, before: FeatureMap | None) -> FeatureMap:
        """M features."""
        return FeatureMap(channels=self.M)

    def nest(self, time_steps: int) -> Nest:
        """T, C, M; all others are 1."""
        return Nest(T=time_steps, C=self.C, M=self.M)

    @property
    def outputs(self) -> int:
        """Values that leave in one time step: M."""
        return self.M


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrentLinear(Linear):
    """u_t[m] = sum over c of w[c, m] * in_t[c] + sum over k of v[k, m] * out_{t-1}[k]: every neuron also sees the last step's spikes.

    C: inputs, M: neurons. Both sums go to the same state, so this is one problem with C + M inputs, the matrices stacked:
    one pass over the state a step, as hardware would do it. Two problems would read and write the state twice.
    """

    type_name: ClassVar[str] = "recurrent_linear"
    is_recurrent: ClassVar[bool] = True

    def nest(self, time_steps: int) -> Nest:
        """T, C + M inputs (those from outside, then the neurons' own spikes), M."""
        return Nest(T=time_steps, C=self.C + self.M, M=self.M)
