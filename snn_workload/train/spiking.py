"""A layer of spiking neurons, all time steps at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from snn_workload.train.neuron_kernels import simple_backward, simple_forward
from snn_workload.train.neurons import Neuron, NeuronState, quantised, start
from snn_workload.train.operation import Back, Operation, Pass, Step, stretched
from snn_workload.train.state_kernels import stateful_backward, stateful_forward
from snn_workload.train.tensors import Array, Params


@dataclass(frozen=True, kw_only=True)
class NeuronOp(Operation):
    """Neurons of one kind; see neurons.py. Parameters: leak and threshold (1,) where they are learnt."""

    type_name: ClassVar[str] = "neuron"

    neuron: Neuron = field(default_factory=Neuron)

    def initial(self, rng: np.random.Generator) -> Params:
        """The free parameters of what is learnt."""
        return {key: np.array([value], np.float32) for key, value in self.neuron.initial().items()}

    def start(self, batch: int, dtype: Any) -> NeuronState:
        """Every potential at rest."""
        return start((batch, *self.after), dtype, self.neuron.u_reset)

    def constants(self, p: Params, dtype: Any) -> Array:
        """The neuron's constants, of the dtype of the data."""
        return self.neuron.constants(_free(p)).astype(dtype)

    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """(T or 1, B, ...) -> spikes (T, B, ...)."""
        once = x.shape[0] == 1 < run.steps
        own = run.overwrite and not once and x.flags.c_contiguous
        charged = (x if own else np.array(stretched(x, run.steps), order="C")).reshape(run.steps, -1)
        constants, shape = self.constants(p, x.dtype), (run.steps, *x.shape[1:])
        u, first = state.u.reshape(-1).copy(), state.u.reshape(-1)
        spikes = np.empty_like(charged)
        if self.neuron.simple:
            simple_forward(charged, u, constants, self.neuron.number, run.smooth, spikes)
            after = NeuronState(u.reshape(state.u.shape), state.w)
            return Step(spikes.reshape(shape), after, (charged, spikes, first, None, once, run.smooth))
        w, adapted = state.w.reshape(-1).copy(), np.empty_like(charged)
        stateful_forward(charged, u, w, constants, self.neuron.number, run.smooth, adapted, spikes)
        after = NeuronState(u.reshape(state.u.shape), w.reshape(state.w.shape))
        return Step(spikes.reshape(shape), after, (charged, spikes, first, adapted, once, run.smooth))

    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """See Operation; state: derivatives (u, w) for the state after the last step, None for zeros."""
        charged, spikes, first, adapted, once, smooth = cache
        shape, constants = grad.shape, self.constants(p, grad.dtype)
        flat = np.ascontiguousarray(grad).reshape(charged.shape)
        du, dw = _zeros_or(state, first)
        sums = np.zeros(4)
        if self.neuron.simple:
            simple_backward(flat, charged, spikes, first, du, constants, self.neuron.number, bool(_free(p)), sums)
        else:
            grid, low, high = constants[10:13]
            q = quantised(self.neuron, charged, grid, low, high, smooth=smooth) if grid > 0 else charged
            stateful_backward(flat, charged, adapted, spikes, q, first, du, dw, constants, self.neuron.number, sums)
        found = {key: np.array([value], grad.dtype) for key, value in self.neuron.free_gradients(_free(p), sums).items()}
        dx = flat.reshape(shape)
        one = shape[1:]
        return Back(dx.sum(0, keepdims=True) if once else dx, NeuronState(du.reshape(one), dw.reshape(one)), found)

    def floats(self, steps: int, batch: int) -> int:
        """Potentials before the reset and spikes, and the adaptation where there is one."""
        return steps * batch * int(np.prod(self.after)) * (2 if self.neuron.simple else 3)


def _free(p: Params) -> dict[str, float]:
    return {key: float(p[key][0]) for key in ("leak", "threshold") if key in p}


def _zeros_or(state: Any, like: Array) -> tuple[Array, Array]:
    if state is None:
        return np.zeros_like(like), np.zeros_like(like)
    return state.u.reshape(-1).copy(), state.w.reshape(-1).copy()
