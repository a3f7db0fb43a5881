"""What causality costs, with an engine that finds at once."""

from dataclasses import replace

import pytest
from engines.small import QuickEngine, arch_file, layer, run_of

from snnhw.engines import evaluate as module
from snnhw.engines.causality import compare_causality
from snnhw.engines.evaluate import evaluate
from snnhw.errors import SpecError


class Dearer(QuickEngine):
    """Under `strict` twice the energy and three times the cycles."""

    def search(self, architecture, problem, constraints, reference, config, progress=None):
        found = super().search(architecture, problem, constraints, reference, config, progress)
        if config.causality != "strict":
            return found
        return replace(found, evaluation=replace(found.evaluation, energy_pJ=2 * found.evaluation.energy_pJ,
                                                 cycles=3 * found.evaluation.cycles))


@pytest.fixture
def engine(monkeypatch):
    quick = Dearer()
    monkeypatch.setattr(module, "engine_named", lambda name: quick)
    return quick


@pytest.fixture
def arch(tmp_path):
    return arch_file(tmp_path)


def test_each_policy_gives_the_result_that_it_gives_alone(engine, arch):
    """In the order that was asked for; the first is the one that is shown."""
    run = run_of(layer("a"), layer("b", M=6))
    both = compare_causality(arch, run, policies=("strict", "free"), seed=3)
    assert both.policies == ("strict", "free")
    assert both.results == tuple(evaluate(arch, run, causality=policy, seed=3) for policy in both.policies)
    assert both.first is both.results[0]
    assert not both.interrupted


def test_figures_are_shares_of_those_under_free(engine, arch):
    """Of each layer and of the network."""
    run = run_of(layer("a"), layer("b", M=6))
    both = compare_causality(arch, run, policies=("strict", "free"))
    strict, free = both.figures("strict"), both.figures("free")
    assert [one.layer for one in strict] == ["a", "b", "total"]
    for one, other in zip(strict, free, strict=True):
        assert one.cycles_to_free == one.cycles / other.cycles == 3
        assert one.energy_to_free == pytest.approx(one.energy_pJ / other.energy_pJ)
        assert one.edp_to_free == pytest.approx(3 * one.energy_to_free)
        assert (other.energy_to_free, other.cycles_to_free, other.edp_to_free) == (1, 1, 1)
    assert strict[-1].edp_Js == both.first.edp_Js
    assert strict[0].edp_Js == pytest.approx(strict[0].energy_pJ * 1e-12 * strict[0].cycles * 2e-9)


def test_without_free_there_are_no_shares(engine, arch):
    """Figures all the same."""
    figures = compare_causality(arch, run_of(), policies=("strict", "layer")).figures("layer")
    assert {(one.energy_to_free, one.cycles_to_free, one.edp_to_free) for one in figures} == {(None, None, None)}


def test_all_three_are_the_default(engine, arch):
    """Strict first."""
    assert compare_causality(arch, run_of()).policies == ("strict", "layer", "free")


@pytest.mark.parametrize(("policies", "seen"), [((), "nothing"), (("free", "free"), "free, free"), (("free", "lax"), "free, lax")])
def test_policies_that_there_are_not_are_refused(engine, arch, policies, seen):
    """Before anything is searched."""
    with pytest.raises(SpecError) as caught:
        compare_causality(arch, run_of(), policies=policies)
    assert str(caught.value) == f"causality: seen {seen}, expected some of strict, layer, free, each once"
    assert engine.asked == []


def test_an_interrupt_leaves_the_results_that_are_whole(engine, arch):
    """And the first in any case."""
    run = run_of(layer("a"), layer("b", M=6))
    engine.interrupted_at = 4
    ended = compare_causality(arch, run, policies=("strict", "free", "layer"), cache=False)
    assert (ended.policies, ended.interrupted, len(ended.first.layers)) == (("strict",), True, 2)
    engine.asked.clear()
    engine.interrupted_at = 2
    ended = compare_causality(arch, run, policies=("strict", "free"), cache=False)
    assert (ended.policies, ended.interrupted, len(ended.first.layers)) == (("strict",), True, 1)
