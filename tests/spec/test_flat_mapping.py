"""Mappings of the flat dialects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from spec.flat_inputs import ARCHITECTURE, PROBLEM, WHOLE, changed, fault_of, mapping_fault_of, notes_of, read_flat

from snnhw.spec.flat_mapping import coverage_faults
from snnhw.spec.mapping import LevelMapping, Loop, Mapping

ALL = frozenset({"Weights", "Inputs", "Outputs"})
DRAM_ENTRY = "{target: DRAM, type: temporal, factors: C=2 M=2 P=8 R=1, permutation: PMCR}"
SPATIAL_ENTRY = "{target: GLB, type: spatial, factors: C=2 M=3, permutation: MCPR, split: 1}"
PAD_ENTRY = "{target: pad, type: temporal, factors: R=3, permutation: R}"


def loops(text: str) -> tuple[Loop, ...]:
    """Loops of a string such as `C2 P3/2`: bound, and the last pass after a slash."""
    parts = [part.partition("/") for part in text.split()]
    return tuple(Loop(dimension=head[0], bound=int(head[1:]), residual=int(last) if last else None) for head, _, last in parts)


def mapping_of(tmp_path: Path, *changes: tuple[str, str]) -> Mapping:
    """The mapping of the small input with changes, without its loops of one iteration."""
    mapping = read_flat(tmp_path, changed(WHOLE, *changes)).mapping
    assert mapping is not None
    return _without_trivial_loops(mapping)


def _without_trivial_loops(mapping: Mapping) -> Mapping:
    kinds = ("temporal", "spatial_x", "spatial_y")
    return Mapping(
        levels=tuple(
            replace(level, **{kind: tuple(loop for loop in getattr(level, kind) if loop.bound > 1) for kind in kinds})
            for level in mapping.levels
        )
    )


def test_loops_stand_from_the_outside_in(tmp_path: Path) -> None:
    """The file's permutations run from inner to outer; what is not bypassed is kept."""
    assert mapping_of(tmp_path) == Mapping(
        levels=(
            LevelMapping(level="DRAM", temporal=loops("C2 M2 P8"), keep=ALL),
            LevelMapping(level="GLB", spatial_x=loops("M3"), spatial_y=loops("C2"), keep=frozenset({"Inputs", "Outputs"})),
            LevelMapping(level="pad", temporal=loops("R3"), keep=ALL),
        )
    )


def test_loops_of_one_iteration_keep_their_place(tmp_path: Path) -> None:
    """Sparseloop's analyses look at where they stand."""
    mapping = read_flat(tmp_path).mapping
    assert mapping is not None
    assert mapping.level("DRAM").temporal == loops("R1 C2 M2 P8")
    assert mapping.level("pad").temporal == loops("P1 M1 C1 R3")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (DRAM_ENTRY, "{target: DRAM, type: temporal, factors: C2 M2 P8 R1, permutation: PMCR}"),
        (DRAM_ENTRY, "{target: DRAM, type: temporal, factors: 'C=2,M=2,P=8,R=1', permutation: PMCR}"),
        (DRAM_ENTRY, "{target: DRAM, type: temporal, factors: [C=2, M=2, P=8], permutation: [P, M, C, R]}"),
        (DRAM_ENTRY, "{target: DRAM, type: temporal, factors: C=2 M=2 P=0, permutation: P M C}"),
        (DRAM_ENTRY, "{target: 2, type: temporal, factors: C=2 M=2 P=8, permutation: PMC}"),
        (DRAM_ENTRY, "{target: DRAM, type: temporal, factors: 'C=2,2 M=2,2 P=8,8', permutation: PMCR}"),
        (PAD_ENTRY, "{target: 0, type: temporal, factors: R=3}"),
        (PAD_ENTRY, "{target: pad, type: temporal, factors: R=0, permutation: null}"),
        ("keep: [Inputs, Outputs], bypass: [Weights]", "bypass: [Weights]"),
        ("type: bypass", "type: datatype"),
        ("type: bypass", "type: dataspace"),
        (SPATIAL_ENTRY, "{target: GLB, type: spatial, factors: C=2 M=3, permutation: PRMC, split: 3}"),
    ],
)
def test_other_spellings_give_the_same_mapping(tmp_path: Path, old: str, new: str) -> None:
    """Strings or lists, with or without signs, names or numbers of levels, 0 for what a dimension has, a last pass that is full."""
    assert mapping_of(tmp_path, (old, new)) == mapping_of(tmp_path)


