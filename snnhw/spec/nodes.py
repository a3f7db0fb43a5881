"""Reading an accelerator in Timeloop's v0.4 `nodes` dialect, as timeloopfe documents it, into an Architecture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from snnhw.spec.architecture import Architecture, Compute, Mesh, StorageLevel
from snnhw.spec.component_classes import PART_CLASSES, class_kind
from snnhw.spec.constraints import Constraints
from snnhw.spec.document import Document, KeyPath, read_document
from snnhw.spec.expressions import BROKEN
from snnhw.spec.flat_architecture import COMPUTE_CLASSES, STORAGE_CLASSES, technology_nm
from snnhw.spec.flat_section import Report, Section, as_number
from snnhw.spec.forms import Findings, near, show
from snnhw.spec.forms_nodes import ComponentsForm, DataspaceForm, FileForm, SpatialLoopForm, TargetsForm, TemporalForm, UtilizationForm
from snnhw.spec.nodes_classes import component_classes
from snnhw.spec.nodes_constraints import ConstraintReader, Target, branch_constraints, joined_storage
from snnhw.spec.nodes_levels import Levels
from snnhw.spec.nodes_tree import Placed, Walker, check_names, without_ignored
from snnhw.spec.sparse import SparseOptimizations
from snnhw.spec.sparse_forms import joined, sparse_of
from snnhw.spec.variables import resolve_variables

NODES: KeyPath = ("architecture", "nodes")


def read_architecture(path: str | Path, variables: Mapping[str, Any] | None = None) -> Architecture:
    """The accelerator that a YAML file describes. variables: values for the file's variables, as `--set` gives them.

    Both dialects are read: `architecture: nodes` (v0.4) and the flat one of the timeloop binaries (`subtree`). Raises SpecError with
    everything that is wrong with the file.
    """
    document = read_document(path, variables)
    name = Path(path).name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".json")
    return architecture_of(document, name)


def architecture_of(document: Document, name: str) -> Architecture:
    """The accelerator of a document; name: what results call it. Raises SpecError with all findings."""
    section = document.get(("architecture",))
    if isinstance(section, dict) and "nodes" not in section and {"subtree", "local", "arithmetic"} & section.keys():
        return _flat(document, name)
    findings = Findings()
    data = without_ignored(document.data)
    findings.check(FileForm, document, (), _shell(data))
    for key in _constraint_keys(data):
        findings.check(TargetsForm, document, (key,), data[key])
    variables = resolve_variables(document, findings)
    classes = findings.check(ComponentsForm, document, ("components",), _flat_classes(data.get("components") or {}))
    architecture = _Reader(document, findings, variables, data, frozenset(c.name for c in classes.classes) if classes else None).read(name)
    made = component_classes(classes, document, variables, findings) if classes else ()
    findings.raise_if_any()
    if architecture is None:
        raise document.error(NODES, seen="no architecture", expected="a list of nodes")
    return replace(architecture, classes=made, variables=variables)


def _shell(data: Any) -> dict[str, Any]:
    """The top level without what is checked on its own."""
    apart = ("variables", "components", *_constraint_keys(data))
    shell = {key: value for key, value in data.items() if key not in apart}
    architecture = shell.get("architecture")
    if isinstance(architecture, dict) and isinstance(architecture.get("nodes"), list):
        shell["architecture"] = {**architecture, "nodes": []}
    return {key: value for key, value in shell.items() if value is not None or key == "architecture"}


def _constraint_keys(data: Any) -> list[str]:
    """Keys of sections of constraints: timeloopfe takes every key with `constraints` in it for one."""
    return [key for key, value in data.items() if "constraints" in key and value is not None]


def _flat_classes(components: Any) -> Any:
    """`classes` may hold lists of classes, as include_all makes them (timeloopfe flattens them too)."""
    if not isinstance(components, dict) or not isinstance(components.get("classes"), list):
        return components
    classes: list[Any] = []
    for item in components["classes"]:
        classes += item if isinstance(item, list) else [item]
    return {**components, "classes": classes}


def _flat(document: Document, name: str) -> Architecture:
    from snnhw.spec.flat_architecture import flat_architecture

    report = Report(lambda path: (document.place(path).file, document.line(path)))
    made = flat_architecture(Section(document.data["architecture"], ("architecture",), report), ())
    report.finish()
    return replace(made.architecture, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """A storage level or the compute, with what it was made of. made is None where its attributes are wrong."""

    item: Placed
    mesh: Mesh
    made: StorageLevel | Compute | None
    kind: str


class _Reader:
    """Reads the nodes: walks them, makes levels, then constraints and sparse optimisations."""

    def __init__(self, document: Document, findings: Findings, variables: Mapping[str, Any], data: Any,
                 classes: frozenset[str] | None):
        self.document, self.findings, self.data, self.classes = document, findings, data, classes
        self.walker = Walker(document, findings, variables)
        self.levels = Levels(document, findings)
        self.constraints = ConstraintReader(document, findings)
        self.rows: list[_Level] = []
        self.parts: list[Any] = []
        self.around: dict[str, str | None] = {}

    def read(self, name: str) -> Architecture | None:
        """The architecture, or None where it is so wrong that there is none (findings say why)."""
        nodes = self.data["architecture"].get("nodes") if isinstance(self.data.get("architecture"), dict) else None
        if not isinstance(nodes, list):
            return None
        self.walker.walk(nodes, NODES)
        check_names(self.walker.placed, self.document, self.findings)
        self._place()
        self._check_ends()
        constraints = self._constraints()
        sparse = self._sparse()
        self._check_power_gates()
        storage = tuple(row.made for row in self.rows if isinstance(row.made, StorageLevel))
        compute = next((row.made for row in self.rows if isinstance(row.made, Compute)), None)
        if compute is None or not storage:
            return None
        technology, cycle = self._technology()
        return Architecture(name=name, storage=storage, compute=compute, parts=tuple(self.parts), constraints=constraints, sparse=sparse,
                            technology_nm=technology, cycle_seconds=cycle)

    def _note(self, path: KeyPath, **words: str) -> None:
        self.findings.add(self.document.finding(path, **words))

    def _place(self) -> None:
        """Fan-outs multiply downwards. Of several fan-outs between two levels each but the last becomes a level that only fans out."""
        x = y = 1
        pending: list[tuple[Placed, Mesh]] = []
        gate: str | None = None
        gate_next = False
        for item in self.walker.placed:
            x, y = x * item.spatial.meshX, y * item.spatial.meshY
            mesh = Mesh(x=x, y=y)
            if item.fans_out:
                pending.append((item, mesh))
            kind = "container" if item.is_container or item.is_nothing else class_kind(item.class_name)
            if kind == "part":
                self._part(item, mesh)
            elif kind == "network":
                self._note((*item.path, "class"), seen=item.class_name,
                           expected="no network component: wire_energy, router_energy and tile_width at a level describe the wires")
            elif kind in ("storage", "compute"):
                self._fan_out(pending)
                pending = []
                gate = item.name if gate_next else gate
                self._level(item, mesh, kind, gate)
            if kind != "part":
                gate_next = item.own.get("has_power_gating") is True or (gate_next and kind == "container")

    def _fan_out(self, pending: list[tuple[Placed, Mesh]]) -> None:
        for item, mesh in pending:
            outer = self.rows[-1].item.name if self.rows else None
            self.around[item.name] = outer
            if outer is None:
                self._note((*item.path, "spatial"), seen=f"a fan-out of {mesh.instances} above the outermost storage level",
                           expected="one outermost level, from which all is fed", fix="move it below the outermost storage level")
            elif item is not pending[-1][0]:
                dummy = StorageLevel(name=item.name, class_name="dummy_storage", mesh=mesh, width_bits=1, word_bits=1, is_dummy=True,
                                     network=self.levels.wires(item), reduction_supported=True)
                self.rows.append(_Level(item=item, mesh=mesh, made=dummy, kind="dummy"))

    def _level(self, item: Placed, mesh: Mesh, kind: str, gate: str | None) -> None:
        computes = [row for row in self.rows if row.kind == "compute"]
        if computes and kind == "compute":
            self._note((*item.path, "class"), seen=f"a second compute, {item.name}",
                       expected=f"one; the first is {computes[0].item.name}", fix="if it is a part, give it a class of a part")
        elif computes:
            self._note(item.path, seen=f"the storage level {item.name} inside of the compute {computes[0].item.name}",
                       expected="the compute last")
        made: StorageLevel | Compute | None = self.levels.storage(item, mesh) if kind == "storage" else self.levels.compute(item, mesh)
        if isinstance(made, StorageLevel) and made.power_gated_at is None and gate is not None:
            made = replace(made, power_gated_at=gate)
        self.rows.append(_Level(item=item, mesh=mesh, made=made, kind=kind))

    def _part(self, item: Placed, mesh: Mesh) -> None:
        known = {*PART_CLASSES, *(self.classes or ())}
        named = {item.class_name, item.subclass} & known
        if self.classes is not None and not named:
            hint = near(item.class_name, [*STORAGE_CLASSES, *COMPUTE_CLASSES, *known])
            self._note((*item.path, "class"), seen=f"the unknown class {item.class_name}",
                       expected="a class that contains DRAM, SRAM, regfile, smartbuffer or storage, or mac or compute; a part such as "
                       "neuron_unit or adder; or a class from components: classes", fix=hint)
        self.parts.append(self.levels.part(item, mesh))

    def _check_ends(self) -> None:
        if not self.walker.is_complete:
            return
        if not any(row.kind == "compute" for row in self.rows):
            self._note(NODES, seen="no compute", expected="a !Component whose class contains mac or compute, as the last level")
        if not any(row.kind == "storage" for row in self.rows):
            self._note(NODES, seen="no storage level",
                       expected="a !Component whose class contains DRAM, SRAM, regfile, smartbuffer or storage")

    def _target(self, item: Placed) -> Target:
        row = next((row for row in self.rows if row.item is item), None)
        return Target(item=item, level=item.name if row is not None and row.kind == "storage" else None,
                      spatial_level=self.around.get(item.name) if item.fans_out else None)

    def _constraints(self) -> Constraints:
        for item in self.walker.placed:
            if not item.is_nothing:
                self.constraints.read(item.constraints, self._target(item), (*item.path, "constraints"))
        entries = [found for key in _constraint_keys(self.data) for found in self._targets(key)]
        least = max((self._target_constraint(entry, path) for entry, path in entries), default=0.0)
        branch_constraints(self.constraints, self.walker.placed, {item.name: self._target(item).level for item in self.walker.placed})
        storage = joined_storage(self.constraints.storage)
        for part in storage:
            both = sorted(part.keep & part.bypass)
            if both and not self.findings.items:
                self._note(("architecture",), seen=f"{', '.join(both)} both kept and bypassed at {part.level}", expected="one of the two")
        mapspace = self.data.get("mapspace")
        return Constraints(loops=tuple(self.constraints.loops), storage=storage, min_utilization=least,
                           imperfect=isinstance(mapspace, dict) and mapspace.get("template") == "ruby")

    def _targets(self, key: str) -> Iterable[tuple[dict[str, Any], KeyPath]]:
        """The entries of a list beside the architecture, with their paths."""
        section = self.data.get(key)
        targets = section.get("targets") if isinstance(section, dict) else None
        for i, entry in enumerate(targets if isinstance(targets, list) else []):
            if isinstance(entry, dict):
                yield entry, (key, "targets", i)

    def _find(self, name: Any, path: KeyPath) -> Placed | None:
        found = next((item for item in self.walker.placed if item.name == name), None)
        if found is None and self.walker.is_complete:
            names = [item.name for item in self.walker.placed if not item.is_nothing]
            self._note(path, seen=show(name), expected=f"a component: {', '.join(names)}", fix=near(str(name), names))
        return found

    def _target_constraint(self, entry: dict[str, Any], path: KeyPath) -> float:
        """One constraint beside the architecture; the least utilization that it asks for, else 0."""
        kind = entry.get("type")
        item = self._find(entry.get("target"), (*path, "target"))
        if kind in ("utilization", "parallelism"):
            least = self.findings.check(UtilizationForm, self.document, path, self.walker.constraint(entry, path, self.walker.variables))
            return least.min if least is not None else 0.0
        kind = {"bypass": "dataspace", "datatype": "dataspace"}.get(str(kind), kind)
        if kind not in ("dataspace", "temporal", "spatial"):
            kinds = ("dataspace", "temporal", "spatial", "utilization")
            self._note((*path, "type"), seen=show(entry.get("type")), expected=f"one of {', '.join(kinds)}", fix=near(str(kind), kinds))
            return 0.0
        body = self.walker.constraint(entry, path, self.walker.variables)
        if kind == "dataspace":
            dataspace = self.findings.check(DataspaceForm, self.document, path, body)
            if dataspace is not None and item is not None:
                self.constraints.dataspace(dataspace, self._target(item), path)
        elif kind == "temporal":
            temporal = self.findings.check(TemporalForm, self.document, path, body)
            if temporal is not None and item is not None:
                self.constraints.temporal(temporal, self._target(item), path)
        else:
            spatial = self.findings.check(SpatialLoopForm, self.document, path, body)
            if spatial is not None and item is not None:
                self.constraints.spatial(spatial, self._target(item), path)
        return 0.0

    def _sparse(self) -> SparseOptimizations:
        report = Report(lambda path: (self.document.place(path).file, self.document.line(path)))
        found = []
        for item in self.walker.placed:
            if item.sparse:
                found.append(self._sparse_of(item, Section(dict(item.sparse), (*item.path, "sparse_optimizations"), report)))
        for entry, path in self._targets("sparse_optimizations"):
            section = Section(self.walker.sparse(entry, self.walker.variables), path, report)
            named = section.take("target", "name")
            target = self._find(named[0] if named else None, named[1] if named else path)
            if target is not None:
                found.append(self._sparse_of(target, section))
        self.findings.add(report.findings)
        sparse = joined(found)
        self._check_metadata_words(sparse)
        return sparse

    def _check_metadata_words(self, sparse: SparseOptimizations) -> None:
        """No word of a format may be wider than a row of the level's metadata store."""
        rows = {row.item.name: row for row in self.rows if isinstance(row.made, StorageLevel)}
        for made in sparse.formats:
            row = rows.get(made.level)
            if row is None or not isinstance(row.made, StorageLevel):
                continue
            width = row.made.metadata.width_bits if row.made.metadata is not None else 0
            bits = max((max(rank.metadata_word_bits or 0, rank.payload_word_bits or 0) for rank in made.ranks), default=0)
            if bits > width:
                self._note((*row.item.path, "attributes", "metadata_storage_width"), seen=str(width) if width else "nothing",
                           expected=f"at least {bits}, the bits of a word of the format of {made.tensor}", fix="set metadata_storage_width")

    def _sparse_of(self, item: Placed, section: Section) -> SparseOptimizations:
        section.take("target", "name")
        kind = next((row.kind for row in self.rows if row.item is item), None)
        if kind not in ("storage", "compute"):
            section.report.add(section.path, seen=f"sparse optimizations of {item.name}", expected="a storage level or the compute")
            return SparseOptimizations()
        return sparse_of(section, item.name, is_compute=kind == "compute")

    def _check_power_gates(self) -> None:
        names = [row.item.name for row in self.rows]
        for row in self.rows:
            gate = row.made.power_gated_at if isinstance(row.made, StorageLevel) else None
            if gate is not None and gate not in names:
                self._note((*row.item.path, "attributes", "power_gated_at"), seen=gate, expected=f"a level: {', '.join(names)}",
                           fix=near(gate, names))

    def _technology(self) -> tuple[float, float]:
        """Nanometres and clock period: the first that variables, containers or components give; else 28 nm and 1 ns."""
        self._check_technologies()
        rows = [*({**item.inherited, **item.own} for item in self.walker.placed), self.walker.variables]
        technology = next((nm for nm in (technology_nm(row.get("technology")) for row in rows) if nm is not None), 28.0)
        cycles = [row["global_cycle_seconds"] for row in rows if row.get("global_cycle_seconds") not in (None, BROKEN)]
        return technology, float(cycles[0]) if cycles and isinstance(cycles[0], int | float) and cycles[0] > 0 else 1e-9

    def _check_technologies(self) -> None:
        """Text that names no node would leave the energies at those of another one. -1 is Timeloop's "any"."""
        stands = dict([(("variables", "technology"), self.walker.variables.get("technology")),
                       *((item.origins["technology"], item.inherited["technology"]) for item in self.walker.placed
                         if "technology" in item.origins),
                       *(((*item.path, "attributes", "technology"), item.own["technology"]) for item in self.walker.placed
                         if "technology" in item.own)])
        wrong = {value: path for path, value in reversed(stands.items()) if isinstance(value, str) and technology_nm(value) is None
                 and as_number(value) is None and value.strip().upper() != "DRAM"}
        for value, path in reversed(wrong.items()):
            self._note(path, seen=show(value), expected="a process node in nm", fix='write it as "28nm"')
