"""A network on an accelerator, with an engine that finds at once."""

from dataclasses import replace

import pytest
from engines.small import ARCH, QuickEngine, arch_file, layer, run_of

from snnhw.engines import evaluate as module
from snnhw.engines import preparation
from snnhw.engines.evaluate import evaluate
from snnhw.errors import SearchError, SpecError
from snnhw.report.folder import json_text
from snnhw.spec.load import load_architecture
from snnhw.spec.mapper import MapperConfig


@pytest.fixture
def engine(monkeypatch):
    quick = QuickEngine()
    monkeypatch.setattr(module, "engine_named", lambda name: quick)
    return quick


@pytest.fixture
def arch(tmp_path):
    return arch_file(tmp_path)


def test_each_layer_gets_a_result_in_order(engine, arch):
    result = evaluate(arch, run_of(layer("a"), layer("b", M=6), layer("c", M=7)))
    assert [one.name for one in result.layers] == ["a", "b", "c"]
    assert [one.problem.bounds["M"] for one in result.layers] == [4, 6, 7]
    assert (result.name, result.architecture, result.cycle_seconds, result.interrupted) == ("small", "small", 2e-9, False)
    assert result.notes == ("all of it is made up",)


def test_a_problem_that_comes_again_is_searched_once_and_keeps_its_names(engine, arch):
    result = evaluate(arch, run_of(layer("a"), layer("b", M=6), layer("again")))
    assert [problem.name for _, problem, _, _ in engine.asked] == ["a", "b"]
    assert [(one.name, one.problem.name) for one in result.layers] == [("a", "a"), ("b", "b"), ("again", "again")]
    assert result.layers[2].evaluation == result.layers[0].evaluation


def test_layers_that_differ_in_density_alone_are_different_problems(engine, arch):
    other = layer("b")
    other = replace(other, densities=replace(other.densities, inputs=replace(other.densities.inputs, mean=0.5, max=0.5)))
    evaluate(arch, run_of(layer("a"), other))
    assert len(engine.asked) == 2


def test_the_energy_of_a_layer_is_that_of_its_mapping_and_of_its_neurons(engine, arch):
    one = evaluate(arch, run_of(layer("a", M=4, spikes=0.25))).layers[0]
    counts = {part.action: part.count for part in one.parts}
    assert counts == {"leak_shift": 40, "add": 40, "compare": 40, "reset": 10, "leak": one.cycles, "write_spikes": 40}
    assert one.energy_pJ == pytest.approx(one.evaluation.energy_pJ + sum(part.energy_pJ for part in one.parts))
    assert all(part.energy_pJ > 0 for part in one.parts)


def test_bit_widths_come_from_the_widest_layer_and_inputs_from_each(engine, arch):
    evaluate(arch, run_of(layer("a", weights=2, state=8, inputs=8), layer("b", weights=8, state=16)))
    words = [dict(asked[0].storage[0].tensor_word_bits) for asked in engine.asked]
    assert words == [{"Weights": 8, "Inputs": 8, "Outputs": 16}, {"Weights": 8, "Inputs": 1, "Outputs": 16}]


def test_a_width_that_is_set_wins_where_it_is_enough(engine, arch):
    result = evaluate(arch, run_of(layer("a", weights=2)), variables={"weight_bits": 8})
    assert engine.asked[0][0].storage[0].bits_of("Weights") == 8
    assert result.provenance["variables"]["weight_bits"] == 8


@pytest.mark.parametrize(("variables", "message"), [
    ({"weight_bits": 2}, "small: layers: b: bits.weights: seen 4, expected at most 2, the value set for weight_bits; "
                         "leave weight_bits out: it is taken from the run"),
    ({"input_bits": 1, "state_bits": 8}, "small: layers: a: bits.state: seen 16, expected at most 8, the value set for state_bits; "
                                         "leave state_bits out: it is taken from the run"),
])  # fmt: skip
def test_a_width_that_is_set_too_small_is_an_error(engine, arch, variables, message):
    with pytest.raises(SpecError) as caught:
        evaluate(arch, run_of(layer("a", weights=2), layer("b", weights=4)), variables=variables)
    assert str(caught.value) == message
    assert engine.asked == []


def test_words_that_are_narrower_than_the_run_needs_are_noted(engine, tmp_path):
    fixed = arch_file(tmp_path).read_text().replace("Weights: weight_bits", "Weights: 2")
    result = evaluate(arch_file(tmp_path, fixed), run_of(layer("a", weights=4)))
    assert "DRAM counts Weights in words of 2 bits, the run has 4" in result.layers[0].notes


