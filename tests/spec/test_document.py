"""Reading files into documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from snnhw.errors import SpecError
from snnhw.spec import document as module
from snnhw.spec.document import Document, dotted, merge_documents, read_document, read_documents
from snnhw.spec.yaml_tree import Place


def read(tmp_path: Path, text: str, name: str = "in.yaml") -> Document:
    """The document of a text; its file is named in.yaml."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_document(tmp_path / name)


def fault(tmp_path: Path, text: str, name: str = "in.yaml") -> str:
    """What is wrong with a text, with the folder left out."""
    with pytest.raises(SpecError) as caught:
        read(tmp_path, text, name)
    return str(caught.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(("text", "value"), [
    ("12", 12), ("-3", -3), ("0x1F", 31), ("1_000", 1000), ("010", 10), ("1e-9", 1e-9), (".5", 0.5), ("2.", 2.0), ("1e3", 1000.0),
    ("true", True), ("False", False), ("~", None), ("null", None), ("", None), (".inf", float("inf")), ("-.inf", float("-inf")),
    ("yes", "yes"), ("no", "no"), ("N", "N"), ("2020-01-01", "2020-01-01"), ("12:30", "12:30"), ("28nm", "28nm"), (".nan", ".nan"),
    ('"5"', "5"), ("'true'", "true"), ("!!str 5", "5"), ("!!float 5", 5.0), ("a b", "a b"),
])
def test_a_scalar_is_read_as_yaml_1_2_has_it(tmp_path: Path, text: str, value: Any) -> None:
    """Numbers with an exponent alone are floats, yes and dates are text, quotes make text."""
    found = read(tmp_path, f"a: {text}\n").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_as_written(tmp_path: Path) -> None:
    """A key that looks like a number or a truth value stays a word."""
    assert read(tmp_path, "1: a\nno: b\ntrue: c\nN: d\n").data == {"1": "a", "no": "b", "true": "c", "N": "d"}


def test_a_value_knows_its_line(tmp_path: Path) -> None:
    """An entry stands where its key stands, an item where it begins; a path that is not there has the line of what is around it."""
    document = read(tmp_path, "a: 1\n\nb:\n  c:\n  - 1\n  -\n    d: 2\n")
    assert [document.line(path) for path in (("a",), ("b", "c"), ("b", "c", 0), ("b", "c", 1, "d"))] == [1, 4, 5, 7]
    assert document.line(("b", "c", 1, "nothing", 3)) == 7
    assert document.line(("zzz",)) == 1


def test_a_finding_names_file_line_and_key(tmp_path: Path) -> None:
    """finding and error point at a key path."""
    document = read(tmp_path, "a:\n- b: 1\n")
    error = document.error(("a", 0, "b"), seen="1", expected="2", fix="try 2")
    assert str(error) == f"{tmp_path}/in.yaml:2: a[0].b: seen 1, expected 2; try 2"


def test_a_path_is_written_with_dots_and_brackets() -> None:
    """`layers[3].shape.C`."""
    assert dotted(("layers", 3, "shape", "C")) == "layers[3].shape.C"
    assert dotted(()) == ""


def test_get_follows_a_path_or_gives_the_default(tmp_path: Path) -> None:
    """A path that leads nowhere is no error."""
    document = read(tmp_path, "a: [{b: 1}]\n")
    assert document.get(("a", 0, "b")) == 1
    assert [document.get(path, "-") for path in (("a", 1), ("a", "b"), ("a", 0, "c"), ("a", 0, "b", "c"))] == ["-"] * 4


def test_tags_and_quotes_are_kept_beside_the_data(tmp_path: Path) -> None:
    """The data is plain."""
    document = read(tmp_path, 'nodes:\n- !Container {name: "x", n: y}\n- !Nothing\n')
    assert document.data == {"nodes": [{"name": "x", "n": "y"}, None]}
    assert document.tags == {("nodes", 0): "!Container", ("nodes", 1): "!Nothing"}
    assert document.quoted == {("nodes", 0, "name")}


def test_an_alias_has_its_own_line_and_its_content_that_of_the_anchor(tmp_path: Path) -> None:
    """What is wrong in an alias's content is wrong where the anchor stands."""
    document = read(tmp_path, "a: &x\n  b: 1\nc: *x\n")
    assert document.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert [document.line(path) for path in (("c",), ("c", "b"))] == [3, 2]


def test_merge_keys(tmp_path: Path) -> None:
    """<< adds absent keys; a list of mappings gives the first that has a key; <<< also goes into mappings that both have."""
    text = "a: &a {x: {p: 1}, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: *a, y: 5}\nd: {<<: [*b, *a]}\ne:\n  <<<: *a\n  x: {q: 6}\n"
    data = read(tmp_path, text).data
    assert data["c"] == {"y": 5, "x": {"p": 1}}
    assert data["d"] == {"y": 3, "z": 4, "x": {"p": 1}}
    assert data["e"] == {"x": {"q": 6, "p": 1}, "y": 2}


def test_a_merged_key_has_the_line_of_its_origin(tmp_path: Path) -> None:
    """Not that of the merge."""
    assert read(tmp_path, "a: &a\n  x: 1\nb:\n  <<: *a\n").line(("b", "x")) == 2


def test_a_quoted_merge_key_is_a_key(tmp_path: Path) -> None:
    """Quotes take its meaning away."""
    assert read(tmp_path, '"<<": 1\n').data == {"<<": 1}


def test_json_is_read(tmp_path: Path) -> None:
    """With tabs, escapes, and pairs of surrogates as Python's json module writes them."""
    document = read(tmp_path, '{\n\t"a": [1, 2.5e-3, true, null],\n\t"b": "\\ud83d\\ude00 \\u00e9 \\/"\n}', "in.json")
    assert document.data == {"a": [1, 2.5e-3, True, None], "b": "😀 é /"}
    assert document.line(("b",)) == 3


def test_json_is_no_template(tmp_path: Path) -> None:
    """Braces in it are text."""
    assert read(tmp_path, '{"a": "{{ x }}"}', "in.json").data == {"a": "{{ x }}"}


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Some editors write one."""
    assert read(tmp_path, "\ufeffa: 1\n").data == {"a": 1}


@pytest.mark.parametrize(("text", "said"), [
    ("", "in.yaml: seen an empty file, expected a mapping (key: value)"),
    ("# a comment\n", "in.yaml: seen an empty file, expected a mapping (key: value)"),
    ("- 1\n", "in.yaml:1: seen a list at the top level, expected a mapping (key: value)"),
    ("hello\n", "in.yaml:1: seen a single value at the top level, expected a mapping (key: value)"),
    ("a: 1\nb: 2\na: 3\n", "in.yaml:3: a: seen the same key twice, expected each key once; it stands in line 1 already"),
    ("a: 1\n---\nb: 2\n", "in.yaml:2: seen a second YAML document (---), expected one document a file; remove the line --- or split the "
                          "file"),
    ("a: [1, 2\nb: 3\n", "in.yaml:2: seen a YAML syntax error (column 2): did not find expected ',' or ']' while parsing a flow sequence, "
     "expected YAML; look at the indentation, the brackets and the quotes here and in the line before"),
    ("a: 1\n\tb: 2\n", "in.yaml:2: seen a YAML syntax error (column 1): found a tab character that violates "
     "indentation while scanning a plain scalar, "
     "expected YAML; look at the indentation, the brackets and the quotes here and in the line before"),
    ("a: *x\n", "in.yaml:1: seen *x, expected an anchor defined further up; define &x before its use"),
    ("a: &x [*x]\n", "in.yaml:1: seen *x inside of &x, expected an alias of something that is complete"),
    ("a: 1\n<<: 3\n", "in.yaml:2: <<: seen no mapping, expected a mapping to merge in, such as *anchor"),
    ("? [a, b]\n: 1\n", "in.yaml:1: seen a list or mapping as a key, expected a word as a key"),
    ("a: 1\nb: !!python/object/apply:os.system [ls]\n",
     "in.yaml:2: seen the tag !!python/object/apply:os.system, expected no tag, or one of !Component, !Container, !Hierarchical, "
     "!Parallel, "
     "!Pipelined, !Nothing, !Network, !include; snnhw reads data only, it never builds Python objects; remove the tag"),
    ("a: !Contaner {}\n", 'in.yaml:1: seen the tag !Contaner, expected no tag, or one of !Component, !Container, !Hierarchical, !Parallel, '
     '!Pipelined, !Nothing, !Network, !include; did you mean "!Container"?'),
])
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    """Nothing of it is a traceback."""
    assert fault(tmp_path, text) == said


def test_all_doubled_keys_and_tags_of_a_file_are_told(tmp_path: Path) -> None:
    """Not only the first."""
    assert [line.split(": ")[0] for line in fault(tmp_path, "a: 1\na: 2\nb: !x 1\nb: 2\n").splitlines()] == ["in.yaml:3", "in.yaml:2",
        "in.yaml:4"]


def test_a_control_character_is_no_text(tmp_path: Path) -> None:
    """YAML forbids it."""
    assert fault(tmp_path, "a: \x00\n").startswith("in.yaml: seen a YAML syntax error: control characters are not allowed")


def test_bytes_that_are_no_utf_8_are_told_with_their_line(tmp_path: Path) -> None:
    """Latin-1, say."""
    (tmp_path / "in.yaml").write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(SpecError, match=r"in.yaml:2: seen a byte 0xe9 that is no UTF-8, expected text in UTF-8$"):
        read_document(tmp_path / "in.yaml")


def test_a_directory_and_an_absent_file_are_told(tmp_path: Path) -> None:
    """Each by its name."""
    with pytest.raises(SpecError, match=f"^{tmp_path}: seen a directory, expected a YAML or JSON file$"):
        read_document(tmp_path)
    with pytest.raises(SpecError, match=r"^nowhere\.yaml: seen no such file, expected a YAML or JSON file$"):
        read_document("nowhere.yaml")
    with pytest.raises(SpecError, match="seen a file that cannot be read"):
        read_document("a\0b")


def test_a_large_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    """50 MB of YAML."""
    with (tmp_path / "in.yaml").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(SpecError, match=r"in.yaml: seen a file of more than 16 MiB, expected at most 16 MiB of YAML or JSON$"):
        read_document(tmp_path / "in.yaml")


@pytest.mark.parametrize("text", ["[" * 60_000 + "]" * 60_000, "{a: " * 200 + "}" * 200, "- " * 150])
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    """It neither exhausts the interpreter's stack nor the parser's."""
    assert fault(tmp_path, f"a:\n  {text}\n") == "in.yaml:2: seen nesting deeper than 100 levels, expected a flatter file"


def test_aliases_cannot_nest_deeper_than_a_file_may(tmp_path: Path) -> None:
    """Each alias adds its own depth."""
    lines = ["a0: &a0 [1]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 150))]
    assert fault(tmp_path, "\n".join(lines)).endswith("seen nesting deeper than 100 levels, expected a flatter file")


def test_a_few_lines_of_aliases_cannot_grow_without_bound(tmp_path: Path) -> None:
    """Billion laughs."""
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert fault(tmp_path, "\n".join(lines)) == "in.yaml:1: seen more than 500,000 values, aliases written out, expected a smaller input"


def test_merging_is_bounded_too(tmp_path: Path) -> None:
    """<<< of mappings that share their parts."""
    lines = ["x0: &x0 {k: 1}", "y0: &y0 {l: 1}"]
    for i in range(1, 40):
        lines += [f"x{i}: &x{i} {{a: *x{i - 1}, b: *x{i - 1}}}", f"y{i}: &y{i} {{a: *y{i - 1}, b: *y{i - 1}}}"]
    lines += ["z:", "  <<<: *x39", "  a: *y38"]
    assert "values, aliases written out" in fault(tmp_path, "\n".join(lines))


def test_several_files_are_one_input(tmp_path: Path) -> None:
    """Top-level keys together; lines and files of each stay known; the same content twice is fine."""
    for name, text in (("a.yaml", "a: 1\nsame: [1]\n"), ("b.yaml", "\nb: {c: 2}\nsame: [1]\n")):
        (tmp_path / name).write_text(text)
    document = read_documents([tmp_path / "a.yaml", tmp_path / "b.yaml"])
    assert document.data == {"a": 1, "same": [1], "b": {"c": 2}}
    assert document.file == str(tmp_path / "a.yaml")
    assert document.place(("b", "c")) == Place(str(tmp_path / "b.yaml"), 2)
    assert document.place(("same",)) == Place(str(tmp_path / "a.yaml"), 2)


def test_different_contents_of_one_key_are_an_error(tmp_path: Path) -> None:
    """It names both places."""
    (tmp_path / "a.yaml").write_text("k: 1\n")
    (tmp_path / "b.yaml").write_text("\nk: 2\n")
    with pytest.raises(SpecError) as caught:
        read_documents([tmp_path / "a.yaml", tmp_path / "b.yaml"])
    assert str(caught.value).replace(f"{tmp_path}/", "") == (
        "b.yaml:2: k: seen a second, different definition, expected one; the first stands at a.yaml:1")


def test_findings_of_all_files_are_raised_together(tmp_path: Path) -> None:
    """One absent, one broken."""
    (tmp_path / "b.yaml").write_text("a: [\n")
    with pytest.raises(SpecError) as caught:
        read_documents([tmp_path / "a.yaml", tmp_path / "b.yaml"])
    assert [finding.file for finding in caught.value.findings] == [str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]


def test_no_file_is_an_error() -> None:
    """There is nothing to read."""
    with pytest.raises(SpecError, match=r"^seen no file, expected at least one$"):
        merge_documents([])


def test_a_document_is_frozen(tmp_path: Path) -> None:
    """Nothing changes it after reading."""
    with pytest.raises(AttributeError):
        read(tmp_path, "a: 1\n").data = {}  # type: ignore[misc]


def test_the_size_limit_is_16_mib() -> None:
    """The number that the message states."""
    assert module.MAX_BYTES == 16 * 2**20
