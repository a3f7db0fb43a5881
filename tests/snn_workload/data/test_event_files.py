"""Loaders of event sets, on small files written to the published layouts, whole, cut off and corrupt."""

import struct

import h5py
import numpy as np
import pytest

from snn_workload.data.aedat import cut_trials, read_aedat2, read_aedat3, read_labels
from snn_workload.data.events import EVENT, events_of, frames
from snn_workload.data.form import DataForm
from snn_workload.data.heidelberg import read_heidelberg
from snn_workload.data.nmnist import read_nmnist
from snn_workload.data.source import load_data
from snnhw.errors import SpecError

HEADER3 = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n"


def packet(events, kind=1, overflow=0, invalid=()):
    """Events (x, y, t, p) as one packet of AEDAT 3.1."""
    body = b"".join(struct.pack("<Ii", x << 17 | y << 2 | p << 1 | (i not in invalid), t) for i, (x, y, t, p) in enumerate(events))
    return struct.pack("<hhiiiiii", kind, 1, 8, 4, overflow, len(events), len(events), len(events) - len(invalid)) + body


EVENTS = [(3, 100, 10, 1), (127, 0, 25, 0), (0, 127, 40, 1)]


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "user01_fluorescent.aedat"
    path.write_bytes(HEADER3 + packet(EVENTS[:2]) + packet([(1, 1, 5, 0)], kind=2) + packet([EVENTS[2]], overflow=1))
    return path


def test_aedat3_gives_positions_times_and_polarities_and_skips_other_packets(recording):
    found = read_aedat3(recording)
    assert found.dtype == EVENT
    assert found.tolist() == [(3, 100, 10, 1), (127, 0, 25, 0), (0, 127, 40 + 2**31, 1)]


def test_aedat3_leaves_out_invalid_events(tmp_path):
    path = tmp_path / "a.aedat"
    path.write_bytes(HEADER3 + packet(EVENTS, invalid=(1,)))
    assert read_aedat3(path)["x"].tolist() == [3, 0]


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 30])
def test_aedat3_that_is_cut_off_is_told(tmp_path, cut):
    path = tmp_path / "a.aedat"
    path.write_bytes((HEADER3 + packet(EVENTS))[:-cut])
    with pytest.raises(SpecError, match=r"a\.aedat: seen \d+ bytes at byte \d+, expected .*; the file is cut off or damaged"):
        read_aedat3(path)


@pytest.mark.parametrize(("raw", "said"), [
    (b"", "a file that begins with b''"),
    (b"#!AER-DAT2.0\r\n", "a file that begins with"),
    (b"#!AER-DAT3.1\r\n#nothing", "no line #!END-HEADER"),
    (HEADER3 + struct.pack("<hhiiiiii", 1, 1, 8, 4, 0, 5, -5, 0), "a packet of -5 events"),
    (HEADER3 + struct.pack("<hhiiiiii", 1, 1, 0, 4, 0, 5, 5, 5), "a packet of 5 events of 0 bytes"),
    (HEADER3 + packet([(200, 3, 0, 1)]), "event 0 at x = 200, y = 3"),
])  # fmt: skip
def test_aedat3_that_is_corrupt_is_told(tmp_path, raw, said):
    path = tmp_path / "a.aedat"
    path.write_bytes(raw)
    with pytest.raises(SpecError) as caught:
        read_aedat3(path)
    assert said in str(caught.value)


def test_trials_are_cut_by_the_table_of_labels(recording):
    table = recording.with_name("user01_fluorescent_labels.csv")
    table.write_text("class,startTime_usec,endTime_usec\n2,10,25\n11,30,9999999999\n")
    trials = cut_trials(read_aedat3(recording), read_labels(table))
    assert [(events["x"].tolist(), label) for events, label in trials] == [([3, 127], 1), ([0], 10)]


