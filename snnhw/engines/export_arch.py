"""An architecture alone, in the dialect that the timeloop binaries read: the way back from `import arch`."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from snnhw.engines.energy import Tables, architecture_costs, energy_sources
from snnhw.engines.names import dimension_names, tensor_names
from snnhw.errors import EngineError
from snnhw.spec.architecture import Architecture
from snnhw.spec.load import load_architecture
from snnhw.spec.lowering import lower_word_bits
from snnhw.spec.lowering_rows import lower_rows
from snnhw.spec.problem import Problem, Tensor, Term
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.resolution import resolve
from snnhw.spec.timeloop_names import ANY_BOUND
from snnhw.spec.writing import write_timeloop_architecture

_LAYER = {"Weights": "CMRS", "Inputs": "TCRPSQ", "Outputs": "TMPQ"}
"""The tensors of a layer, and the dimensions that each depends on."""
_DIMENSIONS = "TCMRSPQ"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedArchitecture:
    """text: a YAML file; lost: what Timeloop cannot say of the architecture, one sentence each."""

    text: str
    lost: tuple[str, ...] = ()


def export_architecture(arch: str | Path | Architecture, variables: MappingType[str, Any] | None = None, *, energies: bool = True,
                        ert: Tables = None, estimators: Sequence[str] | None = None) -> ExportedArchitecture:
    """An architecture in Timeloop's flat dialect (0.4): components, constraints, sparse optimisations, and with `energies` ERT and ART.

    Several word widths at a level become several levels; rows of compressed tensors that Timeloop cannot count become shorter ones. What
    constraints say by shorthands is written out for the layers of snnhw (dimensions T C M R S P Q). ert, estimators: as in
    `estimate_energy`. Raises SpecError where the file is wrong, EngineError for what Timeloop has no words for.
    """
    if energies:
        loaded, reference = architecture_costs(arch, variables, energy_sources(ert, estimators))
    else:
        loaded = arch if isinstance(arch, Architecture) else load_architecture(arch, variables)
        reference = ReferenceTable(components={})
    problem = _any_layer(loaded)
    named = {level.name for level in loaded.storage} | {loaded.compute.name} | {part.name for part in loaded.parts}
    costs = ReferenceTable(components={name: cost for name, cost in reference.components.items() if name in named})
    architecture = replace(loaded, name="system", constraints=resolve(loaded.constraints, problem))
    tensors = tuple(tensor.name for tensor in problem.tensors)
    lowered = lower_rows(lower_word_bits(architecture, tensors, costs, None, problem.dimensions))
    text = write_timeloop_architecture(lowered.architecture, problem, lowered.reference if energies else None)
    lost = (*lowered.lost, *_lost_classes(loaded, energies))
    return ExportedArchitecture(text="".join(f"# Not said here: {sentence}.\n" for sentence in lost) + text, lost=lost)


def _lost_classes(architecture: Architecture, energies: bool) -> tuple[str, ...]:
    names = ", ".join(made.name for made in architecture.classes)
    why = "the ERT has what they cost" if energies else "without an ERT nobody knows what they cost"
    return (f"the compound classes {names} are left out; {why}",) if names else ()


def _any_layer(architecture: Architecture) -> Problem:
    """A problem with the dimensions and tensors of layers, of unlimited bounds; where an architecture names others, with all that it names.

    Tensors of others have no known dimensions. Raises EngineError for a constraint that asks for them.
    """
    dimensions = dict.fromkeys(name for _, name in dimension_names(architecture))
    tensors = dict.fromkeys(name for _, name in tensor_names(architecture) if name != "*")
    if not tensors.keys() <= _LAYER.keys():
        _refuse_dependent(architecture)
        return _problem([*dimensions], dict.fromkeys(tensors, ""))
    return _problem([*dict.fromkeys((*_DIMENSIONS, *dimensions))], _LAYER)


def _problem(dimensions: Sequence[str], tensors: MappingType[str, str]) -> Problem:
    made = tuple(Tensor(name=name, projection=tuple((Term(dimension=one),) for one in relevant), read_write=name == "Outputs")
                 for name, relevant in tensors.items())
    return Problem(name="layer", dimensions=tuple(dimensions), bounds=dict.fromkeys(dimensions, ANY_BOUND), tensors=made)


def _refuse_dependent(architecture: Architecture) -> None:
    for loop in architecture.constraints.loops:
        for what in ("no_reuse", "no_iteration", "must_iterate"):
            if getattr(loop, what):
                raise EngineError(f"level {loop.level}: the constraint {what} depends on what tensors are, and this architecture names "
                                  f"others than {', '.join(_LAYER)}; rename them, or export whole inputs with snnhw export timeloop")
