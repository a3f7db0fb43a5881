"""A small accelerator, a small run, and an engine that finds at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from snn_workload import Bits, Layer, LayerDensities, Linear, MeasuredDensity, Run
from snnhw.model import evaluate
from snnhw.model.result import SearchReport
from snnhw.search import SearchOutcome
from snnhw.spec.mapping import LevelMapping, Loop, Mapping

ARCH = """
variables:
  version: 0.4
  weight_bits: 4
  state_bits: 8
  input_bits: 1
architecture:
  version: 0.4
  nodes:
  - !Container
    name: system
    attributes: {technology: "28nm", global_cycle_seconds: 2e-9}
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: {Weights: weight_bits, Inputs: input_bits, Outputs: state_bits}}
  - !Component
    name: buffer
    class: SRAM
    attributes: {width: 64, depth: 64, datawidth: {Weights: weight_bits, Inputs: input_bits, Outputs: state_bits}}
  - !Component
    name: neurons
    class: neuron_unit
    attributes: {datawidth: state_bits}
  - !Component
    name: adder
    class: accumulate_compute
    attributes: {datawidth: state_bits, adder_width: state_bits}
"""


def arch_file(folder: Path, text: str = ARCH) -> Path:
    file = folder / "small.yaml"
    file.write_text(text)
    return file


def measured(mean: float, *, assumed: bool = False) -> MeasuredDensity:
    return MeasuredDensity(mean=mean, max=mean, assumed=assumed)


def layer(name: str, C: int = 8, M: int = 4, *, weights: int = 4, inputs: int = 1, state: int = 16, spikes: float = 0.25) -> Layer:
    densities = LayerDensities(weights=measured(0.5), inputs=measured(0.25), outputs=measured(spikes))
    return Layer(name=name, kind=Linear(C=C, M=M), bits=Bits(weights=weights, inputs=inputs, state=state), densities=densities)


def run_of(*layers: Layer) -> Run:
    return Run(name="small", time_steps=10, entries=layers or (layer("a"),), assumptions=("all of it is made up",), standalone=True)


@dataclass
class QuickEngine:
    """Finds the mapping with all loops at the outermost level. Notes what it was asked; interrupts itself where it is told to."""

    name: str = "quick"
    version: str = "1"
    interrupted_at: int | None = None
    raises: Exception | None = None
    asked: list = field(default_factory=list)

    def search(self, architecture, problem, constraints, reference, config, progress=None):
        self.asked.append((architecture, problem, constraints, config))
        if self.raises is not None:
            raise self.raises
        if len(self.asked) == self.interrupted_at:
            raise KeyboardInterrupt
        every = frozenset(tensor.name for tensor in problem.tensors)
        outer, *inner = architecture.storage
        loops = tuple(Loop(dimension=d, bound=problem.bounds[d]) for d in problem.dimensions if problem.bounds[d] > 1)
        mapping = Mapping(levels=(LevelMapping(level=outer.name, temporal=loops, keep=every),
                                  *(LevelMapping(level=one.name, keep=every) for one in inner)))
        return SearchOutcome(mapping=mapping, evaluation=evaluate(architecture, problem, mapping, reference),
                             report=SearchReport(evaluated=1, pruned=0, seconds=float(len(self.asked))))

    def evaluate(self, architecture, problem, mapping, reference):
        return evaluate(architecture, problem, mapping, reference)
