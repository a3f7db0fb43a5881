"""Compound components: a user's class, as parts and actions in terms of theirs (Accelergy v0.4, `components: classes`)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product

from snnhw.energy.actions import LEAK
from snnhw.energy.request import Request
from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Attributes, ClassAction, Component, ComponentClass, Scalar
from snnhw.spec.expressions import ExpressionError, evaluate
from snnhw.spec.reference import ActionEnergy, ComponentCost

_RANGED = re.compile(r"([^\[\]]+)\[(.+?)\.\.(.+)\]")
_MOST_ARGUMENTS = 4096


def compound_cost(kind: ComponentClass, request: Request, ask: Callable[[Request], ComponentCost]) -> ComponentCost:
    """Costs of a component of a user's class: each action is the sum over its parts' actions, times how often; area adds up.

    Leakage adds up too, unless the class has a leak action of its own, which then says it. `part[0..n - 1]` stands for n parts. An action
    with arguments costs what its dearest values do, as Timeloop takes it. ask: answers for one part. Raises SpecError where a part has no
    such action, or an attribute or a factor cannot be computed.
    """
    attributes = _settled({**kind.attributes, **request.attributes}, request.name)
    costs: dict[str, tuple[ComponentCost, range]] = {}
    for part in kind.parts:
        name, numbers = _split(part.name, attributes, request.name)
        uses = tuple(dict.fromkeys(use[1] for action in kind.actions for use in action.uses if _bare(use[0]) == name))
        costs[name] = (ask(_part(name, part, request, attributes, uses)), numbers)
    made = {action.name: _dearest(action, costs, attributes, request) for action in kind.actions}
    if LEAK not in made:
        made[LEAK] = _combined([(cost.actions[LEAK], float(len(numbers))) for cost, numbers in costs.values() if LEAK in cost.actions])
    areas = [None if cost.area_um2 is None else cost.area_um2 * len(numbers) for cost, numbers in costs.values()]
    known = [area for area in areas if area is not None]
    scale, area_scale = (_factor(attributes.get(key, 1.0), {}, f"{request.name}.{key}") for key in ("energy_scale", "area_scale"))
    return ComponentCost(name=request.name, actions={name: replace(one, energy_pJ=one.energy_pJ * scale) for name, one in made.items()},
                         area_um2=sum(known) * area_scale if len(known) == len(areas) else None)


def _split(text: str, names: Mapping[str, Scalar], of: str) -> tuple[str, range]:
    """The name of a part and the numbers of those that it stands for: `adder[0..n - 1]` is n of adder, as a part and where an action uses
    them.
    """
    match = _RANGED.fullmatch(text.strip())
    if match is None:
        return text.strip(), range(1)
    first, last = (_factor(bound, names, f"{of}.{text}") for bound in match.groups()[1:])
    if last < first or not (first.is_integer() and last.is_integer()):
        raise SpecError(Finding(file="energy estimate", key=f"{of}.{text}", seen=f"a range from {first:g} to {last:g}",
                                expected="whole numbers that run upwards"))
    return match.group(1).strip(), range(round(first), round(last) + 1)


def _bare(text: str) -> str:
    """The name of a part without its range."""
    match = _RANGED.fullmatch(text.strip())
    return text.strip() if match is None else match.group(1).strip()


def _part(name: str, part: Component, request: Request, attributes: Attributes, uses: tuple[str, ...]) -> Request:
    """A part inherits the attributes of its compound, but not the scales, which are applied to the compound as a whole."""
    inherited = {key: value for key, value in attributes.items() if key not in ("energy_scale", "area_scale")}
    own = _settled({**inherited, **part.attributes}, f"{request.name}.{name}", attributes)
    return request.part(name, part.class_name, part.subclass, own, uses)


def _settled(attributes: Attributes, name: str, outer: Attributes | None = None) -> dict[str, Scalar]:
    """The attributes with expressions over one another computed; text that is no expression stays.

    outer: the attributes of the compound, which names stand for first, so that `width: width * 2` of a part means the compound's.
    """
    settled: dict[str, Scalar] = {}
    for key, value in attributes.items():
        try:
            settled[key] = evaluate(value, {**attributes, **settled, **(outer or {})}) if isinstance(value, str) else value
        except ExpressionError:
            settled[key] = value
    numbers = {key: value for key, value in settled.items() if isinstance(value, float) and not math.isfinite(value)}
    if numbers:
        raise SpecError([Finding(file="energy estimate", key=f"{name}.{key}", seen=str(value), expected="a number")
                         for key, value in numbers.items()])
    return settled


def _dearest(action: ClassAction, costs: Mapping[str, tuple[ComponentCost, range]], attributes: Attributes,
             request: Request) -> ActionEnergy:
    found = [_combined([_use(costs, use, action.name, {**attributes, **arguments}, request) for use in action.uses])
             for arguments in _values(action, attributes, request.name)]
    return max(found, key=lambda one: one.energy_pJ)


def _values(action: ClassAction, attributes: Attributes, of: str) -> Iterator[dict[str, Scalar]]:
    """Every set of values that the arguments of an action can take."""
    ends = []
    for name, text in action.arguments.items():
        key = f"{of}.{action.name}.{name}"
        first, sign, last = text.partition("..")
        low = _factor(first, attributes, key)
        high = _factor(last, attributes, key) if sign else low
        if high < low or not (high - low).is_integer():
            raise SpecError(Finding(file="energy estimate", key=key, seen=f"a range from {low:g} to {high:g}",
                                    expected="one that runs upwards in whole steps"))
        ends.append((name, low, int(high - low) + 1))
    if math.prod(count for _, _, count in ends) > _MOST_ARGUMENTS:
        raise SpecError(Finding(file="energy estimate", key=f"{of}.{action.name}", seen="arguments with more values than can be tried",
                                expected=f"at most {_MOST_ARGUMENTS} together"))
    return (dict(values) for values in product(*([(name, low + i) for i in range(count)] for name, low, count in ends)))


def _use(costs: Mapping[str, tuple[ComponentCost, range]], use: tuple[str, str, float | str], of: str, names: Attributes,
         request: Request) -> tuple[ActionEnergy, float]:
    """What a use of a part costs, and how often the action `of` needs it."""
    part, numbers = _split(use[0], names, f"{request.name}.{of}")
    found, there = (costs[part][0].actions, costs[part][1]) if part in costs else ({}, range(0))
    if use[1] not in found:
        raise SpecError(Finding(file="energy estimate", key=f"{request.name}.{of}",
                                seen=f"no action {use[1]} of its part {part} ({request.described()})", expected="one that the part has",
                                fix=f"actions of {part} are {', '.join(found) or 'none'}"))
    if _RANGED.fullmatch(use[0].strip()) and not (numbers[0] in there and numbers[-1] in there):
        raise SpecError(Finding(file="energy estimate", key=f"{request.name}.{of}", seen=use[0],
                                expected=f"some of {part}[{there[0]}..{there[-1]}], which are all that there are"))
    return found[use[1]], _factor(use[2], names, f"{request.name}.{of}.{part}.{use[1]}") * len(numbers)


def _factor(value: Scalar, names: Attributes, key: str) -> float:
    """A number, or an expression that makes one; SpecError for another thing, or a number below 0."""
    try:
        number = evaluate(value, names) if isinstance(value, str) else value
    except ExpressionError as error:
        raise SpecError(Finding(file="energy estimate", key=key, seen=f"{value} ({error})",
                                expected=f"an expression over {', '.join(names) or 'numbers'}")) from None
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < math.inf:
        raise SpecError(Finding(file="energy estimate", key=key, seen=f"{value} = {number}", expected="a number x with x >= 0"))
    return float(number)


def _combined(uses: list[tuple[ActionEnergy, float]]) -> ActionEnergy:
    energy = sum(use.energy_pJ * times for use, times in uses)
    spread = sum(use.energy_pJ * times * (use.uncertainty or 0.0) for use, times in uses)
    unknown = any(use.uncertainty is None and use.energy_pJ * times > 0 for use, times in uses)
    names = list(dict.fromkeys(use.estimator for use, _ in uses)) or ["definition"]
    sources = list(dict.fromkeys(use.source for use, _ in uses)) or ["a class without parts here"]
    largest = max(uses, key=lambda use: use[0].energy_pJ * use[1], default=None)
    uncertainty = spread / energy if energy else 0.0
    return ActionEnergy(energy_pJ=energy, estimator=", ".join(names), source="; ".join(sources),
                        uncertainty=None if unknown else uncertainty, family="" if largest is None else largest[0].family)
