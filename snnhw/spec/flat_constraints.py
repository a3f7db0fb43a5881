"""Constraints of a flat Timeloop input: those of the architecture and those of the mapspace, which a mapping has to satisfy together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, cast

from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.factors import Factor
from snnhw.spec.flat_mapping import ENTRY_KEYS, KINDS, UNSUPPORTED, read_factors, read_permutation, target_of
from snnhw.spec.flat_section import Path, Report, Section, sections, shown
from snnhw.spec.problem import Problem

_KINDS = {**KINDS, "utilization": "utilization", "parallelism": "utilization", "max_overbooked_proportion": "overbooking"}
_UNSUPPORTED = (*UNSUPPORTED, "remainders")


def flat_constraints(parts: Sequence[tuple[object, Path]], report: Report, architecture: Architecture, problem: Problem) -> Constraints:
    """Constraints from several places of an input together, each with its path.

    Each part is a list, or a mapping with the list under `targets`, `constraints` or `constraints_<name>`. Problems go to the report,
    among them what two entries say of the same thing, as Timeloop refuses it between architecture and mapspace constraints.
    """
    reader = _Reader(architecture, problem)
    for value, path in parts:
        for section in _entries(value, path, reader, report):
            if isinstance(section.peek("constraints"), list):
                _target_with_list(section, reader)
            else:
                reader.read(section, target_of(section, architecture, "target", "name"), section)
    return reader.constraints()


def _entries(value: object, path: Path, reader: _Reader, report: Report) -> list[Section]:
    if value is None:
        return []
    if isinstance(value, list):
        return sections(value, path, report)
    section = Section(value, path, report)
    section.ignore("version")
    template = section.text("template", default="uber", choices=("uber", "ruby"))
    reader.imperfect = reader.imperfect or template == "ruby"
    name = "constraints" if section.has("constraints") else "targets"
    if isinstance(section.peek("constraints"), str):
        name = f"constraints_{section.text('constraints', default='')}"
        section.require([name], f"the list {name}")
    others = [key for key in section.remaining() if key.startswith("constraints_") and key != name]
    section.ignore(*others, why="a set of constraints that is not chosen")
    entries = section.children(name) if section.peek(name) is not None else []
    section.take(name)
    section.close(("targets", "constraints"))
    return entries


def _target_with_list(section: Section, reader: _Reader) -> None:
    """The form of `targets: [{name: GLB, constraints: [{type: temporal, attributes: {...}}]}]`."""
    target = target_of(section, reader.architecture, "target", "name")
    for constraint in section.children("constraints"):
        reader.read(constraint, target, constraint)
    section.close()


class _Reader:
    """Collects constraints, and finds what is said twice."""

    def __init__(self, architecture: Architecture, problem: Problem):
        self.architecture, self.problem = architecture, problem
        self.tensors = [tensor.name for tensor in problem.tensors]
        self.loops: list[LoopConstraint] = []
        self.storage: list[StorageConstraint] = []
        self.min_utilization: float | None = None
        self.imperfect = False
        self._said: set[tuple[str, ...]] = set()

    def constraints(self) -> Constraints:
        """All that was read."""
        return Constraints(loops=tuple(self.loops), storage=tuple(self.storage), min_utilization=self.min_utilization or 0.0,
                           imperfect=self.imperfect)

    def read(self, section: Section, target: str | None, head: Section) -> None:
        """One constraint; its values stand in it or under its `attributes`."""
        head.require(["type"], f"one of {', '.join(_KINDS)}")
        text = head.text("type", default=None, choices=tuple(_KINDS))
        if text is None:
            head.drop()
            return
        kind = _KINDS[text]
        body = head.child("attributes") or section
        for key in _UNSUPPORTED:
            body.refuse(key, neutral=([], 0) if key == "remainders" else ([],))
        if kind == "bypass":
            self._storage(body, target)
        elif kind in ("temporal", "spatial"):
            self._loop(body, target, cast(Literal["temporal", "spatial"], kind))
        elif kind == "utilization":
            self._utilization(body, target)
        else:
            body.refuse("proportion", neutral=(0, 0.0), why="overbooking")
        for part in {id(body): body, id(section): section}.values():
            part.close(ENTRY_KEYS)

    def _once(self, section: Section, *what: str) -> None:
        if what in self._said:
            said = " ".join(what[2:])
            section.report.add(section.path, seen=f"a second {said} for the {what[1]} constraints of {what[0]}", expected="one")
        self._said.add(what)

    def _storage(self, section: Section, target: str | None) -> None:
        keep = section.names("keep", known=self.tensors, kind="tensor") or ()
        bypass = section.names("bypass", known=self.tensors, kind="tensor") or ()
        for tensor in sorted(set(keep) & set(bypass)):
            section.report.add(section.path, seen=f"{tensor} under keep and under bypass", expected="one of the two")
        if target is None:
            return
        for tensor in (*keep, *bypass):
            self._once(section, target, "storage", tensor)
        self.storage.append(StorageConstraint(level=target, keep=frozenset(keep), bypass=frozenset(bypass)))

    def _loop(self, section: Section, target: str | None, kind: Literal["temporal", "spatial"]) -> None:
        path = section.path_of("factors")
        factors = tuple(self._bounds(read_factors(section, self.problem), path, section.report))
        factors += tuple(self._defaults(section, factors))
        innermost, outermost = read_permutation(section, self.problem)
        split = section.integer("split", default=None, least=0) if kind == "spatial" else None
        unlinked = section.names("no_link_transfer", known=self.tensors, kind="tensor") or () if kind == "spatial" else ()
        if target is None:
            return
        for factor in factors:
            self._once(section, target, kind, "factor", f"{factor.dimension}{factor.relation}")
        if innermost or outermost:
            self._once(section, target, kind, "permutation")
        if split is not None:
            self._once(section, target, kind, "split")
        self.loops.append(LoopConstraint(level=target, kind=kind, factors=factors, innermost=innermost, outermost=outermost, split=split,
                                         no_link_transfer=unlinked))

    def _bounds(self, factors: Iterable[Factor], path: Path, report: Report) -> Iterable[FactorBound]:
        for factor in factors:
            bound = self.problem.bounds[factor.dimension]
            if factor.residual is not None:
                written = f"{factor.dimension}={factor.value},{factor.residual}"
                report.add(path, seen=written, expected="a factor without a last pass, as in P=3")
            elif factor.relation == "=" and factor.value > bound:
                report.note(path, f"{factor.dimension}={factor.value} is more than the bound {bound} and is passed over, as Timeloop does")
            else:
                yield FactorBound(dimension=factor.dimension, relation=factor.relation, value=factor.value)

    def _defaults(self, section: Section, factors: tuple[FactorBound, ...]) -> Iterable[FactorBound]:
        """`default_max_factor` and `default_min_factor` hold for all dimensions without a bound of that kind."""
        for key, relation in (("default_max_factor", "<="), ("default_min_factor", ">=")):
            value = section.integer(key, default=None)
            bounded = {factor.dimension for factor in factors if factor.relation == relation}
            for dimension in self.problem.dimensions if value is not None else ():
                if dimension not in bounded and value is not None:
                    yield FactorBound(dimension=dimension, relation=cast(Literal["<=", ">="], relation), value=value)

    def _utilization(self, section: Section, target: str | None) -> None:
        innermost = self.architecture.storage[-1].name if self.architecture.storage else None
        section.require(["min"], "the least share of compute instances, a number in [0, 1]")
        path = section.path_of("min")
        value = section.number("min", default=0.0)
        if value > 1:
            section.report.add(path, seen=shown(value), expected="a number in [0, 1]")
        if target is not None and target != innermost:
            section.report.add(section.path, seen=f"utilization at {target}", expected=f"it at the innermost storage level, {innermost}")
        if self.min_utilization is not None:
            section.report.add(section.path, seen="a second utilization", expected="one")
        self.min_utilization = value
