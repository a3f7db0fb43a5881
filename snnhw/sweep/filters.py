"""Filters: expressions over what a point has, such as `weight_bits <= 4 or weight_format == "RLE"`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from snnhw.engines.bits import VARIABLES
from snnhw.errors import Finding
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.expressions import ExpressionError, UndefinedNameError, evaluate
from snnhw.spec.forms import listing, near
from snnhw.sweep.keys import Sources
from snnhw.sweep.point import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """An expression that has to be true of a point. document, path: where it stands."""

    text: str
    sources: Sources = field(repr=False)
    document: Document = field(repr=False)
    path: KeyPath = ()

    def __call__(self, point: Point) -> bool:
        """Whether it is true. Raises SpecError where it cannot be computed."""
        names = names_of(point, self.sources)
        found = value_of(self.text, names)
        if isinstance(found, str):
            from snnhw.errors import SpecError

            raise SpecError(_fault(self.document.finding(self.path), self.text, found, names))
        return found


def names_of(point: Point, sources: Sources) -> dict[str, Any]:
    """What an expression may speak of: arch, stats, mapper, causality, membrane, density, seed; accuracy (None where it is not known) and
    time_steps of the run; and the variables of the architecture, with the run's widths for weight_bits, state_bits and input_bits."""
    run, config = sources.run(point.stats), sources.mapper(point.mapper)
    machine = sources.architecture(point.arch).variables
    widths = {name: max(getattr(layer.bits, what) for layer in run.layers) for name, what in VARIABLES.items()}
    return {
        **{name: value for name, value in machine.items() if isinstance(value, str | int | float | bool)}, **widths,
        **dict(point.variables), "arch": point.arch, "stats": point.stats, "mapper": point.mapper,
        "causality": point.causality or config.causality, "membrane": point.membrane, "density": point.density,
        "seed": config.seed if point.seed is None else point.seed, "accuracy": run.accuracy, "time_steps": run.time_steps,
    }  # fmt: skip


def value_of(text: str, names: Mapping[str, Any]) -> bool | str:
    """Whether an expression is true; why it cannot be said."""
    try:
        return bool(evaluate(text, names))
    except UndefinedNameError as error:
        return f"{error}; {near(error.name, names) or 'the names are ' + listing(sorted(names))}"
    except ExpressionError as error:
        return str(error)


def _fault(place: Finding, text: str, why: str, names: Mapping[str, Any]) -> Finding:
    return Finding(file=place.file, line=place.line, key=place.key, seen=f"{text!r}: {why}",
                   expected="an expression over what a point has that is true or false")
