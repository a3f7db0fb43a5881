"""Mappings in Timeloop's format, read without their architecture."""

import pytest

from snnhw.errors import SpecError
from snnhw.spec.mapping import Loop
from snnhw.spec.mapping_file import read_mapping_file

TEXT = """mapping:
- {target: DRAM, type: bypass, keep: [Weights, Outputs], bypass: [Inputs]}
- {target: DRAM, type: temporal, factors: T=4 C=2 M=1, permutation: MCT}
- {target: pad, type: spatial, factors: C=3 M=5 T=1, permutation: CMT, split: 1, no_link_transfer: [Weights]}
- {target: pad, type: temporal, factors: "P=3,2", permutation: P}
"""


def read(tmp_path, text):
    (tmp_path / "m.yaml").write_text(text)
    return read_mapping_file(tmp_path / "m.yaml")


def test_loops_come_from_the_outside_in_and_split_counts_from_the_inside(tmp_path):
    dram, pad = read(tmp_path, TEXT).levels
    assert dram.temporal == (Loop(dimension="T", bound=4), Loop(dimension="C", bound=2), Loop(dimension="M", bound=1))
    assert dram.keep == {"Weights", "Outputs"}
    assert pad.spatial_x == (Loop(dimension="C", bound=3),)
    assert pad.spatial_y == (Loop(dimension="T", bound=1), Loop(dimension="M", bound=5))
    assert pad.temporal == (Loop(dimension="P", bound=3, residual=2),)
    assert pad.keep == {"Weights", "Inputs", "Outputs"}
    assert pad.no_link_transfer == {"Weights"}


@pytest.mark.parametrize(("old", "new", "said"), [
    ("type: bypass", "type: bypas", r'm\.yaml:2: mapping\[0\]\.type: seen "bypas", expected one of .* did you mean "bypass"\?'),
    ("T=4", "T=x", r"m\.yaml:3: mapping\[1\]\.factors: seen"),
    ("permutation: MCT", "permutation: MCM", r'm\.yaml:3: mapping\[1\]\.permutation: seen "M" twice'),
    ("split: 1", "split: -1", r"m\.yaml:4: mapping\[2\]\.split: seen -1, expected an integer x with x >= 0"),
    ("keep:", "kept:", r'm\.yaml:2: mapping\[0\]\.kept: seen the unknown key kept'),
    ("target: pad, type: temporal", "target: pad, type: spatial", r"m\.yaml:5: mapping\[3\]: seen a second spatial entry for pad"),
    ("mapping:", "mappings:", r"mapping: seen nothing, expected a list"),
])
def test_what_is_wrong_is_told_with_its_line(tmp_path, old, new, said):
    with pytest.raises(SpecError, match=said):
        read(tmp_path, TEXT.replace(old, new, 1))
