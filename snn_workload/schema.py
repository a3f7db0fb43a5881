"""The JSON Schema of run files, made from the same forms that read them."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from snn_workload.run_form import AnyLayerForm, RunForm


def run_schema() -> dict[str, Any]:
    """The schema of `snnhw.run/1`, JSON Schema draft 2020-12."""
    run = RunForm.model_json_schema(by_alias=True)
    layers: TypeAdapter[Any] = TypeAdapter(Annotated[AnyLayerForm, Field(discriminator="type")])
    layer = layers.json_schema(by_alias=True)
    definitions = {**run.pop("$defs", {}), **layer.pop("$defs")}
    run["properties"]["layers"]["items"] = layer
    run["title"] = "A run of a spiking network (snnhw.run/1)"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **run, "$defs": definitions}


def schema_text() -> str:
    """The schema as the text of docs/schema/run.schema.json; `python -m snn_workload.schema` prints it."""
    return json.dumps(run_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
