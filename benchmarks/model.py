"""Evaluations a second on one core, dense and sparse, of the flagship's layers.

The two are timed in turn, so that their ratio holds on a noisy machine.

    .venv/bin/python benchmarks/model.py [--layer Conv2] [--seconds 2]

A mapping is evaluated as the search does it: the compiled model on loops that are built already. Prints medians over the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time

from numba import njit

from snn_workload import read_run
from snnhw.energy import estimate
from snnhw.model.encoding import encode, encode_complete
from snnhw.model.kernel import run
from snnhw.model.plan import make_plan
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.search import search
from snnhw.spec.load import load_architecture, load_mapper
from snnhw.spec.resolution import resolve

MACHINES = {
    "dense": {"weight_format": "none", "spike_format": "none", "saf": "none"},
    "sparse": {"weight_format": "RLE", "spike_format": "RLE", "saf": "skipping"},
}


@njit(error_model="numpy")
def repeat(plan, sparse, nest, complete, times):
    """Evaluates one mapping so many times; the sum keeps the compiler from leaving it out."""
    total = 0.0
    for _ in range(times):
        total += run(plan, sparse, nest, complete, True).energy_pJ[0, 0]
    return total


def inputs(layer_name: str) -> dict[str, tuple]:
    """Arguments of `repeat` for the dense and the sparse machine, at one mapping that fits both."""
    layer = {layer.name: layer for layer in read_run("tcja_dvs_gesture/w2").layers}[layer_name]
    problem = layer.problem(20)
    mapping = None
    found = {}
    for name, variables in reversed(MACHINES.items()):
        machine = load_architecture("eyeriss_snn", variables)
        reference = estimate(machine)
        if mapping is None:
            levels = tuple(level.name for level in machine.storage)
            constraints = resolve(machine.constraints, problem).with_more(layer.causality("strict", levels, problem))
            mapping = search(machine, problem, constraints, reference, load_mapper("quick")).mapping
        plan = make_plan(machine, problem, reference)
        complete = encode_complete(problem, mapping, plan.columns * plan.rows > 1)
        found[name] = (plan, make_sparse_plan(machine, problem), encode(problem, mapping), complete)
    return found


def rates(arguments: dict[str, tuple], seconds: float, rounds: int = 9) -> dict[str, list[float]]:
    """Evaluations a second of each machine, round by round."""
    for one in arguments.values():
        repeat(*one, 1)
    result: dict[str, list[float]] = {name: [] for name in arguments}
    for _ in range(rounds):
        for name, one in arguments.items():
            done, start = 0, time.perf_counter()
            while time.perf_counter() - start < seconds / rounds:
                repeat(*one, 200)
                done += 200
            result[name].append(done / (time.perf_counter() - start))
    return result


def main() -> None:
    """Prints mappings per second and core, dense and sparse, and the median of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layer", default="Conv2")
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    measured = rates(inputs(options.layer), options.seconds)
    for name, values in measured.items():
        print(f"{name:6} {statistics.median(values):10,.0f} mappings per second and core")
    ratio = statistics.median(d / s for d, s in zip(measured["dense"], measured["sparse"], strict=True))
    print(f"a sparse evaluation costs {ratio:.2f} times a dense one")


if __name__ == "__main__":
    main()
