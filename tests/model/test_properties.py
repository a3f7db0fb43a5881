"""What holds of every case that the model is given, whatever Timeloop says of it.

Counts are whole words: each step of the model rounds down what it takes away (Timeloop's rule). So where a test compares two densities
a count may be off by one word for each step that rounds: the format, and each gated or skipped level from the outside to the count.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from model.cases import at, nonzero, reference, saf
from model.strategies import DENSITIES, Case, cases

from snnhw.errors import MappingError
from snnhw.model import Evaluation, TensorCounts, evaluate
from snnhw.model.costs import ACTIONS
from snnhw.spec.problem import Problem

many = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

ENERGIES = {"read": 3.0, "write": 5.0, "compute": 2.0, "gated_read": 1.0, "gated_write": 1.0, "compute_gated": 1.0, "compute_skipped": 0.5,
            "skipped_read": 0.5, "skipped_write": 0.5}
"""A skipped access costs no more than a gated one, which costs no more than one that happens; metadata is free."""


def evaluated(case: Case, **energies: float) -> Evaluation:
    """The evaluation of a case; a mapping that does not fit its formats is no example."""
    try:
        return evaluate(case.architecture, case.problem, case.mapping, reference(case.architecture, **(energies or ENERGIES)))
    except MappingError:
        assume(False)
        raise


def counts_of(evaluation: Evaluation) -> dict[tuple[str, str], TensorCounts]:
    return {(level.name, name): counts for level in evaluation.levels for name, counts in level.tensors.items()}


def total(counts: TensorCounts, action: str) -> float:
    """Words of an action that happen, are gated or skipped, per instance."""
    return getattr(counts, action) + getattr(counts, f"gated_{action}") + getattr(counts, f"skipped_{action}")


def operations(problem: Problem) -> int:
    return math.prod(problem.bounds.values())


@many
@given(case=cases(same_formats=False))
def test_no_figure_is_negative_or_no_number(case: Case) -> None:
    """Every count, energy and share is a finite number and at least 0, also below two gated or skipped levels and at odd block sizes."""
    evaluation = evaluated(case, metadata_read=0.5, metadata_write=0.5, leak=0.1, **ENERGIES)
    figures = [evaluation.energy_pJ, evaluation.utilization, evaluation.cycles]
    for level in evaluation.levels:
        figures += [level.energy_pJ, level.leakage_pJ, level.cycles, level.computes, level.gated_computes, level.skipped_computes]
        figures += [getattr(counts, field) for counts in level.tensors.values() for field in (*ACTIONS, "instances", "energy_pJ")]
    assert all(math.isfinite(figure) and figure >= 0 for figure in figures)
    assert evaluation.utilization <= 1.0 + 1e-12


@many
@given(case=cases())
def test_no_count_is_above_its_dense_count(case: Case) -> None:
    """What happens, is gated and is skipped is together at most what a dense run does."""
    sparse, dense = evaluated(case), evaluated(case.dense())
    for where, counts in counts_of(sparse).items():
        for action in ("reads", "fills", "updates"):
            assert total(counts, action) <= getattr(counts_of(dense)[where], action), (where, action)
    compute = sparse.levels[0]
    assert compute.computes + compute.gated_computes + compute.skipped_computes <= operations(case.problem)


def of_kind(case: Case, kind: str) -> Case:
    """The case with all actions of one kind."""
    return case.with_sparse(actions=tuple(replace(action, kind=kind) for action in case.architecture.sparse.actions))


@many
@given(case=cases(rows=(1,), options=False))
def test_gating_saves_energy_and_skipping_saves_more(case: Case) -> None:
    """Dense >= gated >= skipped, where the energies of the three kinds of access are in that order and a row is one word."""
    gated, skipped = evaluated(of_kind(case, "gating")), evaluated(of_kind(case, "skipping"))
    untouched = evaluated(case.with_sparse(actions=()))
    dense = evaluated(case.dense())
    energies = [found.energy_pJ for found in (skipped, gated, untouched, dense)]
    energies[2] += ENERGIES["compute"]  # what gating takes away and what compute skipping takes away are each rounded down
    assert all(less <= more * (1 + 1e-12) for less, more in pairwise(energies[:3]))
    assert all(found.energy_pJ <= dense.energy_pJ * (1 + 1e-12) for found in (skipped, gated, untouched))
    if not case.architecture.sparse.formats:
        assert skipped.cycles <= gated.cycles <= dense.cycles


@many
@given(case=cases(options=False))
def test_with_rows_of_several_words_a_row_may_be_lost(case: Case) -> None:
    """Four words of which two are gated take a row each time, together more than the one row of the four: each kind of access rounds up."""
    gated, skipped = evaluated(of_kind(case, "gating")), evaluated(of_kind(case, "skipping"))
    untouched = evaluated(case.with_sparse(actions=()))
    row = sum(counts.instances * 3 * 2 * max(ENERGIES.values()) for counts in counts_of(untouched).values())
    assert skipped.energy_pJ <= gated.energy_pJ * (1 + 1e-12)
    assert gated.energy_pJ <= untouched.energy_pJ + row


@many
@given(case=cases(actions=False))
def test_computes_are_gated_or_skipped_by_the_same_zeros(case: Case) -> None:
    """Gating takes operations away, skipping none that gating would not, and both together no more, but for one that is rounded."""
    kinds = ((), ("gating",), ("skipping",), ("gating", "skipping"))
    nothing, gating, skipping, together = (evaluated(case.with_sparse(compute=frozenset(kind))).levels[0] for kind in kinds)
    assert nothing.gated_computes == nothing.skipped_computes == gating.skipped_computes == skipping.gated_computes == 0
    assert gating.computes <= together.computes <= gating.computes + 1
    assert gating.computes <= skipping.computes <= nothing.computes
    assert together.skipped_computes == skipping.skipped_computes


@many
@given(case=cases(densities=(1.0,)))
def test_density_one_is_dense_but_for_metadata(case: Case) -> None:
    """Formats, gating and skipping change no count of data and no energy where nothing is zero and metadata is free."""
    sparse, dense = evaluated(case), evaluated(case.dense())
    for where, counts in counts_of(sparse).items():
        plain = counts_of(dense)[where]
        assert {action: getattr(counts, action) for action in ACTIONS if "metadata" not in action} == {
            action: getattr(plain, action) for action in ACTIONS if "metadata" not in action}
        assert counts.instances == plain.instances
        assert counts.energy_pJ == pytest.approx(plain.energy_pJ)
    assert replace(sparse.levels[0], cycles=0) == replace(dense.levels[0], cycles=0)


@many
@given(case=cases(densities=(0.0,)))
def test_density_zero_moves_nothing_but_metadata(case: Case) -> None:
    """A tensor of zeros with a format is never read or filled; nor is what waits for it below the level that skips on it."""
    evaluation = evaluated(case)
    for entry in case.architecture.sparse.formats:
        if (entry.level, entry.tensor) in counts_of(evaluation):
            counts = at(evaluation, entry.level, entry.tensor)
            assert (total(counts, "reads"), total(counts, "fills")) == (0.0, 0.0)


@many
@given(case=cases(rows=(1,), options=False), low=st.sampled_from(DENSITIES), high=st.sampled_from(DENSITIES), name=st.sampled_from("AB"))
def test_counts_and_energy_grow_with_density(case: Case, low: float, high: float, name: str) -> None:
    """More non-zeros in a tensor never mean fewer words moved or operations done, but for a word of each rounding.

    At one word a row: the rows that a compressed tile takes follow a table with steps, so that their number is not monotone.
    """
    low, high = sorted((low, high))
    fewer, more = evaluated(case.with_densities({name: low})), evaluated(case.with_densities({name: high}))
    slack = 1 + len(case.mapping.levels)
    spare_pJ = slack * ENERGIES["compute"]
    for where, counts in counts_of(fewer).items():
        other = counts_of(more)[where]
        for action in ("reads", "fills", "updates"):
            most = (getattr(other, action) + slack) * max(1.0, other.instances)
            assert getattr(counts, action) * counts.instances <= most, (where, action)
            spare_pJ += slack * max(1.0, other.instances) * max(ENERGIES.values())
    assert fewer.levels[0].computes <= more.levels[0].computes + slack
    assert fewer.energy_pJ <= more.energy_pJ + spare_pJ


@many
@given(case=cases(actions=False))
def test_a_condition_of_density_one_changes_nothing(case: Case) -> None:
    """Gating everything on a tensor without zeros leaves the case as it is."""
    names = [part.level for part in case.mapping.levels]
    actions = tuple(saf(where, "skipping", target, "AB".replace(target, "")) for where in names for target in "ABZ"
                    if target in case.mapping.level(where).keep)
    full = case.with_densities({"A": 1.0, "B": 1.0})
    assert counts_of(evaluated(full.with_sparse(actions=actions))) == counts_of(evaluated(full))


@many
@given(case=cases(densities=(0.0,), formats=False, options=False))
def test_nothing_moves_where_all_conditions_are_zero(case: Case) -> None:
    """What is gated or skipped on zeros alone is not read and, for partial sums, not updated; levels inside get nothing.

    A condition that Timeloop drops (behind a shared dimension in space, see test_conventions.py) is no example.
    """
    assume(all(not part.spatial_x and not part.spatial_y for part in case.mapping.levels))
    counts = counts_of(evaluated(case))
    order = [part.level for part in case.mapping.levels]
    for action in case.architecture.sparse.actions:
        at_target = counts[action.level, action.target]
        assert (at_target.reads, at_target.updates) == (0, 0)
        for inner in order[order.index(action.level) + 1:]:
            if (inner, action.target) in counts:
                assert not nonzero(counts[inner, action.target])
