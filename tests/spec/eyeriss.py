"""An Eyeriss-like spiking accelerator in the v0.4 style, which the tests of the nodes dialect read and break."""

from __future__ import annotations

EYERISS = """\
variables:
  version: 0.4
  weight_bits: 8
  state_bits: 16
  columns: 14
  rows: 12
  spike_format: "RLE"
  technology: "28nm"
  global_cycle_seconds: 5e-9

architecture:
  version: 0.4
  nodes:
  - !Container
    name: system
    attributes: {wire_energy: 0.05, tile_width: 40}

  - !Component
    name: DRAM
    class: DRAM
    attributes:
      type: "LPDDR4"
      width: 64
      datawidth: {Weights: weight_bits, Inputs: 1, Outputs: state_bits}
      metadata_storage_width: 64
      metadata_datawidth: 4

  - !Container
    name: chip
    attributes: {voltage: 0.9}

  - !Component
    name: shared_glb
    class: smartbuffer_SRAM
    attributes:
      depth: 100 * 1024 * 8 / width
      width: 64
      datawidth: state_bits
      n_banks: 4
      read_bandwidth: 16
      write_bandwidth: 16
    constraints:
      dataspace: {keep: [Inputs, Outputs], bypass: [Weights]}
      temporal: {permutation: [T, P, M], factors: [T<=4, R=1]}

  - !Container
    name: PE_column
    spatial: {meshX: columns}
    constraints:
      spatial:
        permutation: [C, P, R, S, Q, M]
        factors: [C=1, R=1]
        split: 7

  - !Container
    name: PE
    spatial: {meshY: rows}
    attributes: {tile_width: 20}
    constraints:
      spatial: {split: 0, factors: P=1 Q=1 M<=rows}

  - !Component
    name: neuron
    class: neuron_unit
    attributes: {datawidth: state_bits}

  - !Parallel
    nodes:
    - !Component
      name: spike_spad
      class: smartbuffer_RF
      attributes: {depth: 12, width: 16, datawidth: 1, metadata_storage_width: 16, metadata_storage_depth: 12, metadata_datawidth: 4}
      constraints:
        dataspace: {keep: [Inputs]}
      sparse_optimizations:
        representation_format:
          data_spaces:
          - name: Inputs
            ranks:
            - {format: spike_format, flattened_rankIDs: [[T, C, R, S]], metadata_word_bits: 4}
    - !Component
      name: weight_spad
      class: regfile
      attributes: {depth: 224, width: weight_bits, datawidth: weight_bits}
      constraints:
        dataspace: {keep: [Weights]}
        temporal: {factors_only: [C=-1, R=0], permutation: RC}
      sparse_optimizations:
        action_optimization:
        - type: skipping
          options:
          - {target: Weights, condition_on: [Inputs]}
    - !Component
      name: state_spad
      class: regfile
      attributes: {depth: 24, width: state_bits, datawidth: state_bits}
      constraints:
        dataspace: {keep: [Outputs]}
        temporal: {factors: [C=1], no_reuse: [Inputs]}

  - !Component
    name: adder
    class: adder_compute
    attributes: {datawidth: state_bits}
    sparse_optimizations:
      compute_optimization:
      - type: gating
"""


def edited(old: str, new: str, text: str = EYERISS) -> str:
    """The accelerator with one part of its text replaced; the part has to be there once."""
    if text.count(old) != 1:
        raise ValueError(f"{old!r} stands {text.count(old)} times in the text")
    return text.replace(old, new)
