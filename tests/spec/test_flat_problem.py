"""Problems of the flat dialects."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec.flat_inputs import ARCHITECTURE, MAPPING, PROBLEM, WHOLE, changed, fault_of, notes_of, read_flat

from snnhw.spec.problem import Density, Problem, Tensor, Term

NO_MAPPING = "mapping: []\n"


def problem_of(tmp_path: Path, *changes: tuple[str, str]) -> Problem:
    """The problem of the small input with changes."""
    return read_flat(tmp_path, changed(WHOLE, *changes)).problem


def densities_of(tmp_path: Path, densities: str) -> dict[str, Density]:
    """Densities of the tensors with more keys in the instance."""
    return {t.name: t.density for t in problem_of(tmp_path, ("Wstride: 2}", f"Wstride: 2, {densities}}}")).tensors}


def problem_fault(tmp_path: Path, *changes: tuple[str, str]) -> str:
    """The error of the small input with changes to its problem."""
    return fault_of(tmp_path, ARCHITECTURE + changed(PROBLEM, *changes) + NO_MAPPING)


def test_coefficients_become_integers(tmp_path: Path) -> None:
    """The instance sets Wstride, the shape's default holds for Wdilation."""
    weights = Tensor(name="Weights", projection=((Term(dimension="C"),), (Term(dimension="M"),), (Term(dimension="R"),)))
    inputs = Tensor(name="Inputs", projection=((Term(dimension="C"),), (Term(dimension="P", coefficient=2), Term(dimension="R"))))
    outputs = Tensor(name="Outputs", projection=((Term(dimension="M"),), (Term(dimension="P"),)), read_write=True)
    assert problem_of(tmp_path) == Problem(
        name="conv1d", dimensions=("C", "M", "P", "R"), bounds={"C": 4, "M": 6, "P": 8, "R": 3}, tensors=(weights, inputs, outputs)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dimensions: [C, M, P, R]", "dimensions: CMPR"),
        ("dimensions: [C, M, P, R]", "dimensions: C, M, P, R"),
        ("[[[C]], [[M]], [[R]]]", "[C, M, R]"),
        ("[[[C]], [[M]], [[R]]]", "CMR"),
        ("[[[C]], [[M]], [[R]]]", "[[C], [M], [R]]"),
        ("[P, Wstride]", "[P, 2]"),
        ("data_spaces:", "data-spaces:"),
        ("data_spaces:", "dataSpaces:"),
        ("read_write: true", "read-write: True"),
        ("    - {name: Wstride, default: 1}", "    - {name: Wstride, default: 7}"),
        ("  shape:\n", "  version: 0.3\n  shape:\n"),
    ],
)
def test_other_spellings_give_the_same_problem(tmp_path: Path, old: str, new: str) -> None:
    """Strings or lists, hyphens or underscores, short or long projections, literal coefficients."""
    assert problem_of(tmp_path, (old, new)) == problem_of(tmp_path)


def test_bounds_may_stand_beside_the_shape(tmp_path: Path) -> None:
    """Without `instance` the problem itself holds them, as before version 0.3."""
    assert problem_of(
        tmp_path, ("  instance: {C: 4, M: 6, P: 8, R: 3, Wstride: 2}\n", "  C: 4\n  M: 6\n  P: 8\n  R: 3\n  Wstride: 2\n")
    ) == problem_of(tmp_path)


@pytest.mark.parametrize("name", ["cnn_layer", "cnn-layer", "cnn_layer.yaml", "CNN-Layer"])
def test_a_shape_may_be_named(tmp_path: Path, name: str) -> None:
    """Timeloop's convolution, by its name."""
    text = f"problem:\n  shape: {name}\n  instance: {{R: 3, S: 2, P: 5, Q: 6, C: 1, K: 4, N: 1, Hstride: 2, Wdilation: 3}}\n"
    problem = read_flat(tmp_path, ARCHITECTURE + text + "mapping: [{target: DRAM, type: temporal, factors: R=0 S=0 P=0 Q=0 K=0}]\n").problem
    assert problem.dimensions == ("R", "S", "P", "Q", "C", "K", "N")
    assert [tensor.name for tensor in problem.tensors if tensor.read_write] == ["Outputs"]
    assert problem.tensor("Inputs").projection == (
        (Term(dimension="N"),),
        (Term(dimension="C"),),
        (Term(dimension="R", coefficient=3), Term(dimension="P")),
        (Term(dimension="S"), Term(dimension="Q", coefficient=2)),
    )
    assert problem.tensor_size(problem.tensor("Inputs")) == (2 * 3 + 4 + 1) * (1 + 5 * 2 + 1)


