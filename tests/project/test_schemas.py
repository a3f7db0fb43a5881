"""Schemas for editors: made from the forms, led to by the files, and strict about keys."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from snnhw.errors import SpecError
from snnhw.project.init import contents
from snnhw.project.schemas import KINDS, file_name, schema, write_all
from snnhw.spec.document import read_document
from snnhw.sweep.plan_form import PlanFileForm

ROOT = Path(__file__).parents[2]
SHIPPED = [path for folder in ("arch", "mappers", "workloads") for path in sorted((ROOT / folder).rglob("*.yaml"))
           if path.name != "fit.yaml"]
LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


def errors(text, data):
    return [error.message for error in Draft202012Validator(json.loads(text)).iter_errors(data)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_in_docs_is_what_the_code_makes(kind):
    """Run `python -c "from snnhw.project.schemas import write_all; write_all('docs/schema')"` after changing a form."""
    assert (ROOT / "docs" / "schema" / file_name(kind)).read_text(encoding="utf-8") == schema(kind)
    Draft202012Validator.check_schema(json.loads(schema(kind)))


def test_all_are_written(tmp_path):
    assert [path.name for path in write_all(tmp_path)] == [file_name(kind) for kind in KINDS]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_yaml_leads_to_a_schema_that_it_satisfies(path):
    found = LINE.match(path.read_text(encoding="utf-8"))
    assert found
    target = path.parent / found[1]
    assert target.resolve().parent == ROOT / "docs" / "schema"
    assert errors(target.read_text(encoding="utf-8"), read_document(path).data) == []


@pytest.mark.parametrize("name", ["arch.yaml", "mapper.yaml", "network.yaml", "plan.yaml"])
def test_every_yaml_of_a_new_project_leads_to_a_schema_that_it_satisfies(tmp_path, name):
    files = contents()
    (tmp_path / name).write_text(files[name])
    assert errors(files[LINE.match(files[name])[1]], read_document(tmp_path / name).data) == []


@pytest.mark.parametrize(("kind", "data"), [
    ("arch", {"architecture": {"version": 0.4, "nods": []}}),
    ("mapper", {"mapper": {"max_evaluation": 5}}),
    ("run", {"schema": "snnhw.run/1", "name": "x", "time_step": 4, "layers": []}),
    ("plan", {"sweep": {"base": {"arch": "a", "stat": "b"}}}),
    ("plan", {"sweep": {"grids": {}}}),
    ("training", {"time_steps": 4, "data": {"source": "digits"}, "optimizer": {}, "network": [{"type": "flatten"}]}),
    ("training", {"time_steps": 4, "data": {"source": "digits"}, "network": [{"type": "linear", "feature": 4}]}),
    ("problem", {"problem": {"shap": {}}}),
])
def test_a_misspelt_key_is_caught(kind, data):
    assert errors(schema(kind), data)


@pytest.mark.parametrize("grid", [
    {"arch": "tiny_snn"}, {"arch": ["a", "b"]}, {"variables": {"x": 3}}, {"variables": {"x": [1, 2]}},
    {"variables": {"x": {"first": 1, "last": 4}}}, {"seed": 3, "causality": "free"},
])
def test_a_plan_may_say_one_value_for_a_list_as_its_reader_takes_it(grid):
    data = {"sweep": {"version": 0.1, "base": {"stats": "x"}, "grid": grid, "where": "x > 1"}}
    assert errors(schema("plan"), data) == []
    PlanFileForm.model_validate(data)


def test_an_unknown_kind_is_named():
    said = r'schema: seen archs, expected one of arch, mapper, problem, run, plan, training; did you mean "arch"\?'
    with pytest.raises(SpecError, match=said):
        schema("archs")
