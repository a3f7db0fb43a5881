"""Spiking neurons as pure steps: a state and what arrives go in, a new state and spikes come out.

One time step of every neuron here has the same order: charge, compare, reset.

    charge    lif      u' = u + (x - (u - u_reset)) / tau             (a = 1 - 1/tau, b = 1/tau, c = u_reset / tau)
              decay    u' = decay * u + x                             (a = decay, b = 1, c = 0)
              if       u' = u + x                                     (a = 1, b = 1, c = 0)
    quantise  q = Q(u'), to whole multiples of a grid; q = u' where the potential is not quantised
    compare   s = 1 if q >= theta + beta * w else 0
    reset     hard     u = u_reset where s, else q
              soft     u = q - s * (theta + beta * w)
    adapt     w = rho * w + s                                         (beta = 0: no adaptation)

Sources: lif is eq. 1 of Fang et al., ICCV 2021 (parametric LIF); decay and soft reset as in Eshraghian et al., Proc. IEEE 2023; the
adaptive threshold is that of Bellec et al., NeurIPS 2018; the integer potential with stacked surrogates follows Schaefer & Joshi, ICONS
2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from snn_workload.train.surrogates import KINDS, Surrogate, smooth_step
from snn_workload.train.tensors import Array

Charge: TypeAlias = Literal["lif", "decay", "if"]


class NeuronState(NamedTuple):
    """u: membrane potential after the last reset; w: adaptation. Both of the layer's shape (B, ...)."""

    u: Array
    w: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Neuron:
    """The constants of a layer of neurons.

    charge: how the potential takes what arrives, see above; tau (> 1 for lif) and decay (0 to 1): the leak, each read by its kind only.
    reset: where the potential goes after a spike; through_reset: whether the gradient flows through it as well.
    beta, rho: how far a spike lifts the threshold, and how slowly that is forgotten. state_bits: bits of the potential, None for
    floating point; its grid has 2^(bits - 1) steps from 0 to state_range * threshold.
    learn_leak, learn_threshold: trained, one value for the layer, as sigmoid and exponential of a free parameter.
    """

    charge: Charge = "lif"
    tau: float = 2.0
    decay: float = 0.9
    threshold: float = 1.0
    reset: Literal["hard", "soft"] = "hard"
    u_reset: float = 0.0
    surrogate: Surrogate = "arctan"
    alpha: float = 2.0
    through_reset: bool = True
    beta: float = 0.0
    rho: float = 0.9
    state_bits: int | None = None
    state_range: float = 2.0
    learn_leak: bool = False
    learn_threshold: bool = False

    @property
    def simple(self) -> bool:
        """Whether nothing adapts and nothing is quantised, so that the fast kernel serves."""
        return self.beta == 0 and self.state_bits is None

    @property
    def leak(self) -> float:
        """The share that a learnable leak starts from: 1/tau, or the decay."""
        return 1 / self.tau if self.charge == "lif" else self.decay

    def initial(self) -> dict[str, float]:
        """Free parameters at the start: of the leak, ln(k / (1 - k)) of its share k; of the threshold, its logarithm."""
        found = {"leak": float(np.log(self.leak / (1 - self.leak)))} if self.learn_leak else {}
        return found | ({"threshold": float(np.log(self.threshold))} if self.learn_threshold else {})

    def constants(self, free: dict[str, float] | None = None) -> Array:
        """The constants of one step (13 float64), in the order that the kernels have; free: values of learnt parameters."""
        free = free or {}
        share = 1 / (1 + np.exp(-free["leak"])) if "leak" in free else self.leak
        theta = float(np.exp(free["threshold"])) if "threshold" in free else self.threshold
        a, b, c = {"lif": (1 - share, share, share * self.u_reset), "decay": (share, 1.0, 0.0), "if": (1.0, 1.0, 0.0)}[self.charge]
        top = 2 ** (self.state_bits - 1) if self.state_bits else 0
        grid = self.state_range * self.threshold / top if top else 0.0
        return np.array([a, b, c, theta, self.reset == "hard", self.u_reset, self.alpha, self.through_reset, self.beta, self.rho, grid,
                         -top, top - 1])  # fmt: skip

    def free_gradients(self, free: dict[str, float], sums: Array) -> dict[str, float]:
        """Derivatives for the free parameters from those for a, b, c and theta."""
        found = {}
        if "leak" in free:
            share = 1 / (1 + np.exp(-free["leak"]))
            along = -sums[0] + sums[1] + self.u_reset * sums[2] if self.charge == "lif" else sums[0]
            found["leak"] = float(along * share * (1 - share))
        if "threshold" in free:
            found["threshold"] = float(sums[3] * np.exp(free["threshold"]))
        return found

    @property
    def number(self) -> int:
        """The surrogate, as kernels know it."""
        return KINDS.index(self.surrogate)


def start(shape: tuple[int, ...], dtype: Any = np.float32, u: float = 0.0) -> NeuronState:
    """The state before the first step: every potential at u, no adaptation."""
    return NeuronState(np.full(shape, u, dtype), np.zeros(shape, dtype))


def neuron_step(neuron: Neuron, state: NeuronState, x: Array, *, constants: Sequence[Any] | Array | None = None,
                smooth: bool = False) -> tuple[NeuronState, Array]:  # fmt: skip
    """One time step: (state, x) -> (new state, spikes), all of one shape and dtype; nothing is changed in place.

    constants: those of Neuron.constants, in their order, each one number or one for each neuron; the neuron's own where absent.
    smooth: spikes are S(q - threshold) and the grid is smooth too, which is what the surrogate derivatives are those of.
    """
    k = [np.asarray(one, x.dtype) for one in (neuron.constants() if constants is None else constants)]
    a, b, c, theta, hard, rest, _, _, beta, rho, grid, low, high = k
    charged = a * state.u + b * x + c
    q = quantised(neuron, charged, grid, low, high, smooth=smooth) if grid > 0 else charged
    bar = theta + beta * state.w
    spikes = smooth_step(neuron.surrogate, q - bar, neuron.alpha) if smooth else (q >= bar).astype(x.dtype)
    after = q - spikes * (hard * (q - rest) + (1 - hard) * bar)
    return NeuronState(after.astype(x.dtype, copy=False), rho * state.w + spikes), spikes


def quantised(neuron: Neuron, u: Array, grid: Any, low: Any, high: Any, *, smooth: bool = False) -> Array:
    """The potential on its grid: round(u / grid), halves up, kept from low to high, times grid.

    smooth: the sum of smooth steps at the four edges on either side of the level, on top of the levels below them.
    """
    y = u / grid
    level = np.clip(np.floor(y + y.dtype.type(0.5)), low, high)
    if not smooth:
        return np.asarray(level * grid)
    total = np.maximum(level - 4, low)
    for offset in range(-3, 5):
        k = level + offset
        counts = (k > low) & (k <= high)
        total = total + np.where(counts, smooth_step(neuron.surrogate, y - (k - y.dtype.type(0.5)), neuron.alpha), 0)
    return np.asarray(total * grid, dtype=u.dtype)
