"""Unsupervised learning of a layer of excitatory neurons that inhibit one another directly, with one update a time window.

In each step, with spikes x of the inputs and s of the neurons,

    u' = decay u + x w,  s = 1 if u' >= theta + beta a else 0,  u = 0 where s, else u',  a = rho a + s

of the neurons that reach their threshold in the same step only the one that exceeds it most spikes, and that spike inhibits all others
directly:

    u = max(u - inhibition theta, -inhibition theta)                          where another neuron spiked

and at the end of each window, for the neuron j that spiked most in it, n times,

    k = ceil(n / spikes)                                                      adaptive potentiation
    w_ij += min(1, k potentiation r_i) (1 - w_ij) - depression [r_i = 0] w_ij, then w_j is scaled to the sum `gain`, at most 1 each

with r_i the share of the window's steps in which input i spiked. Nothing is updated where nothing spiked. The order is that of FSpiNN
(Putra & Shafique, IEEE TCAD 39(11), 2020): direct inhibition, one update a window, a factor that grows with the spikes of the strongest
neuron.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from snn_workload.train.form import StdpForm
from snn_workload.train.neurons import Neuron, NeuronState, neuron_step
from snn_workload.train.quantise import Rounding
from snn_workload.train.tensors import Array


class Learnt(NamedTuple):
    """weight: (inputs, neurons), 0 to 1; lift: (neurons,), the adaptation a of the thresholds."""

    weight: Array
    lift: Array


@dataclass(frozen=True, kw_only=True)
class Seen:
    """spikes: (T, B, neurons); low, high: of the potentials."""

    spikes: Array
    low: float
    high: float


def neuron_of(form: StdpForm, *, adapting: bool) -> Neuron:
    """The neuron; its thresholds stand still where nothing is learnt (rho 1 and no lift is then added)."""
    return Neuron(charge="decay", decay=decay_of(form), threshold=form.threshold, beta=form.beta, rho=form.rho if adapting else 1.0)


def decay_of(form: StdpForm) -> float:
    """The decay, on its grid where neuron parameters are quantised."""
    if form.bits is None:
        return form.decay
    return min(float(rounded(np.array([form.decay]), form.bits, 1.0, "nearest", None)[0]), 1 - 2.0**-form.bits)


def first(form: StdpForm, inputs: int, rng: np.random.Generator) -> Learnt:
    """Random weights that sum to `gain`, no adaptation."""
    return Learnt(scaled(rng.random((inputs, form.neurons)), form.gain), np.zeros(form.neurons))


def scaled(weight: Array, gain: float) -> Array:
    """Each column scaled to a sum, no weight above 1."""
    return np.minimum(weight * (gain / np.maximum(weight.sum(0), 1e-9)), 1.0)


def step(form: StdpForm, neuron: Neuron, learnt: Learnt, state: NeuronState, x: Array) -> tuple[NeuronState, Array]:
    """One time step: x (B, inputs), state (B, neurons) -> the state after inhibition, and spikes (B, neurons)."""
    drive = x @ learnt.weight
    after, reached = neuron_step(neuron, state, drive)
    excess = np.where(reached > 0, neuron.decay * state.u + drive - neuron.beta * state.w, -np.inf)
    spikes = reached * (np.arange(excess.shape[-1]) == excess.argmax(-1)[..., None])
    taken = form.inhibition * form.threshold
    inhibited = spikes.any(-1, keepdims=True) & (spikes == 0)
    u = np.where(inhibited, np.maximum(after.u - taken, -taken), after.u)
    return NeuronState(u, after.w - (reached - spikes)), spikes


def learn_example(form: StdpForm, learnt: Learnt, x: Array, rng: np.random.Generator) -> Learnt:
    """One example x (T, inputs), with an update at the end of each window."""
    neuron = neuron_of(form, adapting=True)
    weight, lift = learnt.weight.copy(), learnt.lift
    state = NeuronState(np.zeros((1, form.neurons)), lift[None])
    for start in range(0, len(x), form.window):
        part = x[start : start + form.window]
        count = np.zeros(form.neurons)
        for now in part:
            state, spikes = step(form, neuron, Learnt(weight, lift), state, now[None])
            count += spikes[0]
        if count.any():
            j = int(count.argmax())
            weight[:, j] = updated(form, weight[:, j], part.mean(0), float(count[j]))
            if form.bits is not None and form.when == "training":
                weight[:, j] = rounded(weight[:, j], form.bits, 1.0, form.rounding, rng)
    return Learnt(weight, state.w[0])


def updated(form: StdpForm, column: Array, rate: Array, spikes: float) -> Array:
    """The weights of a neuron after a window: rate (inputs,) of its inputs, its spikes."""
    factor = np.ceil(spikes / form.spikes)
    up = np.minimum(1.0, factor * form.potentiation * rate) * (1 - column)
    down = form.depression * (rate == 0) * column
    return scaled((column + up - down)[:, None], form.gain)[:, 0]


def respond(form: StdpForm, learnt: Learnt, x: Array) -> Seen:
    """What the layer does, nothing being learnt: x (T, B, inputs)."""
    neuron = neuron_of(form, adapting=False)
    fixed = np.broadcast_to(learnt.lift, (x.shape[1], form.neurons))
    state, found, low, high = NeuronState(np.zeros(fixed.shape), fixed), [], 0.0, 0.0
    for now in x:
        potential = neuron.decay * state.u + now @ learnt.weight
        low, high = min(low, float(potential.min())), max(high, float(potential.max()))
        state, spikes = step(form, neuron, learnt, state, now)
        state = NeuronState(state.u, fixed)
        found.append(spikes)
    return Seen(spikes=np.stack(found), low=low, high=high)


def finished(form: StdpForm, learnt: Learnt, rng: np.random.Generator) -> Learnt:
    """What works after learning: weights and thresholds on their grids, where bits are asked for."""
    if form.bits is None:
        return learnt
    weight = rounded(learnt.weight, form.bits, 1.0, form.rounding if form.when == "after" else "nearest", rng)
    top = float(learnt.lift.max())
    return Learnt(weight, rounded(learnt.lift, form.bits, top, "nearest", rng) if top > 0 else learnt.lift)


def rounded(values: Array, bits: int, top: float, rounding: Rounding, rng: np.random.Generator | None) -> Array:
    """Values from 0 to top on 2^bits levels: truncated, to nearest, or up with their fraction's chance."""
    levels = 2**bits - 1
    ratio = values * (levels / top)
    if rounding == "truncate":
        level = np.floor(ratio + 1e-9)
    elif rounding == "nearest":
        level = np.rint(ratio)
    else:
        level = np.floor(ratio + (rng or np.random.default_rng(0)).random(ratio.shape))
    return np.asarray(np.clip(level, 0, levels) * (top / levels))


def assigned(counts: Array, labels: Array, classes: int) -> Array:
    """The class of each neuron: the one whose examples make it spike most on average. counts (B, neurons)."""
    means = np.stack([counts[labels == one].mean(0) if (labels == one).any() else np.zeros(counts.shape[1]) for one in range(classes)])
    return np.asarray(means.argmax(0))


def votes(counts: Array, owners: Array, classes: int) -> Array:
    """The class of each example: the one whose neurons spike most on average. counts (B, neurons) -> (B,)."""
    means = np.stack([counts[:, owners == one].mean(1) if (owners == one).any() else np.full(len(counts), -1.0) for one in range(classes)])
    return np.asarray(means.argmax(0))
