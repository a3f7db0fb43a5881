"""The parts of the documentation that come from the code: the reference of commands, YAML and Python, and the table of Timeloop's keys.

`python docs/generate.py` writes the table into docs/coming_from_timeloop.md; the reference is made when the site is built (hooks.py).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import BaseModel
from snnhw_cli import snnhw as root_command

import snnhw

DOCS = Path(__file__).parent
KEYS_PAGE = DOCS / "coming_from_timeloop.md"
BEGIN, END = "<!-- keys: begin -->\n", "<!-- keys: end -->\n"
VERDICTS = {"supported": "supported", "ignored": "ignored, with a note", "silent": "no effect, as in Timeloop", "refused": "**refused**"}
FORMS = (
    ("Architectures", "snnhw.spec.forms_nodes", (
        "FileForm", "ArchitectureForm", "ContainerForm", "ComponentForm", "SpatialForm", "BranchForm", "NothingForm", "MemoryAttributes",
        "ComputeAttributes", "ConstraintsForm", "DataspaceForm", "TemporalForm", "SpatialLoopForm", "TargetsForm", "UtilizationForm",
        "MapspaceForm", "ComponentsForm", "ClassForm", "SubcomponentForm", "ClassActionForm", "PartActionsForm", "SubactionForm")),
    ("Mappers", "snnhw.spec.forms_mapper", ()),
    ("Problems", "snnhw.spec.forms_problem", ()),
    ("Run files", "snn_workload.run_form", ()),
    ("Sweep plans", "snnhw.sweep.plan_form", ()),
)
"""Title, module, and its forms in the order of the page; without names, all that the module defines."""


def timeloop_keys() -> str:
    """The table of Timeloop's keys, a section for each part of an input."""
    table = yaml.safe_load((DOCS / "timeloop_keys.yaml").read_text(encoding="utf-8"))
    lines: list[str] = []
    for section, rows in table.items():
        lines += [f"### {section[0].upper()}{section[1:]}", "", "| key | here | |", "| --- | --- | --- |"]
        lines += [f"| {key} | {VERDICTS[verdict]} | {says} |" for key, _, _, _, verdict, says in rows]
        lines.append("")
    return "\n".join(lines)


def cli_page() -> str:
    """All commands with their arguments and options."""
    context = click.Context(root_command, info_name="snnhw")
    parts = ["# Commands\n", "Made from the commands themselves; `snnhw COMMAND --help` says the same.\n"]
    parts += [_command(command, f"snnhw {name}", context) for name, command in _commands(root_command, context)]
    return "\n".join(parts)


def _commands(group: click.Group, context: click.Context, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, context, f"{before}{name} ")
        elif command is not None:
            yield f"{before}{name}", command


def _command(command: click.Command, name: str, context: click.Context) -> str:
    own = click.Context(command, info_name=name)
    usage = f"{name} {' '.join(command.collect_usage_pieces(own))}".strip()
    rows = []
    for option in command.get_params(own):
        record = option.get_help_record(own)
        if record is not None:
            rows.append(f"| `{' '.join(record[0].split())}` | {_cell(record[1])} |")
    table = ["| option | |", "| --- | --- |", *rows, ""] if rows else []
    return "\n".join([f"## {name}\n", f"    {usage}\n", inspect.cleandoc(command.help or "").replace("\b\n", "") + "\n", *table])


def yaml_page() -> str:
    """Every form of a file that snnhw reads: its keys, their kinds, defaults and meanings."""
    schemas = ", ".join(f"[{name}](../schema/{name}.schema.json)" for name in ("arch", "mapper", "problem", "run"))
    parts = ["# Files\n", f"Made from the forms that check the files. JSON Schemas for editors: {schemas}.\n"]
    for title, module, names in FORMS:
        parts.append(f"## {title}\n")
        parts += [_form(form) for form in _forms(module, names)]
    return "\n".join(parts)


def _forms(module: str, names: tuple[str, ...]) -> list[Any]:
    loaded = import_module(module)
    own = [value for value in vars(loaded).values()
           if inspect.isclass(value) and value.__module__ == module and hasattr(value, "model_fields") and value.model_fields]
    return [getattr(loaded, name) for name in names] if names else own


def _form(form: Any) -> str:
    rows = []
    for name, field in form.model_fields.items():
        if field.is_required():
            default = "required"
        else:
            value = field.get_default(call_default_factory=True) if not _takes_data(field) else "..."
            default = "" if value is None or isinstance(value, BaseModel) else f"`{value}`"
        rows.append(f"| `{field.alias or name}` | {default} | {_cell(field.description or '')} |")
    others = [f"| `{key}` | | another word for `{name}` |" for key, name in getattr(form, "spellings", {}).items()]
    refused = [f"| `{key}` | | refused: {_cell(why)} |" for key, why in getattr(form, "unsupported", {}).items()]
    name = form.__name__.removesuffix("Form") or form.__name__
    head = inspect.cleandoc(form.__doc__ or "")
    return "\n".join([f"### {name}\n", head + "\n", "| key | default | meaning |", "| --- | --- | --- |", *rows, *others, *refused, ""])


def _takes_data(field: Any) -> bool:
    return field.default_factory is not None and bool(inspect.signature(field.default_factory).parameters)


def python_page() -> str:
    """Every public name with its signature and its words."""
    parts = ["# Python\n", "Made from the docstrings of `snnhw.__all__`.\n"]
    for name in snnhw.__all__:
        value = getattr(snnhw, name)
        if isinstance(value, str):
            continue
        parts.append(_object(f"snnhw.{name}", value))
    return "\n".join(parts)


def _object(name: str, value: Callable[..., Any]) -> str:
    kind = "class " if inspect.isclass(value) else ""
    bare = inspect.isclass(value) and issubclass(value, Exception)
    signature = "" if bare else _broken(f"{name}{_signature(value)}")
    doc = inspect.cleandoc(value.__doc__ or "")
    return "\n".join([f"## {kind}{name}\n", *([f"```python\n{signature}\n```\n"] if signature else []), _prose(doc) + "\n"])


def _signature(value: Callable[..., Any]) -> str:
    written = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(value)))  # annotations are text here
    return re.sub(r"\bsnnhw(?:\.\w+)+\.(\w+)", r"\1", written)


def _broken(text: str) -> str:
    """A long signature with one parameter a line."""
    if len(text) <= 100:
        return text
    depth, out = 0, []
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        out.append(character + "\n   " if character == "," and depth == 1 else character)
    return "".join(out).replace("(", "(\n    ", 1)


def _prose(doc: str) -> str:
    return re.sub(r"\n(?=\w+(?:, \w+)*: )", "\n\n", doc)


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def main() -> None:
    """Write the table of keys into its page."""
    head, _, rest = KEYS_PAGE.read_text(encoding="utf-8").partition(BEGIN)
    KEYS_PAGE.write_text(head + BEGIN + timeloop_keys() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
