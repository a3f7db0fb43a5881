"""Options that mean the same in every command."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from snnhw import SpecError


class Setting(click.ParamType):
    """`name=value`: a number where the value reads as one, true or false where it says so, else text."""

    name = "name=value"

    def __init__(self, example: str = "weight_bits=4") -> None:
        self.example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str | int | float | bool]:
        """The pair of a `name=value`."""
        if isinstance(value, tuple):
            return value
        name, sign, text = str(value).partition("=")
        if is_too_large(text):
            self.fail(f'seen "{value}", expected a number that a computer can hold, below 1.8e308 (inf is without bound)', param, ctx)
        if not sign or not name.strip() or not text.strip():
            self.fail(f'seen "{value}", expected name=value, such as {self.example}', param, ctx)
        return name.strip(), scalar(text.strip())


def is_too_large(text: str) -> bool:
    """Whether a text is a number that reads as infinite and does not say so."""
    try:
        return math.isinf(float(text)) and "inf" not in text.lower()
    except ValueError:
        return False


def scalar(text: str) -> str | int | float | bool:
    """A value as YAML's plain scalars read: 4 is an integer, 1e-9 a number, true a truth value, RLE text."""
    for read in (int, float):
        try:
            value = read(text)
        except ValueError:
            continue
        return value if math.isfinite(value) else text
    return {"true": True, "false": False}.get(text.lower(), text)


class Policies(click.ParamType):
    """Policies of causality, a comma between them."""

    name = "policy,..."
    known = ("strict", "layer", "free")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The policies in the order that they are given."""
        policies = value if isinstance(value, tuple) else tuple(name.strip() for name in str(value).split(","))
        for policy in policies:
            if policy not in self.known:
                self.fail(f"'{policy}' is not one of {', '.join(map(repr, self.known))}.", param, ctx)
        if len(set(policies)) != len(policies):
            self.fail(f"'{value}' names a policy twice.", param, ctx)
        return policies


class Names(click.ParamType):
    """Names, a comma between them."""

    name = "name,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names in the order that they are given."""
        return value if isinstance(value, tuple) else tuple(name.strip() for name in str(value).split(","))


def settings_of(pairs: tuple[tuple[str, Any], ...], option: str = "--set") -> dict[str, Any]:
    """The settings by name; one that is given twice with different values is an error. option: what messages call it."""
    settings: dict[str, Any] = {}
    for name, value in pairs:
        if settings.setdefault(name, value) != value:
            raise click.UsageError(f"{option} {name} is given twice: {settings[name]} and {value}")
    return settings


@contextmanager
def told_of_settings(arch: str | None, settings: dict[str, Any]) -> Iterator[None]:
    """Errors that the values of --set make in the architecture's file name the option."""
    try:
        yield
    except SpecError as error:
        from snnhw.spec.blame import blamed

        raise (error if arch is None else blamed(error, arch, settings)) from None


def presets_of(kind: Any) -> Any:
    """What a shell offers for an option that takes a file or a preset's name: presets that begin so, and files."""
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        from snnhw.spec.presets import preset_files

        return [*(CompletionItem(name) for name in preset_files(kind) if name.startswith(incomplete)),
                CompletionItem(incomplete, type="file")]

    return complete


arch = click.option("--arch", required=True, metavar="FILE", shell_complete=presets_of("arch"),
                    help="Architecture: a YAML file, or the name of a preset (eyeriss_snn).")
stats = click.option("--stats", required=True, metavar="FILE", shell_complete=presets_of("workloads"),
                     help="Network with its sparsity: run.json, a table (.csv), or a preset (tcja_dvs_gesture/w8).")
MAPPER = "How to search: a YAML file, or a preset."
mapper = click.option("--mapper", default="default", show_default=True, metavar="FILE", help=MAPPER, shell_complete=presets_of("mappers"))
own_mapper = click.option("--mapper", default=None, metavar="FILE", help=MAPPER, shell_complete=presets_of("mappers"))
output = click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER", help="Folder to write results to.")
one = click.option("--one", is_flag=True, help="The files are one input: parts of it, as the timeloop binaries take them.")
json_file = click.option("--json", "json_path", type=click.Path(path_type=Path), metavar="FILE",
                         help="Write records as JSON lines to a file.")
output_format = click.option("--format", "output_format", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
                             help="What to print to stdout.")
variables = click.option("--set", "pairs", type=Setting(), multiple=True, metavar="NAME=VALUE",
                         help="Value of an architecture variable, such as weight_bits=4; may be repeated.")
ert = click.option("--ert", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
                   help="ERT or ART of your own (YAML, versions 0.2 to 0.4), asked first; may be repeated.")
estimators = click.option("--estimators", type=Names(), default=None, metavar="NAME,...",
                          help="Who is asked for energies, in order [default: ert,accelergy,cacti,builtin]; placeholder is 1 pJ.")
NUMBER = ("energy_pJ, cycles, latency_s, edp_Js, area_um2 (energy, latency, edp, area), accuracy, operations, energy_pJ.COMPONENT, "
          "layers, optimal_layers, largest_gap, or a number among the inputs.")
maximize = click.option("--maximize", multiple=True, metavar="NAME", help="More of it is better; may be repeated [default: accuracy].")
where = click.option("--where", default=None, metavar="EXPRESSION", help='Only points of which it is true: "weight_bits <= 4".')
seed = click.option("--seed", type=click.IntRange(min=0), default=None, help="Seed of the search [default: the mapper's].")
jobs = click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True,
                    help="Layers, inputs or points that are searched at the same time.")
cache = click.option("--no-cache", "cache", flag_value=False, default=True,
                     help="Search again, whatever an earlier run found, and keep nothing.")
quiet = click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
dt = click.option("--dt", type=float, required=True, metavar="TIME",
                  help="Length of a time step, in the unit of the graph's time constants.")
