"""Checking documents against forms: every problem at once, in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from pydantic import Field

from snnhw.errors import Finding, SpecError
from snnhw.spec.document import read_document
from snnhw.spec.forms import (
    Count,
    CountOrZero,
    Findings,
    Flag,
    Form,
    Name,
    Names,
    Positive,
    Real,
    Share,
    Text,
    Whole,
    check,
    fill,
    near,
    show,
    wrong,
)


class Part(Form):
    """A part."""

    size: Count


class Level(Form):
    """A level."""

    hyphens: ClassVar = True
    spellings: ClassVar = {"memory_depth": "depth"}
    unsupported: ClassVar = {"zing": "what zing does"}

    depth: Count = Field(description="rows of the memory")
    block_size: Count | None = None
    share: Share | None = None
    kind: Literal["gating", "skipping"] = "gating"
    parts: list[Part] = Field(default=[])
    by_name: dict[str, Part] = Field(default={})
    flag: Flag = False
    names: Names = Field(default=[])
    real: Real | None = None


class File(Form):
    """A file."""

    level: Level


def document(tmp_path: Path, text: str) -> Any:
    """The document of a text in in.yaml."""
    (tmp_path / "in.yaml").write_text(text)
    return read_document(tmp_path / "in.yaml")


def faults(tmp_path: Path, text: str, form: type[Form] = File) -> list[str]:
    """What is wrong with a text, with the folder left out."""
    with pytest.raises(SpecError) as caught:
        check(form, document(tmp_path, text))
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


def test_a_form_is_filled(tmp_path: Path) -> None:
    """With defaults where nothing is said."""
    level = check(File, document(tmp_path, "level: {depth: 16.0, flag: yes, names: a, parts: [{size: 2}]}\n")).level
    assert (level.depth, level.flag, level.names, level.parts[0].size, level.kind) == (16, True, ["a"], 2, "gating")
    assert isinstance(level.depth, int)


def test_a_hyphen_stands_for_an_underscore(tmp_path: Path) -> None:
    """Where the form says so; other spellings too."""
    assert check(File, document(tmp_path, "level: {memory-depth: 3, block-size: 4}\n")).level.block_size == 4


@pytest.mark.parametrize(("body", "said"), [
    ("dept: 3", ['in.yaml:1: level.depth: seen nothing, expected rows of the memory; add depth',
                 'in.yaml:1: level.dept: seen the unknown key dept, expected one of block_size, by_name, depth, flag, kind, memory_depth, '
                 'names, parts, '
                 'real, share; did you mean "depth"?']),
    ("depth: true", ["in.yaml:1: level.depth: seen true, expected a whole number"]),
    ('depth: "3"', ['in.yaml:1: level.depth: seen "3", expected a whole number']),
    ("depth: abc", ['in.yaml:1: level.depth: seen "abc", expected a whole number']),
    ("depth: 2.5", ["in.yaml:1: level.depth: seen 2.5, expected a whole number"]),
    ("depth: 0", ["in.yaml:1: level.depth: seen 0, expected a number x with x >= 1"]),
    ("depth: .inf", ["in.yaml:1: level.depth: seen inf, expected a whole number"]),
    ("depth: [1]", ["in.yaml:1: level.depth: seen [1], expected a whole number"]),
    ("depth: ~", ["in.yaml:1: level.depth: seen nothing, expected a whole number"]),
    ("depth: 3, share: 1.2", ["in.yaml:1: level.share: seen 1.2, expected a number x with x <= 1"]),
    ("depth: 3, share: -1", ["in.yaml:1: level.share: seen -1, expected a number x with x >= 0"]),
    ("depth: 3, real: .inf", ["in.yaml:1: level.real: seen inf, expected a finite number"]),
    ("depth: 3, real: x", ['in.yaml:1: level.real: seen "x", expected a number']),
    ("depth: 3, kind: gatng", ['in.yaml:1: level.kind: seen "gatng", expected one of gating, skipping; did you mean "gating"?']),
    ("depth: 3, flag: maybe", ['in.yaml:1: level.flag: seen "maybe", expected true or false']),
    ("depth: 3, flag: 1", ["in.yaml:1: level.flag: seen 1, expected true or false"]),
    ("depth: 3, names: [1]", ["in.yaml:1: level.names[0]: seen 1, expected text"]),
    ('depth: 3, names: [""]', ['in.yaml:1: level.names[0]: seen "", expected some text']),
    ("depth: 3, names: {a: 1}", ["in.yaml:1: level.names: seen a mapping, expected a list"]),
    ("depth: 3, parts: {size: 1}", ["in.yaml:1: level.parts: seen a mapping, expected a list"]),
    ("depth: 3, parts: [3]", ["in.yaml:1: level.parts[0]: seen 3, expected a mapping (key: value)"]),
    ("depth: 3, parts: [{size: 1}, {sise: 1}]", [
        "in.yaml:1: level.parts[1].size: seen nothing, expected a value for size; add size",
        'in.yaml:1: level.parts[1].sise: seen the unknown key sise, expected one of size; did you mean "size"?']),
    ("depth: 3, by_name: {q: {size: x}}", ['in.yaml:1: level.by_name.q.size: seen "x", expected a whole number']),
    ("depth: 3, block-size: x", ['in.yaml:1: level.block-size: seen "x", expected a whole number']),
    ("memory_depth: x", ['in.yaml:1: level.memory_depth: seen "x", expected a whole number']),
    ("depth: 3, memory_depth: 3", ["in.yaml:1: level: seen a mapping, expected only one of the spellings of depth"]),
    ("depth: 3, zing: 1", ["in.yaml:1: level.zing: seen the key zing, expected none: known to Timeloop, not supported by snnhw (what zing "
                           "does); "
                           "remove it"]),
])
def test_what_is_wrong_is_told_in_plain_words(tmp_path: Path, body: str, said: list[str]) -> None:
    """With the key as the file spells it."""
    assert faults(tmp_path, f"level: {{{body}}}\n") == said


def test_all_problems_of_a_file_are_told_in_the_order_of_lines(tmp_path: Path) -> None:
    """Also those of several forms."""
    assert faults(tmp_path, "levl: 1\nlevel:\n  kind: x\n  depth: 0\n  parts:\n  - {size: 0}\n") == [
        'in.yaml:1: levl: seen the unknown key levl, expected one of level; did you mean "level"?',
        'in.yaml:3: level.kind: seen "x", expected one of gating, skipping',
        "in.yaml:4: level.depth: seen 0, expected a number x with x >= 1",
        "in.yaml:6: level.parts[0].size: seen 0, expected a number x with x >= 1",
    ]


def test_findings_of_several_forms_are_pooled(tmp_path: Path) -> None:
    """Each once."""
    found = Findings()
    read = document(tmp_path, "a: {size: 0}\nb: {size: 1}\nc: 3\n")
    assert found.check(Part, read, ("a",)) is None
    assert found.check(Part, read, ("b",)) == Part(size=1)
    found.check(Part, read, ("c",))
    found.check(Part, read, ("a",))
    with pytest.raises(SpecError) as caught:
        found.raise_if_any()
    assert [finding.key for finding in caught.value.findings] == ["a.size", "c"]


def test_no_findings_raise_nothing() -> None:
    """raise_if_any on a clean input."""
    Findings().raise_if_any()


def test_findings_are_sorted_by_file_and_line() -> None:
    """Those without a line first."""
    found = Findings()
    found.add([Finding(file="b", line=1), Finding(file="a", line=9), Finding(file="a", line=2), Finding(file="a")])
    with pytest.raises(SpecError) as caught:
        found.raise_if_any()
    assert [(finding.file, finding.line) for finding in caught.value.findings] == [("a", None), ("a", 2), ("a", 9), ("b", 1)]


def test_a_computed_value_is_shown_with_its_expression(tmp_path: Path) -> None:
    """The file has the expression, the form the number."""
    read = document(tmp_path, "size: n - 4\n")
    _, found = fill(Part, read, (), {"size": 0})
    assert found[0].seen == '"n - 4" (= 0)'


def test_a_validator_can_say_what_is_right(tmp_path: Path) -> None:
    """With a fix."""
    error = wrong("this", "do that")
    assert (error.message(), error.context) == ("this", {"expected": "this", "fix": "do that"})


def test_values_are_shown_short_and_clean() -> None:
    """Control characters and long text do not reach a terminal."""
    assert show("a\x1b[31m\n") == '"a [31m "'
    assert show("x" * 100) == '"' + "x" * 60 + '"...'
    assert [show(value) for value in (None, True, 1.5, 3, [], {}, {"a": 1}, [1, "a"])] == [
        "nothing", "true", "1.5", "3", "[]", "an empty mapping", "a mapping", '[1, "a"]']
    assert show(["x" * 50] * 5) == "a list of 5"


def test_near_misses() -> None:
    """A difference of case is the nearest; what is far away is none."""
    assert near("meshx", ["meshY", "meshX"]) == 'did you mean "meshX"?'
    assert near("mnist", ["mnist_784_400", "tcja"]) == 'did you mean "mnist_784_400"?'
    assert near("mnist", ["mnist_784_400", "mnist_784_1000"]) == ""
    assert near("dpeth", ["depth", "width"]) == 'did you mean "depth"?'
    assert near("zzz", ["depth"]) == ""


def test_number_types() -> None:
    """What each takes and what it refuses."""

    class Numbers(Form):
        a: Whole = 0
        b: CountOrZero = 0
        c: Positive = 1.0
        d: Text = ""
        e: Name = "x"

    assert Numbers(a=-3, b=0, c=2, d=5, e="n").model_dump() == {"a": -3, "b": 0, "c": 2.0, "d": "5", "e": "n"}  # type: ignore[arg-type]
    for wrong_one in ({"a": True}, {"b": -1}, {"c": 0}, {"c": True}, {"d": True}, {"e": ""}, {"e": 5}):
        with pytest.raises(ValueError, match="validation error"):
            Numbers(**wrong_one)  # type: ignore[arg-type]


def test_the_schema_of_a_form_has_its_other_spellings() -> None:
    """A field with another spelling is not asked for."""
    schema = Level.model_json_schema()
    assert schema["properties"]["memory_depth"] == {"description": "the same as depth"}
    assert "depth" not in schema["required"]
