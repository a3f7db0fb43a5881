"""Bit widths: what a run needs, and an architecture whose variables are set to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any, TypeAlias

from snn_workload import Bits, Layer, Run
from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Architecture

Loader: TypeAlias = Callable[[MappingType[str, Any]], Architecture]

VARIABLES = {"weight_bits": "weights", "state_bits": "state", "input_bits": "inputs"}
"""Variables of an architecture that a run sets, and the width of `Bits` that each has to hold."""


WIDEST = {"weight_bits": 16, "state_bits": 32, "input_bits": 16}
"""Bits that a run file may give each of them, and a user too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """An architecture for each width of inputs that a run has. Weights and state are as wide as the widest layer needs."""

    base: Architecture
    by_input_bits: MappingType[int, Architecture]

    def of(self, layer: Layer) -> Architecture:
        """The architecture as a layer sees it."""
        return self.by_input_bits[layer.bits.inputs]


def fitted(load: Loader, run: Run, given: MappingType[str, Any]) -> Fitted:
    """Architectures with the variables weight_bits, state_bits and input_bits as the run needs them, where they are declared and not given.

    load: reads the architecture with values for variables; given: what the user set. Raises SpecError where a given width is too small.
    """
    declared = load(given).variables
    findings = list(_too_small(run, given, declared))
    if findings:
        raise SpecError(findings)
    free = [name for name in VARIABLES if name in declared and name not in given]
    widest = {name: max(_width(layer, name) for layer in run.layers) for name in free if name != "input_bits"}
    widths = sorted({layer.bits.inputs for layer in run.layers})
    variants = {width: load({**given, **widest, **({"input_bits": width} if "input_bits" in free else {})}) for width in widths}
    return Fitted(base=variants[widths[0]], by_input_bits=variants)


def narrow_words(architecture: Architecture, bits: Bits) -> Iterator[str]:
    """Sentences about levels whose words are narrower than what a layer may keep there."""
    barred = {(one.level, tensor) for one in architecture.constraints.storage for tensor in one.bypass}
    for level in architecture.storage:
        for tensor, needed in bits.by_tensor().items():
            if not level.is_dummy and (level.name, tensor) not in barred and level.bits_of(tensor) < needed:
                yield f"{level.name} counts {tensor} in words of {level.bits_of(tensor)} bits, the run has {needed}"


def _width(layer: Layer, variable: str) -> int:
    width: int = getattr(layer.bits, VARIABLES[variable])
    return width


def _too_small(run: Run, given: MappingType[str, Any], declared: MappingType[str, Any]) -> Iterator[Finding]:
    for name, what in VARIABLES.items():
        value = declared.get(name) if name in given else None
        if not isinstance(value, int | float):
            continue
        if not 1 <= value <= WIDEST[name]:
            yield Finding(file=f"--set {name}", seen=str(value), expected=f"1 <= x <= {WIDEST[name]}")
            continue
        layer = max(run.layers, key=lambda one: _width(one, name))
        if value < _width(layer, name):
            yield Finding(file=run.file or run.name, key=f"layers: {layer.name}: bits.{what}", seen=str(_width(layer, name)),
                          expected=f"at most {value}, the value set for {name}", fix=f"leave {name} out: it is taken from the run")
