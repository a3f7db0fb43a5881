"""Compound components: a user's class, as parts and actions in terms of theirs (Accelergy v0.4, `components: classes`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from snnhw.energy.request import Request
from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Attributes, Component, ComponentClass, Scalar
from snnhw.spec.expressions import ExpressionError, evaluate
from snnhw.spec.factors import FactorSyntaxError, parse_name
from snnhw.spec.reference import ActionEnergy, ComponentCost


def compound_cost(kind: ComponentClass, request: Request, ask: Callable[[Request], ComponentCost]) -> ComponentCost:
    """Costs of a component of a user's class: each action is the sum over its parts' actions, times how often; leakage and area add up.

    ask: answers for one part. Raises SpecError where a part has no such action, or an attribute cannot be computed.
    """
    attributes = _settled({**kind.attributes, **request.attributes}, request.name)
    costs = {_split(part.name)[0]: (ask(_part(part, request, attributes)), _split(part.name)[1]) for part in kind.parts}
    actions = {action.name: _combined([_use(costs, use, action.name, request) for use in action.uses]) for action in kind.actions}
    actions["leak"] = _combined([(cost.actions["leak"], float(count)) for cost, count in costs.values() if "leak" in cost.actions])
    areas = [None if cost.area_um2 is None else cost.area_um2 * count for cost, count in costs.values()]
    known = [area for area in areas if area is not None]
    return ComponentCost(name=request.name, actions=actions, area_um2=sum(known) if len(known) == len(areas) else None)


def _split(name: str) -> tuple[str, int]:
    """The name of a part and how many it stands for: `adder[0..3]` is four of adder, as a part and where an action uses them."""
    try:
        return parse_name(name)
    except FactorSyntaxError:
        return name, 1


def _part(part: Component, request: Request, attributes: Attributes) -> Request:
    own = _settled({**attributes, **part.attributes}, f"{request.name}.{part.name}")
    return replace(request, name=f"{request.name}.{part.name}", class_name=part.class_name, subclass=part.subclass, attributes=own)


def _settled(attributes: Attributes, name: str) -> dict[str, Scalar]:
    """The attributes with expressions over one another computed; text that is no expression stays."""
    settled: dict[str, Scalar] = {}
    for key, value in attributes.items():
        try:
            settled[key] = evaluate(value, {**attributes, **settled}) if isinstance(value, str) else value
        except ExpressionError:
            settled[key] = value
    numbers = {key: value for key, value in settled.items() if isinstance(value, float) and not math.isfinite(value)}
    if numbers:
        raise SpecError([Finding(file="energy estimate", key=f"{name}.{key}", seen=str(value), expected="a number")
                         for key, value in numbers.items()])
    return settled


def _use(costs: Mapping[str, tuple[ComponentCost, int]], use: tuple[str, str, float], of: str,
         request: Request) -> tuple[ActionEnergy, float]:
    """What a use of a part costs, and how often the action `of` needs it."""
    part, count = _split(use[0])
    found = costs[part][0].actions if part in costs else {}
    if use[1] not in found:
        raise SpecError(request.unknown(f"no action {use[1]} of its part {part}", action=of,
                                        fix=f"actions of {part} are {', '.join(found) or 'none'}"))
    return found[use[1]], use[2] * count


def _combined(uses: list[tuple[ActionEnergy, float]]) -> ActionEnergy:
    energy = sum(use.energy_pJ * times for use, times in uses)
    spread = sum(use.energy_pJ * times * (use.uncertainty or 0.0) for use, times in uses)
    names = list(dict.fromkeys(use.estimator for use, _ in uses)) or ["definition"]
    sources = list(dict.fromkeys(use.source for use, _ in uses)) or ["a class without parts here"]
    return ActionEnergy(energy_pJ=energy, estimator=", ".join(names), source="; ".join(sources),
                        uncertainty=spread / energy if energy else 0.0)
