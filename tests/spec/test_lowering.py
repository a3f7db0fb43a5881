"""Several word widths at one level against one level per tensor: the same figures, where Timeloop can express them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snnhw.model import evaluate
from snnhw.spec.architecture import Architecture, Compute, Mesh, MetadataStore, Network, StorageLevel
from snnhw.spec.lowering import lower_word_bits
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Density, Problem, Tensor, Term
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable
from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat, SparseOptimizations

TENSORS = ("Weights", "Inputs", "Outputs")
BITS = {"Weights": 2, "Inputs": 1, "Outputs": 16}


def loop(dimension, bound):
    return Loop(dimension=dimension, bound=bound)


def machine(**buffer) -> Architecture:
    dram = StorageLevel(name="DRAM", class_name="DRAM", width_bits=64, word_bits=16, tensor_word_bits=BITS, is_dram=True)
    shared = StorageLevel(name="buffer", class_name="SRAM", width_bits=64, word_bits=16, tensor_word_bits=BITS, depth_words=64, **buffer)
    pad = StorageLevel(name="pad", class_name="regfile", mesh=Mesh(x=2), width_bits=16, word_bits=16, depth_words=8)
    return Architecture(name="m", storage=(dram, shared, pad), compute=Compute(name="adder", class_name="adder_compute", mesh=Mesh(x=2)))


def problem() -> Problem:
    def tensor(name, dims, density=1.0, read_write=False):
        ranks = tuple((Term(dimension=d),) for d in dims)
        return Tensor(name=name, projection=ranks, read_write=read_write, density=Density(value=density))
    return Problem(name="fc", dimensions=("T", "C", "M"), bounds={"T": 4, "C": 6, "M": 8},
                   tensors=(tensor("Weights", "CM", 0.4), tensor("Inputs", "TC", 0.01), tensor("Outputs", "M", read_write=True)))


MAPPING = Mapping(levels=(
    LevelMapping(level="DRAM", temporal=(loop("T", 4), loop("M", 2)), keep=frozenset(TENSORS)),
    LevelMapping(level="buffer", temporal=(loop("C", 3),), spatial_x=(loop("M", 2),), keep=frozenset(TENSORS)),
    LevelMapping(level="pad", temporal=(loop("M", 2), loop("C", 2)), keep=frozenset({"Outputs"})),
))  # fmt: skip


def costs(*names) -> ReferenceTable:
    def table(read):
        energies = {"read": read, "write": 1.1 * read, "gated_read": 0.1 * read, "metadata_read": 0.3 * read,
                    "metadata_write": 0.4 * read, "leak": 0.001, "compute": 0.5}
        return {name: ActionEnergy(energy_pJ=energy) for name, energy in energies.items()}
    return ReferenceTable(components={name: ComponentCost(name=name, actions=table(10.0 / (i + 1))) for i, name in enumerate(names)})


REFERENCE = costs("DRAM", "buffer", "pad", "adder")


def both(architecture):
    lowered = lower_word_bits(architecture, TENSORS, REFERENCE, MAPPING)
    return (evaluate(architecture, problem(), MAPPING, REFERENCE),
            evaluate(lowered.architecture, problem(), lowered.mapping, lowered.reference), lowered)


def test_each_level_with_several_widths_becomes_one_per_tensor_of_one_width():
    _, _, lowered = both(machine())
    assert [(level.name, level.word_bits) for level in lowered.architecture.storage] == [
        ("DRAM_Weights", 2), ("DRAM_Inputs", 1), ("DRAM_Outputs", 16),
        ("buffer_Weights", 2), ("buffer_Inputs", 1), ("buffer_Outputs", 16), ("pad", 16)]
    assert not any(level.tensor_word_bits for level in lowered.architecture.storage)


def test_lowered_and_not_give_the_same_energy_and_cycles():
    ours, theirs, _ = both(machine())
    assert theirs.energy_pJ == pytest.approx(ours.energy_pJ, rel=1e-12)
    assert theirs.cycles == ours.cycles


def test_lowered_and_not_give_the_same_counts_of_each_tensor():
    ours, theirs, _ = both(machine())
    for name in ("DRAM", "buffer"):
        mine = next(level for level in ours.levels if level.name == name)
        for tensor in TENSORS:
            split = next(level for level in theirs.levels if level.name == f"{name}_{tensor}")
            assert split.tensors == {tensor: mine.tensors[tensor]}


def test_lowered_and_not_give_the_same_with_formats_and_skipping():
    def ranks(n):
        return tuple(FormatRank(format="UB", flattened=(tuple("TCM"),)) for _ in range(n))
    sparse = SparseOptimizations(
        formats=(RepresentationFormat(level="DRAM", tensor="Inputs", ranks=ranks(2)),
                 RepresentationFormat(level="buffer", tensor="Inputs", ranks=ranks(1))),
        actions=(ActionOptimization(level="buffer", kind="skipping", target="Weights", condition_on=("Inputs",)),))
    ours, theirs, lowered = both(replace(machine(), sparse=sparse))
    assert {(f.level, f.tensor) for f in lowered.architecture.sparse.formats} == {("DRAM_Inputs", "Inputs"), ("buffer_Inputs", "Inputs")}
    assert lowered.architecture.sparse.actions[0].level == "buffer_Weights"
    assert theirs.energy_pJ == pytest.approx(ours.energy_pJ, rel=1e-12)
    assert next(level for level in ours.levels if level.name == "buffer").tensors["Weights"].skipped_reads > 0


def test_what_timeloop_cannot_say_is_listed():
    wired = machine(read_bandwidth=4.0, network=Network(wire_energy_pJ_per_bit_mm=0.1, tile_width_um=100))
    assert lower_word_bits(wired, TENSORS, REFERENCE).lost == (
        "buffer: its tensors share one capacity; each of the levels that stand for it has all of it",
        "buffer: its tensors share one bandwidth; each of the levels that stand for it has all of it",
        "buffer: tensors move at one width over its wires, that of the innermost level that stands for it")


def matmul_machine(*, sparse: SparseOptimizations, columns: int = 1) -> tuple[Architecture, Problem]:
    """DRAM over a buffer, both with three widths, with an array of buffers. Z[M,N] = A[M,K] B[K,N]."""
    storage = tuple(StorageLevel(name=name, class_name="SRAM", width_bits=64, word_bits=16, tensor_word_bits={"A": 16, "B": 2, "Z": 1},
                                 mesh=Mesh(x=mesh), is_dram=name == "DRAM",
                                 metadata=MetadataStore(width_bits=8, depth_words=None, word_bits=4))
                    for name, mesh in (("DRAM", 1), ("buffer", columns)))
    arch = Architecture(name="m", storage=storage, compute=Compute(name="adder", class_name="intmac", mesh=Mesh(x=columns)), sparse=sparse)
    tensors = tuple(Tensor(name=name, projection=tuple((Term(dimension=d),) for d in dims), read_write=name == "Z",
                           density=Density(value=density))
                    for name, dims, density in (("A", "MK", 0.5), ("B", "KN", 0.25), ("Z", "MN", 1.0)))
    return arch, Problem(name="mm", dimensions=("M", "N", "K"), bounds={"M": 1, "N": 1, "K": 128}, tensors=tensors)


def lowered_and_not(arch: Architecture, prob: Problem, nest: Mapping) -> tuple[float, float, tuple[str, ...]]:
    """Energies of both, and what the lowering says is lost."""
    reference = costs("DRAM", "buffer", "adder")
    lowered = lower_word_bits(arch, ("A", "B", "Z"), reference, nest)
    return (evaluate(arch, prob, nest, reference).energy_pJ,
            evaluate(lowered.architecture, prob, lowered.mapping, lowered.reference).energy_pJ, lowered.lost)


OVER_K = Mapping(levels=(LevelMapping(level="DRAM", temporal=(loop("K", 128),), keep=frozenset("ABZ")),
                         LevelMapping(level="buffer", keep=frozenset("AB"))))


def test_ranks_without_a_loop_are_told() -> None:
    """Two ranks for one loop: the second one's fibre is what the innermost loop outside the buffer covers, K's or one of one iteration."""
    ranks = (FormatRank(format="CP", flattened=(tuple("MNK"),)), FormatRank(format="CP", flattened=(tuple("MNK"),)))
    formats = (RepresentationFormat(level="DRAM", tensor="B", ranks=ranks),
               RepresentationFormat(level="buffer", tensor="B", ranks=ranks[:1]))
    ours, theirs, lost = lowered_and_not(*matmul_machine(sparse=SparseOptimizations(formats=formats)), OVER_K)
    assert ours != pytest.approx(theirs)
    assert lost == ("DRAM: ranks of B without a loop; in Timeloop their metadata is that of the innermost loop outside the next level that "
                    "keeps it, be it of one iteration",)


def test_alternatives_that_fall_apart_are_told() -> None:
    """One of two is used where they are one level's, both where they are of two."""
    actions = (ActionOptimization(level="DRAM", kind="gating", target="A", condition_on=("B",), option_group=1),
               ActionOptimization(level="DRAM", kind="gating", target="B", condition_on=("A",), option_group=1))
    arch, prob = matmul_machine(sparse=SparseOptimizations(actions=actions))
    rare = replace(prob, tensors=tuple(replace(t, density=Density(value=0.01)) for t in prob.tensors))
    ours, theirs, lost = lowered_and_not(arch, rare, OVER_K)
    assert theirs < ours
    assert lost == ("DRAM: of the alternatives of gating A and B one is used; each of the levels that stand for it uses its own",)


