"""Ground truth for the sparse model: random tensors, packed and run through the loop nest."""

from sparse_simulator.simulate import Measured, simulate

__all__ = ["Measured", "simulate"]
