"""Accelerators of Timeloop's files as files of ours: the same machine to the word, and everything that has no counterpart said."""

from dataclasses import replace

import pytest
import yaml
from golden_comparison import GOLDEN

from snnhw.engines.export_arch import export_architecture
from snnhw.errors import MappingError, SpecError
from snnhw.model import evaluate
from snnhw.spec import read_timeloop_input
from snnhw.spec.importing import import_architecture
from snnhw.spec.load import load_architecture
from snnhw.spec.presets import located
from snnhw.spec.reference_file import read_reference
from snnhw.spec.resolution import resolve

CASES = [f"{suite}/{path.stem}" for suite in ("dense", "snn", "sparse", "imperfect")
         for path in sorted((GOLDEN / suite).glob("*.yaml"))[3::29]]
MAPPERS = [path.stem for path in sorted((GOLDEN / "mapper").glob("*.yaml"))]

FLAT = """architecture:
  version: 0.3
  subtree:
  - name: system
    attributes: {technology: 45nm}
    local:
    - {name: DRAM, class: DRAM, attributes: {width: 64, word-bits: words}}
    subtree:
    - name: chip
      local:
      - {name: buffer, class: smartbuffer_RF, attributes: {memory_depth: 16, memory_width: 16, word-bits: words, n_banks: 2}}
      - {name: "PE[0..3]", class: intmac, attributes: {word-bits: words}}
      - {name: "adders[0..3]", class: intadder, attributes: {datawidth: words}}
"""
VARIABLES = "variables: {words: 8}\n"
CONSTRAINTS = """architecture_constraints:
  targets:
  - {target: buffer, type: temporal, factors: K=1 C<=4, permutation: KC}
  - {target: buffer, type: spatial, factors: K>=2, split: 1, permutation: K}
mapspace_constraints:
  targets:
  - {target: buffer, type: temporal, factors: "P=2"}
  - {target: DRAM, type: bypass, keep: [Weights]}
"""


def outcome(architecture, given, reference):
    try:
        return evaluate(architecture, given.problem, given.mapping, reference, follow_faults=True)
    except MappingError as error:
        return str(error)


def files(folder, **texts):
    paths = []
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
        paths.append(folder / f"{name}.yaml")
    return paths


@pytest.mark.parametrize("case", CASES)
def test_an_imported_golden_architecture_gives_every_figure_of_the_original(case, tmp_path):
    path = GOLDEN / f"{case}.yaml"
    given = read_timeloop_input([path], "model")
    imported = import_architecture([path])
    (reference,) = files(tmp_path, ert=imported.reference_text)
    (arch,) = files(tmp_path, arch=imported.text)
    assert outcome(load_architecture(arch), given, read_reference([reference])) == outcome(given.architecture, given, given.reference)


@pytest.mark.parametrize("name", MAPPERS)
def test_constraints_and_sparse_optimisations_of_mapper_inputs_ask_the_same(name):
    given = read_timeloop_input([GOLDEN / "mapper" / f"{name}.yaml"], "mapper")
    imported = import_architecture([GOLDEN / "mapper" / f"{name}.yaml"]).architecture
    ours, theirs = (resolve(one.constraints, given.problem) for one in (imported, given.architecture))
    assert sorted(map(repr, ours.loops)) == sorted(map(repr, theirs.loops))
    assert {one.level: one for one in ours.storage} == {one.level: one for one in theirs.storage}
    assert imported.sparse == given.architecture.sparse


@pytest.mark.parametrize("case", [*(f"mapper/{name}" for name in MAPPERS[::4]), *CASES[::5]])
def test_import_export_import_is_the_same_file(case, tmp_path):
    once = import_architecture([GOLDEN / f"{case}.yaml"])
    (flat,) = files(tmp_path, flat=export_architecture(once.architecture, energies=False).text)
    assert import_architecture([flat]).text == once.text


@pytest.mark.parametrize("preset", ["eyeriss_snn", "eyeriss_ann", "tiny_snn"])
def test_a_file_with_nodes_and_templates_comes_out_with_its_values_and_the_same_machine(preset, tmp_path):
    imported = import_architecture([located(preset, "arch")])
    (arch,) = files(tmp_path, **{preset: imported.text})
    given, made = load_architecture(preset), load_architecture(arch)
    assert "{{" not in imported.text
    assert made.storage == given.storage
    assert made.compute == given.compute
    assert made.parts == given.parts
    assert sorted(map(repr, made.constraints.loops)) == sorted(map(repr, given.constraints.loops))
    assert (made.constraints.storage, made.sparse) == (given.constraints.storage, given.sparse)
    assert (made.technology_nm, made.cycle_seconds) == (given.technology_nm, given.cycle_seconds)


