"""Keys of points: hashes of all that a result depends on. What two names stand for is one point if it is the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from snn_workload import Run, read_run
from snnhw.caches import source_digest
from snnhw.energy import with_wires
from snnhw.engines.bits import fitted
from snnhw.engines.cache import SOURCES
from snnhw.engines.codec import encoded
from snnhw.engines.energy import energy_sources
from snnhw.engines.interface import engine_named
from snnhw.errors import SpecError
from snnhw.spec.architecture import Architecture
from snnhw.spec.load import load_architecture, load_mapper
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.presets import Kind, located
from snnhw.sweep.point import Point, Source, Work
from snnhw.version import __version__

V = TypeVar("V")
SCHEMA = "snnhw.point/2"

_OTHER_FILES = re.compile(r"\b(include|include_all|include_text|add_to_path|cwd|path_exists|find_paths?|setenv)\b|!include")
"""Words of an architecture that may make it depend on more than its own text."""


@cache
def origin(engine: str = "native") -> str:
    """All that results depend on beside their inputs, as one hash: engine, versions, sources and tables of the library, and which other
    estimators of energies there are."""
    chosen = engine_named(engine)
    library = Path(__file__).parents[1]
    return _hash([SCHEMA, chosen.name, chosen.version, __version__, version("numpy"), source_digest(*SOURCES),
                  _content_digest(library.parent / "snn_workload"), _content_digest(library / "energy" / "tables"),
                  energy_sources().standing()])


def _content_digest(folder: Path) -> str:
    """sha256 of the files of a folder, by name in order; compiled ones aside."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


class Sources:
    """The files that a plan's points name, each read once. folder: where relative names are looked for before presets are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: dict[tuple[Any, ...], Any] = {}

    @cached_property
    def origin(self) -> str:
        """See `origin`."""
        return origin()

    def work(self, point: Point, cache: bool = True) -> Work:
        """The point with its files and its key. Raises SpecError for a file that is not there or is wrong."""
        return Work(key=self.key(point), point=point, arch=self.source(point.arch, "arch"), stats=self.source(point.stats, "workloads"),
                    mapper=self.source(point.mapper, "mappers"), origin=self.origin, cache=cache)

    def key(self, point: Point) -> str:
        """sha256 of all that the point's result depends on, 64 hexadecimal digits."""
        config = self.mapper(point.mapper)
        return _hash([self.origin, self._arch_digest(point), self._run_digest(point.stats), self._mapper_digest(point.mapper),
                      [[name, type(value).__name__, value] for name, value in point.variables], point.causality or config.causality,
                      config.seed if point.seed is None else point.seed, point.membrane, point.density])

    def source(self, name: str, kind: Kind) -> Source:
        """A file's content."""
        return self._once(("source", name, kind), lambda: self._read(name, kind))

    def run(self, name: str) -> Run:
        """The run of a file or preset."""
        return self._once(("run", name), lambda: read_run(self._path(name, "workloads")))

    def mapper(self, name: str) -> MapperConfig:
        """The mapper of a file or preset."""
        return self._once(("mapper", name), lambda: load_mapper(self._path(name, "mappers")))

    def architecture(self, name: str, variables: Mapping[str, Any] | None = None) -> Architecture:
        """The architecture of a file or preset, with the values that its variables have there where others are not given."""
        return self._once(("arch", name, repr(sorted((variables or {}).items()))),
                          lambda: load_architecture(self._path(name, "arch"), variables))

    def _arch_digest(self, point: Point) -> str:
        """Of the text, which with the variables says all; where it may read other files, of what it comes to with these variables."""
        source = self.source(point.arch, "arch")
        if source.path is None:
            return source.sha256
        return self._once(("resolved", point.arch, point.variables, point.stats), lambda: self._resolved_digest(point))

    def _resolved_digest(self, point: Point) -> str:
        path = self._path(point.arch, "arch")
        try:
            machines = fitted(lambda values: with_wires(load_architecture(path, values)), self.run(point.stats), dict(point.variables))
        except SpecError as error:  # the point will fail with this; it is another point once the error is another
            return _hash(["wrong", str(error)])
        return _hash(encoded([replace(machines.base, name=""), [[bits, replace(one, name="")]
                                                                for bits, one in machines.by_input_bits.items()]]))

    def _run_digest(self, name: str) -> str:
        return self._once(("run digest", name), lambda: _hash(encoded(replace(self.run(name), file=""))))

    def _mapper_digest(self, name: str) -> str:
        return self._once(("mapper digest", name), lambda: _hash(encoded(replace(self.mapper(name), name="", causality="strict", seed=0))))

    def _read(self, name: str, kind: Kind) -> Source:
        path = self._path(name, kind)
        content = path.read_bytes()
        depends = kind == "arch" and _OTHER_FILES.search(content.decode("utf-8", "replace")) is not None
        return Source(source=name, name=path.name, content=content, sha256=hashlib.sha256(content).hexdigest(),
                      path=str(path.resolve()) if depends else None)

    def _path(self, name: str, kind: Kind) -> Path:
        beside = self.folder / name
        return beside if name and beside.is_file() else located(name, kind)

    def _once(self, key: tuple[Any, ...], make: Callable[[], V]) -> V:
        if key not in self._kept:
            self._kept[key] = make()
        kept: V = self._kept[key]
        return kept


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
