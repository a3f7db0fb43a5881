"""What an estimator is asked: one component, with where and how it is built; and what it says where it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from snnhw.energy.actions import LEAK
from snnhw.energy.figure import Figure
from snnhw.energy.technology import OperatingPoint, operating_point
from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Attributes, Scalar, StorageLevel
from snnhw.spec.flat_architecture import technology_nm
from snnhw.spec.reference import ActionEnergy, ComponentCost

Role: TypeAlias = Literal["storage", "compute", "part"]

_PORTS = ("n_rdwr_ports", "n_rd_wr_ports", "n_rw_ports", "n_ports", "num_ports", "nports")
_ONE_WAY_PORTS = ("n_rd_ports", "n_wr_ports")


class NoEstimate(Exception):  # noqa: N818 - an answer, not a fault
    """An estimator does not know a component, or one action of it. `why` and `fix` are for a reader; action "" is the whole component."""

    def __init__(self, why: str, *, fix: str = "", action: str = ""):
        super().__init__(why)
        self.why, self.fix, self.action = why, fix, action


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A component whose costs are wanted. node_nm: of the architecture; cycle_ns: its clock period.

    level: of a storage level; word_bits: of the compute level; needs: actions that must be answered; uses: actions that a
    compound takes of it.
    """

    name: str
    class_name: str
    subclass: str | None
    attributes: Attributes
    node_nm: float
    cycle_ns: float
    role: Role = "part"
    level: StorageLevel | None = None
    word_bits: int = 8
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    @property
    def voltage_V(self) -> float | None:
        """The supply that the attributes give, None for the nominal one. SpecError where it is no number."""
        return None if "voltage" not in self.attributes else self.number("voltage")

    @property
    def own_node_nm(self) -> float:
        """The component's own technology in nm if it names one, else that of the architecture."""
        return technology_nm(self.attributes.get("technology")) or self.node_nm

    @property
    def at(self) -> OperatingPoint:
        """Where the component works: its own technology if it names one, else that of the architecture."""
        return operating_point(self.own_node_nm, self.voltage_V)

    @property
    def ports(self) -> int:
        """Read/write ports, at least 1; ports for reads or writes alone count as half a port each, rounded up."""
        both = next((self.number(key) for key in _PORTS if key in self.attributes), 0.0)
        single = sum(self.number(key) for key in _ONE_WAY_PORTS if key in self.attributes)
        return max(1, round(both + single / 2 + 0.01))

    def number(self, key: str, otherwise: float | None = None) -> float:
        """An attribute as a number; SpecError where it is none. otherwise: where the attribute is absent."""
        if otherwise is not None and key not in self.attributes:
            return otherwise
        value = self.attributes[key]
        try:
            return float(value.strip().removesuffix("V")) if isinstance(value, str) else float(value)
        except ValueError:
            raise SpecError(Finding(file="energy estimate", key=f"{self.name}.{key}", seen=repr(value), expected="a number")) from None

    def bits(self, keys: tuple[str, ...], otherwise: float | None = None) -> float:
        """The first of the attributes that is there, as a number of bits; NoEstimate where there is none and no other value."""
        key = next((key for key in keys if key in self.attributes), None)
        if key is not None:
            value = self.number(key)
            if value < 1:
                raise SpecError(Finding(file="energy estimate", key=f"{self.name}.{key}", seen=f"{value:g}", expected="at least 1 bit"))
            return value
        if otherwise is None:
            raise NoEstimate(f"no width: none of {', '.join(keys)}", fix=f"give {self.name} the attribute {keys[0]}")
        return otherwise

    def described(self) -> str:
        """Class and attributes, for messages."""
        shown = ", ".join(f"{key}: {_shown(value)}" for key, value in sorted(self.attributes.items())) or "none"
        kind = self.class_name if self.subclass is None else f"{self.class_name}, subclass {self.subclass}"
        return f"class {kind}; attributes {shown}"

    def part(self, name: str, class_name: str, subclass: str | None, attributes: Attributes, uses: tuple[str, ...] = ()) -> Request:
        """The request for a part of this component, of which it takes some actions."""
        return replace(self, name=f"{self.name}.{name}", class_name=class_name, subclass=subclass, attributes=attributes, role="part",
                       level=None, needs=(), uses=uses)

    def cost(self, actions: Mapping[str, Figure], leak_mW: Figure, area_um2: Figure | None) -> ComponentCost:
        """The costs under Accelergy's action names. Leakage becomes pJ per cycle; `energy_scale` and `area_scale` apply."""
        leak = leak_mW.times(self.cycle_ns)
        scale = self.number("energy_scale", 1.0)
        note = "energy_scale of the architecture" if scale != 1 else ""
        energies = {name: action_energy(figure.times(scale, note)) for name, figure in actions.items()}
        energies[LEAK] = action_energy(leak.times(scale, note).of(f"{leak.family} leakage"))
        area = None if area_um2 is None else area_um2.value * self.number("area_scale", 1.0)
        return ComponentCost(name=self.name, actions=energies, area_um2=area)


def action_energy(figure: Figure) -> ActionEnergy:
    """A figure in pJ as an entry of a reference table."""
    return ActionEnergy(energy_pJ=figure.value, estimator=figure.estimator, source=figure.source, uncertainty=figure.uncertainty,
                        family=figure.family)


def _shown(value: Scalar) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
