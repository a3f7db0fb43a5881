"""snnhw model: one line an input, and a status that says whether all could be read."""

import json
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden" / "dense"


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def copies(snnhw, *names):
    for name in names:
        snnhw.write(f"{name}.yaml", (GOLDEN / f"{name}.yaml").read_text())


def test_records_are_written_one_a_line_in_the_order_of_the_files(snnhw):
    copies(snnhw, "003", "invalid-003")
    done = snnhw("model", "003.yaml", "invalid-003.yaml", "--json", "new/out.jsonl")
    assert (done.status, done.out) == (0, "")
    valid, refused = lines(snnhw.folder / "new/out.jsonl")
    assert (valid["file"], valid["valid"]) == ("003.yaml", True)
    assert valid["levels"][0]["name"] == "mac"
    assert valid["cycles"] == 20736
    assert refused == {"file": "invalid-003.yaml", "valid": False,
                       "error": "RF: tile of 58 words exceeds the 16 words it holds; cut a factor inside it"}


def test_a_broken_file_gets_its_line_and_status_2_and_the_others_theirs(snnhw):
    snnhw.write("bad.yaml", "problem: {}\n")
    copies(snnhw, "003")
    done = snnhw("model", "bad.yaml", "003.yaml", "--json", "out.jsonl")
    assert done.status == 2
    broken, fine = lines(snnhw.folder / "out.jsonl")
    assert (broken["file"], broken["valid"], fine["valid"]) == ("bad.yaml", False, True)
    assert broken["error"].startswith("bad.yaml:")
    assert done.err.startswith("error: bad.yaml:")
    assert "Traceback" not in done.err


def test_a_missing_file_is_broken(snnhw):
    done = snnhw("model", "none.yaml", "--format", "json")
    assert done.status == 2
    assert json.loads(done.out) == {"file": "none.yaml", "valid": False,
                                    "error": "none.yaml: seen no such file, expected a YAML or JSON file"}


def test_without_json_a_table_is_printed(snnhw):
    copies(snnhw, "003", "invalid-003")
    done = snnhw("model", "003.yaml", "invalid-003.yaml")
    assert done.status == 0
    assert max(map(len, done.out.splitlines())) <= 80
    assert "003.yaml" in done.out
    assert "tile of 58 words" in " ".join(done.out.split())


def test_no_argument_is_a_usage_error(snnhw):
    assert snnhw("model").status == 2


PUBLISHED = {
    "architecture.yaml": """architecture:
  version: 0.3
  subtree:
  - name: system
    attributes: {technology: 45nm}
    local:
    - name: Backing
      class: DRAM
      attributes: {type: HBM2, width: 8, datawidth: 8, metadata_storage_width: 8, cluster-size: 1}
    subtree:
    - name: PE
      local:
      - name: Spad
        class: storage
        subclass: SRAM_MD
        attributes: {data_storage_depth: 16, data_storage_width: 8, datawidth: 8, metadata_storage_depth: 16, metadata_storage_width: 4}
      - name: MAC[0..1]
        class: compute
        subclass: Imac
        attributes: {datawidth: 8, meshX: 2}
compound_components:
  version: 0.3
  classes: []
""",
    "problem.yaml": """problem:
  shape:
    name: product
    dimensions: [M, N, K]
    data-spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[N]], [[K]]]}
    - {name: Z, projection: [[[M]], [[N]]], read-write: True}
  instance:
    {M: 4, N: 2, K: 4, densities: {A: {distribution: fixed-structured, density: 0.25}}}
""",
    "sparse.yaml": """sparse_optimizations:
  targets:
  - name: Backing
    representation-format:
      data-spaces:
      - name: A
        rank-application-order: inner-to-outer
        ranks: [{format: UOP, payload-word-bits: 0}, {format: CP, metadata-word-bits: 4}]
  - name: Spad
    representation-format:
      data-spaces:
      - {name: A, ranks: [{format: CP, metadata-word-bits: 4}]}
    action-optimization:
    - {type: skipping, options: [{target: B, condition-on: [A]}]}
  - name: MAC
    compute-optimization: [{type: skipping}]
""",
    "map.yaml": """mapping:
- {target: Backing, type: temporal, factors: M=0 N=1 K=1, permutation: NKM}
- {target: Spad, type: bypass, keep: [A, B], bypass: [Z]}
- {target: Spad, type: temporal, factors: K=4 N=1 M=1, permutation: NMK}
- {target: Spad, type: spatial, factors: N=2 K=1 M=1, permutation: NKM, split: 1}
""",
    "ERT.yaml": """ERT:
  version: 0.3
  tables:
  - name: system.Backing
    actions: [{name: read, arguments: null, energy: 100}, {name: write, arguments: null, energy: 100}, {name: idle, energy: 0}]
  - name: system.PE.Spad
    actions:
    - {name: read, arguments: {address_delta: 0, data_delta: 0}, energy: 1}
    - {name: read, arguments: {address_delta: 1, data_delta: 1}, energy: 2}
    - {name: write, arguments: null, energy: 2}
    - {name: metadata_read, arguments: null, energy: 0.5}
    - {name: metadata_write, arguments: null, energy: 0.5}
    - {name: gated_read, arguments: null, energy: 0.25}
  - name: system.PE.MAC[0..1]
    actions: [{name: mac_random, arguments: null, energy: 4}, {name: mac_gated, arguments: null, energy: 1},
              {name: mac_skipped, arguments: null, energy: 0}]
""",
    "ART.yaml": """ART:
  version: 0.3
  tables: [{name: system.PE.Spad, area: 10}]
""",
}
"""An input in the manner of Sparseloop's artifact of 2022 (MICRO): Z[M,N] = A[M,K] B[N,K], a quarter of A there."""


def test_an_input_of_2022_in_several_files_is_one_input(snnhw):
    """Of A's 16 words 4 come, one for each row; each meets two words of B, so 8 of 32 operations are done, two at a time.

    Spad: each word of A is written and read once, with a coordinate each way. B is written once, its 8 words are read for one row of
    four each, and skipped for the other three at the price of a gated read. Of several energies of one action the largest counts.
    """
    for name, text in PUBLISHED.items():
        snnhw.write(name, text)
    snnhw.write("whole.yaml", "".join(PUBLISHED.values()))
    assert snnhw("model", *PUBLISHED, "--one", "--json", "several.jsonl").status == 0
    assert snnhw("model", "whole.yaml", "--json", "whole.jsonl").status == 0
    (several,), (whole,) = lines(snnhw.folder / "several.jsonl"), lines(snnhw.folder / "whole.jsonl")
    assert several | {"file": ""} == whole | {"file": ""}
    assert several["valid"], several
    mac, spad, backing = several["levels"]
    assert (mac["computes"], mac["energy_pJ"], several["cycles"]) == (8, 32, 4)
    assert (backing["tensors"]["A"]["reads"], spad["tensors"]["A"]["fills"], spad["tensors"]["A"]["reads"]) == (4, 4, 4)
    assert spad["tensors"]["A"]["energy_pJ"] == 4 * (2 + 2 + 0.5 + 0.5)
    assert (spad["tensors"]["B"]["reads"], spad["tensors"]["B"]["skipped_reads"]) == (8, 24)
    assert spad["tensors"]["B"]["energy_pJ"] == 8 * 2 + 8 * 2 + 24 * 0.25
