"""Reading map+stats.xml beside the stats: the same figures with all their digits, where the text has two decimals.

It is an archive of boost::serialization whose last tag Timeloop leaves out, since it takes the text while the archive is still open.
Arrays of tensors have room for more than there are.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from snnhw.engines.timeloop_stats import Block, Stats, checked
from snnhw.errors import EngineError
from snnhw.spec.problem import Problem

_LAST_TAG = "</boost_serialization>"
_PER_INSTANCE = {"Energy (total)": ("energy", "utilized_instances"),
                 "Temporal Reduction Energy (total)": ("temporal_reduction_energy", "utilized_instances"),
                 "Address Generation Energy (total)": ("addr_gen_energy", "utilized_clusters")}
"""Figures of the text, and what they are the product of here."""

_BANDWIDTHS = {"Read": "read_bandwidth", "Write": "write_bandwidth"}


def with_exact_figures(stats: Stats, text: str | None, problem: Problem) -> Stats:
    """The stats with energies and bandwidths as the XML has them; as they are where there is no XML.

    Raises EngineError where it is cut off or is another mapping's.
    """
    if not text:
        return stats
    levels = _levels(text)
    if len(levels) != len(stats.levels):
        raise EngineError(f"map+stats.xml of timeloop has {len(levels)} levels, its stats have {len(stats.levels)}")
    tensors = [tensor.name for tensor in problem.tensors]
    return replace(stats, levels=tuple(_exact(block, level, tensors) for block, level in zip(stats.levels, levels, strict=True)))


def _levels(text: str) -> list[ET.Element]:
    whole = text.rstrip()
    try:
        root = ET.fromstring(whole if whole.endswith(_LAST_TAG) else whole + _LAST_TAG)
    except ET.ParseError as error:
        raise EngineError(f"map+stats.xml of timeloop is cut off or damaged ({error})") from None
    found = root.find("./engine/topology_/levels_")
    if found is None:
        raise EngineError("map+stats.xml of timeloop has no levels")
    return found.findall("item")


def _exact(block: Block, level: ET.Element, tensors: list[str]) -> Block:
    if not block.tensors:
        energy = level.find(".//energy_")
        figures = {"Energy (total)": _text(energy)} if energy is not None and energy.text else {}
        return replace(block, figures={**block.figures, **figures})
    return replace(block, tensors={name: {**said, **_figures(level, tensors.index(name), said)} for name, said in block.tensors.items()},
                   figures={**block.figures, **_throttling(level)})


def _figures(level: ET.Element, index: int, said: dict[str, str]) -> dict[str, str]:
    """Figures of one tensor at a level, as text that a number is read from."""
    found = {name: repr(_of(level, each, index) * _of(level, many, index)) for name, (each, many) in _PER_INSTANCE.items()}
    for kind, name in _BANDWIDTHS.items():
        key = next((key for key in said if key.endswith(f"{kind} Bandwidth (per-instance)")), None)
        if key is not None:
            found[key] = repr(_of(level, name, index))
    return found


def _throttling(level: ET.Element) -> dict[str, str]:
    slowdown = level.find(".//stats_/slowdown")
    return {} if slowdown is None else {"Bandwidth throttling": _text(slowdown)}


def _of(level: ET.Element, name: str, index: int) -> float:
    array = level.find(f".//stats_/{name}")
    items = [] if array is None else list(array.iter("item"))
    if index >= len(items):
        raise EngineError(f"map+stats.xml of timeloop has no {name} of tensor {index}")
    return checked(_text(items[index]), f"map+stats.xml, {name}")


def _text(element: ET.Element) -> str:
    return (element.text or "").strip()
