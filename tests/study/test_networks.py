"""The study's networks: what is published goes in as it is, what is derived follows its law."""

import math

import pytest

from snnhw.study.data import read_fit, table
from snnhw.study.networks import mean_sparsity, networks, pruned_sparsity, quantised_sparsity, run_of, weight_counts


def test_there_are_twenty_networks_with_different_names():
    assert len({network.name for network in networks()}) == len(networks()) == 20


@pytest.mark.parametrize(("name", "column"), [("w2", "w2"), ("prune80", "prune80"), ("cumulative80", "cumulative"), ("joint80", "joint")])
def test_published_sparsity_by_layer_goes_in_as_it_is(name, column):
    network = next(one for one in networks() if one.name == name)
    run = run_of(network, read_fit())
    assert [round(100 * (1 - layer.densities.weights.mean), 1) for layer in run.layers] == [float(row[column]) for row in table("layers")]


def test_averages_of_the_quantised_networks_are_the_published_ones():
    published = {int(row["bits"]): float(row["sparsity"]) for row in table("average_sparsity")}
    for network in networks():
        if network.method == "quantisation":
            shares = tuple(1 - layer.densities.weights.mean for layer in run_of(network, read_fit()).layers)
            assert 100 * mean_sparsity(shares) == pytest.approx(published[network.bits], abs=0.1)


def test_derived_pruning_has_the_wanted_average_and_one_threshold():
    known, wanted = (0.5, 0.8, 0.9), 0.6
    shares = pruned_sparsity(known, (1, 2, 3), wanted)
    assert (shares[0] + 2 * shares[1] + 3 * shares[2]) / 6 == pytest.approx(wanted, abs=1e-9)
    thresholds = [math.log(1 - new) / math.log(1 - old) for new, old in zip(shares, known, strict=True)]
    assert thresholds == pytest.approx([thresholds[0]] * 3)


def test_pruning_a_layer_of_laplace_weights_takes_what_lies_below_the_threshold():
    """Half of the weights of spread 1 are smaller than ln 2, three quarters smaller than 2 ln 2; alone, the layer has the wanted share."""
    assert pruned_sparsity((0.5,), (7,), 0.75) == pytest.approx((0.75,))
    assert pruned_sparsity((0.5, 0.75), (1, 0), 0.75)[1] == pytest.approx(1 - math.exp(-4 * math.log(2)))


def test_quantised_weights_below_half_a_level_are_zero():
    """Ternary has one level on either side and 4 bits have seven: a seventh of the threshold, 1 - exp(-t / 7) for 1 - exp(-t)."""
    assert quantised_sparsity(0.6, 2) == pytest.approx(0.6)
    assert quantised_sparsity(1 - math.exp(-1.4), 4) == pytest.approx(1 - math.exp(-0.2))
    assert quantised_sparsity(0.0, 8) == 0.0


def test_weights_are_counted_by_shape():
    assert weight_counts()[:2] == (2 * 128 * 9, 128 * 128 * 9)


def test_a_run_says_what_is_fitted_and_what_is_derived():
    by_name = {network.name: network for network in networks()}
    assert "fitted" in run_of(by_name["w2"], read_fit()).assumptions[0]
    assert "derived" in run_of(by_name["prune40"], read_fit()).assumptions[1]
    assert "derived from that of ternary" in run_of(by_name["w4"], read_fit()).assumptions[1]
