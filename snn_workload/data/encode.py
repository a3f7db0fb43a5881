"""From pixels to spikes over time."""

from __future__ import annotations

import numpy as np

from snn_workload.data.dataset import Array

STEP_OF_BRIGHTNESS = 0.15
"""Change of brightness between two steps that makes an event of the moving encoding."""


def rate(images: Array, steps: int, gain: float, rng: np.random.Generator) -> Array:
    """images (B, H, W) in [0, 1] -> (T, B, H, W, 1): each pixel spikes in each step with chance gain * brightness."""
    drawn = rng.random((steps, *images.shape), np.float32)
    return (drawn < np.float32(gain) * images).astype(np.float32)[..., None]


def latency(images: Array, steps: int) -> Array:
    """-> (T, B, H, W, 1): each pixel that is not black spikes once, the brighter the earlier: in step round((1 - brightness) (T - 1))."""
    when = np.rint((1 - images) * (steps - 1)).astype(int)
    spikes = (when[None] == np.arange(steps).reshape(-1, 1, 1, 1)) & (images[None] > 0)
    return spikes.astype(np.float32)[..., None]


def direct(images: Array) -> Array:
    """-> (1, B, H, W, 1): the brightness itself, in every step."""
    return images.astype(np.float32)[None, ..., None]


def path(steps: int, reach: float) -> Array:
    """Where an image stands at steps + 1 moments, (steps + 1, 2) pixels: once round a triangle, as the three saccades of N-MNIST."""
    corners = np.array([[0, 0], [reach, reach / 2], [0, reach], [0, 0]], float)
    along = np.linspace(0, 3, steps + 1)
    return np.stack([np.interp(along, np.arange(4), corners[:, axis]) for axis in (0, 1)], 1)


def moving(images: Array, steps: int, noise: float = 0.0, rng: np.random.Generator | None = None, margin: int = 2) -> Array:
    """-> (T, B, H + 2 margin, W + 2 margin, 2): events of a camera that an image moves before; channel 0 darker, 1 brighter.

    The image moves along `path`, interpolated between pixels; a pixel whose brightness has changed by STEP_OF_BRIGHTNESS or more fires.
    noise: share of pixels that fire at random in each step and channel.
    """
    _B, H, W = images.shape
    places = path(steps, 2 * margin)
    views = np.stack([_placed(images, place, (H + 2 * margin, W + 2 * margin)) for place in places])
    change = np.diff(views, axis=0)
    events = np.stack([change <= -STEP_OF_BRIGHTNESS, change >= STEP_OF_BRIGHTNESS], -1)
    if noise and rng is not None:
        events |= rng.random(events.shape, np.float32) < noise
    return events.astype(np.float32)


def _placed(images: Array, place: Array, size: tuple[int, int]) -> Array:
    """Images with their corner at a place between pixels, by bilinear interpolation, on a black ground."""
    whole = np.floor(place).astype(int)
    part = place - whole
    ground = np.zeros((len(images), size[0] + 1, size[1] + 1))
    for down, right, share in (
        (0, 0, (1 - part[0]) * (1 - part[1])),
        (1, 0, part[0] * (1 - part[1])),
        (0, 1, (1 - part[0]) * part[1]),
        (1, 1, part[0] * part[1]),
    ):
        y, x = whole[0] + down, whole[1] + right
        ground[:, y : y + images.shape[1], x : x + images.shape[2]] += share * images
    return ground[:, : size[0], : size[1]]
