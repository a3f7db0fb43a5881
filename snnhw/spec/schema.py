"""JSON Schemas of the YAML that snnhw reads, made from the forms that check it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# File name, title, and the module and class of its form.
SCHEMAS = (
    ("arch.schema.json", "An accelerator (Timeloop v0.4, nodes)", "snnhw.spec.forms_nodes", "FileForm"),
    ("mapper.schema.json", "How a search runs", "snnhw.spec.forms_mapper", "MapperFileForm"),
    ("problem.schema.json", "A problem (Timeloop)", "snnhw.spec.forms_problem", "ProblemFileForm"),
)
# Forms that are not reachable from the form of a file: what the node of a tag may hold, which YAML tags tell apart.
_REFERRED = {
    "FileForm": ("ContainerForm", "ComponentForm", "BranchForm", "NothingForm", "MemoryAttributes", "ComputeAttributes"),
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas by file name."""
    return {name: _schema(title, module, form) for name, title, module, form in SCHEMAS if _exists(module)}


def write_schemas(folder: str | Path) -> tuple[Path, ...]:
    """Write the schemas into a folder; returns their paths."""
    paths = []
    for name, schema in schemas().items():
        path = Path(folder) / name
        path.write_text(text_of(schema), encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def text_of(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _exists(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


def _schema(title: str, module: str, form: str) -> dict[str, Any]:
    forms = import_module(module)
    make: Callable[..., dict[str, Any]] = getattr(forms, form).model_json_schema
    schema = make()
    for name in _REFERRED.get(form, ()):
        node = getattr(forms, name).model_json_schema()
        definitions = schema.setdefault("$defs", {})
        definitions.update(node.pop("$defs", {}))
        definitions[name] = node
    if form == "FileForm":
        _tie_nodes(schema)
    return {"$schema": DIALECT, **schema, "title": title}


def _tie_nodes(schema: dict[str, Any]) -> None:
    """Say what a node may be: one of four forms, as its tag says."""
    definitions = schema["$defs"]
    kinds = [{"$ref": f"#/$defs/{name}"} for name in ("ComponentForm", "ContainerForm", "BranchForm", "NothingForm")]
    definitions["Node"] = {"anyOf": [*kinds, {"type": "null"}], "description": "a mapping after !Component, !Container, !Parallel, "
                           "!Hierarchical or !Nothing"}
    for owner in ("ArchitectureForm", "BranchForm"):
        definitions[owner]["properties"]["nodes"]["items"] = {"$ref": "#/$defs/Node"}
    attributes = {"anyOf": [{"$ref": "#/$defs/MemoryAttributes"}, {"$ref": "#/$defs/ComputeAttributes"}, {"type": "object"}]}
    definitions["ComponentForm"]["properties"]["attributes"].update(attributes)
    for name in ("MemoryAttributes", "ComputeAttributes"):
        definitions[name]["additionalProperties"] = {"type": ["string", "number", "boolean", "null"]}
