"""Branch and bound: the best mapping, and the proof that there is no better one.

A mapping is built from the outside. Its head, the loops in time of the outermost level, decides what the largest memory is asked for;
all heads are bounded from below, and looked into from the lowest bound on (explore.py) until no bound is left below the best mapping
found. What is then left has been excluded, so the mapping is optimal; where the budget ends first, the lowest bound left says how far
from the optimum the mapping can be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from snnhw.jit import YES
from snnhw.model.plan import Plan
from snnhw.search.candidates import CAPACITY
from snnhw.search.explore import COMPUTED, EVALUATED, MOST, PRUNED, SETTLED, UNSEEN, Best, Ground, Sets, beats, explore
from snnhw.search.heads import bound_heads, order_bound
from snnhw.search.listing import keep_choices
from snnhw.search.parts import Memo, empty_memo, keeping
from snnhw.search.relaxation import Relaxation, partners, relaxation
from snnhw.search.settle import settle
from snnhw.search.slots import SPATIAL, TEMPORAL
from snnhw.search.spread import hops_of_space
from snnhw.search.tables import Tables, tables
from snnhw.search.task import Candidate, Task
from snnhw.search.views import Catalogue, all_orders
from snnhw.spec.mapper import powers
from snnhw.spec.problem import Problem

_MOST_ROWS = 400_000
_MOST_HEADS = 2_000_000
_MOST_KEEPS = 64
_WAITING = 4096
_WORK = 200_000
_CLOSED = 1e-9
_UNLIMITED = 1 << 62
_LOOKS_PER_EVALUATION = 200
"""Sets of candidates that are bounded in about the time of an evaluation by the whole model, for the budget's sake."""
_KEPT_FOR_ANNEALING = 0.25
"""Share of the budget that is left where the mapspace can't be closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A choice of what is kept where, and its heads in the order of their bounds. ids (n, dims), values (n, metrics)."""

    relaxed: Relaxation
    ids: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How far a search came. lower_bound: of the first metric, left: heads not looked into; None where that is not known."""

    closed: bool
    ended_by: str
    lower_bound: float | None
    left: int | None


def branch(task: Task, problem: Problem) -> Outlook | None:
    """Searches for the best mapping, from task.best on; None where the mapspace is too large for it."""
    if _is_tangled(task):
        return None
    cut = tables(task.mapspace, _MOST_ROWS)
    keeps = keep_choices(task.space)
    if cut is None or len(cut.spaces) == 0 or keeps is None or int(np.prod([len(one) for one in cut.heads], dtype=float)) > _MOST_HEADS:
        return None
    chosen = list(keeps)
    if len(chosen) > _MOST_KEEPS:
        return None
    ground = _ground(task, problem, cut)
    fields = [_field(task, problem, ground, cut, keep) for keep in chosen]
    return _visit(task, problem, ground, cut, fields)


def _is_tangled(task: Task) -> bool:
    """Whether options of one group gate different tensors, so that no tensor can be looked at alone."""
    sparse = task.sparse
    groups = [set(sparse.saf_target[sparse.saf_group == g].tolist()) for g in set(sparse.saf_group.tolist())]
    return any(len(targets) > 1 for targets in groups)


def _ground(task: Task, problem: Problem, cut: Tables) -> Ground:
    space, plan = task.space, task.plan
    want_hops = bool(plan.hop_energy_pJ.any() or plan.router_energy_pJ.any())
    windows = ((plan.coefficients != 0).sum(axis=2) > 1).any()
    catalogue = Catalogue(plan, task.sparse, space)
    levels, dims = space.mesh.shape[0], len(problem.dimensions)
    order_first = np.zeros((levels, 1 << dims), np.int64)
    order_count = np.zeros((levels, 1 << dims), np.int64)
    orders, views, start = [], [], 0
    for level in range(cut.level + 1):
        movable = [d for d in range(dims) if space.most[level, TEMPORAL, d] > 1 and problem.bounds[problem.dimensions[d]] > 1]
        for bits in range(1 << len(movable)):
            here = [d for i, d in enumerate(movable) if bits >> i & 1]
            made, seen = catalogue.get(level, here)
            mask = sum(1 << d for d in here)
            order_first[level, mask], order_count[level, mask] = start, len(made)
            orders.append(made)
            views.append(seen)
            start += len(made)
    axis_first, axis_count, axis_orders = _axes(space.before, space.start_orders, cut.spaces, want_hops or windows)
    return Ground(
        level=cut.level, spaces=cut.spaces, space_ids=cut.space_ids, instances=cut.instances.astype(np.float64),
        replication=_replication(cut.spaces), hops=_hops(plan, cut.spaces, axis_first, axis_count, axis_orders),
        rest_factors=cut.rest.factors, rest_first=cut.rest.first, rest_count=cut.rest.many,
        order_first=order_first, order_count=order_count, orders=np.concatenate(orders), views=np.concatenate(views),
        axis_first=axis_first, axis_count=axis_count, axis_orders=axis_orders,
        powers=np.array([powers(metric) for metric in task.config.metrics], np.float64),
        operations=float(problem.operations), want_hops=want_hops)


def _replication(spaces: np.ndarray) -> np.ndarray:
    """(n, levels) instances of each level that loops in space (n, places, dims) use."""
    here = spaces.prod(axis=2).reshape(len(spaces), -1, 3)
    fanouts = (here[:, :, 1] * here[:, :, 2]).astype(np.float64)
    outside = np.cumprod(fanouts[:, ::-1], axis=1)[:, ::-1]
    return np.ascontiguousarray(outside / fanouts)


def _hops(plan: Plan, spaces: np.ndarray, first: np.ndarray, count: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """(n, levels, tensors) least hops over the orders of each of `spaces`."""
    result = np.zeros((len(spaces), orders.shape[1], len(plan.coefficients)))
    if plan.hop_energy_pJ.any():
        for s, one in enumerate(spaces):
            result[s] = np.min([hops_of_space(plan, one, orders[first[s] + i]) for i in range(count[s])], axis=0)
    return result


def _axes(before: np.ndarray, start: np.ndarray, spaces: np.ndarray, matters: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Orders of the loops in space for each of `spaces` (n, places, dims): first, count (n,), and orders (all, levels, dims)."""
    levels, dims = before.shape[0], before.shape[2]
    first: list[int] = []
    count: list[int] = []
    result: list[np.ndarray] = []
    known: dict[bytes, tuple[int, int]] = {}
    for one in spaces:
        key = (one > 1).tobytes()
        if key not in known:
            options = [start[:, SPATIAL]]
            if matters:
                for level in range(levels):
                    x, y = (np.flatnonzero(one[3 * level + place] > 1).tolist() for place in (1, 2))
                    lines = [[*a, *b] for a in all_orders(before[level, SPATIAL], x) for b in all_orders(before[level, SPATIAL], y)]
                    options = [_with_order(option, level, line, dims) for option in options for line in lines]
            known[key] = len(result), len(options)
            result += options
        first.append(known[key][0])
        count.append(known[key][1])
    return np.array(first, np.int64), np.array(count, np.int64), np.array(result, np.int64)


