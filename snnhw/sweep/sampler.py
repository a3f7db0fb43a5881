"""Where to look next: Optuna's tree-structured Parzen estimator over the space of a plan (extra `optimize`).

J. Bergstra et al., Algorithms for Hyper-Parameter Optimization, NIPS 2011; for several objectives Y. Ozaki et al., Multiobjective
Tree-Structured Parzen Estimator, JAIR 73, 2022. Each suggestion is made by a fresh sampler from what is known and a seed alone, so that no
state has to be kept beside the store.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from snnhw.errors import Finding, SpecError
from snnhw.sweep.space import Dimension, Space

Verdict: TypeAlias = Literal["taken", "refused"]
"""What became of a suggestion: it is known or under way already, or a filter does not let it through."""

STARTUP = 10
"""Points known from which on suggestions are more than random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a position. costs: less of each is better; None where it failed, lacks a figure, or is under way: it counts as the
    worst that is known."""

    position: tuple[int, ...]
    costs: tuple[float, ...] | None


class Suggestions:
    """Positions, one after another, until one is wanted."""

    def __init__(self, space: Space, told: Sequence[Told], objectives: int, seed: int) -> None:
        self._space = space
        self._bad = _worst(told, objectives)
        self._study = _study(space, told, self._bad, seed)
        self._trial: Any = None

    def next(self) -> tuple[int, ...]:
        """A position."""
        with _quiet():
            self._trial = self._study.ask(_distributions(self._space.dimensions))
        return self._space.position(self._trial.params)

    def reject(self, verdict: Verdict) -> None:
        """Tell why the last position is not wanted."""
        from optuna.trial import TrialState

        with _quiet():
            if verdict == "refused":
                self._study.tell(self._trial, list(self._bad))
            else:
                self._study.tell(self._trial, state=TrialState.FAIL)


def check_optuna() -> None:
    """Raises SpecError where optuna is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import optuna  # noqa: F401
    except ImportError:
        raise SpecError(Finding(file="snnhw optimize", seen="no package optuna", expected="it to be installed",
                                fix="pip install 'snnhw[optimize]'")) from None


def _study(space: Space, told: Sequence[Told], bad: tuple[float, ...], seed: int) -> Any:
    import optuna

    distributions = _distributions(space.dimensions)
    with _quiet():
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, n_startup_trials=STARTUP)
        study = optuna.create_study(directions=["minimize"] * len(bad), sampler=sampler)
        study.add_trials([optuna.trial.create_trial(params=space.params(one.position), distributions=distributions,
                                                    values=list(one.costs or bad)) for one in told])
    return study


def _worst(told: Sequence[Told], objectives: int) -> tuple[float, ...]:
    known = [one.costs for one in told if one.costs is not None]
    return tuple(max((costs[i] for costs in known), default=0.0) for i in range(objectives))


def _distributions(dimensions: Sequence[Dimension]) -> dict[str, Any]:
    from optuna.distributions import CategoricalDistribution, IntDistribution

    return {one.name: IntDistribution(0, len(one.order) - 1) if one.ordered else CategoricalDistribution(tuple(range(len(one.order))))
            for one in dimensions}


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Optuna's log lines and its warnings that a sampler's option may change; as it was, afterwards."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(before)
