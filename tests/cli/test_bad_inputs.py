"""What a new user gets wrong: a message with file, line and what would be right, status 2 or 4, no traceback, nothing left behind."""

import pytest
from command import ARCH, EVALUATE, RUN

ARCHITECTURES = {
    "an empty file": ("", "error: bad.yaml: seen an empty file, expected a mapping (key: value)\n"),
    "no compute": (ARCH[:ARCH.index("  - !Component\n    name: mac")],
                   "error: bad.yaml:3: architecture.nodes: seen no compute, "
                   "expected a !Component whose class contains mac or compute, as the last level\n"),
    "a capacity of 0": (ARCH.replace("depth: 64", "depth: 0"),
                        "error: bad.yaml:14: architecture.nodes[2].attributes.depth: seen 0, expected a number x with x >= 1\n"),
    "two levels of one name": (ARCH.replace("name: GLB", "name: DRAM"),
                               "error: bad.yaml:12: architecture.nodes[2].name: seen a second DRAM, "
                               "expected a name of its own for each component; the first stands in line 8\n"),
    "a key with a typo, and what it leaves unsaid": (
        ARCH.replace("depth: 64", "depht: 64"),
        "error: bad.yaml:14: architecture.nodes[2].attributes.depht: seen the unknown attribute depht, "
        'expected a known one; did you mean "depth"?\n'
        "error: bad.yaml:14: architecture.nodes[2].attributes.depth: seen nothing, expected rows; only a DRAM may be without; "
        "add depth, or depth: inf for an unbounded level\n"),
    "a Python tag": ("architecture: !!python/object/apply:os.system ['touch pwned']\n",
                     "error: bad.yaml:1: seen the tag !!python/object/apply:os.system, expected no tag, or one of "),
    "50 MB": ("a: 1\n" * 10_000_000, "error: bad.yaml: seen a file of more than 16 MiB, expected at most 16 MiB of YAML or JSON\n"),
}  # fmt: skip
RUNS = {
    "an empty file": ("", "error: bad.json: seen an empty file, expected a mapping (key: value)\n"),
    "a density of 1.2": (RUN.replace("0.1", "1.2"),
                         "error: bad.json:7: layers[0].density.inputs: seen 1.2, expected a density x with 0 <= x <= 1; "
                         "a density is the share of non-zeros, 1 - sparsity, no percentage\n"),
    "a shape that does not multiply out": (
        RUN.replace('"C": 4', '"C": 5'),
        "error: bad.json:8: layers[1].shape.C: seen 5, expected 4, from 4 values (the layer before is fc1); "
        'if these layers do not follow one another, add "standalone": true to the file\n'),
    "T = 0": (RUN.replace('"time_steps": 4', '"time_steps": 0'),
              "error: bad.json:4: time_steps: seen 0, expected a whole number x with x >= 1\n"),
    "no layers": (RUN[:RUN.index("  \"layers\"")] + '  "layers": []\n}\n', "error: bad.json:5: layers: "),
    "two problems at once": (RUN.replace("0.1", "1.2").replace('"time_steps": 4', '"time_steps": 0'),
                             "error: bad.json:4: time_steps: seen 0, expected a whole number x with x >= 1\nerror: bad.json:7: "),
}  # fmt: skip


def assert_refused(done, before, snnhw, message, status=2):
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith(message)
    assert "Traceback" not in done.err
    assert snnhw.files() == before


@pytest.mark.parametrize("what", ARCHITECTURES)
def test_an_architecture_is_refused(snnhw, what):
    text, message = ARCHITECTURES[what]
    snnhw.write("bad.yaml", text)
    before = snnhw.files()
    assert_refused(snnhw("evaluate", "--arch", "bad.yaml", "--stats", "run.json", "-o", "out"), before, snnhw, message)
    assert_refused(snnhw("energy", "--arch", "bad.yaml"), before, snnhw, message)
    assert_refused(snnhw("check", "bad.yaml"), before, snnhw, message)


@pytest.mark.parametrize("what", RUNS)
def test_a_run_file_is_refused(snnhw, what):
    text, message = RUNS[what]
    snnhw.write("bad.json", text)
    before = snnhw.files()
    assert_refused(snnhw("evaluate", "--arch", "arch.yaml", "--stats", "bad.json", "-o", "out"), before, snnhw, message)


@pytest.mark.parametrize(("option", "file"), [("--arch", "."), ("--stats", "."), ("--mapper", ".")])
def test_a_directory_is_no_input(snnhw, option, file):
    args = dict(zip(EVALUATE[1::2], EVALUATE[2::2], strict=True)) | {option: file}
    done = snnhw("evaluate", *(word for pair in args.items() for word in pair))
    assert_refused(done, snnhw.files(), snnhw, "error: .: seen a directory, expected a YAML or JSON file\n")


@pytest.mark.parametrize(("option", "name", "said"), [
    ("--arch", "eyeris_snn", 'did you mean "eyeriss_snn"?'), ("--stats", "tcja_dvs_gesture/w9", 'did you mean "tcja_dvs_gesture/w8"?'),
    ("--mapper", "defualt", 'did you mean "default"?')])  # fmt: skip
def test_a_preset_with_a_typo_gets_a_near_miss(snnhw, option, name, said):
    args = dict(zip(EVALUATE[1::2], EVALUATE[2::2], strict=True)) | {option: name}
    done = snnhw("evaluate", *(word for pair in args.items() for word in pair))
    assert_refused(done, snnhw.files(), snnhw, f"error: {name}: seen no such file, expected ")
    if name != "tcja_dvs_gesture/w9":
        assert done.err.endswith(f"{said}\n")


