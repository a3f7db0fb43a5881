"""What a candidate costs: the model's kernel, called for many candidates."""

from __future__ import annotations

import numpy as np

from snnhw.jit import borrowed, compiled
from snnhw.model.fit import FITS
from snnhw.model.kernel import run
from snnhw.model.rollup import NETWORK_ENERGY
from snnhw.search.candidates import complete_nest_of, nest_of

ENERGY, CYCLES = 0, 1
"""Columns of a cost; both are infinite where the mapping does not fit."""
REASONS = 7
"""Codes of model/fit.py for what does not fit."""


@compiled
def score_all(plan, sparse, space, pool, wanted, want_hops, costs, misfits):
    """Fills costs (n, 2) of the wanted candidates of a pool: energy in pJ and cycles, the sums that model.evaluate makes.

    Counts in misfits (REASONS,) why candidates don't fit. Returns how many were evaluated.
    """
    plan, sparse, space, pool, wanted, costs, misfits = borrowed((plan, sparse, space, pool, wanted, costs, misfits))
    evaluated = 0
    for i in range(wanted.size):
        if not wanted[i]:
            continue
        nest = nest_of(pool.factors[i], pool.orders[i], pool.keep[i])
        outcome = run(plan, sparse, nest, complete_nest_of(nest, space.has_fanout), want_hops)
        evaluated += 1
        if outcome.fit.reason != FITS:
            costs[i] = np.inf
            misfits[outcome.fit.reason] += 1
            continue
        costs[i, ENERGY] = ((outcome.performed * plan.compute_energy_pJ).sum() + outcome.energy_pJ.sum() + outcome.leakage_pJ.sum()
                            + outcome.figures[:, :, NETWORK_ENERGY].sum())
        costs[i, CYCLES] = outcome.cycles.max() + plan.latency_cycles
    return evaluated
