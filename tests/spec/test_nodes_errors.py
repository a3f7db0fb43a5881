"""What is wrong with an accelerator is told with file, line, key, what was seen and what is right, and all of it at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spec.eyeriss import EYERISS, edited

from snnhw.errors import SpecError
from snnhw.spec.load import load_architecture


def faults(tmp_path: Path, text: str) -> list[str]:
    """What is wrong with an accelerator, with the folder left out."""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_architecture(tmp_path / "a.yaml")
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


CASES: list[tuple[str, str, list[str]]] = [
    ("      depth: 100 * 1024 * 8 / width\n",
     "", [
        "a.yaml:35: architecture.nodes[3].attributes.depth: seen nothing, expected rows; only a DRAM may be without; add depth, or "
         "depth: inf for an unbounded level",
    ]),
    ("{depth: 12, width: 16",
     "{dpeth: 12, width: 16", [
        "a.yaml:72: architecture.nodes[7].nodes[0].attributes.dpeth: seen the unknown attribute dpeth, expected a known one; did you "
         'mean "depth"?',
        "a.yaml:72: architecture.nodes[7].nodes[0].attributes.depth: seen nothing, expected rows; only a DRAM may be without; add "
         "depth, or depth: inf for an unbounded level",
    ]),
    ("{depth: 12, width: 16",
     "{depth: 12, width: 0", [
        "a.yaml:72: architecture.nodes[7].nodes[0].attributes.width: seen 0, expected a number x with x >= 1",
    ]),
    ("{depth: 12, width: 16",
     "{depth: 0, width: 16", [
        "a.yaml:72: architecture.nodes[7].nodes[0].attributes.depth: seen 0, expected a number x with x >= 1",
    ]),
    ("depth: 224, width: weight_bits",
     "depth: 224, width: 12", [
        "a.yaml:84: architecture.nodes[7].nodes[1].attributes.width: seen 12, expected a multiple of 8 (datawidth); a row holds "
         "whole words",
    ]),
    ("depth: 224, width: weight_bits",
     "depth: 224, block_size: 2, cluster_size: 2, width: 24", [
        "a.yaml:84: architecture.nodes[7].nodes[1].attributes.width: seen 24, expected 8 (datawidth) * 2 (block_size) * 2 "
         "(cluster_size); a row holds whole words",
    ]),
    ("depth: 24, width: state_bits",
     "entries: 24, depth: 24, width: state_bits", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.entries: seen entries beside depth, expected one size",
    ]),
    ("depth: 24, width: state_bits",
     "entries: 25, width: 2 * state_bits", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.entries: seen 25 in rows of 2, expected a whole number of rows",
    ]),
    ("depth: 24, width: state_bits, datawidth: state_bits",
     "depth: 24", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.datawidth: seen nothing, expected bits of one word, or a mapping from "
         "tensors to bits, as in {Weights: 8, Inputs: 1}; add datawidth",
    ]),
    ("depth: 24, width: state_bits, datawidth: state_bits",
     "depth: 24, datawidth: 2.5", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.datawidth: seen 2.5, expected bits of a word (a whole number >= 1), or "
         "a mapping from tensors to bits",
    ]),
    ("depth: 24, width: state_bits, datawidth: state_bits",
     "depth: 24, datawidth: [8]", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.datawidth: seen [8], expected bits of a word (a whole number >= 1), or "
         "a mapping from tensors to bits",
    ]),
    ("depth: 24, width: state_bits, datawidth: state_bits",
     "depth: 24, width: 24, datawidth: {Weights: 8, Outputs: 16}", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.width: seen 24, expected a multiple of 16, the bits of Outputs; a row "
         "holds whole words",
    ]),
    ("Inputs: 1, Outputs",
     "Inputs: 0, Outputs", [
        "a.yaml:24: architecture.nodes[1].attributes.datawidth.Inputs: seen 0, expected bits of a word, a whole number >= 1",
    ]),
    ("{depth: 24, width",
     "{depth: true, width", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.depth: seen true, expected a whole number",
    ]),
    ("{depth: 24, width",
     "{depth: abc, width", [
        'a.yaml:96: architecture.nodes[7].nodes[2].attributes.depth: seen "abc", expected names that are defined; abc is not; '
         "defined are columns, global_cycle_seconds, rows, spike_format, state_bits, technology, tile_width, voltage, weight_bits, "
         "wire_energy",
    ]),
    ("{depth: 24, width",
     '{depth: "abc", width', [
        'a.yaml:96: architecture.nodes[7].nodes[2].attributes.depth: seen "abc", expected names that are defined; abc is not; '
         "defined are columns, global_cycle_seconds, rows, spike_format, state_bits, technology, tile_width, voltage, weight_bits, "
         "wire_energy",
    ]),
    ("{depth: 24, width",
     "{depth: [1], width", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.depth: seen [1], expected a whole number",
    ]),
    ("{depth: 24, width",
     "{depth: 24 / 0, width", [
        'a.yaml:96: architecture.nodes[7].nodes[2].attributes.depth: seen "24 / 0", expected a value or an expression: a division by '
         "zero",
    ]),
    ("{depth: 24, width",
     "{depth: 2.5, width", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.depth: seen 2.5, expected a whole number",
    ]),
    ("{depth: 24, width",
     "{depth: rows - 12, width", [
        'a.yaml:96: architecture.nodes[7].nodes[2].attributes.depth: seen "rows - 12" (= 0), expected a number x with x >= 1',
    ]),
    ("{depth: 24, width",
     "{depth: 9**9**9, width", [
        'a.yaml:96: architecture.nodes[7].nodes[2].attributes.depth: seen "9**9**9", expected a value or an expression: a number of '
         "more than 4096 bits",
    ]),
    ("{depth: 24, width",
     "{multiple_buffering: 0, depth: 24, width", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.multiple_buffering: seen 0, expected a number x with x > 0",
    ]),
    ("{depth: 24, width",
     "{network_read: noc, depth: 24, width", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.network_read: seen the key network_read, expected none: known to "
         "Timeloop, not supported by snnhw (networks that the user declares); remove it",
    ]),
    ("{depth: 24, width",
     "{my_list: [1], depth: 24, width", [
        "a.yaml:96: architecture.nodes[7].nodes[2].attributes.my_list: seen [1], expected a number, text, true or false",
    ]),
    ("      read_bandwidth: 16",
     "      read_bandwidth: fast", [
        'a.yaml:40: architecture.nodes[3].attributes.read_bandwidth: seen "fast", expected names that are defined; fast is not; '
         "defined are columns, datawidth, global_cycle_seconds, n_banks, rows, spike_format, state_bits, technology, tile_width, "
         "voltage, weight_bits, width and 1 more",
    ]),
    ("      read_bandwidth: 16",
     "      read_bandwidth: 0", [
        "a.yaml:40: architecture.nodes[3].attributes.read_bandwidth: seen 0, expected a number x with x > 0",
    ]),
    ("      read_bandwidth: 16",
     "      power_gated_at: glb", [
        "a.yaml:40: architecture.nodes[3].attributes.power_gated_at: seen glb, expected a level: DRAM, shared_glb, PE_column, "
         "spike_spad, weight_spad, state_spad, adder",
    ]),
    ("      read_bandwidth: 16",
     "      read_bandwith: 16", [
        "a.yaml:40: architecture.nodes[3].attributes.read_bandwith: seen the unknown attribute read_bandwith, expected a known one; "
         'did you mean "read_bandwidth"?',
    ]),
    ("metadata_storage_width: 16, ",
     "metadata_storage_width: 10, ", [
        "a.yaml:72: architecture.nodes[7].nodes[0].attributes.metadata_storage_width: seen 10, expected a multiple of 4, the "
         "metadata_datawidth",
    ]),
    ("metadata_storage_width: 16, metadata_storage_depth: 12, metadata_datawidth: 4",
     "", [
        "a.yaml:72: architecture.nodes[7].nodes[0].attributes.metadata_storage_width: seen nothing, expected at least 4, the bits of "
         "a word of the format of Inputs; set metadata_storage_width",
    ]),
    ("tile_width: 40",
     "tile_width: -40", [
        "a.yaml:16: architecture.nodes[0].attributes.tile_width: seen -40, expected a number x with x >= 0",
    ]),
    ("voltage: 0.9",
     "voltage: vdd", [
        'a.yaml:30: architecture.nodes[2].attributes.voltage: seen "vdd", expected names that are defined; vdd is not; put quotes '
         "around it if it is text",
    ]),
    ('type: "LPDDR4"',
     "kind: LPDDR4", [
        'a.yaml:22: architecture.nodes[1].attributes.kind: seen "LPDDR4", expected names that are defined; LPDDR4 is not; put quotes '
         "around it if it is text",
    ]),
    ("      width: 64\n      datawidth: {W",
     "      width: 64\n      cluster_size: 2\n      datawidth: {W", [
        "a.yaml:24: architecture.nodes[1].attributes.cluster_size: seen 2, expected 1, as for every DRAM",
    ]),
    ("weight_bits: 8",
     "weight_bits: eight", [
        'a.yaml:3: variables.weight_bits: seen "eight", expected names that are defined; eight is not; put quotes around it if it is '
         "text",
    ]),
    ("weight_bits: 8",
     "weight_bits: columns * a\n  a: weight_bits", [
        'a.yaml:3: variables.weight_bits: seen "columns * a", expected names that are defined; a is not; put quotes around it if it '
         "is text",
    ]),
    ("columns: 14",
     "columns: [14]", [
        'a.yaml:48: architecture.nodes[4].spatial.meshX: seen "columns" (= [14]), expected a whole number',
    ]),
    ("meshX: columns",
     "meshX: 0", [
        "a.yaml:48: architecture.nodes[4].spatial.meshX: seen 0, expected a number x with x >= 1",
    ]),
    ("meshX: columns",
     "meshX: 2.5", [
        "a.yaml:48: architecture.nodes[4].spatial.meshX: seen 2.5, expected a whole number",
    ]),
    ("meshX: columns",
     "meshX: colums", [
        'a.yaml:48: architecture.nodes[4].spatial.meshX: seen "colums", expected names that are defined; colums is not; did you mean '
         '"columns"?',
    ]),
    ("meshX: columns",
     "meshx: 3", [
        "a.yaml:48: architecture.nodes[4].spatial.meshx: seen the unknown key meshx, expected one of meshX, meshY; did you mean "
         '"meshX"?',
    ]),
    ("  - !Container\n    name: system",
     "  - !Container\n    name: system\n    spatial: {meshX: 2}", [
        "a.yaml:16: architecture.nodes[0].spatial: seen a fan-out of 2 above the outermost storage level, expected one outermost "
         "level, from which all is fed; move it below the outermost storage level",
    ]),
    ("class: neuron_unit",
     "class: neuron_unt", [
        "a.yaml:64: architecture.nodes[6].class: seen the unknown class neuron_unt, expected a class that contains DRAM, SRAM, "
         "regfile, smartbuffer or storage, or mac or compute; a part such as neuron_unit or adder; or a class from components: "
         'classes; did you mean "neuron_unit"?',
    ]),
    ("class: neuron_unit",
     "class: XY_NoC", [
        "a.yaml:64: architecture.nodes[6].class: seen XY_NoC, expected no network component: wire_energy, router_energy and "
         "tile_width at a level describe the wires",
    ]),
    ("class: adder_compute",
     "class: adder", [
        "a.yaml:13: architecture.nodes: seen no compute, expected a !Component whose class contains mac or compute, as the last "
         "level",
        "a.yaml:105: architecture.nodes[8].sparse_optimizations: seen sparse optimizations of adder, expected a storage level or the "
         "compute",
    ]),
    ("class: regfile\n      attributes: {depth: 24",
     "klass: regfile\n      attributes: {depth: 24", [
        "a.yaml:93: architecture.nodes[7].nodes[2].class: seen nothing, expected a class: one with DRAM, SRAM, regfile, smartbuffer "
         "or storage in it is a storage level, one with mac or compute in it is the compute, others are parts; add class",
        "a.yaml:95: architecture.nodes[7].nodes[2].klass: seen the unknown key klass, expected one of area_scale, attributes, class, "
         'constraints, enabled, energy_scale, name, required_actions, sparse_optimizations, spatial, subclass; did you mean "class"?',
    ]),
    ("  - !Component\n    name: adder\n",
     "  - !Component\n    name: mac2\n    class: mac\n  - !Component\n    name: adder\n", [
        "a.yaml:106: architecture.nodes[9].class: seen a second compute, adder, expected one; the first is mac2; if it is a part, "
         "give it a class of a part",
    ]),
    ("  - !Component\n    name: neuron\n    class: neuron_unit\n",
     "  - !Component\n    name: early\n    class: mac\n", [
        "a.yaml:69: architecture.nodes[7].nodes[0]: seen the storage level spike_spad inside of the compute early, expected the "
         "compute last",
        "a.yaml:81: architecture.nodes[7].nodes[1]: seen the storage level weight_spad inside of the compute early, expected the "
         "compute last",
        "a.yaml:93: architecture.nodes[7].nodes[2]: seen the storage level state_spad inside of the compute early, expected the "
         "compute last",
        "a.yaml:103: architecture.nodes[8].class: seen a second compute, adder, expected one; the first is early; if it is a part, "
         "give it a class of a part",
    ]),
    ("name: state_spad",
     "name: weight_spad", [
        "a.yaml:94: architecture.nodes[7].nodes[2].name: seen a second weight_spad, expected a name of its own for each component; "
         "the first stands in line 82",
        "a.yaml:97: architecture.nodes[7].nodes[2].constraints: seen Outputs kept in two branches of !Parallel, expected each tensor "
         "in one branch",
        "a.yaml:97: architecture.nodes[7].nodes[2].constraints: seen Weights kept in two branches of !Parallel, expected each tensor "
         "in one branch",
    ]),
    ("name: chip",
     "name: 12", [
        "a.yaml:29: architecture.nodes[2].name: seen 12, expected text",
    ]),
    ("  - !Container\n    name: chip",
     "  - name: chip", [
        "a.yaml:28: architecture.nodes[2]: seen a node without a tag, expected one of !Component, !Container, !Parallel, "
         "!Hierarchical, !Nothing; write - !Container",
    ]),
    ("  - !Container\n    name: chip",
     "  - !Contaner\n    name: chip", [
        "a.yaml:28: seen the tag !Contaner, expected no tag, or one of !Component, !Container, !Hierarchical, !Parallel, !Pipelined, "
         '!Nothing, !Network, !include; did you mean "!Container"?',
    ]),
    ("  - !Container\n    name: chip",
     "  - !Container chip\n  - !Container\n    name: chip", [
        'a.yaml:28: architecture.nodes[2]: seen "chip", expected a mapping after !Container',
    ]),
    ("  - !Parallel",
     "  - !Pipelined", [
        "a.yaml:67: architecture.nodes[7]: seen !Pipelined, expected !Hierarchical or !Parallel: a pipeline of levels has no linear "
         "hierarchy",
    ]),
    ("  - !Parallel",
     "  - !Network {}\n  - !Parallel", [
        "a.yaml:67: architecture.nodes[7]: seen !Network, expected wire_energy, router_energy and tile_width at a level; snnhw has "
         "no networks of the user",
    ]),
    ("    - !Component\n      name: spike_spad",
     "    - !Container {name: inner}\n    - !Component\n      name: spike_spad", [
        "a.yaml:69: architecture.nodes[7].nodes[0]: seen !Container inside of !Parallel, expected !Component or !Hierarchical there; "
         "a fan-out or shared attributes belong before the !Parallel",
    ]),
    ("      name: spike_spad\n",
     "      name: spike_spad\n      spatial: {meshX: 2}\n", [
        "a.yaml:71: architecture.nodes[7].nodes[0].spatial: seen a fan-out inside of !Parallel, expected it before the !Parallel, "
         "for all its branches",
    ]),
    ("    nodes:\n    - !Comp",
     "    nodes:\n    - !Parallel {nodes: []}\n    - !Comp", [
        "a.yaml:69: architecture.nodes[7].nodes[0]: seen !Parallel inside of !Parallel, expected one level of branches",
    ]),
    ("    spatial: {meshY: rows}",
     "    spatial: {meshY: rows}\n    networks: []", [
        "a.yaml:58: architecture.nodes[5].networks: seen the key networks, expected none: known to Timeloop, not supported by snnhw "
         "(networks that the user declares; wire_energy, router_energy and tile_width describe the wires); remove it",
    ]),
    ("architecture:\n  version: 0.4",
     "architecture:\n  version: 0.5", [
        "a.yaml:12: architecture.version: seen 0.5, expected one of 0.4; this is Timeloop's v0.4 dialect with nodes",
    ]),
    ("architecture:\n  version: 0.4\n  nodes:",
     "architecture:\n  version: 0.4\n  noes:", [
        "a.yaml:11: architecture.nodes: seen nothing, expected a list of nodes: !Container, !Component, !Parallel, !Hierarchical, "
         "!Nothing; add nodes",
        'a.yaml:13: architecture.noes: seen the unknown key noes, expected one of name, nodes, version; did you mean "nodes"?',
    ]),
    ("architecture:",
     "archtecture:", [
        "a.yaml:1: architecture: seen nothing, expected the accelerator, with version and nodes; add architecture",
        "a.yaml:11: archtecture: seen the unknown key archtecture, expected one of architecture, components, constraints, mapspace, "
         'sparse_optimizations, variables; did you mean "architecture"?',
    ]),
    ("architecture:\n",
     "problem: {}\nmapspace: {template: rubi}\nglobals: {}\narchitecture:\n", [
        "a.yaml:11: problem: seen the key problem, expected none: known to Timeloop, not supported by snnhw (in the file of an "
         "accelerator; it has a file of its own); remove it",
        'a.yaml:12: mapspace.template: seen "rubi", expected one of uber, ruby; did you mean "ruby"?',
        "a.yaml:13: globals: seen the key globals, expected none: known to Timeloop, not supported by snnhw (environment variables "
         "and Python functions from a file); remove it",
    ]),
    ("factors: [T<=4, R=1]",
     "factors: [T<4, R=1]", [
        'a.yaml:44: architecture.nodes[3].constraints.temporal.factors: seen ["T<4", "R=1"], expected factors such as [C=2, M<=4, '
         'P>=2]; "T<4" is none',
    ]),
    ("factors: [T<=4, R=1]",
     "factors: [T=2, T=4]", [
        'a.yaml:44: architecture.nodes[3].constraints.temporal.factors: seen ["T=2", "T=4"], expected one factor of each dimension, '
         'not a second factor "T="',
    ]),
    ("factors: [T<=4, R=1]",
     'factors: ["T=3,2"]', [
        'a.yaml:44: architecture.nodes[3].constraints.temporal.factors: seen ["T=3,2"], expected factors such as [C=2, M<=4, P>=2]; '
         "T=3,2 is none",
    ]),
    ("factors: [T<=4, R=1]",
     "factors: [T<=tmax, R=1]", [
        'a.yaml:44: architecture.nodes[3].constraints.temporal.factors[0]: seen "tmax", expected names that are defined; tmax is '
         "not; defined are columns, datawidth, depth, global_cycle_seconds, n_banks, read_bandwidth, rows, spike_format, state_bits, "
         "technology, tile_width, voltage and 4 more",
    ]),
    ("factors: [T<=4, R=1]",
     "factors: {T: 4}", [
        "a.yaml:44: architecture.nodes[3].constraints.temporal.factors: seen a mapping, expected factors such as [C=2, M<=4, P>=2]",
    ]),
    ("factors: [T<=4, R=1]",
     "maximize_dims: [T]", [
        "a.yaml:44: architecture.nodes[3].constraints.temporal: seen maximize_dims, expected maximize_dims_capacity beside it: no "
         "fan-out bounds loops in time",
    ]),
    ("permutation: [T, P, M]",
     "permutation: [T, P, T]", [
        'a.yaml:44: architecture.nodes[3].constraints.temporal.permutation: seen ["T", "P", "T"], expected each dimension once',
    ]),
    ("permutation: [T, P, M]",
     "permutation: {T: 1}", [
        "a.yaml:44: architecture.nodes[3].constraints.temporal.permutation: seen a mapping, expected dimensions from the innermost "
         "outwards, such as [R, S, C]",
    ]),
    ("permutation: [T, P, M]",
     "permuation: [T, P, M]", [
        "a.yaml:44: architecture.nodes[3].constraints.temporal.permuation: seen the unknown key permuation, expected one of "
         "default_max_factor, default_min_factor, factors, factors_only, maximize_dims, maximize_dims_capacity, maximize_dims_capped, "
         "must_iterate_over_dataspaces, no_iteration_over_dataspaces, no_reuse, no_temporal_reuse, permutation, target, type; did you "
         'mean "permutation"?',
    ]),
    ("permutation: [T, P, M]",
     "remainders: 1", [
        "a.yaml:44: architecture.nodes[3].constraints.temporal.remainders: seen the key remainders, expected none: known to "
         "Timeloop, not supported by snnhw (how many factors of a level may leave a shorter last pass); remove it",
    ]),
    ("no_reuse: [Inputs]",
     "rmw_first_update: [Inputs]", [
        "a.yaml:99: architecture.nodes[7].nodes[2].constraints.temporal.rmw_first_update: seen the key rmw_first_update, expected "
         "none: known to Timeloop, not supported by snnhw (reading a partial sum before its first update); remove it",
    ]),
    ("split: 7",
     "split: -1", [
        "a.yaml:53: architecture.nodes[4].constraints.spatial.split: seen -1, expected a number x with x >= 0",
    ]),
    ("        split: 7",
     "        split: 7\n      temporal: {factors: [T=1]}", [
        "a.yaml:54: architecture.nodes[4].constraints.temporal: seen a temporal constraint, expected it at a storage level; a "
         "container can have a spatial one only",
    ]),
    ("      temporal: {permutation: [T, P, M], factors: [T<=4, R=1]}",
     "      spatial: {factors: [T=4]}", [
        "a.yaml:44: architecture.nodes[3].constraints.spatial.factors: seen T=4, expected a factor of 1, as shared_glb has no "
         "fan-out; add spatial: {meshX: ...}",
    ]),
    ("dataspace: {keep: [Inputs, Outputs], bypass: [Weights]}",
     "dataspace: {keep: [Inputs, Outputs], bypass: [Inputs]}", [
        "a.yaml:43: architecture.nodes[3].constraints.dataspace: seen Inputs under keep and under bypass, expected one of the two",
    ]),
    ("dataspace: {keep: [Inputs, Outputs], bypass: [Weights]}",
     "dataspace: {keep_only: [Inputs], bypass_only: [Weights], no_coalesce: [Outputs]}", [
        "a.yaml:43: architecture.nodes[3].constraints.dataspace.no_coalesce: seen the key no_coalesce, expected none: known to "
         "Timeloop, not supported by snnhw (turning off the merging of partial sums at a level); remove it",
    ]),
    ("        dataspace: {keep: [Outputs]}",
     "        dataspace: {keep: [Weights]}", [
        "a.yaml:97: architecture.nodes[7].nodes[2].constraints: seen Weights kept in two branches of !Parallel, expected each tensor "
         "in one branch",
    ]),
    ("        dataspace: {keep: [Outputs]}\n",
     "", [
        "a.yaml:97: architecture.nodes[7].nodes[2].constraints: seen a branch of !Parallel that keeps nothing, expected constraints: "
         "{dataspace: {keep: [...]}} with the tensors of this branch",
    ]),
    ("  - !Component\n    name: neuron\n",
     "  - !Component\n    name: neuron\n    constraints: {dataspace: {keep: [Outputs]}}\n", [
        "a.yaml:64: architecture.nodes[6].constraints.dataspace: seen a dataspace constraint, expected it at a storage level; "
         "neuron, which stores nothing, can have a spatial one only",
    ]),
    ("      - type: gating",
     "      - type: gatng", [
        'a.yaml:107: architecture.nodes[8].sparse_optimizations.compute_optimization[0].type: seen "gatng", expected one of gating, '
         'gate_on_zero_operand, skipping, skip_on_not_aligned_operands; did you mean "gating"?',
    ]),
    ("format: spike_format",
     "format: spike_fmt", [
        "a.yaml:80: architecture.nodes[7].nodes[0].sparse_optimizations.representation_format.data_spaces[0].ranks[0].format: seen "
         '"spike_fmt", expected a format: UB, B, CP, RLE, UOP',
    ]),
    ("type: skipping",
     "type: spatial_skipping", [
        'a.yaml:90: architecture.nodes[7].nodes[1].sparse_optimizations.action_optimization[0].type: seen "spatial_skipping", expected '
         'one of gating, skipping, skipping_spatial; did you mean "skipping"?',
    ]),
    ("type: skipping",
     "typ: skipping", [
        'a.yaml:90: architecture.nodes[7].nodes[1].sparse_optimizations.action_optimization[0]: seen no "type", expected gating or '
         "skipping",
        "a.yaml:90: architecture.nodes[7].nodes[1].sparse_optimizations.action_optimization[0].typ: seen an unknown key; did you "
         'mean "type"?',
    ]),
    ("condition_on: [Inputs]",
     "condition: [Inputs]", [
        'a.yaml:92: architecture.nodes[7].nodes[1].sparse_optimizations.action_optimization[0].options[0]: seen no "condition_on", '
         "expected a list of the tensors whose zeros save them",
        "a.yaml:92: architecture.nodes[7].nodes[1].sparse_optimizations.action_optimization[0].options[0].condition: seen an unknown "
         'key; did you mean "condition_on"?',
    ]),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_one_mistake_is_told(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    """The text of the accelerator has `new` in place of `old`."""
    assert faults(tmp_path, edited(old, new)) == said


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """In the order of its lines, whatever finds them."""
    text = EYERISS
    for old, new in (("weight_bits: 8", "weight_bits: 8 +"), ("n_banks: 4", "n_bank: 4"), ("meshX: columns", "meshX: 0"),
                     ("depth: 24", "depth: abc"), ("- type: gating", "- type: gatng"), ("split: 7", "splitt: 7")):
        text = edited(old, new, text)
    assert [line.split(": ")[0] + " " + line.split(": ")[1].rsplit(".", 1)[-1] for line in faults(tmp_path, text)] == [
        "a.yaml:3 weight_bits", "a.yaml:39 n_bank", "a.yaml:48 meshX", "a.yaml:53 splitt", "a.yaml:96 depth",
        "a.yaml:107 type"]


@pytest.mark.parametrize(("text", "said"), [
    ("architecture:\n", "a.yaml:1: architecture: seen nothing, expected a mapping (key: value)"),
    ("architecture: {nodes: []}\n", "a.yaml:1: architecture.nodes: seen no compute, expected a !Component whose class contains mac or "
                                    "compute, "
     "as the last level"),
    ("architecture: {nodes: 3}\n", "a.yaml:1: architecture.nodes: seen 3, expected a list"),
    ("architecture: 3\n", "a.yaml:1: architecture: seen 3, expected a mapping (key: value)"),
    ("architecture: {nodes: [!Component {name: mac, class: mac}]}\n", "a.yaml:1: architecture.nodes: seen no storage level, expected a "
     "!Component "
     "whose class contains DRAM, SRAM, regfile, smartbuffer or storage"),
    ("architecture: {nodes: [!Component 3]}\n", "a.yaml:1: architecture.nodes[0]: seen 3, expected a mapping after !Component"),
    ("architecture: {nodes: [!Parallel {nodes: 3}]}\n", "a.yaml:1: architecture.nodes[0].nodes: seen 3, expected a list"),
    ("architecture: {nodes: [!Hierarchical {}]}\n", "a.yaml:1: architecture.nodes[0].nodes: seen nothing, expected a list of nodes"),
    ("variables: 3\narchitecture: {nodes: []}\n", "a.yaml:1: variables: seen 3, expected a mapping (name: value)"),
    ("components: {classes: 3}\narchitecture: {nodes: []}\n", "a.yaml:1: components.classes: seen 3, expected a list"),
    ("components: {classes: [{name: a}, {name: a}]}\narchitecture: {nodes: []}\n",
     "a.yaml:1: components.classes[1].name: seen a second class a, expected a name of its own for each class"),
    ("components: {classes: [{name: a, subcomponents: [{name: x, class: reg}], actions: [{name: r, subcomponents: [{name: y, actions: "
     "[]}]}]}]}\n"
     "architecture: {nodes: []}\n",
     'a.yaml:1: components.classes[0].actions[0].subcomponents[0].name: seen "y", expected a part of a: x'),
    ("constraints: {targets: [{type: temporl, target: DRAM}]}\narchitecture: {nodes: []}\n",
     'a.yaml:1: constraints.targets[0].type: seen "temporl", expected one of dataspace, temporal, spatial, utilization; did you mean '
     '"temporal"?'),
    ("constraints: {targets: {}}\narchitecture: {nodes: []}\n", "a.yaml:1: constraints.targets: seen an empty mapping, expected a list"),
    ("constraints: {targets: [{type: utilization, min: 2}]}\narchitecture: {nodes: []}\n",
     "a.yaml:1: constraints.targets[0].min: seen 2, expected a number x with x <= 1"),
    ("architecture: {version: 0.3, nodes: []}\n", "a.yaml:1: architecture.version: seen 0.3, expected one of 0.4; this is Timeloop's v0.4 "
                                                  "dialect "
     "with nodes"),
    ("architecture: {version: 0.4, subtree: []}\n",
     "a.yaml:1: architecture: seen no compute level, expected a component whose class contains mac or compute"),
])
def test_what_is_hardly_an_accelerator_is_told(tmp_path: Path, text: str, said: str) -> None:
    """Among other things."""
    assert said in faults(tmp_path, text)


def test_an_unknown_target_is_told_with_a_near_miss(tmp_path: Path) -> None:
    """Of constraints and of sparse optimizations."""
    text = EYERISS + "constraints: {targets: [{type: temporal, target: DARM}]}\nsparse_optimizations: {targets: [{target: DARM}]}\n"
    where = "a component: system, DRAM, chip, shared_glb, PE_column, PE, neuron, spike_spad, weight_spad, state_spad, adder"
    assert faults(tmp_path, text) == [
        f'a.yaml:108: constraints.targets[0].target: seen "DARM", expected {where}; did you mean "DRAM"?',
        f'a.yaml:109: sparse_optimizations.targets[0].target: seen "DARM", expected {where}; did you mean "DRAM"?']


def test_an_inherited_attribute_is_told_once_where_it_stands(tmp_path: Path) -> None:
    """Not at each component that inherits it."""
    assert faults(tmp_path, edited("technology: \"28nm\"\n  global_cycle_seconds: 5e-9", "global_cycle_seconds: 0")) == [
        "a.yaml:8: variables.global_cycle_seconds: seen 0, expected a number x with x > 0"]
    assert faults(tmp_path, edited("voltage: 0.9", "datawidth: 0, block_size: x")) == [
        'a.yaml:30: architecture.nodes[2].attributes.block_size: seen "x", expected names that are defined; x is not; defined are columns, '
        "datawidth, global_cycle_seconds, rows, spike_format, state_bits, technology, tile_width, weight_bits, wire_energy"]


ODD_VALUES = ("-1", "0", "abc", '"q"', "[]", "{}", "null", "true", "1e400", "[1, {a: 2}]", "!Nothing", "x + 1", '"*"', "&a [1]", '"P="',
              "!Component {}")
_VALUE = re.compile(r"(?<=: )[^\n{}\[\]]+?(?=[,}\n\]])|\[[^\]\n]*\]|\{[^}\n]*\}|\w+(?=:)")
VALUES = [match.span() for match in _VALUE.finditer(EYERISS)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(VALUES), st.sampled_from(ODD_VALUES))
def test_any_change_of_a_value_or_key_is_read_or_told(tmp_path: Path, span: tuple[int, int], value: str) -> None:
    """Never a traceback."""
    (tmp_path / "a.yaml").write_text(EYERISS[:span[0]] + value + EYERISS[span[1]:])
    said = "an accelerator"
    try:
        load_architecture(tmp_path / "a.yaml")
    except SpecError as error:
        said = str(error)
    assert said


@pytest.mark.parametrize("name", ["xx", "nm28", "28 um"])
def test_text_that_names_no_node_is_told_once(tmp_path: Path, name: str) -> None:
    """Energies would be those of another node."""
    assert faults(tmp_path, edited('"28nm"', f'"{name}"')) == [
        f'a.yaml:8: variables.technology: seen "{name}", expected a process node in nm; write it as "28nm"']


def test_a_component_may_not_name_a_node_that_there_is_not(tmp_path: Path) -> None:
    """Where it says so, not where the variable stands."""
    assert faults(tmp_path, edited('      type: "LPDDR4"\n', '      type: "LPDDR4"\n      technology: "x7"\n')) == [
        'a.yaml:23: architecture.nodes[1].attributes.technology: seen "x7", expected a process node in nm; write it as "28nm"']
