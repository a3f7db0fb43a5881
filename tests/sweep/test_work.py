"""Evaluating one point: what becomes of it, errors among that."""

from snnhw.sweep.keys import Sources
from snnhw.sweep.point import Point
from snnhw.sweep.work import evaluate_point


def test_a_point_without_energies_at_its_technology_says_variable_file_and_line(tmp_path):
    """Such as one of a plan of which another machine takes the node."""
    point = Point(arch="tiny_snn", stats="mnist_784_400", mapper="quick", variables=(("technology", "180nm"),))
    outcome = evaluate_point(Sources(tmp_path).work(point))
    assert (outcome.status, outcome.exit_code) == ("failed", 2)
    assert outcome.error == ("variables technology=180nm: tiny_snn:7: variables.technology: seen 180 nm, expected 7 to 65 nm; "
                             "give an energy reference table (ERT) for other nodes")
