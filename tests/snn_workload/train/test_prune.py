"""Pruning: what goes, how much, and when."""

import numpy as np
import pytest

from snn_workload.train.prune import Pruning, channel_mask, global_masks


def weights():
    rng = np.random.default_rng(0)
    return {"a": rng.normal(size=(3, 3, 2, 8)), "b": 0.1 * rng.normal(size=(40, 10)), "c": rng.normal(size=(10, 5))}


@pytest.mark.parametrize("sparsity", [0.1, 0.5, 0.8, 0.99])
def test_global_pruning_meets_its_target_and_takes_the_smallest(sparsity):
    w = weights()
    masks = global_masks(w, sparsity)
    total = sum(one.size for one in w.values())
    assert sum(int((mask == 0).sum()) for mask in masks.values()) == round(sparsity * total)
    stay = np.concatenate([np.abs(w[name][masks[name] == 1]) for name in w])
    gone = np.concatenate([np.abs(w[name][masks[name] == 0]) for name in w])
    assert gone.max() <= stay.min()


def test_a_layer_of_small_weights_loses_most_under_global_and_the_same_under_layer_wise_pruning():
    w = weights()
    everywhere, each = (Pruning(sparsity=0.5, scope=scope).masks(w, 0.5) for scope in ("global", "layer"))
    assert everywhere["b"].mean() < 0.4 < everywhere["a"].mean()
    assert [float(mask.mean()) for mask in each.values()] == [0.5, 0.5, 0.5]


def test_channel_pruning_takes_whole_channels_but_none_of_the_last_layer():
    w = weights()
    masks = Pruning(sparsity=0.5, scope="channel").masks(w, 0.5)
    assert {tuple(np.unique(masks["a"][..., m])) for m in range(8)} == {(0.0,), (1.0,)}
    assert masks["a"].mean() == 0.5
    assert masks["c"].all()


def test_one_channel_always_stays():
    assert channel_mask(np.ones((4, 3)), 0.99)[0].tolist() == [0, 0, 1]


def test_the_schedule_is_cubic_between_begin_and_end():
    one = Pruning(sparsity=0.8, begin=0.2, end=0.6)
    assert one.at(1, 10) == 0
    assert one.at(2, 10) == pytest.approx(0.8 * (1 - 0.75**3))
    assert one.at(5, 10) == one.at(9, 10) == 0.8


def test_begin_equal_to_end_prunes_at_once():
    one = Pruning(sparsity=0.8, begin=0.5, end=0.5)
    assert [one.at(epoch, 10) for epoch in (4, 5, 9)] == [0, 0.8, 0.8]


def test_the_last_epoch_has_the_whole_sparsity_wherever_it_begins():
    assert [Pruning(sparsity=0.8, begin=1.0, end=1.0).at(epoch, 3) for epoch in range(3)] == [0, 0, 0.8]
    assert Pruning(sparsity=0.8, begin=0.6, end=1.0).at(0, 1) == 0.8


def test_what_is_pruned_stays_pruned_as_the_sparsity_grows():
    w = weights()
    first = global_masks(w, 0.3)
    second = global_masks({name: w[name] * first[name] for name in w}, 0.6)
    assert all((second[name] <= first[name]).all() for name in w)
