"""Jinja2 in YAML: helpers, the sandbox, and lines that point into the user's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from snnhw.errors import SpecError
from snnhw.spec.document import Document, read_document
from snnhw.spec.yaml_tree import Place


def read(tmp_path: Path, text: str, **variables: Any) -> Document:
    """The document of a template in in.yaml."""
    (tmp_path / "in.yaml").write_text(text, encoding="utf-8")
    return read_document(tmp_path / "in.yaml", variables)


def fault(tmp_path: Path, text: str, **variables: Any) -> str:
    """What is wrong with a template, with the folder left out."""
    with pytest.raises(SpecError) as caught:
        read(tmp_path, text, **variables)
    return str(caught.value).replace(f"{tmp_path}/", "").replace(str(tmp_path), ".")


def test_a_variable_is_put_in(tmp_path: Path) -> None:
    """As it was given."""
    assert read(tmp_path, "a: {{ n }}\nb: {{ n * 2 }}\n", n=3).data == {"a": 3, "b": 6}


def test_the_files_own_variables_are_seen(tmp_path: Path) -> None:
    """Computed, in order, and overridden from outside."""
    text = "variables:\n  n: 2\n  m: n * 3\na: {{ m }}\n"
    assert read(tmp_path, text).data["a"] == 6
    assert read(tmp_path, text, n="5").data["a"] == 15


def test_conditions_choose_lines(tmp_path: Path) -> None:
    """And the lines that are left keep their numbers."""
    text = "variables: {mode: \"skip\"}\n{% if mode == 'skip' %}\na: 1\n{% else %}\na: 2\n\nb: 3\n{% endif %}\nc: 4\n"
    document = read(tmp_path, text)
    assert {key: document.line((key,)) for key in document.data} == {"variables": 1, "a": 3, "c": 9}


def test_loops_repeat_lines(tmp_path: Path) -> None:
    """Each copy has the line of the original."""
    document = read(tmp_path, "{% for i in range(3) %}\nk{{ i }}:\n  v: {{ i }}\n{% endfor %}\nend: 1\n")
    assert document.data == {"k0": {"v": 0}, "k1": {"v": 1}, "k2": {"v": 2}, "end": 1}
    assert [document.line(path) for path in (("k0",), ("k2", "v"), ("end",))] == [2, 3, 5]


def test_whitespace_control_keeps_lines(tmp_path: Path) -> None:
    """`{%-` joins lines; what follows still has its line."""
    document = read(tmp_path, "a: 1\n{%- if true %}\nb: 2\n{%- endif %}\nc: 3\n")
    assert {key: document.line((key,)) for key in document.data} == {"a": 1, "b": 3, "c": 5}


def test_a_comment_of_several_lines_keeps_lines(tmp_path: Path) -> None:
    """What follows it too."""
    assert read(tmp_path, "{# one\ntwo\nthree #}\na: 1\n").line(("a",)) == 4


def test_a_value_of_several_lines_keeps_what_follows(tmp_path: Path) -> None:
    """A YAML error after it names the user's line."""
    assert fault(tmp_path, "a: {{ value }}\nb: 1\nb: 2\n", value="[1,\n 2]").startswith("in.yaml:3: b: seen the same key twice")


def test_include_gives_the_content_of_a_file(tmp_path: Path) -> None:
    """Whole, or the part at a key; errors in it name that file."""
    (tmp_path / "part.yaml").write_text("x:\n  y: [1, 2]\n")
    document = read(tmp_path, "a: {{ include('part.yaml') }}\nb: {{ include('part.yaml', 'x.y') }}\n")
    assert document.data == {"a": {"x": {"y": [1, 2]}}, "b": [1, 2]}
    assert document.place(("a", "x", "y")) == Place(str(tmp_path / "part.yaml"), 2)
    assert document.place(("a",)) == Place(str(tmp_path / "in.yaml"), 1)


def test_a_tag_includes_too(tmp_path: Path) -> None:
    """`!include file`."""
    (tmp_path / "part.yaml").write_text("x: 1\n")
    assert read(tmp_path, "a: !include part.yaml\n").data == {"a": {"x": 1}}


def test_include_all_gives_a_list(tmp_path: Path) -> None:
    """In the order of the names."""
    for name in ("c2", "c1"):
        (tmp_path / f"{name}.yaml").write_text(f"classes: {name}\n")
    assert read(tmp_path, "a: {{ include_all('c*.yaml', 'classes') }}\n").data == {"a": ["c1", "c2"]}


def test_include_text_puts_text_in(tmp_path: Path) -> None:
    """Rendered with the same variables; its lines are its own."""
    (tmp_path / "part.txt").write_text("x: {{ n }}\ny: 2\n")
    document = read(tmp_path, "a: 1\n{{ include_text('part.txt') }}\nb: 3\n", n=7)
    assert document.data == {"a": 1, "x": 7, "y": 2, "b": 3}
    assert [document.place((key,)) for key in "yb"] == [Place(str(tmp_path / "part.txt"), 2), Place(str(tmp_path / "in.yaml"), 3)]


