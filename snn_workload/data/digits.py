"""scikit-learn's handwritten digits: 1797 images of 8 x 8 pixels with 17 levels, real, small, and there without a network.

Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998 (its test set).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from snn_workload.data import encode
from snn_workload.data.dataset import Array, Data, Examples, generator, halves
from snn_workload.data.form import DataForm
from snnhw.errors import Finding, SpecError

LEVELS = 16
INPUT_BITS = 5
"""Bits of a pixel of 17 levels."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Digits(Examples):
    """images (N, 8, 8) in [0, 1]; form: how they are encoded; moved: whether they are shifted at random, as in training."""

    images: Array
    labels: Array
    steps: int
    form: DataForm
    moved: bool

    def batch(self, which: Array, key: tuple[int, ...]) -> Array:
        """See Examples."""
        rng = generator((*key, 11))
        images = self.images[which]
        if self.moved and self.form.shift:
            images = shifted(images, self.form.shift, rng)
        if self.form.encoding == "rate":
            return encode.rate(images, self.steps, self.form.gain, rng)
        if self.form.encoding == "latency":
            return encode.latency(images, self.steps)
        if self.form.encoding == "moving":
            return encode.moving(images, self.steps, self.form.noise, rng)
        return encode.direct(images)


def shifted(images: Array, reach: int, rng: np.random.Generator) -> Array:
    """Each image moved by -reach to reach pixels in both directions, black where nothing was."""
    height, width = images.shape[1:]
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach)))
    places = rng.integers(0, 2 * reach + 1, (len(images), 2))
    rows = places[:, :1] + np.arange(height)
    columns = places[:, 1:] + np.arange(width)
    return np.asarray(padded[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]])


def load_digits(form: DataForm, steps: int) -> Data:
    """The digits, with test_share of each class held out. Raises SpecError where scikit-learn is not installed."""
    bunch = _bunch()
    images, labels = (bunch.images / LEVELS).astype(np.float32), bunch.target.astype(np.int64)
    train, test = halves(labels, form.test_share, form.split_seed)
    cut = slice(None, form.limit)
    made = [
        Digits(images=images[some][cut], labels=labels[some][cut], steps=steps, form=form, moved=moved)
        for some, moved in ((train, True), (test, False))
    ]
    side, channels = (12, 2) if form.encoding == "moving" else (8, 1)
    return Data(
        train=made[0],
        test=made[1],
        size=(side, side, channels),
        classes=10,
        input_bits=INPUT_BITS if form.encoding == "direct" else 1,
        source=f"scikit-learn's digits, {form.encoding}, {len(made[0])} learnt from and {len(made[1])} held out",
    )


def _bunch() -> Any:
    try:
        from sklearn.datasets import load_digits as load
    except ImportError:
        raise SpecError(
            Finding(
                file="data.source", seen="digits, without scikit-learn", expected="scikit-learn installed", fix="pip install 'snnhw[train]'"
            )
        ) from None
    return load()
