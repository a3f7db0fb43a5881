"""Results kept on disk."""

import json
from dataclasses import replace

import pytest
from engines.small import QuickEngine, arch_file, layer, measured, run_of

from snnhw.engines import cache as cache_module
from snnhw.engines import evaluate as module
from snnhw.engines.cache import ResultCache, cache_info, clear_cache
from snnhw.engines.codec import decoded, encoded
from snnhw.engines.evaluate import evaluate
from snnhw.model.result import SearchReport
from snnhw.report.folder import json_text
from snnhw.spec.mapper import MapperConfig, Product


class Counting(QuickEngine):
    """Counts the evaluations that it is asked for, and ends its searches as it is told to."""

    evaluations = 0
    ended_by = "budget"

    def search(self, *inputs):
        found = super().search(*inputs)
        report = SearchReport(evaluated=7, pruned=3, seconds=0.5, ended_by=self.ended_by, left=2, lower_bound=1 / 3, objective=0.5)
        return replace(found, report=report)

    def evaluate(self, *inputs):
        self.evaluations += 1
        return super().evaluate(*inputs)


@pytest.fixture
def engine(monkeypatch):
    quick = Counting()
    monkeypatch.setattr(module, "engine_named", lambda name: quick)
    return quick


@pytest.fixture
def arch(tmp_path):
    return arch_file(tmp_path)


def stepping(name="a"):
    """A layer with a density for each step."""
    one = layer(name)
    inputs = replace(measured(0.25), per_step=(0.1, 0.2, 0.3, 0.4) + (0.25,) * 6)
    return replace(one, densities=replace(one.densities, inputs=inputs))


def files():
    return sorted(path for path in cache_module.results_folder().rglob("*") if path.is_file())


def test_what_was_found_is_not_searched_again_and_changes_no_byte(engine, arch):
    """Neither the search nor the evaluations of time steps; without the cache the bytes are the same."""
    run = run_of(stepping(), layer("b", M=6))
    first = json_text(evaluate(arch, run))
    assert (len(engine.asked), engine.evaluations) == (2, 5), "a step has the mean density"
    assert json_text(evaluate(arch, run)) == first
    assert (len(engine.asked), engine.evaluations) == (2, 5)
    assert json_text(evaluate(arch, run, cache=False)) == first
    assert (len(engine.asked), engine.evaluations) == (4, 11)


def test_without_the_cache_nothing_is_kept(engine, arch):
    """Nor with a search that the clock or the user ended."""
    evaluate(arch, run_of(), cache=False)
    for engine.ended_by in ("seconds", "interrupted"):
        evaluate(arch, run_of())
    assert files() == []


def test_names_of_layers_and_mappers_do_not_count(engine, arch):
    """A problem of the same content is the same problem."""
    evaluate(arch, run_of(layer("a")), mapper=MapperConfig(name="x"))
    result = evaluate(arch, run_of(layer("b")), mapper=MapperConfig(name="y"))
    assert len(engine.asked) == 1
    assert (result.layers[0].name, result.layers[0].problem.name) == ("b", "b")


@pytest.mark.parametrize("change", [
    {"seed": 1}, {"max_evaluations": 7}, {"max_seconds": 3.0}, {"metrics": (Product(energy=1, cycles=2),)}, {"causality": "free"},
    {"timeout": 5}, {"victory_condition": 5}, {"algorithm": "random"}])
def test_every_setting_of_a_search_counts(engine, arch, change):
    """Whatever it changes."""
    evaluate(arch, run_of())
    evaluate(arch, run_of(), mapper=MapperConfig(**change))
    assert len(engine.asked) == 2


def test_problem_architecture_energies_and_versions_count(engine, arch, monkeypatch):
    """So that no result of other figures is taken for these."""
    evaluate(arch, run_of())
    evaluate(arch, run_of(layer("a", spikes=0.5)))
    assert len(engine.asked) == 1, "outgoing spikes are no part of the search"
    evaluate(arch, run_of(layer("a", C=9)))
    arch.write_text(arch.read_text().replace("depth: 64", "depth: 65"))
    evaluate(arch, run_of())
    arch.write_text(arch.read_text().replace('"28nm"', '"45nm"'))
    evaluate(arch, run_of())
    engine.version = "2"
    evaluate(arch, run_of())
    monkeypatch.setattr(cache_module, "__version__", "9.9")
    evaluate(arch, run_of())
    monkeypatch.setattr(cache_module, "source_digest", lambda *packages: "other sources")
    evaluate(arch, run_of())
    assert len(engine.asked) == 7


