"""Checkpoints: everything that training needs to go on, in one file that is there whole or not at all.

The file is numpy's npz without pickles: arrays by name, `params/NAME`, `moments/NAME`, `masks/NAME`, and `meta`, JSON as bytes.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from snn_workload.data.unreadable import UNREADABLE
from snn_workload.train.tensors import Params
from snnhw.errors import Finding, OutputError, SpecError

FORMAT = "snnhw.checkpoint/1"
KINDS = ("params", "moments", "masks")


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """State after `epoch` whole epochs and `steps` steps of the optimiser; log: one record an epoch; digest: of the configuration."""

    params: Params
    moments: Params
    masks: Params
    epoch: int
    steps: int
    digest: str
    log: tuple[dict[str, Any], ...] = field(default=())


def write_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write beside, flush to the disk, rename. Raises OutputError where that fails."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    arrays = {f"{kind}/{name}": value for kind in KINDS for name, value in getattr(checkpoint, kind).items()}
    meta = {"format": FORMAT, "epoch": checkpoint.epoch, "steps": checkpoint.steps, "digest": checkpoint.digest, "log": checkpoint.log}
    arrays["meta"] = np.frombuffer(json.dumps(meta, allow_nan=False).encode(), np.uint8)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from None


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint. Raises SpecError where there is none, or it is damaged."""
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            meta = json.loads(bytes(file["meta"]))
            if meta.get("format") != FORMAT:
                raise ValueError(f"format {meta.get('format')}")
            parts: dict[str, Params] = {kind: {} for kind in KINDS}
            for name in file.files:
                kind, _, rest = name.partition("/")
                if kind in parts:
                    parts[kind][rest] = file[name]
            return Checkpoint(**parts, epoch=int(meta["epoch"]), steps=int(meta["steps"]), digest=meta["digest"], log=tuple(meta["log"]))
    except FileNotFoundError:
        raise SpecError(Finding(file=str(path), seen="no such file", expected="a checkpoint that snnhw train has written")) from None
    except UNREADABLE as error:
        raise SpecError(
            Finding(file=str(path), seen=f"a damaged file ({error})", expected="a checkpoint that snnhw train has written")
        ) from None


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints of a run folder, the newest first."""
    return sorted((folder / "checkpoints").glob("epoch-*.npz"), reverse=True)


def latest(folder: Path) -> Path | None:
    """The newest checkpoint of a run folder; None where there is none."""
    return next(iter(checkpoints(folder)), None)


def path_of(folder: Path, epoch: int) -> Path:
    """Where the checkpoint after so many epochs stands."""
    return folder / "checkpoints" / f"epoch-{epoch:04d}.npz"
