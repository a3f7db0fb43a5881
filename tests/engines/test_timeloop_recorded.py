"""The parser, and the meaning of failures, on what the real programs wrote (tests/golden/timeloop: NVlabs/timeloop 4cf6d4c)."""

import gzip
import math
import shutil
from pathlib import Path

import pytest
import yaml

from snnhw.engines.timeloop_answer import evaluation_of
from snnhw.engines.timeloop_errors import failure_of
from snnhw.engines.timeloop_form import timeloop_form
from snnhw.engines.timeloop_progress import MapperProgress
from snnhw.engines.timeloop_run import Run
from snnhw.engines.timeloop_stats import read_stats
from snnhw.engines.timeloop_xml import with_exact_figures
from snnhw.engines.verify import figures_of
from snnhw.errors import CapacityError, EngineError, SearchError
from snnhw.model import evaluate
from snnhw.spec.timeloop_input import read_timeloop_input

GOLDEN = Path(__file__).parents[1] / "golden/timeloop"
ANSWERED = ("model-dense", "model-sparse", "mapper-dense", "mapper-sparse", "mapper-interrupted")


def program_of(name):
    return f"timeloop-{name.split('-')[0]}"


def text_of(name, file):
    path = GOLDEN / name / f"{program_of(name)}.{file}"
    return gzip.decompress(path.with_name(path.name + ".gz").read_bytes()).decode() if file.endswith("xml") else path.read_text()


def input_of(name):
    files = [GOLDEN / name / "input.yaml"]
    if name.startswith("mapper"):
        files.append(GOLDEN / name / "timeloop-mapper.map.yaml")
    return read_timeloop_input(files, "model")


def answer(name):
    given = input_of(name)
    form = timeloop_form(given.architecture, given.problem, given.reference, mapping=given.mapping)
    stats = with_exact_figures(read_stats(text_of(name, "stats.txt")), text_of(name, "map+stats.xml"), given.problem)
    return given, evaluation_of(form, stats)


@pytest.mark.parametrize("name", ANSWERED)
def test_every_figure_of_the_real_one_is_read_and_is_that_of_our_model(name):
    given, theirs = answer(name)
    ours = evaluate(given.architecture, given.problem, given.mapping, given.reference, follow_faults=True)
    figures = list(figures_of("", ours, theirs))
    assert len(figures) > 60
    assert [figure for figure in figures if figure.difference > 1e-5] == []
    assert theirs.utilization == pytest.approx(ours.utilization)
    assert [level.name for level in theirs.levels] == [level.name for level in ours.levels]
    for mine, other in zip(ours.levels, theirs.levels, strict=True):
        assert {t: (c.tile_size, c.instances) for t, c in other.tensors.items()} == {
            t: (c.tile_size, pytest.approx(c.instances, abs=0.01)) for t, c in mine.tensors.items()}


def test_the_sum_is_that_of_its_parts_and_what_timeloop_prints():
    _, theirs = answer("model-sparse")
    parts = [level.energy_pJ + level.leakage_pJ for level in theirs.levels]
    parts += [tensor.energy_pJ for network in theirs.networks for tensor in network.tensors.values()]
    assert theirs.energy_pJ == pytest.approx(math.fsum(parts), rel=1e-12)
    assert theirs.energy_pJ == pytest.approx(12288 * 8934.67 / 1000, rel=1e-5)  # its own fJ/Algorithmic-Compute
    assert theirs.cycles == 24730


def test_energies_that_accelergy_was_asked_for_are_those_of_its_table():
    """Its placeholder estimator says 1 pJ for each action and nothing for leakage."""
    table = yaml.safe_load((GOLDEN / "model-accelergy/timeloop-model.ERT.yaml").read_text())["ERT"]["tables"]
    energies = {one["name"].split(".")[1].split("[")[0]: {a["name"]: a["energy"] for a in one["actions"]} for one in table}
    assert energies["GLB"] == {"read": 1.0, "write": 1.0, "update": 1.0, "leak": 0.0}
    stats = read_stats((GOLDEN / "model-accelergy/timeloop-model.stats.txt").read_text())
    blocks = {block.name: block for block in stats.levels}
    assert set(energies) == set(blocks)
    assert blocks["mac"].number("Energy (total)") == blocks["mac"].number("Computes (total)") * energies["mac"]["compute"]
    words = {"GLB": 8, "RF": 1, "DRAM": 8}
    for name, row in words.items():
        for tensor in blocks[name].tensors:
            counts = [blocks[name].number(f"Scalar {action} (per-instance)", tensor) for action in ("reads", "fills", "updates")]
            rows = sum(math.ceil(count / row) for count in counts)
            assert blocks[name].number("Energy (per-instance)", tensor) == rows


