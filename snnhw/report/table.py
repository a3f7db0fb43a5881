"""Results as tables for the terminal; plain ASCII, at most 80 columns, where the output is no terminal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from rich.box import ASCII, ROUNDED
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from snnhw.model.result import LayerResult, NetworkResult
from snnhw.report.breakdown import Share, by_component, by_tensor, main_component
from snnhw.report.efficiency import efficiency
from snnhw.report.quantities import microjoules, percent, seconds, significant
from snnhw.spec.words import counted

WIDTH = 80
SHORT_REASON = 24
"""Characters of a reason that a cell has room for."""


def print_result(result: NetworkResult, file: IO[str]) -> None:
    """Layers, components, tensors, totals, then what a reader must know."""
    console = _console(file)
    for part in _parts(result, plain=not console.is_terminal):
        console.print(part)


def print_rows(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[str], *, numbers: Iterable[int] = ()) -> None:
    """A table of text. numbers: indices of the columns that stand to the right."""
    console, listed = _console(file), list(rows)
    console.print(_table(title, _broken(columns, listed, console.width), listed, plain=not console.is_terminal, numbers=frozenset(numbers)))


def fits(columns: Sequence[str], rows: Sequence[Sequence[str]], file: IO[str]) -> bool:
    """Whether a table stands in the width without a word that is broken in two."""
    heads = _broken(columns, rows, width_of(file))
    wide = [max(*map(len, head.split("\n")), *(len(row[i]) for row in rows), 0) for i, head in enumerate(heads)]
    return sum(wide) + 3 * len(wide) + 1 <= width_of(file)


def _broken(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The heads of the columns; where the table would be too wide, names are broken behind their strokes, the longest first."""
    heads = list(columns)
    cells = [max((len(row[i]) for row in rows), default=0) for i in range(len(heads))]

    def excess(i: int) -> int:
        return max(max(map(len, heads[i].split("\n"))) - cells[i], 0)

    for i in sorted(range(len(heads)), key=excess, reverse=True):
        if sum(cell + excess(at) + 3 for at, cell in enumerate(cells)) + 1 > width:
            heads[i] = "\n".join(_lines(heads[i], cells[i]))
    return heads


def _lines(name: str, width: int) -> list[str]:
    """A name in lines of such a width, or as wide as its longest part."""
    lines = [""]
    for part in re.findall(r"[^_ ]+[_ ]?|[_ ]", name):
        if lines[-1] and len(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]


def print_refusals(title: str, columns: Sequence[str], rows: Iterable[tuple[Sequence[str], str]], file: IO[str], *,
                   numbers: Iterable[int] = ()) -> None:
    """A table of text whose last column says why a row has no figures: in a word or two, or as the number of a reason below the table.

    Each row comes with its reason, "" where it has figures. A reason can be long, and cells are narrow.
    """
    listed = list(rows)
    reasons = list(dict.fromkeys(why for _, why in listed if len(why) > SHORT_REASON))
    print_rows(title, columns, [(*row, f"[{reasons.index(why) + 1}]" if why in reasons else why) for row, why in listed], file,
               numbers=numbers)
    print_lines((f"[{i}] {line}" if not j else f"    {line}" for i, why in enumerate(reasons, 1)
                 for j, line in enumerate(why.splitlines())), file)


def print_lines(lines: Iterable[str], file: IO[str]) -> None:
    """Lines of text, wrapped to the width."""
    console = _console(file)
    for line in lines:
        console.print(_ascii(line, not console.is_terminal))


def is_plain(file: IO[str]) -> bool:
    """Whether only ASCII and no colours go there: it is no terminal."""
    return not file.isatty()


def width_of(file: IO[str]) -> int:
    """Columns: those of the terminal, 120 at most; WIDTH where there is none."""
    return min(shutil.get_terminal_size((WIDTH, 24)).columns, 120) if file.isatty() else WIDTH


class _Console(Console):
    """A console that leaves it to the caller what to do when nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Called where a write failed: the failure goes on."""
        raise BrokenPipeError


def _console(file: IO[str]) -> Console:
    """A console that is as wide as the terminal, and WIDTH where there is none. Layer names are never taken for markup."""
    is_terminal = not is_plain(file)
    return _Console(file=file, width=width_of(file), markup=False, emoji=False, highlight=False, force_terminal=is_terminal,
                   no_color=None if is_terminal else True, safe_box=not is_terminal)


