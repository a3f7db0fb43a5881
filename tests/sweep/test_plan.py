"""Plans: which points, in which order, and what is wrong with a plan."""

import pytest
from engines.small import ARCH, arch_file
from sweep.fakes import PLAN, plan_file

from snnhw.errors import SpecError
from snnhw.sweep.plan import Axis, Plan, Sample
from snnhw.sweep.plan_form import read_plan


def read(folder, text):
    return read_plan(plan_file(folder, text))


def refused(folder, text):
    with pytest.raises(SpecError) as caught:
        read(folder, text)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_grid_is_crossed_and_the_last_axis_varies_fastest(tmp_path):
    points = list(read(tmp_path, PLAN))
    assert [(dict(one.variables)["weight_bits"], one.seed) for one in points] == [(bits, seed) for bits in (8, 9, 10) for seed in range(4)]
    assert {(one.arch, one.stats, one.mapper, one.causality) for one in points} == {("tiny_snn", "mnist_784_400", "quick", None)}


def test_architectures_runs_mappers_and_causality_are_crossed(tmp_path):
    plan = read(tmp_path, """sweep:
  grid:
    arch: [tiny_snn, eyeriss_snn]
    stats: [mnist_784_400, tcja_dvs_gesture/w2]
    mapper: [quick, default]
    causality: [strict, layer, free]
    membrane: per_step
""")
    points = list(plan)
    assert len(points) == len(set(points)) == plan.grid_size == 24
    assert {one.membrane for one in points} == {"per_step"}


def test_a_plan_with_a_base_alone_has_one_point(tmp_path):
    assert len(list(read(tmp_path, "sweep: {base: {arch: tiny_snn, stats: mnist_784_400}}\n"))) == 1


def test_single_points_come_behind_the_grid_and_none_comes_twice(tmp_path):
    text = PLAN + """  points:
    - {seed: 0, variables: {weight_bits: 9}}
    - {seed: 9, variables: {weight_bits: 9}}
    - {seed: 9, variables: {weight_bits: 9}}
"""
    points = list(read(tmp_path, text))
    assert len(points) == len(set(points)) == 13
    assert points[-1].seed == 9


def test_single_points_alone_need_no_grid(tmp_path):
    points = list(read(tmp_path, "sweep: {points: [{arch: tiny_snn, stats: mnist_784_400, causality: free}]}\n"))
    assert [one.causality for one in points] == ["free"]


@pytest.mark.parametrize(("given", "values"), [
    ("{first: 1, last: 4}", [1, 2, 3, 4]), ("{first: 2, last: 9, step: 3}", [2, 5, 8]),
    ("{first: 8, last: 64, factor: 2}", [8, 16, 32, 64]),
    ("{first: 0.1, last: 0.5, step: 0.1}", [0.1, 0.2, 0.3, 0.4, 0.5]), ("5", [5]), ("[none, RLE]", ["none", "RLE"]),
])
def test_values_of_a_variable_are_a_list_or_a_range(tmp_path, given, values):
    plan = read(tmp_path, f"sweep: {{base: {{arch: tiny_snn, stats: mnist_784_400}}, grid: {{variables: {{buffer_row_bits: {given}}}}}}}\n")
    assert [dict(one.variables)["buffer_row_bits"] for one in plan] == values


def test_filters_speak_of_inputs_variables_and_widths_of_the_run(tmp_path):
    text = PLAN + '  where: [weight_bits > 8, "seed < 2 or input_bits > 1", arch == "tiny_snn"]\n'
    assert [(dict(one.variables)["weight_bits"], one.seed) for one in read(tmp_path, text)] == [(9, 0), (9, 1), (10, 0), (10, 1)]


def test_a_width_that_is_not_set_is_the_one_of_the_run(tmp_path):
    text = """sweep:
  grid: {arch: eyeriss_snn, stats: [tcja_dvs_gesture/w2, tcja_dvs_gesture/w8]}
  where: weight_bits < 4
"""
    assert [one.stats for one in read(tmp_path, text)] == ["tcja_dvs_gesture/w2"]


