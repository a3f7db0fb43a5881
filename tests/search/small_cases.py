"""Random small machines and problems whose mapspaces can be listed, and all that the mappings of one cost."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from model.cases import architecture, fmt, level, problem, saf, tensor

from snnhw.model.plan import Plan, make_plan
from snnhw.model.sparse_plan import SparsePlan, make_sparse_plan
from snnhw.search.listing import listing
from snnhw.search.pool import starting_pool
from snnhw.search.score import score_all
from snnhw.search.space import Mapspace, make_mapspace
from snnhw.search.task import Task
from snnhw.spec.architecture import Architecture, Network, StorageLevel
from snnhw.spec.constraints import Constraints, StorageConstraint
from snnhw.spec.mapper import MapperConfig, Metric
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable
from snnhw.spec.sparse import ActionOptimization, RepresentationFormat, SparseOptimizations

_SHAPES = (
    ("MNK", {"A": ("M", "K"), "B": ("K", "N"), "Z": ("M", "N")}),
    ("PRM", {"A": ("M", "R"), "B": ("P+R",), "Z": ("M", "P")}),
    ("PRMC", {"A": ("M", "R", "C"), "B": ("2P+R", "C"), "Z": ("M", "P")}),
    ("PRQS", {"A": ("R", "S"), "B": ("P+R", "2Q+S"), "Z": ("P", "Q")}),
    ("PRM", {"A": ("M", "R"), "B": ("P+2R", "M"), "Z": ("M", "P")}),
    ("TPR", {"A": ("R",), "B": ("T", "3P+R"), "Z": ("P", "T")}),
)
_BOUNDS = (1, 2, 2, 3, 4, 4, 5, 6, 8)
_MESHES = ((1, 1), (1, 1), (2, 1), (1, 2), (2, 2), (3, 1), (4, 2), (4, 1))
_RANKS = ("RLE", "CP", "B", "UB", "UOP RLE", "UOP CP", "UB RLE", "UOP UOP RLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallCase:
    """Something to search."""

    architecture: Architecture
    problem: Problem
    constraints: Constraints
    reference: ReferenceTable

    @property
    def plan(self) -> Plan:
        """Arrays of the architecture, the problem and the energies."""
        return make_plan(self.architecture, self.problem, self.reference)

    @property
    def sparse(self) -> SparsePlan:
        """Arrays of the sparse optimisations."""
        return make_sparse_plan(self.architecture, self.problem)

    @property
    def mapspace(self) -> Mapspace:
        """What there is to search."""
        return make_mapspace(self.architecture, self.problem, self.constraints, self.plan)

    def task(self, *metrics: Metric) -> Task:
        """A search of it that has not begun."""
        return Task(plan=self.plan, sparse=self.sparse, mapspace=self.mapspace, listener=None,
                    config=MapperConfig(metrics=metrics or ("edp",), max_evaluations=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """All mappings within a mapspace, those whose tiles are too large left out.

    factors (n, places, dims), orders (n, levels, 2, dims), keep (n, levels, tensors); costs (n, 2): infinite for what does not fit.
    """

    factors: np.ndarray
    orders: np.ndarray
    keep: np.ndarray
    costs: np.ndarray


def small_case(seed: int, *, sparse: bool, most_levels: int = 3) -> SmallCase:
    """The random case of a number."""
    random = Random(seed)
    dims, projections = random.choice(_SHAPES)
    levels = random.randint(2, most_levels)
    most = {2: 96, 3: 48}[levels] // (2 if len(dims) == 4 else 1)
    bounds = dict.fromkeys(dims, 1)
    for d in random.sample(dims, len(dims)):
        size = int(np.prod(list(bounds.values())))
        bounds[d] = random.choice([one for one in _BOUNDS if one * size <= most])
    tensors = [tensor(name, *ranks, output=name == "Z", density=random.choice((0.02, 0.1, 1 / 3, 0.5, 0.9, 1.0)) if sparse else 1.0,
                      model=random.choice(("fixed_structured", "hypergeometric"))) for name, ranks in projections.items()]
    names = ("DRAM", "Mid", "Pad") if levels == 3 else ("DRAM", "Pad")
    storage, mesh = [], (1, 1)
    for i, name in enumerate(names):
        if i:
            grown = random.choice(_MESHES)
            mesh = mesh[0] * grown[0], mesh[1] * grown[1]
        storage.append(_level(random, name, mesh, outermost=i == 0, innermost=i == levels - 1))
    macs = random.choice(_MESHES[:4])
    made = architecture(*storage, macs=(mesh[0] * macs[0], mesh[1] * macs[1]), sparse=_sparse(random, names, dims) if sparse else None)
    return SmallCase(architecture=made, problem=problem(" ".join(f"{d}{n}" for d, n in bounds.items()), *tensors),
                     constraints=_keeps(random, names[1:]), reference=_costs(random, made))


def _level(random: Random, name: str, mesh: tuple[int, int], *, outermost: bool, innermost: bool) -> StorageLevel:
    network = Network(wire_energy_pJ_per_bit_mm=random.choice((0.0, 0.1, 2.0)), tile_width_um=random.choice((0.0, 100.0)),
                      router_energy_pJ=random.choice((0.0, 0.0, 0.7)), fill_latency_cycles=random.choice((0, 0, 2)))
    depth = None if outermost else random.choice((4, 8, 16, 30) if innermost else (None, 16, 30, 60))
    speeds = {key: random.choice((None, None, 0.3, 1, 2)) for key in ("read_bandwidth", "write_bandwidth", "shared_bandwidth")}
    return level(name, dram=outermost, mesh=mesh, word=8, width=8 * random.choice((1, 1, 2, 4)) if outermost or depth is None else 8,
                 depth=depth, metadata=(8, random.choice((None, 4)), random.choice((2, 4, 8))), network=network,
                 tensor_word_bits=random.choice(({}, {}, {"Z": 16})), bandwidth_scale=random.choice(({}, {}, {"A": 0.5})),
                 reduction_supported=random.random() < 0.5, **speeds)


def _keeps(random: Random, names: tuple[str, ...]) -> Constraints:
    """Up to two tensors of each level may be kept or not."""
    found = []
    for name in names:
        decided = random.sample("ABZ", random.choice((1, 2, 3, 3)))
        kept = frozenset(one for one in decided if random.random() < 0.7)
        found.append(StorageConstraint(level=name, keep=kept, bypass=frozenset(decided) - kept))
    return Constraints(storage=tuple(found))


def _sparse(random: Random, names: tuple[str, ...], dims: str) -> SparseOptimizations:
    formats: list[RepresentationFormat] = []
    actions: list[ActionOptimization] = []
    for name in "ABZ" if random.random() < 0.3 else "AB":
        ranks = random.choice((None, *_RANKS))
        if ranks is not None:
            rules = random.choice(("", dims, dims))
            formats += [fmt(where, name, ranks, rules, bits=random.choice((None, 3))) for where in names if random.random() < 0.7]
        for where in names:
            on = random.choice(("A", "B", "AB", "", "", ""))
            if on and name not in on:
                actions.append(saf(where, random.choice(("gating", "skipping")), name, on))
    if random.random() < 0.5:
        actions.append(saf(random.choice(names), random.choice(("gating", "skipping")), "Z", random.choice(("A", "B", "AB"))))
    return SparseOptimizations(formats=tuple(formats), actions=tuple(actions), compute=frozenset(
        kind for kind in ("gating", "skipping") if random.random() < 0.4))


def _costs(random: Random, made: Architecture) -> ReferenceTable:
    components = {made.compute.name: {"compute": 1.0, "compute_gated": 0.1, "compute_skipped": 0.0}}
    for i, storage in enumerate(made.storage):
        scale = (100.0, 10.0, 1.0)[i] * random.choice((0.3, 1.0, 2.0))
        components[storage.name] = {"read": scale, "write": scale * random.choice((0.8, 1.2)), "update": scale * 1.3,
                                    "leak": random.choice((0.0, 0.0, 0.2, 2.0)), "gated_read": scale * 0.1, "skipped_read": 0.0,
                                    "metadata_read": scale * random.choice((0.0, 0.2)), "metadata_write": scale * 0.3}
    return ReferenceTable(components={name: ComponentCost(name=name, actions={
        action: ActionEnergy(energy_pJ=energy) for action, energy in actions.items()}) for name, actions in components.items()})


def everything(case: SmallCase, limit: int = 20_000) -> Listed | None:
    """Every mapping, evaluated by the whole model; None where there are more than the limit."""
    plan, sparse, mapspace = case.plan, case.sparse, case.mapspace
    found = listing(mapspace, plan, sparse, limit, np.zeros(16, np.int64))
    if found is None:
        return None
    rows = list(found.candidates())
    if not rows:
        return None
    pool = starting_pool(plan, sparse, mapspace.arrays, len(rows))
    for i, (factors, orders, keep) in enumerate(rows):
        pool.factors[i], pool.orders[i], pool.keep[i] = factors, orders, keep
    costs = np.full((len(rows), 2), np.inf)
    score_all(plan, sparse, mapspace.arrays, pool, np.ones(len(rows), np.bool_), True, costs, np.zeros(7, np.int64))
    return Listed(factors=pool.factors, orders=pool.orders, keep=pool.keep, costs=costs)
