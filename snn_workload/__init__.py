"""From a spiking network to problems: layers, causality, membrane state, run files. It knows no architecture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snn_workload.causality import causality_constraints
    from snn_workload.densities import LayerDensities, MeasuredDensity
    from snn_workload.layer import Bits, Carrier, Layer
    from snn_workload.layers import Conv1d, Conv2d, Flatten, Linear, Pool2d, RecurrentLinear, TcjaChannel, TcjaTemporal
    from snn_workload.neurons import NeuronWork
    from snn_workload.run import Run
    from snn_workload.run_file import read_run, write_run
    from snn_workload.schema import run_schema

_HOMES = {
    "Bits": "layer", "Carrier": "layer", "Conv1d": "layers", "Conv2d": "layers", "Flatten": "layers", "Layer": "layer",
    "LayerDensities": "densities", "Linear": "layers", "MeasuredDensity": "densities", "NeuronWork": "neurons", "Pool2d": "layers",
    "RecurrentLinear": "layers", "Run": "run", "TcjaChannel": "layers", "TcjaTemporal": "layers",
    "causality_constraints": "causality", "read_run": "run_file", "run_schema": "schema", "write_run": "run_file",
}  # fmt: skip

__all__ = [
    "Bits",
    "Carrier",
    "Conv1d",
    "Conv2d",
    "Flatten",
    "Layer",
    "LayerDensities",
    "Linear",
    "MeasuredDensity",
    "NeuronWork",
    "Pool2d",
    "RecurrentLinear",
    "Run",
    "TcjaChannel",
    "TcjaTemporal",
    "causality_constraints",
    "read_run",
    "run_schema",
    "write_run",
]


def __getattr__(name: str) -> Any:
    """Names are imported when they are first asked for, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
