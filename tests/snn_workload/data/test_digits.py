"""The digits and their encodings."""

import numpy as np
import pytest

from snn_workload.data import encode
from snn_workload.data.dataset import halves
from snn_workload.data.digits import shifted
from snn_workload.data.form import DataForm
from snn_workload.data.recordings import read_arrays
from snn_workload.data.source import load_data
from snnhw.errors import SpecError


def test_a_quarter_of_each_class_is_held_out_and_nothing_is_in_both_halves():
    data = load_data(DataForm(source="digits"), 4)
    assert len(data.train) + len(data.test) == 1797
    assert len(data.test) == pytest.approx(1797 / 4, abs=5)
    train, test = halves(np.repeat(np.arange(10), 20), 0.25, 3)
    assert not set(train) & set(test)
    assert np.bincount(np.repeat(np.arange(10), 20)[test]).tolist() == [5] * 10


def test_the_rate_of_spikes_is_the_brightness():
    images = np.full((1, 2, 2), 0.25, np.float32)
    spikes = encode.rate(images, 4000, 1.0, np.random.default_rng(0))
    assert spikes.mean() == pytest.approx(0.25, abs=0.01)
    assert set(np.unique(spikes)) == {0, 1}


def test_the_same_key_gives_the_same_spikes():
    one = load_data(DataForm(source="digits"), 4).train
    which = np.arange(5)
    assert (one.batch(which, (1, 2)) == one.batch(which, (1, 2))).all()
    assert (one.batch(which, (1, 2)) != one.batch(which, (1, 3))).any()


def test_brighter_pixels_spike_earlier_and_black_ones_never():
    spikes = encode.latency(np.array([[[1.0, 0.5, 0.1, 0.0]]]), 5)[:, 0, 0, :, 0]
    assert spikes.argmax(0).tolist() == [0, 2, 4, 0]
    assert spikes.sum(0).tolist() == [1, 1, 1, 0]


def test_direct_encoding_is_one_step_of_brightness():
    data = load_data(DataForm(source="digits", encoding="direct"), 9)
    assert data.train.batch(np.arange(3), (0,)).shape == (1, 3, 8, 8, 1)
    assert data.input_bits == 5


def test_a_moving_edge_makes_events_of_both_polarities_where_it_passes():
    image = np.zeros((1, 8, 8))
    image[0, 2:6, 2:6] = 1
    events = encode.moving(image, 6)
    assert events.shape == (6, 1, 12, 12, 2)
    assert events[..., 0].sum() > 0 < events[..., 1].sum()
    assert not encode.moving(np.zeros((1, 8, 8)), 6).any()


def test_shifted_images_keep_what_stays_inside():
    image = np.zeros((50, 8, 8), np.float32)
    image[:, 4, 4] = 1
    moved = shifted(image, 2, np.random.default_rng(0))
    assert (moved.sum((1, 2)) == 1).all()
    assert len({tuple(np.argwhere(one)[0]) for one in moved}) > 10


def test_arrays_of_the_user_are_split_and_told_where_wrong(tmp_path):
    x, y = np.random.default_rng(0).random((20, 4, 6)), np.arange(20) % 2
    np.savez(tmp_path / "a.npz", x=x, y=y)
    data = load_data(DataForm(source="arrays", path="a.npz"), 4, str(tmp_path))
    assert data.size == (6,)
    assert data.classes == 2
    assert data.train.batch(np.array([0]), (0,)).shape == (4, 1, 6)
    with pytest.raises(SpecError, match="time_steps is the second axis of x"):
        load_data(DataForm(source="arrays", path="a.npz"), 5, str(tmp_path))
    (tmp_path / "a.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:100])
    with pytest.raises(SpecError, match="a file that can't be read"):
        load_data(DataForm(source="arrays", path="a.npz"), 4, str(tmp_path))


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_arrays_with_any_byte_changed_are_read_or_told(tmp_path, write):
    """Damage reaches every layer of the file: the archive, its flags, the compressed bytes, the header of the array."""
    path, rng = tmp_path / "d.npz", np.random.default_rng(0)
    write(path, x=(rng.random((6, 4, 5)) < 0.3).astype(np.uint8), y=np.arange(6) % 2)
    whole, told = path.read_bytes(), 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            read_arrays(path)
        except SpecError:
            told += 1
    assert told > len(whole) / 4
