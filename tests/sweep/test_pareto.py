"""Fronts and knees, against the definition and by hand."""

import random
from xml.etree import ElementTree

import pytest

from snnhw.errors import SpecError
from snnhw.look.plot import draw_front
from snnhw.sweep.keys import Sources
from snnhw.sweep.owners import Owner
from snnhw.sweep.pareto import Candidate, pareto_front, ranked
from snnhw.sweep.point import Outcome, Point
from snnhw.sweep.store import Store

POINTS = {0: (1.0, 0.5), 1: (2.0, 0.8), 2: (4.0, 0.9), 3: (3.0, 0.7), 4: (2.0, 0.8), 5: (5.0, 0.9), 6: (9.0, None)}
"""Energy and accuracy by seed. 0, 1, 2 and 4 are on the front (1 and 4 are equal), 3 and 5 are not; 6 has no accuracy."""


def candidates(pairs):
    return [Candidate(key=str(i), inputs={}, values=(x, y)) for i, (x, y) in enumerate(pairs)]


@pytest.fixture
def folder(tmp_path):
    """A sweep of the points above, and one that failed."""
    with Store(tmp_path / "out", create=True) as store:
        owner, sources = Owner(store.folder), Sources(tmp_path)
        for seed, (energy, accuracy) in [*POINTS.items(), (7, (0.0, 1.0))]:
            work = sources.work(Point(arch="tiny_snn", stats="mnist_784_400", seed=seed, variables=(("weight_bits", 8 + seed % 2),)))
            store.register([(work.point, work.key)])
            store.finish(Outcome(key=work.key, status="failed" if seed == 7 else "done", error="no" if seed == 7 else "",
                                 figures={} if seed == 7 else {"energy_pJ": energy, "accuracy": accuracy}), work, owner)
        owner.close()
    return tmp_path / "out"


def seeds(points):
    return [one.inputs.get("seed", 0) for one in points]


def test_names_without_a_unit_are_those_of_an_optimisation(folder):
    named, full = (pareto_front(folder, name, "accuracy", maximize=[name], where=f"{name} > 1.5") for name in ("energy", "energy_pJ"))
    assert named == full
    assert (named.figures, named.maximized, len(named.points)) == (("energy_pJ", "accuracy"), ("energy_pJ",), 5)
    assert (named.left_out, named.failed) == (1, 1)


def test_the_front_has_what_nothing_beats_and_more_accuracy_is_better(folder):
    front = pareto_front(folder, "energy_pJ", "accuracy")
    assert seeds(front.front) == [0, 1, 4, 2]
    assert seeds(one for one in front.points if not one.on_front) == [3, 5]
    assert (front.maximized, front.left_out, front.failed) == (("accuracy",), 1, 1)


def test_the_knee_is_farthest_from_the_line_between_the_ends(folder):
    """Scaled to the ends, 1 lies at (1/3, 1/4 from the better end): below the line by 1 - 1/3 - 1/4."""
    assert seeds([pareto_front(folder, "energy_pJ", "accuracy").knee]) == [1]


def test_less_of_both_is_better_of_other_figures(folder):
    front = pareto_front(folder, "energy_pJ", "weight_bits")
    assert seeds(front.front) == [0]
    assert front.knee is None


def test_what_is_maximized_can_be_said(folder):
    front = pareto_front(folder, "energy_pJ", "accuracy", maximize=("energy_pJ",))
    assert seeds(front.front) == [5, 3, 0]  # most energy for the least accuracy


def test_points_can_be_chosen(folder):
    front = pareto_front(folder, "energy_pJ", "accuracy", where="weight_bits == 8 and energy_pJ < 5")
    assert sorted(seeds(front.points)) == [0, 2, 4]


@pytest.mark.parametrize("signs", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
def test_the_front_is_that_of_the_definition(signs):
    """Against all pairs, with many equal figures among them."""
    source = random.Random(5)
    points = candidates((source.randrange(12), source.randrange(12)) for _ in range(150))

    def beats(a, b):
        costs = [(sign * one, sign * other) for sign, one, other in zip(signs, (a.x, a.y), (b.x, b.y), strict=True)]
        return all(one <= other for one, other in costs) and any(one < other for one, other in costs)

    found = {one.key for one in ranked(points, signs) if one.on_front}
    assert found == {b.key for b in points if not any(beats(a, b) for a in points)}
    assert 0 < len(found) < 150


def test_the_front_of_three_figures_is_that_of_the_definition():
    source = random.Random(6)
    points = [Candidate(key=str(i), inputs={}, values=tuple(source.randrange(8) for _ in range(3))) for i in range(150)]

    def beats(a, b):
        costs = [(sign * one, sign * other) for sign, one, other in zip((1, -1, 1), a.values, b.values, strict=True)]
        return all(one <= other for one, other in costs) and any(one < other for one, other in costs)

    listed = list(ranked(points, (1, -1, 1)))
    found = {one.key for one in listed if one.on_front}
    assert found == {b.key for b in points if not any(beats(a, b) for a in points)}
    assert 0 < len(found) < 150
    assert not any(one.is_knee for one in listed)


def test_the_front_of_one_figure_is_its_best_points():
    listed = list(ranked([Candidate(key=str(i), inputs={}, values=(value,)) for i, value in enumerate((3, 1, 2, 1))], (1,)))
    assert [(one.key, one.on_front) for one in listed] == [("1", True), ("3", True), ("2", False), ("0", False)]


@pytest.mark.parametrize("pairs", [[], [(1, 1)], [(1, 2), (2, 1)], [(0, 4), (2, 2), (4, 0)], [(0, 4), (3, 3), (4, 0)]])
def test_a_front_that_is_straight_short_or_bulges_outwards_has_no_knee(pairs):
    assert not any(one.is_knee for one in ranked(candidates(pairs)))


def test_a_name_that_no_point_has_is_an_error(folder):
    with pytest.raises(SpecError, match=r'edp_Js: seen no point that has it, expected one of accuracy, energy_pJ, seed, weight_bits'):
        pareto_front(folder, "edp", "accuracy")
    with pytest.raises(SpecError, match=r"--maximize: seen cycles, expected one of energy_pJ, accuracy"):
        pareto_front(folder, "energy_pJ", "accuracy", maximize=("cycles",))
    with pytest.raises(SpecError, match=r"--where: seen 'enerjy > 1': enerjy is not defined"):
        pareto_front(folder, "energy_pJ", "accuracy", where="enerjy > 1")


def test_figures_are_the_same_bytes_each_time_and_show_all_points(folder, tmp_path):
    pytest.importorskip("matplotlib")
    front = pareto_front(folder, "energy_pJ", "accuracy")
    for name in ("front.svg", "front.png", "front.pdf"):
        draw_front(front, tmp_path / name)
        before = (tmp_path / name).read_bytes()
        draw_front(front, tmp_path / name)
        assert (tmp_path / name).read_bytes() == before
    text = (tmp_path / "front.svg").read_text()
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert all(f"<!-- {word} -->" in text for word in ("energy (\N{MICRO SIGN}J)", "accuracy", "front", "dominated", "knee"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["front.pdf", "front.png", "front.svg", "out"]


def test_a_figure_of_an_unknown_format_is_an_error(folder, tmp_path):
    with pytest.raises(SpecError, match=r"front\.bmp: seen the suffix \.bmp, expected one of \.pdf, \.svg, \.png"):
        draw_front(pareto_front(folder, "energy_pJ", "accuracy"), tmp_path / "front.bmp")