def test_folders_can_be_added_to_the_path(tmp_path: Path) -> None:
    """add_to_path makes include look there."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "part.yaml").write_text("x: 1\n")
    assert read(tmp_path, "{{ add_to_path('lib') }}\na: {{ include('part.yaml') }}\n").data == {"a": {"x": 1}}


def test_paths_can_be_asked_for(tmp_path: Path) -> None:
    """cwd is the file's folder; path_exists and find_path look beside the file."""
    data = read(tmp_path, "a: {{ cwd() }}\nb: {{ path_exists('in.yaml') }}\nc: {{ path_exists('no.yaml') }}\nd: {{ find_path('in.yaml') "
                          "}}\n").data
    assert data == {"a": str(tmp_path), "b": True, "c": False, "d": str(tmp_path / "in.yaml")}


@pytest.mark.parametrize(("text", "said"), [
    ("a: 1\nb: {{ wieght_bits }}\n",
     'in.yaml:2: seen the undefined variable wieght_bits, expected a variable that is declared or given; did you mean "weight_bits"?'),
    ("a: 1\n{% if %}\n", "in.yaml:2: seen a Jinja2 syntax error: Expected an expression, got 'end of statement block', expected a Jinja2 "
                         "template"),
    ("\na: {{ 1 / 0 }}\n", "in.yaml:2: seen a Jinja2 expression that fails: division by zero, expected one that can be computed"),
    ("a: {{ include('no.yaml') }}\n",
     'in.yaml:1: seen a Jinja2 expression that fails: no file "no.yaml" in ., expected one that can be computed'),
    ("a: !include no.yaml\n", 'in.yaml:1: seen no file "no.yaml" in ., expected a file to include'),
    ("a: {{ include('in.yaml') }}\n", "in.yaml: seen in.yaml includes itself, expected a file to include"),
    ("a: {{ include('part.yaml', 'x.z') }}\n",
     "in.yaml:1: seen a Jinja2 expression that fails: part.yaml has no key x.z, expected one that can be computed"),
    ("a: {{ include('*.yaml') }}\n", "in.yaml:1: seen a Jinja2 expression that fails: include('*.yaml') finds 2 files; use include_all, "
     "expected one that can be computed"),
    ("{{ setenv('A', 'b') }}\n", "in.yaml:1: seen a Jinja2 expression that fails: setenv is known to Timeloop, not supported by snnhw: "
     "a file must not change the environment, expected one that can be computed"),
    ("a: {{ ''.__class__.__mro__ }}\n", "in.yaml:1: seen a Jinja2 expression that fails: access to attribute '__class__' of 'str' object "
                                        "is unsafe., "
     "expected one that can be computed"),
    ("a: {{ 'x' * 1000000000 }}\n",
     "in.yaml:1: seen a Jinja2 expression that fails: * of something that is no number, or too large, expected one that can be computed"),
    ("a: {{ 9 ** 999999999 }}\n",
     "in.yaml:1: seen a Jinja2 expression that fails: ** of something that is no number, or too large, expected one that can be computed"),
    ("{% for i in range(10 ** 9) %}{% endfor %}a: 1\n", "in.yaml:1: seen a Jinja2 expression that fails: Range too big. The sandbox blocks "
     "ranges larger than MAX_RANGE (100000)., expected one that can be computed"),
    ("a: 1\n{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}\n", "in.yaml: seen a template that calls itself, expected no recursion"),
    ("a: {{ 1 }}\nb: \ue000\n", "in.yaml: seen private-use characters U+E000 or U+E001, expected text without them"),
])
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    """Nothing of it is a traceback."""
    (tmp_path / "part.yaml").write_text("x: {y: 1}\n")
    assert fault(tmp_path, text, weight_bits=1) == said


def test_output_is_bounded(tmp_path: Path) -> None:
    """A loop in a loop cannot fill the memory."""
    text = "a: 1\n{% for i in range(100000) %}{% for j in range(100000) %}xxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}\n"
    assert fault(tmp_path, text) == "in.yaml: seen a template that makes more than 16 MiB, expected less"


def test_a_bad_variable_is_told_as_such(tmp_path: Path) -> None:
    """And not as undefined in the template."""
    said = fault(tmp_path, "variables:\n  n: 2 +\na: {{ n }}\n")
    assert said == (
        'in.yaml:2: variables.n: seen "2 +", expected a value or an expression: no expression that can be read; '
        "put quotes around it if it is text")


def test_marks_cannot_be_forged(tmp_path: Path) -> None:
    """An escape that makes the characters of a mark names a file that is not there."""
    assert "expected a file to include" in fault(tmp_path, 'a: !include "\\ue0007\\ue001"\n')


def test_names_that_a_template_uses_are_known(tmp_path: Path) -> None:
    """So that a value for one of them is no error."""
    assert read(tmp_path, "a: {{ n | default(8) }}\n").template_names == {"n"}
