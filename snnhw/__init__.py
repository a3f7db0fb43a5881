"""Energy, latency and EDP of spiking neural networks on accelerators described in YAML.

    import snnhw
    result = snnhw.evaluate("eyeriss_snn", "tcja_dvs_gesture/w8")
    print(result.energy_pJ, result.cycles, result.edp_Js)
    snnhw.layers_frame(result)

Names are imported when they are first asked for, so that `import snnhw` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from snnhw.errors import CapacityError, EngineError, Finding, MappingError, OutputError, SearchError, SnnhwError, SpecError
from snnhw.version import __version__

if TYPE_CHECKING:
    from snn_workload import read_run as load_run
    from snnhw.engines.causality import CausalityComparison, compare_causality
    from snnhw.engines.doctor import doctor
    from snnhw.engines.energy import estimate_energy
    from snnhw.engines.evaluate import evaluate
    from snnhw.engines.export_arch import export_architecture
    from snnhw.engines.export_timeloop import export_timeloop
    from snnhw.engines.map import map_files
    from snnhw.engines.uncertainty import order_probability, uncertainty_of
    from snnhw.engines.verify import verify
    from snnhw.look.plot import plot
    from snnhw.look.show import show
    from snnhw.model.evaluate import evaluate as evaluate_mapping
    from snnhw.model.result import LayerResult, NetworkResult
    from snnhw.project.check import check
    from snnhw.project.init import init
    from snnhw.report.efficiency import efficiency
    from snnhw.report.folder import write_result
    from snnhw.report.frames import components_frame, layers_frame, tensors_frame
    from snnhw.report.read import read_result
    from snnhw.search import search as find_mapping
    from snnhw.spec.importing import import_architecture
    from snnhw.spec.load import load_architecture, load_mapper
    from snnhw.study.reproduce import reproduce
    from snnhw.sweep.breakeven import breakeven
    from snnhw.sweep.compare import compare_results
    from snnhw.sweep.optimize import optimize
    from snnhw.sweep.pareto import pareto_front
    from snnhw.sweep.report import write_report
    from snnhw.sweep.run import run_sweep

_HOMES = {
    "CausalityComparison": "snnhw.engines.causality", "check": "snnhw.project.check", "compare_causality": "snnhw.engines.causality",
    "breakeven": "snnhw.sweep.breakeven", "compare_results": "snnhw.sweep.compare",
    "LayerResult": "snnhw.model.result", "NetworkResult": "snnhw.model.result", "components_frame": "snnhw.report.frames",
    "doctor": "snnhw.engines.doctor", "efficiency": "snnhw.report.efficiency", "estimate_energy": "snnhw.engines.energy",
    "evaluate": "snnhw.engines.evaluate", "evaluate_mapping": "snnhw.model.evaluate:evaluate",
    "export_architecture": "snnhw.engines.export_arch", "export_timeloop": "snnhw.engines.export_timeloop",
    "import_architecture": "snnhw.spec.importing",
    "find_mapping": "snnhw.search:search", "layers_frame": "snnhw.report.frames", "load_architecture": "snnhw.spec.load",
    "init": "snnhw.project.init",
    "load_mapper": "snnhw.spec.load", "load_run": "snn_workload:read_run", "map_files": "snnhw.engines.map",
    "optimize": "snnhw.sweep.optimize", "order_probability": "snnhw.engines.uncertainty", "uncertainty_of": "snnhw.engines.uncertainty",
    "pareto_front": "snnhw.sweep.pareto", "plot": "snnhw.look.plot", "read_result": "snnhw.report.read",
    "reproduce": "snnhw.study.reproduce", "run_sweep": "snnhw.sweep.run", "show": "snnhw.look.show",
    "tensors_frame": "snnhw.report.frames", "verify": "snnhw.engines.verify", "write_report": "snnhw.sweep.report",
    "write_result": "snnhw.report.folder",
}  # fmt: skip
"""Where each name lives: a module, and its name there where that differs."""

__all__ = [
    "CapacityError",
    "CausalityComparison",
    "EngineError",
    "Finding",
    "LayerResult",
    "MappingError",
    "NetworkResult",
    "OutputError",
    "SearchError",
    "SnnhwError",
    "SpecError",
    "__version__",
    "breakeven",
    "check",
    "compare_causality",
    "compare_results",
    "components_frame",
    "doctor",
    "efficiency",
    "estimate_energy",
    "evaluate",
    "evaluate_mapping",
    "export_architecture",
    "export_timeloop",
    "find_mapping",
    "import_architecture",
    "init",
    "layers_frame",
    "load_architecture",
    "load_mapper",
    "load_run",
    "map_files",
    "optimize",
    "order_probability",
    "pareto_front",
    "plot",
    "read_result",
    "reproduce",
    "run_sweep",
    "show",
    "tensors_frame",
    "uncertainty_of",
    "verify",
    "write_report",
    "write_result",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, _, other = _HOMES[name].partition(":")
    return getattr(import_module(module), other or name)


def __dir__() -> list[str]:
    return __all__
