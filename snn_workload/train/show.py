"""A trained run as a table of text."""

from __future__ import annotations

from collections.abc import Iterator

from snn_workload.run import Run


def trained_text(run: Run) -> str:
    """Accuracy, recall by class, and densities layer by layer; percentages."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    yield f"{run.name}: accuracy {_share(run.accuracy)} on held-out data" if run.accuracy is not None else run.name
    if run.recall:
        yield "recall of each class: " + ", ".join(_share(one) for one in run.recall)
    width = max(len(layer.name) for layer in run.layers)
    yield f"{'layer':<{width}}  weights  bits   inputs  outputs (95 % interval)"
    for layer in run.layers:
        one = layer.densities
        outputs = f"{_share(one.outputs.mean):>8}" if one.outputs.given else f"{'-':>8}"
        interval = f" ({_share(one.outputs.interval[0])} to {_share(one.outputs.interval[1])})" if one.outputs.interval else ""
        arriving = f"{_share(one.weights.mean):>8} {layer.bits.weights:>5} {_share(one.inputs.mean):>8}"
        yield f"{layer.name:<{width}} {arriving} {outputs}{interval}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
