"""A network: layers one after the other, as a function of its parameters; forward, and back through time.

Time can be cut into pieces (gradient checkpointing over time): the forward pass then keeps only the states between pieces, and the
way back goes through each piece again, the last one first. A layer that mixes time (batch normalisation in training, TCJA) ends a block;
blocks are cut each on its own, so that what is kept beside one piece is the values between blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from snn_workload.train.operation import Operation, Pass, Size, Step
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.tensors import Array, Params

Watch = Callable[[Operation, Array, Step], None]
"""Called with each layer, what came in (T, B, ...) and what it made of that."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """layers: in order; steps: time steps T of an example; piece: steps of a piece, None where time is not cut."""

    layers: tuple[Operation, ...]
    steps: int
    piece: int | None = None

    @property
    def before(self) -> Size:
        """Size of an input at one step."""
        return self.layers[0].before

    @property
    def neurons(self) -> tuple[NeuronOp, ...]:
        """The layers that spike."""
        return tuple(layer for layer in self.layers if isinstance(layer, NeuronOp))

    @property
    def blocks(self) -> tuple[tuple[Operation, ...], ...]:
        """Runs of layers that time can be cut in, and between them, each alone, those that mix time."""
        blocks: list[tuple[Operation, ...]] = []
        for layer in self.layers:
            if not layer.mixes_time and blocks and not blocks[-1][-1].mixes_time:
                blocks[-1] = (*blocks[-1], layer)
            else:
                blocks.append((layer,))
        return tuple(blocks)

    def initial(self, seed: int) -> Params:
        """Parameters at the start, `layer.key` each, drawn layer by layer from the seed."""
        found: Params = {}
        for i, layer in enumerate(self.layers):
            rng = np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, 1, i))))
            found |= {f"{layer.name}.{key}": value for key, value in layer.initial(rng).items()}
        return found

    def trained(self, params: Params) -> tuple[str, ...]:
        """Names of the parameters that gradients are taken for, in order."""
        buffers = {f"{layer.name}.{key}" for layer in self.layers for key in layer.buffers}
        return tuple(name for name in params if name not in buffers)

    def weights(self) -> tuple[str, ...]:
        """Names of the parameters that are quantised and pruned, in network order."""
        return tuple(f"{layer.name}.{key}" for layer in self.layers for key in layer.weights)

    def forward(self, params: Params, x: Array, run: Pass, watch: Watch | None = None) -> tuple[Array, Tape]:
        """x (T or 1, B, ...) -> what leaves the last layer (T, B, classes), and what `backward` needs."""
        cut = self.piece is not None and self.piece < self.steps
        records: list[Any] = []
        for block in self.blocks if cut else (self.layers,):
            if cut and not block[0].mixes_time:
                y, pieces = self._pieces(block, params, x, run, watch)
                records.append(pieces)
            else:
                y, _, caches = through(block, params, x, run, None, watch)
                records.append(caches)
            x = y
        return x, Tape(run=run, records=tuple(records), cut=cut)

    def _pieces(self, block: tuple[Operation, ...], params: Params, x: Array, run: Pass, watch: Watch | None) -> tuple[Array, Pieces]:
        states: Any = None
        kept, outputs = [], []
        for some in self._cuts():
            kept.append(states)
            y, states = through(block, params, _part(x, some), replace(run, steps=some.stop - some.start), states, watch)[:2]
            outputs.append(y)
        return outputs[0] if _same_each_step(block, x) else np.concatenate(outputs), Pieces(x=x, states=tuple(kept))

    def _cuts(self) -> list[slice]:
        piece = self.piece or self.steps
        return [slice(i, min(i + piece, self.steps)) for i in range(0, self.steps, piece)]

    def backward(self, params: Params, grad: Array, tape: Tape) -> Params:
        """Derivatives for all trained parameters, from that of what left the last layer (T, B, classes)."""
        found: Params = {}
        blocks = self.blocks if tape.cut else (self.layers,)
        for block, record in zip(reversed(blocks), reversed(tape.records), strict=True):
            wanted = block is not blocks[0]
            if isinstance(record, Pieces):
                grad = self._pieces_back(block, params, grad, record, tape.run, found, wanted=wanted)
            else:
                grad, _ = back(block, params, grad, record, None, found, wanted=wanted)
        return found

    def _pieces_back(self, block: tuple[Operation, ...], params: Params, grad: Array, record: Pieces, run: Pass, found: Params, *,
                     wanted: bool) -> Array:  # fmt: skip
        states: Any = None
        parts: list[Array] = []
        for some, before in zip(reversed(self._cuts()), reversed(record.states), strict=True):
            part = replace(run, steps=some.stop - some.start)
            caches = through(block, params, _part(record.x, some), part, before, None)[2]
            above = grad / grad.dtype.type(len(record.states)) if _same_each_step(block, record.x) else grad[some]
            dx, states = back(block, params, np.array(above), caches, states, found, wanted=wanted)
            del caches  # before the next piece makes its own
            if wanted:
                parts.append(dx)
            del dx
        if not wanted:
            return grad
        return sum(parts[1:], parts[0]) if len(record.x) == 1 else np.concatenate(parts[::-1])


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """What is kept of a block that is cut: its input, and the states before each piece (None before the first)."""

    x: Array
    states: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Tape:
    """What a forward pass leaves for the way back."""

    run: Pass
    records: tuple[Any, ...]
    cut: bool


def own(params: Params, name: str) -> Params:
    """The parameters of one layer, by their own names."""
    start = f"{name}."
    return {key[len(start) :]: value for key, value in params.items() if key.startswith(start)}


def through(layers: tuple[Operation, ...], params: Params, x: Array, run: Pass, states: Any,
            watch: Watch | None) -> tuple[Array, tuple[Any, ...], tuple[Any, ...]]:  # fmt: skip
    """x through some layers from their states (None: the start): what leaves, the states afterwards, the caches."""
    after, caches = [], []
    for i, layer in enumerate(layers):
        state = states[i] if states is not None else layer.start(x.shape[1], x.dtype)
        theirs = i > 0 and layers[i - 1].gives_away
        step = layer.forward(own(params, layer.name), x, replace(run, overwrite=theirs), state)
        if watch is not None:
            watch(layer, x, step)
        after.append(step.state)
        caches.append(step.cache)
        x = step.y
    return x, tuple(after), tuple(caches)


def back(layers: tuple[Operation, ...], params: Params, grad: Array, caches: tuple[Any, ...], states: Any, found: Params, *,
         wanted: bool) -> tuple[Array, tuple[Any, ...]]:  # fmt: skip
    """The way back through some layers; derivatives of parameters are added to `found`. wanted: whether that of the input is."""
    before: list[Any] = []
    first = 0 if wanted else next(_with_parameters(layers, params), len(layers))
    for i in range(len(layers) - 1, -1, -1):
        layer = layers[i]
        if i < first:
            before.append(None)
            continue
        step = layer.backward(
            own(params, layer.name), grad, caches[i], states[i] if states is not None else None, wanted=wanted or i > first
        )
        for key, value in step.params.items():
            name = f"{layer.name}.{key}"
            found[name] = found[name] + value if name in found else value
        before.append(step.state)
        if step.x is not None:
            grad = step.x
    return grad, tuple(reversed(before))


def _with_parameters(layers: tuple[Operation, ...], params: Params) -> Iterator[int]:
    return (i for i, layer in enumerate(layers) if own(params, layer.name))


def _part(x: Array, some: slice) -> Array:
    return x if len(x) == 1 else x[some]


def _same_each_step(block: tuple[Operation, ...], x: Array) -> bool:
    """Whether a block puts out the same in every step, so that one step stands for all."""
    return len(x) == 1 and not any(isinstance(layer, NeuronOp) for layer in block)
