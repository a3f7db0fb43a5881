"""Memory of a training step: the estimate against what numpy took."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from snn_workload.train.convolution import Geometry
from snn_workload.train.loss import Loss
from snn_workload.train.memory import bounded, estimate_memory
from snn_workload.train.network import Network
from snn_workload.train.operation import Pass
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.stateless import FlattenOp, PoolOp
from snn_workload.train.weighted import Conv2dOp, LinearOp

BATCH = 16


def network(steps=12):
    big, small = (16, 16, 8), (8, 8, 8)
    same = Geometry(kernel=(3, 3), padding=(1, 1))
    return Network(steps=steps, layers=(
        Conv2dOp(name="a", before=(16, 16, 2), after=big, geometry=same), NeuronOp(name="n", before=big, after=big),
        PoolOp(name="p", before=big, after=small, largest=False, size=(2, 2), stride=(2, 2)),
        Conv2dOp(name="b", before=small, after=small, geometry=same), NeuronOp(name="m", before=small, after=small),
        FlattenOp(name="f", before=small, after=(512,)), LinearOp(name="l", before=(512,), after=(10,)),
        NeuronOp(name="o", before=(10,), after=(10,)),
    ))  # fmt: skip


def peak(net):
    """The most bytes that one step takes, its input included."""
    params = net.initial(0)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, BATCH)

    def step():
        x = (rng.random((net.steps, BATCH, 16, 16, 2)) < 0.2).astype(np.float32)
        y, tape = net.forward(params, x, Pass(steps=net.steps, train=True))
        net.backward(params, Loss()(y, labels)[1], tape)

    step()
    tracemalloc.start()
    step()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


@pytest.mark.parametrize("piece", [None, 4, 1])
def test_the_estimate_is_near_what_is_taken(piece):
    net = replace(network(), piece=piece)
    assert peak(net) == pytest.approx(estimate_memory(net, net.initial(0), BATCH).total, rel=0.4)


def test_pieces_of_time_take_less_memory():
    whole, cut = peak(network()), peak(replace(network(), piece=2))
    assert cut < 0.7 * whole


def test_a_limit_takes_the_largest_pieces_that_keep_it():
    net = network()
    params = net.initial(0)
    limit = 0.6 * estimate_memory(net, params, BATCH).total
    cut, found = bounded(net, params, BATCH, limit)
    assert found.total <= limit
    assert 1 <= cut.piece < 12
    assert estimate_memory(replace(net, piece=cut.piece + 1), params, BATCH).total > limit
