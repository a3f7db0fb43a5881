"""Small networks and data for the tests of the trainer."""

from __future__ import annotations

import numpy as np

from snn_workload.train.attention import TcjaOp
from snn_workload.train.convolution import Geometry
from snn_workload.train.network import Network
from snn_workload.train.neurons import Neuron
from snn_workload.train.normalisation import BatchNormOp
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.stateless import DropoutOp, FlattenOp, PoolOp
from snn_workload.train.weighted import Conv2dOp, LinearOp

STEPS = 5
CLASSES = 3


def small_network(first=None, second=None, piece=None, largest=False, norm=True, attention=True, dropout=0.2):
    """conv (not square, strided, padded), norm, neurons, TCJA, pooling, flatten, dropout, linear, neurons; input 6 x 5 x 2."""
    geometry = Geometry(kernel=(3, 2), stride=(1, 2), padding=(1, 1))
    P, Q = geometry.output_size(6, 5)
    size = (P, Q, 4)
    flat = (3 * (Q // 2) * 4,)
    layers = [Conv2dOp(name="conv", before=(6, 5, 2), after=size, geometry=geometry)]
    layers += [BatchNormOp(name="norm", before=size, after=size)] if norm else []
    layers += [NeuronOp(name="n1", before=size, after=size, neuron=first or Neuron())]
    layers += [TcjaOp(name="tcja", before=size, after=size, steps=STEPS)] if attention else []
    layers += [
        PoolOp(name="pool", before=size, after=(3, Q // 2, 4), largest=largest, size=(2, 2), stride=(2, 2)),
        FlattenOp(name="flat", before=(3, Q // 2, 4), after=flat),
        DropoutOp(name="drop", before=flat, after=flat, share=dropout, number=3),
        LinearOp(name="fc", before=flat, after=(CLASSES,)),
        NeuronOp(name="n2", before=(CLASSES,), after=(CLASSES,), neuron=second or Neuron()),
    ]
    return Network(layers=tuple(layers), steps=STEPS, piece=piece)


def parameters(network, seed=1, dtype=np.float64):
    """Parameters a little off their start, so that none sits at a point of symmetry."""
    rng = np.random.default_rng(seed)
    return {name: (value + 0.05 * rng.normal(size=value.shape)).astype(dtype) for name, value in network.initial(seed).items()}


CONFIG = """
time_steps: 4
data: {source: digits, encoding: rate, limit: 120}
network:
- {type: conv2d, name: conv, channels: 8, kernel: 3, padding: 1, bias: false}
- {type: batch_norm}
- {type: lif}
- {type: max_pool}
- {type: flatten}
- {type: linear, name: fc, features: 10}
- {type: lif}
optimiser: {epochs: 2, batch: 30, rate: 0.01}
"""