def test_files_in_any_mixture_are_one_architecture(tmp_path):
    """Levels without a problem, variables and constraints of two places: a level's second temporal constraint stands beside the nodes."""
    imported = import_architecture(files(tmp_path, arch=FLAT, variables=VARIABLES, constraints=CONSTRAINTS))
    dram, buffer = imported.architecture.storage
    assert (dram.word_bits, buffer.word_bits, buffer.depth_words, buffer.attributes["n_banks"]) == (8, 8, 16, 2)
    assert imported.architecture.compute.mesh.x == 4
    assert imported.architecture.technology_nm == 45
    assert [part.name for part in imported.architecture.parts] == ["adders"]
    data = yaml.safe_load(imported.text.replace("!Component", "").replace("!Container", ""))
    assert data["architecture"]["nodes"][3]["constraints"] == {"spatial": {"factors": ["K>=2"], "permutation": ["K"], "split": 1}}
    assert data["mapspace_constraints"]["targets"] == [{"target": "buffer", "type": "temporal", "factors": ["P=2"]}]


def test_order_of_files_is_of_no_consequence(tmp_path):
    paths = files(tmp_path, arch=FLAT, variables=VARIABLES, constraints=CONSTRAINTS)
    assert import_architecture(paths).text == import_architecture(paths[::-1]).text


def test_names_are_changed_all_at_once_and_left_out_where_the_new_one_is_empty(tmp_path):
    paths = files(tmp_path, arch=FLAT, variables=VARIABLES, constraints=CONSTRAINTS)
    loops = import_architecture(paths, {"K": "C", "C": "K", "P": ""}).architecture.constraints.loops
    assert [(one.dimension, one.relation, one.value) for one in loops[0].factors] == [("C", "=", 1), ("K", "<=", 4)]
    assert loops[0].innermost == ("C", "K")
    assert not [one for loop in loops for one in loop.factors if one.dimension == "P"]


def test_energies_that_attributes_fix_go_to_the_table(tmp_path):
    fixed = FLAT.replace("n_banks: 2", "vector_access_energy: 3.5")
    imported = import_architecture(files(tmp_path, arch=fixed, variables=VARIABLES))
    tables = yaml.safe_load(imported.reference_text)["ERT"]["tables"]
    assert [action["energy"] for action in tables[0]["actions"]] == [3.5, 3.5, 3.5]


def test_what_has_no_effect_is_named_with_its_line(tmp_path):
    more = "mapper: {algorithm: random}\n"
    odd = FLAT.replace("n_banks: 2", "metadata_block_size: 2").replace("intadder", "flux_capacitor")
    notes = import_architecture(files(tmp_path, arch=odd + CONSTRAINTS, variables=VARIABLES, mapper=more)).notes
    assert any(note.startswith(f"{tmp_path}/mapper.yaml:1: mapper: no part of an architecture") for note in notes)
    assert "buffer: the attribute metadata_block_size is left out (metadata words in blocks)" in notes
    assert "adders: left out, no estimator here knows the class flux_capacitor" in notes


def test_a_part_that_no_level_has_as_many_of_is_left_out_and_said(tmp_path):
    notes = import_architecture(files(tmp_path, arch=FLAT.replace("adders[0..3]", "adders[0..6]"), variables=VARIABLES)).notes
    assert "adders: left out, its 7 instances are those of no level" in notes


def test_everything_that_is_refused_is_said_at_once_with_file_and_line(tmp_path):
    """A network that the user declares, overbooking, an unknown key, and remainders of a constraint in another file."""
    wrong = FLAT.replace("n_banks: 2", "network_read: noc, allow_overbooking: true, deepth: 3")
    limits = CONSTRAINTS.replace("permutation: KC}", "permutation: KC, remainders: 2}")
    with pytest.raises(SpecError) as caught:
        import_architecture(files(tmp_path, arch=wrong, variables=VARIABLES, limits=limits))
    places = [(finding.file.rpartition("/")[2], finding.line, finding.key.rpartition(".")[2]) for finding in caught.value.findings]
    assert ("arch.yaml", 11, "network_read") in places
    assert ("arch.yaml", 11, "allow_overbooking") in places
    assert ("arch.yaml", 11, "deepth") in places
    assert ("limits.yaml", 3, "remainders") in places


def test_with_a_problem_beside_it_names_that_the_problem_lacks_are_errors(tmp_path):
    problem = "problem: {shape: cnn-layer, instance: {C: 1}}\n"
    typo = CONSTRAINTS.replace("keep: [Weights]", "keep: [Wieghts]")
    with pytest.raises(SpecError, match=r'seen "Wieghts", expected a tensor: Weights, Inputs, Outputs; did you mean "Weights"\?'):
        import_architecture(files(tmp_path, arch=FLAT, variables=VARIABLES, constraints=typo, problem=problem))


