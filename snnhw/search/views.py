"""One permutation of each class: orders of loops that no tensor can tell apart.

What a tensor sees of the loops of a level is read off the closed form of reuse (model/temporal.py), from the inside:

 * loops over dimensions that it does not depend on keep its tile; which of them stand inside its first relevant loop decides the reuse;
 * the first relevant loop moves the tile; if its rank is moved by no other dimension, every loop outside it brings whole tiles, in
   whatever order;
 * if another dimension moves the same rank (a sliding window), what loops outside bring depends on their order, up to the first one
   that moves another rank.

Formats whose ranks take loops in their order see them all. A tensor sees loops only above a level that may keep it and above fan-outs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from snnhw.model.plan import Plan
from snnhw.model.sparse_plan import SparsePlan
from snnhw.search.slots import TEMPORAL
from snnhw.search.space import Space

View = tuple[object, ...]
"""What a tensor sees of an order: dimensions that matter, and between them the sets of those that don't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """How a tensor looks at loops. ranks[d]: the ranks that dimension d moves, as bits; shared: ranks that several dimensions move.

    sees_first: the first relevant loop matters by itself (sliding windows, gating and skipping); sees_all: every loop does.
    """

    ranks: tuple[int, ...]
    shared: int
    sees_first: bool
    sees_all: bool

    def look(self, view: View, d: int) -> tuple[View, bool]:
        """The view after one more loop outside those seen, over dimension d, and whether all that stand further out look alike."""
        if not self.ranks[d]:
            seen = (*view[:-1], view[-1] | {d}) if view and isinstance(view[-1], frozenset) else (*view, frozenset({d}))
            return seen, False
        if self.sees_all:
            return (*view, d), False
        first = next((one for one in view if isinstance(one, int)), None)
        if first is None:
            return ((*view, d) if self.sees_first else view), not self.ranks[d] & self.shared
        if self.ranks[d] != self.ranks[first]:
            return view, True
        return (*view, d), False


def eyes(plan: Plan, sparse: SparsePlan) -> tuple[Eyes, ...]:
    """How each tensor looks at loops."""
    result = []
    for k, coefficients in enumerate(plan.coefficients):
        moved = coefficients != 0
        shared = [r for r in range(moved.shape[0]) if moved[r].sum() > 1]
        bits = tuple(int(sum(1 << r for r in np.flatnonzero(moved[:, d]))) for d in range(moved.shape[1]))
        mask = sum(1 << r for r in shared)
        simple = all(bin(one).count("1") <= 1 for one in bits)
        gated = bool((sparse.saf_target == k).any()) if sparse.saf_target.size else False
        result.append(Eyes(ranks=bits, shared=mask, sees_first=gated or bool(shared),
                           sees_all=not simple or bool(sparse.in_order[k])))
    return tuple(result)


def classes(all_eyes: Sequence[Eyes], looking: Sequence[bool], before: np.ndarray,
            dims: Sequence[int]) -> list[tuple[list[int], tuple[View, ...]]]:
    """One order (innermost first) of the loops over `dims` for each class that constraints leave, and what each tensor sees of it.

    looking: which tensors see loops here. before (dims, dims): see ordering.Orders.
    """
    found: dict[tuple[View, ...], list[int]] = {}
    start = tuple(() for _ in all_eyes)
    for order, views in _grown(all_eyes, before, [], list(dims), start, tuple(not one for one in looking)):
        found.setdefault(views, order)
    return [(order, views) for views, order in found.items()]


def _grown(all_eyes: Sequence[Eyes], before: np.ndarray, order: list[int], left: list[int], views: tuple[View, ...],
           done: tuple[bool, ...]) -> Iterator[tuple[list[int], tuple[View, ...]]]:
    if not left or all(done):
        yield [*order, *_any_order(before, left)], views
        return
    for d in left:
        if any(before[e, d] for e in left if e != d):
            continue
        seen = [(view, True) if over else one.look(view, d) for one, view, over in zip(all_eyes, views, done, strict=True)]
        yield from _grown(all_eyes, before, [*order, d], [e for e in left if e != d], tuple(view for view, _ in seen),
                          tuple(over for _, over in seen))


def _any_order(before: np.ndarray, dims: Sequence[int]) -> list[int]:
    """Some order that constraints allow."""
    return sorted(dims, key=lambda d: sum(bool(before[e, d]) for e in dims))


def all_orders(before: np.ndarray, dims: Sequence[int]) -> list[list[int]]:
    """Every order that constraints allow."""
    return [list(order) for order in permutations(dims)
            if not any(before[b, a] for i, a in enumerate(order) for b in order[i + 1:])]


class Catalogue:
    """The classes of the loops in time of every level, made when they are first asked for.

    get(level, dims): orders (n, all dims), those without a loop behind, and views (n, tensors): equal numbers look alike.
    """

    def __init__(self, plan: Plan, sparse: SparsePlan, space: Space) -> None:
        self._eyes = eyes(plan, sparse)
        self._gated = set(sparse.saf_target.tolist())
        self._space = space
        self._known: dict[tuple[int, frozenset[int]], tuple[np.ndarray, np.ndarray]] = {}

    def get(self, level: int, dims: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """See the class."""
        key = level, frozenset(dims)
        if key not in self._known:
            self._known[key] = self._made(level, sorted(dims))
        return self._known[key]

    def looking(self, level: int) -> list[bool]:
        """Which tensors see the loops in time of a level.

        Those that a level inside may keep, those with a format that takes loops in their order, its own level's among them, and those
        that are gated or skipped, which may be word by word; all, where the level or one inside has a fan-out, whose wires carry what
        stands still there for whoever is further in, and whose operations hand words on.
        """
        fans_out = bool(self._space.has_fanout[:level + 1].any())
        return [fans_out or k in self._gated or one.sees_all or bool((self._space.keep[:level, k] != 0).any())
                for k, one in enumerate(self._eyes)]

    def _made(self, level: int, dims: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        before = self._space.before[level, TEMPORAL]
        tensors = len(self._eyes)
        made = classes(self._eyes, self.looking(level), before, dims)
        views = np.array([_numbered([seen[k] for _, seen in made]) for k in range(tensors)]).T
        orders = [[*order, *(d for d in range(before.shape[0]) if d not in order)] for order, _ in made]
        return np.array(orders, np.int64).reshape(len(orders), -1), views.astype(np.int64, order="C").reshape(len(orders), tensors)


def _numbered(views: Sequence[View]) -> list[int]:
    numbers: dict[View, int] = {}
    return [numbers.setdefault(view, len(numbers)) for view in views]