def _parts(result: NetworkResult, *, plain: bool) -> Iterator[RenderableType]:
    how = "" if not result.interrupted else " (interrupted: not all layers)" if result.layers else " (interrupted: no layer done)"
    yield _ascii(f"{result.name} on {result.architecture}{how}", plain)
    if result.interrupted and not result.layers:
        return
    yield _table("", ("layer", "energy uJ", "cycles", "EDP J*s", "util.", "most energy in"), _layer_rows(result), plain=plain,
                 numbers=frozenset((1, 2, 3, 4)), last_is_total=True)
    for name, shares in (("component", by_component(result.layers)), ("tensor", by_tensor(result.layers))):
        yield _table("", (name, "energy uJ", "share"), _share_rows(shares), plain=plain, numbers=frozenset((1, 2)))
    latency_s = result.latency_s
    yield _ascii(f"energy {microjoules(result.energy_pJ)} uJ, latency {seconds(latency_s)} ({result.cycles:,} cycles of "
                 f"{seconds(result.cycle_seconds)}), EDP {significant(result.edp_Js)} J*s", plain)
    yield _ascii(_merits(result), plain)
    yield from (_ascii(line, plain) for line in search_lines(result))
    for note in grouped_notes(result):
        yield _ascii(f"note: {note}", plain)


def _merits(result: NetworkResult) -> str:
    """Power and energy per operation; docs/energy.md, Figures of merit, defines each."""
    figures = efficiency(result)
    return (f"power {significant(figures.power_mW)} mW ({significant(figures.leakage_mW)} mW leakage), "
            f"{significant(figures.pJ_per_compute)} pJ/compute, "
            f"{significant(figures.tops_per_W)} TOPS/W dense, {significant(figures.pJ_per_SOP)} pJ/SOP")


def _layer_rows(result: NetworkResult) -> Iterator[tuple[str, ...]]:
    for layer in result.layers:
        edp_Js = layer.energy_pJ * 1e-12 * layer.cycles * result.cycle_seconds
        yield (layer.name, microjoules(layer.energy_pJ), f"{layer.cycles:,}", significant(edp_Js), percent(layer.evaluation.utilization),
               _main(layer))
    yield "total", microjoules(result.energy_pJ), f"{result.cycles:,}", significant(result.edp_Js), "", ""


def _main(layer: LayerResult) -> str:
    share = main_component(layer)
    return "" if share is None else f"{share.name} {percent(share.share)}"


def _share_rows(shares: Iterable[Share]) -> Iterator[tuple[str, ...]]:
    return ((share.name, microjoules(share.energy_pJ), percent(share.share)) for share in shares if share.energy_pJ > 0)


def search_lines(result: NetworkResult) -> Iterator[str]:
    """For how many layers the mapping is proven optimal, and how far from it the others may be; nothing where nothing was searched."""
    searches = [layer.search for layer in result.layers if layer.search is not None]
    gaps = [search.gap for search in searches if search.gap is not None and not search.optimal]
    unbounded = sum(search.gap is None for search in searches)
    if searches:
        yield (f"search: proven optimal for {sum(search.optimal for search in searches)} of {counted(len(searches), 'layer')}"
               + (f", largest gap {percent(max(gaps))}" if gaps else "") + (f", no bound for {unbounded}" if unbounded else ""))


def grouped_notes(result: NetworkResult) -> Iterator[str]:
    """The result's notes, then those of its layers, each once, with the layers that it holds for."""
    yield from result.notes
    groups: dict[str, list[str]] = {}
    for layer in result.layers:
        for note in layer.notes:
            groups.setdefault(note, []).append(layer.name)
    for note, names in groups.items():
        yield f"{'all layers' if len(names) == len(result.layers) > 1 else ', '.join(names)}: {note}"


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, plain: bool, numbers: frozenset[int],
           last_is_total: bool = False) -> Table:
    table = Table(title=title or None, title_justify="left", box=ASCII if plain else ROUNDED, pad_edge=True)
    for i, column in enumerate(columns):
        head = Text("\n").join(_ascii(line, plain) for line in column.split("\n"))
        table.add_column(head, justify="right" if i in numbers else "left", no_wrap=i in numbers, overflow="fold")
    listed = list(rows)
    for i, row in enumerate(listed):
        table.add_row(*(_ascii(cell, plain) for cell in row), end_section=last_is_total and i == len(listed) - 2)
    return table


def _ascii(text: str, plain: bool) -> Text:
    """Text, with control characters taken out, and in plain output all that is not ASCII written as ?."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return Text(clean.encode("ascii", "replace").decode("ascii") if plain else clean)
