"""What tensors cost alone adds up to what a mapping costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from model.cases import reference
from model.strategies import Case, cases

from snnhw.model.encoding import encode, encode_complete
from snnhw.model.fit import FITS
from snnhw.model.kernel import fanouts_of, run, tile_sizes
from snnhw.model.plan import make_plan
from snnhw.model.rollup import NETWORK_ENERGY, partitions
from snnhw.model.room import empty_room
from snnhw.model.sharing import empty_sharing, kinds_of_groups, share_out
from snnhw.model.sparse_counts import empty_sparse_room
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.model.tensor import FIGURES, Geometry, leakage, misfit, performed_operations, shared_costs, tensor_costs, together

pytestmark = pytest.mark.xdist_group("tensor")  # what they call compiles once for both

ENERGIES = {"read": 7.0, "write": 11.0, "compute": 0.3, "leak": 0.2, "gated_read": 0.7, "metadata_read": 0.9, "compute_gated": 0.1}


def summed(case: Case) -> tuple[int, float, int]:
    """Reason, energy in pJ and cycles from the parts of the tensors."""
    plan = make_plan(case.architecture, case.problem, reference(case.architecture, **ENERGIES))
    sparse = make_sparse_plan(case.architecture, case.problem)
    nest, complete = encode(case.problem, case.mapping), encode_complete(case.problem, case.mapping, plan.columns * plan.rows > 1)
    fanouts, replication = fanouts_of(nest)
    sizes, node_sizes = tile_sizes(plan, nest)
    levels, tensors = nest.keep.shape
    sharing = empty_sharing(levels, tensors, kinds_of_groups(fanouts))
    share_out(plan, nest, True, sharing)
    room = empty_room(levels, tensors, plan.coefficients.shape[1], nest.time_dims.size, fanouts)
    sparse_room = empty_sparse_room(sparse, levels, tensors, nest.extents.shape[1])
    geometry = Geometry(sizes, fanouts, replication, np.full(tensors, -1), sharing, room, sparse_room)
    figures, energy, shares = np.empty((tensors, FIGURES, len(fanouts))), 0.0, np.empty(tensors)
    for k in range(tensors):
        partitions(sizes, node_sizes, k, room.partition[k])
        reason, part, shares[k] = tensor_costs(plan, sparse, nest, complete, geometry, k, levels, True, figures[k])
        if reason != FITS:
            return reason, 0.0, 0
        energy += part
    reason = misfit(plan.word_bits, plan.capacity_bits, sparse.metadata_capacity_bits, figures, np.arange(tensors))
    operations = nest.bounds.prod()
    performed = performed_operations(sparse, nest, operations, shares)
    leak = leakage(plan.leak_pJ, replication, figures, np.arange(tensors))
    return reason, *together(shared_costs(plan), leak, replication[0] * fanouts[0], performed, energy, figures, np.arange(tensors))


def whole(case: Case) -> tuple[int, float, int]:
    """The same from the whole model."""
    plan = make_plan(case.architecture, case.problem, reference(case.architecture, **ENERGIES))
    nest, complete = encode(case.problem, case.mapping), encode_complete(case.problem, case.mapping, plan.columns * plan.rows > 1)
    outcome = run(plan, make_sparse_plan(case.architecture, case.problem), nest, complete, True)
    energy = (outcome.performed @ plan.compute_energy_pJ + outcome.energy_pJ.sum() + outcome.leakage_pJ.sum()
              + outcome.figures[:, :, NETWORK_ENERGY].sum())
    return outcome.fit.reason, float(energy), int(outcome.cycles.max()) + plan.latency_cycles


@settings(max_examples=150, deadline=None)
@given(cases(options=False))
def test_parts_of_tensors_add_up_to_the_whole(case: Case) -> None:
    reason, energy, cycles = whole(case)
    parts = summed(case)
    assert (parts[0] == FITS) == (reason == FITS)
    if reason == FITS:
        assert parts[1] == pytest.approx(energy, rel=1e-12)
        assert parts[2] == cycles


@settings(max_examples=50, deadline=None)
@given(cases(formats=False, actions=False))
def test_without_anything_sparse_they_do_too(case: Case) -> None:
    dense = case.dense()
    assert summed(dense) == pytest.approx(whole(dense), rel=1e-12)