def test_energies_have_the_digits_of_the_xml():
    given = input_of("model-dense")
    text = read_stats(text_of("model-dense", "stats.txt"))
    exact = with_exact_figures(text, text_of("model-dense", "map+stats.xml"), given.problem)
    shown = [block.number("Energy (total)", tensor) for block in text.levels for tensor in block.tensors]
    full = [block.number("Energy (total)", tensor) for block in exact.levels for tensor in block.tensors]
    assert full == pytest.approx(shown, abs=0.00501)
    assert full != shown


@pytest.mark.parametrize("lines", [0, 5, 60, 400, -60])
def test_stats_that_are_cut_off_are_told(lines):
    whole = text_of("model-sparse", "stats.txt").splitlines()
    with pytest.raises(EngineError, match="the results of timeloop are cut off"):
        read_stats("\n".join(whole[:lines]))


def test_xml_lacks_its_last_tag_and_is_read_all_the_same():
    text = text_of("model-dense", "map+stats.xml")
    assert not text.rstrip().endswith("</boost_serialization>")
    given = input_of("model-dense")
    stats = read_stats(text_of("model-dense", "stats.txt"))
    assert with_exact_figures(stats, text, given.problem) == with_exact_figures(stats, text + "</boost_serialization>", given.problem)
    with pytest.raises(EngineError, match="is cut off or damaged"):
        with_exact_figures(stats, text[:len(text) // 2], given.problem)


def test_without_xml_the_text_is_enough():
    stats = read_stats(text_of("model-dense", "stats.txt"))
    assert with_exact_figures(stats, None, input_of("model-dense").problem) is stats


def test_the_xml_of_another_mapping_is_told():
    stats = read_stats(text_of("model-dense", "stats.txt"))
    with pytest.raises(EngineError, match=r"has 10 levels, its stats have 4"):
        with_exact_figures(stats, text_of("model-sparse", "map+stats.xml"), input_of("model-sparse").problem)


def test_a_part_that_is_not_read_is_noticed():
    given = input_of("model-dense")
    form = timeloop_form(given.architecture, given.problem, given.reference, mapping=given.mapping)
    text = text_of("model-dense", "stats.txt")
    printed = next(line for line in text.splitlines() if line.startswith("Energy: "))
    with pytest.raises(EngineError, match=r"add up to .* pJ, its sum is 5,000,000 pJ"):
        evaluation_of(form, read_stats(text.replace(printed, "Energy: 5.00 uJ")))


def run_of(name, tmp_path, ended_by="itself"):
    folder = tmp_path / name
    shutil.copytree(GOLDEN / name, folder)
    return Run(program=program_of(name), folder=folder, status=int((folder / "status").read_text()), seconds=1.0, ended_by=ended_by)


@pytest.mark.parametrize("name", ANSWERED)
def test_a_run_with_results_is_no_failure(name, tmp_path):
    assert failure_of(run_of(name, tmp_path), f"{program_of(name)}.stats.txt", 60) is None


@pytest.mark.parametrize(("name", "kind", "said"), [
    ("model-does-not-fit", CapacityError, "says that the mapping does not fit: couldn't map level L0: mapped tile size 9 exceeds"),
    ("model-assertion", EngineError, "Assertion `false' failed. (a tensor that is uncompressed at an outer level and"),
    ("model-unknown-dimension", EngineError, "(std::out_of_range: a compressed tile in rows of other than 1, 2, 4, 8,"),
    ("mapper-out-of-range", EngineError, "timeloop-mapper was ended by SIGABRT: terminate called after throwing an instance of"),
    ("model-without-accelergy", EngineError, "timeloop-model ended without results, after Accelergy failed; its folder is kept"),
    ("mapper-nothing-fits", SearchError, "timeloop-mapper found no valid mapping within its budget (search_size, timeout)"),
])
def test_each_failure_of_the_real_one_has_its_error(name, kind, said, tmp_path):
    error = failure_of(run_of(name, tmp_path), f"{program_of(name)}.stats.txt", 60)
    assert type(error) is kind
    assert said in str(error)
    assert f"its folder is kept: {tmp_path / name}" in str(error)
    assert "neither block size nor cluster size" not in str(error)


def test_what_the_real_mapper_says_on_the_way_is_heard():
    told = []
    progress = MapperProgress(40, 4096, told.append)
    for line in (GOLDEN / "mapper-dense/stderr.log").read_text().splitlines():
        progress(line, 0.5)
    assert progress.ended_by == "budget"
    assert progress.best_cycles in (4194304, 5242880, 8388608)
    assert told[-1].budget == 40
    assert told[-1].best_energy_pJ == pytest.approx(4096 * {4194304: 16.909, 5242880: 9.557, 8388608: 8.508}[progress.best_cycles])
