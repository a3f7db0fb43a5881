"""From loop bounds to a Problem: the one loop nest that every layer kind is a case of.

The loop body of a spiking layer, in Timeloop's letters (T time steps, C input and M output channels, P x Q output positions,
R x S kernel, G groups), is

    Outputs[t, m, q, p] += Weights[c, m, r, s] * Inputs[t, c, r*Wdilation + p*Wstride, s*Hdilation + q*Hstride]

P goes with R and Wstride, Q with S and Hstride, as in Timeloop's problem shapes for convolutions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from snnhw.spec.problem import Density, Problem, Rank, Tensor, Term

Membrane: TypeAlias = Literal["carried", "per_step"]
Pair: TypeAlias = tuple[int, int]

DENSE = Density()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nest:
    """Bounds of the loops. C and M are channels of one group; stride and dilation are (along P and R, along Q and S).

    has_state: the outputs are membrane potentials of neurons, which live on from one step to the next.
    """

    T: int
    C: int
    M: int
    P: int = 1
    Q: int = 1
    R: int = 1
    S: int = 1
    G: int = 1
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    has_state: bool = True

    def dimensions(self) -> tuple[str, ...]:
        """Names of the loops; G stands among them only where there are groups."""
        return ("T", *self._group(), "C", "M", "R", "S", "P", "Q")

    def bounds(self) -> dict[str, int]:
        """Iterations of each loop, by name."""
        return {dimension: getattr(self, dimension) for dimension in self.dimensions()}

    def _group(self) -> tuple[str, ...]:
        return ("G",) if self.G > 1 else ()

    def weight_ranks(self) -> tuple[Rank, ...]:
        """Axes of the weights: [G,] C, M, R, S."""
        return _plain(*self._group(), "C", "M", "R", "S")

    def input_ranks(self) -> tuple[Rank, ...]:
        """Axes of the spikes that arrive: T, [G,] C and the two sliding windows."""
        along_p = (Term(dimension="R", coefficient=self.dilation[0]), Term(dimension="P", coefficient=self.stride[0]))
        along_q = (Term(dimension="S", coefficient=self.dilation[1]), Term(dimension="Q", coefficient=self.stride[1]))
        return (*_plain("T", *self._group(), "C"), along_p, along_q)

    def output_ranks(self, membrane: Membrane) -> tuple[Rank, ...]:
        """Axes of what the sums go to: the state U[M, Q, P] if it is carried over the steps, else one value per step as well."""
        carried = membrane == "carried" and self.has_state
        return _plain(*(() if carried else ("T",)), *self._group(), "M", "Q", "P")


def _plain(*dimensions: str) -> tuple[Rank, ...]:
    return tuple((Term(dimension=dimension),) for dimension in dimensions)


def nest_problem(nest: Nest, *, name: str, membrane: Membrane = "carried", weights: Density = DENSE, inputs: Density = DENSE) -> Problem:
    """The Problem of a nest, with tensors Weights, Inputs and Outputs (read and written, and always dense).

    membrane: `carried` leaves T out of Outputs, so that reading the state back and writing it in each step is counted by the
    ordinary rules for partial sums; `per_step` is plain Timeloop, with T an axis of Outputs. A nest without state ignores it.
    """
    tensors = (
        Tensor(name="Weights", projection=nest.weight_ranks(), density=weights),
        Tensor(name="Inputs", projection=nest.input_ranks(), density=inputs),
        Tensor(name="Outputs", projection=nest.output_ranks(membrane), read_write=True),
    )
    return Problem(name=name, dimensions=nest.dimensions(), bounds=nest.bounds(), tensors=tensors)
