"""NIR nodes as steps: a state and values go in, a new state and values come out. One function a kind of node.

NIR's neurons are differential equations. They are taken forward by Euler's rule, v += dt dv/dt, with what arrives in a step as the current
during it; then v is compared and reset. Time constants are in the unit of dt, which is why dt is asked for. A neuron spikes where v >
threshold.

    LIF      tau dv/dt = v_leak - v + R I            u' = u + dt/tau (v_leak - u + R x)
    IF       dv/dt = R I                             u' = u + dt R x
    CubaLIF  tau_syn dI/dt = -I + w_in S, then LIF   i' = i + dt/tau_syn (w_in x - i), u' = u + dt/tau_mem (v_leak - u + R i')
    LI, CubaLI, I: the same without spikes; what leaves is u'
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from snn_workload.nir.shapes import NodeFaultError, Shape, Slide, flattened, per_axis, slide
from snn_workload.train.convolution import Geometry, conv2d
from snn_workload.train.neurons import Neuron, NeuronState, neuron_step
from snn_workload.train.pooling import average_pool
from snn_workload.train.tensors import Array

Step = Callable[[Any, Array], tuple[Any, Array]]
PLAIN = Neuron(charge="if")


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A node that is ready to run. before, after: shapes of one example; start: its state for so many examples; step: one time step.

    weight: what is counted as weights, None where there are none; spikes: whether neurons stand here; slide: of a convolution or pooling;
    groups: of a convolution; potential: the membrane potential before the reset, from a state and what arrives.
    """

    kind: str
    before: Shape
    after: Shape
    step: Step
    start: Callable[[int], Any] = field(default=lambda batch: None)
    weight: Array | None = None
    spikes: bool = False
    slide: Slide | None = None
    groups: int = 1
    potential: Callable[[Any, Array], Array] | None = None


def ready(node: Any, before: Shape, dt: float) -> Ready:
    """A node of the package nir on an input of a shape. Raises NodeFaultError where it can't be run, and says why."""
    kind = type(node).__name__
    if kind not in MAKERS:
        raise NodeFaultError(f"nodes of type {kind}; those that run are {', '.join(MAKERS)}")
    return MAKERS[kind](node, before, dt)


def _plain(kind: str, before: Shape, after: Shape, function: Callable[[Array], Array], **more: Any) -> Ready:
    return Ready(kind=kind, before=before, after=after, step=lambda state, x: (state, function(x)), **more)


def _affine(node: Any, before: Shape, dt: float) -> Ready:
    """y = W x + b, W (out, in). An input with several axes is taken flat: frameworks differ in how Flatten counts axes."""
    weight = _array(node.weight)
    if weight.ndim != 2 or weight.shape[1] != math.prod(before):
        raise NodeFaultError(f"a weight of the shape {weight.shape} on an input of {before}")
    bias = _array(node.bias) if hasattr(node, "bias") else np.zeros(weight.shape[0], np.float32)
    if bias.shape != weight.shape[:1]:
        raise NodeFaultError(f"a bias of the shape {bias.shape} for {weight.shape[0]} outputs")
    turned = np.ascontiguousarray(weight.T)
    return _plain("linear", before, weight.shape[:1], lambda x: x.reshape(len(x), -1) @ turned + bias, weight=weight)


def _conv(node: Any, before: Shape, dt: float) -> Ready:
    """Convolution along one axis (a map of height 1) or two."""
    weight, bias, groups = _array(node.weight), _array(node.bias), int(node.groups)
    axes = weight.ndim - 2
    if len(before) != axes + 1:
        raise NodeFaultError(f"an input of {before}, expected channels and {axes} axes")
    if groups < 1 or weight.shape[1] * groups != before[0] or weight.shape[0] % groups:
        raise NodeFaultError(f"a weight of the shape {weight.shape} with {groups} groups on {before[0]} channels")
    how = slide(before[1:], weight.shape[2:], node.stride, node.dilation, node.padding)
    one = (1,) * (2 - axes)
    geometry = Geometry(kernel=_two(one, how.kernel), stride=_two(one, how.stride), dilation=_two(one, how.dilation), groups=groups)
    kernel = np.ascontiguousarray(np.transpose(weight.reshape(*weight.shape[:2], *geometry.kernel), (2, 3, 1, 0)))
    pads = ((0, 0), *(((0, 0),) * (2 - axes)), *how.pads, (0, 0))

    def convolve(x: Array) -> Array:
        last = np.moveaxis(x.reshape(len(x), before[0], *one, *before[1:]), 1, -1)
        y = conv2d(np.ascontiguousarray(np.pad(last, pads)), kernel, geometry) + bias
        return np.ascontiguousarray(np.moveaxis(y, -1, 1)).reshape(len(x), weight.shape[0], *how.after)

    return _plain(f"conv{axes}d", before, (weight.shape[0], *how.after), convolve, weight=weight, slide=how, groups=groups)