@pytest.mark.parametrize(("name", "tensors"), [("gemm", "ABCD"), ("gemm-ABZ", "ABZ")])
def test_matrix_products_may_be_named(tmp_path: Path, name: str, tensors: str) -> None:
    """Both of Timeloop's, of which only the last tensor is written."""
    text = (
        f"problem: {{shape: {name}, instance: {{M: 2, N: 3, K: 4}}}}\nmapping: [{{target: DRAM, type: temporal, factors: M=2 N=3 K=4}}]\n"
    )
    problem = read_flat(tmp_path, ARCHITECTURE + text).problem
    assert [tensor.name for tensor in problem.tensors] == list(tensors)
    assert [tensor.read_write for tensor in problem.tensors] == [False] * (len(tensors) - 1) + [True]


def test_no_shape_is_a_convolution_and_gets_a_note(tmp_path: Path) -> None:
    """As Timeloop has it."""
    text = ARCHITECTURE + "problem: {R: 1, S: 1, P: 2, Q: 1, C: 1, K: 1, N: 1}\nmapping: [{target: DRAM, type: temporal, factors: P=2}]\n"
    assert read_flat(tmp_path, text).problem.name == "CNN_Layer"
    assert notes_of(tmp_path, text) == ["in.yaml:19: problem: no shape, so it is cnn_layer"]


@pytest.mark.parametrize(
    ("densities", "expected"),
    [
        ("densities: {Inputs: 0.25}", Density(value=0.25)),
        ("densities: {Inputs: 1}", Density()),
        ("densities: {Inputs: {distribution: fixed, density: 0.5}}", Density(value=0.5)),
        ("densities: {Inputs: {distribution: fixed-structured, density: 0.5}}", Density(value=0.5)),
        ("densities: {Inputs: {distribution: hypergeometric, density: 0.5}}", Density(value=0.5, model="hypergeometric")),
        ("densities: {Weights: 0.5}", Density()),
        ("commonDensity: 0.75", Density(value=0.75)),
        ("commonDensity: {distribution: hypergeometric, density: 0.75}", Density(value=0.75, model="hypergeometric")),
    ],
)
def test_densities(tmp_path: Path, densities: str, expected: Density) -> None:
    """A plain number is fixed_structured, and a tensor that is not named is dense."""
    assert densities_of(tmp_path, densities)["Inputs"] == expected


@pytest.mark.parametrize("distribution", ["banded", "diagonal"])
def test_the_share_of_a_band_follows_from_its_width(tmp_path: Path, distribution: str) -> None:
    """6 x 6 with one diagonal on each side of the main one: 6 + 2 * 5 of 36."""
    changes = (
        ("[[[C]], [[M]], [[R]]]", "[[[M]], [[P]]]"),
        ("P: 8", "P: 6"),
        ("P=8", "P=6"),
        ("Wstride: 2}", f"Wstride: 2, densities: {{Weights: {{distribution: {distribution}, band_width: 1}}}}}}"),
    )
    assert problem_of(tmp_path, *changes).tensor("Weights").density == Density(value=16 / 36, model="banded", band_width=1)


