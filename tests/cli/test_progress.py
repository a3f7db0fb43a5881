"""The progress bar on stderr."""

import io
import re
import sys
from pathlib import Path

from snnhw_cli.progress import progress_bar, said, tell_if_compiling

from snnhw.engines.progress import Progress

ROOT = Path(__file__).parents[2]


def step(**more):
    return Progress(layer="layer fc", index=1, layers=3, **more)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_what_is_said_of_a_layer():
    assert said(step()) == "nothing fits yet"
    assert said(step(evaluated=3000, seconds=2.0, edp_Js=1.25e-5)) == "1,500/s, EDP 1.250e-05 J*s"
    assert said(step(evaluated=3000, seconds=2.0, edp_Js=0.5, gap=0.125)) == "1,500/s, EDP 0.5000 J*s, gap 12.5%"


def test_nobody_gets_a_bar_who_would_not_see_it(monkeypatch):
    with progress_bar(quiet=False) as show:
        assert show is None
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress_bar(quiet=True) as show:
        assert show is None


def test_one_bar_counts_the_layers(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar(quiet=False) as show:
        show(step(evaluated=500, budget=1000, seconds=0.1))
        show(step(evaluated=1000, seconds=0.2, edp_Js=0.5, gap=0.125, done=True))
    text = terminal.getvalue()
    assert "1/3" in text
    assert "layer fc" in text
    assert "gap 12.5%" in text


def test_the_time_that_compiling_takes_is_the_documentation_s(monkeypatch, capsys):
    monkeypatch.setattr("snnhw.caches.needs_compiling", lambda: True)
    tell_if_compiling(quiet=False)
    (said_minutes,) = re.findall(r"once, (\w+ to \w+ minutes)", capsys.readouterr().err)
    for page in ("README.md", "docs/tutorial.md"):
        assert re.findall(r"compiles the model,[^.;]*?(\w+ to \w+ minutes)", (ROOT / page).read_text()) == [said_minutes]
