"""The training loop: epochs, steps, checkpoints."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from snn_workload.data.dataset import generator
from snn_workload.train.checkpoint import Checkpoint, path_of, write_checkpoint
from snn_workload.train.config import Config
from snn_workload.train.effective import Treatment, scale_of
from snn_workload.train.errors import TrainingError
from snn_workload.train.form import TrainForm
from snn_workload.train.inference import evaluate, fold
from snn_workload.train.loss import answers
from snn_workload.train.network import Network
from snn_workload.train.operation import Operation, Pass, Step
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.tensors import Array, Params

KEPT_CHECKPOINTS = 2


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far training is. loss, accuracy: of the epoch so far; firing_rate: spikes of a neuron and step; seconds_left: a guess."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float
    firing_rate: float
    seconds_left: float

    @property
    def all_steps(self) -> int:
        """Steps of all epochs."""
        return self.epochs * self.steps

    @property
    def steps_done(self) -> int:
        """Steps so far, in all epochs."""
        return (self.epoch - 1) * self.steps + self.step


Listener = Callable[[Progress], None]


@dataclass(slots=True)
class _Spikes:
    """Spikes and chances to spike of each layer, over an epoch."""

    spikes: dict[str, int] = field(default_factory=dict)
    chances: dict[str, int] = field(default_factory=dict)

    def watch(self, layer: Operation, x: Array, step: Step) -> None:
        if isinstance(layer, NeuronOp):
            self.spikes[layer.name] = self.spikes.get(layer.name, 0) + int(np.count_nonzero(step.y))
            self.chances[layer.name] = self.chances.get(layer.name, 0) + step.y.size

    @property
    def rate(self) -> float:
        return sum(self.spikes.values()) / max(1, sum(self.chances.values()))

    def dead(self) -> list[str]:
        return [name for name, count in self.spikes.items() if count == 0]


def digest_of(form: TrainForm) -> str:
    """sha256 of all that a run depends on but its name."""
    said = form.model_dump(mode="json", exclude={"name", "source", "memory"})
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def first_checkpoint(config: Config, network: Network, given: Checkpoint | None) -> Checkpoint:
    """The state before the first epoch; given: of a run that is fine-tuned, whose parameters and masks are taken."""
    params = network.initial(config.form.seed)
    masks: Params = {}
    if given is not None:
        for name in params:
            there = given.params.get(name)
            if there is None or there.shape != params[name].shape:
                seen = "nothing" if there is None else f"the shape {there.shape}"
                raise config.document.error(
                    ("start_from",),
                    seen=f"a checkpoint with {seen} for {name}",
                    expected=f"the shape {params[name].shape}",
                    fix="take the checkpoint of a network with the same layers",
                )
        params |= {name: value.copy() for name, value in given.params.items() if name in params or name.endswith(":scale")}
        masks = {name: value for name, value in given.masks.items() if name in params}
    moments = config.adam.start({name: params[name] for name in network.trained(params)})
    return Checkpoint(params=params, moments=moments, masks=masks, epoch=0, steps=0, digest=digest_of(config.form))


def train_epochs(config: Config, network: Network, start: Checkpoint, folder: Path | None, progress: Listener | None) -> Checkpoint:
    """Train from a checkpoint to the end; one checkpoint an epoch is written to the folder, where there is one."""
    now = start
    epochs = config.form.optimiser.epochs
    for epoch in range(start.epoch, epochs):
        with np.errstate(all="ignore"):  # what is not finite is found and named
            now = _epoch(config, network, now, epoch, progress)
        if folder is not None:
            write_checkpoint(now, path_of(folder, now.epoch))
            path_of(folder, now.epoch - KEPT_CHECKPOINTS).unlink(missing_ok=True)
    return now


def treatment_at(config: Config, network: Network, params: Params, masks: Params, epoch: int) -> Treatment:
    """Masks and rounding that hold during an epoch; scales that are not there yet are added to params."""
    names = network.weights()
    if config.pruning is not None:
        weights = {name: params[name] * masks[name] if name in masks else params[name] for name in names}
        sparsity = config.pruning.at(epoch, config.form.optimiser.epochs)
        masks = config.pruning.masks(weights, sparsity) if sparsity > 0 else masks
    quantiser = config.quantiser if epoch >= config.quantised_from else None
    if quantiser is not None:
        for name in names:
            weight = params[name] * masks[name] if name in masks else params[name]
            if scale_of(name) not in params:
                params[scale_of(name)] = quantiser.initial_scale(weight)
    return Treatment(masks=masks, quantiser=quantiser, names=names)


def _epoch(config: Config, network: Network, before: Checkpoint, epoch: int, progress: Listener | None) -> Checkpoint:
    """One pass over the data; nothing of `before` is changed."""
    params = {name: value.copy() for name, value in before.params.items()}
    moments = {name: value.copy() for name, value in before.moments.items()}
    treatment = treatment_at(config, network, params, before.masks, epoch)
    moments |= {name: value for name, value in config.adam.start(params).items() if name not in moments}
    counted, losses, right = _Spikes(), [], 0
    batches = list(_batches(config, epoch))
    decayed = frozenset(network.weights())
    begun = time.monotonic()
    for i, which in enumerate(batches):
        x, labels = config.data.train.batch(which, (config.form.seed, 2, epoch, i)), config.data.train.labels[which]
        run = Pass(steps=network.steps, train=True, key=(config.form.seed, 3, epoch, i))
        working = treatment.forward(params)
        spikes, tape = network.forward(working, x, run, counted.watch)
        loss, grad = config.loss(spikes, labels)
        grads = treatment.backward(params, network.backward(working, grad, tape))
        del tape
        _check_finite(loss, grads, epoch, i)
        number = before.steps + i + 1
        config.adam.step(params, grads, moments, number, config.rate.at(number - 1, len(batches) * config.form.optimiser.epochs), decayed)
        params |= run.updates
        losses.append(loss)
        right += int((answers(spikes) == labels).sum())
        if progress is not None:
            done = sum(len(one) for one in batches[: i + 1])
            left = (time.monotonic() - begun) / (i + 1) * ((config.form.optimiser.epochs - epoch) * len(batches) - i - 1)
            progress(
                Progress(
                    epoch=epoch + 1,
                    epochs=config.form.optimiser.epochs,
                    step=i + 1,
                    steps=len(batches),
                    loss=float(np.mean(losses)),
                    accuracy=right / done,
                    firing_rate=counted.rate,
                    seconds_left=left,
                )
            )
    _check_usable(params, epoch)
    record: dict[str, Any] = {
        "epoch": epoch + 1,
        "loss": float(np.mean(losses)),
        "accuracy": right / max(1, sum(map(len, batches))),
        "firing_rate": counted.rate,
        "sparsity": _sparsity(treatment.forward(params), network),
    } | _held_out(config, network, treatment, params)
    record["silent"] = counted.dead()
    _check_alive(config, record)
    masks = treatment.masks
    return replace(
        before, params=params, moments=moments, masks=masks, epoch=epoch + 1, steps=before.steps + len(batches), log=(*before.log, record)
    )


def _check_alive(config: Config, record: dict[str, Any]) -> None:
    """Raises TrainingError, naming the layers that did not spike once in the epoch."""
    dead = record["silent"]
    if dead and not config.form.allow_dead:
        raise TrainingError(
            f"{config.document.file}: {', '.join(dead)} did not spike once in epoch {record['epoch']}, so nothing can be learnt; lower its "
            "threshold, raise the rate of the input, add batch_norm before it, or say allow_dead: true"
        )


def _batches(config: Config, epoch: int) -> Iterator[Array]:
    """All examples in an order of the epoch's own, in batches; a last one of a single example is left out."""
    size = config.form.optimiser.batch
    order = generator((config.form.seed, 4, epoch)).permutation(len(config.data.train))
    for i in range(0, len(order), size):
        if len(order[i : i + size]) > 1 or len(order) == 1:
            yield order[i : i + size]


