"""The command `snnhw`: one file a command, imported when it runs, so that help is there at once."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from keyword import iskeyword
from typing import Literal

import click
from snnhw_cli.interrupts import Interrupts, watched
from snnhw_cli.lazy import LazyGroup
from snnhw_cli.logs import log, log_options, renewed
from snnhw_cli.messages import say, say_error

from snnhw import EngineError, SnnhwError, __version__

COMMANDS = {
    "evaluate": "Energy, latency and EDP of a spiking network at the best mapping found.",
    "model": "What timeloop-model does: evaluate inputs with a fixed mapping.",
    "map": "What timeloop-mapper does: the best mapping of inputs that leave it open.",
    "sweep": "Many evaluations: a plan's points, here or on a cluster, kept in a store.",
    "optimize": "The best points of a plan, searched instead of enumerated, in the same store.",
    "pareto": "The points of a sweep that nothing else beats.",
    "compare": "Results side by side, by component, tensor and layer, with ratios.",
    "breakeven": "From which weight sparsity on compressing weights pays, by layer and format.",
    "reproduce": "A published study on our model: figures, and tables against what was published.",
    "show": "A result as tables and bars, an architecture as a tree, a mapping as a loop nest.",
    "plot": "Figures for papers: energy, rooflines, fronts, weight formats.",
    "report": "A page about results and sweeps: charts, mappings, sources; one HTML file.",
    "energy": "Energies and areas of an architecture's components, with their sources.",
    "train": "Train a spiking network, and measure its sparsity.",
    "select": "Among trained models, the one with the highest reward.",
    "import": "Files of other programs: accelerators of Timeloop, NIR graphs.",
    "verify": "Hold a result against the real timeloop-model.",
    "export": "Files for other programs: inputs and architectures for the real Timeloop, a NIR graph.",
    "doctor": "Which engines and estimators are here, and how to get the others.",
    "init": "A new project that runs as it is: accelerator, network, mapper, plan.",
    "check": "Check files of ours: architectures, run files, mappers, plans, Timeloop inputs.",
    "schema": "JSON Schemas of our files, by which editors complete and check keys.",
    "completion": "What bash, zsh or fish needs to complete commands and presets.",
    "cache": "Results of searches that are kept on disk: what is there, and removing it.",
}
PRESETS: dict[str, Literal["arch", "workloads"]] = {"arch": "arch", "stats": "workloads"}
"""Options that take presets, and their kind."""

INTERRUPTED = 130
BROKEN_PIPE = 141
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""Errors of a place that takes no more."""


def module_of(command: str) -> str:
    """The module of a command: of its name, with a stroke after a word that Python keeps for itself."""
    return f"{command}_" if iskeyword(command) else command


@click.group(cls=LazyGroup, summaries=COMMANDS, modules={name: f"{__name__}.{module_of(name)}" for name in COMMANDS},
             params=log_options(), context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="snnhw", message="%(prog)s %(version)s")
def snnhw() -> None:
    """Energy, latency and EDP of spiking neural networks on accelerators described in YAML.

    Start with: snnhw evaluate --arch eyeriss_snn --stats tcja_dvs_gesture/w8

    Exit status: 0 done; 2 the input is wrong; 3 nothing fits; 4 an engine or the output failed; 130 interrupted.
    """


def main(args: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status. Errors go to stderr as messages, never as tracebacks (SNNHW_DEBUG=1 shows them)."""
    given = list(sys.argv[1:] if args is None else args)
    journal = renewed(given)
    with watched() as interrupts:
        status = _run(given, interrupts)
    journal.end(status)
    return status


def _run(args: Sequence[str], interrupts: Interrupts) -> int:
    try:
        status = snnhw.main(args=list(args), prog_name="snnhw", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        error.show()
        _show_presets(error)
        log.error("%s", error.format_message())
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _close_stdout()
        return BROKEN_PIPE
    except SnnhwError as error:
        return _refused(error)
    except Exception as error:
        if not interrupts.came:
            return _full(error) if isinstance(error, OSError) and error.errno in FULL else _unexpected(error)
        say("interrupted")
        return INTERRUPTED


def _show_presets(error: click.ClickException) -> None:
    """Where an option that takes a preset is missing, what presets there are."""
    kind = PRESETS.get(str(error.param.name)) if isinstance(error, click.MissingParameter) and error.param is not None else None
    if kind is not None:
        from snnhw.spec.presets import preset_files

        say(f"It takes a file or a preset: {', '.join(preset_files(kind))}")


def _refused(error: SnnhwError) -> int:
    if os.environ.get("SNNHW_DEBUG"):
        raise error
    say_error(str(error))
    return error.exit_code


def _unexpected(error: Exception) -> int:
    if os.environ.get("SNNHW_DEBUG"):
        raise error
    log.debug("where it happened", exc_info=error)
    say_error(f"this is a fault of snnhw, not of your input: {type(error).__name__}: {error}")
    say("Please report it with the command and its files; SNNHW_DEBUG=1 shows where it happened.")
    return 1


def _full(error: OSError) -> int:
    """Nothing more can be written, to stdout for instance."""
    say_error(f"the output cannot be written ({error.strerror})")
    _close_stdout()
    return EngineError.exit_code


def _close_stdout() -> None:
    """Nobody reads stdout any more: let the interpreter's last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
