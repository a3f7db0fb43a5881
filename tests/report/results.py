"""Hand-made results for the tests of this folder: two layers whose figures can be added up in the head."""

from __future__ import annotations

from snnhw.model.result import (
    Evaluation,
    LayerResult,
    LevelResult,
    NetworkResult,
    NetworkTransfers,
    PartEnergy,
    SearchReport,
    TensorCounts,
    TransferCounts,
)
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Density, Problem, Tensor, Term

UJ = 1_000_000.0


def problem(name: str = "fc", *, steps: int = 2) -> Problem:
    """A fully connected layer of 3 inputs and 5 outputs."""
    def ranks(*dimensions: str) -> tuple[tuple[Term, ...], ...]:
        return tuple((Term(dimension=dimension),) for dimension in dimensions)

    return Problem(name=name, dimensions=("T", "C", "M"), bounds={"T": steps, "C": 3, "M": 5}, tensors=(
        Tensor(name="Weights", projection=ranks("C", "M"), density=Density(value=0.5)),
        Tensor(name="Inputs", projection=ranks("T", "C"), density=Density(value=0.25, model="hypergeometric")),
        Tensor(name="Outputs", projection=ranks("M"), read_write=True)))


def mapping(steps: int = 2) -> Mapping:
    return Mapping(levels=(
        LevelMapping(level="DRAM", temporal=(Loop(dimension="T", bound=steps), Loop(dimension="C", bound=3)),
                     spatial_x=(Loop(dimension="M", bound=5),), keep=frozenset({"Weights", "Inputs", "Outputs"})),
        LevelMapping(level="pad", keep=frozenset({"Outputs"}))))


def layer(name: str = "fc", *, scale: float = 1.0, notes: tuple[str, ...] = (), parts: bool = True, cycles: int = 100) -> LayerResult:
    """Energy in uJ, times scale: DRAM 10 (weights 6, inputs 4) and 1 of leakage, its network 2 (inputs), pad 3, compute 4, neuron 5: 25."""
    def uJ(energy: float) -> float:
        return energy * scale * UJ

    evaluation = Evaluation(cycles=cycles, energy_pJ=uJ(20), utilization=0.5, levels=(
        LevelResult(name="adder", energy_pJ=uJ(4), computes=30, skipped_computes=7, cycles=cycles),
        LevelResult(name="pad", energy_pJ=uJ(3), tensors={"Outputs": TensorCounts(tile_size=1, reads=6, updates=6, energy_pJ=uJ(3))}),
        LevelResult(name="DRAM", energy_pJ=uJ(10), leakage_pJ=uJ(1), cycles=80, tensors={
            "Weights": TensorCounts(tile_size=15, reads=30, energy_pJ=uJ(6), metadata_reads=2.5, instances=1),
            "Inputs": TensorCounts(tile_size=6, reads=6, energy_pJ=uJ(4), skipped_reads=1)}),
    ), networks=(NetworkTransfers(name="DRAM <==> pad", tensors={"Inputs": TransferCounts(ingresses=6, hops=0.5, energy_pJ=uJ(2))}),
                 NetworkTransfers(name="pad <==> adder")))
    neuron = (PartEnergy(component="neuron", action="add", count=10, energy_pJ=uJ(3)),
              PartEnergy(component="neuron", action="reset", count=1.5, energy_pJ=uJ(2)))
    return LayerResult(name=name, layer_type="linear", problem=problem(name), mapping=mapping(), evaluation=evaluation,
                       parts=neuron if parts else (), search=SearchReport(evaluated=1000, pruned=20, seconds=1.25), notes=notes,
                       mapping_yaml=f"mapping: [{{target: DRAM, type: temporal, factors: T=2 C=3 M=1}}] # {name}\n")


def network(*layers: LayerResult, interrupted: bool = False) -> NetworkResult:
    return NetworkResult(name="net", architecture="chip", cycle_seconds=5e-9,
                         layers=layers or (layer("fc1", notes=("its inputs are pixels",)), layer("fc2", scale=0.1, parts=False, cycles=50)),
                         notes=("densities are assumed",), provenance={"seed": 3, "variables": {"weight_bits": 4}}, interrupted=interrupted)