@pytest.mark.parametrize(
    ("row", "said"),
    [("2,ten,20", "three whole numbers"), ("0,1,2", "a class from 1 on"), ("1,5,2", "an end that is not before"), ("1,2", "three whole")],
)
def test_a_wrong_label_is_told_by_its_line(tmp_path, row, said):
    table = tmp_path / "labels.csv"
    table.write_text(f"class,startTime_usec,endTime_usec\n1,0,5\n{row}\n")
    with pytest.raises(SpecError, match=r"labels\.csv:3: ") as caught:
        read_labels(table)
    assert said in str(caught.value)


def test_the_gesture_set_is_loaded_by_its_lists(recording, tmp_path):
    recording.with_name("user01_fluorescent_labels.csv").write_text("class,startTime_usec,endTime_usec\n2,10,25\n4,30,9999999999\n")
    for name in ("trials_to_train.txt", "trials_to_test.txt"):
        (tmp_path / name).write_text("user01_fluorescent.aedat\n")
    data = load_data(DataForm(source="dvs_gesture", path=".", size=32), 3, str(tmp_path))
    assert data.train.labels.tolist() == [1, 3]
    x = data.train.batch(np.array([0, 1]), (0,))
    assert x.shape == (3, 2, 32, 32, 2)
    assert x[:, 0].sum() == 2
    assert x[0, 0, 100 // 4, 3 // 4, 1] == 1


def test_a_missing_list_is_told(tmp_path):
    with pytest.raises(SpecError, match=r"trials_to_train\.txt: seen no such file"):
        load_data(DataForm(source="dvs_gesture", path="."), 3, str(tmp_path))


def test_aedat2_gives_what_the_sensor_saw(tmp_path):
    path = tmp_path / "cifar.aedat"
    address = (127 - 5) << 1 | 9 << 8 | 0
    path.write_bytes(b"#!AER-DAT2.0\r\n# a comment\r\n" + struct.pack(">II", address, 77) + struct.pack(">II", 0x80000000, 78))
    assert read_aedat2(path).tolist() == [(5, 9, 77, 1)]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"#!AER-DAT2.0\r\n" + b"1234567", "7 bytes after the last whole event"),
        (b"#!AER-DAT2.0", "a header without end"),
        (b"x", "a file that begins with"),
    ],
)
def test_aedat2_that_is_cut_off_is_told(tmp_path, raw, said):
    path = tmp_path / "a.aedat"
    path.write_bytes(raw)
    with pytest.raises(SpecError) as caught:
        read_aedat2(path)
    assert said in str(caught.value)


def test_cifar10_dvs_holds_a_share_of_each_class_out(tmp_path):
    for name in ("airplane", "truck"):
        (tmp_path / name).mkdir()
        for i in range(4):
            (tmp_path / name / f"{i}.aedat").write_bytes(b"#!AER-DAT2.0\r\n" + struct.pack(">II", 3 << 8, 7))
    data = load_data(DataForm(source="cifar10_dvs", path="."), 2, str(tmp_path))
    assert data.train.labels.tolist() == [0, 0, 0, 9, 9, 9]
    assert data.test.labels.tolist() == [0, 9]


def nmnist_event(x, y, p, t):
    return bytes([x, y, p << 7 | t >> 16 & 0x7F, t >> 8 & 0xFF, t & 0xFF])


