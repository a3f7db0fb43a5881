"""The mean of several evaluations of one mapping: of its time steps, each at a density of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from snnhw.model.result import Evaluation, LevelResult, NetworkTransfers, TensorCounts, TransferCounts


def mean_evaluation(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Means of all counts, energies and cycles. The evaluations are of one mapping, so that they have the same levels and networks.

    Cycles are rounded to whole ones. An empty sequence is a ValueError.
    """
    first = evaluations[0]
    levels = tuple(_mean_level([one.levels[i] for one in evaluations]) for i in range(len(first.levels)))
    networks = tuple(_mean_network([one.networks[i] for one in evaluations]) for i in range(len(first.networks)))
    return Evaluation(cycles=round(_mean([one.cycles for one in evaluations])), energy_pJ=_mean([one.energy_pJ for one in evaluations]),
                      utilization=_mean([one.utilization for one in evaluations]), levels=levels, networks=networks)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _mean_level(levels: Sequence[LevelResult]) -> LevelResult:
    numbers: dict[str, Any] = {name: _mean([getattr(one, name) for one in levels])
               for name in ("energy_pJ", "leakage_pJ", "computes", "gated_computes", "skipped_computes")}
    tensors = {name: _mean_tensor([one.tensors[name] for one in levels]) for name in levels[0].tensors}
    return replace(levels[0], cycles=round(_mean([one.cycles for one in levels])), tensors=tensors, **numbers)


def _mean_tensor(tensors: Sequence[TensorCounts]) -> TensorCounts:
    names = [field.name for field in fields(TensorCounts) if field.name != "tile_size"]
    means: dict[str, Any] = {name: _mean([getattr(one, name) for one in tensors]) for name in names}
    return replace(tensors[0], **means)


def _mean_network(networks: Sequence[NetworkTransfers]) -> NetworkTransfers:
    names = sorted({name for one in networks for name in one.tensors})
    nothing = TransferCounts()
    return NetworkTransfers(name=networks[0].name, tensors={
        name: TransferCounts(**{field.name: _mean([getattr(one.tensors.get(name, nothing), field.name) for one in networks])
                                for field in fields(TransferCounts)})
        for name in names})
