"""One mapping in, counts, energy and cycles out. Knows neither files nor search."""

from snnhw.model.evaluate import evaluate
from snnhw.model.result import Evaluation, LayerResult, LevelResult, NetworkResult, TensorCounts

__all__ = ["Evaluation", "LayerResult", "LevelResult", "NetworkResult", "TensorCounts", "evaluate"]
