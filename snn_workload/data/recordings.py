"""Data sets of recordings, from the files that the user has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from snn_workload.data import aedat, heidelberg, nmnist
from snn_workload.data.dataset import Array, Data, Examples, halves
from snn_workload.data.events import broken, frames
from snn_workload.data.form import DataForm
from snn_workload.data.unreadable import UNREADABLE
from snnhw.errors import Finding, SpecError

GESTURES = 11
CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SPLITS = {"shd": ("shd_train.h5", "shd_test.h5", 20), "ssc": ("ssc_train.h5", "ssc_test.h5", 35)}
Recording = Callable[[], Array]
"""Reads the events of one example."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Recordings(Examples):
    """Examples that are recordings. Frames are made when they are asked for. flat: channels in a row, (T, B, width) in place of maps."""

    recordings: tuple[Recording, ...]
    labels: Array
    steps: int
    sensor: tuple[int, int]
    form: DataForm
    flat: bool = False

    def batch(self, which: Array, key: tuple[int, ...]) -> Array:
        """See Examples; the same for every key."""
        reduced = (self.form.size, self.form.size) if self.form.size and not self.flat else None
        made = np.stack([frames(self.recordings[i](), self.steps, self.sensor, self.form.frames_by, reduced) for i in which], 1)
        return (made[:, :, 0, :, 0] if self.flat else made).astype(np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrays(Examples):
    """Examples that are there as arrays: x (N, T, ...)."""

    x: Array
    labels: Array

    def batch(self, which: Array, key: tuple[int, ...]) -> Array:
        """See Examples; the same for every key."""
        return np.ascontiguousarray(np.moveaxis(self.x[which], 0, 1), np.float32)


def load_recordings(form: DataForm, steps: int, folder: str) -> Data:
    """The data set that a configuration names. Raises SpecError where files are absent, cut off or corrupt."""
    path = Path(folder) / str(form.path)
    return _LOADERS[form.source](form, steps, path)


def _data(
    form: DataForm,
    steps: int,
    sensor: tuple[int, int],
    train: Sequence[tuple[Recording, int]],
    test: Sequence[tuple[Recording, int]],
    classes: int,
    where: Path,
) -> Data:
    parts = []
    for half, name in ((train, "learn from"), (test, "hold out")):
        half = half[: form.limit]
        if not half:
            raise SpecError(Finding(file=str(where), seen=f"nothing to {name}", expected=f"recordings of {form.source}"))
        parts.append(
            Recordings(
                recordings=tuple(one for one, _ in half),
                labels=np.array([label for _, label in half], np.int64),
                steps=steps,
                sensor=sensor,
                form=form,
            )
        )
    side = (form.size, form.size) if form.size else sensor
    return Data(
        train=parts[0],
        test=parts[1],
        size=(*side, 2),
        classes=classes,
        source=f"{form.source}, {len(parts[0])} learnt from and {len(parts[1])} held out, frames by {form.frames_by}",
    )


def _gestures(form: DataForm, steps: int, path: Path) -> Data:
    """DVS128 Gesture: trials_to_train.txt and trials_to_test.txt name recordings, each with a table of labels beside it."""
    halves_of: list[list[tuple[Recording, int]]] = []
    for name in ("trials_to_train.txt", "trials_to_test.txt"):
        if not (path / name).is_file():
            raise SpecError(Finding(file=str(path / name), seen="no such file", expected="a list of recordings, as DvsGesture has it"))
        listed = [line.strip() for line in (path / name).read_text(errors="replace").splitlines() if line.strip()]
        halves_of.append(list(_trials(path, listed, form.limit)))
    return _data(form, steps, aedat.SENSOR, halves_of[0], halves_of[1], GESTURES, path)


def _trials(path: Path, names: list[str], limit: int | None) -> Iterator[tuple[Recording, int]]:
    count = 0
    for name in names:
        if limit is not None and count >= limit:
            return
        file = path / name
        trials = aedat.read_labels(file.with_name(f"{file.stem}_labels.csv"))
        for events, label in aedat.cut_trials(aedat.read_aedat3(file), trials):
            if label >= GESTURES:
                raise broken(str(file), f"class {label + 1} in its table of labels", f"at most {GESTURES}")
            count += 1
            yield partial(_same, events), label


def _same(events: Array) -> Array:
    return events


def _nmnist(form: DataForm, steps: int, path: Path) -> Data:
    """N-MNIST: folders Train/0 to Train/9 and Test/0 to Test/9 with .bin files."""
    parts = []
    for half in ("Train", "Test"):
        found = [(file, label) for label in range(10) for file in sorted((path / half / str(label)).glob("*.bin"))]
        found = found[:: max(1, len(found) // form.limit)] if form.limit else found
        parts.append([(partial(nmnist.read_nmnist, file), label) for file, label in found])
    return _data(form, steps, nmnist.SENSOR, parts[0], parts[1], 10, path)


def _cifar(form: DataForm, steps: int, path: Path) -> Data:
    """CIFAR10-DVS: a folder for each class with .aedat files; a share of each class is held out."""
    files = [(file, label) for label, name in enumerate(CIFAR) for file in sorted((path / name).glob("*.aedat"))]
    if not files:
        raise SpecError(Finding(file=str(path), seen="no .aedat file in a folder of a class", expected=f"the folders {', '.join(CIFAR)}"))
    train, test = halves(np.array([label for _, label in files]), form.test_share, form.split_seed)
    parts = [[(partial(aedat.read_aedat2, files[i][0]), files[i][1]) for i in some] for some in (train, test)]
    return _data(form, steps, aedat.SENSOR, parts[0], parts[1], len(CIFAR), path)


def _heidelberg(form: DataForm, steps: int, path: Path) -> Data:
    """SHD or SSC: a folder with the two HDF5 files."""
    *names, classes = SPLITS[form.source]
    made = []
    for name in names:
        events, labels = heidelberg.read_heidelberg(path / str(name), form.limit)
        if len(labels) and not 0 <= labels.min() <= labels.max() < int(classes):
            raise broken(str(path / str(name)), f"labels {labels.min()} to {labels.max()}", f"0 to {int(classes) - 1}")
        made.append(
            Recordings(
                recordings=tuple(partial(_same, one) for one in events),
                labels=labels,
                steps=steps,
                sensor=(1, heidelberg.CHANNELS),
                form=form,
                flat=True,
            )
        )
    return Data(
        train=made[0],
        test=made[1],
        size=(heidelberg.CHANNELS,),
        classes=int(classes),
        source=f"{form.source}, {len(made[0])} learnt from and {len(made[1])} held out, frames by {form.frames_by}",
    )


def _arrays(form: DataForm, steps: int, path: Path) -> Data:
    """A .npz with x (N, T, H, W, C) or (N, T, F) and y (N,); a share of each class is held out."""
    x, y = read_arrays(path)
    if y is None or x.ndim not in (3, 5) or x.shape[1] != steps:
        raise broken(
            str(path),
            f"x of the shape {x.shape}{'' if y is not None else ' and no y'}",
            f"x (N, {steps}, H, W, C) or (N, {steps}, features), and y (N,)",
            "time_steps is the second axis of x",
        )
    train, test = halves(y, form.test_share, form.split_seed)
    made = [Arrays(x=x[some[: form.limit]], labels=y[some[: form.limit]]) for some in (train, test)]
    binary = bool(np.isin(x, (0, 1)).all())
    return Data(
        train=made[0],
        test=made[1],
        size=x.shape[2:],
        classes=int(y.max()) + 1,
        input_bits=1 if binary else 16,
        source=f"{path.name}, {len(made[0])} learnt from and {len(made[1])} held out",
    )


def read_arrays(path: Path) -> tuple[Array, Array | None]:
    """x and y of a .npz file, y None where it has none. Raises SpecError where it is damaged or holds no numbers."""
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            if "x" not in getattr(file, "files", ()):
                names = ", ".join(getattr(file, "files", ())) or "nothing"
                raise broken(str(path), f"{names}, but no x", "a .npz file with an array x", "")
            x, y = file["x"], file["y"] if "y" in file.files else None
    except FileNotFoundError:
        raise SpecError(Finding(file=str(path), seen="no such file", expected="a .npz file with x")) from None
    except UNREADABLE as error:
        raise broken(str(path), f"a file that can't be read ({error})", "a .npz file with an array x") from None
    if x.dtype.kind not in "fiub" or (y is not None and y.dtype.kind not in "iu"):
        raise broken(
            str(path), f"x of type {x.dtype}{f', y of type {y.dtype}' if y is not None else ''}", "numbers in x and whole numbers in y", ""
        )
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise broken(str(path), "a value in x that is not finite", "finite numbers", "")
    if y is not None and (y.shape != x.shape[:1] or (len(y) and y.min() < 0)):
        raise broken(str(path), f"y of the shape {y.shape}", f"a label >= 0 for each of {len(x)} examples", "")
    return x, None if y is None else y.astype(np.int64)


_LOADERS: dict[str, Callable[[DataForm, int, Path], Data]] = {
    "dvs_gesture": _gestures,
    "nmnist": _nmnist,
    "cifar10_dvs": _cifar,
    "shd": _heidelberg,
    "ssc": _heidelberg,
    "arrays": _arrays,
}
