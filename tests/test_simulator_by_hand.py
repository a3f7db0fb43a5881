"""Small nests counted by hand."""

from __future__ import annotations

from fractions import Fraction

from simulator import SimulatedCounts, simulate
from simulator.strategies import ranks

from snnhw.spec.architecture import Architecture, Compute, Mesh, Network, StorageLevel
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem, Tensor

ALL = frozenset({"Weights", "Inputs", "Outputs"})


def loops(text: str) -> tuple[Loop, ...]:
    """Loops of a text such as `P3 R2`, the outermost first."""
    return tuple(Loop(dimension=part[0], bound=int(part[1:])) for part in text.split())


def level(name: str, temporal: str = "", *, x: str = "", y: str = "", keep: frozenset[str] = ALL) -> LevelMapping:
    return LevelMapping(level=name, temporal=loops(temporal), spatial_x=loops(x), spatial_y=loops(y), keep=keep)


def count(tensors: str, bounds: str, *levels: LevelMapping, columns: tuple[int, ...] = (), reduces: bool = False) -> SimulatedCounts:
    """Run a mapping of `Weights | Inputs | Outputs`. columns: mesh of each level but the first, then of the compute."""
    meshes = [Mesh(x=x) for x in (1, *(columns or (1,) * len(levels)))]
    storage = tuple(StorageLevel(name=part.level, class_name="SRAM", mesh=mesh, is_dram=i == 0, reduction_supported=reduces)
                    for i, (part, mesh) in enumerate(zip(levels, meshes, strict=False)))
    made = Architecture(name="hand", storage=storage, compute=Compute(name="mac", class_name="intmac", mesh=meshes[-1]))
    weights, inputs, outputs = (ranks(text) for text in tensors.split("|"))
    problem = Problem(name="hand", dimensions=tuple(loop.dimension for loop in loops(bounds)),
                      bounds={loop.dimension: loop.bound for loop in loops(bounds)},
                      tensors=(Tensor(name="Weights", projection=weights), Tensor(name="Inputs", projection=inputs),
                               Tensor(name="Outputs", projection=outputs, read_write=True)))
    return simulate(made, problem, Mapping(levels=levels))


def words(counts: SimulatedCounts, name: str, tensor: str) -> tuple[int, int, int, int]:
    """Tile size, reads, fills, updates."""
    found = counts.level(name).tensors[tensor]
    return found.tile_size, found.reads, found.fills, found.updates


def test_with_one_level_each_operation_reads_a_weight_and_an_input_and_updates_an_output() -> None:
    counts = count("M K|K|M", "M2 K3", level("L0", "M2 K3"))
    assert (counts.computes, counts.cycles) == (6, 6)
    assert words(counts, "L0", "Weights") == (6, 6, 0, 0)
    assert words(counts, "L0", "Inputs") == (3, 6, 0, 0)
    assert words(counts, "L0", "Outputs") == (2, 6 - 2, 0, 6)


def test_a_register_that_holds_an_output_saves_the_level_above_its_partial_sums() -> None:
    counts = count("M K|K|M", "M2 K3", level("L0", "M2"), level("L1", "K3"))
    assert words(counts, "L0", "Outputs") == (2, 0, 0, 2)
    assert words(counts, "L1", "Outputs") == (1, 6 - 2, 0, 6)
    assert words(counts, "L0", "Inputs") == (3, 3, 0, 0)
    assert words(counts, "L1", "Inputs") == (3, 6, 3, 0)


def test_partial_sums_that_come_back_are_read_filled_and_updated_again() -> None:
    counts = count("M K|K|M", "M2 K3", level("L0", "K3 M2"), level("L1"))
    assert words(counts, "L0", "Outputs") == (2, 6 - 2, 0, 6)
    assert words(counts, "L1", "Outputs") == (1, 6 - 2, 6 - 2, 6)


def test_a_bypassed_level_passes_its_accesses_on() -> None:
    counts = count("M K|K|M", "M2 K3", level("L0", "M2"), level("L1", "K3", keep=frozenset({"Outputs"})))
    assert words(counts, "L0", "Inputs") == (3, 6, 0, 0)
    assert "Inputs" not in counts.level("L1").tensors


