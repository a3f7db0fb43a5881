"""The model counts what an executed loop nest counts.

The simulator (tests/simulator) runs iteration by iteration and knows no formula for reuse. It runs all iterations where that must give
Timeloop's counts (no sliding window, or no loop of more than two iterations), else those that Timeloop runs.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from simulator import SimulatedCounts, SimulatedLevel, SimulatedTensor, SimulatedTransfers, simulate
from simulator.strategies import Case, cases, reference_of

from snnhw.model import evaluate
from snnhw.model.result import Evaluation, NetworkTransfers, TensorCounts, TransferCounts

exhaustive = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def evaluated(case: Case) -> Evaluation:
    return evaluate(case.architecture, case.problem, case.mapping, reference_of(case.architecture))


@exhaustive
@given(case=cases(sliding=False))
def test_without_sliding_windows_the_model_counts_what_all_iterations_count(case: Case) -> None:
    assert differences(evaluated(case), simulate(case.architecture, case.problem, case.mapping)) == []


@exhaustive
@given(case=cases(sliding=True, largest=2))
def test_with_loops_of_two_the_model_counts_what_all_iterations_count(case: Case) -> None:
    assert differences(evaluated(case), simulate(case.architecture, case.problem, case.mapping)) == []


@exhaustive
@given(case=cases(sliding=True))
def test_with_sliding_windows_the_model_counts_what_the_first_two_iterations_say(case: Case) -> None:
    assert differences(evaluated(case), simulate(case.architecture, case.problem, case.mapping, iterations="two")) == []


@exhaustive
@given(case=cases(divide=False))
def test_with_shorter_last_passes_the_model_counts_what_the_first_and_last_iterations_say(case: Case) -> None:
    assert differences(evaluated(case), simulate(case.architecture, case.problem, case.mapping, iterations="two")) == []


def differences(model: Evaluation, counted: SimulatedCounts) -> list[str]:
    """Every figure in which the two are not the same."""
    levels = {level.name: level for level in model.levels}
    networks = {network.name: network for network in model.networks}
    slack = max(_slack_of_cycles(level) for level in counted.levels)
    found = _unequal("cycles", model.cycles, counted.cycles, slack)
    found += _unequal("computes", model.levels[0].computes, counted.computes)
    for level in counted.levels:
        found += _unequal(f"{level.name}.cycles", levels[level.name].cycles, level.cycles, _slack_of_cycles(level))
        for tensor in set(level.tensors) | set(levels[level.name].tensors):
            found += _stored(f"{level.name}.{tensor}", levels[level.name].tensors.get(tensor, TensorCounts()), level.tensors.get(tensor))
    for network in counted.networks:
        for tensor, transfers in network.tensors.items():
            mine = networks.get(network.name, NetworkTransfers(name=network.name)).tensors.get(tensor, TransferCounts())
            found += _transferred(f"{network.name}.{tensor}", mine, transfers)
    return found


def _slack_of_cycles(level: SimulatedLevel) -> float:
    """Where words are not whole before they are rounded, doubles may round to another one: 3 counts, of at most 2 cycles a word."""
    return 0 if all(tensor.is_integral for tensor in level.tensors.values()) else 6 * len(level.tensors)


def _stored(where: str, model: TensorCounts, counted: SimulatedTensor | None) -> list[str]:
    names = ("reads", "fills", "updates", "tile_size")
    if counted is None:
        return [text for name in names for text in _unequal(f"{where}.{name}", getattr(model, name), 0)]
    slack = 0 if counted.is_integral else 1
    found = _unequal(f"{where}.instances", model.instances, counted.instances)
    return found + [text for name in names for text in _unequal(f"{where}.{name}", getattr(model, name), getattr(counted, name), slack)]


def _transferred(where: str, model: TransferCounts, counted: SimulatedTransfers) -> list[str]:
    names = ("ingresses", "hops", "link_transfers", "spatial_reductions")
    return [text for name in names for text in
            _unequal(f"{where}.{name}", getattr(model, name), float(getattr(counted, name)), 1e-9 * float(abs(counted.ingresses) + 1))]


def _unequal(where: str, model: float, counted: float, slack: float = 0.0) -> list[str]:
    return [] if abs(model - counted) <= slack else [f"{where}: model {model}, counted {counted}"]
