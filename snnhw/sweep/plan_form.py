"""The form of a plan file: `sweep:` with base, grid, points, sample and where."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from snnhw.errors import Finding, SpecError
from snnhw.spec.document import Document, KeyPath, read_document, read_text
from snnhw.spec.forms import Count, CountOrZero, Findings, Form, Name, Positive, Real, check, listing, near, wrong
from snnhw.spec.mapper import Causality
from snnhw.sweep.filters import Where
from snnhw.sweep.keys import Sources
from snnhw.sweep.plan import Axis, Plan, Sample, point_of
from snnhw.sweep.technologies import refused_technologies
from snnhw.sweep.widths import refused_widths

VERSIONS = ("0.1",)
MOST_VALUES = 100_000


def _version(value: Any) -> Any:
    if str(value) not in VERSIONS:
        raise wrong(f"one of {', '.join(VERSIONS)}")
    return str(value)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _distinct(value: Any) -> Any:
    if isinstance(value, list) and len({(type(one), repr(one)) for one in value}) != len(value):
        raise wrong("each value once")
    return value


Value = str | int | float | bool
Several = BeforeValidator(lambda value: _distinct(_listed(value)))


class RangeForm(Form):
    """Numbers from the first to the last: with a step between them, or each so many times the one before."""

    first: Real = Field(description="the first number")
    last: Real = Field(description="the largest that may come")
    step: Positive | None = Field(default=None, description="what is added; 1 where there is no factor either")
    factor: Positive | None = Field(default=None, description="what is multiplied with")


class SettingsForm(Form):
    """What a point has. Absent is what the base has, then the default of `snnhw evaluate`."""

    arch: Name | None = Field(default=None, description="architecture: a file, or a preset")
    stats: Name | None = Field(default=None, description="run file or table, or a preset")
    mapper: Name | None = Field(default=None, description="how to search: a file, or a preset")
    causality: Causality | None = Field(default=None, description="strict, layer or free; absent is the mapper's")
    membrane: Literal["carried", "per_step"] | None = Field(default=None, description="what Outputs are")
    density: Literal["mean", "max", "dense"] | None = Field(default=None, description="which of the measured densities")
    seed: CountOrZero | None = Field(default=None, description="of the search; absent is the mapper's")
    variables: dict[Name, Value] = Field(default={}, description="values of the architecture's variables")


Values = Annotated[Annotated[Annotated[list[Value], Field(min_length=1), Several], Tag("values")] | Annotated[RangeForm, Tag("range")],
                   Discriminator(lambda value: "range" if isinstance(value, dict | RangeForm) else "values")]


class GridForm(Form):
    """What is crossed with what: a list for each. A single value stands for a list of one."""

    arch: Annotated[list[Name], Field(min_length=1), Several] | None = Field(default=None, description="architectures")
    stats: Annotated[list[Name], Field(min_length=1), Several] | None = Field(default=None, description="run files")
    mapper: Annotated[list[Name], Field(min_length=1), Several] | None = Field(default=None, description="mappers")
    causality: Annotated[list[Causality], Field(min_length=1), Several] | None = Field(default=None, description="policies")
    membrane: Annotated[list[Literal["carried", "per_step"]], Field(min_length=1), Several] | None = Field(
        default=None, description="what Outputs are")
    density: Annotated[list[Literal["mean", "max", "dense"]], Field(min_length=1), Several] | None = Field(
        default=None, description="which of the measured densities")
    seed: Annotated[list[CountOrZero], Field(min_length=1), Several] | None = Field(default=None, description="seeds of the search")
    variables: dict[Name, Values] = Field(default={}, description="values of each of the architecture's variables: a list, or a range")


class SampleForm(Form):
    """So many points of the grid, drawn without replacement, instead of all."""

    count: Count = Field(description="how many")
    seed: CountOrZero = Field(default=0, description="the same seed draws the same points")


class SweepForm(Form):
    """A plan."""

    version: Annotated[str, BeforeValidator(_version)] = Field(default="0.1", description="version of this form")
    base: SettingsForm = Field(default=SettingsForm(), description="what every point has unless it says otherwise")
    grid: GridForm = Field(default=GridForm(), description="what is crossed with what")
    points: list[SettingsForm] = Field(default=[], description="single points, beside those of the grid")
    sample: SampleForm | None = Field(default=None, description="a random part of the grid instead of all of it")
    where: Annotated[list[Name], BeforeValidator(_listed)] = Field(default=[], description="expressions that must be true of a point")


class PlanFileForm(Form):
    """A plan file."""

    sweep: SweepForm = Field(description="which points a sweep has")


def read_plan(path: str | Path) -> Plan:
    """The plan in a YAML file. Names of files in it begin at its folder. Raises SpecError with everything that is wrong with it, and with
    the files and variables that it names."""
    document = read_document(path, template=False)
    form = check(PlanFileForm, document).sweep
    findings = Findings()
    grid = tuple(_axes(form.grid, document, findings))
    sources = Sources(Path(path).parent)
    where = tuple(Where(text=text, sources=sources, document=document, path=_where_path(document, i)) for i, text in enumerate(form.where))
    base, points = _given(form.base), tuple(_given(one) for one in form.points)
    if form.sample is not None and not form.grid.model_fields_set:
        findings.add(document.finding(("sweep", "sample"), seen="a sample", expected="a grid to draw it from"))
    findings.add(_faults_of_sources(document, form, sources))
    findings.raise_if_any()
    plan = Plan(file=str(path), folder=Path(path).parent, text=read_text(path), base=base, grid=grid, points=points, where=where,
                sample=None if form.sample is None else Sample(count=form.sample.count, seed=form.sample.seed))
    _check_whole(document, form, plan)
    return plan


def digest_of(plan: Plan) -> str:
    """sha256 of the plan's text."""
    return hashlib.sha256(plan.text.encode()).hexdigest()