def test_without_a_split_all_loops_lie_along_x(tmp_path: Path) -> None:
    """Timeloop's default."""
    level = mapping_of(tmp_path, ("permutation: MCPR, split: 1", "permutation: MCPR")).level("GLB")
    assert (level.spatial_x, level.spatial_y) == (loops("C2 M3"), ())


def test_a_permutation_is_completed_at_its_outer_end(tmp_path: Path) -> None:
    """Dimensions that it lacks follow in the order of the problem."""
    assert mapping_of(tmp_path, ("permutation: PMCR}", "permutation: M}")).level("DRAM").temporal == loops("P8 C2 M2")


def test_a_level_without_entries_keeps_all_and_loops_once(tmp_path: Path) -> None:
    """Timeloop's default: all dimensions in their order from the inside; in space above a fan-out only, and then along X."""
    text = ARCHITECTURE + PROBLEM + "mapping: [{target: DRAM, type: temporal, factors: C=0 M=0 P=0 R=0}]\n"
    mapping = read_flat(tmp_path, text).mapping
    assert mapping is not None
    once = loops("R1 P1 M1 C1")
    assert mapping.levels[1:] == (
        LevelMapping(level="GLB", temporal=once, spatial_x=once, keep=ALL),
        LevelMapping(level="pad", temporal=once, keep=ALL),
    )


def test_imperfect_factors_reach_their_loops(tmp_path: Path) -> None:
    """P = 8 as two passes, the first of 5 and the last of 3."""
    mapping = mapping_of(tmp_path, ("C=2 M=2 P=8", "C=2 M=2 P=2"), ("factors: R=3", "factors: 'R=3 P=5,3'"))
    assert mapping.level("pad").temporal == loops("P5/3 R3")
    assert mapping.level("pad").temporal[0].is_imperfect


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ((("P=8 R=1", "P=4 R=1"),), "in.yaml:35: mapping: product of all factors of dimension P is 4, which is not its bound 8"),
        (
            (("P=8 R=1", "P=4 R=1"), ("factors: R=3", "factors: R=2")),
            "in.yaml:35: mapping: product of all factors of dimension P is 4, which is not its bound 8\n"
            "in.yaml:35: mapping: product of all factors of dimension R is 2, which is not its bound 3",
        ),
        (
            (("P=8 R=1", "'P=8,3 R=1'"), ("factors: C=2 M=2 'P", "factors: 'C=2 M=2 P")),
            "in.yaml:35: mapping: product of all factors of dimension P is 3, which is not its bound 8",
        ),
        (
            (("P=8 R=1", "P=2 R=1"), ("factors: R=3", "factors: 'R=3 P=5,2'")),
            "in.yaml:35: mapping: product of all factors of dimension P is 7, which is not its bound 8",
        ),
    ],
)
def test_factors_have_to_cover_the_problem(tmp_path: Path, changes: tuple[tuple[str, str], ...], fault: str) -> None:
    """The mapping is at fault then, not the file; every dimension is named."""
    assert mapping_fault_of(tmp_path, changed(WHOLE, *changes)) == fault


