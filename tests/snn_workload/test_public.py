"""The public list of snn_workload."""

from __future__ import annotations

import subprocess
import sys

import snn_workload


def test_every_public_name_is_there() -> None:
    """Names that are imported when asked for exist, and no others."""
    assert all(getattr(snn_workload, name) for name in snn_workload.__all__)
    assert dir(snn_workload) == sorted(snn_workload.__all__)
    assert not hasattr(snn_workload, "read_runs")


def test_the_public_list() -> None:
    """What others may rely on."""
    assert snn_workload.__all__ == [
        "Bits", "Carrier", "Conv1d", "Conv2d", "Flatten", "Layer", "LayerDensities", "Linear", "MeasuredDensity", "NeuronWork", "Pool2d",
        "RecurrentLinear", "Run", "TcjaChannel", "TcjaTemporal", "causality_constraints", "read_run", "run_schema", "write_run",
    ]  # fmt: skip


def test_importing_it_costs_nothing() -> None:
    """Neither pydantic nor yaml nor numpy is loaded before a file is read, and no model, search or engine at all."""
    code = (
        "import sys, snn_workload; early = set(sys.modules); snn_workload.read_run; from snn_workload import Layer, run_schema; "
        "heavy = {'pydantic', 'yaml', 'numpy', 'numba', 'pandas'} & early; "
        "upper = [m for m in sys.modules if m.startswith(('snnhw.model', 'snnhw.search', 'snnhw.energy', 'snnhw.engines', 'snnhw_cli'))]; "
        "print(sorted(heavy), upper)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"
