"""A loop nest, executed. Independent of the model: nothing here is derived from a formula for reuse, everything is counted.

`simulate(architecture, problem, mapping)` walks a mapping from the outermost loop to the innermost. Every storage instance remembers
which coordinates of each tensor it holds; whenever its turn comes it asks its parent for those that it lacks, and the parent's ledger
notes how many words left it, to how many instances at once, and how far. Tiles are sets of coordinates (bit arrays), nothing else.

Conventions, which are Timeloop's (the model shares them, otherwise there would be nothing to compare):

* A tile is the whole box between the lowest and the highest coordinate that its loops touch, gaps of a stride included.
* An instance keeps its tile until the next one comes. It then lacks what the old tile did not have, provided that the tile moves by the
  same step as the last time it moved (or moves for the first time, or stands still); if the step is another, it fetches the whole tile
  and forgets the step.
* Instances that lack the very same coordinates at the same time are served by one read (multicast). One that lacks what a neighbour on
  the mesh lacked the time before may take it from there instead (link transfer); used only where the parent is then read less.
* The innermost storage level has no register below it: each operation reads one word of each tensor, or, over an array of computes, one
  word for all computes that need the same one.
* Partial sums run the same way upwards, so updates are the words that a level serves; the first read of a word is not made.

Two ways of running:

* `iterations="all"`: every temporal iteration, and every instance of every array with a memory of its own.
* `iterations="two"`: what Timeloop does. Of each temporal loop iteration 0 and iteration 1, the latter counted for all that follow; of
  each array the first instance, and the others are its copies, moved. Where factors do not divide, the last iterations run as well.

When the two agree (tests/test_simulator_iterations.py tries each sentence):

1. Always where no temporal loop has more than two iterations and all factors divide: there is nothing left to extrapolate, and the
   instances of an array do the same at places that differ by a constant.
2. Always where each rank of each tensor is a single term and all factors divide. The tile at a step is then a product of intervals, one
   a dimension, aligned to a grid: two tiles of one instance are the same or share nothing. So what an instance lacks is all or nothing,
   and which of both depends on whether any index of a relevant loop changed, which is the same from iteration 1 on.
   The step rule cannot be seen either: it matters only where tiles overlap in part.
3. Not always with a sliding window. Iteration 1 leaves the tile at index 1, not at the last index, so what overlaps when an outer loop
   wraps around is another part of the window. Smallest case: one level over a level, Inputs[P + R], temporal loops R=2 outside and P=3
   inside (nothing below). Tiles of one word at 0 1 2, then 1 2 3. All iterations: 6 words, because coming back from 2 to 1 is a move,
   and a move brings a new word. Two iterations: coming back from 1 to 1 is none, so the tile of the second pass starts for free: 5.
4. Not always where factors do not divide: the copies of the first instance are too large at the edge of an array.
"""

from simulator.counts import SimulatedCounts, SimulatedLevel, SimulatedNetwork, SimulatedTensor, SimulatedTransfers
from simulator.simulate import simulate

__all__ = ["SimulatedCounts", "SimulatedLevel", "SimulatedNetwork", "SimulatedTensor", "SimulatedTransfers", "simulate"]
