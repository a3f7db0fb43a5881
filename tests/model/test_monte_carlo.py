"""The sparse model's expectations are those of random tensors that are really packed and really run through the loop nest.

A count may be off by one word an instance for each step of the model that rounds to whole words (two at most in these cases), and by
four standard errors of the measured mean. The seed is fixed, so a test gives the same answer every time.

Where the model follows a convention of Timeloop's that is not the expectation, see test_conventions.py and docs/fidelity_sparse_notes.md.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from model.cases import architecture, fmt, level, level_of, loops, mapping, matmul, run, saf, sparse, totals
from model.strategies import Case, cases
from sparse_simulator import simulate

from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.sparse import SparseOptimizations

ALL = "MNK"
NEST = mapping(loops("DRAM", "M2 N2 K2", keep="ABZ"), loops("Buf", "M4 N4 K4", keep="ABZ"))
ROUNDINGS = 2


def tiny(found: SparseOptimizations) -> Architecture:
    """Two levels, one word a row."""
    return architecture(level("DRAM", dram=True), level("Buf"), sparse=found)


def disagreements(arch: Architecture, prob: Problem, nest: Mapping, draws: int = 3000) -> list[str]:
    """Counts of the model that are too far from what is measured. Reads of partial sums are left out: see docs/fidelity_sparse_notes.md."""
    evaluation = run(arch, prob, nest)
    compute = evaluation.levels[0]
    model = {**totals(evaluation), ("", "", "computes"): compute.computes, ("", "", "gated_computes"): compute.gated_computes,
             ("", "", "skipped_computes"): compute.skipped_computes}
    outputs = {tensor.name for tensor in prob.tensors if tensor.read_write}
    found = []
    for key, measured in simulate(arch, prob, nest, draws=draws).items():
        where, name, action = key
        if name in outputs and action.endswith("reads"):
            continue
        instances = max(1.0, level_of(evaluation, where).tensors[name].instances) if where else 1.0
        if abs(model[key] - measured.mean) > ROUNDINGS * instances + 4 * measured.error:
            found.append(f"{where} {name} {action}: model {model[key]:.3f}, measured {measured.mean:.3f} +- {measured.error:.3f}")
    return found


@pytest.mark.parametrize("model", ["hypergeometric", "fixed_structured"])
@pytest.mark.parametrize("ranks", ["UB", "B", "CP", "RLE"])
@pytest.mark.parametrize("density", [0.25, 0.5, 1.0])
def test_formats(ranks: str, model: str, density: float) -> None:
    """Words and metadata of each format are those of packed tiles, at the level of the whole tensor (two ranks) and at its tiles (one)."""
    arch = tiny(sparse(fmt("DRAM", "A", f"{ranks} {ranks}", ALL), fmt("Buf", "A", ranks, ALL)))
    assert disagreements(arch, matmul("M8 N8 K8", a=density, model=model), NEST) == []


@pytest.mark.parametrize("ranks", ["UB", "CP", "RLE", "B"])
def test_formats_of_tiles_that_are_often_empty(ranks: str) -> None:
    """Tiles without a non-zero are not sent; those that are sent hold more than their share."""
    arch = tiny(sparse(fmt("DRAM", "A", f"{ranks} {ranks}", ALL), fmt("Buf", "A", ranks, ALL)))
    found = disagreements(arch, matmul("M8 N8 K8", a=0.05, model="hypergeometric"), NEST)
    assert [line for line in found if line.startswith("Buf") or " reads" in line] == []


@pytest.mark.parametrize("inner", ["B", "CP", "RLE"])
@pytest.mark.parametrize("outer", ["UOP", "UB", "B", "CP", "RLE"])
def test_formats_of_two_ranks(outer: str, inner: str) -> None:
    """A rank of one format over a rank of another, where every fibre holds something."""
    arch = tiny(sparse(fmt("DRAM", "A", f"{outer} {inner}", ALL), fmt("Buf", "A", inner, ALL)))
    assert disagreements(arch, matmul("M8 N8 K8", a=0.25, model="fixed_structured"), NEST) == []


LEADERS = [
    ("B", "A", "Buf"), ("B", "A", "DRAM"), ("B", "A", "DRAM Buf"), ("A", "B", "Buf"), ("A", "B", "DRAM"), ("A", "B", "DRAM Buf"),
    ("Z", "A", "Buf"), ("Z", "AB", "Buf"), ("Z", "A", "DRAM"), ("Z", "AB", "DRAM"), ("Z", "AB", "DRAM Buf"),
]


@pytest.mark.parametrize("model", ["hypergeometric", "fixed_structured"])
@pytest.mark.parametrize("kind", ["gating", "skipping"])
@pytest.mark.parametrize(("follower", "leaders", "where"), LEADERS)
def test_gating_and_skipping(follower: str, leaders: str, where: str, kind: str, model: str) -> None:
    """Accesses stop where every word of a leader is zero that they would meet: a tile at the outer level, a word at the inner one."""
    arch = tiny(sparse(*(saf(name, kind, follower, leaders) for name in where.split())))  # type: ignore[arg-type]
    assert disagreements(arch, matmul("M8 N8 K8", a=0.05, b=0.07, model=model), NEST) == []


def test_two_operands_that_skip_on_each_other() -> None:
    """Each stops where the other is zero, at tiles and at words; an operation is left where both are there."""
    both = [saf(where, "skipping", *pair) for where in ("DRAM", "Buf") for pair in (("A", "B"), ("B", "A"))]
    for compute in ([], ["gating"], ["skipping"]):
        arch = tiny(sparse(*both, compute=compute))  # type: ignore[arg-type]
        assert disagreements(arch, matmul("M8 N8 K8", a=0.05, b=0.1, model="hypergeometric"), NEST) == []


@pytest.mark.parametrize("formats", ["", "A", "AB"])
@pytest.mark.parametrize("compute", [["gating"], ["skipping"], ["gating", "skipping"]])
@pytest.mark.parametrize("skips", ["", "Buf", "DRAM"])
def test_computes(formats: str, compute: list[str], skips: str) -> None:
    """An operation happens, is gated or skipped by what its operands are; a zero in a format is absent, else it is there."""
    parts = [part for name in formats for part in (fmt("DRAM", name, "RLE RLE", ALL), fmt("Buf", name, "RLE", ALL))]
    actions = [saf(skips, "skipping", "B", "A")] if skips else []
    arch = tiny(sparse(*parts, *actions, compute=compute))  # type: ignore[arg-type]
    found = disagreements(arch, matmul("M8 N8 K8", a=0.1, b=0.3, model="hypergeometric"), NEST)
    assert [line for line in found if line.startswith("  ")] == []


@pytest.mark.parametrize("kind", ["gating", "skipping"])
def test_a_compressed_operand_that_follows(kind: str) -> None:
    """What is stopped is that share of the non-zeros, and of their metadata."""
    arch = tiny(sparse(fmt("DRAM", "A", "RLE RLE", ALL), fmt("Buf", "A", "RLE", ALL), saf("Buf", kind, "A", "B")))  # type: ignore[arg-type]
    assert disagreements(arch, matmul("M8 N8 K8", a=0.5, b=0.2, model="hypergeometric"), NEST) == []


SPACE = [
    ("M2 N2", "M2 N2 K4", "N4", "B", "A"),
    ("M2 N2 K2", "M2 N2 K2", "N2", "A", "B"),
    ("M2 K2", "M2 N4 K2", "M4", "B", "A"),
    ("K4 N2", "N2 K2 M4", "M4", "Z", "A"),
]


@pytest.mark.parametrize(("outside", "inside", "space", "follower", "leaders"), SPACE)
def test_gating_over_a_fanout(outside: str, inside: str, space: str, follower: str, leaders: str) -> None:
    """A word sent to several buffers at once stops where none of them needs it."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(int(space[1:]), 1)), macs=(int(space[1:]), 1),
                        sparse=sparse(saf("DRAM", "skipping", follower, leaders), saf("Buf", "gating", follower, leaders)))
    nest = mapping(loops("DRAM", outside, x=space, keep="ABZ"), loops("Buf", inside, keep="ABZ"))
    bounds = dict.fromkeys("MNK", 1)
    for text in (outside, inside, space):
        for word in text.split():
            bounds[word[0]] *= int(word[1:])
    prob = matmul(" ".join(f"{d}{n}" for d, n in bounds.items()), a=0.04, b=0.04, model="hypergeometric")
    assert disagreements(arch, prob, nest) == []


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(case=cases(formats=False, spatial=False, rows=(1,), options=False, densities=(0.1, 0.25, 0.5, 0.75)))
def test_any_nest_in_time(case: Case) -> None:
    """Any order of temporal loops over up to three levels, any gating and skipping in which inner conditions refine outer ones."""
    assume(case.problem.operations <= 400)
    assume(case.architecture.sparse.actions)
    assume(all(len(rank) == 1 and rank[0].coefficient == 1 for tensor in case.problem.tensors for rank in tensor.projection))
    assume(_refine(case) and _every_move_has_a_loop(case))
    hypergeometric = matmul(" ".join(f"{d}{n}" for d, n in case.problem.bounds.items()), model="hypergeometric",
                            **{t.name.lower(): t.density.value for t in case.problem.tensors if not t.read_write})
    assert disagreements(case.architecture, hypergeometric, case.mapping, draws=500) == []


def _refine(case: Case) -> bool:
    """All levels that gate or skip a tensor do so on the same tensors."""
    conditions: dict[str, set[tuple[str, ...]]] = {}
    for action in case.architecture.sparse.actions:
        conditions.setdefault(action.target, set()).add(action.condition_on)
    return all(len(found) == 1 for found in conditions.values())


def _every_move_has_a_loop(case: Case) -> bool:
    """Each level that gates or skips a tensor has a loop over it, above the next keeper inside."""
    for action in case.architecture.sparse.actions:
        levels = list(case.mapping.levels)
        at = [part.level for part in levels].index(action.level)
        inner = [i for i in range(at + 1, len(levels)) if action.target in levels[i].keep]
        between = levels[at:inner[0]] if inner else []
        relevant = case.problem.tensor(action.target).dimensions()
        if inner and not any(loop.dimension in relevant and loop.bound > 1 for part in between for loop in part.temporal):
            return False
    return True
