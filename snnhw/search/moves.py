"""Small random changes of a candidate, each of which leaves a complete mapping: the products of all factors stay the bounds.

 * shift: a part of one factor goes from one place to another;
 * exchange: one part goes there and another one comes back, of the same dimension or of another;
 * reorder: one loop of a permutation takes another position;
 * toggle: a level that may keep a tensor or not does the opposite.
"""

from __future__ import annotations

from snnhw.jit import compiled
from snnhw.search.randomness import below, fraction

_TRIES = 8


@compiled
def _in_range(space, factors, place, d):
    level, kind = place // 3, place % 3
    if factors[place, d] > space.place_most[place, d]:
        return False
    factor = factors[place, d] if kind == 0 else factors[3 * level + 1, d] * factors[3 * level + 2, d]
    return space.least[level, min(kind, 1), d] <= factor <= space.most[level, min(kind, 1), d]


@compiled
def _part(space, factor, d, state):
    """A random divisor of a factor: mostly one prime, at times all of a prime, or all of the factor."""
    count = 0
    for p in space.primes[d]:
        count += p > 0 and factor % p == 0
    chosen, part = below(state, count), 1
    for p in space.primes[d]:
        if p > 0 and factor % p == 0:
            if chosen == 0:
                part = p
                break
            chosen -= 1
    luck = fraction(state)
    if luck < 0.2:
        return factor
    if luck < 0.35:
        rest, whole = factor // part, part
        while rest % part == 0:
            rest //= part
            whole *= part
        return whole
    return part


@compiled
def _place_with_factor(space, factors, d, state):
    """A random open place where a dimension has more than 1; -1 if there is none."""
    count = 0
    for i in range(space.place_count[d]):
        count += factors[space.places[d, i], d] > 1
    if count == 0:
        return -1
    chosen = below(state, count)
    for i in range(space.place_count[d]):
        if factors[space.places[d, i], d] > 1:
            if chosen == 0:
                return space.places[d, i]
            chosen -= 1
    return -1


@compiled
def shift(space, factors, state):
    """Changes factors (places, dims); returns whether it did."""
    for _ in range(_TRIES):
        d = below(state, factors.shape[1])
        if space.place_count[d] < 2:
            continue
        source = _place_with_factor(space, factors, d, state)
        target = space.places[d, below(state, space.place_count[d])]
        if source < 0 or target == source:
            continue
        part = _part(space, factors[source, d], d, state)
        factors[source, d] //= part
        factors[target, d] *= part
        if _in_range(space, factors, source, d) and _in_range(space, factors, target, d):
            return True
        factors[source, d] *= part
        factors[target, d] //= part
    return False


@compiled
def exchange(space, factors, state):
    """Changes factors (places, dims); returns whether it did."""
    for _ in range(_TRIES):
        d, e = below(state, factors.shape[1]), below(state, factors.shape[1])
        if space.place_count[d] < 2 or space.place_count[e] < 2:
            continue
        a, b = _place_with_factor(space, factors, d, state), _place_with_factor(space, factors, e, state)
        if a < 0 or b < 0 or a == b or space.place_most[b, d] < 2 or space.place_most[a, e] < 2:
            continue
        there, back = _part(space, factors[a, d], d, state), _part(space, factors[b, e], e, state)
        if d == e and there == back:
            continue
        factors[a, d] //= there
        factors[b, e] //= back
        factors[b, d] *= there
        factors[a, e] *= back
        if (_in_range(space, factors, a, d) and _in_range(space, factors, b, d)
                and _in_range(space, factors, a, e) and _in_range(space, factors, b, e)):
            return True
        factors[a, e] //= back
        factors[b, d] //= there
        factors[b, e] *= back
        factors[a, d] *= there
    return False


@compiled
def reorder(space, factors, orders, state):
    """Changes orders (levels, 2, dims) in a way that moves loops of more than one iteration; returns whether it did."""
    for _ in range(_TRIES):
        level, kind = space.free_orders[below(state, space.free_orders.shape[0])]
        order = orders[level, kind]
        first, second = below(state, order.size), below(state, order.size)
        if first == second or not (_loops(factors, level, kind, order[first]) and _loops(factors, level, kind, order[second])):
            continue
        if _may_go(space.before[level, kind], order, first, second):
            moved, step = order[first], 1 if first < second else -1
            for at in range(first, second, step):
                order[at] = order[at + step]
            order[second] = moved
            return True
    return False


@compiled
def _loops(factors, level, kind, d):
    if kind == 0:
        return factors[3 * level, d] > 1
    return factors[3 * level + 1, d] > 1 or factors[3 * level + 2, d] > 1


@compiled
def _may_go(before, order, first, second):
    """Whether the loop at one position may pass all loops on the way to another."""
    low, high = min(first, second), max(first, second)
    for at in range(low, high + 1):
        passed = order[at]
        if at != first and (before[order[first], passed] if first < second else before[passed, order[first]]):
            return False
    return True


@compiled
def toggle(space, keep, state):
    """Changes keep (levels, tensors); returns whether it did. Every tensor stays with a level that keeps it."""
    level, k = space.free_keeps[below(state, space.free_keeps.shape[0])]
    keep[level, k] = not keep[level, k]
    if keep[:, k].any():
        return True
    keep[level, k] = True
    return False


@compiled
def change(space, factors, orders, keep, state):
    """One random change; returns whether anything changed."""
    luck = fraction(state)
    if luck < 0.08 and space.free_keeps.shape[0] > 0:
        return toggle(space, keep, state)
    if luck < 0.3 and space.free_orders.shape[0] > 0:
        return reorder(space, factors, orders, state)
    if luck < 0.65:
        return exchange(space, factors, state)
    return shift(space, factors, state)
