"""Questions that the real Timeloop can be asked, and those that it cannot."""

from dataclasses import replace

import pytest
import yaml
from engines.small import arch_file, layer

from snnhw.energy import estimate
from snnhw.engines.timeloop import mapper_options
from snnhw.engines.timeloop_form import raised_mapping, timeloop_form
from snnhw.errors import EngineError
from snnhw.spec.architecture import MetadataStore
from snnhw.spec.constraints import Constraints, StorageConstraint
from snnhw.spec.load import load_architecture
from snnhw.spec.mapper import MapperConfig, Product
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Tensor, Term
from snnhw.spec.sparse import FormatRank, RepresentationFormat, SparseOptimizations

EVERY = frozenset({"Weights", "Inputs", "Outputs"})
KEPT = Constraints(storage=(StorageConstraint(level="DRAM", keep=EVERY), StorageConstraint(level="buffer", keep=EVERY)))
MAPPING = Mapping(levels=(LevelMapping(level="DRAM", temporal=(Loop(dimension="T", bound=10), Loop(dimension="M", bound=4)), keep=EVERY),
                          LevelMapping(level="buffer", temporal=(Loop(dimension="C", bound=8),), keep=EVERY)))


@pytest.fixture
def architecture(tmp_path):
    return replace(load_architecture(arch_file(tmp_path)), constraints=KEPT)


def form(architecture, problem=None, **given):
    given = given or {"mapping": MAPPING}
    return timeloop_form(architecture, problem or layer("a").problem(10), estimate(architecture), **given)


def packed(*places, format_name="RLE"):
    return SparseOptimizations(formats=tuple(
        RepresentationFormat(level=level, tensor="Inputs", ranks=(FormatRank(format=format_name, metadata_word_bits=4),))
        for level in places))


def test_the_input_is_complete_and_has_energies_of_every_level(architecture):
    data = yaml.safe_load(form(architecture).text)
    assert set(data) == {"architecture", "problem", "mapping", "ERT", "ART"}
    names = [level["name"] for level in data["architecture"]["subtree"][0]["local"]]
    tables = {table["name"].split(".", 1)[1] for table in data["ERT"]["tables"]}
    assert set(names) <= tables
    assert not any("<==>" in name for name in tables)


def test_a_search_has_constraints_and_a_mapper_and_no_mapping(architecture):
    config = MapperConfig(max_evaluations=7, timeout=9, victory_condition=3)
    data = yaml.safe_load(form(architecture, mapper=mapper_options(config, 3)).text)
    assert "mapping" not in data
    assert {key: data["mapper"][key] for key in ("search_size", "num_threads", "log_stats", "optimization_metrics")} == {
        "search_size": 7, "num_threads": 3, "log_stats": True, "optimization_metrics": ["edp"]}
    assert (data["mapper"]["timeout"], data["mapper"]["victory_condition"]) == (9, 3)
    targets = [(one["target"], one["type"]) for one in data["architecture_constraints"]["targets"]]
    assert len(set(targets)) == len(targets)


def test_energies_are_left_to_accelergy_only_when_asked(architecture):
    data = yaml.safe_load(form(architecture, mapping=MAPPING, tables=False).text)
    assert not {"ERT", "ART"} & set(data)
    (tree,) = data["architecture"]["subtree"]
    assert tree["attributes"]["technology"] == '"28nm"'
    asked = {part["name"].split("[")[0]: part.get("required_actions") for part in tree["local"]}
    assert asked["buffer_Weights"] == ["read", "write", "update", "leak"]
    assert asked["adder"] == ["compute", "leak"]


def test_a_metric_that_timeloop_has_not_is_refused(architecture):
    with pytest.raises(EngineError, match="Timeloop knows edp, energy, delay and no other product"):
        mapper_options(MapperConfig(metrics=(Product(energy=1, cycles=2),)), 2)


def test_a_lowered_mapping_said_of_the_users_levels_is_what_it_was(architecture):
    lowered = form(architecture)
    assert len(lowered.lowered.architecture.storage) == 6
    assert raised_mapping(lowered, lowered.lowered.mapping) == MAPPING


def test_what_timeloop_cannot_say_is_listed(architecture):
    assert form(architecture).lost == ("buffer: its tensors share one capacity; each of the levels that stand for it has all of it",)


@pytest.mark.parametrize(("change", "said"), [
    (lambda a: replace(a, sparse=packed("buffer")), "Inputs is uncompressed at DRAM_Inputs and compressed at buffer_Inputs, at which"),
    (lambda a: replace(a, sparse=packed("DRAM")), "Inputs is compressed at DRAM_Inputs and not at buffer_Inputs, which it takes for"),
    (lambda a: replace(a, storage=(*a.storage[:-1], replace(a.storage[-1], depth_words=2**31))),
     "is above 2147483647, its largest integer"),
    (lambda a: replace(a, sparse=packed("DRAM", "buffer"), storage=tuple(
        replace(level, metadata=MetadataStore(width_bits=2, depth_words=8, word_bits=2)) for level in a.storage)),
     "words of metadata of 4 bits are wider than metadata_storage_width"),
])
def test_what_the_real_one_is_known_to_stop_at_is_refused_with_the_reason(architecture, change, said):
    with pytest.raises(EngineError, match=f"^the real Timeloop cannot be asked this: .*{said}"):
        form(change(architecture))


def test_sparse_problems_with_other_than_two_operands_are_refused(architecture):
    problem = layer("a").problem(10)
    third = Tensor(name="Gates", projection=((Term(dimension="C"),),))
    with pytest.raises(EngineError, match="its sparse analysis asserts that there are two operands, here are 3"):
        form(replace(architecture, sparse=packed("DRAM", "buffer")), replace(problem, tensors=(third, *problem.tensors)))
