"""NIR graphs: shapes, neurons, graphs that can't be run, and the way out and back."""

import itertools

import nir
import numpy as np
import pytest
from training import CONFIG

from snn_workload import read_run
from snn_workload.nir.export_nir import export_nir
from snn_workload.nir.graph import graph_of, run_graph
from snn_workload.nir.import_nir import import_nir
from snn_workload.nir.shapes import NodeFaultError, flattened, slide
from snn_workload.train.config import read_config
from snn_workload.train.train import train
from snnhw.errors import SpecError


def chain(*nodes, shape):
    names = ["input", *[f"n{i}" for i in range(len(nodes))], "output"]
    made = {"input": nir.Input(np.array(shape)), **dict(zip(names[1:], nodes, strict=False)), "output": nir.Output(np.array([1]))}
    return nir.NIRGraph(nodes=made, edges=list(itertools.pairwise(names)), type_check=False)


def run(graph, x, dt=1.0):
    return run_graph(graph_of(graph, "g.nir", x.shape[2:], dt), np.asarray(x, np.float32), lambda *seen: None)


def lif(n=1, tau=4.0, r=1.0, leak=0.0, threshold=1.0, reset=0.0, kind=nir.LIF):
    one = np.ones(n)
    return kind(tau=one * tau, r=one * r, v_leak=one * leak, v_threshold=one * threshold, v_reset=one * reset)


@pytest.mark.parametrize(("sizes", "kernel", "stride", "dilation", "padding", "after", "pads"), [
    ((28, 20), (5, 3), 2, 1, (2, 1), (14, 10), ((2, 2), (1, 1))),
    ((28, 20), (4, 3), 1, 1, "same", (28, 20), ((1, 2), (1, 1))),
    ((7, 9), (3, 2), (2, 3), (2, 1), "same", (4, 3), ((2, 2), (0, 1))),
    ((7, 9), (3, 2), 1, 1, "valid", (5, 8), ((0, 0), (0, 0))),
    ((30,), (7,), 4, 3, 9, (8,), ((9, 9),)),
    ((7, 9), (3, 2), 1, 1, b"same", (7, 9), ((1, 1), (0, 1))),
])  # fmt: skip
def test_shapes_of_sliding_kernels(sizes, kernel, stride, dilation, padding, after, pads):
    found = slide(sizes, kernel, stride, dilation, padding)
    assert (found.after, found.pads) == (after, pads)


def test_a_kernel_that_does_not_fit_is_told():
    with pytest.raises(NodeFaultError, match="does not fit"):
        slide((4, 4), (5, 5), 1, 1, 0)


def test_axes_are_flattened_as_named():
    assert flattened((2, 3, 4), 0, -1) == (24,)
    assert flattened((2, 3, 4), 1, -1) == (2, 12)
    assert flattened((2, 3, 4), 0, 1) == (6, 4)


def test_lif_is_euler_of_its_equation():
    """tau = 4, dt = 1, leak 0.5, R = 2: v += (0.5 - v + 2 x) / 4; above 1 it spikes and goes to -1."""
    x = np.array([1.0, 1.0, 0.0, 1.0]).reshape(-1, 1, 1)
    graph = chain(lif(r=2.0, leak=0.5, reset=-1.0), shape=(1,))
    assert run(graph, x)[:, 0, 0].tolist() == [0, 1, 0, 0]  # 0.625, then 1.09375; from -1: -0.625, 0.15625


def test_nir_spikes_above_the_threshold_not_at_it():
    x = np.array([1.0, 1.0]).reshape(-1, 1, 1)
    one = np.ones(1)
    graph = chain(nir.IF(r=one, v_threshold=one), shape=(1,))
    assert run(graph, x)[:, 0, 0].tolist() == [0, 1]


def test_dt_scales_what_is_integrated():
    one = np.ones(1)
    x = np.full((8, 1, 1), 1.0)
    assert run(chain(nir.IF(r=one, v_threshold=one), shape=(1,)), x, dt=0.25)[:, 0, 0].tolist() == [0, 0, 0, 0, 1, 0, 0, 0]


def test_cubalif_filters_its_input_first():
    """tau_syn = 2: i = 1/2, 1/4, ... after one spike with w_in = 1; tau_mem = 1 puts v at i."""
    one = np.ones(1)
    node = nir.CubaLIF(tau_syn=2 * one, tau_mem=one, r=one, v_leak=0 * one, v_threshold=0.2 * one, v_reset=0 * one)
    assert run(chain(node, shape=(1,)), np.array([1.0, 0, 0, 0]).reshape(-1, 1, 1))[:, 0, 0].tolist() == [1, 1, 0, 0]


