"""Results as pandas frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from snnhw.model.result import LayerResult, NetworkResult
from snnhw.report.breakdown import Share, by_component, by_tensor
from snnhw.report.layers_csv import layer_rows

if TYPE_CHECKING:
    import pandas as pd


def layers_frame(result: NetworkResult) -> pd.DataFrame:
    """One row a layer, with the columns of layers.csv; NaN where a layer lacks a dimension or a component."""
    import pandas as pd

    return pd.DataFrame(list(layer_rows(result)))


def components_frame(result: NetworkResult) -> pd.DataFrame:
    """One row a layer and component: layer, component, kind, energy_pJ (leakage in it), leakage_pJ, share of the layer's energy."""
    return _shares_frame(result, by_component, "component")


def tensors_frame(result: NetworkResult) -> pd.DataFrame:
    """One row a layer and tensor, and what belongs to none: layer, tensor, kind, energy_pJ, leakage_pJ, share of the layer's energy."""
    return _shares_frame(result, by_tensor, "tensor")


def _shares_frame(result: NetworkResult, split: Callable[[Iterable[LayerResult]], tuple[Share, ...]], what: str) -> pd.DataFrame:
    import pandas as pd

    columns = ["layer", what, "kind", "energy_pJ", "leakage_pJ", "share"]
    rows = [(layer.name, share.name, share.kind, share.energy_pJ, share.leakage_pJ, share.share)
            for layer in result.layers for share in split((layer,))]
    return pd.DataFrame(rows, columns=columns)
