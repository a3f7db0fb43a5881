"""Compound components: ranges, repeats, arguments, expressions, nesting; figures worked out by hand with parts of known cost."""

from __future__ import annotations

import pytest

from snnhw.energy.compound import compound_cost
from snnhw.energy.request import Request
from snnhw.errors import SpecError
from snnhw.spec.architecture import ClassAction, Component, ComponentClass
from snnhw.spec.reference import ActionEnergy, ComponentCost

REQUEST = Request(name="it", class_name="thing", subclass=None, attributes={"n": 3}, node_nm=28, cycle_ns=1)


def ask(request: Request) -> ComponentCost:
    """Every part costs its attribute `bits` in pJ for `go`, a tenth of it leaks, and 100 um2 a bit."""
    bits = float(request.attributes.get("bits", 1))
    return ComponentCost(name=request.name, area_um2=100 * bits, actions={
        "go": ActionEnergy(energy_pJ=bits, estimator="test", source="by definition", uncertainty=0.1, family="logic"),
        "leak": ActionEnergy(energy_pJ=bits / 10, estimator="test", source="by definition", uncertainty=0.5, family="logic leakage")})


def cost(*parts: Component, uses=(), arguments=None, more=(), request: Request = REQUEST, **attributes) -> ComponentCost:
    kind = ComponentClass(name="thing", attributes=attributes, parts=parts,
                          actions=(ClassAction(name="step", uses=uses, arguments=arguments or {}), *more))
    return compound_cost(kind, request, ask)


def test_a_range_stands_for_as_many_parts_and_its_ends_are_expressions():
    made = cost(Component(name="p[0..n - 1]", class_name="x", attributes={"bits": 2}), uses=(("p[0..n - 1]", "go", 1.0),))
    assert made.actions["step"].energy_pJ == 6
    assert made.actions["leak"].energy_pJ == pytest.approx(0.6)
    assert made.area_um2 == 600


def test_an_action_may_use_some_of_a_range_or_one():
    parts = (Component(name="p[0..7]", class_name="x", attributes={"bits": 2}),)
    assert cost(*parts, uses=(("p[0..1]", "go", 1.0),)).actions["step"].energy_pJ == 4
    assert cost(*parts, uses=(("p", "go", 1.0),)).actions["step"].energy_pJ == 2


def test_how_often_is_an_expression_over_attributes():
    made = cost(Component(name="p", class_name="x", attributes={"bits": 5}), uses=(("p", "go", "n * half"),), half=0.5)
    assert made.actions["step"].energy_pJ == pytest.approx(7.5)


def test_an_action_with_arguments_costs_what_its_dearest_values_do():
    arguments = {"random": "0..1", "row": "0..n"}
    made = cost(Component(name="p", class_name="x"), uses=(("p", "go", "4 + 4 * random - row"),), arguments=arguments)
    assert made.actions["step"].energy_pJ == 8


def test_attributes_of_a_part_are_expressions_over_those_of_the_compound():
    part = Component(name="p", class_name="x", attributes={"bits": "bits * 2"})
    assert cost(part, uses=(("p", "go", 1.0),), bits=4).actions["step"].energy_pJ == 8


def test_a_leak_of_its_own_goes_before_the_sum():
    own = ClassAction(name="leak", uses=(("p", "leak", 0.5),))
    assert cost(Component(name="p", class_name="x", attributes={"bits": 2}), more=(own,)).actions["leak"].energy_pJ == pytest.approx(0.1)


def test_scales_of_the_component_apply_once():
    from dataclasses import replace

    scaled = replace(REQUEST, attributes={"n": 3, "energy_scale": 2, "area_scale": 3})
    made = cost(Component(name="p", class_name="x", attributes={"bits": 2}), uses=(("p", "go", 1.0),), request=scaled)
    assert (made.actions["step"].energy_pJ, made.area_um2) == (4, 600)


def test_a_sum_is_as_unsure_as_its_parts_and_of_the_family_of_the_largest():
    made = cost(Component(name="p", class_name="x", attributes={"bits": 2}), uses=(("p", "go", 1.0), ("p", "leak", 1.0))).actions["step"]
    assert made.uncertainty == pytest.approx((2 * 0.1 + 0.2 * 0.5) / 2.2)
    assert (made.family, made.estimator) == ("logic", "test")


@pytest.mark.parametrize(("uses", "message"), [
    ((("p", "fly", 1.0),), "energy estimate: it.step: seen no action fly of its part p"),
    ((("p", "go", "m"),), "energy estimate: it.step.p.go: seen m (m is not defined)"),
    ((("p", "go", "0 - n"),), "energy estimate: it.step.p.go: seen 0 - n = -3, expected a number x with x >= 0"),
    ((("p[2..1]", "go", 1.0),), "energy estimate: it.step.p[2..1]: seen a range from 2 to 1")])
def test_what_cannot_be_computed_is_an_error_that_says_where(uses, message):
    with pytest.raises(SpecError) as error:
        cost(Component(name="p", class_name="x"), uses=uses)
    assert str(error.value).startswith(message)


def test_arguments_with_too_many_values_are_an_error():
    with pytest.raises(SpecError, match="at most 4096 together"):
        cost(Component(name="p", class_name="x"), uses=(("p", "go", 1.0),), arguments={"a": "0..99", "b": "0..99"})


@pytest.mark.parametrize(("uses", "arguments", "message"), [
    ((("p[0..3]", "go", 1.0),), None, r"p\[0\.\.3\], expected some of p\[0\.\.2\], which are all that there are"),
    ((("p[1..3]", "go", 1.0),), None, r"p\[1\.\.3\], expected some of p\[0\.\.2\]"),
    ((("p", "go", "k"),), {"k": "9..1"}, r"a range from 9 to 1, expected one that runs upwards in whole steps"),
    ((("p", "go", "k"),), {"k": "0..4096"}, r"arguments with more values than can be tried, expected at most 4096 together"),
    ((("p", "go", "k"),), {"k": "5..1000000000"}, r"at most 4096 together"),
])
def test_parts_and_values_that_there_are_not_are_an_error(uses, arguments, message):
    with pytest.raises(SpecError, match=message):
        cost(Component(name="p[0..2]", class_name="x"), uses=uses, arguments=arguments)


def test_a_sum_is_of_unknown_sureness_if_one_of_its_parts_is():
    def unsure(request: Request) -> ComponentCost:
        return ComponentCost(name=request.name, actions={"go": ActionEnergy(energy_pJ=1.0, uncertainty=None)})

    kind = ComponentClass(name="thing", attributes={}, parts=(Component(name="p", class_name="x"),),
                          actions=(ClassAction(name="step", uses=(("p", "go", 1.0),), arguments={}),))
    assert compound_cost(kind, REQUEST, unsure).actions["step"].uncertainty is None
