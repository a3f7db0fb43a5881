"""When the first two iterations of each loop say what all of them do: the claims of the simulator's package, tried."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulator import SimulatedCounts, simulate
from simulator.machine import Iterations, Machine, Visit, two_iterations
from simulator.nest import nest_of
from simulator.strategies import Case, cases, ranks

from snnhw.spec.architecture import Architecture, Compute, StorageLevel
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem, Tensor

many = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def all_and_two(case: Case) -> tuple[SimulatedCounts, SimulatedCounts]:
    """Counts of all and of two iterations; `distinct` needs all, so it is left out, and hops are sums of floats, so they are rounded."""
    return tuple(_comparable(simulate(case.architecture, case.problem, case.mapping, iterations=which))  # type: ignore[return-value]
                 for which in ("all", "two"))


def _comparable(counts: SimulatedCounts) -> SimulatedCounts:
    levels = tuple(replace(level, tensors={name: replace(t, distinct=Fraction(0)) for name, t in level.tensors.items()})
                   for level in counts.levels)
    networks = tuple(replace(network, tensors={name: replace(t, hops=round(t.hops, 12)) for name, t in network.tensors.items()})
                     for network in counts.networks)
    return replace(counts, levels=levels, networks=networks)


@many
@given(case=cases(largest=2))
def test_two_iterations_are_all_where_no_loop_has_more(case: Case) -> None:
    every, two = all_and_two(case)
    assert every == two


@many
@given(case=cases(sliding=False))
def test_two_iterations_say_all_where_no_window_slides(case: Case) -> None:
    every, two = all_and_two(case)
    assert every == two


def test_with_a_sliding_window_they_may_not() -> None:
    problem = Problem(name="window", dimensions=("P", "R"), bounds={"P": 3, "R": 2}, tensors=(
        Tensor(name="Inputs", projection=ranks("P+R")), Tensor(name="Outputs", projection=ranks("P"), read_write=True)))
    keep = frozenset({"Inputs", "Outputs"})
    mapping = Mapping(levels=(LevelMapping(level="L0", keep=keep, temporal=(Loop(dimension="R", bound=2), Loop(dimension="P", bound=3))),
                              LevelMapping(level="L1", keep=keep)))
    storage = tuple(StorageLevel(name=name, class_name="SRAM") for name in ("L0", "L1"))
    architecture = Architecture(name="two levels", storage=storage, compute=Compute(name="mac", class_name="intmac"))
    every, two = all_and_two(Case(architecture=architecture, problem=problem, mapping=mapping))
    assert (every.level("L0").tensors["Inputs"].reads, two.level("L0").tensors["Inputs"].reads) == (6, 5)


@many
@given(case=cases(divide=False))
def test_all_operations_run_even_if_passes_are_cut_short(case: Case) -> None:
    assert simulate(case.architecture, case.problem, case.mapping).computes == case.problem.operations


@many
@given(case=cases())
def test_what_the_children_fetch_is_what_the_parent_serves_and_what_neighbours_give(case: Case) -> None:
    nest = nest_of(case.architecture, case.problem, case.mapping)
    machine = Machine(nest, case.problem, "all", link_transfers=True)
    machine.run()
    for outer, inner in zip(machine.ledgers, machine.holdings[1:], strict=False):
        for tensor in machine.tensors:
            given_out = sum(words * size for ledgers in outer.values() for (size, _), (words, _) in ledgers[tensor].records.items())
            taken = sum(ledgers[tensor].links for ledgers in outer.values())
            assert given_out + taken == sum(holding[tensor].fetched for holding in inner.values())


@many
@given(case=cases())
def test_the_reads_that_are_not_made_are_the_different_words_that_an_instance_sees(case: Case) -> None:
    counts = simulate(case.architecture, case.problem, case.mapping)
    for level in counts.levels:
        if "Outputs" in level.tensors:
            assert level.tensors["Outputs"].partition_size == level.tensors["Outputs"].distinct


@many
@given(case=cases(), iterations=st.sampled_from(["all", "two"]))
def test_without_links_no_word_comes_from_a_neighbour(case: Case, iterations: Iterations) -> None:
    counts = simulate(case.architecture, case.problem, case.mapping, iterations=iterations, link_transfers=False)
    assert not any(t.link_transfers for network in counts.networks for t in network.tensors.values())


def test_the_iterations_that_run_stand_for_all() -> None:
    for count in range(1, 9):
        for last, last_but_one in ((False, False), (True, False), (True, True)):
            visits = list(two_iterations(count, last, last_but_one))
            assert sum(visit.stands_for for visit in visits) == count
            assert sum(visit.deliveries for visit in visits) == count
            assert [visit.iteration for visit in visits] == sorted({visit.iteration for visit in visits})


def test_the_last_iterations_run_where_they_are_shorter() -> None:
    assert list(two_iterations(5, True, False)) == [Visit(0), Visit(1, 3, 4), Visit(4, 1, 0)]
    assert list(two_iterations(5, True, True)) == [Visit(0), Visit(1, 2, 3), Visit(3, 1, 0), Visit(4, 1, 1)]
    assert list(two_iterations(3, True, True)) == [Visit(0), Visit(1), Visit(2)]


@many
@given(case=cases())
def test_a_loop_of_one_iteration_changes_nothing(case: Case) -> None:
    once = tuple(Loop(dimension=dimension, bound=1) for dimension in case.problem.dimensions)
    padded = Mapping(levels=tuple(replace(level, temporal=once + level.temporal) for level in case.mapping.levels))
    assert simulate(case.architecture, case.problem, padded) == simulate(case.architecture, case.problem, case.mapping)
