"""The table of docs/coming_from_timeloop.md: each key is put into a small input, and what becomes of it is what the table says."""

import copy
import sys
from pathlib import Path

import pytest
import yaml

from snnhw.errors import SpecError
from snnhw.spec.document import document_of_text
from snnhw.spec.nodes import architecture_of
from snnhw.spec.timeloop_input import timeloop_input_of

ROOT = Path(__file__).parents[1]
TABLE = yaml.safe_load((ROOT / "docs/timeloop_keys.yaml").read_text())
ROWS = [(section, *row) for section, rows in TABLE.items() for row in rows]
SHAPE = {"name": "gemm", "dimensions": ["M", "N", "K"], "data_spaces": [
    {"name": "A", "projection": [[["M"]], [["K"]]]}, {"name": "B", "projection": [[["N"]], [["K"]]]},
    {"name": "Z", "projection": [[["M"]], [["N"]]], "read_write": True}]}
STORE = {"metadata_datawidth": 4, "metadata_storage_width": 8, "metadata_storage_depth": 8}
BOTH = {
    "architecture": {"version": "0.4", "subtree": [{"name": "system", "attributes": {"technology": "28nm"}, "local": [
        {"name": "DRAM", "class": "DRAM", "attributes": {"width": 64, "datawidth": 8}},
        {"name": "GLB", "class": "SRAM", "attributes": {"width": 16, "datawidth": 8, "depth": 64, **STORE}},
        {"name": "mac", "class": "intmac", "attributes": {"datawidth": 8}}]}]},
    "problem": {"version": "0.4", "shape": SHAPE, "instance": {"M": 4, "N": 4, "K": 4}},
    "sparse_optimizations": {"targets": [{"name": "GLB"}]},
    "ERT": {"version": "0.4", "tables": [{"name": "system.GLB", "actions": [{"name": "read", "energy": 1}]}]},
}
BASES = {
    "model": {**BOTH, "mapping": [
        {"target": "GLB", "type": "bypass", "keep": ["A", "B", "Z"]},
        {"target": "GLB", "type": "temporal", "factors": "M=4 N=4 K=4", "permutation": "MNK"},
        {"target": "DRAM", "type": "temporal", "factors": "M=1 N=1 K=1", "permutation": "MNK"}]},
    "mapper": {**BOTH, "mapper": {"algorithm": "hybrid"},
               "architecture_constraints": {"targets": [{"target": "GLB", "type": "temporal", "factors": "N=1"}]}},
}
NODES = """architecture:
  version: 0.4
  nodes:
  - !Container
    name: system
    attributes: {technology: "28nm"}
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: 8}
  - !Component
    name: GLB
    class: SRAM
    attributes: {width: 16, datawidth: 8, depth: 64}
  - !Component
    name: RF
    class: regfile
    attributes: {width: 8, datawidth: 8, depth: 4}
  - !Component
    name: mac
    class: intmac
    attributes: {datawidth: 8}
"""


def put(data, path, value):
    """The data with a value at a path; a number past the end of a list appends."""
    data = copy.deepcopy(data)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = data
    for step in way:
        place = place[step]
    if isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return data


def nodes_text(path, value):
    """The text of the nodes with the value put in, tags kept."""
    plain = yaml.safe_load(NODES.replace("!Component", "tag: Component\n   ").replace("!Container", "tag: Container\n   "))
    text = yaml.safe_dump(plain if path is None else put(plain, path, value), sort_keys=False)
    return text.replace("- tag: Component\n", "- !Component\n").replace("- tag: Container\n", "- !Container\n")


def read(kind, path=None, value=None):
    """What is read, and the notes."""
    if kind == "nodes":
        return architecture_of(document_of_text(nodes_text(path, value), "input.yaml"), "input"), ()
    data = BASES[kind] if path is None else put(BASES[kind], path, value)
    given = timeloop_input_of(document_of_text(yaml.safe_dump(data, sort_keys=False), "input.yaml"), kind)
    return given, given.notes


def verdict(kind, path, value):
    """What becomes of a key: it is refused, noted, changes what is read, or changes nothing."""
    try:
        made, notes = read(kind, path, value)
    except SpecError:
        return "refused"
    given, before = read(kind)
    if set(notes) - set(before):
        return "ignored"
    strip = {"notes": (), "timeloop_mapper": None}
    same = repr(made) == repr(given) if kind == "nodes" else all(
        repr(getattr(made, name)) == repr(getattr(given, name)) for name in given.__slots__ if name not in strip)
    return "silent" if same else "supported"


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}-{row[1]}".replace("`", "") for row in ROWS])
def test_what_becomes_of_a_key_is_what_the_table_says(row):
    _, _, kind, path, value, claimed, _ = row
    assert verdict(kind, path, value) == claimed


def test_the_bases_are_read_without_a_note():
    assert [read(kind)[1] for kind in ("model", "mapper", "nodes")] == [(), (), ()]


def test_the_page_holds_the_table():
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        from generate import timeloop_keys
    finally:
        sys.path.remove(str(ROOT / "docs"))
    assert timeloop_keys() in (ROOT / "docs/coming_from_timeloop.md").read_text()