def test_coverage_needs_no_file(tmp_path: Path) -> None:
    """The sentences alone, for a mapping from anywhere."""
    problem = read_flat(tmp_path).problem
    mapping = Mapping(levels=(LevelMapping(level="DRAM", temporal=loops("C4 M6 P8"), spatial_x=loops("R2")),))
    assert coverage_faults(mapping, problem) == ("product of all factors of dimension R is 2, which is not its bound 3",)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "target: pad",
            "target: pads",
            'in.yaml:39: mapping[3].target: seen "pads", expected a storage level: DRAM, GLB, pad; did you mean "pad"?',
        ),
        ("target: pad", "target: mac", 'in.yaml:39: mapping[3].target: seen "mac", expected a storage level: DRAM, GLB, pad'),
        ("target: pad", "target: 3", "in.yaml:39: mapping[3].target: seen 3, expected a storage level: DRAM, GLB, pad"),
        ("{target: pad, ", "{", 'in.yaml:39: mapping[3]: seen no "target", expected the name of a storage level'),
        (
            "type: spatial",
            "type: spacial",
            'in.yaml:38: mapping[2].type: seen "spacial", expected one of temporal, spatial, bypass, bypassing, datatype, '
            'dataspace; did you mean "spatial"?',
        ),
        (
            "{target: pad, type: temporal, ",
            "{target: pad, ",
            'in.yaml:39: mapping[3]: seen no "type", expected one of temporal, spatial, bypass, bypassing, datatype, dataspace',
        ),
        (
            "type: spatial, factors",
            "type: skew, modulo: 3, terms: [], factors",
            "in.yaml:38: mapping[2].type: seen a skew, which snnhw does not support, expected one of temporal, spatial, bypass, "
            "bypassing, datatype, dataspace",
        ),
        (
            "factors: R=3",
            "factors: R=3 R=1",
            'in.yaml:39: mapping[3].factors: seen a second factor "R=", expected one factor of each dimension',
        ),
        ("factors: R=3", "factors: R=3 K=1", 'in.yaml:39: mapping[3].factors: seen "K", expected a dimension: C, M, P, R'),
        ("factors: R=3", "factors: R<=3", 'in.yaml:39: mapping[3].factors: seen "R<=3", expected "R=3"; bounds are for constraints'),
        ("factors: R=3", "factors: three", 'in.yaml:39: mapping[3].factors: seen "three", expected factors such as P=2 Q=3 or P=3,2'),
        ("factors: R=3", "factors: 3", "in.yaml:39: mapping[3].factors: seen 3, expected factors such as P=2 Q=3 or P=3,2"),
        ("factors: R=3", "factor: R=3", 'in.yaml:39: mapping[3].factor: seen an unknown key; did you mean "factors"?'),
        ("permutation: R}", "permutation: RR}", 'in.yaml:39: mapping[3].permutation: seen "R" twice, expected each dimension once'),
        ("permutation: R}", "permutation: K}", 'in.yaml:39: mapping[3].permutation: seen "K", expected a dimension: C, M, P, R'),
        (
            "permutation: R}",
            "permutation: 7}",
            "in.yaml:39: mapping[3].permutation: seen 7, expected the dimensions from inner to outer, as in RSPQ",
        ),
        (
            "permutation: R}",
            "permutation: R_C}",
            'in.yaml:39: mapping[3].permutation: seen "_", expected all dimensions from inner to outer; _ is for constraints',
        ),
        ("split: 1", "split: -1", "in.yaml:38: mapping[2].split: seen -1, expected an integer >= 0"),
        ("split: 1", "split: x", 'in.yaml:38: mapping[2].split: seen "x", expected an integer >= 0'),
        (
            "bypass: [Weights]",
            "bypass: [Weight]",
            'in.yaml:36: mapping[0].bypass[0]: seen "Weight", expected a tensor: Weights, Inputs, Outputs; did you mean "Weights"?',
        ),
        ("bypass: [Weights]", "bypass: Weights", 'in.yaml:36: mapping[0].bypass: seen "Weights", expected a list of tensors'),
        (
            "bypass: [Weights]",
            "bypass: [Inputs]",
            "in.yaml:36: mapping[0]: seen Inputs under keep and under bypass, expected one of the two",
        ),
        (
            "target: pad, type: temporal",
            "target: DRAM, type: temporal",
            "in.yaml:39: mapping[3]: seen a second temporal entry for this level, expected one of each kind",
        ),
        (
            "split: 1",
            "split: 1, no_link_transfer: [Input]",
            'in.yaml:38: mapping[2].no_link_transfer[0]: seen "Input", expected a tensor: Weights, Inputs, Outputs; did you mean "Inputs"?',
        ),
        (
            "split: 1",
            "split: 1, no_multicast_no_reduction: [Inputs]",
            "in.yaml:38: mapping[2].no_multicast_no_reduction: seen a key of Timeloop that snnhw does not support; remove it or set it to "
            "[]",
        ),
        (
            "permutation: R}",
            "permutation: R, no_reuse: [Inputs]}",
            "in.yaml:39: mapping[3].no_reuse: seen a key of Timeloop that snnhw does not support; remove it or set it to []",
        ),
        ("mapping:\n", "mapping:\n- 3\n", "in.yaml:36: mapping[0]: seen 3, expected a mapping"),
    ],
)
def test_a_wrong_entry_says_what_is_right(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """The file is at fault: file, line, key, what is seen and what would be right."""
    assert fault_of(tmp_path, changed(WHOLE, (old, new))) == fault


def test_a_key_of_another_kind_of_entry_gets_a_note(tmp_path: Path) -> None:
    """A split has no meaning in time, and Timeloop passes over it."""
    assert notes_of(tmp_path, changed(WHOLE, ("permutation: R}", "permutation: R, split: 2}"))) == [
        "in.yaml:39: mapping[3].split: without effect here"
    ]


def test_tensors_that_neighbours_do_not_hand_on_stand_in_the_spatial_entry(tmp_path: Path) -> None:
    """no_link_transfer is of the level whose fan-out the entry describes."""
    mapping = mapping_of(tmp_path, ("split: 1", "split: 1, no_link_transfer: [Inputs]"))
    assert mapping.unlinked() == {"DRAM": frozenset(), "GLB": {"Inputs"}, "pad": frozenset()}


def test_empty_lists_of_unsupported_keys_are_fine(tmp_path: Path) -> None:
    """Mappings that the real mapper wrote have them."""
    assert mapping_of(tmp_path, ("split: 1", "split: 1, no_link_transfer: [], no_reuse: []")) == mapping_of(tmp_path)


def test_constraints_beside_a_mapping_get_a_note(tmp_path: Path) -> None:
    """They are read, and the mapping is not held against them."""
    text = WHOLE + "architecture_constraints: [{target: pad, type: temporal, factors: R=3}]\n"
    assert notes_of(tmp_path, text) == [
        "in.yaml:40: architecture_constraints: without effect beside a mapping, which is not held against them"
    ]


def test_a_spatial_entry_without_a_fanout_is_read(tmp_path: Path) -> None:
    """Timeloop refuses it; here an array of one is an array too, and whether the loops fit is for the model to say."""
    mapping = mapping_of(tmp_path, (PAD_ENTRY, f"{PAD_ENTRY}\n- {{target: pad, type: spatial, factors: C=1}}"))
    assert mapping == mapping_of(tmp_path)


def test_streams_get_a_note(tmp_path: Path) -> None:
    """Mappings that the mapper of 2022 wrote have them; Timeloop 4cf6d4c does not look at them."""
    assert notes_of(tmp_path, changed(WHOLE, ("split: 1", "split: 1, stream: []"))) == []
    assert notes_of(tmp_path, changed(WHOLE, ("split: 1", "split: 1, stream: [Weights]"))) == [
        "in.yaml:38: mapping[2].stream: Timeloop's mapper once wrote it, its model does not read it"]


def test_all_faults_of_a_factor_string_are_told():
    """One that can't be read does not hide a dimension that there is not."""
    from snnhw.spec.flat_mapping import read_factors
    from snnhw.spec.flat_section import Report, Section
    from snnhw.spec.problem import Problem

    report = Report(lambda _: ("in.yaml", 3))
    problem = Problem(name="p", dimensions=("C", "M"), bounds={"C": 2, "M": 2}, tensors=())
    read_factors(Section({"factors": "W=1 M=x"}, ("mapping",), report), problem)
    assert [finding.seen for finding in report.findings] == ['"M=x"', '"W"']
