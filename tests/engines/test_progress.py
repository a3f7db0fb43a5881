"""How far an evaluation is."""

from dataclasses import dataclass

import pytest
from engines.small import QuickEngine, arch_file, layer, run_of

from snnhw.engines import evaluate as module
from snnhw.engines.causality import compare_causality
from snnhw.engines.evaluate import evaluate
from snnhw.engines.progress import Progress
from snnhw.errors import SearchError
from snnhw.search import SearchProgress
from snnhw.spec.mapper import MapperConfig, Product


@dataclass(frozen=True)
class Bounded:
    """What a search that knows a bound tells."""

    evaluated: int = 500
    budget: int = 1000
    seconds: float = 0.25
    best_energy_pJ: float = 10.0
    best_cycles: int = 4
    lower_bound: float = 20.0


class Telling(QuickEngine):
    steps = (SearchProgress(evaluated=100, budget=1000, seconds=0.1), Bounded())

    def search(self, *inputs):
        for step in self.steps:
            inputs[5](step)
        return super().search(*inputs)


@pytest.fixture
def engine(monkeypatch):
    telling = Telling()
    monkeypatch.setattr(module, "engine_named", lambda name: telling)
    return telling


@pytest.fixture
def arch(tmp_path):
    return arch_file(tmp_path)


def heard(arch, **more):
    steps = []
    evaluate(arch, run_of(layer("a"), layer("b", M=6)), progress=steps.append, **more)
    return steps


def test_each_layer_is_begun_told_of_and_done(engine, arch):
    """With its place among the layers."""
    steps = heard(arch)
    assert [(step.layer, step.index, step.layers, step.evaluated, step.done) for step in steps] == [
        ("layer a", 0, 2, 0, False), ("layer a", 0, 2, 100, False), ("layer a", 0, 2, 500, False), ("layer a", 0, 2, 1, True),
        ("layer b", 1, 2, 0, False), ("layer b", 1, 2, 100, False), ("layer b", 1, 2, 500, False), ("layer b", 1, 2, 1, True)]


def test_the_best_so_far_and_its_gap_are_told(engine, arch):
    """EDP in J*s with the clock of 2 ns; the gap is that of the first metric."""
    _, nothing, bounded, done = heard(arch)[:4]
    assert (nothing.edp_Js, nothing.gap) == (None, None)
    assert bounded.edp_Js == pytest.approx(10e-12 * 4 * 2e-9)
    assert bounded.gap == pytest.approx(1 - 20 / 40)
    assert done.edp_Js > 0
    for metric, gap in (("energy", 0.0), (Product(energy=1, cycles=2), 1 - 20 / 160)):
        assert heard(arch, mapper=MapperConfig(metrics=(metric,)))[2].gap == pytest.approx(gap)


def test_layers_from_the_cache_are_done_at_once(engine, arch):
    """Nothing else is told of them."""
    heard(arch)
    assert [(step.layer, step.done) for step in heard(arch)] == [("layer a", True), ("layer b", True)]


def test_a_layer_that_fails_is_done_too(engine, arch):
    """So that a bar over several inputs comes to its end."""
    engine.raises = SearchError("too small")
    steps = []
    with pytest.raises(SearchError, match=r"^layer a: too small$"):
        evaluate(arch, run_of(), progress=steps.append)
    assert steps[-1].done


def test_policies_of_causality_are_one_row_of_layers(engine, arch):
    """With the policy before the layer."""
    steps = []
    compare_causality(arch, run_of(layer("a"), layer("b", M=6)), policies=("strict", "free"), progress=steps.append)
    assert [(step.layer, step.index, step.layers) for step in steps if step.done] == [
        ("strict: layer a", 0, 4), ("strict: layer b", 1, 4), ("free: layer a", 2, 4), ("free: layer b", 3, 4)]


def test_shares_and_rates():
    """Of what is known."""
    def step(**said):
        return Progress(layer="a", index=0, layers=1, **said)

    assert (step(evaluated=30, seconds=0.5).per_second, step(evaluated=30).per_second) == (60, 0)
    assert [one.share for one in (step(evaluated=30, budget=120), step(evaluated=30), step(evaluated=9, budget=3), step(done=True))] == [
        0.25, 0, 1, 1]


@pytest.mark.slow
def test_searches_in_processes_of_their_own_are_told_of_too(arch):
    """While they run."""
    steps = []
    run = run_of(layer("a", C=64, M=64), layer("b", C=64, M=48))
    evaluate(arch, run, mapper=MapperConfig(max_evaluations=30_000), jobs=2, progress=steps.append)
    assert "layer a" in {step.layer for step in steps if step.evaluated and not step.done}
    assert [step.layer for step in steps if step.done] == ["layer a", "layer b"]
