"""Among trained models, the one with the highest reward: accuracy against memory, under limits of memory and energy.

    reward = accuracy - mu * (memory / memory at FP32)

memory: bits of all weights of a run at their bit widths; at FP32: 32 bits each. Source: Q-SpiNN, Putra & Shafique, IJCNN 2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from snn_workload.run import Run

FP32_BITS = 32


@dataclass(frozen=True, kw_only=True)
class Model:
    """A trained model.

    source: where its run stands; memory_bits, fp32_bits: of its weights; energy_pJ: of one inference, None where unknown.
    """

    source: str
    name: str
    accuracy: float
    memory_bits: int
    fp32_bits: int
    energy_pJ: float | None = None

    def reward(self, mu: float) -> float:
        """accuracy - mu * memory / memory at FP32."""
        return self.accuracy - mu * self.memory_bits / self.fp32_bits


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The best model for a mu, None where no model keeps the limits; reward: its reward."""

    mu: float
    model: Model | None
    reward: float | None


def weight_memory(run: Run) -> tuple[int, int]:
    """Bits of all weights of a run: at their bit widths, and at 32 bits."""
    own = full = 0
    for layer in run.layers:
        nest = layer.kind.nest(run.time_steps)
        number = nest.C * nest.M * nest.R * nest.S * nest.G
        own, full = own + number * layer.bits.weights, full + number * FP32_BITS
    return own, full


def choose(
    models: Sequence[Model], mus: Sequence[float], *, memory_bits: float | None = None, energy_pJ: float | None = None
) -> tuple[Choice, ...]:
    """For each mu the model with the highest reward among those within the limits; of equal ones the smaller, then the first.

    A model of unknown energy is not within a limit of energy.
    """
    fitting = [
        model
        for model in models
        if (memory_bits is None or model.memory_bits <= memory_bits)
        and (energy_pJ is None or (model.energy_pJ is not None and model.energy_pJ <= energy_pJ))
    ]
    found = []
    for mu in mus:
        best = max(fitting, key=lambda model: (model.reward(mu), -model.memory_bits), default=None)
        found.append(Choice(mu=mu, model=best, reward=None if best is None else best.reward(mu)))
    return tuple(found)
