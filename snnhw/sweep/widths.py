"""Widths that a plan sets and none of its runs can take: they would fail at every point, one by one."""

from __future__ import annotations

from collections.abc import Iterator

from snnhw.engines.bits import VARIABLES, WIDEST
from snnhw.errors import Finding
from snnhw.spec.document import Document
from snnhw.sweep.keys import Sources
from snnhw.sweep.plan import Plan
from snnhw.sweep.uses import Use, occurs, uses


def refused_widths(document: Document, plan: Plan, sources: Sources) -> Iterator[Finding]:
    """A finding for each value of weight_bits, state_bits and input_bits that no run which it comes with goes into, in the plan's order.

    A value that some of the runs fit, or that a filter leaves out everywhere, is none.
    """
    return (found for use in uses(document, plan, VARIABLES) for found in _refused(document, use, sources) if occurs(plan, use))


def _refused(document: Document, use: Use, sources: Sources) -> Iterator[Finding]:
    name, value = use.name, use.value
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    if not 1 <= value <= WIDEST[name]:
        yield document.finding(use.path, seen=f"{value:g}", expected=f"1 <= x <= {WIDEST[name]}")
        return
    needed = {run: max(getattr(layer.bits, VARIABLES[name]) for layer in sources.run(run).layers) for run in use.stats}
    run = min(needed, key=lambda one: needed[one])
    if value < needed[run]:
        yield document.finding(use.path, seen=f"{value:g}", expected=f"at least {needed[run]}, which {VARIABLES[name]} of {run} need",
                               fix=f"leave {name} out: it is taken from the run")