def _two(front: tuple[int, ...], rest: Shape) -> tuple[int, int]:
    both = (*front, *rest)
    return both[0], both[1]


def _pool(node: Any, before: Shape, dt: float) -> Ready:
    """The sum or the mean of each window; zeros that are added count in the mean."""
    if len(before) != 3:
        raise NodeFaultError(f"an input of {before}, expected channels, height and width")
    size = _pair(per_axis(node.kernel_size, 2, "kernel_size"))
    how = slide(before[1:], size, node.stride, 1, node.padding)
    times = np.float32(math.prod(size) if type(node).__name__ == "SumPool2d" else 1)

    def pool(x: Array) -> Array:
        last = np.pad(np.moveaxis(x, 1, -1), ((0, 0), *how.pads, (0, 0)))
        return np.ascontiguousarray(np.moveaxis(average_pool(last, size, _pair(how.stride)), -1, 1)) * times

    return _plain("pool2d", before, (before[0], *how.after), pool, slide=how)


def _pair(numbers: Shape) -> tuple[int, int]:
    return numbers[0], numbers[1]


def _flatten(node: Any, before: Shape, dt: float) -> Ready:
    after = flattened(before, int(node.start_dim), int(node.end_dim))
    return _plain("flatten", before, after, lambda x: x.reshape(len(x), *after))


def _scale(node: Any, before: Shape, dt: float) -> Ready:
    scale = _fitting(node.scale, before, "scale")
    return _plain("scale", before, before, lambda x: x * scale)


def _threshold(node: Any, before: Shape, dt: float) -> Ready:
    level = _fitting(node.threshold, before, "threshold")
    return _plain("threshold", before, before, lambda x: (x > level).astype(x.dtype))


def _delay(node: Any, before: Shape, dt: float) -> Ready:
    """What arrived delay / dt steps ago; the same delay for all values."""
    delays = np.unique(np.asarray(node.delay, float))
    steps = round(float(delays[0]) / dt)
    if len(delays) != 1 or steps < 0 or not math.isclose(steps * dt, float(delays[0]), rel_tol=1e-6, abs_tol=1e-12):
        raise NodeFaultError(f"delays of {', '.join(f'{one:g}' for one in delays[:4])}, expected one, a whole multiple of dt = {dt:g}")

    def late(line: tuple[Array, ...], x: Array) -> tuple[tuple[Array, ...], Array]:
        line = (*line, x)
        return line[1:], line[0]

    return Ready(
        kind="delay",
        before=before,
        after=before,
        step=late,
        start=lambda batch: tuple(np.zeros((batch, *before), np.float32) for _ in range(steps)),
    )


def _spiking(node: Any, before: Shape, dt: float) -> Ready:
    """LIF and IF, by the numpy neurons of the trainer."""
    theta, rest = _fitting(node.v_threshold, before, "v_threshold"), _fitting(node.v_reset, before, "v_reset")
    a, b, c = _membrane(node, before, dt)
    constants = _constants(a, b, c, theta, rest)

    def step(state: NeuronState, x: Array) -> tuple[NeuronState, Array]:
        return neuron_step(PLAIN, state, x, constants=constants)

    return Ready(
        kind="neuron",
        before=before,
        after=before,
        step=step,
        start=lambda batch: _rest(batch, before),
        spikes=True,
        potential=lambda state, x: a * state.u + b * x + c,
    )