def _held_out(config: Config, network: Network, treatment: Treatment, params: Params) -> dict[str, Any]:
    """Loss and accuracy on the half that is held out, after an epoch; for the log only, nothing is chosen by it."""
    folded, working = fold(network, treatment.forward(params))
    outcome = evaluate(folded, working, config.data.test, config.loss, config.data.classes)
    return {"held_out_loss": outcome.loss, "held_out_accuracy": outcome.accuracy}


def _sparsity(working: Params, network: Network) -> float:
    total = sum(working[name].size for name in network.weights())
    return 1 - sum(int(np.count_nonzero(working[name])) for name in network.weights()) / max(1, total)


def _check_finite(loss: float, grads: Params, epoch: int, step: int) -> None:
    """Raises TrainingError, naming the first parameter whose gradient is no number."""
    wrong = next((name for name, grad in grads.items() if not np.isfinite(grad).all()), None)
    if wrong is None and math.isfinite(loss):
        return
    what = f"the gradient of {wrong}" if wrong else "the loss"
    raise TrainingError(f"{what} is not a finite number in epoch {epoch + 1}, step {step + 1}; lower optimiser.rate, or look at the data")


def _check_usable(params: Params, epoch: int) -> None:
    """Raises TrainingError, naming the first parameter that an epoch left without finite values: the last step has no gradient after it."""
    wrong = next((name for name, value in params.items() if not np.isfinite(value).all()), None)
    if wrong is not None:
        raise TrainingError(f"{wrong} is not finite after epoch {epoch + 1}; lower optimiser.rate, or look at the data")
