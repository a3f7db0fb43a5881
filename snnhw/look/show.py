"""Results, architectures and mappings on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from snnhw.engines.energy import architecture_costs, energy_sources
from snnhw.errors import Finding, SpecError
from snnhw.look.hierarchy import Hierarchy, hierarchy
from snnhw.look.layer_bars import layer_bars
from snnhw.model.result import LayerResult, NetworkResult
from snnhw.report.loop_nest import loop_nest
from snnhw.report.table import is_plain, print_lines, print_result, width_of
from snnhw.spec.mapping_file import read_mapping_file
from snnhw.spec.words import listing, near
from snnhw.sweep.compare import load_result

SUFFIXES = (".yaml", ".yml")


def show(result: str | Path | NetworkResult, *, mapping: bool = False, layers: Sequence[str] = (), file: IO[str] | None = None) -> None:
    """Print a result: the tables of `snnhw evaluate`, then the energy of each layer as a bar.

    result: a result.json, a folder with one, a point of a sweep (DIR:KEY), a result; with `mapping` also a mapping in Timeloop's format.
    mapping: the loop nest of each layer instead. layers: of these alone. file: where to, stdout if not said.
    Raises SpecError where there is no such result, layer or mapping.
    """
    out = file or sys.stdout
    if mapping and not isinstance(result, NetworkResult) and Path(result).suffix in SUFFIXES:
        if layers:
            raise SpecError(Finding(file="--layer", seen=", ".join(layers), expected="a result, whose layers have names",
                                    fix="leave it out for a mapping file"))
        _print(loop_nest(read_mapping_file(result)), out)
        return
    loaded = result if isinstance(result, NetworkResult) else load_result(result)
    chosen = _chosen(loaded, layers, str(result) if not isinstance(result, NetworkResult) else loaded.name)
    if mapping:
        _print(_nests(chosen), out)
        return
    if layers:
        raise SpecError(Finding(file="--layer", seen=", ".join(layers), expected="it beside --mapping"))
    print_result(loaded, out)
    print_lines(["", "energy of the layers", *layer_bars(loaded.layers, width_of(out))], out)


def architecture_tree(arch: str | Path, *, variables: Mapping[str, Any] | None = None, ert: Sequence[str | Path] = (),
                      estimators: Sequence[str] | None = None) -> Hierarchy:
    """An architecture as a tree: each level's size, widths, instances, bandwidths, formats, and what its actions cost, with sources.

    arch: a file or the name of a preset; variables, ert, estimators: as in estimate_energy. Raises SpecError as that does.
    """
    architecture, reference = architecture_costs(arch, variables, energy_sources([Path(one) for one in ert], estimators))
    return hierarchy(architecture, reference)


def show_tree(tree: Hierarchy, file: IO[str] | None = None) -> None:
    """Print an architecture's tree, in lines that the terminal has room for. file: where to, stdout if not said."""
    out = file or sys.stdout
    _print(tree.lines(width_of(out), ascii_only=is_plain(out)), out)


def _chosen(result: NetworkResult, names: Sequence[str], source: str) -> tuple[LayerResult, ...]:
    known = [layer.name for layer in result.layers]
    findings = [Finding(file=source, key="layers", seen=f"no layer {name}", expected=f"one of {listing(known)}", fix=near(name, known))
                for name in names if name not in known]
    if findings:
        raise SpecError(findings)
    return tuple(layer for layer in result.layers if not names or layer.name in names)


def _nests(layers: Iterable[LayerResult]) -> Iterator[str]:
    for i, layer in enumerate(layers):
        if i:
            yield ""
        bounds = " ".join(f"{name}={layer.problem.bounds[name]}" for name in layer.problem.dimensions)
        yield f"{layer.name} ({layer.layer_type}): {bounds}"
        tensors = [tensor.name for tensor in layer.problem.tensors]
        yield from loop_nest(layer.mapping, tensors=tensors, compute=layer.evaluation.levels[0].name)


def _print(lines: Iterable[str], file: IO[str]) -> None:
    """Lines as they are; where the output is no terminal, what is not ASCII and what no terminal shows is written as ?."""
    plain = is_plain(file)
    for line in lines:
        shown = "".join(char if char.isprintable() else "?" for char in line)
        file.write((shown.encode("ascii", "replace").decode("ascii") if plain else shown) + "\n")
