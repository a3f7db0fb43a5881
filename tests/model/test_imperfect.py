"""Mappings whose factors do not divide. Random ones are held against the simulator in test_against_simulator.py."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from model.cases import architecture, at, fmt, level, level_of, loops, mapping, matmul, nonzero, problem, run, saf, sparse, tensor
from model.kernels import inputs
from simulator.strategies import Case, cases

from snnhw.model.imperfect import is_imperfect, run_imperfect
from snnhw.model.kernel import run as run_kernel
from snnhw.model.passes import passes_of

TWO = (level("DRAM", dram=True), level("Buf"))
COPY = problem("P8", tensor("A", "P"), tensor("Z", "P", output=True))


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(case=cases())
def test_where_factors_divide_both_ways_to_count_say_the_same(case: Case) -> None:
    plan, sparse_plan, nest, complete = inputs(case.architecture, case.problem, case.mapping)
    bounds = np.array([case.problem.bounds[dimension] for dimension in case.problem.dimensions])
    closed_form = run_kernel(plan, sparse_plan, nest, complete, True)
    walked = run_imperfect(plan, sparse_plan, nest, complete, passes_of(case.mapping, nest), bounds)
    for name, one, other in zip(closed_form._fields, closed_form, walked, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, err_msg=name)


def test_a_last_pass_is_a_loop_of_its_own_length_only_if_it_is_shorter():
    assert not is_imperfect(mapping(loops("DRAM", "P4", keep="AZ"), loops("Buf", "P2,2", keep="AZ")))
    assert is_imperfect(mapping(loops("DRAM", "P4", keep="AZ"), loops("Buf", "P2,1", keep="AZ")))


def test_every_operation_is_counted_once_but_cycles_are_those_of_full_passes():
    """3 + 3 + 2 of P: eight words pass through a buffer of three, in 3 * 3 cycles."""
    found = run(architecture(*TWO), COPY, mapping(loops("DRAM", "P3", keep="AZ"), loops("Buf", "P3,2", keep="AZ")))
    assert level_of(found, "mac").computes == 8
    assert found.cycles == 9
    assert at(found, "DRAM", "A").tile_size == 8
    assert at(found, "Buf", "A").tile_size == 3
    # Timeloop lets the second tile stand for the third here, which is a word shorter.
    assert nonzero(at(found, "DRAM", "A")) == {"reads": 9}
    assert nonzero(at(found, "Buf", "A")) == {"reads": 8, "fills": 9}


def test_an_array_is_full_but_for_the_last_pass():
    """Buffers for three of P: in the last pass two of them work. Each word goes to one buffer, so the array is sent eight."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(3, 1)), macs=(3, 1))
    found = run(arch, COPY, mapping(loops("DRAM", "P3", x="P3,2", keep="AZ"), loops("Buf", keep="AZ")))
    assert nonzero(at(found, "DRAM", "A")) == {"reads": 8}
    assert at(found, "Buf", "A").instances == int(8 / 3)
    assert found.networks[0].tensors["A"].ingresses == 8
    # The first buffer computes in all three passes; times two buffers in use on average.
    assert level_of(found, "mac").computes == 3 * 2


def test_the_last_pass_needs_no_room_of_its_own():
    """A buffer for three words of each tensor holds all passes; no tile is larger than its tensor either."""
    arch = architecture(level("DRAM", dram=True), level("Buf", depth=6))
    assert run(arch, COPY, mapping(loops("DRAM", "P3", keep="AZ"), loops("Buf", "P3,2", keep="AZ"))).cycles == 9
    whole = architecture(level("DRAM", dram=True), level("Buf", depth=16))
    assert at(run(whole, COPY, mapping(loops("DRAM", keep="AZ"), loops("Buf", "P3 P3,2", keep="AZ"))), "Buf", "A").tile_size == 8


NEST = mapping(loops("DRAM", "M2 K2 N2", keep="ABZ"), loops("Buf", "M4,3 N3,2 K3,1", keep="ABZ"))
BOUNDS = "M7 N5 K4"


@pytest.mark.parametrize("follow_faults", [False, True])
@pytest.mark.parametrize("kind", ["gating", "skipping"])
def test_a_dense_condition_saves_nothing(kind, follow_faults):
    prob = matmul(BOUNDS)
    dense = run(architecture(*TWO), prob, NEST)
    found = run(architecture(*TWO, sparse=sparse(saf("Buf", kind, "B", "A"), compute=[kind])), prob, NEST, follow_faults=follow_faults)
    assert found == dense


@pytest.mark.parametrize("model", ["fixed_structured", "hypergeometric"])
@pytest.mark.parametrize("follow_faults", [False, True])
def test_what_is_skipped_takes_no_energy_but_its_time(model, follow_faults):
    """Half of A is zero: its words are not moved, its operations not made, and the cycles stay those of full passes."""
    prob = matmul(BOUNDS, a=0.5, model=model)
    dense = run(architecture(*TWO), prob, NEST)
    saving = sparse(fmt("DRAM", "A", "CP CP", "MNK"), fmt("Buf", "A", "CP", "MNK"), saf("Buf", "skipping", "B", "A"), compute=["skipping"])
    found = run(architecture(*TWO, sparse=saving), prob, NEST, follow_faults=follow_faults)
    assert level_of(found, "mac").computes == level_of(dense, "mac").computes / 2
    assert level_of(found, "mac").cycles == level_of(dense, "mac").cycles == 2 * 2 * 2 * 4 * 3 * 3
    assert at(found, "Buf", "B").skipped_reads == at(dense, "Buf", "B").reads // 2
    assert at(found, "Buf", "A").reads < at(dense, "Buf", "A").reads
    assert at(found, "DRAM", "A").metadata_reads > 0


def test_time_grows_with_the_loops_not_with_two_to_their_number():
    """24 loops, all but the outermost ones cut, so that Timeloop would visit up to 4^24 tiles."""
    covered = 365  # of each dimension: 2 outside, then five times 3,2
    arch = architecture(level("L0", dram=True), *(level(f"L{i}") for i in range(1, 6)))
    prob = problem(f"P{covered} R{covered} M{covered} C{covered}", tensor("A", "P+R", "C"), tensor("B", "R", "C", "M"),
                   tensor("Z", "P", "M", output=True))
    parts = [loops("L0", "P2 R2 M2 C2", keep="ABZ"), *(loops(f"L{i}", "C3,2 P3,2 M3,2 R3,2", keep="ABZ") for i in range(1, 6))]
    began = perf_counter()
    assert level_of(run(arch, prob, mapping(*parts)), "mac").computes == covered ** 4
    assert perf_counter() - began < 60
