"""The output folder of a result: result.json, layers.csv, mappings/, timeloop/. It appears whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snnhw.engines.network_run import NetworkRun
from snnhw.errors import OutputError
from snnhw.model.result import NetworkResult
from snnhw.report.layers_csv import layers_csv
from snnhw.report.records import network_record

if TYPE_CHECKING:
    from snnhw.engines.causality import CausalityComparison

MAPPINGS = "mappings"
TIMELOOP = "timeloop"
"""Where complete inputs of the real timeloop-model lie, one a layer."""


def json_text(result: NetworkResult, comparison: CausalityComparison | None = None,
              more: MappingType[str, Any] | None = None) -> str:
    """The text of result.json: strict JSON (no NaN), two spaces deep, the same bytes for the same result.

    comparison: what stands under "causality"; more: further entries, "uncertainty" for instance.
    """
    record = {**network_record(result), **(more or {})}
    if comparison is not None:
        from snnhw.report.causality import causality_record

        record["causality"] = causality_record(comparison)
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def check_writable(target: Path) -> None:
    """Raises OutputError where a folder can't be made or written at `target`. Leaves nothing behind."""
    with _oserrors(target):
        if target.exists() and not target.is_dir():
            raise OutputError(f"{target}: cannot be the output folder, a file is there; choose another with -o")
        nearest = next((folder for folder in (target, *target.absolute().parents) if folder.exists()), target)
        if not nearest.is_dir():
            raise OutputError(f"{target}: cannot be the output folder, {nearest} is a file; choose another with -o")
        os.rmdir(tempfile.mkdtemp(prefix=".snnhw-", dir=nearest))


def check_file_writable(target: Path) -> None:
    """Raises OutputError where a file can't be made or written at `target`. Leaves nothing behind."""
    if target.is_dir():
        raise OutputError(f"{target}: cannot be written, it is a folder; name a file")
    if not target.exists() or target.is_file():  # else a pipe or a device, which is written directly
        check_writable(target.parent)


def write_result(result: NetworkResult, target: str | Path, comparison: CausalityComparison | None = None,
                 more: MappingType[str, Any] | None = None) -> None:
    """Write a result to a folder, new or there already; what else lies in it stays.

    A new folder is built beside and renamed. In an old one each file is built and then renamed over the one before, result.json last,
    and mappings of layers that only the result before had are removed. comparison, more: as in `json_text`.
    Raises OutputError; then nothing half-written is left.
    """
    target = Path(target)
    with _oserrors(target):
        files = _layer_files(result)
        is_new = not target.exists()
        made = _parents(target)
        build = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".part", dir=target.parent if is_new else target))
        done = False
        try:
            _build(result, files, build, json_text(result, comparison, more))
            if is_new:
                build.chmod(0o777 & ~_umask())
                build.rename(target)
            else:
                _move_over(build, target, files)
            done = True
        finally:
            shutil.rmtree(build, ignore_errors=True)
            if not done:
                _remove_empty(made)


def write_text(text: str, target: Path) -> None:
    """Write a file through one beside it, so that it appears whole or not at all. Raises OutputError. `/dev/stdout` and pipes work."""
    with _oserrors(target):
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        _parents(target)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, target)
        finally:
            Path(name).unlink(missing_ok=True)


def file_names(result: NetworkResult) -> list[str]:
    """A file name for each layer: its name, with what no file system likes replaced, and a number where two would be the same."""
    return safe_names(layer.name for layer in result.layers)


def safe_names(names: Iterable[str]) -> list[str]:
    """A name for a file for each name; see `file_names`."""
    return unlike(re.sub(r"[^\w.+-]+", "_", name).strip(".")[:60] or "layer" for name in names)


def unlike(wanted: Iterable[str]) -> list[str]:
    """The names, with a number where two would be the same in any case of letters."""
    names: list[str] = []
    for name in wanted:
        taken = {other.lower() for other in names}
        names.append(next(one for one in (name, *(f"{name}-{i}" for i in range(2, len(names) + 3))) if one.lower() not in taken))
    return names


def _layer_files(result: NetworkResult) -> dict[str, dict[str, str]]:
    """By folder: the texts of the files of layers, those of Timeloop only where the result knows them."""
    layers = list(zip(file_names(result), result.layers, strict=True))
    inputs = result.timeloop_inputs if isinstance(result, NetworkRun) else {}
    return {MAPPINGS: {f"{name}.yaml": layer.mapping_yaml for name, layer in layers if layer.mapping_yaml},
            TIMELOOP: {f"{name}.yaml": inputs[layer.name] for name, layer in layers if layer.name in inputs}}


def _build(result: NetworkResult, files: dict[str, dict[str, str]], folder: Path, record: str) -> None:
    for place, texts in files.items():
        (folder / place).mkdir()
        for name, text in texts.items():
            (folder / place / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "layers.csv").write_text(layers_csv(result), encoding="utf-8", newline="\n")
    (folder / "result.json").write_text(record, encoding="utf-8", newline="\n")


def _move_over(build: Path, target: Path, files: dict[str, dict[str, str]]) -> None:
    before = _written_before(target)
    for place, texts in files.items():
        (target / place).mkdir(exist_ok=True)
        for name in texts:
            os.replace(build / place / name, target / place / name)
        for name in before:
            if name not in texts:
                (target / place / name).unlink(missing_ok=True)
    for name in ("layers.csv", "result.json"):
        os.replace(build / name, target / name)


def _written_before(target: Path) -> list[str]:
    """The mapping files of the result that lies in a folder, by its result.json; none where there is none that we wrote."""
    from snnhw.errors import SpecError
    from snnhw.report.read import read_result

    try:
        return [f"{name}.yaml" for name in file_names(read_result(target / "result.json"))]
    except SpecError:
        return []


def _parents(target: Path) -> list[Path]:
    """Make the folders above a target; those that were made, the innermost first."""
    missing = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@contextmanager
def _oserrors(target: Path) -> Iterator[None]:
    """Errors of the operating system as OutputError."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error}); choose another place with -o") from None
    except ValueError as error:
        raise OutputError(f"{target}: cannot be written ({error})") from None
