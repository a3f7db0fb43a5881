"""Problem shapes that a Timeloop input may name instead of spelling them out (the files of Timeloop's folder problem-shapes)."""

from __future__ import annotations

from typing import Any

_CONV_COEFFICIENTS = [{"name": name, "default": 1} for name in ("Wstride", "Hstride", "Wdilation", "Hdilation")]


def _plain(*dimensions: str) -> list[list[list[str]]]:
    return [[[dimension]] for dimension in dimensions]


SHAPES: dict[str, dict[str, Any]] = {
    "cnn_layer": {
        "name": "CNN_Layer", "dimensions": ["R", "S", "P", "Q", "C", "K", "N"], "coefficients": _CONV_COEFFICIENTS,
        "data_spaces": [
            {"name": "Weights", "projection": _plain("C", "K", "R", "S")},
            {"name": "Inputs",
             "projection": [*_plain("N", "C"), [["R", "Wdilation"], ["P", "Wstride"]], [["S", "Hdilation"], ["Q", "Hstride"]]]},
            {"name": "Outputs", "projection": _plain("N", "K", "Q", "P"), "read_write": True}]},
    "gemm": {
        "name": "gemm", "dimensions": ["M", "N", "K"],
        "data_spaces": [
            {"name": "A", "projection": _plain("M", "K")}, {"name": "B", "projection": _plain("N", "K")},
            {"name": "C", "projection": _plain("M", "N")}, {"name": "D", "projection": _plain("M", "N"), "read_write": True}]},
    "gemm_ABZ": {
        "name": "gemm_ABZ", "dimensions": ["M", "N", "K"],
        "data_spaces": [
            {"name": "A", "projection": _plain("M", "K")}, {"name": "B", "projection": _plain("N", "K")},
            {"name": "Z", "projection": _plain("M", "N"), "read_write": True}]},
}


def shape_by_name(name: str) -> dict[str, Any] | None:
    """The shape of a name, with or without its ending `.yaml` or `.cfg`, hyphens as underscores; None for an unknown name."""
    stem = name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".cfg").replace("-", "_")
    return SHAPES.get(stem) or {"CNN_Layer": SHAPES["cnn_layer"]}.get(stem)