def test_words_that_neighbours_no_longer_hand_on_are_told() -> None:
    """I[N+K] slides over an array; only a level right below it receives words from its neighbours."""
    arch, prob = matmul_machine(sparse=SparseOptimizations(), columns=2)
    sliding = replace(prob, bounds={"M": 1, "N": 2, "K": 128}, tensors=(
        prob.tensors[0], replace(prob.tensors[1], projection=((Term(dimension="N"), Term(dimension="K")),)), prob.tensors[2]))
    nest = Mapping(levels=(LevelMapping(level="DRAM", temporal=(loop("K", 128),), spatial_x=(loop("N", 2),), keep=frozenset("ABZ")),
                           LevelMapping(level="buffer", keep=frozenset("AB"))))
    ours, theirs, lost = lowered_and_not(arch, sliding, nest)
    assert ours != pytest.approx(theirs)
    assert lost == ("DRAM: what neighbours below it hand on of B; in Timeloop they do so only right below the array",)


def test_a_row_of_a_level_without_loops_lies_along_the_same_dimension() -> None:
    """Skipping looks at the dimension of the outermost loop of a level, so loops of one iteration stay in their order."""
    action = ActionOptimization(level="DRAM", kind="skipping", target="A", condition_on=("B",))
    arch, prob = matmul_machine(sparse=SparseOptimizations(actions=(action,)))
    nest = Mapping(levels=(LevelMapping(level="DRAM", temporal=(loop("M", 1), loop("N", 4), loop("K", 1)), keep=frozenset("ABZ")),
                           LevelMapping(level="buffer", keep=frozenset("A"))))
    ours, theirs, lost = lowered_and_not(arch, replace(prob, bounds={"M": 1, "N": 4, "K": 1}), nest)
    assert theirs == pytest.approx(ours, rel=1e-12)
    assert lost == ()


def test_a_level_with_one_width_for_all_stays_one_level():
    one = machine()
    same = replace(one, storage=tuple(replace(level, tensor_word_bits=dict.fromkeys(TENSORS, 8)) for level in one.storage))
    lowered = lower_word_bits(same, TENSORS, REFERENCE)
    assert [(level.name, level.word_bits) for level in lowered.architecture.storage] == [("DRAM", 8), ("buffer", 8), ("pad", 8)]
    assert lowered.lost == ()
