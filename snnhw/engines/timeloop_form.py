"""A question as the real Timeloop can be asked it: the complete input, and what has to be undone in its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from snnhw.engines.timeloop_accelergy import for_accelergy
from snnhw.engines.timeloop_refusals import check_sayable
from snnhw.spec.architecture import Architecture, StorageLevel
from snnhw.spec.lowering import Lowered, lower_word_bits
from snnhw.spec.lowering_rows import lower_rows
from snnhw.spec.mapping import LevelMapping, Loop
from snnhw.spec.mapping import Mapping as LoopMapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.timeloop_mapper import TimeloopMapperOptions
from snnhw.spec.writing import write_timeloop_input


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An input of the binaries. architecture: as the user has it; lowered: as it is written; lost: what Timeloop cannot say of it."""

    architecture: Architecture
    problem: Problem
    lowered: Lowered
    text: str

    @property
    def lost(self) -> tuple[str, ...]:
        """What Timeloop cannot say of the architecture, one sentence each."""
        return self.lowered.lost


def timeloop_form(architecture: Architecture, problem: Problem, reference: ReferenceTable, *, mapping: LoopMapping | None = None,
                  mapper: TimeloopMapperOptions | None = None, tables: bool = True, rows: Mapping[str, int] | None = None) -> Form:
    """The complete input for a mapping (timeloop-model) or for a search (timeloop-mapper), one of which has to be given.

    Several word widths at a level become several levels, rows that Timeloop cannot count become shorter ones. tables: write ERT and ART,
    so that nobody else estimates energies; else what Accelergy wants to know. rows: depths to write instead, by the lowered level. Raises
    EngineError for what Timeloop has no words for or is known to stop at, with the reason.
    """
    tensors = tuple(tensor.name for tensor in problem.tensors)
    # Of a mapping's constraints only those that bar tensors from levels count: which levels stand for one is read from them.
    asked = architecture if mapping is None else replace(architecture, constraints=replace(architecture.constraints, loops=()))
    lowered = lower_rows(lower_word_bits(asked, tensors, _of_components(reference, architecture), mapping,
                                         () if mapping is not None else problem.dimensions))
    if rows:
        deepened = tuple(replace(level, depth_words=rows.get(level.name, level.depth_words)) for level in lowered.architecture.storage)
        lowered = replace(lowered, architecture=replace(lowered.architecture, storage=deepened))
    check_sayable(lowered.architecture, problem, lowered.mapping)
    text = write_timeloop_input(lowered.architecture, problem, lowered.mapping, lowered.reference if tables else None, mapper)
    if not tables:
        data = yaml.safe_load(text)
        data["architecture"] = for_accelergy(data["architecture"], architecture.technology_nm)
        text = yaml.safe_dump(data, sort_keys=False, default_flow_style=None, width=140)
    return Form(architecture=architecture, problem=problem, lowered=lowered, text=text)


def _of_components(reference: ReferenceTable, architecture: Architecture) -> ReferenceTable:
    """The costs of components alone: those of networks stand in their levels' attributes."""
    named = {level.name for level in architecture.storage} | {architecture.compute.name} | {part.name for part in architecture.parts}
    return ReferenceTable(components={name: cost for name, cost in reference.components.items() if name in named})


def raised_mapping(form: Form, mapping: LoopMapping) -> LoopMapping:
    """The mapping of the lowered architecture, said of the user's own: the loops and tensors of all levels that stand for one."""
    return LoopMapping(levels=tuple(_joined(level, [mapping.level(name) for name in form.lowered.levels[level.name]])
                                    for level in form.architecture.storage))


def _joined(level: StorageLevel, parts: Sequence[LevelMapping]) -> LevelMapping:
    def joined(name: str) -> tuple[Loop, ...]:
        loops: list[Loop] = [loop for part in parts for loop in getattr(part, name)]
        return tuple(loop for loop in loops if loop.bound > 1 or loop.is_imperfect)

    return LevelMapping(level=level.name, keep=frozenset().union(*(part.keep for part in parts)), temporal=joined("temporal"),
                        spatial_x=joined("spatial_x"), spatial_y=joined("spatial_y"))
