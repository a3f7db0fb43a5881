"""Training by STDP, from a configuration to a run."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from snn_workload.data.dataset import Array, Examples, generator
from snn_workload.train import stdp
from snn_workload.train.checkpoint import Checkpoint, path_of, write_checkpoint
from snn_workload.train.config import Config
from snn_workload.train.errors import TrainingError
from snn_workload.train.form import StdpForm
from snn_workload.train.inference import HELD_OUT, PORTION, Outcome
from snn_workload.train.loop import KEPT_CHECKPOINTS, Listener, Progress, digest_of
from snn_workload.train.network import Network
from snn_workload.train.record import Facts, run_of_network
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.statistics import Tally, Watcher
from snn_workload.train.train import Trained
from snn_workload.train.weighted import LinearOp

TOLD_EVERY = 50
"""Examples between two calls of the progress listener."""


def train_unsupervised(config: Config, start: Checkpoint | None, folder: Path | None, progress: Listener | None) -> Trained:
    """Learn, find the class of each neuron on what was learnt from, and measure on what was held out."""
    form = config.form.stdp
    if form is None:
        raise config.document.error(("stdp",), seen="nothing", expected="a mapping")
    inputs = int(np.prod(config.data.size))
    if start is None:
        learnt = stdp.first(form, inputs, generator((config.form.seed, 1, 0)))
        start = Checkpoint(params=learnt._asdict(), moments={}, masks={}, epoch=0, steps=0, digest=digest_of(config.form))
    now = start
    for epoch in range(start.epoch, form.epochs):
        now = _epoch(config, form, now, epoch, progress)
        if folder is not None:
            write_checkpoint(now, path_of(folder, now.epoch))
            path_of(folder, now.epoch - KEPT_CHECKPOINTS).unlink(missing_ok=True)
    return _finished(config, form, inputs, now)


def _epoch(config: Config, form: StdpForm, before: Checkpoint, epoch: int, progress: Listener | None) -> Checkpoint:
    learnt = stdp.Learnt(**before.params)
    order = generator((config.form.seed, 4, epoch)).permutation(len(config.data.train))
    begun, lift = time.monotonic(), float(learnt.lift.sum())
    for i, one in enumerate(order):
        key = (config.form.seed, 2, epoch, i)
        x = config.data.train.batch(np.array([one]), key)
        learnt = stdp.learn_example(form, learnt, _flat(x, config.form.time_steps)[:, 0], generator((*key, 6)))
        if progress is not None and (i % TOLD_EVERY == TOLD_EVERY - 1 or i == len(order) - 1):
            rate = max(0.0, float(learnt.lift.sum()) - lift) / ((i + 1) * config.form.time_steps * form.neurons)
            left = (time.monotonic() - begun) / (i + 1) * ((form.epochs - epoch) * len(order) - i - 1)
            progress(
                Progress(
                    epoch=epoch + 1,
                    epochs=form.epochs,
                    step=i + 1,
                    steps=len(order),
                    loss=0.0,
                    accuracy=0.0,
                    firing_rate=rate,
                    seconds_left=left,
                )
            )
    if not config.form.allow_dead and not learnt.lift.any():
        raise TrainingError(f"{config.document.file}: no neuron spiked in epoch {epoch + 1}; lower stdp.threshold, or raise stdp.gain")
    log = (*before.log, {"epoch": epoch + 1, "threshold_lift": float(learnt.lift.mean())})
    return replace(before, params=learnt._asdict(), epoch=epoch + 1, steps=before.steps + len(order), log=log)


def _flat(x: Array, steps: int) -> Array:
    """Inputs as (T, B, inputs), every step written out."""
    flat = x.reshape(*x.shape[:2], -1)
    return np.broadcast_to(flat, (steps, *flat.shape[1:])) if len(flat) != steps else flat


def _finished(config: Config, form: StdpForm, inputs: int, last: Checkpoint) -> Trained:
    learnt = stdp.finished(form, stdp.Learnt(**last.params), generator((config.form.seed, 5, 0)))
    classes, steps = config.data.classes, config.form.time_steps
    counts = np.concatenate([one[0] for one in _responses(form, learnt, config.data.train, steps)])
    owners = stdp.assigned(counts, config.data.train.labels, classes)
    watcher = Watcher(steps=steps, inputs={"excitatory": Tally()}, outputs={"neurons": Tally()})
    held, low, high = [], 0.0, 0.0
    for count, x, seen in _responses(form, learnt, config.data.test, steps):
        held.append(count)
        low, high = min(low, seen.low), max(high, seen.high)
        watcher.inputs["excitatory"].add(x, steps)
        watcher.outputs["neurons"].add(seen.spikes, steps)
    watcher.ranges["neurons"] = (low, high)
    outcome = _outcome(stdp.votes(np.concatenate(held), owners, classes), config.data.test.labels, classes)
    params = {"excitatory.weight": learnt.weight.astype(np.float32)}
    network = Network(steps=steps, layers=(
        LinearOp(name="excitatory", before=(inputs,), after=(form.neurons,), bias=False),
        NeuronOp(name="neurons", before=(form.neurons,), after=(form.neurons,), neuron=stdp.neuron_of(form, adapting=False)),
    ))  # fmt: skip
    facts = Facts(
        name=config.name,
        source=f"trained by snnhw train, STDP, on {config.data.source}; densities are those of the data held out",
        outcome=outcome,
        input_bits=config.data.input_bits,
        weight_bits=form.bits,
        state_bits=None,
        seed=config.form.seed,
        assumptions=("Lateral inhibition between the excitatory neurons is not costed.",),
    )
    log: tuple[dict[str, Any], ...] = (*last.log, {"held_out_accuracy": outcome.accuracy})
    return Trained(run=run_of_network(network, params, watcher, facts), network=network, params=params, log=log)


def _responses(form: StdpForm, learnt: stdp.Learnt, examples: Examples, steps: int) -> list[tuple[Array, Array, stdp.Seen]]:
    """Of each portion of the examples: spike counts (B, neurons), inputs, and what the layer did."""
    found = []
    for which in examples.portions(PORTION):
        x = _flat(examples.batch(which, (*HELD_OUT, int(which[0]))), steps)
        seen = stdp.respond(form, learnt, x)
        found.append((seen.spikes.sum(0), x, seen))
    return found


def _outcome(answers: Array, labels: Array, classes: int) -> Outcome:
    right = answers == labels
    recall = tuple(float(right[labels == one].mean()) if (labels == one).any() else 0.0 for one in range(classes))
    return Outcome(loss=0.0, accuracy=float(right.mean()), recall=recall)
