"""Figures: drawn, embedded, the same bytes each time; and what does not go together is refused."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from report.results import layer, network

from snnhw.errors import OutputError, SpecError
from snnhw.look.bars import positions
from snnhw.look.drawing import write_figure
from snnhw.look.formats import bars_of_results, bars_of_sweep
from snnhw.look.plot import plot
from snnhw.look.roofline_figure import roofline_figure
from snnhw.look.stacks import Bar
from snnhw.look.style import inches
from snnhw.report.roofline import Roof, Roofline, RooflinePoint
from snnhw.sweep.keys import Sources
from snnhw.sweep.owners import Owner
from snnhw.sweep.point import Outcome, Point
from snnhw.sweep.store import Store

pytest.importorskip("matplotlib")

ROOFLINE = Roofline(peak=16.0, roofs=(Roof(level="DRAM", direction="words", words_per_cycle=None),
                                      Roof(level="pad", direction="reads", words_per_cycle=8.0)), points=tuple(
    RooflinePoint(layer=f"layer{i}", level=level, direction=direction, operations=100.0, words=10.0 + i, cycles=20 + i,
                  bounds=level == "pad")
    for i in range(3) for level, direction in (("DRAM", "words"), ("pad", "reads"))))


def texts(path):
    """The texts of an SVG, whose letters are paths: matplotlib writes them down as comments."""
    content = path.read_text()
    assert ElementTree.fromstring(content).tag.endswith("svg")
    return [found.replace("\N{MICRO SIGN}", "u") for found in re.findall(r"<!-- (.*?) -->", content)]


def test_a_breakdown_names_all_parts_in_both_units(tmp_path):
    plot(network(), tmp_path / "a.svg", kind="breakdown")
    said = texts(tmp_path / "a.svg")
    for word in ("energy (uJ)", "energy per compute (pJ)", "net chip", "DRAM", "DRAM \N{RIGHTWARDS ARROW} pad", "adder", "27.0"):
        assert word in said


def test_layers_have_their_energies_above_them(tmp_path):
    plot(network(), tmp_path / "a.svg", kind="layers", shares=True)
    said = texts(tmp_path / "a.svg")
    assert {"fc1", "fc2", "25.0 uJ", "2.00 uJ"} <= set(said)


def test_a_roofline_names_its_roofs_and_layers(tmp_path):
    write_figure(roofline_figure(ROOFLINE), tmp_path / "a.svg", (3.5, 2.5))
    said = texts(tmp_path / "a.svg")
    assert {"compute, 16/cycle", "DRAM, no bandwidth given", "pad reads, 8/cycle", "layer0", "layer2"} <= set(said)


@pytest.mark.parametrize("kind", ["pdf", "svg", "png"])
def test_the_same_figure_is_the_same_bytes_without_a_date(tmp_path, kind):
    paths = [tmp_path / f"{i}.{kind}" for i in range(2)]
    for path in paths:
        write_figure(roofline_figure(ROOFLINE), path, (3.5, 2.5))
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert not re.search(rb"CreationDate|dc:date|20\d\d-\d\d", first)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"0.{kind}", f"1.{kind}"]


def test_fonts_are_embedded_as_truetype(tmp_path):
    plot(network(), tmp_path / "a.pdf", kind="breakdown", width="page")
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", content)
    assert float(box[1]) == pytest.approx(7.16 * 72, abs=0.1)


def test_users_settings_of_matplotlib_count_for_nothing(tmp_path):
    import matplotlib

    plot(network(), tmp_path / "a.svg", kind="layers")
    with matplotlib.rc_context({"font.size": 20, "axes.grid": True, "lines.linewidth": 9}):
        plot(network(), tmp_path / "b.svg", kind="layers")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_widths_are_names_or_inches():
    assert (inches("column"), inches("page"), inches("5"), inches(4)) == (3.5, 7.16, 5.0, 4.0)
    for wrong in ("wide", "1", "nan", "-3"):
        with pytest.raises(SpecError, match=rf"--width: seen {wrong}, expected column, page, or inches"):
            inches(wrong)


@pytest.mark.parametrize(("given", "said"), [
    ({"kind": "pie"}, r"--kind: seen pie, expected one of breakdown, layers, roofline, pareto, formats"),
    ({"kind": "layers", "x": "energy_pJ"}, r"--x: seen with --kind layers, expected --kind pareto"),
    ({"kind": "breakdown", "shares": True}, r"--shares: seen with --kind breakdown, expected --kind layers"),
    ({"kind": "breakdown", "labels": ["a", "b"]}, r"--label: seen 2 labels, expected 1, one for each result"),
    ({"kind": "pareto", "x": "a", "y": "b"}, r"net on chip: seen no sweep, expected the folder of one"),
    ({"kind": "formats"}, r"--kind formats: seen net on chip, expected the folder of a sweep, or two or more results"),
    ({"kind": "layers", "height": 0.1}, r"--height: seen 0\.1, expected inches x with 1\.5 <= x <= 40"),
])
def test_what_does_not_go_together_is_refused(tmp_path, given, said):
    with pytest.raises(SpecError, match=said):
        plot(network(), tmp_path / "a.pdf", **given)
    assert list(tmp_path.iterdir()) == []


def test_two_results_are_too_many_for_layers(tmp_path):
    with pytest.raises(SpecError, match=r"--kind layers: seen 2 results, expected one result"):
        plot([network(), network()], tmp_path / "a.pdf", kind="layers")


def test_a_place_that_cannot_be_written_and_a_suffix_that_is_not_known(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be"):
        plot(network(), tmp_path / "file" / "a.pdf", kind="layers")
    with pytest.raises(SpecError, match=r"a\.jpg: seen the suffix \.jpg, expected one of \.pdf, \.svg, \.png"):
        plot(network(), tmp_path / "a.jpg", kind="layers")
    with pytest.raises(SpecError, match=r"/a: seen no suffix, expected one of"):
        plot(network(), tmp_path / "a", kind="layers")


@pytest.fixture
def sweep(tmp_path):
    """Two formats on two sizes of a buffer; one point leaves the format out, and one failed."""
    with Store(tmp_path / "sweep", create=True) as store:
        owner, sources = Owner(store.folder), Sources(tmp_path)
        for i, (style, depth) in enumerate([("none", 1), ("RLE", 1), ("none", 2), ("RLE", 2), ("CP", 2)]):
            work = sources.work(Point(arch="tiny_snn", stats="mnist_784_400",
                                      variables=(("buffer_depth", depth), ("weight_format", style))))
            store.register([(work.point, work.key)])
            figures = {"energy_pJ": 10.0 * i + 10, "operations": 100, "energy_pJ.DRAM": 10.0 * i + 7, "energy_pJ.pad": 3.0}
            store.finish(Outcome(key=work.key, status="failed" if style == "CP" else "done", error="no" if style == "CP" else "",
                                 figures={} if style == "CP" else figures), work, owner)
        owner.close()
    return tmp_path / "sweep"


def test_formats_of_a_sweep_stand_in_groups_of_what_else_differs(sweep, tmp_path):
    bars = bars_of_sweep(sweep)
    assert [(bar.group, bar.label, bar.energy_pJ) for bar in bars] == [
        ("buffer_depth 1", "none", 10.0), ("buffer_depth 1", "RLE", 20.0),
        ("buffer_depth 2", "none", 30.0), ("buffer_depth 2", "RLE", 40.0)]
    assert [bar.label for bar in bars_of_sweep(sweep, where="buffer_depth == 2")] == ["none", "RLE"]
    plot(sweep, tmp_path / "a.svg", kind="formats")
    assert {"none", "RLE", "buffer_depth 1", "buffer_depth 2", "pad"} <= set(texts(tmp_path / "a.svg"))


def test_a_variable_that_no_point_has_is_named(sweep):
    with pytest.raises(SpecError, match=r'weight_formt: seen no point that is done and has it, .* did you mean "weight_format"\?'):
        bars_of_sweep(sweep, "weight_formt")
    with pytest.raises(SpecError, match="seen no point that is done"):
        bars_of_sweep(sweep, where="buffer_depth == 9")


def test_formats_of_results_have_to_differ():
    one = replace(network(), provenance={"variables": {"weight_format": "RLE"}})
    other = replace(network(layer("fc")), provenance={"variables": {"weight_format": "CP"}})
    assert [bar.label for bar in bars_of_results([one, other], ["a", "b"])] == ["RLE", "CP"]
    with pytest.raises(SpecError, match=r"a: weight_format: seen RLE, as in another of the results"):
        bars_of_results([one, one], ["a", "b"])
    with pytest.raises(SpecError, match=r"a: provenance\.variables\.weight_format: seen nothing"):
        bars_of_results([network()], ["a"])


def test_groups_of_bars_have_a_gap_between_them():
    assert positions([Bar(label=label, parts={}, group=group) for label, group in (("a", "x"), ("b", "x"), ("a", "y"))]) == [0.0, 1.0, 2.6]
