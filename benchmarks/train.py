"""Times a training step of a convolutional spiking network beside the same network in PyTorch with snnTorch, in one run.

    python benchmarks/train.py [--steps 5] [--threads 1]

Two convolutions of 64 channels (3 x 3, padding 1), one linear layer to 10 classes, LIF neurons with plain decay 0.9 and threshold 1,
hard reset, arctan surrogate, 28 x 28 pixels as spikes of rate 0.2, T = 10, batch 32: forward, loss on spike counts, backward through
time, Adam. Both sides start from the same weights and see the same spikes; losses are printed side by side. Steps of the two
alternate, and the medians of process time and of wall time are compared. torch and snntorch are needed for the other side only; without
them the own side is timed alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

T, BATCH, SIDE, CHANNELS, CLASSES, DECAY = 10, 32, 28, 64, 10, 0.9


def main() -> None:
    """Parse, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=5, help="timed steps of each side, after one that is not timed")
    parser.add_argument("--threads", type=int, default=1, help="threads of BLAS and of torch")
    given = parser.parse_args()
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = str(given.threads)
    import numpy as np

    rng = np.random.default_rng(0)
    x = (rng.random((T, BATCH, SIDE, SIDE, 1)) < 0.2).astype(np.float32)
    labels = rng.integers(0, CLASSES, BATCH)
    network, params = own_network()
    sides = {"snnhw": own_step(network, params, x, labels)}
    try:
        sides["torch"] = torch_step(params, x, labels, given.threads)
    except ImportError as error:
        print(f"without the other side: {error}")
    timed = {name: [] for name in sides}
    losses: dict[str, list[float]] = {name: [] for name in sides}
    for i in range(given.steps + 1):
        for name, step in sides.items():
            cpu, wall = time.process_time(), time.perf_counter()
            losses[name].append(step())
            if i:
                timed[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    report(timed, losses, given.threads)


def report(timed: dict[str, Any], losses: dict[str, list[float]], threads: int) -> None:
    """Medians of each side, and their ratio."""
    print(f"{CHANNELS} channels, {SIDE} x {SIDE}, T = {T}, batch {BATCH}, {threads} thread(s), load {os.getloadavg()[0]:.1f}")
    for name, pairs in timed.items():
        cpu, wall = (statistics.median(one[i] for one in pairs) for i in (0, 1))
        said = ", ".join(f"{value:.4f}" for value in losses[name])
        print(f"{name:6} {cpu * 1e3:8.0f} ms process time, {wall * 1e3:8.0f} ms wall time a step; losses {said}")
    if len(timed) == 2:
        ratio = statistics.median(one[0] for one in timed["torch"]) / statistics.median(one[0] for one in timed["snnhw"])
        print(f"torch with snnTorch takes {ratio:.2f} times the process time")


def own_network() -> tuple[Any, Any]:
    """The network of snn_workload and its first parameters."""
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    import numpy as np

    from snn_workload.train.convolution import Geometry
    from snn_workload.train.network import Network
    from snn_workload.train.neurons import Neuron
    from snn_workload.train.spiking import NeuronOp
    from snn_workload.train.stateless import FlattenOp
    from snn_workload.train.weighted import Conv2dOp, LinearOp

    maps, flat = (SIDE, SIDE, CHANNELS), (SIDE * SIDE * CHANNELS,)
    same, neuron = Geometry(kernel=(3, 3), padding=(1, 1)), Neuron(charge="decay", decay=DECAY)
    network = Network(
        steps=T,
        layers=(
            Conv2dOp(name="conv1", before=(SIDE, SIDE, 1), after=maps, geometry=same),
            NeuronOp(name="lif1", before=maps, after=maps, neuron=neuron),
            Conv2dOp(name="conv2", before=maps, after=maps, geometry=same),
            NeuronOp(name="lif2", before=maps, after=maps, neuron=neuron),
            FlattenOp(name="flatten", before=maps, after=flat),
            LinearOp(name="fc", before=flat, after=(CLASSES,)),
            NeuronOp(name="lif3", before=(CLASSES,), after=(CLASSES,), neuron=neuron),
        ),
    )
    rng, params = np.random.default_rng(1), network.initial(0)
    for name, value in params.items():  # torch's own scheme: uniform within 1 / sqrt(inputs)
        layer = name.split(".")[0]
        bound = 1 / np.sqrt(np.prod(params[f"{layer}.weight"].shape[:-1]))
        params[name] = rng.uniform(-bound, bound, value.shape).astype(np.float32)
    return network, params


def own_step(network: Any, given: Any, x: Any, labels: Any) -> Callable[[], float]:
    """A training step of the own side."""
    from snn_workload.train.loss import Loss
    from snn_workload.train.operation import Pass
    from snn_workload.train.optimiser import Adam

    params = {name: value.copy() for name, value in given.items()}
    adam, loss, counted = Adam(), Loss(), [0]
    moments = adam.start(params)

    def step() -> float:
        spikes, tape = network.forward(params, x, Pass(steps=T, train=True))
        value, grad = loss(spikes, labels)
        grads = network.backward(params, grad, tape)
        counted[0] += 1
        adam.step(params, grads, moments, counted[0], 1e-3, frozenset())
        return value

    return step


def torch_step(params: Any, x: Any, labels: Any, threads: int) -> Callable[[], float]:
    """The same step in PyTorch with snnTorch, from the same weights."""
    import numpy as np
    import snntorch
    import torch
    from snntorch import surrogate

    torch.set_num_threads(threads)

    def neurons() -> Any:
        return snntorch.Leaky(beta=DECAY, threshold=1.0, spike_grad=surrogate.atan(alpha=2.0), reset_mechanism="zero", reset_delay=False)

    conv1, conv2 = torch.nn.Conv2d(1, CHANNELS, 3, padding=1), torch.nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1)
    fc = torch.nn.Linear(CHANNELS * SIDE * SIDE, CLASSES)
    with torch.no_grad():
        for module, name in ((conv1, "conv1"), (conv2, "conv2"), (fc, "fc")):
            weight = params[f"{name}.weight"]
            turned = weight.T if weight.ndim == 2 else np.transpose(weight, (3, 2, 0, 1))
            module.weight.copy_(torch.from_numpy(np.ascontiguousarray(turned)))
            module.bias.copy_(torch.from_numpy(params[f"{name}.bias"]))
    layers = neurons(), neurons(), neurons()
    optimiser = torch.optim.Adam([*conv1.parameters(), *conv2.parameters(), *fc.parameters()], lr=1e-3)
    given, goal = torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, 2))), torch.from_numpy(labels)

    def step() -> float:
        states = [layer.init_leaky() for layer in layers]
        count = 0
        for now in given:
            spikes, states[0] = layers[0](conv1(now), states[0])
            spikes, states[1] = layers[1](conv2(spikes), states[1])
            spikes, states[2] = layers[2](fc(spikes.flatten(1)), states[2])
            count = count + spikes
        loss = torch.nn.functional.cross_entropy(10.0 * count / T, goal)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return float(loss.detach())

    return step


if __name__ == "__main__":
    main()
