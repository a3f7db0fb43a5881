"""How sure energy and EDP are, and whether one result is better than another: component energies drawn again, counts reused.

What costs the same kind of thing is wrong together: all SRAMs move by one factor, all logic by another (docs/energy.md, Uncertainty).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

from snnhw.energy.actions import LEAK, names_for
from snnhw.errors import Finding, SpecError
from snnhw.model.result import SPIKE_WRITES, LayerResult, LevelResult, NetworkResult, PartEnergy, TensorCounts
from snnhw.spec.reference import ActionEnergy

if TYPE_CHECKING:
    import numpy as np

Group: TypeAlias = tuple[str, float]
"""(family, relative uncertainty): what is multiplied by one factor in a draw."""

Prices: TypeAlias = MappingType[tuple[str, str], ActionEnergy]
"""Energies by component and action."""

MOST_DRAWS = 1_000_000
_COUNTS = {field.name: field.name.removesuffix("s") for field in fields(TensorCounts)
           if field.name not in ("tile_size", "instances", "energy_pJ")}
"""Counts of a tensor at a level, and the action that pays for each."""

_SPIKE_ACTIONS = {SPIKE_WRITES[0]: "write", SPIKE_WRITES[1]: "metadata_write"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a figure lies over the draws: mean, standard deviation, and the values that 5, 50 and 95 % of the draws are below."""

    mean: float
    deviation: float
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyShare:
    """What one family adds: its energy in pJ, and the standard deviation of the total in pJ if it alone were unsure."""

    family: str
    energy_pJ: float
    deviation_pJ: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """The spread of a network's energy and EDP over so many draws.

    families: the most unsure first; exact_pJ: energy whose uncertainty nobody states, which does not move; exact: its components.
    """

    draws: int
    seed: int
    energy_pJ: Spread
    edp_Js: Spread
    families: tuple[FamilyShare, ...]
    exact_pJ: float
    exact: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderProbability:
    """Whether the order of two results holds: the shares of draws in which energy and EDP lie as they do without uncertainty.

    energy_lower, edp_lower: which of the two is lower, "first", "second", or "neither" where both are the same.
    """

    draws: int
    seed: int
    energy_lower: str
    energy: float
    edp_lower: str
    edp: float


def uncertainty_of(result: NetworkResult, draws: int = 200, seed: int = 0) -> Uncertainty:
    """The spread of a result. Each family's energies are multiplied by a log-normal factor of mean 1 and the stated relative deviation.

    The sources and uncertainties are those of the result's provenance, so a result that was read back will do. Takes milliseconds, as
    no mapping is evaluated again. Raises SpecError for draws outside of 2 to a million, and a result without energies in its provenance.
    """
    groups, exact = _grouped(result)
    energies = _draws(groups, draws, seed)
    shares = [FamilyShare(family=family, energy_pJ=sum(energy for (name, _), energy in groups.items() if name == family),
                          deviation_pJ=sum(energy * sigma for (name, sigma), energy in groups.items() if name == family))
              for family in dict.fromkeys(family for family, _ in groups)]
    ordered = sorted(shares, key=lambda share: (-share.deviation_pJ, share.family))
    return Uncertainty(draws=draws, seed=seed, energy_pJ=_spread(energies), edp_Js=_spread(energies * 1e-12 * result.latency_s),
                       families=tuple(share for share in ordered if share.deviation_pJ > 0), exact=tuple(exact),
                       exact_pJ=sum(exact.values()))


def order_probability(first: NetworkResult, second: NetworkResult, draws: int = 200, seed: int = 0) -> OrderProbability:
    """How probable it is that the order of two results is the right one. Both see the same draws: a family that is dear in one is dear in
    the other, so that what both share does not blur the order. Raises SpecError as `uncertainty_of` does."""
    one, other = (_draws(_grouped(result)[0], draws, seed) for result in (first, second))
    energy_lower, energy = _order(first.energy_pJ, second.energy_pJ, one, other)
    edp_lower, edp = _order(first.edp_Js, second.edp_Js, one * first.latency_s, other * second.latency_s)
    return OrderProbability(draws=draws, seed=seed, energy_lower=energy_lower, energy=energy, edp_lower=edp_lower, edp=edp)


def _order(first: float, second: float, draws: np.ndarray, others: np.ndarray) -> tuple[str, float]:
    if first == second:
        return "neither", float((draws == others).mean())
    return ("first", float((draws < others).mean())) if first < second else ("second", float((draws > others).mean()))


def _draws(groups: MappingType[Group, float], draws: int, seed: int) -> np.ndarray:
    """Energy in pJ of each draw, (draws,). A family's random numbers hang on its name and the seed alone."""
    import numpy as np

    if not 2 <= draws <= MOST_DRAWS:
        raise SpecError(Finding(file="uncertainty", seen=f"{draws} draws", expected=f"2 to {MOST_DRAWS:,}"))
    total = np.zeros(draws)
    normal = {family: np.random.default_rng([seed, zlib.crc32(family.encode())]).standard_normal(draws) for family, _ in groups}
    for (family, sigma), energy in groups.items():
        scale = np.sqrt(np.log1p(sigma**2))
        total += energy * np.exp(scale * normal[family] - scale**2 / 2)
    return total


