"""Mappings written by hand for the presets, and the layers that they are for."""

from __future__ import annotations

from collections.abc import Mapping as MappingType

from snn_workload.nest import Nest
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import LevelMapping, Loop, Mapping

Factors = MappingType[str, int]

# Layers of TCJA-SNN on DVS128 Gesture, and a fully connected layer: name, bounds.
LAYERS = {
    "Conv1": Nest(T=20, C=2, M=128, P=128, Q=128, R=3, S=3),
    "Conv2": Nest(T=20, C=128, M=128, P=64, Q=64, R=3, S=3),
    "Conv3": Nest(T=20, C=128, M=128, P=32, Q=32, R=3, S=3),
    "Conv4": Nest(T=20, C=128, M=128, P=16, Q=16, R=3, S=3),
    "TCJA11": Nest(T=20, C=20, M=20, P=1, Q=256, R=1, S=4),
    "TCJA12": Nest(T=128, C=128, M=20, P=1, Q=256, R=1, S=4),
    "Conv5": Nest(T=20, C=128, M=128, P=8, Q=8, R=3, S=3),
    "TCJA21": Nest(T=20, C=20, M=20, P=1, Q=64, R=1, S=4),
    "TCJA22": Nest(T=128, C=128, M=20, P=1, Q=64, R=1, S=4),
    "Dense1": Nest(T=20, C=2048, M=512),
    "Dense2": Nest(T=20, C=512, M=110),
    "fc": Nest(T=10, C=784, M=400),
    "fc_128_steps": Nest(T=128, C=784, M=400),
}


def mapping(architecture: Architecture, *, dram: Factors, buffer: Factors, x: Factors, y: Factors, weights: Factors,
            state: Factors) -> Mapping:
    """A mapping of a row-stationary preset; factors of each level from its outermost loop to its innermost."""
    outer, inner = architecture.storage[0].name, architecture.storage[1].name
    pads = [level.name for level in architecture.storage[2:]]
    temporal = dict(zip([outer, inner, *pads], (dram, buffer, {}, weights, state), strict=True))
    keep = {constraint.level: constraint.keep for constraint in architecture.constraints.storage}
    return Mapping(levels=tuple(
        LevelMapping(level=level.name, temporal=_loops(temporal[level.name]), spatial_x=_loops(x if level.name == inner else {}),
                     spatial_y=_loops(y if level.name == inner else {}), keep=keep[level.name])
        for level in architecture.storage))


def row_stationary(architecture: Architecture, nest: Nest) -> Mapping:
    """A mapping that fills the array as far as divisors allow: Q and M along X, S and C along Y, R and C in the weight pad, T outermost."""
    left = nest.bounds()
    mesh = architecture.storage[2].mesh
    state_words = architecture.storage[4].depth_words or 1
    weight_words, input_words = (architecture.storage[i].depth_words or 1 for i in (3, 2))

    def take(dimension: str, most: int) -> int:
        factor = max(d for d in range(1, left[dimension] + 1) if left[dimension] % d == 0 and d <= max(1, most))
        left[dimension] //= factor
        return factor

    q = take("Q", mesh.x)
    x = {"Q": q, "M": take("M", mesh.x // q)}
    s = take("S", mesh.y)
    y = {"S": s, "C": take("C", mesh.y // s)}
    r = take("R", input_words)
    weights = {"R": r, "C": take("C", input_words // r)}
    state = {"M": take("M", min(state_words, weight_words // (r * weights["C"])))}
    buffer = {"Q": take("Q", 4), "C": left["C"], "S": left["S"]}
    dram = {"T": left["T"], "M": left["M"], "P": left["P"], "Q": left["Q"], "R": left["R"]}
    return mapping(architecture, dram=dram, buffer=buffer, x=x, y=y, weights=weights, state=state)


def _loops(factors: Factors) -> tuple[Loop, ...]:
    return tuple(Loop(dimension=dimension, bound=bound) for dimension, bound in factors.items())
