"""The files of a run folder beside its checkpoints: config.json at the start; run.json and log.jsonl at the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from snn_workload.run import Run
from snn_workload.run_file import run_text, write_text
from snn_workload.train.config import Config
from snn_workload.train.form import TrainForm
from snn_workload.train.loop import digest_of
from snnhw.errors import OutputError

CONFIG = "config.json"


def begin_folder(folder: Path, config: Config, say: Callable[[str], None] | None) -> None:
    """Make the folder and write config.json; one that is there and is damaged or holds another configuration is told of."""
    try:
        (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be the output folder ({error.strerror or error}); choose another with -o") from None
    data = {
        "schema": "snnhw.training/1",
        "file": config.document.file,
        "config": config.document.data,
        "size": list(config.data.size),
        "classes": config.data.classes,
        "input_bits": config.data.input_bits,
    }
    path, text = folder / CONFIG, json.dumps(data, indent=2) + "\n"
    there = _text_of(path)
    if say is not None and there is not None:
        wrong = _unlike(there, text)
        if wrong:
            say(f"{path}: {wrong}; written anew")
    write_text(text, path)


def end_folder(folder: Path, run: Run, log: tuple[dict[str, Any], ...], say: Callable[[str], None] | None) -> None:
    """Write log.jsonl and run.json; those that are there already and hold something else, as a damaged file does, are told of."""
    for name, text in (("log.jsonl", "".join(json.dumps(record) + "\n" for record in log)), ("run.json", run_text(run))):
        there = _text_of(folder / name)
        if say is not None and there is not None and there != text:
            say(f"{folder / name}: not what the training gives, damaged or changed; written anew")
        write_text(text, folder / name)


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
    except OSError:
        return None


def _unlike(there: str, text: str) -> str:
    """What is wrong with a config.json that should be `text`; empty where weights would be the same."""
    try:
        one, other = _counting(there), _counting(text)
    except (ValueError, TypeError, KeyError, AttributeError):
        return "a damaged file"
    return "" if one == other else "another configuration than that of the checkpoints"


def _counting(text: str) -> tuple[Any, ...]:
    """What weights depend on, of the text of a config.json."""
    record = json.loads(text)
    return digest_of(TrainForm.model_validate(record["config"])), record["size"], record["classes"], record["input_bits"]
