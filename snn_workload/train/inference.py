"""The network as it is used: weights that work, batch normalisation folded into them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from snn_workload.data.dataset import Examples
from snn_workload.train.loss import Loss, answers
from snn_workload.train.network import Network, Watch, own
from snn_workload.train.normalisation import BatchNormOp, folded
from snn_workload.train.operation import Operation, Pass
from snn_workload.train.tensors import Params
from snn_workload.train.weighted import Conv2dOp, LinearOp

HELD_OUT = (0, 0)
"""Key of the random draws of held-out data: the same for every network and epoch."""
PORTION = 64


def fold(network: Network, params: Params) -> tuple[Network, Params]:
    """The network without the batch normalisations that follow a layer with weights, and its parameters. Others stay; dropout goes."""
    layers = [layer for layer in network.layers if layer.type_name != "dropout"]
    found = dict(params.items())
    kept: list[Operation] = []
    for i, layer in enumerate(layers):
        before = layers[i - 1] if i else None
        if isinstance(layer, BatchNormOp) and isinstance(before, Conv2dOp | LinearOp):
            norm, weights = own(params, layer.name), own(params, before.name)
            found[f"{before.name}.weight"], found[f"{before.name}.bias"] = folded(weights["weight"], weights.get("bias"), norm)
            found = {name: value for name, value in found.items() if not name.startswith(f"{layer.name}.")}
            kept[-1] = replace(before, bias=True)
        else:
            kept.append(layer)
    return replace(network, layers=tuple(kept), piece=None), found


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """On some examples. loss: mean; accuracy: share of right answers; recall: of each class, the share of its examples that were found."""

    loss: float
    accuracy: float
    recall: tuple[float, ...]


def evaluate(network: Network, params: Params, examples: Examples, loss: Loss, classes: int, watch: Watch | None = None) -> Outcome:
    """Run all examples through the network. watch: called with each layer of each portion."""
    right, of_class, total = np.zeros(classes), np.zeros(classes), 0.0
    for which in examples.portions(PORTION):
        x, labels = examples.batch(which, (*HELD_OUT, int(which[0]))), examples.labels[which]
        spikes, _ = network.forward(params, x, Pass(steps=network.steps), watch)
        total += loss(spikes, labels)[0] * len(labels)
        hit = answers(spikes) == labels
        right += np.bincount(labels, hit, classes)
        of_class += np.bincount(labels, minlength=classes)
    recall = right / np.maximum(of_class, 1)
    return Outcome(loss=total / len(examples), accuracy=float(right.sum() / len(examples)), recall=tuple(float(one) for one in recall))
