"""The public list: what it holds, and that each name is there."""

import importlib

import pytest

import snn_workload
import snnhw
from snnhw import errors

PUBLIC = [
    "CapacityError", "CausalityComparison", "EngineError", "Finding", "LayerResult", "MappingError", "NetworkResult", "OutputError",
    "SearchError", "SnnhwError", "SpecError", "__version__", "breakeven", "check", "compare_causality", "compare_results",
    "components_frame", "doctor", "efficiency", "estimate_energy", "evaluate", "evaluate_mapping", "export_architecture",
    "export_timeloop", "find_mapping", "import_architecture", "init", "layers_frame", "load_architecture", "load_mapper", "load_run",
    "map_files", "optimize", "order_probability", "pareto_front", "plot", "read_result", "reproduce", "run_sweep", "show",
    "tensors_frame", "uncertainty_of", "verify", "write_report", "write_result",
]  # fmt: skip


def test_the_public_list_is_pinned():
    assert snnhw.__all__ == PUBLIC
    assert dir(snnhw) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there_and_documented(name):
    value = getattr(snnhw, name)
    assert isinstance(value, str) or value.__doc__


def test_subpackages_keep_their_names():
    """No public name hides a package: snnhw.model and snnhw.search stay modules."""
    for name in ("model", "search", "engines", "report", "spec", "energy"):
        assert getattr(importlib.import_module(f"snnhw.{name}"), "__path__", None)
        assert name not in snnhw.__all__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'snnhw' has no attribute 'evalute'"):
        getattr(snnhw, "evalu" + "te")


def test_every_error_is_public_and_has_its_exit_code():
    classes = {name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.SnnhwError)}
    assert set(classes) <= set(snnhw.__all__)
    assert {name: value.exit_code for name, value in classes.items()} == {
        "SnnhwError": 1, "SpecError": 2, "MappingError": 3, "CapacityError": 3, "SearchError": 3, "EngineError": 4, "OutputError": 4}


@pytest.mark.parametrize("name", snn_workload.__all__)
def test_every_name_of_snn_workload_is_there(name):
    assert getattr(snn_workload, name) is not None