def test_a_sliding_window_fetches_only_its_new_words() -> None:
    counts = count("R|P+R|P", "P4 R3", level("L0", "P4"), level("L1", "R3"))
    assert words(counts, "L1", "Inputs") == (3, 12, 3 + 1 + 1 + 1, 0)
    assert words(counts, "L0", "Inputs") == (6, 6, 0, 0)


def test_the_smallest_nest_in_which_two_iterations_are_not_all() -> None:
    counts = count("R|P+R|P", "P3 R2", level("L0", "R2 P3"), level("L1"))
    assert words(counts, "L0", "Inputs")[1] == 6


def test_a_weight_goes_to_all_columns_that_need_it_with_one_read() -> None:
    counts = count("M K|N K|N M", "N2 M3 K2", level("L0", "M3 K2", x="N2"), level("L1"), columns=(2, 2))
    assert words(counts, "L0", "Weights")[1] == 6
    assert words(counts, "L1", "Weights") == (1, 6, 6, 0)
    assert counts.network("L0 <==> L1").tensors["Weights"].multicast == {(2, 1): Fraction(6)}
    assert counts.network("L0 <==> L1").tensors["Weights"].hops == 1.0
    assert counts.network("L0 <==> L1").tensors["Inputs"].multicast == {(1, 2): Fraction(12)}


def test_sums_over_columns_are_added_on_their_way() -> None:
    counts = count("M K|N K|N M", "N2 M3 K2", level("L0", "N2 M3", x="K2"), level("L1"), columns=(2, 2), reduces=True)
    sums = counts.network("L0 <==> L1").tensors["Outputs"]
    assert (sums.ingresses, sums.spatial_reductions) == (6, 6)
    assert words(counts, "L0", "Outputs") == (6, 0, 0, 6)


def test_a_level_that_cannot_add_gets_its_sums_read_first() -> None:
    nest = level("L0", "K2 M3 N2"), level("L1")
    assert count("M K|N K|N M", "N2 M3 K2", *nest, reduces=True).network("L0 <==> L1").tensors["Outputs"].ingresses == 12
    assert count("M K|N K|N M", "N2 M3 K2", *nest).network("L0 <==> L1").tensors["Outputs"].ingresses == 2 * 12 - 6


def test_inputs_that_move_past_the_columns_come_from_the_neighbour() -> None:
    counts = count("R|P+R|P", "P4 R3", level("L0", "R3", x="P4"), level("L1"), columns=(4, 4))
    inputs = counts.network("L0 <==> L1").tensors["Inputs"]
    assert (inputs.ingresses, inputs.link_transfers) == (4 + 1 + 1, 3 + 3)
    assert words(counts, "L1", "Inputs") == (1, 5, (6 + 6) // 4, 0), "5 is 3 operations and 6/4 words for neighbours, rounded up"


def test_a_level_without_bandwidth_limits_needs_the_cycles_of_the_compute() -> None:
    counts = count("M K|K|M", "M2 K3", level("L0", "M2"), level("L1", "K3"))
    assert (counts.level("L0").cycles, counts.level("L1").cycles, counts.cycles) == (6, 6, 6)


def test_cycles_wait_for_the_slowest_level() -> None:
    part = level("L0", "M2 K3")
    storage = StorageLevel(name="L0", class_name="SRAM", read_bandwidth=1.0, network=Network(fill_latency_cycles=5, drain_latency_cycles=2))
    made = Architecture(name="slow", storage=(storage,), compute=Compute(name="mac", class_name="intmac"))
    tensors = (Tensor(name="Weights", projection=ranks("M K")), Tensor(name="Outputs", projection=ranks("M"), read_write=True))
    problem = Problem(name="slow", dimensions=("M", "K"), bounds={"M": 2, "K": 3}, tensors=tensors)
    counts = simulate(made, problem, Mapping(levels=(part,)))
    reads = 6 + (6 - 2)
    assert (counts.level("L0").cycles, counts.cycles) == (reads, reads + 5 + 2)
