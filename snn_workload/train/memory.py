"""What backpropagation through time keeps in memory, worked out before it starts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from snn_workload.train.network import Network
from snn_workload.train.operation import Operation
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.tensors import Params

FLOAT = 4
MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes. kept: for the way back; working: arrays that come and go; parameters: with gradients and moments; piece: steps of a piece."""

    kept: int
    working: int
    parameters: int
    piece: int | None

    @property
    def total(self) -> int:
        """All of them."""
        return self.kept + self.working + self.parameters

    def __str__(self) -> str:
        cut = f", time in pieces of {self.piece} steps" if self.piece else ""
        return (
            f"memory of a training step: about {self.total / MIB:,.0f} MiB ({self.kept / MIB:,.0f} kept for the way back, "
            f"{self.working / MIB:,.0f} at work, {self.parameters / MIB:,.0f} for parameters{cut})"
        )


def estimate_memory(network: Network, params: Params, batch: int, *, same_each_step: bool = False) -> Memory:
    """What one training step needs at most. same_each_step: the input is one step that stands for all."""
    size = sum(value.size for value in params.values())
    piece = network.piece if network.piece and network.piece < network.steps else None
    kept, largest = 0, 0
    steps = 1 if same_each_step else network.steps
    entering = steps * batch * math.prod(network.before)
    kept += entering
    for block in network.blocks:
        cut = piece is not None and not block[0].mixes_time
        inside = min(steps, piece) if cut and piece else steps
        held, high, after = _block(block, inside, piece if cut and piece else network.steps, batch)
        if cut and piece:
            pieces = math.ceil(network.steps / piece)
            states = sum(batch * math.prod(layer.after) * 2 for layer in block if isinstance(layer, NeuronOp))
            whole = (network.steps if after > 1 or steps > 1 else 1) * batch * math.prod(block[-1].after)
            kept += pieces * states + whole
            largest = max(largest, held + high, 2 * whole)
        else:
            kept += held
            largest = max(largest, high)
        steps = network.steps if any(isinstance(layer, NeuronOp) for layer in block) or block[0].type_name == "tcja" else steps
    return Memory(kept=kept * FLOAT, working=largest * FLOAT, parameters=size * 5 * FLOAT, piece=piece)


def _block(block: tuple[Operation, ...], steps: int, stretched: int, batch: int) -> tuple[int, int, int]:
    """Of some layers: numbers kept, the most at work in any of them, and the steps that leave."""
    kept = high = 0
    for layer in block:
        if isinstance(layer, NeuronOp) or layer.type_name == "tcja":
            steps = stretched
        kept += layer.floats(steps, batch)
        high = max(high, steps * batch * (2 * math.prod(layer.after) + math.prod(layer.before)))
    return kept, high, steps


def bounded(network: Network, params: Params, batch: int, limit: float, *, same_each_step: bool = False) -> tuple[Network, Memory]:
    """The network with the largest pieces of time with which the estimate is at most `limit` bytes; the smallest, if none is."""
    best = None
    for piece in (network.steps, *list(range(network.steps - 1, 0, -1))):
        cut = replace(network, piece=piece)
        found = estimate_memory(cut, params, batch, same_each_step=same_each_step)
        if found.total <= limit:
            return cut, found
        if best is None or found.total < best[1].total:
            best = cut, found
    assert best is not None
    return best
