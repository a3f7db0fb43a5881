"""Results kept on disk: what a search found, and what an engine says of a mapping, each under a key made of all that it depends on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

from snnhw.caches import cache_base, source_digest
from snnhw.engines.codec import decoded, encoded
from snnhw.engines.hybrid import JudgedOutcome
from snnhw.engines.interface import Engine
from snnhw.engines.task import Task
from snnhw.model.result import Evaluation, LevelResult, NetworkTransfers, PartEnergy, SearchReport, TensorCounts, TransferCounts
from snnhw.search.outcome import SearchOutcome
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.version import __version__

V = TypeVar("V")
SCHEMA = "snnhw.cache/1"
SOURCES = ("spec", "energy", "model", "search", "engines")
"""Packages of whose sources results depend."""

UNKEPT = ("interrupted", "seconds")
"""Ends of a search that the same input need not come to again."""

_CLASSES = {kind.__name__: kind for kind in (Evaluation, JudgedOutcome, LevelMapping, LevelResult, Loop, Mapping, NetworkTransfers,
                                             PartEnergy, SearchOutcome, SearchReport, TensorCounts, TransferCounts)}


def results_folder() -> Path:
    """Where results are kept."""
    return cache_base() / "results"


@dataclass(frozen=True)
class ResultCache:
    """The results of one engine. What cannot be read counts as not there; what cannot be written is not kept, and nobody is told."""

    engine: Engine

    def find_search(self, task: Task) -> SearchOutcome | None:
        """What a search of this task has found before, whatever layer and problem were called then."""
        found = self._find(self._search_key(task))
        return found if isinstance(found, SearchOutcome) else None

    def keep_search(self, task: Task, outcome: SearchOutcome) -> None:
        """Keep what a search has found, if the same input has to come to it again."""
        if outcome.report.ended_by not in UNKEPT:
            _write(self._search_key(task), outcome)

    def remembered(self, kind: str, inputs: Any, compute: Callable[[], V]) -> V:
        """What was computed before of these inputs, else what is computed now, which is kept. kind: what it is, one word for each use."""
        key = self._key(kind, inputs)
        found = self._find(key)
        if found is None:
            found = compute()
            _write(key, found)
        return cast(V, found)

    def _search_key(self, task: Task) -> str:
        return self._key("search", replace(task, label="", problem=replace(task.problem, name=""), config=replace(task.config, name="")))

    def _key(self, kind: str, value: Any) -> str:
        text = json.dumps([SCHEMA, kind, self._origin, encoded(value)], ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def _origin(self) -> list[str]:
        """All that results depend on beside their inputs."""
        return [self.engine.name, self.engine.version, __version__, version("numpy"), source_digest(*SOURCES)]

    @staticmethod
    def _find(key: str) -> Any:
        try:
            head, _, body = _file(key).read_text(encoding="utf-8").partition("\n")
            if json.loads(head) == _head(key, body):
                return decoded(json.loads(body), _CLASSES)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass
        return None


@dataclass(frozen=True, slots=True)
class CachedEngine:
    """An engine that evaluates no mapping twice. It searches as the engine does; `layers` asks the cache for searches."""

    engine: Engine
    cache: ResultCache

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.name

    @property
    def version(self) -> str:
        """The engine's."""
        return self.engine.version

    def search(self, *inputs: Any) -> SearchOutcome:
        """See Engine."""
        return self.engine.search(*inputs)

    def evaluate(self, *inputs: Any) -> Evaluation:
        """See Engine."""
        return self.cache.remembered("evaluation", inputs, lambda: self.engine.evaluate(*inputs))


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheInfo:
    """What lies in the cache: its folder, how many results, and the bytes of results and of compiled kernels."""

    folder: Path
    results: int
    result_bytes: int
    kernel_bytes: int

    def __str__(self) -> str:
        return (f"{self.folder}\nresults: {self.results:,}, {self.result_bytes / 1e6:.1f} MB\n"
                f"compiled kernels: {self.kernel_bytes / 1e6:.1f} MB")


def cache_info() -> CacheInfo:
    """What lies in the cache, results of other versions included."""
    results, kernels = _sizes(results_folder(), ".json"), _sizes(cache_base() / "kernels", "")
    return CacheInfo(folder=cache_base(), results=len(results), result_bytes=sum(results), kernel_bytes=sum(kernels))


def clear_cache() -> int:
    """Remove all results; compiled kernels stay. Returns how many there were."""
    there = len(_sizes(results_folder(), ".json"))
    shutil.rmtree(results_folder(), ignore_errors=True)
    return there


def _sizes(folder: Path, suffix: str) -> list[int]:
    sizes = []
    for file in folder.rglob(f"*{suffix}"):
        with suppress(OSError):
            if file.is_file():
                sizes.append(file.stat().st_size)
    return sizes


def _write(key: str, value: Any) -> None:
    """Through a file beside, so that no reader sees half of it."""
    body = json.dumps(encoded(value), ensure_ascii=False)
    file = _file(key)
    with suppress(OSError, UnicodeEncodeError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as part:
                part.write(json.dumps(_head(key, body)) + "\n" + body)
            os.replace(name, file)
        finally:
            Path(name).unlink(missing_ok=True)


def _file(key: str) -> Path:
    return results_folder() / key[:2] / f"{key}.json"


def _head(key: str, body: str) -> dict[str, str]:
    """The first line: what a body has to be, so that one that is cut, damaged or of another key is noticed."""
    return {"schema": SCHEMA, "sha256": hashlib.sha256(f"{key}\n{body}".encode()).hexdigest()}
