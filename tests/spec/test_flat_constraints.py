"""Constraints of the flat dialects."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec.flat_inputs import ARCHITECTURE, MAPPER, PROBLEM, fault_of, notes_of, read_flat

from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint

BASE = ARCHITECTURE + PROBLEM + MAPPER
SPATIAL = "{target: GLB, type: spatial, factors: C=1 M<=3 P>=2, permutation: MC_R, split: 1}"
HERE = "in.yaml:37: mapspace.targets[0]"


def constraints_of(tmp_path: Path, text: str) -> Constraints:
    """The constraints of the small input with these sections."""
    return read_flat(tmp_path, BASE + text, "mapper").architecture.constraints


def bound(dimension: str, value: int, relation: str = "=") -> FactorBound:
    """A bound of one dimension."""
    return FactorBound(dimension=dimension, relation=relation, value=value)  # type: ignore[arg-type]


def test_a_loop_constraint(tmp_path: Path) -> None:
    """Factors with their relations, both ends of the permutation, and the split."""
    assert constraints_of(tmp_path, f"architecture_constraints:\n  targets:\n  - {SPATIAL}\n").loops == (
        LoopConstraint(
            level="GLB",
            kind="spatial",
            factors=(bound("C", 1), bound("M", 3, "<="), bound("P", 2, ">=")),
            innermost=("M", "C"),
            outermost=("R",),
            split=1,
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        f"arch_constraints: [{SPATIAL}]\n",
        f"architecture_constraints: {{version: '0.4', targets: [{SPATIAL}]}}\n",
        f"mapspace: [{SPATIAL}]\n",
        f"mapspace: {{template: uber, targets: [{SPATIAL}]}}\n",
        f"mapspace_constraints: {{constraints: [{SPATIAL}]}}\n",
        f"mapspace: {{constraints: rows, constraints_rows: [{SPATIAL}], constraints_columns: []}}\n",
        "mapspace: {targets: [{name: GLB, constraints: [{type: spatial, attributes: {factors: C=1 M<=3 P>=2, permutation: "
        "MC_R, split: 1}}]}]}\n",
        "mapspace: {targets: [{target: GLB, type: spatial, attributes: {factors: C1 M<=3 P>=2, permutation: M C _ R, split: 1}}]}\n",
        "mapspace: [{target: 1, type: spatial, factors: [C=1, M<=3, P>=2], permutation: [M, C, _, R], split: 1}]\n",
    ],
)
def test_all_places_and_forms_of_constraints_are_one(tmp_path: Path, text: str) -> None:
    """Lists and targets, attributes or not, chosen by name, under any of the keys."""
    assert constraints_of(tmp_path, text) == constraints_of(tmp_path, f"architecture_constraints: [{SPATIAL}]\n")


def test_constraints_inside_the_architecture(tmp_path: Path) -> None:
    """As Timeloop reads them first of all."""
    text = ARCHITECTURE.replace("  subtree:", f"  constraints: [{SPATIAL}]\n  subtree:", 1) + PROBLEM + MAPPER
    assert read_flat(tmp_path, text, "mapper").architecture.constraints == constraints_of(tmp_path, f"mapspace: [{SPATIAL}]\n")


def test_architecture_and_mapspace_add_up(tmp_path: Path) -> None:
    """In that order."""
    constraints = constraints_of(
        tmp_path,
        "mapspace: [{target: pad, type: temporal, factors: R=0}]\n"
        "architecture_constraints: [{target: pad, type: bypass, keep: [Inputs], bypass: [Weights]}]\n",
    )
    assert constraints == Constraints(
        loops=(LoopConstraint(level="pad", kind="temporal", factors=(bound("R", 0),)),),
        storage=(StorageConstraint(level="pad", keep=frozenset({"Inputs"}), bypass=frozenset({"Weights"})),),
    )


@pytest.mark.parametrize("kind", ["bypass", "bypassing", "datatype", "dataspace"])
def test_bypass_has_four_names(tmp_path: Path, kind: str) -> None:
    """What neither list names is free."""
    assert constraints_of(tmp_path, f"mapspace: [{{target: pad, type: {kind}, bypass: [Weights]}}]\n").storage == (
        StorageConstraint(level="pad", bypass=frozenset({"Weights"})),
    )


@pytest.mark.parametrize("kind", ["utilization", "parallelism"])
def test_utilization_holds_for_the_innermost_level(tmp_path: Path, kind: str) -> None:
    """A share of the compute instances."""
    assert constraints_of(tmp_path, f"mapspace: [{{target: pad, type: {kind}, min: 0.5}}]\n").min_utilization == 0.5


def test_default_bounds_hold_for_the_other_dimensions(tmp_path: Path) -> None:
    """`default_max_factor` leaves a dimension alone that has a `<=` of its own."""
    loop = constraints_of(tmp_path, "mapspace: [{target: pad, type: temporal, factors: C<=2 M=1, default_max_factor: 3}]\n").loops[0]
    assert loop.factors == (bound("C", 2, "<="), bound("M", 1), bound("M", 3, "<="), bound("P", 3, "<="), bound("R", 3, "<="))
    loop = constraints_of(tmp_path, "mapspace: [{target: pad, type: temporal, default_min_factor: 2}]\n").loops[0]
    assert loop.factors == tuple(bound(dimension, 2, ">=") for dimension in "CMPR")


def test_a_factor_above_the_bound_is_passed_over_with_a_note(tmp_path: Path) -> None:
    """As Timeloop does, so that one file of constraints serves several layers."""
    text = BASE + "mapspace: [{target: pad, type: temporal, factors: R=5 C=1}]\n"
    assert read_flat(tmp_path, text, "mapper").architecture.constraints.loops[0].factors == (bound("C", 1),)
    assert notes_of(tmp_path, text, "mapper")[0] == (
        "in.yaml:37: mapspace[0].factors: R=5 is more than the bound 3 and is passed over, as Timeloop does"
    )


@pytest.mark.parametrize(
    "text", ["mapspace: []\n", "mapspace: {}\n", "mapspace: {targets: []}\n", "mapspace:\n", "mapspace: {template: uber}\n"]
)
def test_no_constraints(tmp_path: Path, text: str) -> None:
    """All ways to say nothing."""
    assert constraints_of(tmp_path, text) == Constraints()


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("{target: pads, type: temporal}", f'{HERE}.target: seen "pads", expected a storage level: DRAM, GLB, pad; did you mean "pad"?'),
        ("{type: temporal}", f'{HERE}: seen no "target", expected the name of a storage level'),
        (
            "{target: pad}",
            f'{HERE}: seen no "type", expected one of temporal, spatial, bypass, bypassing, datatype, dataspace, utilization, '
            "parallelism, max_overbooked_proportion",
        ),
        (
            "{target: pad, type: temporall}",
            f'{HERE}.type: seen "temporall", expected one of temporal, spatial, bypass, bypassing, datatype, '
            'dataspace, utilization, parallelism, max_overbooked_proportion; did you mean "temporal"?',
        ),
        ("{target: pad, type: temporal, factors: K=1}", f'{HERE}.factors: seen "K", expected a dimension: C, M, P, R'),
        (
            "{target: pad, type: temporal, factors: 'P=3,2'}",
            f"{HERE}.factors: seen P=3,2, expected a factor without a last pass, as in P=3",
        ),
        ("{target: pad, type: temporal, permutation: CXP}", f'{HERE}.permutation: seen "X", expected a dimension: C, M, P, R'),
        ("{target: pad, type: temporal, permutaton: C}", f'{HERE}.permutaton: seen an unknown key; did you mean "permutation"?'),
        (
            "{target: pad, type: bypass, keep: [Weight]}",
            f'{HERE}.keep[0]: seen "Weight", expected a tensor: Weights, Inputs, Outputs; did you mean "Weights"?',
        ),
        (
            "{target: pad, type: bypass, keep: [Inputs], bypass: [Inputs]}",
            f"{HERE}: seen Inputs under keep and under bypass, expected one of the two\n{HERE}: seen a second Inputs for the "
            "storage constraints of pad, expected one",
        ),
        (
            "{target: pad, type: temporal, remainders: 2}",
            f"{HERE}.remainders: seen a key of Timeloop that snnhw does not support; remove it or set it to []",
        ),
        (
            "{target: pad, type: temporal, no_reuse: [Inputs]}",
            f"{HERE}.no_reuse: seen a key of Timeloop that snnhw does not support; remove it or set it to []",
        ),
        (
            "{target: pad, type: max_overbooked_proportion, proportion: 0.1}",
            f"{HERE}.proportion: seen a key of Timeloop that snnhw does not support (overbooking); remove it or set it to 0",
        ),
        ("{target: GLB, type: utilization, min: 0.5}", f"{HERE}: seen utilization at GLB, expected it at the innermost storage level, pad"),
        ("{target: pad, type: utilization}", f'{HERE}: seen no "min", expected the least share of compute instances, a number in [0, 1]'),
        ("{target: pad, type: utilization, min: 2}", f"{HERE}.min: seen 2.0, expected a number in [0, 1]"),
        ("3", f"{HERE}: seen 3, expected a mapping"),
    ],
)
def test_a_wrong_constraint_says_what_is_right(tmp_path: Path, entry: str, fault: str) -> None:
    """File, line, key, what is seen and what would be right."""
    assert fault_of(tmp_path, f"{BASE}mapspace: {{targets: [{entry}]}}\n", "mapper") == fault


def test_the_ruby_template_lets_factors_leave_a_shorter_last_pass(tmp_path: Path) -> None:
    """As Timeloop's mapspace of that name does; without one they divide."""
    assert [read_flat(tmp_path, BASE + text, "mapper").architecture.constraints.imperfect
            for text in ("mapspace: {template: ruby}\n", "mapspace: {template: uber}\n", "")] == [True, False, False]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("type: temporal, factors: C=1", "type: temporal, factors: C=2", "factor C= for the temporal constraints of pad"),
        ("type: temporal, factors: C<=1", "type: temporal, factors: C<=1", "factor C<= for the temporal constraints of pad"),
        ("type: temporal, permutation: C", "type: temporal, permutation: C", "permutation for the temporal constraints of pad"),
        ("type: bypass, keep: [Inputs]", "type: bypass, bypass: [Inputs]", "Inputs for the storage constraints of pad"),
    ],
)
def test_architecture_and_mapspace_may_not_say_one_thing_twice(tmp_path: Path, first: str, second: str, said: str) -> None:
    """Timeloop refuses that as well."""
    text = f"{BASE}architecture_constraints: [{{target: pad, {first}}}]\nmapspace: [{{target: pad, {second}}}]\n"
    assert fault_of(tmp_path, text, "mapper") == f"in.yaml:38: mapspace[0]: seen a second {said}, expected one"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("mapspace: 3\n", "in.yaml:37: mapspace: seen 3, expected a mapping"),
        ("mapspace: {target: []}\n", 'in.yaml:37: mapspace.target: seen an unknown key; did you mean "targets"?'),
        ("mapspace: {template: rubi}\n", 'in.yaml:37: mapspace.template: seen "rubi", expected one of uber, ruby; did you mean "ruby"?'),
        ("mapspace: {constraints: rows}\n", 'in.yaml:37: mapspace: seen no "constraints_rows", expected the list constraints_rows'),
        (
            "mapspace: []\nmapspace_constraints: []\n",
            "in.yaml:38: mapspace_constraints: seen mapspace_constraints beside mapspace, expected one of the two",
        ),
    ],
)
def test_a_wrong_section_says_what_is_right(tmp_path: Path, text: str, fault: str) -> None:
    """Templates, names of sets and keys of the section itself."""
    assert fault_of(tmp_path, BASE + text, "mapper") == fault