def _with_order(option: np.ndarray, level: int, line: list[int], dims: int) -> np.ndarray:
    changed = option.copy()
    changed[level] = [*line, *(d for d in range(dims) if d not in line)]
    return changed


def _field(task: Task, problem: Problem, ground: Ground, cut: Tables, keep: np.ndarray) -> Field:
    relaxed = relaxation(task.plan, task.sparse, keep, partners(task.plan.coefficients),
                         ground.replication.max(axis=0))
    sizes = np.array([len(one) for one in cut.heads], np.int64)
    factors = np.ones((len(sizes), sizes.max()), np.int64)
    for d, one in enumerate(cut.heads):
        factors[d, :len(one)] = one
    bounds = np.array([problem.bounds[d] for d in problem.dimensions], np.int64)
    ids = np.empty((int(sizes.prod()), len(sizes)), np.int16)
    values = np.empty((len(ids), len(ground.powers)), np.float64)
    count = bound_heads(task.plan, task.sparse, relaxed, ground, bounds, factors, sizes, ids, values)
    order = np.lexsort(values[:count].T[::-1])
    return Field(relaxed=relaxed, ids=ids[order], values=values[order])


def _visit(task: Task, problem: Problem, ground: Ground, cut: Tables, fields: list[Field]) -> Outlook:
    """Looks into the heads of all fields, lowest bound first."""
    best = _best_of(task, ground)
    rows = [(field, i) for field in range(len(fields)) for i in range(len(fields[field].ids))] if len(fields) > 1 else None
    if rows is not None:
        rows.sort(key=lambda row: tuple(fields[row[0]].values[row[1]]))
    total = len(fields[0].ids) if rows is None else len(rows)
    sets = Sets(np.empty((_WAITING, len(ground.powers))), np.empty(_WAITING, np.int64),
                np.empty((_WAITING, len(problem.dimensions)), np.int64))
    memo = empty_memo(task.plan, task.sparse, fields[0].relaxed.keep, cut.level, len(ground.powers))
    bound, left, ended_by = np.inf, 0, "exhausted"
    for n in range(total):
        field, i = (fields[0], n) if rows is None else (fields[rows[n][0]], rows[n][1])
        if not beats(field.values[i], best.values):
            best.tally[PRUNED] += 1
            if field.values[i, 0] > best.values[0] * (1 + _CLOSED):
                best.tally[PRUNED] += total - n - 1
                break
            continue
        task.bound = float(field.values[i, 0])
        try:
            ended_by = _look_into(task, problem, ground, cut, field, i, best, sets, keeping(memo, field.relaxed.keep))
        except KeyboardInterrupt:
            _note(task, best)
            raise
        if ended_by != "exhausted":
            bound, left = float(field.values[i, 0]), total - n
            break
    _note(task, best)
    value = float(best.values[0])
    closed = ended_by == "exhausted" and best.tally[UNSEEN] == 0
    if ended_by == "exhausted" and not closed:
        ended_by, bound, left = "budget", float(fields[0].values[:1, 0].min(initial=np.inf)), int(best.tally[UNSEEN])
    return Outlook(closed=bool(closed), ended_by=ended_by, lower_bound=value if closed else min(bound, value), left=left)


