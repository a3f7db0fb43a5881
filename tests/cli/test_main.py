"""The front door: help, versions, errors, interrupts."""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
import snnhw_cli
from report.results import network
from snnhw_cli import COMMANDS, main, module_of
from snnhw_cli.options import NUMBER, scalar

import snnhw as library
from snnhw.sweep.work import figures_of


def test_help_lists_every_command_without_importing_any(snnhw):
    done = snnhw("--help")
    assert done.status == 0
    assert all(name in done.out for name in COMMANDS)


def test_no_arguments_print_the_help():
    done = subprocess.run([sys.executable, "-m", "snnhw_cli"], capture_output=True, text=True)
    assert "Commands:" in done.stdout + done.stderr
    assert done.returncode in (0, 2)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_with_help_of_its_own(snnhw, name):
    command = import_module(f"snnhw_cli.{module_of(name)}").command
    assert command.name == name
    done = snnhw(name, "--help")
    assert done.status == 0
    assert done.out.startswith(f"Usage: snnhw {name} ")


def test_options_mean_the_same_everywhere():
    """One name of an option has one help text, whatever the command."""
    said = {}
    for name in COMMANDS:
        for option in import_module(f"snnhw_cli.{module_of(name)}").command.params:
            if isinstance(option, click.Option) and option.name != "output_format":
                assert said.setdefault(option.name, option.help) == option.help


def test_the_figures_of_a_front_are_all_named_in_help_and_documentation():
    named = (Path(__file__).parents[2] / "docs/sweeps.md").read_text().partition("## Fronts")[2].partition("## Comparisons")[0]
    figures = {name.partition(".")[0] for name in figures_of(network(), 0.5)}
    assert figures <= set(re.findall(r"\w+", NUMBER))
    assert figures <= set(re.findall(r"\w+", named))


def test_the_version_is_that_of_the_library(snnhw):
    assert snnhw("--version").out == f"snnhw {library.__version__}\n"


def test_a_command_with_a_typo_gets_a_near_miss(snnhw):
    done = snnhw("evalute")
    assert done.status == 2
    assert done.err.endswith('Error: no command "evalute"; did you mean "evaluate"?\n')


def raising(monkeypatch, error):
    command = import_module("snnhw_cli.energy").command

    def fail(**kwargs):
        raise error

    monkeypatch.setattr(command, "callback", fail)
    return ("energy", "--arch", "x")


def test_an_unexpected_error_asks_for_a_report_and_shows_no_traceback(snnhw, monkeypatch):
    done = snnhw(*raising(monkeypatch, ZeroDivisionError("float division by zero")))
    assert done.status == 1
    assert done.err == ("error: this is a fault of snnhw, not of your input: ZeroDivisionError: float division by zero\n"
                        "Please report it with the command and its files; SNNHW_DEBUG=1 shows where it happened.\n")


def test_debugging_shows_the_traceback(snnhw, monkeypatch):
    args = raising(monkeypatch, ZeroDivisionError("here"))
    monkeypatch.setenv("SNNHW_DEBUG", "1")
    with pytest.raises(ZeroDivisionError, match="here"):
        snnhw(*args)


def test_an_interrupt_is_status_130(snnhw, monkeypatch):
    done = snnhw(*raising(monkeypatch, KeyboardInterrupt()))
    assert (done.status, done.err) == (snnhw_cli.INTERRUPTED, "\ninterrupted\n")


@pytest.mark.parametrize(("error", "status"), [
    (library.SpecError(library.Finding(file="a.yaml", seen="x")), 2), (library.SearchError("x"), 3), (library.EngineError("x"), 4),
    (library.OutputError("x"), 4)])
def test_errors_end_with_their_status(snnhw, monkeypatch, error, status):
    done = snnhw(*raising(monkeypatch, error))
    assert (done.status, done.err) == (status, f"error: {error}\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_stdout_that_takes_no_more_is_status_4():
    """And no fault of snnhw."""
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "snnhw_cli", "energy", "eyeriss_snn"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (4, "error: the output cannot be written (No space left on device)\n")


def test_a_reader_that_goes_away_is_no_error():
    """`snnhw energy | head -1` ends quietly."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "snnhw_cli", "energy", "--arch", "eyeriss_snn"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert done.returncode == snnhw_cli.BROKEN_PIPE
    assert done.stderr == ""


@pytest.mark.parametrize(("text", "value"), [("4", 4), ("1e-9", 1e-9), ("true", True), ("False", False), ("RLE", "RLE"), ("28nm", "28nm"),
                                             ("nan", "nan"), ("inf", "inf"), ("0x10", "0x10")])
def test_settings_read_as_yaml_would(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_main_returns_and_does_not_exit():
    assert main(["--version"]) == 0