def test_a_folder_that_cannot_be_written_is_said_before_any_search(snnhw):
    before = snnhw.files()
    done = snnhw(*EVALUATE, "-o", "/proc/snnhw/out")
    assert_refused(done, before, snnhw, "error: /proc/snnhw/out: cannot be written (", status=4)
    done = snnhw(*EVALUATE, "-o", "run.json/out")
    assert_refused(done, before, snnhw, "error: run.json/out: cannot be the output folder, ", status=4)


def test_the_record_file_of_model_is_checked_before_anything_is_evaluated(snnhw):
    before = snnhw.files()
    done = snnhw("model", "arch.yaml", "--json", ".")
    assert_refused(done, before, snnhw, "error: .: cannot be written, it is a folder; name a file\n", status=4)
    done = snnhw("model", "arch.yaml", "--json", "run.json/x")
    assert_refused(done, before, snnhw, "error: run.json: cannot be the output folder", status=4)


@pytest.mark.parametrize(("args", "message"), [
    (["--set", "weight_bits"], 'Error: Invalid value for \'--set\': seen "weight_bits", expected name=value, such as weight_bits=4\n'),
    (["--set", "=4"], 'Error: Invalid value for \'--set\': seen "=4", expected name=value, such as weight_bits=4\n'),
    (["--set", "a=1", "--set", "a=2"], "Error: --set a is given twice: 1 and 2\n"),
    (["--jobs", "0"], "Error: Invalid value for '--jobs': 0 is not in the range x>=1.\n"),
    (["--seed", "x"], "Error: Invalid value for '--seed': 'x' is not a valid integer range.\n"),
    (["--causality", "lax"], "Error: Invalid value for '--causality': 'lax' is not one of 'strict', 'layer', 'free'.\n"),
    (["--causality", "strict,lax"], "Error: Invalid value for '--causality': 'lax' is not one of 'strict', 'layer', 'free'.\n"),
    (["--causality", "free,free"], "Error: Invalid value for '--causality': 'free,free' names a policy twice.\n"),
])  # fmt: skip
def test_an_option_is_refused(snnhw, args, message):
    done = snnhw(*EVALUATE, *args)
    assert (done.status, done.out) == (2, "")
    assert done.err.endswith(message)


def test_a_variable_that_the_architecture_lacks_is_refused(snnhw):
    done = snnhw("energy", "--arch", "eyeriss_snn", "--set", "weigth_bits=4")
    assert done.status == 2
    assert "seen a value for the variable weigth_bits, expected one of " in done.err
    assert done.err.endswith('did you mean "weight_bits"?\n')


def test_a_missing_option_that_takes_presets_names_them(snnhw):
    done = snnhw("evaluate", "--stats", "run.json")
    assert (done.status, done.out) == (2, "")
    assert "Missing option '--arch'.\nIt takes a file or a preset: eyeriss_ann, " in done.err
    assert "preset" not in snnhw("pareto", "out").err


def test_a_folder_without_a_result_names_results_below(snnhw):
    (snnhw.folder / "project" / "out" / "first").mkdir(parents=True)
    snnhw.write("project/out/first/result.json", "{}")
    said = "seen No such file or directory, expected a result.json of snnhw evaluate"
    assert snnhw("show", "project").err == f"error: project/result.json: {said}; there is one in project/out/first\n"
    for name in ("a", "b", "c"):
        (snnhw.folder / "project" / "out" / name).mkdir()
        snnhw.write(f"project/out/{name}/result.json", "{}")
    assert snnhw("show", "project").err.endswith("; there are results in project/out/a, project/out/b, project/out/c and 1 more\n")
    assert snnhw("show", "nowhere").err == f"error: nowhere: {said}\n"


def test_all_files_that_are_wrong_are_told_at_once(snnhw):
    done = snnhw("evaluate", "--arch", "tiny", "--stats", "mnist", "--mapper", "quik")
    assert (done.status, done.out) == (2, "")
    assert [(line.split(": ")[1], line.rpartition("; ")[2]) for line in done.err.splitlines()] == [
        ("mnist", 'did you mean "mnist_784_400"?'), ("quik", 'did you mean "quick"?'), ("tiny", 'did you mean "tiny_snn"?')]


@pytest.mark.parametrize(("value", "said"), [
    ("xx", 'seen "xx", expected a process node in nm; write it as "28nm"'),
    ("180nm", "seen 180 nm, expected 7 to 65 nm; give an energy reference table (ERT) for other nodes")])
def test_a_technology_that_there_is_not_is_refused_with_option_and_place(snnhw, value, said):
    done = snnhw("energy", "tiny_snn", "--set", f"technology={value}")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: --set technology={value}: ")
    assert done.err.endswith(f"arch/tiny_snn.yaml:7: variables.technology: {said}\n")


def test_a_width_below_what_the_run_needs_is_refused(snnhw):
    done = snnhw("evaluate", "--arch", "eyeriss_snn", "--stats", "run.json", "--set", "weight_bits=4")
    assert_refused(done, snnhw.files(), snnhw, "error: run.json: layers: fc1: bits.weights: seen 8, expected at most 4, the value set for "
                   "weight_bits; leave weight_bits out: it is taken from the run\n")