def _look_into(task: Task, problem: Problem, ground: Ground, cut: Tables, field: Field, i: int, best: Best, sets: Sets,
               memo: Memo) -> str:
    """Explores one head in each order of its loops. Returns why it ended: "exhausted", "budget" or "seconds"."""
    head_ids = field.ids[i].astype(np.int64)
    head = np.array([cut.heads[d][at] for d, at in enumerate(head_ids)], np.int64)
    box = np.array([problem.bounds[d] for d in problem.dimensions], np.int64) // head
    mask = sum(1 << d for d in range(len(head)) if head[d] > 1)
    first, count = int(ground.order_first[ground.level, mask]), int(ground.order_count[ground.level, mask])
    levels = field.relaxed.keep.shape[0]
    floors = []
    for n in range(first, first + count):
        totals, demand, values = np.empty(1 + field.relaxed.keep.shape[1]), np.empty((levels, 2)), np.empty(len(ground.powers))
        order_bound(task.plan, field.relaxed, ground, head, box, ground.orders[n], totals, demand, values)
        floors.append((tuple(values), n, totals, demand))
    for values_of, n, totals, demand in sorted(floors, key=lambda one: one[:2]):
        if not beats(np.array(values_of), best.values):
            continue
        start, cursor = 0, np.full(len(head) + 1, -1, np.int64)
        while start >= 0:
            start, waiting, looked = explore(task.plan, task.sparse, task.space, ground, field.relaxed, (head, head_ids), ground.orders[n],
                                             totals, demand, start, cursor, _WORK, best, sets)
            best.tally[MOST] = _UNLIMITED if task.left is None else max(1, int(task.left - _KEPT_FOR_ANNEALING * task.evaluations))
            if waiting:
                settle(task.plan, task.sparse, task.space, ground, field.relaxed, head, ground.orders[n], YES, best, sets, memo, waiting)
            is_cut = best.tally[EVALUATED] >= best.tally[MOST]
            _note(task, best)
            task.looked += looked
            if is_cut:
                return "budget"
            if task.is_late:
                return "seconds"
            if task.left is not None and task.left - task.looked / _LOOKS_PER_EVALUATION <= _KEPT_FOR_ANNEALING * task.evaluations:
                return "budget"
    return "exhausted"


def _best_of(task: Task, ground: Ground) -> Best:
    space = task.space
    metrics = len(ground.powers)
    best = Best(values=np.full(metrics, np.inf), cost=np.full(2, np.inf), factors=np.ones_like(space.start),
                orders=space.start_orders.copy(), keep=space.start_keep.copy(), tally=np.zeros(6, np.int64),
                died=np.zeros(CAPACITY + space.mesh.shape[0], np.int64), misfits=np.zeros_like(task.misfits))
    if task.best is not None:
        best.values[:] = task.best.values
        best.cost[:] = task.best.cost
        best.factors[:] = task.best.factors
        best.orders[:] = task.best.orders
        best.keep[:] = task.best.keep
    return best


def _note(task: Task, best: Best) -> None:
    """Moves the tally and the best mapping into the task."""
    task.evaluated += int(best.tally[EVALUATED])
    task.dropped += int(best.tally[PRUNED])
    task.misfits += best.misfits
    task.died += best.died
    task.parts += int(best.tally[COMPUTED])
    task.sets += int(best.tally[SETTLED])
    best.tally[EVALUATED] = best.tally[PRUNED] = best.tally[COMPUTED] = best.tally[SETTLED] = 0
    best.misfits[:] = 0
    best.died[:] = 0
    if np.isfinite(best.values[0]):
        task.best = Candidate(factors=best.factors.copy(), orders=best.orders.copy(), keep=best.keep.copy(),
                              values=tuple(best.values.tolist()), cost=(float(best.cost[0]), float(best.cost[1])))
    task.tell()
