"""Energy and area reference tables (ERT and ART): what one action of a component costs, and who says so."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionEnergy:
    """Energy of one action in pJ. uncertainty: relative standard deviation (0.2 is 20 %), None where nobody states one.

    family: what is wrong together with it, such as "sram"; "" where nobody says, and then it stands alone.
    """

    energy_pJ: float
    estimator: str = "user"
    source: str = ""
    uncertainty: float | None = None
    family: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentCost:
    """Costs of one component. actions: by Accelergy's action name (read, write, update, leak, compute, ...).

    Leak is in pJ per cycle and instance. area_um2: of one instance, None where unknown.
    """

    name: str
    actions: MappingType[str, ActionEnergy]
    area_um2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceTable:
    """Costs of all components of an architecture, by component name."""

    components: MappingType[str, ComponentCost] = field(default_factory=dict)
