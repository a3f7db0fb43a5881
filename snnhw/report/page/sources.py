"""Where the energies of a result come from, and what else made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def source_record(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """energies: a row a component and action; facts: (name, value) of versions, seed, search and inputs. Absent parts are left out."""
    energies = [one for one in provenance.get("energies", ()) if isinstance(one, Mapping)]
    return {"energies": [{**{name: str(one.get(name, "")) for name in ("component", "action", "estimator", "source", "family")},
                          **{name: _number(one.get(name)) for name in ("energy_pJ", "uncertainty")},
                          "input_bits": one.get("input_bits")} for one in energies],
            "facts": _facts(provenance)}


def prices(provenance: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """pJ of an action of a component, by (component, action)."""
    found: dict[tuple[str, str], float] = {}
    for one in source_record(provenance)["energies"]:
        if one["energy_pJ"] is not None:
            found.setdefault((one["component"], one["action"]), one["energy_pJ"])
    return found


def _facts(provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [("snnhw", provenance.get("snnhw")), ("engine", provenance.get("engine")), ("seed", provenance.get("seed")),
             ("membrane state", provenance.get("membrane")), ("density", provenance.get("density"))]
    facts += [(f"version of {name}", version) for name, version in _items(provenance, "versions")]
    for name, record in _items(provenance, "inputs"):
        for one in record if isinstance(record, list) else [record]:
            if isinstance(one, Mapping):
                facts.append((f"input {name}", f"{one.get('source', '')} (sha256 {str(one.get('sha256', 'not kept'))[:16]})"))
    facts += [(f"mapper {name}", value) for name, value in _items(provenance, "mapper") if value is not None]
    facts += [(f"variable {name}", value) for name, value in _items(provenance, "variables")]
    facts.append(("estimators asked, in order", ", ".join(map(str, provenance.get("estimators", ())))))
    facts += [(f"area of one {name}", f"{area:,.1f} \N{MICRO SIGN}m\N{SUPERSCRIPT TWO}") for name, area in _items(provenance, "areas_um2")
              if _number(area) is not None]
    return [(name, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)) for name, value in facts
            if value not in (None, "")]


def _items(provenance: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    value = provenance.get(name, {})
    return list(value.items()) if isinstance(value, Mapping) else []


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
