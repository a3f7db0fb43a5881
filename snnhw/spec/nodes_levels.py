"""From the attributes of a placed component to a storage level, the compute, or a part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from snnhw.errors import Finding
from snnhw.spec.architecture import Attributes, Component, Compute, Mesh, MetadataStore, Network, StorageLevel
from snnhw.spec.component_classes import PART_CLASSES
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.expressions import BROKEN
from snnhw.spec.flat_attributes import ESTIMATOR_ATTRIBUTES
from snnhw.spec.forms import Findings, Form, fill, show
from snnhw.spec.forms_nodes import ComputeAttributes, MemoryAttributes, WireAttributes
from snnhw.spec.nodes_tree import Placed

_UNBOUNDED = ("depth", "entries", "sizeKB", "read_bandwidth", "write_bandwidth", "shared_bandwidth", "bandwidth", "metadata_storage_depth")
_NEAR = 0.8


class Levels:
    """Makes levels, noting what is wrong with their attributes."""

    def __init__(self, document: Document, findings: Findings):
        self.document, self.findings = document, findings

    def storage(self, item: Placed, mesh: Mesh) -> StorageLevel | None:
        """A storage level; None where its attributes are wrong, which is noted."""
        form, rest = self._filled(MemoryAttributes, item)
        if form is None:
            return None
        reader = _Memory(form, item, self)
        is_dram = "DRAM" in item.class_name
        depth = reader.depth(is_dram)
        bandwidth = None if form.bandwidth is None else form.bandwidth / 2
        return StorageLevel(
            name=item.name, class_name=item.class_name, subclass=item.subclass, mesh=mesh,
            width_bits=reader.width, word_bits=reader.word_bits,
            tensor_word_bits=reader.tensor_bits, depth_words=depth, cluster_size=reader.cluster, multiple_buffering=form.multiple_buffering,
            read_bandwidth=form.read_bandwidth or bandwidth, write_bandwidth=form.write_bandwidth or bandwidth,
            shared_bandwidth=form.shared_bandwidth, bandwidth_scale=form.per_dataspace_bandwidth_consumption_scale,
            reduction_supported=form.reduction_supported, is_dram=is_dram,
            is_dummy="dummy" in item.class_name.lower() and not depth, network=network_of(form),
            metadata=reader.metadata(depth is None), power_gated_at=form.power_gated_at, attributes=rest)

    def compute(self, item: Placed, mesh: Mesh) -> Compute | None:
        """The compute; None where its attributes are wrong."""
        form, rest = self._filled(ComputeAttributes, item)
        if form is None:
            return None
        return Compute(name=item.name, class_name=item.class_name, subclass=item.subclass, mesh=mesh, word_bits=form.datawidth or 8,
                       attributes=rest)

    def part(self, item: Placed, mesh: Mesh) -> Component:
        """A part, with all its attributes."""
        attributes = self._scalars(item, {**item.inherited, **item.own})
        return Component(name=item.name, class_name=item.class_name, subclass=item.subclass, mesh=mesh,
                         role=PART_CLASSES.get(item.subclass or "", "") or PART_CLASSES.get(item.class_name, ""), attributes=attributes)

    def wires(self, item: Placed) -> Network:
        """The wires from a container that becomes a level of its own."""
        given = {key: value for key, value in {**item.inherited, **item.own}.items() if key in WireAttributes.model_fields}
        form = self._checked(WireAttributes, given, item)
        return network_of(form) if form is not None else Network()

    def note(self, path: KeyPath, **words: str) -> None:
        """Note something wrong at a path."""
        self.findings.add(self.document.finding(path, **words))

    def _filled(self, form: type[Form], item: Placed) -> tuple[Any, Attributes]:
        """The listed attributes as a form, and all attributes for the estimators."""
        everything = {**item.inherited, **item.own}
        listed = {key: value for key, value in everything.items() if _is_listed(form, key)}
        for key in item.own.keys() - listed.keys():
            self._check_near(form, key, item)
        return self._checked(form, listed, item), self._scalars(item, everything)

    def _checked(self, form: type[Form], listed: Mapping[str, Any], item: Placed) -> Any:
        """The form of listed attributes, or None; findings are noted where the attributes stand."""
        broken = {form.field_of(key) for key, value in listed.items() if _is_broken(value)}
        filled, found = fill(form, self.document, (*item.path, "attributes"), {
            key: value for key, value in listed.items()
            if not _is_broken(value) and not (form.field_of(key) in _UNBOUNDED and value == math.inf)})
        for finding in found:
            key = finding.key.rpartition(".attributes.")[2].partition(".")[0]
            if not (finding.seen == "nothing" and key in broken):
                self.findings.add(self._at_origin(finding, key, item))
        return None if broken else filled

    def _at_origin(self, finding: Finding, key: str, item: Placed) -> Finding:
        """A finding on an inherited attribute, moved to where the attribute stands, so that it is told once."""
        if key in item.own or key not in item.inherited or key not in item.origins:
            return finding
        return self.document.finding(item.origins[key], seen=finding.seen, expected=finding.expected, fix=finding.fix)

    def _check_near(self, form: type[Form], key: str, item: Placed) -> None:
        """An attribute that is not listed goes to the estimators, unless it looks like a misspelt one that is."""
        if key in ESTIMATOR_ATTRIBUTES or len(key) < 4:
            return
        parts = set(key.lower().replace("-", "_").split("_"))
        names = [*form.model_fields, *form.spellings]
        close = max(names, key=lambda name: SequenceMatcher(None, key.lower(), name.lower()).ratio())
        alike = SequenceMatcher(None, key.lower(), close.lower()).ratio() >= _NEAR
        if alike and not set(close.lower().split("_")) < parts:
            self.note((*item.path, "attributes", key), seen=f"the unknown attribute {key}", expected="a known one",
                      fix=f'did you mean "{close}"?')

    def _scalars(self, item: Placed, attributes: Mapping[str, Any]) -> Attributes:
        result: dict[str, Any] = {}
        for key, value in attributes.items():
            if isinstance(value, str | int | float | bool):
                result[key] = value
            elif not _is_broken(value) and not _is_listed(MemoryAttributes, key):
                self.note((*item.path, "attributes", key), seen=show(value), expected="a number, text, true or false")
        return result


class _Memory:
    """Widths and depths of one storage level."""

    def __init__(self, form: MemoryAttributes, item: Placed, levels: Levels):
        self.form, self.item, self.levels = form, item, levels
        self.tensor_bits = self._tensor_bits()
        self.word_bits: int = max(self.tensor_bits.values(), default=1) if self.tensor_bits else self._word_bits()
        self.width, self.cluster = self._width()

    def note(self, key: str, **words: str) -> None:
        own = next((name for name in self.item.own if MemoryAttributes.field_of(name) == key), None)
        above = next((name for name in self.item.origins if MemoryAttributes.field_of(name) == key), None)
        inherited = own is None and above is not None
        path = self.item.origins[str(above)] if inherited else (*self.item.path, "attributes", own or key)
        written = self.levels.document.get(path)
        if isinstance(written, str) and words["seen"].isdigit():
            words["seen"] = f"{show(written)} (= {words['seen']})"
        self.levels.note(path, **words)

    def _is_bits(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65536

    def _word_bits(self) -> int:
        if self._is_bits(self.form.datawidth):
            return int(self.form.datawidth)
        expected = "bits of a word (a whole number >= 1), or a mapping from tensors to bits"
        self.note("datawidth", seen=show(self.form.datawidth), expected=expected)
        return 1

    def _tensor_bits(self) -> dict[str, int]:
        if not isinstance(self.form.datawidth, dict):
            return {}
        wrong = {name: bits for name, bits in self.form.datawidth.items() if not self._is_bits(bits)}
        for name, bits in wrong.items():
            if bits is not None:
                path = (*self.item.path, "attributes", "datawidth", name)
                self.levels.note(path, seen=show(bits), expected="bits of a word, a whole number >= 1")
        return {name: bits for name, bits in self.form.datawidth.items() if name not in wrong}

    def _width(self) -> tuple[int, int]:
        """Bits of a row, and the cluster size. A row holds block_size words of each of cluster_size instances."""
        block, cluster, width = self.form.block_size, self.form.cluster_size, self.form.width
        if "DRAM" in self.item.class_name and (cluster or 1) != 1:
            self.note("cluster_size", seen=str(cluster), expected="1, as for every DRAM")
        unit = self.word_bits * (block or 1) * (cluster or 1)
        if width is None:
            return unit, cluster or 1
        if self.tensor_bits:
            self._check_tensor_widths(width)
            return width, cluster or 1
        if width % unit or (block and cluster and width != unit):
            words = [f"{self.word_bits} (datawidth)"]
            words += [f"{n} ({key})" for n, key in ((block, "block_size"), (cluster, "cluster_size")) if n]
            exact = "" if block and cluster else "a multiple of "
            self.note("width", seen=str(width), expected=exact + " * ".join(words), fix="a row holds whole words")
        return width, cluster or (width // unit if block else 1)

    def _check_tensor_widths(self, width: int) -> None:
        for name, bits in self.tensor_bits.items():
            if width % bits:
                self.note("width", seen=str(width), expected=f"a multiple of {bits}, the bits of {name}", fix="a row holds whole words")

    def depth(self, is_dram: bool) -> int | None:
        """Rows; None is unbounded. `entries` counts words, `sizeKB` units of 1024 bytes."""
        given = [key for key in ("depth", "entries", "sizeKB") if getattr(self.form, key) is not None]
        if len(given) > 1:
            self.note(given[1], seen=f"{given[1]} beside {given[0]}", expected="one size")
        words_per_row = max(1, self.width // (self.word_bits * self.cluster))
        if self.form.depth == 0 and "dummy" not in self.item.class_name.lower():
            self.note("depth", seen="0", expected="a number x with x >= 1")
        if self.form.depth is not None:
            return self.form.depth
        if self.form.entries is not None:
            return self._whole_rows("entries", self.form.entries, words_per_row)
        if self.form.sizeKB is not None:
            return self._whole_rows("sizeKB", self.form.sizeKB * 8192, self.width)
        given_keys = {MemoryAttributes.field_of(key) for key in (*self.item.inherited, *self.item.own)}
        unbounded = bool(given_keys & {"depth", "entries", "sizeKB"})
        if not is_dram and not unbounded and "dummy" not in self.item.class_name.lower():
            self.levels.note((*self.item.path, "attributes", "depth"), seen="nothing", expected="rows; only a DRAM may be without",
                             fix="add depth, or depth: inf for an unbounded level")
        return None

    def _whole_rows(self, key: str, amount: int, per_row: int) -> int:
        if amount % per_row:
            self.note(key, seen=f"{amount} in rows of {per_row}", expected="a whole number of rows")
        return max(1, amount // per_row)

    def metadata(self, unbounded: bool) -> MetadataStore | None:
        """The metadata store, if there is one. Without a depth an unbounded level's is unbounded, another's holds nothing."""
        form = self.form
        if form.metadata_datawidth is None and form.metadata_storage_width is None and form.metadata_storage_depth is None:
            return None
        word_bits, width = form.metadata_datawidth or 0, form.metadata_storage_width or 0
        if word_bits and width % word_bits:
            self.note("metadata_storage_width", seen=str(width), expected=f"a multiple of {word_bits}, the metadata_datawidth")
        depth = form.metadata_storage_depth
        return MetadataStore(width_bits=width, depth_words=depth if depth is not None or unbounded else 0, word_bits=word_bits)


def network_of(form: WireAttributes) -> Network:
    """The wires towards the next inner level."""
    return Network(wire_energy_pJ_per_bit_mm=form.wire_energy, router_energy_pJ=form.router_energy, tile_width_um=form.tile_width,
                   fill_latency_cycles=form.network_fill_latency, drain_latency_cycles=form.network_drain_latency)


def _is_broken(value: Any) -> bool:
    return value is BROKEN or (isinstance(value, dict) and any(part is BROKEN for part in value.values()))


def _is_listed(form: type[Form], key: str) -> bool:
    name = form.field_of(key)
    return name in form.model_fields or name in form.unsupported