CONSTRAINED = "    attributes: {width: 64, depth: 64, datawidth: {Weights: weight_bits, Inputs: input_bits, Outputs: state_bits}}\n"


def constrained(folder, factors):
    """The small architecture with temporal factors at its buffer."""
    more = f"    constraints: {{temporal: {{factors: [{factors}]}}}}\n"
    return arch_file(folder, ARCH.replace(CONSTRAINED, CONSTRAINED + more))


def test_a_factor_above_its_bound_is_noted_where_it_is_passed_over(engine, tmp_path):
    note = "buffer temporal C=10 is more than the bound 8 and is passed over, as Timeloop does"
    result = evaluate(constrained(tmp_path, "C=10"), run_of(layer("a"), layer("b", C=20)))
    assert [note in one.notes for one in result.layers] == [True, False]


def test_a_constraint_of_causality_is_called_so_where_it_contradicts_that_of_a_file(tmp_path):
    with pytest.raises(SearchError) as caught:
        evaluate(constrained(tmp_path, "T=5"), run_of(), mapper="quick", cache=False)
    assert str(caught.value).startswith("layer a: the constraints contradict each other: "
                                        "buffer temporal T=5 contradicts buffer temporal T=1 (from --causality strict); ")


@pytest.mark.parametrize(("causality", "said"), [
    ("strict", "DRAM temporal T=0 (from --causality strict), DRAM temporal permutation _T (from --causality strict), buffer temporal T=1, "
               "buffer spatial T=1 (from --causality strict), buffer spatial T=10, my-buffer spatial T=1"),
    ("layer", "DRAM temporal T=0, DRAM temporal permutation _T, buffer temporal T=1, buffer spatial T=1 (from --causality layer), "
              "buffer spatial T=10, my-buffer spatial T=1"),
])  # fmt: skip
def test_what_a_file_says_itself_is_not_said_to_come_from_causality(engine, tmp_path, causality, said):
    text = ("DRAM temporal T=0, DRAM temporal permutation _T, buffer temporal T=1, buffer spatial T=1, buffer spatial T=10, "
            "my-buffer spatial T=1")
    engine.raises = SearchError(text)
    with pytest.raises(SearchError) as caught:
        evaluate(constrained(tmp_path, "T=1"), run_of(), causality=causality)
    assert str(caught.value) == f"layer a: {said}"


def test_inputs_of_several_bits_say_that_an_adder_is_not_enough(engine, arch):
    notes = evaluate(arch, run_of(layer("pixels", inputs=8))).layers[0].notes
    assert "takes inputs of 8 bits, so it needs multiplications; adders alone can't do it" in notes
    assert any(note.endswith("an adder: the energy of its compute level is too low") for note in notes)


def test_inputs_of_several_bits_on_a_multiplier_are_counted_as_its_operations(engine, tmp_path):
    text = arch_file(tmp_path).read_text().replace("accumulate_compute", "intmac")
    notes = evaluate(arch_file(tmp_path, text), run_of(layer("pixels", inputs=8))).layers[0].notes
    assert "its multiplications are counted as one operation of adder (intmac) each" in notes


def test_an_architecture_without_a_neuron_unit_says_that_updates_cost_nothing(engine, tmp_path):
    text = arch_file(tmp_path).read_text().replace("neuron_unit", "register")
    one = evaluate(arch_file(tmp_path, text), run_of()).layers[0]
    assert "small has no neuron unit, so neuron updates cost nothing here" in one.notes
    assert {part.action for part in one.parts} == {"leak", "write_spikes"}


def test_causality_and_seed_win_over_the_mapper(engine, arch):
    evaluate(arch, run_of(), mapper=MapperConfig(causality="strict", seed=1), causality="free", seed=7)
    _, _, constraints, config = engine.asked[0]
    assert (config.causality, config.seed) == ("free", 7)
    assert not any(factor.dimension == "T" for loop in constraints.loops for factor in loop.factors)


def test_strict_causality_constrains_time_steps(engine, arch):
    evaluate(arch, run_of(), causality="strict")
    assert any(loop.outermost == ("T",) for loop in engine.asked[0][2].loops)