def _spread(values: np.ndarray) -> Spread:
    import numpy as np

    low, median, high = (float(value) for value in np.percentile(values, (5, 50, 95)))
    return Spread(mean=float(values.mean()), deviation=float(values.std()), low=low, median=median, high=high)


def _grouped(result: NetworkResult) -> tuple[dict[Group, float], dict[str, float]]:
    """Energy in pJ by family and uncertainty, and by component where nobody states one (these are in the first with uncertainty 0)."""
    prices = _prices(result)
    groups: dict[Group, float] = {}
    exact: dict[str, float] = {}
    for layer in result.layers:
        for component, price, energy_pJ in _priced(layer, prices):
            if energy_pJ == 0.0:
                continue
            if price is None or price.uncertainty is None:
                exact[component] = exact.get(component, 0.0) + energy_pJ
            sigma = 0.0 if price is None else price.uncertainty or 0.0
            family = component if price is None or not price.family else price.family
            groups[family, sigma] = groups.get((family, sigma), 0.0) + energy_pJ
    return groups, exact


def _prices(result: NetworkResult) -> Prices:
    """The energies of a result's provenance; of those for several widths of inputs the first, since uncertainties are the same."""
    prices: dict[tuple[str, str], ActionEnergy] = {}
    for entry in result.provenance.get("energies", ()):
        if "uncertainty" in entry:
            prices.setdefault((entry["component"], entry["action"]), ActionEnergy(
                energy_pJ=entry["energy_pJ"], estimator=entry["estimator"], source=entry["source"], uncertainty=entry["uncertainty"],
                family=entry["family"]))
    if not prices:
        raise SpecError(Finding(file=result.name, key="provenance.energies", seen="no uncertainties",
                                expected="those of snnhw evaluate", fix="make the result again with this version"))
    return prices


def _priced(layer: LayerResult, prices: Prices) -> Iterator[tuple[str, ActionEnergy | None, float]]:
    """Each piece of a layer's energy: component, the price that it goes by, pJ."""
    compute, *storage = layer.evaluation.levels
    worked = {"compute": compute.computes, "compute_gated": compute.gated_computes, "compute_skipped": compute.skipped_computes}
    yield from _split(compute.name, worked, compute.energy_pJ, prices)
    for level in storage:
        yield from _stored(level, prices)
    for level in layer.evaluation.levels:
        yield level.name, prices.get((level.name, LEAK)), level.leakage_pJ
    for network in layer.evaluation.networks:
        energy = sum(moved.energy_pJ for moved in network.tensors.values())
        found = [prices.get((network.name, action)) for action in ("wire_per_bit_mm", "router")]
        yield network.name, next((one for one in found if one is not None and one.energy_pJ > 0), found[0]), energy
    for part in layer.parts:
        yield _part(part, prices)


def _stored(level: LevelResult, prices: Prices) -> Iterator[tuple[str, ActionEnergy | None, float]]:
    for counts in level.tensors.values():
        yield from _split(level.name, {action: getattr(counts, name) for name, action in _COUNTS.items()}, counts.energy_pJ, prices)


def _part(part: PartEnergy, prices: Prices) -> tuple[str, ActionEnergy | None, float]:
    if part.action in _SPIKE_ACTIONS:
        component = part.component.removesuffix(", outgoing spikes")
        return component, _price(component, _SPIKE_ACTIONS[part.action], prices), part.energy_pJ
    return part.component, _price(part.component, part.action, prices), part.energy_pJ


def _split(component: str, counts: MappingType[str, float], energy_pJ: float,
           prices: Prices) -> Iterator[tuple[str, ActionEnergy | None, float]]:
    """The energy of a component among its actions, by count times price: exact where one row is one word, and where the actions that
    share it are equally unsure it does not matter."""
    paid = [(price, count * price.energy_pJ) for action, count in counts.items() if count
            for price in (_price(component, action, prices),) if price is not None]
    weight = sum(one for _, one in paid)
    if weight > 0:
        yield from ((component, price, energy_pJ * one / weight) for price, one in paid)
        return
    yield component, next(iter(_of(component, prices)), None), energy_pJ


def _of(component: str, prices: Prices) -> Iterable[ActionEnergy]:
    return (price for (name, action), price in prices.items() if name == component and action != LEAK)


def _price(component: str, action: str, prices: Prices) -> ActionEnergy | None:
    """What pays for an action, under the first of its names that the table has."""
    fallback = ("compute",) if action.startswith("compute") else ()
    return next((prices[component, name] for name in (*names_for(action), *fallback) if (component, name) in prices), None)
