"""From which point on something holds: by hand, and against asking everywhere."""

import random

from snnhw.sweep.crossing import crossing

GRID = (0.0, 0.25, 0.5, 0.75, 1.0)


def test_a_threshold_is_found_to_the_resolution():
    source = random.Random(1)
    for _ in range(200):
        threshold = source.uniform(0.001, 0.999)
        found = crossing(lambda x: x >= threshold, GRID, 0.01)  # noqa: B023
        assert found.verdict == "from"
        assert found.below < threshold <= found.value <= found.below + 0.01 + 1e-9


def test_what_always_holds_begins_at_the_first_point():
    assert crossing(lambda x: True, GRID, 0.01).verdict == "always"
    assert crossing(lambda x: True, GRID, 0.01).value == 0.0


def test_what_does_not_hold_at_the_last_point_never_holds():
    found = crossing(lambda x: x < 0.9, GRID, 0.01)
    assert (found.verdict, found.value, found.islands) == ("never", None, (0.0, 0.25, 0.5, 0.75))


def test_what_holds_and_then_stops_counts_from_where_it_holds_for_good():
    found = crossing(lambda x: x <= 0.25 or x > 0.6, GRID, 0.125)
    assert (found.verdict, found.below, found.value) == ("from", 0.5, 0.625)
    assert found.islands == (0.0, 0.25)


def test_no_point_is_asked_twice():
    asked = []
    crossing(lambda x: bool(asked.append(x)) or x > 0.3, GRID, 0.01)
    assert len(asked) == len(set(asked))