def test_a_sample_is_drawn_without_replacement_and_by_its_seed(tmp_path):
    def drawn(seed):
        return list(read(tmp_path, PLAN + f"  sample: {{count: 5, seed: {seed}}}\n"))

    grid = set(read(tmp_path, PLAN))
    assert len(set(drawn(0))) == 5
    assert set(drawn(0)) <= grid
    assert drawn(0) == drawn(0) != drawn(1)


def test_a_sample_counts_points_that_pass_the_filters(tmp_path):
    points = list(read(tmp_path, PLAN + "  sample: {count: 4}\n  where: weight_bits == 9\n"))
    assert len(set(points)) == 4
    assert {dict(one.variables)["weight_bits"] for one in points} == {9}


def test_a_sample_of_more_than_there_are_is_all_of_them(tmp_path):
    assert set(read(tmp_path, PLAN + "  sample: {count: 99}\n")) == set(read(tmp_path, PLAN))


def test_a_huge_grid_is_sampled_without_being_made():
    axes = tuple(Axis(name=f"v{i}", values=tuple(range(1000)), is_variable=True) for i in range(6))
    plan = Plan(base={"arch": "a", "stats": "s"}, grid=axes, sample=Sample(count=1000))
    points = list(plan)
    assert plan.grid_size == 10**18
    assert len(set(points)) == 1000
    means = [sum(point.variables[i][1] for point in points) / 1000 for i in range(6)]
    assert all(430 < mean < 570 for mean in means)  # uniform on each axis: 499.5, seven deviations of 9.1 either way


def test_a_sample_that_a_filter_lets_starve_is_an_error():
    axes = (Axis(name="v", values=tuple(range(200_000)), is_variable=True),)
    plan = Plan(base={"arch": "a", "stats": "s"}, grid=axes, sample=Sample(count=2), where=(lambda point: False,))
    with pytest.raises(SpecError, match=r"plan: sweep\.where: seen 0 of 2,000 drawn points that pass, expected 2 of them; narrow the grid"):
        list(plan)