@pytest.mark.parametrize("damage", [
    lambda raw: raw[: len(raw) // 2], lambda raw: b"", lambda raw: raw.replace(b'"bound": 8', b'"bound": 4'), lambda raw: b"\xff" + raw,
    lambda raw: b"[" * 100_000, lambda raw: raw.replace(b"snnhw.cache/1", b"snnhw.cache/0"), lambda raw: raw + b" "])
def test_a_damaged_file_is_noticed_and_made_again(engine, arch, damage):
    """Cut, empty, changed, no text, no JSON, of another schema."""
    first = json_text(evaluate(arch, run_of()))
    (file,) = files()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert file.read_bytes() != whole
    assert json_text(evaluate(arch, run_of())) == first
    assert len(engine.asked) == 2
    assert file.read_bytes() == whole


def test_a_file_under_the_key_of_another_is_noticed(engine, arch):
    """The checksum is over the key too."""
    evaluate(arch, run_of(layer("a")))
    (first,) = files()
    evaluate(arch, run_of(layer("a", M=6)))
    (second,) = set(files()) - {first}
    second.write_bytes(first.read_bytes())
    assert evaluate(arch, run_of(layer("a", M=6))).layers[0].problem.bounds["M"] == 6
    assert len(engine.asked) == 3


def test_a_file_that_says_something_else_is_noticed(engine, arch):
    """Its checksum may be right."""
    evaluate(arch, run_of())
    (file,) = files()
    loop = '{"is": "Loop", "has": {"dimension": "M", "bound": 2}}'
    for body in (loop, '{"is": "Unknown", "has": {}}', '{"is": "Loop", "has": {"x": 1}}', "3"):
        file.write_text(json.dumps(cache_module._head(file.stem, body)) + "\n" + body)
        evaluate(arch, run_of())
    assert len(engine.asked) == 5


def test_a_folder_that_cannot_be_written_is_no_error(engine, arch, tmp_path, monkeypatch):
    """Nothing is kept then."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(cache_module, "results_folder", lambda: tmp_path / "file" / "results")
    assert evaluate(arch, run_of()).layers
    assert evaluate(arch, run_of()).layers
    assert len(engine.asked) == 2


def test_no_part_of_a_file_is_left_behind(engine, arch):
    """Files are built beside and renamed."""
    evaluate(arch, run_of())
    assert [file.suffix for file in files()] == [".json"]


def test_info_and_clear(engine, arch, tmp_path, monkeypatch):
    """Clearing removes results and nothing else, and may be done twice."""
    monkeypatch.setattr(cache_module, "cache_base", lambda: tmp_path)
    evaluate(arch, run_of(layer("a"), layer("b", M=6)))
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "one").write_text("12345")
    info = cache_info()
    assert (info.folder, info.results, info.kernel_bytes) == (tmp_path, 2, 5)
    assert info.result_bytes == sum(file.stat().st_size for file in files())
    assert (clear_cache(), clear_cache()) == (2, 0)
    assert (cache_info().results, cache_info().kernel_bytes) == (0, 5)


def test_values_come_back_as_what_they_were():
    """Also floats that are whole, integers in place of floats, infinities, sets and what looks like a class."""
    values = {"a": (1, 1.0, 0.1 + 0.2, float("inf"), None, True, "x"), "is": {"has": frozenset({"b", "a"})},
              "p": Product(energy=1, cycles=2.0)}
    again = decoded(json.loads(json.dumps(encoded(values))), {"Product": Product})
    assert again == values
    assert [type(value) for value in again["a"]] == [type(value) for value in values["a"]]
    assert type(again["p"].energy) is int


def test_a_set_has_one_order():
    """So that the same input has the same key."""
    assert encoded(frozenset("cab")) == {"is": "set", "has": ["a", "b", "c"]}


def test_the_native_engine_keeps_what_it_finds(arch, monkeypatch):
    """Neither search nor model is asked again; the report says what the search did that found it."""
    def asked(*inputs):
        raise AssertionError("asked again")

    first = evaluate(arch, run_of(stepping()), mapper=MapperConfig(max_evaluations=100))
    monkeypatch.setattr("snnhw.search.search", asked)
    monkeypatch.setattr("snnhw.model.evaluate", asked)
    assert evaluate(arch, run_of(stepping()), mapper=MapperConfig(max_evaluations=100)) == first


def test_a_cache_belongs_to_an_engine(engine, arch):
    """What one engine found another one does not give."""
    evaluate(arch, run_of())
    engine.name = "other"
    evaluate(arch, run_of())
    assert len(engine.asked) == 2


def test_what_is_computed_once_is_remembered(engine):
    """By kind and inputs."""
    cache = ResultCache(engine)
    asked = [cache.remembered(kind, inputs, lambda: (kind, inputs)) for kind in ("a", "b") for inputs in (1, 1.0)]  # noqa: B023
    assert asked == [("a", 1), ("a", 1.0), ("b", 1), ("b", 1.0)]
    assert cache.remembered("a", 1, lambda: 7) == ("a", 1)
