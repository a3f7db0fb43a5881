"""Layer kinds, one frozen noun each, and their names in run files."""

from __future__ import annotations

from types import MappingProxyType

from snn_workload.layers.carriers import Flatten, Pool2d
from snn_workload.layers.conv1d import Conv1d
from snn_workload.layers.conv2d import Conv2d
from snn_workload.layers.kind import LayerKind, Shape
from snn_workload.layers.linear import Linear, RecurrentLinear
from snn_workload.layers.tcja import TcjaChannel, TcjaTemporal

SHAPES = MappingProxyType(
    {shape.type_name: shape for shape in (Conv2d, Conv1d, Linear, RecurrentLinear, TcjaTemporal, TcjaChannel, Pool2d, Flatten)}
)
"""Every kind of layer by the `type` that run files give it."""

__all__ = [
    "SHAPES",
    "Conv1d",
    "Conv2d",
    "Flatten",
    "LayerKind",
    "Linear",
    "Pool2d",
    "RecurrentLinear",
    "Shape",
    "TcjaChannel",
    "TcjaTemporal",
]
