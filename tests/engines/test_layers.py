"""The native engine, one layer after the other and at once."""

import pickle

import pytest
from engines.small import arch_file, layer, run_of

from snnhw.engines.evaluate import evaluate
from snnhw.errors import Finding, SearchError, SpecError
from snnhw.report.folder import json_text
from snnhw.spec.mapper import MapperConfig

QUICK = MapperConfig(name="quick", max_evaluations=200)


@pytest.mark.slow
def test_jobs_change_no_byte(tmp_path):
    run = run_of(layer("a"), layer("b", M=6), layer("c"), layer("d", C=12))
    arch = arch_file(tmp_path)
    assert json_text(evaluate(arch, run, mapper=QUICK, jobs=2)) == json_text(evaluate(arch, run, mapper=QUICK))


@pytest.mark.slow
def test_what_nothing_fits_is_named_from_another_process_too(tmp_path):
    constraints = "constraints: {dataspace: {keep: [Weights]}, temporal: {factors: [C=512, M=512]}}"
    small = arch_file(tmp_path).read_text().replace("name: buffer", f"name: buffer\n    {constraints}")
    arch = arch_file(tmp_path, small)
    run = run_of(layer("a", C=512, M=512), layer("b", C=512, M=1024))
    for jobs in (1, 2):
        with pytest.raises(SearchError, match=r"^layer a: "):
            evaluate(arch, run, mapper=QUICK, jobs=jobs)


def test_a_native_result_is_as_good_as_its_mapping_says(tmp_path):
    """What the search says of the best mapping is what the model says of it."""
    from snnhw.energy import estimate
    from snnhw.engines.interface import engine_named
    from snnhw.engines.layers import attempts
    from snnhw.engines.task import Task
    from snnhw.spec.constraints import Constraints
    from snnhw.spec.load import load_architecture

    architecture = load_architecture(arch_file(tmp_path), {"state_bits": 16})
    reference = estimate(architecture)
    task = Task(label="layer a", problem=layer("a").problem(10), architecture=architecture, constraints=Constraints(), reference=reference,
                config=QUICK)
    engine = engine_named("native")
    (found,) = attempts(engine, [task])
    assert engine.evaluate(architecture, task.problem, found.mapping, reference) == found.evaluation


def test_errors_come_whole_out_of_another_process():
    error = SpecError([Finding(file="a.yaml", line=3, key="x", seen="1", expected="2"), Finding(file="b.yaml", seen="3")])
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == "a.yaml:3: x: seen 1, expected 2\nb.yaml: seen 3"
    assert again.findings == error.findings
