"""Keys of Timeloop that the model cannot honour are refused, not handed on in silence."""

from __future__ import annotations

import pytest

from snnhw.errors import SpecError
from snnhw.spec.load import load_architecture

ARCH = """architecture:
  version: 0.4
  nodes:
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: 8, KEY: 4}
  - !Component
    name: mac
    class: intmac
    attributes: {datawidth: 8}
"""


@pytest.mark.parametrize("key", ["metadata_block_size", "concordant_compressed_tile_traversal"])
def test_keys_about_metadata_that_have_no_meaning_here_are_refused(tmp_path, key):
    file = tmp_path / "arch.yaml"
    file.write_text(ARCH.replace("KEY", key))
    with pytest.raises(SpecError, match="Timeloop") as caught:
        load_architecture(file)
    said = str(caught.value)
    assert said.startswith(f"{file}:7: architecture.nodes[0].attributes.{key}: ")
    assert "not support" in said
