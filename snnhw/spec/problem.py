"""The problem: a loop nest over dimensions, and the tensors that it touches (Timeloop's problem shape and instance)."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """How the non-zeros of a tensor lie.

    model: "fixed_structured" (every tile holds its share), "hypergeometric" (uniformly random), "banded" (band_width
    diagonals beside the main one); value: share of non-zeros in [0, 1]. Timeloop reads a plain number as fixed_structured.
    """

    value: float = 1.0
    model: Literal["fixed_structured", "hypergeometric", "banded"] = "fixed_structured"
    band_width: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One summand of a rank's coordinate: coefficient times the index of a dimension."""

    dimension: str
    coefficient: int = 1


Rank: TypeAlias = tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """A tensor (Timeloop's data space). projection: one rank a tensor axis, each a sum of terms, as in P*stride + R*dilation."""

    name: str
    projection: tuple[Rank, ...]
    read_write: bool = False
    density: Density = field(default_factory=Density)

    def dimensions(self) -> frozenset[str]:
        """The dimensions that the tensor depends on (its relevant dimensions)."""
        return frozenset(term.dimension for rank in self.projection for term in rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A loop nest. bounds: iterations of each dimension, in the order of `dimensions`."""

    name: str
    dimensions: tuple[str, ...]
    bounds: MappingType[str, int]
    tensors: tuple[Tensor, ...]

    @property
    def operations(self) -> int:
        """Iterations of the loop body: the product of all bounds."""
        result = 1
        for dimension in self.dimensions:
            result *= self.bounds[dimension]
        return result

    def tensor(self, name: str) -> Tensor:
        """The tensor of a name; KeyError if there is none."""
        return {tensor.name: tensor for tensor in self.tensors}[name]

    def tensor_size(self, tensor: Tensor) -> int:
        """Words of a tensor: the product over its ranks of sum c * (bound - 1) + 1."""
        size = 1
        for rank in tensor.projection:
            size *= 1 + sum(abs(term.coefficient) * (self.bounds[term.dimension] - 1) for term in rank)
        return size
