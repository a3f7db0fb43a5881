"""A run: a trained network as the evaluator needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from snn_workload.layer import Carrier, Layer
from snn_workload.layers.kind import Fault
from snn_workload.sizes import FeatureMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A network and what was measured of it.

    entries: all layers in network order, those that only carry shapes included; accuracy: share in [0, 1], None where unknown;
    assumptions: what the file says was assumed; source: where the figures come from; standalone: the layers need not follow
    one another; recall: of each class, the share of its examples that were found, empty where unknown; seed: of the training; versions:
    names and versions of what the figures were made with; file: where it was read from.
    """

    name: str
    time_steps: int
    entries: tuple[Layer | Carrier, ...]
    accuracy: float | None = None
    assumptions: tuple[str, ...] = ()
    source: str = ""
    standalone: bool = False
    recall: tuple[float, ...] = ()
    seed: int | None = None
    versions: tuple[tuple[str, str], ...] = ()
    file: str = field(default="", compare=False)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that compute, in network order."""
        return tuple(entry for entry in self.entries if isinstance(entry, Layer))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of any result made of this run must know: its assumptions, then assumed and missing densities, in groups."""
        return (*self.assumptions, *_density_notes(self.layers))


def _density_notes(layers: tuple[Layer, ...]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for layer in layers:
        for tensor, one in layer.stated():
            if one.assumed:
                said = f"assumed, not measured: density of {tensor} {one.mean:g}{' (' + one.source + ')' if one.source else ''}"
            elif not one.given:
                said = f"not given, taken as 1 (dense): density of {tensor}"
            else:
                continue
            groups.setdefault((tensor, said), []).append(layer.name)
    for (_, said), names in groups.items():
        yield f"{said} in {'all layers' if len(names) == len(layers) > 1 else ', '.join(names)}"


def chain_faults(entries: tuple[Layer | Carrier, ...]) -> Iterator[tuple[int, Fault]]:
    """Where a layer's input is not what the layer before it puts out, with the index of the layer.

    A run that lists pooling or flatten is taken as complete, so sizes have to agree. In one that lists none, the maps may have
    become smaller between two layers, by pooling that no one lists; channels have to agree all the same.
    """
    complete = any(isinstance(entry, Carrier) for entry in entries)
    before: FeatureMap | None = None
    for i, entry in enumerate(entries):
        if before is not None:
            for found in entry.kind.input_faults(before, exact=complete):
                yield i, found
        before = entry.kind.output_map(before)
