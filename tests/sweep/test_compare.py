"""Results side by side."""

from dataclasses import dataclass, replace
from io import StringIO

import pytest
from report.results import UJ, layer, network

from snnhw.errors import SpecError
from snnhw.report.folder import write_result
from snnhw.sweep.compare import compare_results
from snnhw.sweep.show import show_comparison


def one(name, group, comparison):
    return next(line for line in comparison.of(group) if line.name == name)


def test_totals_components_tensors_and_layers_stand_side_by_side_with_their_ratios():
    first, second = network(layer("a"), layer("b")), network(layer("a", scale=2.0), layer("c", scale=3.0, cycles=300))
    comparison = compare_results([first, second])
    energy = one("energy", "total", comparison)
    assert energy.values == pytest.approx((50 * UJ, 125 * UJ))
    assert energy.ratios == pytest.approx((1.0, 2.5))
    assert one("cycles", "total", comparison).ratios == (1.0, 2.0)
    assert one("EDP", "total", comparison).ratios == pytest.approx((1.0, 5.0))
    assert one("DRAM", "component", comparison).values == pytest.approx((22 * UJ, 55 * UJ))
    assert one("Weights", "tensor", comparison).values == pytest.approx((12 * UJ, 30 * UJ))
    assert one("a", "layer", comparison).ratios == pytest.approx((1.0, 2.0))


def test_what_a_result_lacks_has_no_figure_and_no_ratio():
    comparison = compare_results([network(layer("a")), network(layer("b"))])
    assert one("a", "layer", comparison).values == (pytest.approx(25 * UJ), None)
    assert one("b", "layer", comparison).ratios == (None, None)


def test_every_group_of_parts_adds_up_to_the_total():
    comparison = compare_results([network(layer("a"), layer("b")), network(layer("a", scale=0.3))])
    for group in ("component", "tensor", "layer"):
        for i, total in enumerate(one("energy", "total", comparison).values):
            assert sum(line.values[i] or 0.0 for line in comparison.of(group)) == pytest.approx(total)


def test_three_results_are_each_held_against_the_first():
    results = [network(layer("a", scale=scale)) for scale in (2.0, 1.0, 4.0)]
    assert one("energy", "total", compare_results(results)).ratios == pytest.approx((1.0, 0.5, 2.0))


def test_results_are_read_from_files_and_folders(tmp_path):
    write_result(network(layer("a")), tmp_path / "one")
    write_result(network(layer("a", scale=2.0)), tmp_path / "two")
    comparison = compare_results([tmp_path / "one", tmp_path / "two" / "result.json"])
    assert one("energy", "total", comparison).ratios == pytest.approx((1.0, 2.0))


@dataclass(frozen=True)
class Judged:
    energy_lower: str
    energy: float
    edp_lower: str
    edp: float


def test_how_sure_an_order_is_stands_beside_it_where_somebody_says_so():
    """Each result is judged against the first."""
    first, *others = [network(layer("a", scale=scale)) for scale in (2.0, 1.0, 4.0)]

    def judge(a, b):
        assert a is first
        return Judged("first" if a.energy_pJ < b.energy_pJ else "second", 0.9, "second", 0.75)

    comparison = compare_results([first, *others], judge)
    assert [order.energy_lower for order in comparison.orders] == ["second", "first"]
    assert compare_results([first, *others]).orders == ()


def test_one_result_is_too_few():
    with pytest.raises(SpecError, match="compare: seen 1 result, expected at least two"):
        compare_results([network(layer("a"))])


def test_a_name_that_is_no_result_is_an_error(tmp_path):
    with pytest.raises(SpecError, match=r"nowhere: seen No such file or directory, expected a result\.json"):
        compare_results([replace(network(layer("a"))), tmp_path / "nowhere"])


def test_a_table_that_is_too_wide_comes_in_parts_and_cuts_no_number():
    results = [network(layer("a", scale=scale, cycles=123_456_789)) for scale in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)]
    file = StringIO()
    show_comparison(compare_results(results), "table", (), file)
    shown = file.getvalue()
    assert shown.count("123,456,789") == 7
    assert [name for name in ("B/A", "C/A", "D/A", "E/A", "F/A", "G/A") if name not in shown] == []
    assert max(map(len, shown.splitlines())) <= 80


def test_an_interrupted_result_is_said_to_lack_layers():
    file = StringIO()
    show_comparison(compare_results([network(layer("a")), replace(network(layer("a")), interrupted=True)]), "table", (), file)
    assert "B was interrupted: it lacks layers" in file.getvalue()
