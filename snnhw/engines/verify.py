"""A result held against the real timeloop-model: every mapping evaluated again, and how far the figures are apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

from snnhw.engines.interface import Engine, engine_named
from snnhw.engines.remaking import Remade, remade
from snnhw.engines.steps import over_time
from snnhw.errors import SnnhwError
from snnhw.model.result import Evaluation, LayerResult, NetworkResult, TensorCounts
from snnhw.spec.document import document_of_text
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.mapping_file import mapping_of

TOLERANCE = 0.001

_PRINTED_PJ = 0.02
"""Leakage and networks are printed with two decimals, and are sums of a few figures."""

_COUNTS = tuple(field.name for field in fields(TensorCounts) if field.name not in ("energy_pJ", "instances", "tile_size"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure by both. kind: `energy`, `cycles`, `energy of a level`, `reads` and so on; where: the level, network or tensor."""

    kind: str
    layer: str
    where: str
    ours: float
    theirs: float

    @property
    def difference(self) -> float:
        """As a share of Timeloop's; 0 for what is rounding: counts within one word, and energies within the last digit that it prints."""
        rounding = 1.0 if self.kind in _COUNTS else _PRINTED_PJ if "energy" in self.kind or self.kind == "leakage" else 0.0
        if abs(self.ours - self.theirs) <= rounding:
            return 0.0
        return abs(self.ours - self.theirs) / abs(self.theirs) if self.theirs else float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """figures: all that were compared; failures: layers that timeloop-model gave nothing for, with the reason; tolerance: a share."""

    engine: str
    figures: tuple[Figure, ...]
    failures: tuple[tuple[str, str], ...] = ()
    tolerance: float = TOLERANCE

    @property
    def largest(self) -> tuple[Figure, ...]:
        """The figure that is furthest apart of each kind, energy and cycles of layers first."""
        kinds = dict.fromkeys(figure.kind for figure in self.figures)
        return tuple(max((figure for figure in self.figures if figure.kind == kind), key=lambda one: one.difference) for kind in kinds)

    @property
    def agrees(self) -> bool:
        """Whether energy and cycles of every layer are within the tolerance."""
        return not self.failures and all(figure.difference <= self.tolerance for figure in self.figures
                                         if figure.kind in ("energy", "cycles"))

    @property
    def exit_code(self) -> int:
        """The status of a command that ends with it: 0 where all agrees, else 4."""
        return 0 if self.agrees else 4


def verify(result: NetworkResult, *, tolerance: float = TOLERANCE, progress: Callable[[str], None] | None = None) -> Verification:
    """Every mapping of a result in the real timeloop-model, and each figure beside ours. A mapping is what `mapping_yaml` says.

    tolerance: the share by which energy and cycles of a layer may differ. progress: called with each layer's name before it is asked.
    Energy is that of the loop nest: neuron updates and outgoing spikes are no part of it. Raises EngineError without timeloop-model,
    SpecError where the result does not hold its inputs.
    """
    engine = engine_named("timeloop")
    made_with = remade(result)
    figures: list[Figure] = []
    failures: list[tuple[str, str]] = []
    for layer in result.layers:
        if progress is not None:
            progress(layer.name)
        try:
            figures += figures_of(layer.name, layer.evaluation, _judged(engine, made_with, layer))
        except SnnhwError as error:
            failures.append((layer.name, str(error)))
    return Verification(engine=engine.version, figures=tuple(figures), failures=tuple(failures), tolerance=tolerance)


def _judged(engine: Engine, made_with: Remade, layer: LayerResult) -> Evaluation:
    """What timeloop-model says of a layer; of each time step at its own density, where the result says so."""
    architecture, reference = made_with.of(layer)
    mapping = stated_mapping(layer)
    if layer.steps is None:
        return engine.evaluate(architecture, layer.problem, mapping, reference)
    given = next(one for one in made_with.run.layers if one.name == layer.name)
    return over_time(engine, given, architecture, layer.problem, mapping, reference, layer.evaluation)[0]


def stated_mapping(layer: LayerResult) -> Mapping:
    """The mapping of a layer: what its text in Timeloop's format says, which is what people read and hand on; else its record.

    Raises SpecError where the text is no mapping.
    """
    if not layer.mapping_yaml:
        return layer.mapping
    said = mapping_of(document_of_text(layer.mapping_yaml, "mapping_yaml"))
    return layer.mapping if _essence(said) == _essence(layer.mapping) else said


def _essence(mapping: Mapping) -> tuple[LevelMapping, ...]:
    """The levels, without loops of one iteration: those stand in the text and not in the record."""
    def taken(loops: tuple[Loop, ...]) -> tuple[Loop, ...]:
        return tuple(loop for loop in loops if loop.bound != 1)

    return tuple(replace(level, temporal=taken(level.temporal), spatial_x=taken(level.spatial_x), spatial_y=taken(level.spatial_y))
                 for level in mapping.levels)


def figures_of(layer: str, ours: Evaluation, theirs: Evaluation) -> Iterator[Figure]:
    """Every figure of a layer by both."""
    yield Figure(kind="energy", layer=layer, where="", ours=ours.energy_pJ, theirs=theirs.energy_pJ)
    yield Figure(kind="cycles", layer=layer, where="", ours=ours.cycles, theirs=theirs.cycles)
    judged = {level.name: level for level in theirs.levels}
    for level in ours.levels:
        other = judged[level.name]
        yield Figure(kind="energy of a level", layer=layer, where=level.name, ours=level.energy_pJ, theirs=other.energy_pJ)
        yield Figure(kind="leakage", layer=layer, where=level.name, ours=level.leakage_pJ, theirs=other.leakage_pJ)
        for kind in ("computes", "gated_computes", "skipped_computes"):
            yield Figure(kind=kind, layer=layer, where=level.name, ours=getattr(level, kind), theirs=getattr(other, kind))
        for tensor, counts in level.tensors.items():
            for kind in _COUNTS:
                yield Figure(kind=kind, layer=layer, where=f"{level.name}, {tensor}", ours=getattr(counts, kind),
                             theirs=getattr(other.tensors.get(tensor, TensorCounts()), kind))
    networks = {network.name: network for network in theirs.networks}
    for network in ours.networks:
        others = networks[network.name].tensors
        yield Figure(kind="energy of a network", layer=layer, where=network.name,
                     ours=sum(one.energy_pJ for one in network.tensors.values()), theirs=sum(one.energy_pJ for one in others.values()))
        for tensor, transfers in network.tensors.items():
            yield Figure(kind="ingresses", layer=layer, where=f"{network.name}, {tensor}", ours=transfers.ingresses,
                         theirs=others[tensor].ingresses if tensor in others else 0.0)