def _constants(a: Any, b: Any, c: Any, theta: Array, rest: Array) -> list[Any]:
    """Of neuron_step: a hard reset, and the next number above the threshold, since its neurons spike at the threshold, NIR's above it."""
    return [a, b, c, np.nextafter(theta, np.float32(np.inf)), 1, rest, 2, 1, 0, 0, 0, 0, 0]


def _rest(batch: int, shape: Shape) -> NeuronState:
    return NeuronState(np.zeros((batch, *shape), np.float32), np.zeros((batch, *shape), np.float32))


def _membrane(node: Any, before: Shape, dt: float) -> tuple[Any, Array, Any]:
    """a, b, c of u' = a u + b x + c."""
    r = _fitting(node.r, before, "r")
    tau = getattr(node, "tau", getattr(node, "tau_mem", None))
    if tau is None:
        return np.float32(1), np.float32(dt) * r, np.float32(0)
    share = _share(tau, before, dt, "tau_mem" if hasattr(node, "tau_mem") else "tau")
    return 1 - share, share * r, share * _fitting(node.v_leak, before, "v_leak")


def _share(tau: Any, before: Shape, dt: float, key: str) -> Array:
    fitting = np.broadcast_to(np.asarray(tau, np.float64), before) if np.size(tau) == 1 else np.asarray(tau, np.float64)
    if (fitting < dt * (1 - 1e-6)).any():
        raise NodeFaultError(
            f"{key} = {float(fitting.min()):g} below dt = {dt:g}: a step would overshoot; --dt is in the unit of time constants"
        )
    return _fitting(dt / fitting, before, key)


def _leaky(node: Any, before: Shape, dt: float) -> Ready:
    """LI and I: the potential itself leaves."""
    a, b, c = _membrane(node, before, dt)

    def step(u: Array, x: Array) -> tuple[Array, Array]:
        u = (a * u + b * x + c).astype(np.float32)
        return u, u

    return Ready(kind="leaky", before=before, after=before, step=step, start=lambda batch: np.zeros((batch, *before), np.float32))


def _current(node: Any, before: Shape, dt: float) -> Ready:
    """CubaLIF and CubaLI: a current that decays, then the membrane."""
    share, weight = _share(node.tau_syn, before, dt, "tau_syn"), _fitting(node.w_in, before, "w_in")
    inner = (_spiking if type(node).__name__ == "CubaLIF" else _leaky)(node, before, dt)

    def flow(i: Array, x: Array) -> Array:
        return np.asarray(i + share * (weight * x - i), np.float32)

    def step(state: tuple[Array, Any], x: Array) -> tuple[tuple[Array, Any], Array]:
        i = flow(state[0], x)
        after, y = inner.step(state[1], i)
        return (i, after), y

    seen = inner.potential
    return Ready(
        kind=inner.kind,
        before=before,
        after=before,
        step=step,
        spikes=inner.spikes,
        start=lambda batch: (np.zeros((batch, *before), np.float32), inner.start(batch)),
        potential=None if seen is None else lambda state, x: seen(state[1], flow(state[0], x)),
    )


def _array(value: Any) -> Array:
    found = np.asarray(value, np.float32)
    if not np.isfinite(found).all():
        raise NodeFaultError("a value that is not finite")
    return found


def _fitting(value: Any, shape: Shape, key: str) -> Array:
    """A parameter of one number, of one for each channel, or of the shape of the input."""
    found = _array(value)
    if found.size == 1:
        return np.broadcast_to(found.reshape(()), shape)
    if found.shape == shape:
        return found
    if found.shape == shape[:1]:
        return np.broadcast_to(found.reshape(-1, *[1] * (len(shape) - 1)), shape)
    raise NodeFaultError(f"{key} of the shape {found.shape} on an input of {shape}")


MAKERS: dict[str, Callable[[Any, Shape, float], Ready]] = {
    "Affine": _affine,
    "Linear": _affine,
    "Conv1d": _conv,
    "Conv2d": _conv,
    "AvgPool2d": _pool,
    "SumPool2d": _pool,
    "Flatten": _flatten,
    "Scale": _scale,
    "Threshold": _threshold,
    "Delay": _delay,
    "LIF": _spiking,
    "IF": _spiking,
    "CubaLIF": _current,
    "LI": _leaky,
    "I": _leaky,
    "CubaLI": _current,
}
