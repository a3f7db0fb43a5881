"""Tiles packed for real: how many words of metadata and of payload each rank of a format needs for these very non-zeros."""

from __future__ import annotations

import math

import numpy as np

Words = tuple[np.ndarray, np.ndarray]
"""Metadata and payload words of a rank, (draws,) each."""


def packed(tile: np.ndarray, formats: tuple[str, ...], fibres: tuple[int, ...]) -> list[Words]:
    """Words of each rank, outermost first. tile: (draws, words) bool; fibres: sub-tiles that a fibre of each rank has, outermost first.

    The payload of the innermost rank of more than one sub-tile (or of the only rank) is the data and not counted.
    """
    draws, words = tile.shape
    if math.prod(fibres) != words:
        raise ValueError(f"fibres of {fibres} do not make up a tile of {words} words")
    used = [i for i, length in enumerate(fibres) if length > 1 or i == 0]
    found, above = [], 1
    for i, (name, length) in enumerate(zip(formats, fibres, strict=True)):
        holds = np.any(tile.reshape(draws, above, -1), axis=2)
        above *= length
        sub_holds = np.any(tile.reshape(draws, above, -1), axis=2)
        metadata, payload = _rank(name, length, holds, sub_holds) if i in used else (np.zeros(draws), np.zeros(draws))
        found.append((metadata, np.zeros(draws) if i == used[-1] and name != "UOP" else payload))
    return found


def _rank(name: str, length: int, holds: np.ndarray, sub_holds: np.ndarray) -> Words:
    """Words of all fibres of a rank. holds: (draws, fibres) which fibres are not empty; sub_holds: (draws, sub-tiles)."""
    there, parts = holds.sum(axis=1), sub_holds.sum(axis=1)
    everything = np.full(len(holds), sub_holds.shape[1])
    return {"UB": (everything, everything), "B": (there * length, parts), "CP": (parts, parts), "RLE": (parts, parts),
            "UOP": (0 * there, there * (length + 1))}[name]
