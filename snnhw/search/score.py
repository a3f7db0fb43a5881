"""What a candidate costs: the model's kernel, called for many candidates."""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled
from snnhw.model.fit import FITS
from snnhw.model.kernel import NETWORK_ENERGY, run
from snnhw.search.candidates import complete_nest_of, nest_of

ENERGY, CYCLES = 0, 1
"""Columns of a cost; both are infinite where the mapping does not fit."""
REASONS = 7
"""Codes of model/fit.py for what does not fit."""


@compiled
def score(plan, sparse, nest, complete, want_hops):
    """Energy in pJ, cycles, and why the mapping does not fit (FITS where it does): the sums that model.evaluate makes."""
    outcome = run(plan, sparse, nest, complete, want_hops)
    energy = ((outcome.performed * plan.compute_energy_pJ).sum() + outcome.energy_pJ.sum() + outcome.leakage_pJ.sum()
              + outcome.figures[:, :, NETWORK_ENERGY].sum())
    return energy, float(outcome.cycles.max() + plan.latency_cycles), outcome.fit.reason


@compiled
def score_all(plan, sparse, space, factors, orders, keep, wanted, want_hops, costs, misfits):
    """Fills costs (candidates, 2) of the wanted ones; counts in misfits (REASONS,) those that don't fit. Returns how many were evaluated."""
    evaluated = 0
    for i in range(wanted.size):
        if not wanted[i]:
            continue
        nest = nest_of(factors[i], orders[i], keep[i])
        energy, cycles, reason = score(plan, sparse, nest, complete_nest_of(nest, space.has_fanout), want_hops)
        evaluated += 1
        if reason == FITS:
            costs[i, ENERGY], costs[i, CYCLES] = energy, cycles
        else:
            costs[i] = np.inf
            misfits[reason] += 1
    return evaluated
