"""Training from a configuration to a run folder: run.json, checkpoints/, log.jsonl and config.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from snn_workload.data.dataset import generator
from snn_workload.run import Run
from snn_workload.train.checkpoint import Checkpoint, checkpoints, latest, read_checkpoint
from snn_workload.train.config import Config, read_config
from snn_workload.train.inference import evaluate, fold
from snn_workload.train.loop import Listener, digest_of, first_checkpoint, train_epochs, treatment_at
from snn_workload.train.memory import Memory, bounded, estimate_memory
from snn_workload.train.network import Network
from snn_workload.train.quantise import quantise_after
from snn_workload.train.record import Facts, run_of_network
from snn_workload.train.run_folder import CONFIG, begin_folder, end_folder
from snn_workload.train.statistics import Watcher
from snn_workload.train.tensors import Params
from snnhw.errors import Finding, SpecError


@dataclass(frozen=True, kw_only=True)
class Trained:
    """run: what run.json holds; network, params: as they are used, folded, pruned and rounded; log: one record an epoch."""

    run: Run
    network: Network
    params: Params
    log: tuple[dict[str, Any], ...]


def train(
    source: str | Path,
    output: str | Path | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    resume: bool = False,
    progress: Listener | None = None,
    say: Callable[[str], None] | None = None,
) -> Trained:
    """Train what a configuration says, and measure it on the half of the data that is held out.

    source: a YAML file, or the name of a preset (`digits`). output: the folder of the run; None writes nothing. settings: keys that stand
    above those of the file, such as {"optimiser.epochs": 5}. resume: go on from the last checkpoint in output; the result is, bit for
    bit, that of an undisturbed run on the same machine. progress: called after each step. say: called with sentences, such as what memory
    is needed. Raises SpecError (the configuration, the data), TrainingError (no number, a layer that never spikes), OutputError.
    """
    config = read_config(source, settings)
    folder = Path(output) if output is not None else None
    start = _there_already(config, folder, resume, say)
    if config.network is None:
        from snn_workload.train.unsupervised import train_unsupervised

        if folder is not None:
            begin_folder(folder, config, say)
        trained = train_unsupervised(config, start, folder, progress)
    else:
        trained = _train_supervised(config, config.network, start, folder, progress, say)
    if folder is not None:
        end_folder(folder, trained.run, trained.log, say)
    return trained


def _train_supervised(
    config: Config,
    network: Network,
    start: Checkpoint | None,
    folder: Path | None,
    progress: Listener | None,
    say: Callable[[str], None] | None,
) -> Trained:
    first = start or first_checkpoint(config, network, _given(config))
    network, memory = planned_memory(config, network, first.params)
    if say is not None:
        say(str(memory))
        if config.form.optimiser.batch > len(config.data.train):
            say(f"optimiser.batch is {config.form.optimiser.batch}, but there are {len(config.data.train)} examples: each step takes all")
    if folder is not None:
        begin_folder(folder, config, say)
    return finished(config, network, train_epochs(config, network, first, folder, progress))


def planned_memory(config: Config, network: Network, params: Params) -> tuple[Network, Memory]:
    """The network with time cut as the configuration asks, and what a step will need. Raises SpecError where a limit can't be kept."""
    batch, same = config.form.optimiser.batch, config.form.data.encoding == "direct" and config.form.data.source == "digits"
    limit = config.form.memory.limit_MiB
    if limit is None:
        return network, estimate_memory(network, params, batch, same_each_step=same)
    cut, found = bounded(network, params, batch, limit * 2**20, same_each_step=same)
    if found.total > limit * 2**20:
        raise config.document.error(
            ("memory", "limit_MiB"),
            seen=f"{limit:g}",
            expected=f"at least {found.total / 2**20:.0f}, needed even step by step",
            fix="lower optimiser.batch, or raise the limit",
        )
    return cut, found


def _there_already(config: Config, folder: Path | None, resume: bool, say: Callable[[str], None] | None) -> Checkpoint | None:
    """The checkpoint to go on from; None to start afresh."""
    if folder is None:
        return None
    path = latest(folder)
    if path is None:
        if resume and say is not None:
            say(f"{folder}: nothing to go on from, so the training begins")
        return None
    if not resume:
        raise SpecError(
            Finding(
                file=str(folder), seen="a training already", expected="a new folder", fix="go on with --resume, or choose another with -o"
            )
        )
    checkpoint = _newest_readable(folder, say)
    if checkpoint.digest != digest_of(config.form):
        raise SpecError(
            Finding(
                file=str(path),
                seen="a checkpoint of another configuration",
                expected="the one that it was begun with",
                fix=f"{folder / CONFIG} holds that one",
            )
        )
    return checkpoint


def _newest_readable(folder: Path, say: Callable[[str], None] | None) -> Checkpoint:
    """The newest checkpoint that is whole. Raises SpecError for the newest one where none is."""
    first: SpecError | None = None
    for path in checkpoints(folder):
        try:
            found = read_checkpoint(path)
        except SpecError as error:
            first = first or error
            continue
        if first is not None and say is not None:
            say(f"{first}; going on from {path.name}")
        return found
    assert first is not None
    raise first


def _given(config: Config) -> Checkpoint | None:
    """The checkpoint to fine-tune, where the configuration names one: a file, or the newest of a run folder."""
    if config.form.start_from is None:
        return None
    given = Path(config.form.start_from)
    path = given if given.exists() and not (config.folder / given).exists() else config.folder / given
    found = latest(path) if path.is_dir() else path
    if found is None:
        raise config.document.error(("start_from",), seen=config.form.start_from, expected="a folder with checkpoints/, or a checkpoint")
    return read_checkpoint(found)


def working_params(config: Config, network: Network, last: Checkpoint) -> Params:
    """The parameters that work after training: masked and rounded, in training or now."""
    epoch = max(0, config.form.optimiser.epochs - 1)
    params = dict(last.params)
    treatment = treatment_at(config, network, params, last.masks, epoch)
    working = dict(treatment.forward(params))
    plan = config.form.quantisation
    if plan is not None and plan.bits is not None and plan.when == "after":
        for i, name in enumerate(network.weights()):
            working[name] = quantise_after(working[name], plan.bits, plan.rounding, generator((config.form.seed, 5, i)))
    return {name: value for name, value in working.items() if not name.endswith(":scale")}


def finished(config: Config, network: Network, last: Checkpoint) -> Trained:
    """Measure a trained network on the data that is held out, and record it."""
    folded, params = fold(network, working_params(config, network, last))
    watcher = Watcher(steps=network.steps)
    outcome = evaluate(folded, params, config.data.test, config.loss, config.data.classes, watcher.watch)
    plan = config.form.quantisation
    recipe = f"{config.form.source}; " if config.form.source else ""
    facts = Facts(
        name=config.name,
        source=f"{recipe}trained by snnhw train on {config.data.source}; densities are those of the data held out",
        outcome=outcome,
        input_bits=config.data.input_bits,
        weight_bits=plan.bits if plan else None,
        state_bits=plan.state.bits if plan and plan.state else None,
        seed=config.form.seed,
    )
    run = run_of_network(folded, params, watcher, facts)
    return Trained(run=run, network=folded, params={name: np.asarray(value) for name, value in params.items()}, log=last.log)
