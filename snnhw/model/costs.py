"""Which entry of a reference table pays for which count (the action names that Timeloop looks for, in its order)."""

from __future__ import annotations

from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Compute, StorageLevel
from snnhw.spec.reference import ComponentCost, ReferenceTable

ACTIONS = tuple(f"{how}{kind}{what}" for kind in ("", "metadata_") for how in ("", "gated_", "skipped_")
                for what in ("reads", "fills", "updates"))
"""Names of the counts of one tensor at one level, in the order of the kernel's columns."""
COUNTS = len(ACTIONS)

_WRITES = {"reads": ("read",), "fills": ("fill", "write"), "updates": ("update", "write")}


def action_names(count: str) -> tuple[str, ...]:
    """Names of the actions that may pay for a count, the first that a component has counts. "gated_fills" -> gated_fill, gated_write.

    `access`, which Accelergy's older register files have for reads and writes alike, comes last; the reference does not know it.
    """
    kind = "metadata_" if "metadata_" in count else ""
    how = next((h for h in ("gated_", "skipped_") if count.startswith(h)), "")
    verbs = _WRITES[count.removeprefix(how).removeprefix(kind)]
    if not how:
        names = [f"{prefix}{kind}{verb}" for prefix in ("random_", "") for verb in verbs]
        return tuple(names) if kind else (*names, "access")
    ways = ("skipped_", "gated_") if how == "skipped_" else ("gated_",)
    return tuple(f"{way}{kind}{verb}" for way in ways for verb in verbs)


def _component(name: str, reference: ReferenceTable) -> ComponentCost:
    if name not in reference.components:
        known = ", ".join(sorted(reference.components)) or "nothing"
        raise SpecError(Finding(file="energy reference table", key=name, seen=f"entries for {known}", expected=f"an entry for {name}",
                                fix="add it to the ERT, or leave the ERT out so that snnhw estimates every component"))
    return reference.components[name]


def storage_energies(level: StorageLevel, reference: ReferenceTable) -> list[float]:
    """Energy in pJ of one row access of each of ACTIONS. Plain reads and writes must be there; what else is missing costs nothing."""
    if level.is_dummy:
        return [0.0] * len(ACTIONS)
    actions = _component(level.name, reference).actions
    energies = []
    for count in ACTIONS:
        found = next((name for name in action_names(count) if name in actions), None)
        if found is None and count in ("reads", "fills", "updates"):
            wanted = action_names(count)[-2]
            raise SpecError(Finding(file="energy reference table", key=f"{level.name}.{wanted}", seen=f"actions {', '.join(actions)}",
                                    expected=f"an energy for {wanted}", fix=f"add the action {wanted} to the table of {level.name}"))
        energies.append(0.0 if found is None else actions[found].energy_pJ)
    return energies


def leakage(name: str, reference: ReferenceTable) -> float:
    """Leakage in pJ per cycle and instance; 0 where the table has none."""
    cost = reference.components.get(name)
    return cost.actions["leak"].energy_pJ if cost and "leak" in cost.actions else 0.0


def compute_energies(compute: Compute, reference: ReferenceTable) -> list[float]:
    """Energy in pJ of one operation that happens, is gated, is skipped."""
    actions = _component(compute.name, reference).actions
    plain = ("mac", "mult", "compute")
    gated = ("mac_gated", "mult_gated", "compute_gated")
    skipped = ("mac_skipped", "mult_skipped", "compute_skipped")
    chains = (("mac_random", "mult_random", *plain), (*gated, *plain), (*skipped, *gated, *plain))
    found = [next((name for name in chain if name in actions), None) for chain in chains]
    if found[0] is None:
        raise SpecError(Finding(file="energy reference table", key=compute.name, seen=f"actions {', '.join(actions)}",
                                expected="an energy for compute", fix=f"add the action compute to the table of {compute.name}"))
    return [actions[name].energy_pJ for name in found if name is not None]
