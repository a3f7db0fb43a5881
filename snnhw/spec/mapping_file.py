"""A mapping in Timeloop's format that stands alone (mappings/*.yaml of a result, *.map.yaml of snnhw map), read without an architecture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snnhw.spec.document import Document, KeyPath, read_document
from snnhw.spec.factors import FactorSyntaxError, parse_factors, parse_permutation
from snnhw.spec.forms import Findings, listing, near, show
from snnhw.spec.mapping import LevelMapping, Loop, Mapping

KINDS = {"temporal": "temporal", "spatial": "spatial", **dict.fromkeys(("bypass", "bypassing", "datatype", "dataspace"), "bypass")}
KEYS = ("target", "type", "factors", "permutation", "split", "keep", "bypass", "no_link_transfer")


@dataclass(slots=True)
class _Level:
    """What the entries say of a level. Loops from the outermost to the innermost."""

    temporal: tuple[Loop, ...] = ()
    spatial_x: tuple[Loop, ...] = ()
    spatial_y: tuple[Loop, ...] = ()
    keep: set[str] = field(default_factory=set)
    bypass: set[str] = field(default_factory=set)
    unlinked: frozenset[str] = frozenset()
    kinds: set[str] = field(default_factory=set)


def read_mapping_file(path: str | Path) -> Mapping:
    """The mapping in a file, its levels in the order in which they first come. Whether it fits anything is not known here; a factor 0,
    which stands for all iterations of a dimension, stays 0. Raises SpecError with everything that is wrong."""
    document = read_document(path, template=False)
    return mapping_of(document)


def mapping_of(document: Document) -> Mapping:
    """The mapping of a document; see `read_mapping_file`."""
    findings = Findings()
    entries = document.get(("mapping",))
    if not isinstance(entries, list) or not entries:
        raise document.error(("mapping",), seen=show(entries), expected="a list of temporal, spatial and bypass entries")
    levels: dict[str, _Level] = {}
    for i, entry in enumerate(entries):
        _entry(document, ("mapping", i), entry, levels, findings)
    findings.raise_if_any()
    tensors = {name for level in levels.values() for name in level.keep | level.bypass}
    return Mapping(levels=tuple(
        LevelMapping(level=name, temporal=one.temporal, spatial_x=one.spatial_x, spatial_y=one.spatial_y, no_link_transfer=one.unlinked,
                     keep=frozenset(one.keep | (tensors - one.bypass))) for name, one in levels.items()))


def _entry(document: Document, path: KeyPath, entry: Any, levels: dict[str, _Level], findings: Findings) -> None:
    if not isinstance(entry, dict):
        findings.add(document.finding(path, seen=show(entry), expected="a mapping (key: value) with target and type"))
        return
    for key in entry:
        if key not in KEYS:
            findings.add(document.finding((*path, key), seen=f"the unknown key {key}", expected=f"one of {listing(KEYS)}",
                                          fix=near(key, KEYS)))
    kind = KINDS.get(str(entry.get("type")))
    if kind is None:
        findings.add(document.finding((*path, "type"), seen=show(entry.get("type")), expected=f"one of {listing(list(KINDS))}",
                                      fix=near(str(entry.get("type")), KINDS)))
    if not isinstance(entry.get("target"), str | int) or isinstance(entry.get("target"), bool):
        findings.add(document.finding((*path, "target"), seen=show(entry.get("target")), expected="the name of a storage level"))
        return
    level = levels.setdefault(str(entry["target"]), _Level())
    if kind is None:
        return
    if kind in level.kinds:
        findings.add(document.finding(path, seen=f"a second {kind} entry for {entry['target']}", expected="one of each kind"))
    level.kinds.add(kind)
    if kind == "bypass":
        level.keep |= set(_names(document, (*path, "keep"), findings))
        level.bypass |= set(_names(document, (*path, "bypass"), findings))
        return
    loops = _loops(document, path, entry, findings)
    if kind == "temporal":
        level.temporal = loops
        return
    split = entry.get("split", len(loops))
    if not isinstance(split, int) or isinstance(split, bool) or split < 0:
        findings.add(document.finding((*path, "split"), seen=show(split), expected="an integer x with x >= 0"))
        return
    inner = loops[::-1]
    level.spatial_x, level.spatial_y = inner[:split][::-1], inner[split:][::-1]
    level.unlinked = frozenset(_names(document, (*path, "no_link_transfer"), findings))


def _names(document: Document, path: KeyPath, findings: Findings) -> Iterable[str]:
    value = document.get(path, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    findings.add(document.finding(path, seen=show(value), expected="a list of names of tensors"))
    return ()


def _loops(document: Document, path: KeyPath, entry: dict[str, Any], findings: Findings) -> tuple[Loop, ...]:
    """All loops of an entry, those of one iteration too, from the outermost to the innermost."""
    try:
        factors = parse_factors(_text(entry.get("factors", "")))
    except FactorSyntaxError as error:
        findings.add(document.finding((*path, "factors"), seen=error.seen, expected=error.expected))
        return ()
    try:
        inner, outer = parse_permutation(entry.get("permutation", ""))
    except (FactorSyntaxError, TypeError) as error:
        seen, expected = (error.seen, error.expected) if isinstance(error, FactorSyntaxError) else (show(entry["permutation"]), "text")
        findings.add(document.finding((*path, "permutation"), seen=seen, expected=expected))
        return ()
    bounds = {factor.dimension: factor for factor in factors}
    order = [*inner, *(name for name in bounds if name not in (*inner, *outer)), *outer]
    return tuple(Loop(dimension=name, bound=bounds[name].value, residual=bounds[name].residual)
                 for name in reversed(order) if name in bounds)


def _text(value: Any) -> str:
    """Factors as one string; they may be a list."""
    return " ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
