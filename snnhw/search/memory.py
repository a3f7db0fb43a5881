"""What candidates cost that were evaluated before, so that none is evaluated twice: a hash table with open addressing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled

_MOST_SLOTS = 1 << 22


class Memory(NamedTuple):
    """keys (slots,): 0 where empty; costs (slots, 2). It stops taking new entries when it is half full."""

    keys: np.ndarray
    costs: np.ndarray
    used: np.ndarray


def empty_memory(entries: int) -> Memory:
    """A memory with place for so many candidates, as far as that is affordable."""
    slots = 1 << max(10, min(_MOST_SLOTS, 2 * entries).bit_length())
    return Memory(np.zeros(slots, np.uint64), np.zeros((slots, 2), np.float64), np.zeros(1, np.int64))


@compiled
def mixed(key, value):
    """A hash with one more value in it (splitmix64's finalizer, S. Vigna)."""
    x = key ^ np.uint64(value + 1) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled
def key_of(factors, orders, keep):
    """A key that candidates with the same loops share (see candidates.py); never 0."""
    key = np.uint64(1)
    for place in range(factors.shape[0]):
        for d in orders[place // 3, min(place % 3, 1)]:
            if factors[place, d] > 1:
                key = mixed(mixed(key, place * factors.shape[1] + d), factors[place, d])
    for level in range(keep.shape[0]):
        for k in range(keep.shape[1]):
            key = mixed(key, np.int64(keep[level, k]))
    return key | np.uint64(1)


@compiled
def slot_of(memory, key):
    """Where a key is, or would be."""
    slot = np.int64(key % np.uint64(memory.keys.size))
    while memory.keys[slot] != 0 and memory.keys[slot] != key:
        slot = (slot + 1) % memory.keys.size
    return slot


@compiled
def recall(memory, key, cost):
    """Fills cost (2,) if the key is known; returns whether it is."""
    slot = slot_of(memory, key)
    if memory.keys[slot] != key:
        return False
    cost[:] = memory.costs[slot]
    return True


@compiled
def remember(memory, key, cost):
    """Adds an entry."""
    slot = slot_of(memory, key)
    if memory.keys[slot] == key or 2 * memory.used[0] >= memory.keys.size:
        return
    memory.keys[slot] = key
    memory.costs[slot] = cost
    memory.used[0] += 1


@compiled
def remember_all(memory, keys, costs, which):
    """Adds the entries of a mask."""
    for i in range(keys.size):
        if which[i]:
            remember(memory, keys[i], costs[i])
