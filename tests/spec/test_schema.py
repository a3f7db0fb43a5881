"""The JSON Schemas in docs/schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from spec.eyeriss import EYERISS

from snnhw.spec.document import read_document
from snnhw.spec.flat_problem import flat_problem
from snnhw.spec.flat_section import Report, Section
from snnhw.spec.presets import located, preset_files
from snnhw.spec.schema import schemas, text_of, write_schemas

FOLDER = Path(__file__).parents[2] / "docs" / "schema"


@pytest.mark.parametrize("name", schemas())
def test_the_file_is_what_the_forms_make(name: str) -> None:
    """Run `python -c "from snnhw.spec import write_schemas; write_schemas('docs/schema')"` after changing a form."""
    assert (FOLDER / name).read_text(encoding="utf-8") == text_of(schemas()[name])


@pytest.mark.parametrize("name", schemas())
def test_it_is_a_schema(name: str) -> None:
    """Of the 2020-12 draft, with a title."""
    schema = schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"]


def test_all_schemas_are_written(tmp_path: Path) -> None:
    """Into a folder."""
    paths = write_schemas(tmp_path)
    assert [path.name for path in paths] == list(schemas())
    assert all(json.loads(path.read_text(encoding="utf-8")) for path in paths)


def errors(schema: str, data: Any) -> list[str]:
    """What a schema says of some data."""
    return [error.message for error in Draft202012Validator(schemas()[schema]).iter_errors(data)]


def test_an_accelerator_satisfies_its_schema(tmp_path: Path) -> None:
    """Expressions included."""
    (tmp_path / "in.yaml").write_text(EYERISS)
    assert errors("arch.schema.json", read_document(tmp_path / "in.yaml").data) == []


@pytest.mark.parametrize("name", preset_files("arch"))
def test_every_preset_satisfies_its_schema(name: str) -> None:
    """As the file is, with the templates rendered."""
    assert errors("arch.schema.json", read_document(located(name, "arch")).data) == []


@pytest.mark.parametrize("name", preset_files("mappers"))
def test_every_mapper_satisfies_its_schema(name: str) -> None:
    """As the file is."""
    assert errors("mapper.schema.json", read_document(located(name, "mappers")).data) == []


@pytest.mark.parametrize(("schema", "data"), [
    ("arch.schema.json", {"archtecture": {"nodes": []}}),
    ("arch.schema.json", {"architecture": {"nodes": {}}}),
    ("arch.schema.json", {"architecture": {"nodes": [{"name": "x", "klass": "y"}]}}),
    ("mapper.schema.json", {"mapper": {"seed": -1}}),
    ("mapper.schema.json", {"mapper": {"metrics": ["speed"]}}),
])
def test_what_a_form_refuses_a_schema_refuses(schema: str, data: Any) -> None:
    """So that an editor shows it."""
    assert errors(schema, data)


GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*/*.yaml"))[::25]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_problem_that_timeloop_takes_satisfies_its_schema(path: Path) -> None:
    """Those of the golden cases."""
    assert errors("problem.schema.json", read_document(path, template=False).data) == []


PROBLEM = {
    "shape": {"dimensions": ["M", "K"], "data_spaces": [{"name": "A", "projection": [[["M"]], [["K", "stride"]]]},
                                                        {"name": "Z", "projection": [[["M"]]], "read_write": True}],
              "coefficients": [{"name": "stride"}]},
    "instance": {"M": 2, "K": 3, "densities": {"A": {"distribution": "hypergeometric", "density": 0.5}}},
}


def changed_problem(path: tuple[str, ...], value: Any) -> Any:
    """The problem with one value replaced or added."""
    problem = json.loads(json.dumps(PROBLEM))
    place = problem
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return problem


@pytest.mark.parametrize(("path", "value"), [
    (("instance", "M"), 0), (("instance", "M"), "two"), (("instance", "densities", "A"), 1.2), (("shape", "flatten"), []),
    (("shape",), "cnn_layr"), (("instance", "densities", "A", "distribution"), "uniform"), (("shape", "dimension"), []),
    (("instance",), []),
])
def test_the_reader_and_the_schema_of_problems_agree(path: tuple[str, ...], value: Any) -> None:
    """What one refuses the other refuses."""
    report = Report(lambda _: ("in.yaml", None))
    flat_problem(Section(PROBLEM, ("problem",), report))
    assert report.findings == [] == errors("problem.schema.json", {"problem": PROBLEM})
    wrong = changed_problem(path, value)
    flat_problem(Section(wrong, ("problem",), report))
    assert report.findings
    assert errors("problem.schema.json", {"problem": wrong})