def test_names_of_files_begin_at_the_folder_of_the_plan(tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_text("mapper: {version: 0.1, max_evaluations: 7}\n")
    plan_file(tmp_path, "sweep: {base: {arch: tiny_snn, stats: mnist_784_400, mapper: mine.yaml}}\n")
    monkeypatch.chdir("/")
    assert len(list(read_plan(tmp_path / "plan.yaml"))) == 1


@pytest.mark.parametrize(("text", "said"), [
    ("sweep: {base: {arch: tiny_sn, stats: mnist_784_400}}\n", 'plan.yaml:1: sweep.base.arch: seen "tiny_sn", no such file'),
    ("sweep:\n  grid:\n    stats: [mnist_784_400, nothing]\n  base: {arch: tiny_snn}\n",
     'plan.yaml:3: sweep.grid.stats[1]: seen "nothing", no such file'),
    ("sweep: {base: {arch: tiny_snn}}\n", "plan.yaml:1: sweep: seen nothing for stats, expected stats in base, in grid or in each point"),
    (PLAN.replace("weight_bits", "weight_bit"), "plan.yaml:6: sweep.grid.variables.weight_bit: seen the variable weight_bit, expected one "
     "that tiny_snn declares"),
    (PLAN + "  wher: 1\n", 'seen the unknown key wher, expected one of base, grid, points, sample, version, where; did you mean "where"?'),
    (PLAN.replace("[0, 1, 2, 3]", "[0, 0]"), "plan.yaml:7: sweep.grid.seed: seen [0, 0], expected each value once"),
    (PLAN.replace("[8, 9, 10]", "{first: 3, last: 1}"), "sweep.grid.variables.weight_bits.last: seen 1, expected a number x with x >= 3"),
    (PLAN.replace("[8, 9, 10]", "{first: 1, last: 4, step: 1, factor: 2}"), "seen step and factor, expected one of them"),
    (PLAN.replace("[8, 9, 10]", "{first: 1, last: 4, factor: 1}"), "expected a factor above 1, and a first number above 0"),
    (PLAN.replace("[8, 9, 10]", "{first: 0, last: 1e9}"), "seen more than 100,000 values, expected less"),
    ("sweep: {base: {arch: tiny_snn, stats: mnist_784_400}, sample: {count: 3}}\n", "sweep.sample: seen a sample, expected a grid"),
    ("sweep: {base: {arch: tiny_snn, stats: mnist_784_400, causality: loose}}\n", "expected one of strict, layer, free"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, said):
    assert said in refused(tmp_path, text)


@pytest.mark.parametrize(("where", "said"), [
    ("weight_bit > 8", "'weight_bit > 8': weight_bit is not defined; did you mean \"weight_bits\"?"),
    ("weight_bits >", "'weight_bits >': no expression that can be read"),
    ("__import__('os')", "cannot be called here"),
])
def test_a_filter_that_cannot_be_computed_is_an_error(tmp_path, where, said):
    plan = read(tmp_path, f"{PLAN}  where: {where}\n")
    with pytest.raises(SpecError) as caught:
        list(plan)
    assert str(caught.value).startswith(f"{tmp_path}/plan.yaml:8: sweep.where: seen ")
    assert said in str(caught.value)


WIDTHS = "sweep:\n  base: {arch: tiny_snn, stats: tcja_dvs_gesture/w8, mapper: quick}\n  grid:\n    variables: {weight_bits: [4, 8, 17]}\n"


def test_a_width_that_no_run_fits_is_told_before_anything_is_evaluated(tmp_path):
    assert refused(tmp_path, WIDTHS).splitlines() == [
        "plan.yaml:4: sweep.grid.variables.weight_bits[0]: seen 4, expected at least 8, which weights of tcja_dvs_gesture/w8 need; "
        "leave weight_bits out: it is taken from the run",
        "plan.yaml:4: sweep.grid.variables.weight_bits[2]: seen 17, expected 1 <= x <= 16"]
    assert "plan.yaml:5: sweep.points[0].variables.state_bits: seen 8, expected at least 16" in refused(
        tmp_path, WIDTHS.replace("4, 8, 17", "8") + "  points: [{variables: {state_bits: 8}}]\n")


def test_a_width_that_one_run_fits_or_a_filter_leaves_out_is_none_of_those(tmp_path):
    fits = WIDTHS.replace("4, 8, 17", "4, 8").replace("  grid:\n", "  grid:\n    stats: [tcja_dvs_gesture/w8, tcja_dvs_gesture/w4]\n")
    assert read(tmp_path, fits).grid_size == 4
    assert len(list(read(tmp_path, WIDTHS + "  where: weight_bits == 8\n"))) == 1


BASE_4 = """sweep:
  base: {arch: tiny_snn, stats: tcja_dvs_gesture/w8, mapper: quick, variables: {weight_bits: 4, state_bits: 8}}
"""
REFUSED_4 = ("plan.yaml:2: sweep.base.variables.weight_bits: seen 4, expected at least 8, which weights of tcja_dvs_gesture/w8 need; "
             "leave weight_bits out: it is taken from the run")
REFUSED_8 = ("plan.yaml:2: sweep.base.variables.state_bits: seen 8, expected at least 16, which state of tcja_dvs_gesture/w8 need; "
             "leave state_bits out: it is taken from the run")


@pytest.mark.parametrize("rest", [
    "", "  points: [{seed: 1}, {seed: 2}]\n", "  grid: {seed: [1, 2]}\n  points: [{seed: 3}]\n", "  grid: {seed: [1, 2]}\n",
    "  points: [{seed: 1}]\n  where: seed == 1\n",
])  # fmt: skip
def test_widths_of_the_base_are_held_against_all_that_takes_them_over_in_the_plan_s_order(tmp_path, rest):
    assert refused(tmp_path, BASE_4 + rest).splitlines() == [REFUSED_4, REFUSED_8]
    turned = BASE_4.replace("weight_bits: 4, state_bits: 8", "state_bits: 8, weight_bits: 4")
    assert refused(tmp_path, turned + rest).splitlines() == [REFUSED_8, REFUSED_4]


@pytest.mark.parametrize("rest", [
    "  points: [{seed: 1}, {stats: tcja_dvs_gesture/w4}]\n", "  grid: {seed: [1, 2]}\n  points: [{stats: tcja_dvs_gesture/w4}]\n",
    "  points: [{variables: {weight_bits: 8}}]\n", "  grid: {variables: {weight_bits: [8]}}\n  points: [{variables: {weight_bits: 9}}]\n",
    "  points: [{seed: 1}, {variables: {weight_bits: 8}}]\n  where: seed != 1\n",
])  # fmt: skip
def test_a_width_of_the_base_that_one_point_s_run_fits_or_nothing_takes_over_is_accepted(tmp_path, rest):
    assert len(list(read(tmp_path, BASE_4.replace(", state_bits: 8", "") + rest))) > 0


def test_widths_of_the_grid_are_told_in_the_plan_s_order(tmp_path):
    """Whatever the hash seed is: names were taken from a set once."""
    for names in (("weight_bits", "state_bits", "input_bits"), ("input_bits", "state_bits", "weight_bits")):
        text = WIDTHS.replace("{weight_bits: [4, 8, 17]}", "{" + ", ".join(f"{name}: 99" for name in names) + "}")
        assert [line.split(": ")[1].rpartition(".")[2] for line in refused(tmp_path, text).splitlines()] == list(names)


def test_a_width_of_a_base_whose_grid_is_filtered_away_is_accepted(tmp_path):
    assert list(read(tmp_path, BASE_4 + "  where: weight_bits == 8\n")) == []


@pytest.mark.parametrize(("given", "key"), [
    ("base: {arch: tiny_snn, stats: mnist_784_400, variables: {technology: 180nm}}", "base.variables.technology"),
    ("base: {arch: tiny_snn, stats: mnist_784_400, variables: {technology: 180nm}}, points: [{seed: 1}]", "base.variables.technology"),
    ("base: {arch: tiny_snn, stats: mnist_784_400}, grid: {variables: {technology: [45nm, 180nm]}}", "grid.variables.technology[1]"),
    ("base: {arch: tiny_snn, stats: mnist_784_400}, points: [{variables: {technology: 180nm}}]", "points[0].variables.technology"),
])  # fmt: skip
def test_a_technology_without_energies_is_told_before_anything_is_evaluated(tmp_path, given, key):
    assert refused(tmp_path, f"sweep: {{{given}}}\n") == f"plan.yaml:1: sweep.{key}: seen 180 nm, expected 7 to 65 nm"


def test_a_technology_that_names_no_node_is_told_at_its_place_in_the_plan(tmp_path):
    text = "sweep: {base: {arch: tiny_snn, stats: mnist_784_400, variables: {technology: xx}}}\n"
    assert refused(tmp_path, text) == 'plan.yaml:1: sweep.base.variables.technology: seen "xx", expected a process node in nm'


def test_a_technology_that_a_filter_leaves_out_or_one_machine_takes_is_accepted(tmp_path):
    """The machine declares the variable and makes nothing of it."""
    text = "sweep:\n  base: {arch: tiny_snn, stats: mnist_784_400}\n  grid: {variables: {technology: [45nm, 180nm]}}\n"
    assert len(list(read(tmp_path, text + "  where: technology != '180nm'\n"))) == 1
    arch_file(tmp_path, ARCH.replace("  version: 0.4\n  weight_bits", "  version: 0.4\n  technology: 28nm\n  weight_bits"))
    assert len(list(read(tmp_path, text.replace("grid: {", "grid: {arch: [tiny_snn, small.yaml], ")))) == 4