def test_li_puts_out_its_potential_and_delay_its_past():
    one = np.ones(1)
    x = np.array([1.0, 0, 0]).reshape(-1, 1, 1)
    assert run(chain(nir.LI(tau=2 * one, r=one, v_leak=0 * one), shape=(1,)), x)[:, 0, 0].tolist() == [0.5, 0.25, 0.125]
    assert run(chain(nir.Delay(delay=np.array([0.2])), shape=(1,)), x, dt=0.1)[:, 0, 0].tolist() == [0, 0, 1]


@pytest.mark.parametrize(("stride", "padding", "groups"), [(1, "same", 1), (2, "same", 2), ((2, 1), (1, 0), 1), (1, "valid", 4)])
def test_a_convolution_is_the_sum_of_its_definition(stride, padding, groups):
    """Also where the package's own shapes are wrong: kernels that aren't square, "same" with stride and groups."""
    rng = np.random.default_rng(0)
    weight, bias = rng.normal(size=(8, 4 // groups, 3, 2)).astype(np.float32), rng.normal(size=8).astype(np.float32)
    node = nir.Conv2d(input_shape=None, weight=weight, stride=stride, padding=padding, dilation=1, groups=groups, bias=bias)
    x = rng.normal(size=(2, 3, 4, 7, 6)).astype(np.float32)
    found = run(chain(node, shape=(4, 7, 6)), x)
    how = slide((7, 6), (3, 2), stride, 1, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (0, 0), *how.pads))
    assert found.shape[2:] == (8, *how.after)
    for m, p, q in [(0, 0, 0), (7, how.after[0] - 1, how.after[1] - 1), (3, 1, 2)]:
        part = slice(m // (8 // groups) * (4 // groups), (m // (8 // groups) + 1) * (4 // groups))
        window = padded[1, 2, part, p * how.stride[0] : p * how.stride[0] + 3, q * how.stride[1] : q * how.stride[1] + 2]
        assert found[1, 2, m, p, q] == pytest.approx(np.sum(window * weight[m]) + bias[m], abs=1e-4)


def test_a_conv1d_and_pooling_run():
    rng = np.random.default_rng(1)
    weight = rng.normal(size=(3, 2, 4)).astype(np.float32)
    x = rng.normal(size=(1, 1, 2, 9)).astype(np.float32)
    found = run(
        chain(nir.Conv1d(input_shape=None, weight=weight, stride=2, padding=1, dilation=1, groups=1, bias=np.zeros(3)), shape=(2, 9)), x
    )
    assert found.shape == (1, 1, 3, 4)
    assert found[0, 0, 1, 1] == pytest.approx(np.sum(x[0, 0, :, 1:5] * weight[1]), abs=1e-5)
    maps = rng.random((1, 1, 2, 6, 4)).astype(np.float32)
    pooled = run(
        chain(nir.SumPool2d(kernel_size=np.array([3, 2]), stride=np.array([3, 2]), padding=np.array([0, 0])), shape=(2, 6, 4)), maps
    )
    assert pooled[0, 0, 1, 1, 0] == pytest.approx(maps[0, 0, 1, 3:6, 0:2].sum(), abs=1e-5)


def faults(graph, shape, dt=1.0):
    with pytest.raises(SpecError) as caught:
        graph_of(graph, "g.nir", shape, dt)
    return [str(found) for found in caught.value.findings]


def test_every_node_that_cannot_run_is_named():
    inner = chain(lif(), shape=(1,))
    inner.nodes["more"] = nir.Input(np.array([1]))
    inner.edges.append(("more", "n0"))
    graph = chain(inner, shape=(1,))
    assert any("node n0 (NIRGraph)" in one for one in faults(graph, (1,)))
    both = chain(nir.Linear(weight=np.ones((3, 4))), lif(3, tau=0.5), shape=(4,))
    assert faults(both, (4,)) == [
        "g.nir: node n1 (LIF): seen tau = 0.5 below dt = 1: a step would overshoot; --dt is in the unit of time constants, "
        "expected a NIR graph that snnhw can run"
    ]


def recurrent(weight, back, kind=nir.Linear, bias=None):
    """As snnTorch writes RLeaky: a graph within the graph, of neurons and the weights that lead back to them."""
    n = len(back)
    to_itself = kind(weight=back) if bias is None else kind(weight=back, bias=bias)
    cell = nir.NIRGraph(nodes={"input": nir.Input(np.array([n])), "lif": lif(n, tau=2.0, r=2.0), "w_rec": to_itself,
                               "output": nir.Output(np.array([n]))},
                        edges=[("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")], type_check=False)
    return chain(nir.Linear(weight=weight), cell, shape=(weight.shape[1],))


def by_hand(weight, back, bias, x):
    """u[t] = u[t-1] / 2 + W x[t] + V s[t-1] + b, spikes above 1 and goes to 0; x (T, N)."""
    u = s = np.zeros(len(back))
    for now in x:
        u = u / 2 + weight @ now + back @ s + bias
        s = (u > 1).astype(float)
        u = np.where(s > 0, 0, u)
        yield s


@pytest.mark.parametrize("bias", [None, np.array([0.3, -0.2, 0.1])])
def test_a_recurrent_cell_gets_its_spikes_of_the_step_before(bias, tmp_path):
    rng = np.random.default_rng(2)
    weight, back = rng.normal(size=(3, 5)), rng.normal(size=(3, 3)) * 1.5
    x = (rng.random((12, 5)) < 0.4).astype(np.float32)
    graph = recurrent(weight, back, nir.Linear if bias is None else nir.Affine, bias)
    nir.write(tmp_path / "g.nir", graph)
    found = run(nir.read(tmp_path / "g.nir", type_check=False), x[:, None])[:, 0]
    expected = list(by_hand(weight, back, 0 if bias is None else bias, x))
    assert found.tolist() == np.array(expected).tolist()
    assert 0 < found.mean() < 1
    assert not np.array_equal(found, list(by_hand(weight, 0 * back, 0 if bias is None else bias, x)))


def test_a_recurrent_cell_is_one_layer_of_a_run(tmp_path):
    """4 of the 9 weights that lead back are 0, and none of the 15 before."""
    rng = np.random.default_rng(3)
    back = np.array([[1, 0, 0], [0.5, 1, 0], [-1, 1, 0.0]])
    nir.write(tmp_path / "g.nir", recurrent(rng.normal(size=(3, 5)), back))
    np.savez(tmp_path / "d.npz", x=(rng.random((6, 8, 5)) < 0.4).astype(np.float32))
    imported = import_nir(tmp_path / "g.nir", tmp_path / "d.npz", 1.0, tmp_path / "run.json")
    (layer,) = read_run(tmp_path / "run.json").layers
    assert (layer.name, layer.type_name, layer.kind.C, layer.kind.M) == ("n0", "recurrent_linear", 5, 3)
    assert layer.densities.weights.mean == pytest.approx(20 / 24)
    assert layer.densities.outputs.mean > 0
    assert "Spikes take one step on the way back: n1.lif to n1.w_rec." in imported.assumptions


def test_a_circle_over_two_layers_is_cut_where_it_leads_back():
    """n0 feeds n2 at once; n2 feeds n0 one step later."""
    graph = chain(lif(tau=1.0), nir.Linear(weight=np.ones((1, 1)) * 2), lif(tau=1.0), nir.Linear(weight=np.ones((1, 1)) * 2), shape=(1,))
    graph.edges.remove(("n3", "output"))
    graph.edges += [("n3", "n0"), ("n2", "output")]
    pulse = np.array([2.0, 0, 0]).reshape(-1, 1, 1)
    found = graph_of(graph, "g.nir", (1,), 1.0)
    assert found.late == {("n2", "n3")}
    assert run(graph, pulse)[:, 0, 0].tolist() == [1, 1, 1]
    graph.edges.remove(("n3", "n0"))
    graph.edges.append(("n3", "n2"))
    assert run(graph, pulse)[:, 0, 0].tolist() == [1, 1, 1]


def test_two_ways_around_the_same_neurons_are_both_cut():
    graph = chain(lif(tau=1.0), nir.Linear(weight=np.ones((1, 1))), nir.Scale(scale=np.ones(1)), shape=(1,))
    graph.nodes["other"] = nir.Linear(weight=np.ones((1, 1)))
    graph.edges += [("n0", "other"), ("other", "n2"), ("n2", "n0")]
    assert graph_of(graph, "g.nir", (1,), 1.0).late == {("n0", "n1"), ("n0", "other")}


def test_a_circle_without_neurons_is_named():
    graph = chain(lif(), nir.Scale(scale=np.ones(1)), nir.Linear(weight=np.ones((1, 1))), shape=(1,))
    graph.edges.append(("n2", "n1"))
    assert faults(graph, (1,)) == [
        "g.nir: edges: seen a circle through n1, n2, without neurons, expected circles (recurrent connections) with neurons in them"]


def test_what_comes_back_in_another_shape_is_named():
    graph = chain(lif(3), nir.Linear(weight=np.ones((2, 3))), shape=(3,))
    graph.edges.append(("n1", "n0"))
    assert faults(graph, (3,)) == ["g.nir: node n0: seen (2,) from n1, (3,) from others, expected inputs of one shape"]


def test_wrong_shapes_are_named():
    assert "node n0 (Linear): seen a weight of the shape (3, 4)" in faults(chain(nir.Linear(weight=np.ones((3, 4))), shape=(5,)), (5,))[0]


def test_branches_are_added_up():
    two, three = nir.Scale(scale=np.array([2.0, 2.0])), nir.Scale(scale=np.array([3.0, 5.0]))
    nodes = {"in": nir.Input(np.array([2])), "a": two, "b": three, "out": nir.Output(np.array([2]))}
    graph = nir.NIRGraph(nodes=nodes, edges=[("in", "a"), ("in", "b"), ("a", "out"), ("b", "out")], type_check=False)
    assert run(graph, np.ones((1, 1, 2)))[0, 0].tolist() == [5, 7]


@pytest.fixture
def trained(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    return train(tmp_path / "c.yaml", tmp_path / "run"), read_config(tmp_path / "c.yaml").data.test


def data_file(path, examples):
    x = np.concatenate([examples.batch(which, (0, 0, int(which[0]))) for which in examples.portions(64)], 1)
    np.savez(path, x=np.moveaxis(x, (1, -1), (0, 2)), y=examples.labels)


def test_a_network_comes_back_from_nir_with_the_same_spikes(trained, tmp_path):
    result, test = trained
    names = export_nir(tmp_path / "run", tmp_path / "m.nir", 1e-3)
    assert names[:4] == ("conv", "lif1", "max_pool1", "max_pool1_any")
    data_file(tmp_path / "d.npz", test)
    back = import_nir(tmp_path / "m.nir", tmp_path / "d.npz", 1e-3, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == back
    assert back.accuracy == result.run.accuracy
    for one, other in zip(back.layers, result.run.layers, strict=True):
        assert one.densities.outputs == other.densities.outputs
        assert one.densities.inputs == other.densities.inputs
        assert one.kind.nest(4) == other.kind.nest(4)
        assert one.state_range == pytest.approx(other.state_range, rel=1e-4)


FLAT = [{"type": "flatten"}, {"type": "linear", "features": 10}]


@pytest.mark.parametrize(("settings", "said"), [
    ({"network": [*FLAT, {"type": "lif", "reset": "soft"}]}, "layer lif1: seen a soft reset"),
    ({"network": [*FLAT, {"type": "alif"}]}, "layer alif1: seen an adaptive threshold"),
    ({"quantisation": {"state": {"bits": 6}}}, "layer lif1: seen a quantised membrane potential"),
])  # fmt: skip
def test_what_nir_cannot_say_is_named(tmp_path, settings, said):
    (tmp_path / "c.yaml").write_text(CONFIG)
    train(tmp_path / "c.yaml", tmp_path / "run", settings={"optimiser.epochs": 1, "allow_dead": True, **settings})
    with pytest.raises(SpecError) as caught:
        export_nir(tmp_path / "run", tmp_path / "m.nir", 1.0)
    assert said in str(caught.value)
    assert not list(tmp_path.glob("*.nir*"))


def test_files_that_are_no_graphs_are_told(tmp_path):
    np.savez(tmp_path / "d.npz", x=np.zeros((2, 3, 4)))
    (tmp_path / "m.nir").write_bytes(b"not HDF5")
    with pytest.raises(SpecError, match=r"m\.nir: seen a file that can't be read"):
        import_nir(tmp_path / "m.nir", tmp_path / "d.npz", 1.0)
    with pytest.raises(SpecError, match="seen no such file"):
        import_nir(tmp_path / "none.nir", tmp_path / "d.npz", 1.0)
    with pytest.raises(SpecError, match="--dt: seen 0"):
        import_nir(tmp_path / "m.nir", tmp_path / "d.npz", 0.0)


def test_data_that_are_not_of_the_graphs_shape_or_classes_are_refused(tmp_path):
    """64 values in another order are other data."""
    nir.write(tmp_path / "m.nir", chain(nir.Flatten(input_type={"input": np.array([1, 8, 8])}, start_dim=0),
                                        nir.Linear(weight=np.ones((3, 64))), shape=(1, 8, 8)))
    np.savez(tmp_path / "shape.npz", x=np.zeros((2, 3, 2, 4, 8)))
    with pytest.raises(SpecError, match=r"seen an input of \(1, 8, 8\), expected \(2, 4, 8\), the shape of the data"):
        import_nir(tmp_path / "m.nir", tmp_path / "shape.npz", 1.0)
    np.savez(tmp_path / "labels.npz", x=np.zeros((2, 3, 1, 8, 8)), y=np.array([2, 3]))
    with pytest.raises(SpecError, match=r"labels\.npz: y: seen the label 3, expected numbers below 3, one an output"):
        import_nir(tmp_path / "m.nir", tmp_path / "labels.npz", 1.0)
