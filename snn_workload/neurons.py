"""What the neurons of a layer do over a run, as counts to be costed later."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuronWork:
    """Counts of one layer over all time steps.

    neurons: M * P * Q, 0 for a layer without neurons; time_steps: T; spikes: those that leave, neurons * T * density of the outputs.
    """

    neurons: int
    time_steps: int
    spikes: float

    @property
    def updates(self) -> int:
        """Neuron updates: each neuron once in each time step. Every update leaks, adds what came in, and compares."""
        return self.neurons * self.time_steps

    @property
    def leaks(self) -> int:
        """One an update."""
        return self.updates

    @property
    def adds(self) -> int:
        """One an update."""
        return self.updates

    @property
    def compares(self) -> int:
        """One an update."""
        return self.updates

    @property
    def resets(self) -> float:
        """Only a neuron that spikes is reset."""
        return self.spikes
