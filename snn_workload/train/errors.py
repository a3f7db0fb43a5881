"""What can go wrong in training, apart from a wrong input."""

from __future__ import annotations

from snnhw.errors import SnnhwError


class TrainingError(SnnhwError):
    """Training cannot go on or leads nowhere: a loss that is no number, a layer that never spikes, too little memory."""

    exit_code = 3
