"""Choosing among trained models: reward from accuracy and memory, energy from the evaluator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from snn_workload import read_run
from snn_workload.train.select import Choice, Model, choose, weight_memory
from snnhw.errors import Finding, SpecError

BITS_OF_KIB = 8 * 1024
PJ_OF_UJ = 1e6


@dataclass(frozen=True, kw_only=True)
class Selection:
    """models: all that were compared; choices: one for each mu, in order."""

    models: tuple[Model, ...]
    choices: tuple[Choice, ...]


def select(
    runs: Sequence[str | Path],
    *,
    mus: Sequence[float],
    arch: str | None = None,
    mapper: str = "default",
    memory_KiB: float | None = None,
    energy_uJ: float | None = None,
    jobs: int = 1,
    cache: bool = True,
) -> Selection:
    """Among trained models, the one with the highest reward = accuracy - mu * (memory / memory at FP32), for each mu, within the limits.

    runs: run files, or folders that snnhw train has written. arch: the accelerator that energies are evaluated on; None evaluates none.
    memory_KiB: of the weights at their bit widths; energy_uJ: of one inference. Raises SpecError for a run without accuracy, or a limit
    of energy without arch.
    """
    if energy_uJ is not None and arch is None:
        raise SpecError(
            Finding(file="--energy", seen="a limit of energy without an accelerator", expected="--arch, what energies are evaluated on")
        )
    models = tuple(_model(run, arch, mapper, jobs, cache) for run in runs)
    choices = choose(
        models,
        mus,
        memory_bits=None if memory_KiB is None else memory_KiB * BITS_OF_KIB,
        energy_pJ=None if energy_uJ is None else energy_uJ * PJ_OF_UJ,
    )
    return Selection(models=models, choices=choices)


def _model(source: str | Path, arch: str | None, mapper: str, jobs: int, cache: bool) -> Model:
    path = Path(source) / "run.json" if Path(source).is_dir() else Path(source)
    run = read_run(path)
    if run.accuracy is None:
        raise SpecError(Finding(file=str(path), key="accuracy", seen="nothing", expected="the accuracy of a trained model, 0 to 1"))
    energy = None
    if arch is not None:
        from snnhw.engines.evaluate import evaluate

        result = evaluate(arch, str(path), mapper=mapper, jobs=jobs, cache=cache)
        if result.interrupted:
            raise KeyboardInterrupt
        energy = result.energy_pJ
    memory, full = weight_memory(run)
    return Model(source=str(source), name=run.name, accuracy=run.accuracy, memory_bits=memory, fp32_bits=full, energy_pJ=energy)


def selection_record(selection: Selection) -> dict[str, Any]:
    """As data: models with their figures, and for each mu the chosen one."""
    return {
        "models": [asdict(model) for model in selection.models],
        "choices": [{"mu": one.mu, "reward": one.reward, "source": one.model.source if one.model else None} for one in selection.choices],
    }


def selection_text(selection: Selection, output_format: str) -> str:
    """As a table, JSON or CSV."""
    if output_format == "json":
        return json.dumps(selection_record(selection), indent=2) + "\n"
    rows = [("mu", "reward", "accuracy", "memory KiB", "of FP32", "energy uJ", "model"), *(_row(one) for one in selection.choices)]
    if output_format == "csv":
        return "".join(",".join(row) + "\n" for row in rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "".join("  ".join(cell.rjust(width) for cell, width in zip(row[:-1], widths, strict=False)) + f"  {row[-1]}\n" for row in rows)


def _row(choice: Choice) -> tuple[str, ...]:
    model = choice.model
    if model is None or choice.reward is None:
        return f"{choice.mu:g}", "-", "-", "-", "-", "-", "none is within the limits"
    energy = "-" if model.energy_pJ is None else f"{model.energy_pJ / PJ_OF_UJ:.4g}"
    return (
        f"{choice.mu:g}",
        f"{choice.reward:.4f}",
        f"{model.accuracy:.4f}",
        f"{model.memory_bits / BITS_OF_KIB:.4g}",
        f"{model.memory_bits / model.fp32_bits:.4f}",
        energy,
        model.source,
    )
