"""What a trainer asks of data: examples of two halves, drawn as time steps, the same ones for the same key."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


class Examples(ABC):
    """Labelled examples. labels: (N,) int64."""

    labels: Array

    @abstractmethod
    def batch(self, which: Array, key: tuple[int, ...]) -> Array:
        """Some examples as float32 (T, B, H, W, C) or (T, B, N); T = 1 where every step is the same. key: what random draws depend on."""

    def __len__(self) -> int:
        return len(self.labels)

    def portions(self, size: int) -> Iterator[Array]:
        """All examples in order, in portions of so many."""
        return (np.arange(i, min(i + size, len(self))) for i in range(0, len(self), size))


@dataclass(frozen=True, kw_only=True)
class Data:
    """train, test: the halves.

    Size: of an example at one step, (H, W, C) or (N,); input_bits: of one value, 1 for spikes; source: in words.
    """

    train: Examples
    test: Examples
    size: tuple[int, ...]
    classes: int
    input_bits: int = 1
    source: str = ""


def generator(key: tuple[int, ...]) -> np.random.Generator:
    """Random numbers that depend on a key alone."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))


def halves(labels: Array, test_share: float, seed: int) -> tuple[Array, Array]:
    """Indices that are learnt from and that are held out: of each class the same share, drawn by the seed; both sorted."""
    rng = generator((seed, 7))
    held = [rng.permutation(np.flatnonzero(labels == one)) for one in np.unique(labels)]
    test = np.sort(np.concatenate([one[: max(1, round(test_share * len(one)))] for one in held]))
    return np.setdiff1d(np.arange(len(labels)), test), test
