"""snnhw show, plot, init, schema, completion, and the log, as a user runs them."""

import json
import os
import re
import sys
from pathlib import Path

import pytest
import yaml
from command import EVALUATE, Snnhw
from report.results import network
from snnhw_cli.logs import LEVELS, LOGGERS
from snnhw_cli.progress import counting, waiting

from snnhw.report.folder import write_result
from snnhw.sweep.plan_form import read_plan

MORE = {"COLUMNS": "100", "TERM": "xterm"}


@pytest.fixture
def result(snnhw):
    """The folder of a result made by hand."""
    write_result(network(), snnhw.folder / "out")
    return snnhw


def test_show_prints_what_evaluate_prints_and_a_bar_for_each_layer(result):
    done = result("show", "out")
    assert (done.status, done.err) == (0, "")
    assert done.out.isascii()
    assert max(map(len, done.out.splitlines())) <= 80
    for said in ("net on chip", "| total", "note: densities are assumed", "energy of the layers", "fc1  D", "D DRAM"):
        assert said in done.out
    assert "\x1b" not in done.out


def test_show_mapping_prints_the_nest_of_the_layers_that_are_asked_for(result):
    assert result("show", "--mapping", "out").out.count("DRAM: keeps Weights, Inputs, Outputs") == 2
    one = result("show", "out", "--mapping", "--layer", "fc2").out
    assert one.splitlines()[:3] == ["fc2 (linear): T=2 C=3 M=5", "DRAM: keeps Weights, Inputs, Outputs", "  for T in 0..1"]
    wrong = result("show", "out", "--mapping", "--layer", "Fc1")
    assert (wrong.status, wrong.err) == (2, 'error: out: layers: seen no layer Fc1, expected one of fc1, fc2; did you mean "fc1"?\n')


def test_show_mapping_takes_a_file_of_a_mapping(snnhw):
    snnhw.write("m.yaml", "mapping:\n- {target: DRAM, type: temporal, factors: C=4, permutation: C}\n")
    done = snnhw("show", "--mapping", "m.yaml")
    assert done.out == "DRAM: keeps nothing\n  for C in 0..3\n    compute\n"


@pytest.mark.parametrize(("args", "said"), [
    ((), "name one thing to show"), (("out", "--arch", "arch.yaml"), "name one thing to show"),
    (("--arch", "arch.yaml", "--mapping"), "--mapping and --layer go with RESULT"), (("nothing",), "error: nothing: seen No such file"),
    (("out", "--layer", "fc1"), "error: --layer: seen fc1, expected it beside --mapping"),
    (("out", "--set", "a=1"), "go with --arch"),
])
def test_show_says_what_it_can_not_show(result, args, said):
    done = result("show", *args)
    assert (done.status, done.out) == (2, "")
    assert said in done.err


def test_show_arch_draws_the_hierarchy_with_sizes_and_sources(snnhw):
    done = snnhw("show", "--arch", "eyeriss_snn")
    assert (done.status, done.err) == (0, "")
    assert done.out.isascii()
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= 80
    for said in ("+-- DRAM: DRAM", "100.0 KiB: 12,800 rows of 64 bit", "words in bit: Weights 8, Inputs 1, Outputs 16",
                 "+-- spike_spad x 168 (14 wide, 12 high): smartbuffer_RF", "formats: Inputs RLE", "512.0 pJ [1]", "[1] snnhw 28 nm: "):
        assert said in done.out
    names = ("DRAM", "shared_buffer", "weight_spad", "snn_adder")
    depths = [next(i for i, line in enumerate(lines) if f"+-- {name}" in line) for name in names]
    assert depths == sorted(depths)
    assert "depth" not in snnhw("show", "--arch", "eyeriss_snn", "--set", "weight_bits=2").err