def test_nmnist_gives_events_and_adds_overflows(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(nmnist_event(33, 2, 1, 70000) + nmnist_event(0, 240, 0, 0) + nmnist_event(4, 5, 0, 3))
    assert read_nmnist(path).tolist() == [(33, 2, 70000, 1), (4, 5, 3 + 2**13, 0)]


@pytest.mark.parametrize(("raw", "said"), [(b"1234", "4 bytes"), (b"", "0 bytes"), (nmnist_event(40, 2, 1, 0), "event 0 at x = 40")])
def test_nmnist_that_is_cut_off_or_corrupt_is_told(tmp_path, raw, said):
    path = tmp_path / "a.bin"
    path.write_bytes(raw)
    with pytest.raises(SpecError) as caught:
        read_nmnist(path)
    assert said in str(caught.value)


def test_nmnist_is_loaded_from_its_folders(tmp_path):
    for half in ("Train", "Test"):
        for label in range(10):
            (tmp_path / half / str(label)).mkdir(parents=True)
            (tmp_path / half / str(label) / "00001.bin").write_bytes(nmnist_event(label, 2, 1, 5))
    data = load_data(DataForm(source="nmnist", path="."), 2, str(tmp_path))
    assert data.size == (34, 34, 2)
    assert data.test.labels.tolist() == list(range(10))
    assert data.train.batch(np.array([7]), (0,))[0, 0, 2, 7, 1] == 1


def heidelberg(path, times, units, labels):
    kind = h5py.vlen_dtype(np.float32)
    with h5py.File(path, "w") as file:
        for name, rows, dtype in (("times", times, kind), ("units", units, h5py.vlen_dtype(np.uint16))):
            made = file.create_dataset(f"spikes/{name}", (len(rows),), dtype)
            for i, row in enumerate(rows):
                made[i] = row
        file["labels"] = np.array(labels, np.uint16)


def test_heidelberg_gives_channels_and_microseconds(tmp_path):
    for name in ("shd_train.h5", "shd_test.h5"):
        heidelberg(tmp_path / name, [[0.0, 0.5], [0.25]], [[3, 699], [7]], [19, 0])
    events, labels = read_heidelberg(tmp_path / "shd_train.h5")
    assert events[0].tolist() == [(3, 0, 0, 0), (699, 0, 500000, 0)]
    assert labels.tolist() == [19, 0]
    data = load_data(DataForm(source="shd", path="."), 2, str(tmp_path))
    x = data.train.batch(np.array([0]), (0,))
    assert x.shape == (2, 1, 700)
    assert np.argwhere(x[:, 0]).tolist() == [[0, 3], [1, 699]]


@pytest.mark.parametrize(("times", "units", "said"), [
    ([[0.1]], [[700]], "channel 700"), ([[0.1, 0.2]], [[1]], "2 times and 1 units"), ([[-0.1]], [[1]], "a time that is negative"),
    ([[np.nan]], [[1]], "a time that is negative or no number"), ([[0.1]], [[1], [2]], "1 times, 2 units, 1 labels"),
])  # fmt: skip
def test_heidelberg_that_is_corrupt_is_told(tmp_path, times, units, said):
    heidelberg(tmp_path / "a.h5", times, units, [0])
    with pytest.raises(SpecError) as caught:
        read_heidelberg(tmp_path / "a.h5")
    assert said in str(caught.value)


def test_heidelberg_that_is_cut_off_is_told(tmp_path):
    path = tmp_path / "a.h5"
    heidelberg(path, [[0.1]], [[1]], [0])
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(SpecError, match="a file that can't be read"):
        read_heidelberg(path)


def test_frames_by_duration_share_the_time_and_by_number_the_events():
    events = events_of([0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 2, 99], [0, 0, 1, 1])
    by_time, by_number = frames(events, 2, (2, 2), "duration"), frames(events, 2, (2, 2), "number")
    assert by_time.sum((1, 2, 3)).tolist() == [3, 1]
    assert by_number.sum((1, 2, 3)).tolist() == [2, 2]
    assert by_number[1, 1, 0, 1] == 1


def test_a_recording_without_events_has_frames_without_spikes():
    assert frames(np.empty(0, EVENT), 3, (4, 4)).sum() == 0


@pytest.mark.parametrize("source", ["shd", "ssc", "nmnist", "cifar10_dvs"])
def test_files_that_are_not_there_are_told(tmp_path, source):
    with pytest.raises(SpecError):
        load_data(DataForm(source=source, path="nowhere"), 3, str(tmp_path))
