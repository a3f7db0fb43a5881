"""What causality costs: a network evaluated under several policies, and each held against `free`."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from snn_workload import Run
from snnhw.engines.energy import Tables
from snnhw.engines.evaluate import evaluate
from snnhw.engines.network_run import NetworkRun
from snnhw.engines.preparation import Membrane, Source, Statistic
from snnhw.engines.progress import Listener
from snnhw.errors import Finding, SpecError
from snnhw.model.result import NetworkResult
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapper import Causality, MapperConfig

POLICIES: tuple[Causality, ...] = get_args(Causality)
TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Energy in pJ, cycles and EDP in J*s of a layer or of the whole network (`layer` is TOTAL) under one policy.

    energy_to_free, cycles_to_free, edp_to_free: shares of those under `free`, None where that was not evaluated or is 0.
    """

    layer: str
    energy_pJ: float
    cycles: int
    edp_Js: float
    energy_to_free: float | None = None
    cycles_to_free: float | None = None
    edp_to_free: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalityComparison:
    """The result under each policy, in the order that was asked for. After Ctrl-C those that are whole, and the first in any case."""

    policies: tuple[Causality, ...]
    results: tuple[NetworkRun, ...]
    interrupted: bool = False

    @property
    def first(self) -> NetworkRun:
        """The result under the first policy."""
        return self.results[0]

    def figures(self, policy: Causality) -> tuple[Figures, ...]:
        """Figures of each layer under a policy, then those of the network."""
        free = _plain(self.results[self.policies.index("free")]) if "free" in self.policies else ()
        own = _plain(self.results[self.policies.index(policy)])
        return tuple(_to_free(one, free[i] if i < len(free) and len(free) == len(own) else None) for i, one in enumerate(own))


def compare_causality(arch: Source | Architecture, stats: Source | Run, *, policies: Sequence[Causality] = POLICIES,
                      mapper: Source | MapperConfig = "default", variables: MappingType[str, Any] | None = None,
                      membrane: Membrane = "carried", density: Statistic = "mean", seed: int | None = None, jobs: int = 1,
                      engine: str = "native", cache: bool = True, progress: Listener | None = None, ert: Tables = None,
                      estimators: Sequence[str] | None = None) -> CausalityComparison:
    """The network evaluated under each policy of causality; all else as in `evaluate`. Raises SpecError for a policy that there is not."""
    _check(policies)
    done: list[NetworkRun] = []
    for position, policy in enumerate(policies):
        result = evaluate(arch, stats, mapper=mapper, variables=variables, causality=policy, membrane=membrane, density=density, seed=seed,
                          jobs=jobs, engine=engine, cache=cache, progress=_listener(progress, position, policies), ert=ert,
                          estimators=estimators)
        if not result.interrupted or not done:
            done.append(result)
        if result.interrupted:
            return CausalityComparison(policies=tuple(policies[:len(done)]), results=tuple(done), interrupted=True)
    return CausalityComparison(policies=tuple(policies), results=tuple(done))


def _listener(progress: Listener | None, position: int, policies: Sequence[Causality]) -> Listener | None:
    """Tells of the layers of all policies as of one row of layers."""
    if progress is None:
        return None
    return lambda step: progress(replace(step, layer=f"{policies[position]}: {step.layer}", index=position * step.layers + step.index,
                                         layers=len(policies) * step.layers))


def _check(policies: Sequence[str]) -> None:
    wrong = [policy for policy in policies if policy not in POLICIES]
    if wrong or not policies or len(set(policies)) != len(policies):
        raise SpecError(Finding(file="causality", seen=", ".join(policies) or "nothing",
                                expected=f"some of {', '.join(POLICIES)}, each once"))


def _plain(result: NetworkResult) -> tuple[Figures, ...]:
    layers = (Figures(layer=layer.name, energy_pJ=layer.energy_pJ, cycles=layer.cycles,
                      edp_Js=layer.energy_pJ * 1e-12 * layer.cycles * result.cycle_seconds) for layer in result.layers)
    return (*layers, Figures(layer=TOTAL, energy_pJ=result.energy_pJ, cycles=result.cycles, edp_Js=result.edp_Js))


def _to_free(one: Figures, free: Figures | None) -> Figures:
    if free is None:
        return one
    return Figures(layer=one.layer, energy_pJ=one.energy_pJ, cycles=one.cycles, edp_Js=one.edp_Js,
                   energy_to_free=_share(one.energy_pJ, free.energy_pJ), cycles_to_free=_share(one.cycles, free.cycles),
                   edp_to_free=_share(one.edp_Js, free.edp_Js))


def _share(value: float, whole: float) -> float | None:
    return value / whole if whole else None
