"""What an optimisation makes least or most of: figures of points, each with its nature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from snnhw.errors import Finding, SpecError
from snnhw.spec.words import near
from snnhw.sweep.pareto import MAXIMIZED, SHORT

FIGURES = ("energy_pJ", "cycles", "latency_s", "edp_Js", "area_um2", "accuracy")
"""Figures that any architecture has; of its components there is energy_pJ.NAME as well."""

COMPONENT = "energy_pJ."
GOALS = ("min", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A figure of which less is better, or more."""

    figure: str
    maximize: bool = False

    @property
    def sign(self) -> float:
        """What a value is multiplied with to be a cost."""
        return -1.0 if self.maximize else 1.0

    def value(self, figures: Mapping[str, float | None]) -> float | None:
        """The figure of a point; None where it is not known."""
        return figures.get(self.figure)


def objectives_of(names: Sequence[str]) -> tuple[Objective, ...]:
    """The objectives that are named: NAME, NAME:min or NAME:max; without a goal accuracy is made most of, all else least.

    Raises SpecError for a name or a goal that is not known, and for a figure that is named twice.
    """
    findings: list[Finding] = []
    found: dict[str, Objective] = {}
    for text in names:
        name, sign, goal = text.partition(":")
        figure = SHORT.get(name, name)
        known = (*SHORT, *FIGURES)
        if figure not in FIGURES and not (figure.startswith(COMPONENT) and figure != COMPONENT):
            findings.append(Finding(file="--objective", seen=name or '""', fix=near(name, known),
                                    expected=f"one of {', '.join(known)}, {COMPONENT}COMPONENT"))
        elif sign and goal not in GOALS:
            findings.append(Finding(file="--objective", seen=text, expected=f"{name}:min or {name}:max"))
        elif figure in found:
            findings.append(Finding(file="--objective", seen=f"{figure} twice", expected="each figure once"))
        else:
            found[figure] = Objective(figure=figure, maximize=goal == "max" if sign else figure in MAXIMIZED)
    if not names:
        findings.append(Finding(file="--objective", seen="none", expected="at least one"))
    if findings:
        raise SpecError(findings)
    return tuple(found.values())


def check_figures(objectives: Iterable[Objective], figures: Mapping[str, float | None]) -> None:
    """Raises SpecError where a point that is done has no figure of an objective's name."""
    findings = [Finding(file="--objective", seen=one.figure, fix=near(one.figure, figures),
                        expected=f"one of {', '.join(name for name in figures if name in FIGURES or name.startswith(COMPONENT))}")
                for one in objectives if one.figure not in figures]
    if findings:
        raise SpecError(findings)
