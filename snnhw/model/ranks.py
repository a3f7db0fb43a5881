"""Which loops each rank of a format takes (Sparseloop's representation analysis).

The loops that count are those of the level itself and of the levels that the tensor passes by below it, down to the next inner level
that keeps it (its child), as far as the tensor depends on their dimension. A compressed level whose child's tile has more than one
word hands on tiles as the child wants them: its inner ranks are the child's ranks ("pre-tiling"), and only the ranks above take loops.
Without it the loops absorb all that lies further inside. From the outside, or from the inside where the format says so
(rank_application_order), each rank takes the next loop of more than one iteration; if its flattening rule names that loop's dimension,
it also takes the loops that follow and stand in the same list of the rule. Ranks for which no loop is left have one sub-tile.
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled
from snnhw.model.reuse import tile_side, tile_size


@compiled
def words_and_rows(coefficients, extents):
    """Words of a tile, and its extent along the tensor's first rank."""
    return tile_size(coefficients, extents), tile_side(coefficients, extents, 0)


@compiled
def relevant_loops(complete, from_level, to_level, relevant):
    """Positions in `complete` of the loops of levels from_level..to_level over dimensions that matter, innermost first."""
    start, stop = complete.level_from[from_level], complete.level_from[to_level + 1]
    found = np.empty(stop - start, np.int64)
    count = 0
    for i in range(start, stop):
        if relevant[complete.dims[i]]:
            found[count] = i
            count += 1
    return found[:count]


@compiled
def _absorbed_bounds(complete, loops, inner_extents, pre_tiled):
    """Iterations of each loop; without pre-tiling the innermost loop of each dimension takes in all that lies inside."""
    bounds = complete.bounds[loops].copy()
    if not pre_tiled:
        pending = inner_extents.copy()
        for i in range(loops.size):
            bounds[i] *= pending[complete.dims[loops[i]]]
            pending[complete.dims[loops[i]]] = 1
    return bounds


@compiled
def assign_ranks(complete, extents, loops, bounds, coefficients, groups, first_rank, fibre, tiles):
    """Gives the loops to the ranks from the outermost down to first_rank. Returns False if loops are left without a rank.

    groups: (ranks, dims) list of the flattening rule that holds a dimension, -1 for none, -2 for a rank without a rule.
    Fills fibre[r] (sub-tiles in a fibre) and tiles[r + 1] (words and rows of the rank's tile).
    """
    rank, at = fibre.size, loops.size - 1
    innermost = words_and_rows(coefficients, extents[complete.after[loops[0]]])
    while rank > first_rank:
        while at >= 0 and bounds[at] <= 1:
            at -= 1
        rank -= 1
        fibre[rank] = 1
        tiles[rank + 1, 0], tiles[rank + 1, 1] = innermost
        if at < 0:
            continue
        dim = complete.dims[loops[at]]
        group = groups[rank, dim]
        if group == -1:
            continue
        taken = np.ones(extents.shape[1], np.int64)
        tiles[rank + 1, 0], tiles[rank + 1, 1] = words_and_rows(coefficients, extents[complete.after[loops[at]]])
        taken[dim] *= bounds[at]
        at -= 1
        while group >= 0 and at >= 0 and (bounds[at] <= 1 or groups[rank, complete.dims[loops[at]]] == group):
            taken[complete.dims[loops[at]]] *= bounds[at]
            at -= 1
        fibre[rank] = tile_size(coefficients, taken)
    while at >= 0 and bounds[at] <= 1:
        at -= 1
    return at < 0


@compiled
def assign_ranks_from_inside(complete, extents, loops, bounds, coefficients, groups, first_rank, fibre, tiles):
    """As assign_ranks, from first_rank outwards.

    The reference takes the tile of a rank of several loops for that of the innermost of them, which makes outer ranks too small; here it
    is what all of them cover.
    """
    at = 0
    for rank in range(first_rank, fibre.size):
        while at < loops.size and bounds[at] <= 1:
            at += 1
        fibre[rank] = 1
        tiles[rank + 1] = tiles[rank]
        if at == loops.size or groups[rank, complete.dims[loops[at]]] == -1:
            continue
        dim = complete.dims[loops[at]]
        group, last = groups[rank, dim], at
        taken = np.ones(extents.shape[1], np.int64)
        taken[dim] *= bounds[at]
        at += 1
        while group >= 0 and at < loops.size and (bounds[at] <= 1 or groups[rank, complete.dims[loops[at]]] == group):
            taken[complete.dims[loops[at]]] *= bounds[at]
            last = at
            at += 1
        fibre[rank] = tile_size(coefficients, taken)
        tiles[rank + 1, 0], tiles[rank + 1, 1] = words_and_rows(coefficients, extents[complete.after[loops[last]]])
    while at < loops.size and bounds[at] <= 1:
        at += 1
    return at == loops.size


@compiled
def level_ranks(complete, nest, level, child, coefficients, relevant, groups, pre_tiled, child_ranks, outer_to_inner, fibre, tiles):
    """Ranks of one tensor at one level. child: the next inner keeper, -1 for none; child_ranks: how many ranks are already filled in.

    With pre-tiling the caller has put the child's ranks into fibre[:child_ranks] and tiles[:child_ranks + 1].
    """
    loops = relevant_loops(complete, child + 1, level, relevant)
    inner = nest.extents[nest.spatial_from[child + 1]]
    bounds = _absorbed_bounds(complete, loops, inner, pre_tiled)
    if not pre_tiled:
        tiles[0, :] = 1
    first = child_ranks if pre_tiled else 0
    if outer_to_inner:
        return assign_ranks(complete, nest.extents, loops, bounds, coefficients, groups, first, fibre, tiles)
    return assign_ranks_from_inside(complete, nest.extents, loops, bounds, coefficients, groups, first, fibre, tiles)
