"""What is printed: complete, and within 80 columns."""

import io
from dataclasses import replace

import pytest
from report.results import layer, network

from snnhw.model.result import SearchReport
from snnhw.report.quantities import microjoules, percent, seconds, significant
from snnhw.report.show import show_outcomes, show_result
from snnhw.report.table import fits, grouped_notes, print_result, print_rows, search_lines


def printed(result):
    text = io.StringIO()
    print_result(result, text)
    return text.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_piped_table_is_ascii_within_80_columns_and_says_everything():
    text = printed(network())
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
    for said in ("net on chip", "fc1", "fc2", "25.00", "DRAM 44.0%", "Weights", "neuron updates", "27.00", "EDP 2.025e-11 J*s",
                 "note: densities are assumed", "note: fc1: its inputs are pixels"):
        assert said in text


def test_the_totals_are_in_the_last_row_of_the_layers():
    rows = [line for line in printed(network()).splitlines() if line.startswith("| total")]
    assert [cell.strip() for cell in rows[0].split("|")[1:-1]] == ["total", "27.00", "150", "2.025e-11", "", ""]


def test_long_names_are_folded_and_not_cut():
    name = "block3.residual.branch2.depthwise_separable_convolution"
    text = printed(network(layer(name), layer("b")))
    assert max(map(len, text.splitlines())) <= 80
    assert name in "".join(line.split("|")[1].strip() if line.startswith("|") else "" for line in text.splitlines())


def test_markup_and_control_characters_in_names_are_only_text():
    text = printed(network(layer("[red]x[/red]\x1b[31m"), layer("ä")))
    assert "[red]x[/red]" in text
    assert "\x1b" not in text
    assert "| ? " in text


def test_a_terminal_gets_lines_of_its_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    text = Terminal()
    print_result(network(), text)
    assert max(map(len, text.getvalue().splitlines())) <= 80
    assert "╭" in text.getvalue()


def test_an_interrupted_result_says_so():
    assert printed(network(layer(), interrupted=True)).startswith("net on chip (interrupted: not all layers)")


def test_where_no_layer_was_done_there_are_no_figures():
    assert printed(replace(network(interrupted=True), layers=())) == "net on chip (interrupted: no layer done)\n"


def test_a_network_without_layers_prints_its_total():
    assert "| total |" in printed(replace(network(), layers=()))


def test_notes_of_several_layers_stand_once():
    layers = [layer("a", notes=("x", "y")), layer("b", notes=("x",)), layer("c", notes=("x", "y"))]
    assert list(grouped_notes(network(*layers))) == ["densities are assumed", "all layers: x", "a, c: y"]


def searched(*reports):
    return network(*(replace(layer(f"fc{i}"), search=report) for i, report in enumerate(reports)))


def test_a_line_says_how_good_the_mappings_are():
    def report(**said):
        return SearchReport(evaluated=9, pruned=1, seconds=1.0, objective=4.0, **said)

    proven, bounded, wide, open_ = report(optimal=True), report(lower_bound=3.0), report(lower_bound=1.0), report()
    assert list(search_lines(searched(proven, bounded, wide, open_))) == [
        "search: proven optimal for 1 of 4 layers, largest gap 75.0%, no bound for 1"]
    assert list(search_lines(searched(proven, proven))) == ["search: proven optimal for 2 of 2 layers"]
    assert list(search_lines(searched(None))) == []
    assert "search: proven optimal for 1 of 1 layer\n" in printed(searched(proven))


@pytest.mark.parametrize(("output_format", "start"), [("json", '{\n  "schema": "snnhw.result/1"'), ("csv", "layer,type,T,C,M,operations"),
                                                      ("table", "net on chip")])
def test_each_format_goes_to_stdout(output_format, start):
    text = io.StringIO()
    show_result(network(), output_format, text)
    assert text.getvalue().startswith(start)


def test_model_outcomes_become_a_row_each():
    class Outcome:
        def __init__(self, file, evaluation, error):
            self.file, self.evaluation, self.error = file, evaluation, error

    text = io.StringIO()
    show_outcomes([Outcome("a.yaml", layer().evaluation, ""), Outcome("b.yaml", None, "pad: too small")], "table", text)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.getvalue().splitlines() if line.startswith("|")]
    assert rows[-2:] == [["a.yaml", "20.00", "100", "50.0%", ""], ["b.yaml", "", "", "", "pad: too small"]]


@pytest.mark.parametrize(("value", "text"), [(16562.4, "16,562"), (3.10449, "3.104"), (0.0002811, "0.0002811"), (0.0, "0"),
                                             (1.5e-9, "1.500e-09"),
                                             (123456789.0, "123,456,789"), (9.87e12, "9.870e+12"), (float("nan"), "nan"), (-2.5, "-2.500")])
def test_numbers_have_four_digits_that_say_something(value, text):
    assert significant(value) == text


def test_units_are_converted():
    assert microjoules(16_562e6) == "16,562"
    assert seconds(0.0125) == "12.50 ms"
    assert seconds(5e-9) == "5.000 ns"
    assert seconds(1.25) == "1.250 s"
    assert (percent(0.5), percent(0.0004), percent(0.0)) == ("50.0%", "<0.1%", "0.0%")


def test_heads_break_behind_strokes_where_a_table_is_too_wide():
    """The longest first, and none where there is room."""
    wide, cell = ["one", "a_name_of_many_parts", "buffer_row_bits"], "x" * 20
    out = io.StringIO()
    print_rows("", [*wide, "last"], [(cell, cell, "144", cell)], out)
    heads = [line for line in out.getvalue().splitlines() if line.startswith("|")][:3]
    assert [line.split("|")[3].strip() for line in heads] == ["buffer_", "row_", "bits"]
    assert "a_name_of_many_parts" in out.getvalue()
    assert fits(wide, [("1", "2", "3")], out)
    assert not fits(wide, [("x" * 40, "y" * 40, "3")], out)
