"""The study's tables, from results that are made up, and their figures."""

import io
import json
import re

import pytest

import snnhw
from snnhw.errors import SpecError
from snnhw.study import reproduce as module
from snnhw.study.claims import mean_error, right_orders
from snnhw.study.data import read_fit
from snnhw.study.networks import networks
from snnhw.study.points import Measured, Results, formats_of
from snnhw.study.reproduce import Study, tables_of, write_study
from snnhw.study.show import show_study
from snnhw.study.tables import crossover, published_energy, uncompressed_energy


@pytest.fixture(scope="module")
def results():
    """What is published wherever something is, 14,000 uJ elsewhere; the bitmask 10 % above what is published."""
    points = {}
    for network in networks():
        for weights, spikes in formats_of(network):
            energy, cycles = published_energy().get((network.bits, weights), (14_000.0, 1000))
            if weights == "none":
                energy = uncompressed_energy()[network.bits, spikes]
            elif network.method != "quantisation":
                energy = 14_000.0
            energy *= 1.1 if weights == "UB" else 1.0
            points[network.name, weights, spikes] = Measured(energy_uJ=energy, cycles=cycles, edp_Js=energy * cycles * 1e-15,
                                                             components={"DRAM": energy}, computes=2e7)
    return Results(points=points)


@pytest.fixture(scope="module")
def tables(results):
    return tables_of(networks(), results)


def named(tables, name):
    return next(table for table in tables if table.name == name)


def records(table):
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_the_error_is_the_mean_over_all_bits_and_formats(results):
    assert mean_error(results) == pytest.approx(0.1 / 4)


def test_the_order_of_formats_is_that_of_their_energies(results):
    assert right_orders(results) == (2, 3, 4, 6, 8)
    swapped = {**results.points, ("w8", "UB", "UB"): results.of("w8", "UOP")}
    swapped["w8", "UOP", "UOP"] = results.of("w8", "UB")
    assert right_orders(Results(points=swapped)) == (2, 3, 4, 6)


def test_what_is_not_published_is_an_empty_cell(tables):
    pruned = [row for row in records(named(tables, "sparsity")) if row["method"] == "pruning"]
    assert len(pruned) == 36
    assert all(row["published uJ"] is None and row["ratio"] is None for row in pruned)
    assert ",," in named(tables, "sparsity").csv.splitlines()[-1]


def test_claims_are_computed_from_the_points(tables):
    by_claim = {row["claim"]: row for row in records(named(tables, "claims"))}
    ratio = by_claim["energy of 80 % pruning over ternary"]
    assert (ratio["kind"], ratio["ours"], ratio["agrees"]) == ("predicted", pytest.approx(14_000 / 9593), "yes")
    most = by_claim["most bits at which compressing weights pays"]
    assert (most["ours"], most["published"], most["agrees"]) == (3.0, 4.0, "yes")


def test_published_lines_cross_where_straight_lines_between_them_meet():
    assert crossover((2, 4), (1.0, 3.0), (2.0, 2.0)) == pytest.approx(3.0)
    assert crossover((2, 4), (3.0, 3.0), (2.0, 2.0)) is None
    assert crossover((2, 4), (1.0, 1.0), (2.0, 2.0)) is None


def test_a_breakdown_adds_up_to_its_total(tables):
    *parts, total = records(named(tables, "breakdown"))
    assert sum(row["8 bit pJ"] for row in parts) == pytest.approx(total["8 bit pJ"])
    assert total["published ternary pJ"] == pytest.approx(654.3)


def test_points_without_a_published_accuracy_are_on_no_front(tables):
    rows = records(named(tables, "accuracy"))
    assert {row["energy front"] for row in rows if row["published accuracy"] is None} == {None}
    assert [row["network"] for row in rows if row["method"] == "quantisation" and row["energy front"] == "front"] == ["w2"]


def test_the_same_tables_give_the_same_bytes_and_whole_files(tables, tmp_path):
    pytest.importorskip("matplotlib")
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        files = write_study(tables, read_fit(), folder, ("svg",))
        assert sorted(files) == sorted(file.name for file in folder.iterdir())
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    assert json.loads((tmp_path / "a" / "study.json").read_text())["study"] == "iscas23"


@pytest.mark.parametrize("output_format", ["table", "csv", "json"])
def test_tables_fit_into_eighty_columns_and_are_whole_in_csv_and_json(tables, tmp_path, output_format):
    text = io.StringIO()
    show_study(Study(folder=tmp_path, points=1, tables=tables), output_format, text)
    if output_format == "table":
        assert max(map(len, text.getvalue().splitlines())) <= 80
        assert "..." not in text.getvalue()
        assert "cum40" in text.getvalue()
        assert re.search(r"^\| w2 +\| +\S+ \| RLE \|", text.getvalue(), re.MULTILINE)
    elif output_format == "json":
        assert list(json.loads(text.getvalue())) == [table.name for table in tables]
    else:
        assert text.getvalue().count("\n# ") == len(tables) - 1


def test_an_unknown_study_is_refused(tmp_path):
    with pytest.raises(SpecError, match=r"^reproduce: seen iscas99, expected one of iscas23$"):
        snnhw.reproduce("iscas99", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_matplotlib_the_extra_is_named_before_anything_is_evaluated(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    monkeypatch.setattr(module, "evaluated", None)
    with pytest.raises(SpecError, match=r"pip install 'snnhw\[figures\]'"):
        snnhw.reproduce("iscas23", tmp_path / "out")