def test_what_layers_say_besides_gets_a_note(tmp_path: Path) -> None:
    """Sizes and padding of the input that published layers carry have no effect in Timeloop either."""
    assert notes_of(tmp_path, changed(WHOLE, ("Wstride: 2}", "Wstride: 2, Wpad: 1}"))) == [
        "in.yaml:34: problem.instance.Wpad: without effect, the shape has neither a dimension nor a coefficient of that name"
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ((("R: 3, ", ""),), 'in.yaml:34: problem.instance: seen no "R", expected the bound of dimension R, an integer >= 1'),
        ((("R: 3", "R: 0"),), "in.yaml:34: problem.instance.R: seen 0, expected an integer >= 1"),
        ((("R: 3", "R: -3"),), "in.yaml:34: problem.instance.R: seen -3, expected an integer >= 1"),
        ((("R: 3", "R: three"),), 'in.yaml:34: problem.instance.R: seen "three", expected an integer >= 1'),
        ((("R: 3", "R: 3.5"),), "in.yaml:34: problem.instance.R: seen 3.5, expected an integer >= 1"),
        ((("Wstride: 2", "Wstrid: 2"),), 'in.yaml:34: problem.instance.Wstrid: seen an unknown key; did you mean "Wstride"?'),
        ((("Wstride: 2", "Wstride: 0"),), "in.yaml:34: problem.instance.Wstride: seen 0, expected an integer >= 1"),
        (
            (("Wstride: 2", "Wstride: 2, densities: {Input: 0.5}"),),
            'in.yaml:34: problem.instance.densities.Input: seen an unknown key; did you mean "Inputs"?',
        ),
        (
            (("Wstride: 2", "Wstride: 2, densities: {Inputs: 1.5}"),),
            "in.yaml:34: problem.instance.densities.Inputs: seen 1.5, expected a number in [0, 1]",
        ),
        (
            (("Wstride: 2", "Wstride: 2, densities: {Inputs: -0.5}"),),
            "in.yaml:34: problem.instance.densities.Inputs: seen -0.5, expected a number in [0, 1]",
        ),
        (
            (("Wstride: 2", "Wstride: 2, commonDensity: x"),),
            'in.yaml:34: problem.instance.commonDensity: seen "x", expected a number in [0, 1]',
        ),
        (
            (("Wstride: 2", "Wstride: 2, densities: {Inputs: {distribution: hypergeometrc, density: 1}}"),),
            'in.yaml:34: problem.instance.densities.Inputs.distribution: seen "hypergeometrc", '
            'expected one of fixed, fixed_structured, hypergeometric, banded, diagonal; did you mean "hypergeometric"?',
        ),
        *((
            (("Wstride: 2", f"Wstride: 2, densities: {{Inputs: {{distribution: {name}, filename: a.txt}}}}"),),
            f'in.yaml:34: problem.instance.densities.Inputs.distribution: seen "{name}", expected one of fixed, fixed_structured, '
            "hypergeometric, banded, diagonal; densities are not read from data here: measure the share of non-zeros, and write "
            "distribution: hypergeometric with that density",
        ) for name in ("real-data", "actual_data")),
        (
            (("Wstride: 2", "Wstride: 2, densities: {Inputs: {distribution: hypergeometric}}"),),
            'in.yaml:34: problem.instance.densities.Inputs: seen no "density", expected the share of non-zeros, a number in [0, 1]',
        ),
        (
            (("Wstride: 2", "Wstride: 2, densities: {Inputs: {distribution: banded}}"),),
            "in.yaml:29: problem.shape.data_spaces[1]: seen a banded tensor of 4 x 17 with band_width 0, expected a square "
            "matrix that is larger than its band",
        ),
        (
            (("[C, M, P, R]", "[C, M, P, P]"),),
            'in.yaml:22: problem.shape.dimensions[3]: seen "P" twice, expected each dimension once\n'
            'in.yaml:28: problem.shape.data_spaces[0].projection[2][0]: seen "R", expected a dimension: C, M, P\n'
            'in.yaml:30: problem.shape.data_spaces[1].projection[1][1]: seen "R", expected a dimension: C, M, P\n'
            "in.yaml:34: problem.instance.R: seen an unknown key; known here: C, H, Hpad, M, P, W, Wdilation, Wpad, Wstride, "
            "commonDensity, densities",
        ),
        (
            (
                ("[C, M, P, R]", "[]"),
                ("  instance: {C: 4, M: 6, P: 8, R: 3, Wstride: 2}\n", ""),
                ("[[[C]], [[M]], [[R]]]", "[X]"),
                ("[[[C]], [[P, Wstride], [R, Wdilation]]]", "[X]"),
                ("[[[M]], [[P]]]", "[X]"),
            ),
            "in.yaml:22: problem.shape.dimensions: seen [], expected a list of dimensions, each one letter\n"
            'in.yaml:28: problem.shape.data_spaces[0].projection[0][0]: seen "X", expected a dimension: \n'
            'in.yaml:30: problem.shape.data_spaces[1].projection[0][0]: seen "X", expected a dimension: \n'
            'in.yaml:32: problem.shape.data_spaces[2].projection[0][0]: seen "X", expected a dimension: ',
        ),
        (
            (("[[[C]], [[M]], [[R]]]", "[[[C]], [[M]], [[R, 1, 2]]]"),),
            "in.yaml:28: problem.shape.data_spaces[0].projection[2][0]: seen a list, expected [dimension] or [dimension, coefficient]",
        ),
        (
            (("[P, Wstride]", "[P, Wstrid]"),),
            'in.yaml:30: problem.shape.data_spaces[1].projection[1][0]: seen "Wstrid", expected a coefficient of the shape: '
            'Wstride, Wdilation; '
            'did you mean "Wstride"?',
        ),
        (
            (("      projection: [[[C]], [[M]], [[R]]]\n", ""),),
            'in.yaml:27: problem.shape.data_spaces[0]: seen no "projection", expected its projection, as in [[[C]], [[P, '
            'Wstride], [R, Wdilation]]]',
        ),
        (
            (("      read_write: true\n", ""),),
            "in.yaml:20: problem.shape: seen no data space with read_write: true, expected one that is written",
        ),
        (
            (("      read_write: true", "      read_write: perhaps"),),
            'in.yaml:33: problem.shape.data_spaces[2].read_write: seen "perhaps", expected true or false\n'
            "in.yaml:20: problem.shape: seen no data space with read_write: true, expected one that is written",
        ),
        (
            (("    - name: Inputs", "    - name: Weights"),),
            'in.yaml:29: problem.shape.data_spaces[1]: seen a second data space "Weights", expected a name of its own for each',
        ),
        (
            (("    dimensions", "    flatten: [{name: X, dimensions: [C, M]}]\n    dimensions"),),
            "in.yaml:22: problem.shape.flatten: seen a key of Timeloop that snnhw does not support (dimensions folded into one); remove it",
        ),
        (
            (("    dimensions", "    dimension: [C]\n    dimensions"),),
            'in.yaml:22: problem.shape.dimension: seen an unknown key; did you mean "dimensions"?',
        ),
        ((("  shape:\n", "  shap: x\n  shape:\n"),), 'in.yaml:20: problem.shap: seen an unknown key; did you mean "shape"?'),
    ],
)
def test_a_wrong_problem_says_what_is_right(tmp_path: Path, changes: tuple[tuple[str, str], ...], fault: str) -> None:
    """File, line, key, what is seen and what would be right."""
    assert problem_fault(tmp_path, *changes) == fault


def test_an_unknown_shape_says_which_there_are(tmp_path: Path) -> None:
    """With a near miss."""
    assert fault_of(tmp_path, ARCHITECTURE + "problem: {shape: cnn_layr, instance: {}}\nmapping: []\n") == (
        'in.yaml:19: problem.shape: seen "cnn_layr", expected a shape, or one of cnn_layer, gemm, gemm_ABZ; did you mean "cnn_layer"?'
    )


def test_variables_stand_for_their_values(tmp_path: Path) -> None:
    """A scalar that is the name of a variable is its value, in every section."""
    text = changed(WHOLE, ("C: 4, M: 6", "C: channels, M: 6"), ("depth: 12", "depth: rows")) + "variables: {channels: 4, rows: 12}\n"
    assert read_flat(tmp_path, text).problem == problem_of(tmp_path)
    assert read_flat(tmp_path, text).architecture.level("pad").depth_words == 12


def test_the_mapping_is_part_of_the_small_input(tmp_path: Path) -> None:
    """The input that these tests change is right as it stands."""
    assert WHOLE == ARCHITECTURE + PROBLEM + MAPPING
    assert read_flat(tmp_path).notes == ()
