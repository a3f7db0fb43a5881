"""The real Timeloop, where it is here: `pytest -m timeloop`. Where it is not, these are skipped."""

import subprocess
from pathlib import Path

import pytest

from snnhw.engines.evaluate import evaluate
from snnhw.engines.export_timeloop import export_timeloop
from snnhw.engines.interface import engine_named
from snnhw.engines.timeloop_find import find_programs
from snnhw.engines.verify import figures_of, verify
from snnhw.errors import EngineError
from snnhw.model import evaluate as model
from snnhw.report.folder import write_result
from snnhw.report.read import read_result
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.timeloop_input import read_timeloop_input

ROOT = Path(__file__).parents[2]


def is_here():
    try:
        programs = find_programs()
    except EngineError:
        return False
    return programs.model is not None and programs.mapper is not None


pytestmark = [pytest.mark.timeloop, pytest.mark.skipif(not is_here(), reason="the real Timeloop is not here (snnhw doctor)")]
DENSE = {"spike_format": "none", "saf": "none"}


SUITES = ("dense", "snn", "sparse", "imperfect")


@pytest.mark.parametrize("case", [f"{suite}/{number:03d}" for suite in SUITES for number in range(0, 60, 6)])
def test_it_says_of_the_golden_inputs_what_our_model_says(case):
    given = read_timeloop_input([ROOT / f"tests/golden/{case}.yaml"], "model")
    ours = model(given.architecture, given.problem, given.mapping, given.reference, follow_faults=True)
    theirs = engine_named("timeloop").evaluate(given.architecture, given.problem, given.mapping, given.reference)
    assert [figure for figure in figures_of(case, ours, theirs) if figure.difference > 1e-4] == []


@pytest.mark.parametrize("settings", [{}, DENSE], ids=["sparse", "dense"])
def test_it_searches_a_layer_and_its_figures_are_ours_at_that_mapping(tmp_path, settings):
    config = MapperConfig(max_evaluations=60, max_seconds=120)
    done = evaluate("eyeriss_snn", "mnist_784_400", mapper=config, variables=settings, engine="timeloop", cache=False)
    write_result(done, tmp_path / "out")
    result = read_result(tmp_path / "out")
    (layer,) = result.layers
    assert layer.search.evaluated >= 60
    from snnhw.engines.remaking import remade

    architecture, reference = remade(result).of(layer)
    ours = model(architecture, layer.problem, layer.mapping, reference)
    assert layer.evaluation.energy_pJ == pytest.approx(ours.energy_pJ, rel=1e-3)
    assert layer.evaluation.cycles == pytest.approx(ours.cycles, rel=1e-3)


def test_what_is_exported_runs_as_it_is(tmp_path):
    result = evaluate("tiny_snn", "mnist_784_400", mapper=MapperConfig(max_evaluations=200), cache=False)
    exported = export_timeloop("tiny_snn", "mnist_784_400", mapper=MapperConfig(max_evaluations=20), result=result)
    assert set(exported.files) == {("fc", "mapper"), ("fc", "model")}
    for (_, kind), text in exported.files.items():
        folder = tmp_path / kind
        folder.mkdir()
        (folder / "given.yaml").write_text(text)
        program = find_programs().mapper if kind == "mapper" else find_programs().model
        done = subprocess.run([str(program), "given.yaml"], cwd=folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (folder / f"timeloop-{kind}.stats.txt").stat().st_size


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, DENSE], ids=["sparse", "dense"])
def test_the_flagship_is_within_a_thousandth_on_all_layers(tmp_path, settings):
    write_result(evaluate("eyeriss_snn", "tcja_dvs_gesture/w8", variables=settings, mapper="quick"), tmp_path / "out")
    verification = verify(read_result(tmp_path / "out"))
    assert verification.failures == ()
    assert len([figure for figure in verification.figures if figure.kind == "energy"]) == 11
    assert [figure for figure in verification.figures if figure.kind in ("energy", "cycles") and figure.difference > 1e-3] == []
