"""Who is asked for energies, and what of the user's tables nobody asks for."""

from __future__ import annotations

from snnhw import load_architecture
from snnhw.engines.energy import EnergySources
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable


def table(**components: tuple[str, ...]) -> ReferenceTable:
    return ReferenceTable(components={name: ComponentCost(name=name, actions={action: ActionEnergy(energy_pJ=1.0) for action in actions})
                                      for name, actions in components.items()})


def test_tables_and_actions_that_nothing_asks_for_are_named():
    architecture = load_architecture("tiny_snn")
    outermost = architecture.storage[0].name
    found = EnergySources(table=table(**{outermost: ("read", "random_write", "raed", "leak"), "nosuch": ("read",), "wire": ("transfer",)}))
    assert found.unused(architecture) == (
        f'the ERT\'s action {outermost}.raed is none that is counted; did you mean "read"?',
        "the ERT's table nosuch is of no component of tiny_snn")


def test_without_tables_there_is_nothing_to_name():
    assert EnergySources().unused(load_architecture("tiny_snn")) == ()
