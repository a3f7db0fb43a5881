"""Sparse optimisations of the flat dialects, and the forms that both dialects share."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec.flat_inputs import WHOLE, fault_of, notes_of, read_flat

from snnhw.spec.flat_section import Report, Section
from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat, SparseOptimizations
from snnhw.spec.sparse_forms import joined, sparse_of

HERE = "in.yaml:42: sparse_optimizations.targets[0]"


def sparse_input(entry: str) -> str:
    """The small input with one target."""
    return f"{WHOLE}sparse_optimizations:\n  targets:\n  - {entry}\n"


def sparse(tmp_path: Path, entry: str) -> SparseOptimizations:
    """The sparse optimisations of one target."""
    return read_flat(tmp_path, sparse_input(entry)).architecture.sparse


def glb_format(ranks: str) -> str:
    """A target that gives Inputs at GLB these ranks."""
    return f"{{name: GLB, representation_format: {{data_spaces: [{{name: Inputs, ranks: {ranks}}}]}}}}"


@pytest.mark.parametrize(
    "entry",
    [
        "{name: GLB, representation_format: {data_spaces: [{name: Inputs, ranks: [{format: UOP, payload_word_bits: 8}, "
        "{format: CP, metadata_word_bits: 4, flattened_rankIDs: [[C, P], [R]]}]}]}}",
        "{target: GLB, representation-format: {data-spaces: [{name: Inputs, ranks: [{format: uop, payload-word-bits: 8}, "
        "{format: cp, metadata-word-bits: 4, flattened-rankIDs: [[C, P], [R]]}], rank-application-order: outer-to-inner}]}}",
    ],
)
def test_a_format(tmp_path: Path, entry: str) -> None:
    """Ranks from the outermost; hyphens and small letters count alike."""
    assert sparse(tmp_path, entry).formats == (
        RepresentationFormat(
            level="GLB",
            tensor="Inputs",
            ranks=(
                FormatRank(format="UOP", payload_word_bits=8),
                FormatRank(format="CP", metadata_word_bits=4, flattened=(("C", "P"), ("R",))),
            ),
        ),
    )


def test_ranks_may_be_applied_from_the_inside(tmp_path: Path) -> None:
    """`rank_application_order`."""
    entry = (
        "{name: GLB, representation_format: {data_spaces: [{name: Inputs, ranks: [{format: B}], rank-application-order: inner-to-outer}]}}"
    )
    assert not sparse(tmp_path, entry).formats[0].outer_to_inner


@pytest.mark.parametrize(
    "entry",
    [
        "{name: pad, action_optimization: [{type: skipping, options: [{target: Weights, condition_on: [Inputs]}]}]}",
        "{name: pad, action-optimization: [{type: skipping, target: Weights, condition-on: [Inputs]}]}",
    ],
)
def test_an_action(tmp_path: Path, entry: str) -> None:
    """With one option or without options it stands alone."""
    assert sparse(tmp_path, entry).actions == (
        ActionOptimization(level="pad", kind="skipping", target="Weights", condition_on=("Inputs",)),
    )


def test_several_options_are_alternatives(tmp_path: Path) -> None:
    """They share a number, counted from 1 over the entries of the level."""
    entry = (
        "{name: pad, action_optimization: [{type: gating, target: Outputs, condition_on: [Inputs, Weights]}, {type: skipping, options: "
        "[{target: Weights, condition_on: [Inputs]}, {target: Inputs, condition_on: [Weights]}]}]}"
    )
    assert sparse(tmp_path, entry).actions == (
        ActionOptimization(level="pad", kind="gating", target="Outputs", condition_on=("Inputs", "Weights")),
        ActionOptimization(level="pad", kind="skipping", target="Weights", condition_on=("Inputs",), option_group=2),
        ActionOptimization(level="pad", kind="skipping", target="Inputs", condition_on=("Weights",), option_group=2),
    )


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("[{type: gating}]", {"gating"}),
        ("[{type: skip_on_not_aligned_operands}]", {"skipping"}),
        ("[{type: gate-on-zero-operand}, {type: skipping}]", {"gating", "skipping"}),
    ],
)
def test_compute_optimizations(tmp_path: Path, kinds: str, expected: set[str]) -> None:
    """At the compute level, by their new and their old names."""
    assert sparse(tmp_path, f"{{name: mac, compute_optimization: {kinds}}}").compute == expected


def test_two_entries_of_a_level_add_up(tmp_path: Path) -> None:
    """As long as each kind stands in one of them."""
    text = (
        sparse_input(glb_format("[{format: RLE}]"))
        + "  - {name: GLB, action_optimization: [{type: gating, target: Inputs, condition_on: [Weights]}]}\n"
    )
    result = read_flat(tmp_path, text).architecture.sparse
    assert ([entry.level for entry in result.formats], [entry.level for entry in result.actions]) == (["GLB"], ["GLB"])


@pytest.mark.parametrize(
    "text", ["sparse_optimizations: {}\n", "sparse_optimizations: {version: 0.4, targets: []}\n", "sparse_optimizations: {targets: null}\n"]
)
def test_nothing_is_optimised(tmp_path: Path, text: str) -> None:
    """All ways to say nothing."""
    assert read_flat(tmp_path, WHOLE + text).architecture.sparse == SparseOptimizations()


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("{name: GLBs}", f'{HERE}.name: seen "GLBs", expected a level: DRAM, GLB, pad, mac; did you mean "GLB"?'),
        ("{representation_format: {}}", f'{HERE}: seen no "name", expected the name of a level'),
        (
            "{name: GLB, representation_fromat: {}}",
            f'{HERE}.representation_fromat: seen an unknown key; did you mean "representation_format"?',
        ),
        (
            glb_format("[{format: COO}]"),
            f'{HERE}.representation_format.data_spaces[0].ranks[0].format: seen "COO", expected a format: UB, B, CP, RLE, UOP',
        ),
        (
            glb_format("[{}]"),
            f'{HERE}.representation_format.data_spaces[0].ranks[0]: seen no "format", expected a format: UB, B, CP, RLE, UOP',
        ),
        (
            glb_format("[{format: CP, flattened_rankIDs: [C, P]}]"),
            f"{HERE}.representation_format.data_spaces[0].ranks[0].flattened_rankIDs: seen a list, expected a list of lists of "
            "dimensions, as in [[R, S]]",
        ),
        (
            glb_format("[{format: CP, flattened_rankIDs: [[C, X]]}]"),
            f'{HERE}.representation_format.data_spaces[0].ranks[0].flattened_rankIDs[0][1]: seen "X", expected a dimension: C, M, P, R',
        ),
        (
            glb_format("[{format: CP, metadata_word_bits: -1}]"),
            f"{HERE}.representation_format.data_spaces[0].ranks[0].metadata_word_bits: seen -1, expected an integer >= 0",
        ),
        (
            glb_format("[{format: CP, metadata_bits: 4}]"),
            f'{HERE}.representation_format.data_spaces[0].ranks[0].metadata_bits: seen an unknown key; did you mean "metadata_word_bits"?',
        ),
        (
            glb_format("[{format: CP}, {format: UOP}]"),
            f"{HERE}.representation_format.data_spaces[0].ranks[1]: seen UOP inside CP, expected a compressed rank (B, CP, RLE) "
            "inside a compressed one",
        ),
        (
            glb_format("[{format: CP, metadata_word_bits: 32}]"),
            "in.yaml:40: sparse_optimizations: seen CP words of 32 bits for Inputs at GLB, expected at most 16, the "
            "metadata_storage_width of GLB",
        ),
        (
            "{name: GLB, representation_format: {data_spaces: [{name: Inputs}]}}",
            f'{HERE}.representation_format.data_spaces[0]: seen no "ranks", expected the ranks of the format',
        ),
        (
            "{name: GLB, representation_format: {data_spaces: [{name: Input, ranks: []}]}}",
            f'{HERE}.representation_format.data_spaces[0].name: seen "Input", expected a tensor: Weights, Inputs, Outputs; did '
            'you mean "Inputs"?',
        ),
        (
            "{name: GLB, representation_format: {data_spaces: [{name: Inputs, ranks: []}, {name: Inputs, ranks: []}]}}",
            f"{HERE}.representation_format.data_spaces[1]: seen a second format of Inputs, expected one format of a tensor at a level",
        ),
        (
            "{name: pad, action_optimization: [{type: skipping_spatial, options: [{target: Weights, condition_on: [Inputs]}, "
            "{target: Outputs, condition_on: [Inputs]}]}]}",
            f"{HERE}.action_optimization[0].type: seen skipping_spatial with 2 options, expected one; Timeloop has no alternatives of it",
        ),
        (
            "{name: pad, action_optimization: [{target: Weights, condition_on: [Inputs]}]}",
            f'{HERE}.action_optimization[0]: seen no "type", expected gating or skipping',
        ),
        (
            "{name: pad, action_optimization: [{type: skiping, target: Weights, condition_on: [Inputs]}]}",
            f'{HERE}.action_optimization[0].type: seen "skiping", expected one of gating, skipping, skipping_spatial; did you '
            'mean "skipping"?',
        ),
        (
            "{name: pad, action_optimization: [{type: skipping, target: Weights}]}",
            f'{HERE}.action_optimization[0]: seen no "condition_on", expected a list of the tensors whose zeros save them',
        ),
        (
            "{name: pad, action_optimization: [{type: skipping, options: [{target: Weight, condition_on: [Inputs]}]}]}",
            f'{HERE}.action_optimization[0].options[0].target: seen "Weight", expected a tensor: Weights, Inputs, Outputs; did '
            'you mean "Weights"?',
        ),
        (
            "{name: pad, action_optimization: [{type: skipping, options: [{target: Weights, condition_on: [Input]}]}]}",
            f'{HERE}.action_optimization[0].options[0].condition_on[0]: seen "Input", expected a tensor: Weights, Inputs, '
            'Outputs; did you mean "Inputs"?',
        ),
        (
            "{name: pad, action_optimization: [{type: skipping, options: [{target: Weights, condition_on: Inputs}]}]}",
            f'{HERE}.action_optimization[0].options[0].condition_on: seen "Inputs", expected a list of tensors',
        ),
        (
            "{name: mac, compute_optimization: [{type: skip}]}",
            f'{HERE}.compute_optimization[0].type: seen "skip", expected one of gating, gate_on_zero_operand, skipping, '
            'skip_on_not_aligned_operands; '
            'did you mean "skipping"?',
        ),
        (
            "{name: pad, compute_optimization: [{type: skipping}]}",
            f"{HERE}: seen compute_optimization at the storage level pad, expected it at the compute level",
        ),
        (
            "{name: mac, action_optimization: [{type: skipping, target: Weights, condition_on: [Inputs]}]}",
            f"{HERE}: seen a storage optimization at the compute level mac, expected compute_optimization",
        ),
    ],
)
def test_a_wrong_target_says_what_is_right(tmp_path: Path, entry: str, fault: str) -> None:
    """File, line, key, what is seen and what would be right."""
    assert fault_of(tmp_path, sparse_input(entry)) == fault


def test_a_kind_may_stand_in_one_entry_of_a_level_only(tmp_path: Path) -> None:
    """Timeloop would drop the first without a word."""
    entry = "{name: pad, action_optimization: [{type: gating, target: Weights, condition_on: [Inputs]}]}"
    assert fault_of(tmp_path, f"{sparse_input(entry)}  - {entry}\n") == (
        "in.yaml:43: sparse_optimizations.targets[1].action_optimization: seen a second action_optimization of pad, "
        "expected one; Timeloop would use the last alone"
    )


def test_a_compression_rate_gets_a_note(tmp_path: Path) -> None:
    """Timeloop reads it and does nothing with it."""
    entry = "{name: GLB, representation_format: {data_spaces: [{name: Inputs, ranks: [{format: RLE}], compression_rate: 0.5}]}}"
    assert notes_of(tmp_path, sparse_input(entry)) == [
        f"{HERE}.representation_format.data_spaces[0].compression_rate: Timeloop reads it and does not use it"
    ]


def test_the_shared_form_needs_no_workload() -> None:
    """Without names of tensors and dimensions any name is taken, as for an architecture alone."""
    report = Report(lambda path: ("arch.yaml", None))
    value = {
        "action_optimization": [{"type": "gating", "target": "X", "condition_on": ["Y"]}],
        "representation_format": {"data_spaces": [{"name": "X", "ranks": [{"format": "UB", "flattened_rankIDs": [["Z"]]}]}]},
    }
    result = sparse_of(Section(value, ("x",), report), "pad", is_compute=False)
    assert report.findings == []
    assert result == SparseOptimizations(
        formats=(RepresentationFormat(level="pad", tensor="X", ranks=(FormatRank(format="UB", flattened=(("Z",),)),)),),
        actions=(ActionOptimization(level="pad", kind="gating", target="X", condition_on=("Y",)),),
    )
    assert joined([result, SparseOptimizations(compute=frozenset({"gating"}))]) == SparseOptimizations(
        formats=result.formats, actions=result.actions, compute=frozenset({"gating"})
    )


def test_position_skipping_is_skipping_at_the_compute_level(tmp_path: Path) -> None:
    """As inputs of 2022 have it: without a condition, only non-zeros of compressed tensors meet."""
    entry = "{name: GLB, action-optimization: [{type: position-skipping, target: Weights, condition-on: []}]}"
    assert sparse(tmp_path, entry) == SparseOptimizations(compute=frozenset({"skipping"}))
    assert notes_of(tmp_path, sparse_input(entry)) == [
        f"{HERE}.action-optimization[0].type: position_skipping is read as skipping at the compute level: "
        "zeros of compressed tensors never meet"]


def test_position_skipping_on_a_condition_is_refused(tmp_path: Path) -> None:
    """No published input has it, and no version that could be looked at says what it is."""
    entry = "{name: GLB, action-optimization: [{type: position-skipping, target: Weights, condition-on: [Inputs]}]}"
    assert fault_of(tmp_path, sparse_input(entry)) == (
        f'{HERE}.action-optimization[0].type: seen "position-skipping", expected one of gating, skipping, skipping_spatial; '
        'did you mean "skipping"?')