class Terminal:
    """stdout or stderr as a terminal."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return True


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_gets_strokes_and_no_colours_where_none_are_wanted(result, monkeypatch, no_color):
    terminal = Terminal()
    for name, value in {**MORE, "NO_COLOR": no_color}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", terminal)
    result("show", "out")
    assert "\N{BOX DRAWINGS LIGHT HORIZONTAL}" in terminal.text
    assert not any(f"\x1b[{code}" in terminal.text for code in (31, 32, 33, 34, 35, 36, 91, 92, 94)) or not no_color


def test_forced_colours_do_not_reach_a_pipe(result, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in result("show", "out").out


def test_marks_of_progress_are_for_terminals_only(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("snnhw_cli.progress.SECONDS_UNSEEN", 0.0)
    for bars in (lambda quiet: waiting("reading", quiet=quiet), lambda quiet: counting("inputs", quiet=quiet)):
        with bars(False) as tell:
            assert tell is None or tell("x") is None
        monkeypatch.setattr(sys, "stderr", terminal)
        with bars(True):
            pass
        assert terminal.text == ""
        monkeypatch.undo()


def test_plot_writes_a_figure_and_says_where(result):
    pytest.importorskip("matplotlib")
    done = result("plot", "out", "--kind", "layers", "-o", "a.png", "--width", "page")
    assert (done.status, done.out, done.err) == (0, "", "written to a.png\n")
    assert (result.folder / "a.png").read_bytes().startswith(b"\x89PNG")
    wrong = result("plot", "out", "--kind", "layers", "-o", "a.gif")
    assert (wrong.status, wrong.err) == (2, "error: a.gif: seen the suffix .gif, expected one of .pdf, .svg, .png\n")


def test_a_roofline_needs_the_architecture_that_a_result_was_made_with(result):
    pytest.importorskip("matplotlib")
    done = result("plot", "out", "--kind", "roofline", "-o", "a.png")
    assert done.status == 2
    assert done.err.startswith("error: result: provenance.inputs.stats: seen no text of a file")


def test_init_writes_a_project_that_evaluates_as_it_is(snnhw, monkeypatch):
    done = snnhw("init", "new/project")
    assert done.status == 0
    folder = snnhw.folder / "new" / "project"
    written = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert sorted(str(Path(line).relative_to("new/project")) for line in done.out.splitlines()) == written
    monkeypatch.chdir(folder)
    checked = snnhw("check", ".")
    assert (checked.status, checked.err) == (0, "")
    assert "plan.yaml: fine, a plan of a sweep" in checked.out
    assert len(list(read_plan("plan.yaml"))) == 6
    few = yaml.safe_load((folder / "mapper.yaml").read_text())
    few["mapper"]["max_evaluations"] = 50
    (folder / "few.yaml").write_text(yaml.safe_dump(few))
    record = json.loads(snnhw("evaluate", "--arch", "arch.yaml", "--stats", "network.yaml", "--mapper", "few.yaml", "--format", "json").out)
    assert [layer["name"] for layer in record["layers"]] == ["conv", "classes"]


@pytest.mark.slow
@pytest.mark.xdist_group("sweep")
def test_the_plan_of_a_new_project_runs(snnhw, monkeypatch):
    """Two of its six points, with short searches: processes take seconds to start."""
    snnhw("init", "project")
    folder = snnhw.folder / "project"
    monkeypatch.chdir(folder)
    for name, long, short in (("plan.yaml", "{first: 2, last: 8, factor: 2}", "4"), ("mapper.yaml", "2000 ", "50 ")):
        text = (folder / name).read_text()
        assert long in text
        (folder / name).write_text(text.replace(long, short))
    assert snnhw("sweep", "plan.yaml", "-o", "out/sweep").out == "2 points in out/sweep: 2 done, 0 failed\n"


def test_init_overwrites_nothing_and_writes_all_or_nothing(snnhw):
    snnhw.write("plan.yaml", "mine")
    before = snnhw.files()
    done = snnhw("init", ".")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: .: seen arch.yaml, mapper.yaml, plan.yaml in it already, expected a folder without such files")
    assert snnhw.files() == before
    assert (snnhw.folder / "plan.yaml").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "link"), reason="needs links")
def test_init_leaves_nothing_where_it_fails_half_way(snnhw, monkeypatch):
    made = []
    link = os.link

    def failing(source, target):
        if len(made) == 3:
            raise OSError(28, "No space left on device")
        made.append(target)
        link(source, target)

    before = snnhw.files()
    monkeypatch.setattr(os, "link", failing)
    done = snnhw("init", "project")
    assert (done.status, done.err) == (4, "error: project: cannot be written (No space left on device); nothing was\n")
    assert snnhw.files() == before
    assert snnhw("init", "arch.yaml").err == "error: arch.yaml: seen a file, expected a folder, new or there already\n"


def test_schema_prints_and_writes(snnhw):
    printed = snnhw("schema", "plan").out
    assert json.loads(printed)["title"] == "A plan of a sweep"
    assert snnhw("schema", "plan", "-o", "plan.schema.json").out == ""
    assert (snnhw.folder / "plan.schema.json").read_text() == printed


def test_the_log_says_what_was_asked_done_and_went_wrong(snnhw):
    assert snnhw(*EVALUATE, "-q", "--log-file", "a.log").status == 0
    assert snnhw("--log-file", "a.log", *EVALUATE, "-q").status == 0
    assert snnhw("show", "nothing", "--log-file", "a.log", "--log-level", "error").status == 2
    lines = (snnhw.folder / "a.log").read_text().splitlines()
    said = [line.partition(" ")[2] for line in lines]
    assert said[0].startswith("INFO snnhw.command: snnhw ")
    assert "snnhw evaluate --arch arch.yaml" in said[0]
    assert "INFO snnhw.engines.layers: layer fc1: cache miss" in said
    assert "INFO snnhw.engines.layers: layer fc1: cache hit" in said
    assert any("layer fc2: " in line and "mappings evaluated in" in line for line in said)
    assert sum("ended with exit status 0 after" in line for line in said) == 2
    assert any(line.startswith("WARNING snnhw.command: ") and "arch has no neuron unit" in line for line in said)
    assert said[-1] == "ERROR snnhw.command: nothing: seen No such file or directory, expected a result.json of snnhw evaluate"


def test_without_a_file_the_log_goes_to_stderr_and_data_alone_to_stdout(snnhw):
    done = snnhw("energy", "arch.yaml", "--format", "json", "--log-level", "info")
    json.loads(done.out)
    assert "INFO snnhw.command: ended with exit status 0" in done.err
    quiet = snnhw("energy", "arch.yaml", "--format", "json")
    assert quiet.err == ""


def test_a_log_that_can_not_be_written_is_an_error(snnhw):
    done = snnhw("energy", "arch.yaml", "--log-file", "nothing/a.log")
    assert (done.status, done.out) == (4, "")
    assert done.err == "error: nothing/a.log: cannot be written (No such file or directory); choose another place with --log-file\n"


def test_logging_is_left_as_it_was(snnhw):
    import logging

    before = [(logging.getLogger(name).level, list(logging.getLogger(name).handlers)) for name in LOGGERS]
    snnhw("energy", "arch.yaml", "--log-file", "a.log", "--log-level", LEVELS[0])
    assert [(logging.getLogger(name).level, list(logging.getLogger(name).handlers)) for name in LOGGERS] == before


def completions(capsys, monkeypatch, line):
    """What bash is offered for the last word of a line."""
    from snnhw_cli import snnhw as group

    words = line.split(" ")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    monkeypatch.setenv("_SNNHW_COMPLETE", "bash_complete")
    capsys.readouterr()
    with pytest.raises(SystemExit):
        group.main(args=[], prog_name="snnhw", complete_var="_SNNHW_COMPLETE")
    return [one.partition(",")[2] for one in capsys.readouterr().out.split() if one.startswith("plain,")]


@pytest.mark.parametrize(("line", "offered"), [
    ("snnhw pl", ["plot"]), ("snnhw evaluate --arch eye", ["eyeriss_ann", "eyeriss_iscas23", "eyeriss_snn"]),
    ("snnhw evaluate --mapper q", ["quick"]),
    ("snnhw evaluate --stats tcja_dvs_gesture/w8", ["tcja_dvs_gesture/w8"]), ("snnhw plot x --kind r", ["roofline"]),
    ("snnhw energy tiny", ["tiny_snn"]), ("snnhw evaluate --log-l", ["--log-level"]),
])
def test_commands_options_choices_and_presets_are_completed(capsys, monkeypatch, line, offered):
    assert completions(capsys, monkeypatch, line) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_its_script(snnhw, shell, monkeypatch):
    if shell == "bash":
        monkeypatch.setattr("click.shell_completion.BashComplete._check_version", staticmethod(lambda: None))
    done = snnhw("completion", shell)
    assert done.status == 0
    assert f"_SNNHW_COMPLETE={shell}_complete" in done.out


@pytest.mark.parametrize(("setting", "said"), [
    ("weight_bits=0", "error: --set weight_bits=0: "), ("weight_bits=2.5", "error: --set weight_bits=2.5: "),
    ("weight_bts=4", "error: --set weight_bts=4: "),
])
def test_what_a_setting_breaks_is_told_of_the_option(snnhw, setting, said):
    done = snnhw("energy", "eyeriss_snn", "--set", "state_bits=16", "--set", setting)
    assert done.status == 2
    assert all(line.startswith(said) for line in done.err.splitlines())
    assert "put quotes" not in done.err
    assert "interpreted" not in done.err


def test_a_setting_that_no_number_can_hold_is_refused_and_inf_is_not(snnhw):
    done = snnhw("energy", "eyeriss_snn", "--set", "weight_bits=1e400")
    assert done.status == 2
    assert 'seen "weight_bits=1e400", expected a number that a computer can hold' in done.err
    assert "cannot be interpreted" not in snnhw("energy", "eyeriss_snn", "--set", "weight_bits=inf").err


def test_what_is_wrong_with_the_file_anyway_is_told_of_the_file(snnhw):
    snnhw.write("bad.yaml", (snnhw.folder / "arch.yaml").read_text().replace("depth: 64", "depth: -1"))
    done = snnhw("energy", "bad.yaml", "--set", "x=1")
    assert "error: bad.yaml:14: architecture.nodes[2].attributes.depth: seen -1" in done.err
    assert "--set" not in done.err


def test_parts_of_an_input_get_a_hint_and_reasons_stand_below_the_table(snnhw):
    for name in ("problem", "architecture"):
        snnhw.write(f"{name}.yaml", f"{name}: {{}}\n")
    done = snnhw("model", "problem.yaml", "architecture.yaml")
    assert done.status == 2
    assert done.err.endswith("note: the files look like parts of one input; --one reads them as such\n")
    assert "| problem.yaml      |           |        |       | [1]     |" in done.out
    assert '[1] problem.yaml:1: problem: seen no "R"' in done.out
    assert "--one" not in snnhw("model", "problem.yaml").err
    snnhw.write("broken.yaml", "mapping: [\n")
    for command in ("model", "map"):
        assert "--one reads them as such" in snnhw(command, "problem.yaml", "architecture.yaml", "broken.yaml").err


def test_every_command_has_the_options_of_the_log(snnhw):
    assert isinstance(snnhw, Snnhw)
    from snnhw_cli import COMMANDS

    for name in COMMANDS:
        text = snnhw(name, "--help").out
        if name not in ("cache", "import", "export"):
            assert "--log-file" in text, name
    assert "--log-file" in snnhw("cache", "info", "--help").out
    assert "--log-file" in snnhw("export", "timeloop", "--help").out


def test_the_tree_in_the_documentation_is_the_one_that_is_printed(snnhw):
    text = (Path(__file__).parents[2] / "docs" / "looking.md").read_text()
    lines = re.search(r"```text\n(\+-- shared_buffer.*?)```", text, re.DOTALL)[1].splitlines()
    printed = snnhw("show", "--arch", "eyeriss_snn").out.splitlines()
    start = printed.index(f"|   {lines[0]}")
    assert [line.strip(" |") for line in lines] == [line.strip(" |") for line in printed[start:start + len(lines)]]