def _where_path(document: Document, index: int) -> KeyPath:
    return ("sweep", "where", index) if isinstance(document.get(("sweep", "where")), list) else ("sweep", "where")


def _given(form: SettingsForm) -> dict[str, Any]:
    return {name: value for name, value in form.model_dump().items() if value is not None and value != {}}


def _axes(form: GridForm, document: Document, findings: Findings) -> Iterator[Axis]:
    """In the order of the file."""
    written = document.get(("sweep", "grid")) or {}
    for name in written:
        if name != "variables":
            yield Axis(name=name, values=tuple(getattr(form, name)))
            continue
        for variable in written["variables"]:
            path: KeyPath = ("sweep", "grid", "variables", variable)
            given = form.variables[variable]
            yield Axis(name=variable, is_variable=True,
                       values=tuple(_range(given, document, path, findings)) if isinstance(given, RangeForm) else tuple(given))


def _range(form: RangeForm, document: Document, path: KeyPath, findings: Findings) -> list[int | float]:
    if form.step is not None and form.factor is not None:
        findings.add(document.finding(path, seen="step and factor", expected="one of them"))
    if form.last < form.first:
        findings.add(document.finding((*path, "last"), seen=f"{form.last:g}", expected=f"a number x with x >= {form.first:g}, the first"))
    if form.factor is not None and (form.factor <= 1 or form.first <= 0):
        findings.add(document.finding((*path, "factor"), seen=f"{form.factor:g} from {form.first:g}",
                                      expected="a factor above 1, and a first number above 0"))
        return [form.first]
    values: list[int | float] = []
    while len(values) <= MOST_VALUES:
        value = form.first * form.factor ** len(values) if form.factor is not None else form.first + (form.step or 1) * len(values)
        if value > form.last * (1 + 1e-12) + 1e-300:
            return values or [form.first]
        values.append(int(value) if float(value).is_integer() else round(value, 12))
    findings.add(document.finding(path, seen=f"more than {MOST_VALUES:,} values", expected="less"))
    return values


def _faults_of_sources(document: Document, form: SweepForm, sources: Sources) -> Iterator[Finding]:
    """What is wrong with the files that are named, at the line that names them; and variables that no architecture of theirs has."""
    places: list[tuple[KeyPath, SettingsForm | GridForm]] = [(("sweep", "base"), form.base), (("sweep", "grid"), form.grid)]
    places += [(("sweep", "points", i), one) for i, one in enumerate(form.points)]
    readers: dict[str, Callable[[str], object]] = {"arch": sources.architecture, "stats": sources.run, "mapper": sources.mapper}
    for path, held in places:
        for kind, read in readers.items():
            given = getattr(held, kind)
            for i, name in enumerate([given] if isinstance(given, str) else given or ()):
                try:
                    read(name)
                except SpecError as error:
                    here = (*path, kind, i) if isinstance(document.get((*path, kind)), list) else (*path, kind)
                    yield from (_placed(document, here, one, name) for one in error.findings)


def _placed(document: Document, path: KeyPath, found: Finding, name: str) -> Finding:
    """A finding about a file: of a missing one the line that names it; one inside of it says its place itself."""
    if found.line is None and found.seen == "no such file":
        return document.finding(path, seen=f'"{name}", no such file', expected=found.expected, fix=found.fix)
    return found


def _check_whole(document: Document, form: SweepForm, plan: Plan) -> None:
    """Raises SpecError where a point would lack its architecture or run, or set a variable that its architecture has not, a width that its
    run does not fit, or a technology without energies."""
    sources, findings = Sources(plan.folder), Findings()
    grid = {"arch", "stats"} & form.grid.model_fields_set
    sets: list[tuple[KeyPath, dict[str, Any]]] = [(("sweep", "points", i), _together(plan.base, one)) for i, one in enumerate(plan.points)]
    if plan.grid_size:
        sets.append((("sweep",), {**plan.base, **dict.fromkeys(grid, True)}))
    for path, held in sets:
        findings.add(document.finding(path, seen=f"nothing for {name}", expected=f"{name} in base, in grid or in each point")
                     for name in ("arch", "stats") if name not in held)
    findings.raise_if_any()
    if plan.grid_size:
        machines = form.grid.arch or [plan.base["arch"]]
        named: list[tuple[KeyPath, str]] = [(("sweep", "grid", "variables", name), name) for name in form.grid.variables]
        named += [(("sweep", "base", "variables", name), name) for name in form.base.variables]
        findings.add(_unknown_variables(document, sources, machines, named))
    for i, one in enumerate(form.points):
        machine = point_of(plan.base, plan.points[i]).arch
        findings.add(_unknown_variables(document, sources, [machine],
                                        [(("sweep", "points", i, "variables", name), name) for name in one.variables]))
    findings.raise_if_any()
    findings.add(refused_widths(document, plan, sources))
    findings.add(refused_technologies(document, plan, sources))
    findings.raise_if_any()


def _together(*settings: Any) -> dict[str, Any]:
    """Settings over settings, as one mapping."""
    return {name: value for one in settings for name, value in one.items()}


def _unknown_variables(document: Document, sources: Sources, machines: list[str], named: list[tuple[KeyPath, str]]) -> Iterator[Finding]:
    for machine in machines:
        declared = sources.architecture(machine).variables
        for path, name in named:
            if name not in declared:
                yield document.finding(path, seen=f"the variable {name}", fix=near(name, declared),
                                       expected=f"one that {machine} declares: {listing(sorted(declared))}")
