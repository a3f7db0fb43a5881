"""Random numbers for the compiled search: the same on every machine (xorshift64*, S. Vigna, ACM Trans. Math. Softw. 42, 2016)."""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled


def seeded(seed: int) -> np.ndarray:
    """The state of a generator: (1,) uint64, changed by every draw."""
    return np.random.SeedSequence(seed & (2 ** 64 - 1)).generate_state(1, np.uint64) | np.uint64(1)


@compiled
def draw(state):
    """The next 64 random bits."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return x * np.uint64(2685821657736338717)


@compiled
def below(state, n):
    """An integer in 0 .. n-1 (n far below 2^53)."""
    return np.int64(fraction(state) * n)


@compiled
def fraction(state):
    """A number in [0, 1)."""
    return np.float64(draw(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
