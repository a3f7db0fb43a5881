"""The published table form."""

from __future__ import annotations

from pathlib import Path

import pytest

from snn_workload import Conv2d, Linear, TcjaChannel, TcjaTemporal, read_run
from snn_workload.densities import NOT_GIVEN
from snn_workload.layers import Conv1d, RecurrentLinear
from snnhw.errors import SpecError

HEADER = "name,weights,inputs,outputs,T,C,M,P,Q,R,S,HS,WS"
STUDY = f"""\
{HEADER}
Conv1,0.386,0.012,0.05,20,2,128,128,128,3,3,1,1
TCJA11,0.641,1.5e-2,0.04,20,20,20,1,256,1,4,1,1
TCJA12,0.295,0.04,0.03,128,128,20,1,256,1,4,1,1
Dense1,0.155,0.02,,20,2048,512,1,1,1,1,1,1
"""


def put(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def told(folder: Path, text: str) -> list[str]:
    path = put(folder, text)
    with pytest.raises(SpecError, match=r"table\.csv") as caught:
        read_run(path)
    return [str(found).removeprefix(f"{path}:").strip() for found in caught.value.findings]


@pytest.mark.parametrize("name", ["workload_w2_mean.txt", "workload_w2_mean.csv"])
def test_the_studys_table_is_read(tmp_path: Path, name: str) -> None:
    """Kinds follow from the shapes, the run's steps from most rows, its name from the file."""
    run = read_run(put(tmp_path, STUDY, name))
    assert (run.name, run.time_steps, run.standalone) == ("workload_w2_mean", 20, True)
    assert [layer.kind for layer in run.layers] == [
        Conv2d(C=2, M=128, P=128, Q=128, R=3, S=3),
        TcjaTemporal(T=20, C=20, M=20, Q=256, S=4),
        TcjaChannel(T=128, C=128, M=20, Q=256, S=4),
        Linear(C=2048, M=512),
    ]
    tcja11 = run.layers[1].densities
    assert (tcja11.weights.mean, tcja11.inputs.mean, tcja11.outputs.mean) == (0.641, 0.015, 0.04)


def test_an_empty_density_is_not_given(tmp_path: Path) -> None:
    """It counts as dense, and the run says so."""
    run = read_run(put(tmp_path, STUDY))
    assert run.layers[3].densities.outputs == NOT_GIVEN
    assert run.notes == ("not given, taken as 1 (dense): density of outputs in Dense1",)


def test_hs_goes_with_q_and_ws_with_p(tmp_path: Path) -> None:
    """Timeloop's Wstride slides along P, its Hstride along Q."""
    run = read_run(put(tmp_path, f"{HEADER}\nc,1,1,1,4,2,3,5,6,3,2,7,8\nd,1,1,1,4,2,3,1,6,1,2,7,1\n"))
    assert run.layers[0].kind == Conv2d(C=2, M=3, P=5, Q=6, R=3, S=2, stride=(8, 7))
    assert run.layers[1].kind == Conv1d(C=2, M=3, Q=6, S=2, stride=7)


def test_columns_may_stand_in_any_order_with_type_and_groups(tmp_path: Path) -> None:
    """A named kind wins over what the shape looks like; comments, blank lines, blanks and a byte-order mark are passed over."""
    text = (
        "\ufeff# measured\n\ntype, name, groups, T,C,M,P,Q,R,S,HS,WS, weights,inputs,outputs\n"
        "recurrent_linear, r,, 4,8,6,1,1,1,1,1,1, .5,.25,1\n"
        ",g,2, 4,8,6,3,3,3,3,1,1, 1,1,1\n"
        "conv1d,k,, 4,4,4,1,9,1,4,1,1, 1,1,1\n"
    )
    run = read_run(put(tmp_path, text))
    assert [layer.kind for layer in run.layers] == [
        RecurrentLinear(C=8, M=6),
        Conv2d(C=8, M=6, P=3, Q=3, R=3, S=3, groups=2),
        Conv1d(C=4, M=4, Q=9, S=4),
    ]


def test_a_table_of_channel_attention_takes_its_steps_from_m(tmp_path: Path) -> None:
    """T is the channel axis there, once the kind is named."""
    run = read_run(put(tmp_path, f"{HEADER},type\nTCJA12,1,1,1,128,128,20,1,256,1,4,1,1,tcja_channel\n"))
    assert run.time_steps == 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["seen an empty file, expected a header " + HEADER + " and rows"]),
        (HEADER + "\n", ["1: seen a header and no row, expected one row a layer"]),
        (HEADER.replace(",WS", "") + "\n", [f"1: seen a header without WS, expected {HEADER}"]),
        (
            HEADER + ",weight\n",
            [f"1: weight: seen an unknown column, expected one of {HEADER.replace(',', ', ')}, type, groups; did you mean weights?"],
        ),
        (HEADER + ",name\n", ["1: name: seen the same column twice, expected each column once"]),
        (HEADER + "\na,1,1,1,4,2,3\n", ["2: seen 7 cells, expected 13, one for each column of the header"]),
        (
            HEADER + "\n\na,1.2,-1,nan,4,2,3,1,1,1,1,1,1\n",
            [
                f"3: {name}: seen {value}, expected a density, 0 <= x <= 1; a density is the share of non-zeros, 1 - sparsity"
                for name, value in (("weights", "1.2"), ("inputs", "-1"), ("outputs", "nan"))
            ],
        ),
        (
            HEADER + "\na,1,1,1,0,2.5,x,,1,1,1,1,-1\n",
            [
                f"2: {name}: seen {value}, expected a whole number >= 1"
                for name, value in (("T", "0"), ("C", "2.5"), ("M", "x"), ("P", "nothing"), ("WS", "-1"))
            ],
        ),
        (
            HEADER + "\na,1,1,1,4,2,3,1,1,1,1,1,1\na,1,1,1,4,2,3,1,1,1,1,1,1\n",
            ['3: name: seen "a" again, expected a name for each layer; line 2 has it already'],
        ),
        (HEADER + "\n,1,1,1,4,2,3,1,1,1,1,1,1\n", ["2: name: seen nothing, expected the name of the layer"]),
        (
            HEADER + "\na,1,1,1,4,2,3,1,1,1,1,1,1\nb,1,1,1,4,2,3,1,1,1,1,1,1\nc,1,1,1,5,2,3,1,1,1,1,1,1\n",
            ["4: T: seen 5, expected 4, the time steps of the other rows"],
        ),
        (
            HEADER + ",groups\na,1,1,1,4,3,4,5,5,3,3,1,1,2\n",
            ["2: groups: seen 2, expected a divisor of C = 3; depthwise is groups = C = M"],
        ),
        (
            HEADER + ",type\na,1,1,1,4,3,4,5,5,3,3,1,1,linera\n",
            [
                '2: type: seen "linera", expected one of conv2d, conv1d, linear, recurrent_linear, tcja_temporal, tcja_channel;'
                " did you mean linear?"
            ],
        ),
        (
            HEADER + "\na,1,1,1,4,999999999,999999999,9,9,9,9,1,1\n",
            ["2: seen a shape of more than 9.2e18 operations, expected at most 2^63 - 1 operations"],
        ),
        (HEADER + ",type\na,1,1,1,4,3,4,1,5,1,1,1,1,linear\n", ["2: Q: seen 5, expected 1 in a row of type linear"]),
    ],
)
def test_a_wrong_table_is_told_by_line_and_column(tmp_path: Path, text: str, said: list[str]) -> None:
    """Every cell that is wrong is told, in one run."""
    assert told(tmp_path, text) == said


def test_a_quote_that_never_ends_is_told(tmp_path: Path) -> None:
    """The csv reader's complaint comes with its line."""
    (said,) = told(tmp_path, HEADER + '\n"a,1,1\n')
    assert said.startswith("2: seen a line that is no CSV (unexpected end of data)")
