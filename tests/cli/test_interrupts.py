"""Ctrl-C or SIGTERM ends a command with status 130, whatever a library makes of it."""

import signal
import sys
from importlib import import_module

import pytest
import snnhw_cli
from snnhw_cli.interrupts import watched


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_a_library_turns_into_an_error_of_its_own_is_still_one(snnhw, monkeypatch, number):
    def compile_something(**kwargs):
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt:
            raise RuntimeError("no compiled object yet") from None

    monkeypatch.setattr(import_module("snnhw_cli.energy").command, "callback", compile_something)
    done = snnhw("energy", "--arch", "x")
    assert (done.status, done.err) == (snnhw_cli.INTERRUPTED, "interrupted\n")


def test_an_interrupt_in_a_callback_is_not_printed(capsys):
    class Callback:
        def __del__(self):
            raise KeyboardInterrupt

    with watched():
        Callback()
    assert capsys.readouterr().err == ""


def test_watching_leaves_everything_as_it_was():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.unraisablehook
    with watched() as interrupts:
        assert signal.getsignal(signal.SIGINT) == signal.getsignal(signal.SIGTERM) == interrupts.handle
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()
        assert interrupts.came
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.unraisablehook) == before


def test_an_interrupt_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with watched() as interrupts:
            press_ctrl_c()
        assert not interrupts.came
    finally:
        signal.signal(signal.SIGINT, before)
