"""JSON Schemas of all kinds of files that people write, made from the forms that read them; for editors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.spec.schema import DIALECT, text_of
from snnhw.spec.schema import schemas as spec_schemas
from snnhw.spec.words import near


def _of_spec(name: str) -> Callable[[], dict[str, Any]]:
    return lambda: spec_schemas()[f"{name}.schema.json"]


def _run() -> dict[str, Any]:
    from snn_workload import run_schema

    return run_schema()


def _plan() -> dict[str, Any]:
    from snnhw.sweep.plan_form import PlanFileForm

    schema = PlanFileForm.model_json_schema()
    definitions = schema["$defs"]
    for name in ("GridForm", "SweepForm"):
        for key, value in definitions[name]["properties"].items():
            if key != "points":
                _one_or_several(value)
    definitions["SweepForm"]["properties"]["version"] = {"enum": ["0.1", 0.1], "default": "0.1", "description": "version of this form"}
    for value in definitions["GridForm"]["properties"]["variables"].values():
        if isinstance(value, dict):
            _one_or_several(value)
    return {"$schema": DIALECT, **schema, "title": "A plan of a sweep"}


def _one_or_several(schema: dict[str, Any]) -> None:
    """A list that a single value may stand for: the reader takes both."""
    for options in ([schema], schema.get("anyOf", ()), schema.get("oneOf", ())):
        for option in list(options):
            if option.get("type") == "array" and "items" in option:
                whole = dict(option)
                option.clear()
                kept = {key: whole.pop(key) for key in ("description", "default", "title") if key in whole}
                option.update({"anyOf": [whole, whole["items"]], **kept})


def _training() -> dict[str, Any]:
    from pydantic.json_schema import models_json_schema

    from snn_workload.train.form import TrainForm
    from snn_workload.train.layer_forms import FORMS

    schema = TrainForm.model_json_schema()
    layers, others = models_json_schema([(form, "validation") for form in dict.fromkeys(FORMS.values())])
    definitions = {**schema.pop("$defs", {}), **others.get("$defs", {})}
    kinds = [{"if": {"properties": {"type": {"const": name}}}, "then": layers[form, "validation"]} for name, form in FORMS.items()]
    definitions["Layer"] = {"type": "object", "required": ["type"], "properties": {"type": {"enum": list(FORMS)}}, "allOf": kinds}
    for option in (schema["properties"]["network"], *schema["properties"]["network"].get("anyOf", ())):
        if option.get("type") == "array":
            option["items"] = {"$ref": "#/$defs/Layer"}
    return {"$schema": DIALECT, **schema, "title": "A training", "$defs": definitions}


KINDS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "arch": _of_spec("arch"), "mapper": _of_spec("mapper"), "problem": _of_spec("problem"), "run": _run, "plan": _plan,
    "training": _training}
"""What makes each schema, by kind."""


def schema(kind: str) -> str:
    """The JSON Schema of a kind of file, as text: arch, mapper, plan, problem, run or training. Raises SpecError for another kind."""
    if kind not in KINDS:
        raise SpecError(Finding(file="schema", seen=kind, expected=f"one of {', '.join(KINDS)}", fix=near(kind, KINDS)))
    return text_of(KINDS[kind]())


def file_name(kind: str) -> str:
    """What the file of a schema is called."""
    return f"{kind}.schema.json"


def write_all(folder: str | Path) -> tuple[Path, ...]:
    """Write all schemas into a folder; returns their paths."""
    paths = []
    for kind in KINDS:
        path = Path(folder) / file_name(kind)
        path.write_text(schema(kind), encoding="utf-8")
        paths.append(path)
    return tuple(paths)
