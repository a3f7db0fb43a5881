"""How sure a result is, in words and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from snnhw.engines.uncertainty import OrderProbability, Spread, Uncertainty, order_probability, uncertainty_of
from snnhw.model.result import NetworkResult
from snnhw.report.quantities import microjoules, percent, significant
from snnhw.report.records import plain

if TYPE_CHECKING:
    from snnhw.engines.causality import CausalityComparison


def uncertainty_record(found: Uncertainty, orders: Sequence[tuple[str, OrderProbability]] = ()) -> dict[str, Any]:
    """What result.json holds under "uncertainty". orders: results that this one was held against, by name."""
    record: dict[str, Any] = plain(found)
    return {**record, **({"against": [{"name": name, **plain(order)} for name, order in orders]} if orders else {})}


def judged(result: NetworkResult, comparison: CausalityComparison | None, others: Sequence[tuple[str, NetworkResult]], draws: int,
           seed: int | None) -> tuple[Uncertainty, list[tuple[str, OrderProbability]]]:
    """The spread of a result, and how probable its order is to each other policy of a comparison and each of the others."""
    policies = [] if comparison is None else [
        (f"causality {policy}", other) for policy, other in zip(comparison.policies[1:], comparison.results[1:], strict=True)]
    return (uncertainty_of(result, draws, seed or 0),
            [(name, order_probability(result, other, draws, seed or 0)) for name, other in (*policies, *others)])


def print_uncertainty(found: Uncertainty, orders: Sequence[tuple[str, OrderProbability]], file: IO[str]) -> None:
    """The spread of energy and EDP, what it comes from, and how probable each order is."""
    from snnhw.report.table import print_lines, print_rows

    rows = [("energy uJ", *_figures(found.energy_pJ, microjoules)), ("EDP J*s", *_figures(found.edp_Js, significant))]
    print_rows("", (f"{found.draws} draws", "mean", "std", "5% below", "half below", "95% below"), rows, file, numbers=(1, 2, 3, 4, 5))
    shares = [(share.family, microjoules(share.energy_pJ), microjoules(share.deviation_pJ)) for share in found.families]
    print_rows("", ("unsure together", "energy uJ", "std alone uJ"), shares, file, numbers=(1, 2))
    exact = f"no uncertainty is stated for {', '.join(found.exact)}: {microjoules(found.exact_pJ)} uJ are taken as exact"
    print_lines([*([exact] if found.exact else []), *(order_line(name, order) for name, order in orders)], file)


def order_line(name: str, order: OrderProbability) -> str:
    """One sentence on a comparison; "first" is the result that is shown."""
    words = {"first": "lower here than in", "second": "higher here than in", "neither": "the same here as in"}
    return (f"energy is {words[order.energy_lower]} {name} in {percent(order.energy)} of {order.draws} draws, "
            f"EDP is {words[order.edp_lower].split()[0] if order.edp_lower != 'neither' else 'the same'} here in {percent(order.edp)}")


def _figures(spread: Spread, written: Any) -> tuple[str, ...]:
    return (written(spread.mean), percent(spread.deviation / spread.mean) if spread.mean else "0", written(spread.low),
            written(spread.median), written(spread.high))
