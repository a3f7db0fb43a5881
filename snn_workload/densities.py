"""Measured densities (shares of non-zeros) of one layer, and where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from snnhw.spec.problem import Density

Statistic: TypeAlias = Literal["mean", "max", "dense"]
CHANNEL_EDGES = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Edges of the bins of a histogram of channel densities; each bin holds its lower edge, the last its upper one as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDensity:
    """Density of one tensor, shares in [0, 1].

    mean: over all inputs and steps; max: the largest seen in any step of any input; per_step: mean of each time step, empty where
    it was not measured. assumed: nobody measured it; given: a run file states it (one that nobody states is taken as dense).
    source: where the figure comes from, in words. interval: 95 % confidence interval of the mean, None where nobody worked it out;
    channels: how many channels have a density in each bin of CHANNEL_EDGES, empty where it was not measured.
    """

    mean: float = 1.0
    max: float = 1.0
    per_step: tuple[float, ...] = ()
    assumed: bool = False
    given: bool = True
    source: str = ""
    interval: tuple[float, float] | None = None
    channels: tuple[int, ...] = ()

    def share(self, statistic: Statistic) -> float:
        """One figure for the whole run: the mean, the max, or 1 for `dense`."""
        return {"mean": self.mean, "max": self.max, "dense": 1.0}[statistic]

    def density(self, statistic: Statistic) -> Density:
        """The figure as a tensor's density."""
        return Density(value=self.share(statistic))


NOT_GIVEN = MeasuredDensity(given=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDensities:
    """weights: of the weights; inputs: of the spikes (or pixels) that arrive; outputs: of the spikes that leave."""

    weights: MeasuredDensity = field(default=NOT_GIVEN)
    inputs: MeasuredDensity = field(default=NOT_GIVEN)
    outputs: MeasuredDensity = field(default=NOT_GIVEN)

    def named(self) -> Iterator[tuple[str, MeasuredDensity]]:
        """Each density with its name."""
        yield from (("weights", self.weights), ("inputs", self.inputs), ("outputs", self.outputs))