COMPOUND = """compound_components:
  version: 0.3
  classes:
  - name: smartbuffer_RF
    attributes: {technology: must_specify, ports: must_specify, memory_depth: 16, memory_width: 16, kind: SRAM}
    subcomponents:
    - {name: storage, class: regfile, attributes: {depth: memory_depth, width: memory_width, technology: "45nm", n_ports: ports}}
    actions:
    - {name: read, subcomponents: [{name: storage, actions: [{name: read}]}]}
    - {name: write, subcomponents: [{name: storage, actions: [{name: write}]}]}
"""


def test_compound_components_become_classes_with_expressions_kept_and_text_in_quotes(tmp_path):
    """An attribute that each component must give is a name without a value."""
    imported = import_architecture(files(tmp_path, arch=FLAT, variables=VARIABLES, components=COMPOUND))
    (made,) = imported.architecture.classes
    assert dict(made.attributes) == {"memory_depth": 16, "memory_width": 16, "kind": "SRAM"}
    assert dict(made.parts[0].attributes) == {
        "depth": "memory_depth", "width": "memory_width", "technology": "45nm", "n_ports": "ports"}
    assert [action.name for action in made.actions] == ["read", "write"]
    lost = export_architecture(imported.architecture, energies=False).lost
    assert lost == ("the compound classes smartbuffer_RF are left out; without an ERT nobody knows what they cost",)


def test_classes_may_stand_in_a_file_each(tmp_path):
    """As users of Timeloop keep them; one that stands in two files is fine where both say the same."""
    other = COMPOUND.replace("name: smartbuffer_RF", "name: address_register")
    paths = files(tmp_path, arch=FLAT, variables=VARIABLES, one=COMPOUND, two=other, three=COMPOUND)
    assert [made.name for made in import_architecture(paths).architecture.classes] == ["smartbuffer_RF", "address_register"]
    with pytest.raises(SpecError, match=r"two.yaml:4: compound_components.classes\[0\]: seen a second, different class smartbuffer_RF"):
        import_architecture(files(tmp_path, arch=FLAT, variables=VARIABLES, one=COMPOUND, two=COMPOUND.replace("depth: 16", "depth: 8")))


def test_classes_of_nodes_keep_the_variables_that_they_use(tmp_path):
    arch = tmp_path / "nodes.yaml"
    arch.write_text("""variables: {bits: 6, unused: 1}
architecture:
  version: 0.4
  nodes:
  - !Component {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 8}}
  - !Component {name: pe, class: two_adders, attributes: {n: 2}}
  - !Component {name: mac, class: intmac, attributes: {datawidth: 8}}
""")
    (components,) = files(tmp_path, components="""compound_components:
  version: 0.4
  classes:
  - name: two_adders
    attributes: {n: 1}
    subcomponents: [{name: a, class: intadder, attributes: {datawidth: bits * n}}]
    actions: [{name: add, subcomponents: [{name: a, actions: [{name: add}]}]}]
""")
    imported = import_architecture([arch, components])
    assert dict(imported.architecture.variables) == {"bits": 6}
    assert [part.name for part in imported.architecture.parts] == ["pe"]
    assert dict(imported.architecture.classes[0].parts[0].attributes) == {"datawidth": "bits * n"}


def test_several_word_widths_come_back_as_levels_of_their_own():
    """The export lowers them; importing that is a machine with one width a level, and exporting again changes nothing."""
    first = export_architecture("eyeriss_snn", energies=False)
    assert any("share one capacity" in sentence for sentence in first.lost)
    names = [level["name"] for level in yaml.safe_load(first.text)["architecture"]["subtree"][0]["local"]]
    assert names[:3] == ["DRAM_Weights[1..1]", "DRAM_Inputs[1..1]", "DRAM_Outputs[1..1]"]


def test_exported_energies_name_the_levels_that_are_written():
    data = yaml.safe_load(export_architecture("tiny_snn", estimators=("builtin",)).text)
    written = {level["name"] for level in data["architecture"]["subtree"][0]["local"]}
    tables = {table["name"].removeprefix("system.") for table in data["ERT"]["tables"]}
    assert tables == written


def test_an_architecture_may_name_dimensions_and_tensors_of_its_own(tmp_path):
    (arch,) = files(tmp_path, flat=export_architecture(import_architecture([GOLDEN / "dense/003.yaml"]).architecture, energies=False).text)
    again = import_architecture([arch]).architecture
    assert replace(again, name="") == replace(import_architecture([GOLDEN / "dense/003.yaml"]).architecture, name="")
