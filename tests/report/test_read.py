"""Reading results back."""

from __future__ import annotations

import json

import pytest
from report.results import network

from snnhw.errors import SpecError
from snnhw.report.folder import json_text
from snnhw.report.read import read_result


def test_a_result_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "result.json"
    file.write_text(json_text(network()))
    text = json_text(read_result(file))
    file.write_text(text)
    assert json_text(read_result(file)) == text


@pytest.mark.parametrize(("where", "key"), [(("totals", "energy_pJ"), "totals.energy_pJ"), (("layers", 0, "cycles"), "layers.0.cycles")])
def test_a_figure_that_does_not_follow_from_the_others_is_an_error(tmp_path, where, key):
    """It was changed by hand, or cut together from two results."""
    record = json.loads(json_text(network()))
    holder = record
    for step in where[:-1]:
        holder = holder[step]
    holder[where[-1]] *= 2
    file = tmp_path / "result.json"
    file.write_text(json.dumps(record))
    with pytest.raises(SpecError, match=rf"{key}: seen .*, which follows from the mappings' figures; it was changed by hand"):
        read_result(file)
