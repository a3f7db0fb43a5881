"""The result of an evaluation in which some layers may have failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from snnhw.model.result import NetworkResult


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFailure:
    """A layer without a result, and why. status: the exit status of its error."""

    layer: str
    error: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRun(NetworkResult):
    """A network's result. failures: layers that its engine could not do; `layers` and all sums are without them.

    timeloop_inputs: by the name of a layer, a complete input of the real timeloop-model with the layer's mapping; layers that cannot be
    said there have none.
    """

    failures: tuple[LayerFailure, ...] = ()
    timeloop_inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """The status of a command that ends with it: the highest of its failures, else 0."""
        return max((failure.status for failure in self.failures), default=0)
