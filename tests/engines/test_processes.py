"""Searches at once, in threads instead of processes so that the test can hold them."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from engines.small import QuickEngine, arch_file, layer, run_of

from snnhw.engines import evaluate as module
from snnhw.engines import processes
from snnhw.engines.evaluate import evaluate
from snnhw.search import SearchProgress


class Endless(QuickEngine):
    """Searches layers `b` and `c` until it is stopped, or `b` for half a second where it is deaf."""

    deaf = False

    def search(self, architecture, problem, constraints, reference, config, progress=None):
        found = super().search(architecture, problem, constraints, reference, config)
        if self.deaf and problem.name == "b":
            progress(SearchProgress(evaluated=7, budget=None, seconds=0.1))
            time.sleep(0.5)
            return found
        try:
            while problem.name in "bc":
                progress(SearchProgress(evaluated=7, budget=None, seconds=0.1))
                time.sleep(0.001)
        except KeyboardInterrupt:
            return replace(found, report=replace(found.report, ended_by="interrupted"))
        return found


@pytest.fixture
def engine():
    return Endless()


@pytest.fixture
def arch(tmp_path, monkeypatch, engine):
    monkeypatch.setattr(module, "engine_named", lambda name: engine)
    monkeypatch.setattr(processes, "engine_named", lambda name: engine)
    monkeypatch.setattr(processes, "TELLING_SECONDS", 0.01)
    monkeypatch.setattr(signal, "signal", lambda *given: None)

    def threads(count, context, begin, given):
        begin(*given)
        return ThreadPoolExecutor(count)

    monkeypatch.setattr(processes, "ProcessPoolExecutor", threads)
    monkeypatch.setattr(processes, "_told", None)
    monkeypatch.setattr(processes, "_stop", None)
    return arch_file(tmp_path)


def test_ctrl_c_gives_the_best_so_far_of_the_searches_under_way(arch):
    """Marked, after the layers that are done; what has not begun is left out."""
    def press(step):
        if step.layer == "layer b" and step.evaluated and not step.done:
            raise KeyboardInterrupt

    result = evaluate(arch, run_of(layer("a"), layer("b", M=6), layer("c", M=7), layer("d", M=9)), jobs=2, progress=press)
    assert result.interrupted
    found = {one.name: one.search.ended_by for one in result.layers}
    assert list(found)[:2] == ["a", "b"]
    assert found["a"] == "budget"
    assert {found[name] for name in list(found)[1:]} == {"interrupted"}
    assert "d" not in found
    assert result.layers[1].notes[-1] == "its search was interrupted"


def test_processes_that_start_ignore_ctrl_c_and_this_one_does_again_what_it_did():
    """They inherit it, so that an early Ctrl-C does not reach them while they import."""
    before = signal.getsignal(signal.SIGINT)
    with processes._deaf_to_interrupts():
        code = "import signal; print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "True\n"
    assert signal.getsignal(signal.SIGINT) == before


def test_a_search_that_does_not_stop_is_left_behind(arch, engine, monkeypatch):
    """After some seconds."""
    def press(step):
        if step.layer == "layer b" and step.evaluated and not step.done:
            raise KeyboardInterrupt

    engine.deaf = True
    monkeypatch.setattr(processes, "STOPPING_SECONDS", 0.0)
    result = evaluate(arch, run_of(layer("b"), layer("c", M=6)), jobs=2, progress=press)
    assert (result.interrupted, result.layers) == (True, ())
