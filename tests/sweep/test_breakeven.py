"""Break-even sparsities: on a machine with known costs, and once on the model."""

import io
import json
from types import SimpleNamespace

import pytest

import snnhw
from snn_workload import Layer, LayerDensities, Linear, Run
from snnhw.errors import SpecError
from snnhw.sweep import breakeven as module
from snnhw.sweep.show_breakeven import show_breakeven

RUN = Run(name="two", time_steps=1, entries=(Layer(name="a", kind=Linear(C=4, M=2), densities=LayerDensities()),
                                             Layer(name="b", kind=Linear(C=2, M=2), densities=LayerDensities())))
METADATA = {"RLE": 4, "UB": 1}


def evaluate(arch, run, *, variables, **settings):
    """A machine whose energy is the bits of its weights, with metadata for each that is kept (RLE) or for all (UB), and whose cycles are
    the weights that are not skipped."""
    (layer,) = run.entries
    words, bits, kept = layer.kind.C * layer.kind.M, layer.bits.weights, layer.densities.weights.mean
    one = variables["weight_format"]
    energy = {"none": bits, "RLE": (bits + 4) * kept, "UB": bits * kept + 1}[one] * words
    return SimpleNamespace(energy_pJ=float(energy), cycles=words * (1.0 if one == "none" else kept), interrupted=False)


@pytest.fixture
def found(monkeypatch):
    monkeypatch.setattr(module, "evaluate", evaluate)
    return snnhw.breakeven("eyeriss_snn", RUN, bits=(1, 8), formats=("RLE", "UB"), resolution=0.01)


def test_the_sparsity_is_where_the_costs_meet(found):
    """RLE saves energy where (bits + 4) (1 - s) < bits, UB where bits s > 1."""
    expected = {(8, "RLE"): 4 / 12, (8, "UB"): 1 / 8, (1, "RLE"): 4 / 5}
    for row in found.rows:
        if row.metric == "energy" and (row.bits, row.format) in expected:
            assert row.verdict == "from"
            assert row.below <= expected[row.bits, row.format] <= row.sparsity <= row.below + 0.01 + 1e-9
    assert {row.layer for row in found.rows} == {"a", "b", "total"}


def test_a_mask_as_wide_as_the_weight_never_pays_in_energy(found):
    assert {row.verdict for row in found.rows if (row.bits, row.format, row.metric) == (1, "UB", "energy")} == {"never"}


def test_skipping_saves_time_from_the_first_zero_on(found):
    assert all(row.verdict == "from" and row.sparsity <= 0.01 for row in found.rows if row.metric == "latency")


def test_csv_has_a_line_for_each_answer_and_json_all_of_them(found):
    csv_text, json_text, table = io.StringIO(), io.StringIO(), io.StringIO()
    show_breakeven(found, "csv", csv_text)
    show_breakeven(found, "json", json_text)
    show_breakeven(found, "table", table)
    assert len(csv_text.getvalue().splitlines()) == 1 + len(found.rows)
    assert len(json.loads(json_text.getvalue())["rows"]) == len(found.rows)
    assert "never" in table.getvalue()
    assert max(map(len, table.getvalue().splitlines())) <= 80


def test_an_architecture_without_the_variable_says_what_it_needs():
    with pytest.raises(SpecError, match=r"^tiny_snn: variables: seen no weight_format, expected a variable that says how weights are"):
        snnhw.breakeven("tiny_snn", RUN)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(SpecError) as error:
        snnhw.breakeven("eyeriss_snn", RUN, bits=(0,), formats=("zip",), metrics=("heat",), resolution=0.0,
                        variables={"weight_format": "RLE"})
    assert [one.file for one in error.value.findings] == ["--set weight_format", "--bits", "--formats", "--metric", "--resolution"]


@pytest.mark.slow
def test_processes_give_the_same_answers_on_the_model():
    tiny = Run(name="one", time_steps=1, entries=(Layer(name="a", kind=Linear(C=4, M=2), densities=LayerDensities()),))
    given = {"bits": (8,), "formats": ("RLE", "UB"), "metrics": ("energy",), "resolution": 0.25}
    assert snnhw.breakeven("eyeriss_snn", tiny, jobs=2, **given) == snnhw.breakeven("eyeriss_snn", tiny, **given)
