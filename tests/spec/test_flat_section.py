"""Reading one mapping key by key."""

from __future__ import annotations

import pytest

from snnhw.errors import SpecError
from snnhw.spec.flat_section import Report, Section, as_integer, as_number, near_miss, question, shown


def report() -> Report:
    """A report in which every path stands in line 7 of x.yaml."""
    return Report(lambda path: ("x.yaml", 7))


def section_of(value: object) -> Section:
    """A section at the path `top`."""
    return Section(value, ("top",), report())


def faults(section: Section) -> list[str]:
    """What was reported so far."""
    return [str(finding) for finding in section.report.findings]


def test_hyphens_are_underscores() -> None:
    """In the keys of the file and never in its values; a path keeps the spelling of the file."""
    section = section_of({"data-spaces": "a-b"})
    assert section.has("data_spaces")
    assert section.take("data_spaces") == ("a-b", ("top", "data-spaces"))


def test_the_first_name_that_is_there_counts() -> None:
    """Another name with the same value says nothing new; one with another value gets a note."""
    section = section_of({"a": 1, "b": 1, "c": 2})
    assert section.integer("x", "a", "b", "c", default=0) == 1
    assert section.report.notes == ['x.yaml:7: top.c: without effect beside "a"']
    section.close()
    assert faults(section) == []


def test_a_key_that_nobody_took_is_unknown() -> None:
    """The closest name that was asked for is suggested, or the few that there are."""
    section = section_of({"dept": 3, "zzz": 4})
    section.integer("depth", default=0)
    section.close(("width",))
    assert faults(section) == [
        'x.yaml:7: top.dept: seen an unknown key; did you mean "depth"?',
        "x.yaml:7: top.zzz: seen an unknown key; known here: depth, width",
    ]


def test_a_key_that_is_known_elsewhere_gets_a_note() -> None:
    """It changes nothing, and that is said."""
    section = section_of({"split": 3})
    section.close(("split",))
    assert (faults(section), section.report.notes) == ([], ["x.yaml:7: top.split: without effect here"])


def test_a_section_that_is_no_mapping_is_reported_once() -> None:
    """Nothing is missing in what is not there."""
    section = section_of([1])
    section.require(["a"], "a thing")
    section.close()
    assert faults(section) == ["x.yaml:7: top: seen a list, expected a mapping"]


def test_lists_of_names_are_checked_one_by_one() -> None:
    """Good ones stay."""
    section = section_of({"keep": ["Inputs", "Input", 3]})
    assert section.names("keep", known=["Inputs", "Outputs"], kind="tensor") == ("Inputs",)
    assert faults(section) == [
        'x.yaml:7: top.keep[1]: seen "Input", expected a tensor: Inputs, Outputs; did you mean "Inputs"?',
        "x.yaml:7: top.keep[2]: seen 3, expected a tensor: Inputs, Outputs",
    ]
    assert section.names("keep") is None


def test_children_are_sections_of_a_list() -> None:
    """Their paths count the items."""
    first, second = section_of({"targets": [{"a": 1}, 5]}).children("targets")
    assert (first.path, second.path) == (("top", "targets", 0), ("top", "targets", 1))
    assert faults(second) == ["x.yaml:7: top.targets[1]: seen 5, expected a mapping"]


def test_a_neutral_value_is_of_the_same_type() -> None:
    """True is not 1."""
    section = section_of({"a": True, "b": 1})
    section.refuse("a", neutral=(1,))
    section.refuse("b", neutral=(1,))
    assert faults(section) == ["x.yaml:7: top.a: seen a key of Timeloop that snnhw does not support; remove it or set it to 1"]


def test_all_findings_are_raised_together() -> None:
    """And nothing if there are none."""
    section = section_of({"a": "x", "b": -1})
    section.report.finish()
    section.integer("a", default=0)
    section.number("b", default=0.0)
    with pytest.raises(SpecError) as caught:
        section.report.finish()
    assert str(caught.value) == 'x.yaml:7: top.a: seen "x", expected an integer >= 1\nx.yaml:7: top.b: seen -1, expected a number >= 0'


@pytest.mark.parametrize(
    ("value", "integer", "number"),
    [
        (3, 3, 3.0),
        (3.0, 3, 3.0),
        ("3", 3, 3.0),
        ("1e-9", None, 1e-09),
        (2.5, None, 2.5),
        (True, None, None),
        ("x", None, None),
        (None, None, None),
        (float("inf"), None, None),
        ("nan", None, None),
        ([], None, None),
    ],
)
def test_numbers(value: object, integer: int | None, number: float | None) -> None:
    """Strings of digits count; true is no number, nor are infinity and NaN."""
    assert (as_integer(value), as_number(value)) == (integer, number)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        (3, "3"),
        (True, "true"),
        (None, "nothing"),
        ({}, "a mapping"),
        ([], "[]"),
        ([1], "a list"),
        ("x" * 90, f'"{"x" * 77}..."'),
    ],
)
def test_values_in_messages(value: object, text: str) -> None:
    """Strings are quoted and cut, mappings and lists are named."""
    assert shown(value) == text


def test_near_misses() -> None:
    """A question where one is close, else the names if they are few, else nothing."""
    assert near_miss("depht", ["depth", "width"]) == 'did you mean "depth"?'
    assert near_miss("xyz", ["depth", "width"]) == "known here: depth, width"
    assert near_miss("xyz", [f"key{i}" for i in range(17)]) == ""
    assert question("xyz", ["depth"]) == ""