def test_the_membrane_policy_reaches_the_problem(engine, arch):
    evaluate(arch, run_of(), membrane="per_step")
    assert "T" in engine.asked[0][1].tensor("Outputs").dimensions()
    evaluate(arch, run_of(), membrane="carried")
    assert "T" not in engine.asked[1][1].tensor("Outputs").dimensions()


def test_an_interrupt_gives_the_layers_that_are_done(engine, arch):
    engine.interrupted_at = 3
    result = evaluate(arch, run_of(layer("a"), layer("b", M=6), layer("c", M=7)))
    assert [one.name for one in result.layers] == ["a", "b"]
    assert result.interrupted


def test_an_interrupt_in_the_first_layer_gives_none(engine, arch):
    engine.interrupted_at = 1
    result = evaluate(arch, run_of())
    assert result.layers == ()
    assert result.interrupted


def test_a_layer_that_does_not_fit_is_named_and_the_kind_of_error_kept(engine, arch):
    engine.raises = SearchError("nothing fits")
    with pytest.raises(SearchError, match=r"^layer a: nothing fits$"):
        evaluate(arch, run_of())


@pytest.mark.parametrize(("variables", "architectures"), [({}, 2), ({"weight_bits": 8, "state_bits": 16, "input_bits": 8}, 1)])
def test_nothing_is_read_twice(monkeypatch, variables, architectures):
    """An architecture once more for each width of inputs, where widths come from the run."""
    read = []
    for name in ("read_run", "load_mapper", "load_architecture"):
        reader = getattr(preparation, name)
        monkeypatch.setattr(preparation, name, lambda *given, name=name, reader=reader: [read.append(name), reader(*given)][1])
    preparation.prepare("tiny_snn", "mnist_784_400", mapper="quick", variables=variables)
    assert read == ["read_run", "load_mapper", *["load_architecture"] * architectures]


def test_what_cannot_be_read_is_told_together():
    with pytest.raises(SpecError) as error:
        preparation.prepare("no_arch", "no_run", mapper="no_mapper")
    assert [(one.file, one.seen) for one in error.value.findings] == [(name, "no such file") for name in ("no_run", "no_mapper", "no_arch")]


def test_an_architecture_that_is_loaded_is_taken_as_it_is(engine, arch):
    loaded = load_architecture(arch, {"weight_bits": 4, "state_bits": 16})
    assert evaluate(loaded, run_of()).layers[0].evaluation == evaluate(arch, run_of()).layers[0].evaluation
    with pytest.raises(SpecError, match="seen values for weight_bits, expected none: the architecture is loaded already"):
        evaluate(loaded, run_of(), variables={"weight_bits": 4})


def test_the_same_inputs_give_the_same_bytes_whatever_the_search_took(engine, arch):
    first = json_text(evaluate(arch, run_of(layer("a"), layer("b", M=6)), seed=1))
    second = json_text(evaluate(arch, run_of(layer("a"), layer("b", M=6)), seed=1))
    assert first == second


def test_provenance_holds_what_makes_the_result_again(engine, arch):
    record = evaluate(arch, run_of(), seed=5, causality="layer").provenance
    assert record["engine"] == "quick 1"
    assert record["seed"] == 5
    assert record["mapper"]["causality"] == "layer"
    assert record["inputs"]["arch"]["text"] == arch.read_text()
    assert len(record["inputs"]["arch"]["sha256"]) == 64
    assert record["inputs"]["stats"] == {"source": "given as Run"}
    assert record["variables"]["weight_bits"] == 4
    assert {(one["component"], one["action"]) for one in record["energies"]} >= {("DRAM", "read"), ("adder", "compute"), ("neurons", "add")}
    assert all(one["source"] for one in record["energies"])


def test_listeners_hear_of_every_search(engine, arch):
    heard = []
    evaluate(arch, run_of(layer("a"), layer("b", M=6)), progress=heard.append)
    assert [(one.layer, one.index, one.layers, one.done) for one in heard] == [
        ("layer a", 0, 2, False), ("layer a", 0, 2, True), ("layer b", 1, 2, False), ("layer b", 1, 2, True)]


def test_mappings_come_in_timeloops_format(engine, arch):
    text = evaluate(arch, run_of()).layers[0].mapping_yaml
    assert text.startswith("mapping:")
    assert "target: DRAM" in text


def test_an_unknown_engine_is_refused(arch):
    with pytest.raises(SpecError, match='engine: seen "warp", expected one of native'):
        evaluate(arch, run_of(), engine="warp")
