"""What results that stand side by side are called: as short as tells them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from snnhw.model.result import NetworkResult


def labels_of(results: Sequence[NetworkResult], sources: Sequence[str]) -> list[str]:
    """A label for each result: of network, architecture, variables that were set, mapper and causality those that differ; where these
    do not tell them apart, what the results were asked for as. sources: that, for each result."""
    described = [dict(_described(result)) for result in results]
    names = list(dict.fromkeys(name for one in described for name in one))
    differing = [name for name in names if len({one.get(name) for one in described}) > 1] or names[:2]
    for count in range(min(2, len(differing)), len(differing) + 1):
        labels = [" ".join(filter(None, (one.get(name) for name in differing[:count]))) for one in described]
        if len(set(labels)) == len(labels):
            return labels
    return list(sources)


def _described(result: NetworkResult) -> Iterator[tuple[str, str]]:
    yield "network", result.name
    yield "architecture", result.architecture
    provenance: Any = result.provenance
    for name, value in sorted(provenance.get("settings", {}).items()):
        yield name, f"{name} {value}"
    mapper = provenance.get("mapper", {})
    for name in ("causality", "name"):
        if name in mapper:
            yield f"mapper {name}", str(mapper[name])
