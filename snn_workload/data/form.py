"""The form of `data` in a training configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from snn_workload.run_form import Size
from snnhw.spec.forms import CountOrZero, Form, Positive, Share, Text, wrong


class DataForm(Form):
    """Where examples come from, and how they become time steps."""

    source: Literal["digits", "dvs_gesture", "nmnist", "shd", "ssc", "cifar10_dvs", "arrays"] = Field(description="which data")
    path: Text | None = Field(default=None, description="folder or file of the data; digits needs none")
    encoding: Literal["rate", "latency", "direct", "moving"] = Field(default="rate", description="digits: how pixels become time steps")
    gain: Positive = Field(default=1.0, description="digits, rate: chance of a spike of the brightest pixel, at most 1")
    shift: CountOrZero = Field(default=0, description="digits: training images are moved by up to so many pixels at random")
    test_share: Annotated[float, Field(gt=0, lt=1), Strict()] = Field(default=0.25, description="share of the examples that are held out")
    split_seed: CountOrZero = Field(default=0, description="seed of what is held out")
    frames_by: Literal["number", "duration"] = Field(
        default="duration", description="events: each frame has as many events, or as much time"
    )
    size: Size | None = Field(default=None, description="events: height and width that maps are reduced to")
    limit: Size | None = Field(default=None, description="at most so many examples of each half")
    noise: Share = Field(default=0.0, description="digits, moving: share of pixels that fire at random in each step")

    @model_validator(mode="after")
    def _agrees(self) -> DataForm:
        if self.source != "digits" and self.path is None:
            raise wrong(f"path, the folder or file of the {self.source} data", "add path")
        if self.gain > 1:
            raise wrong("gain x with 0 < x <= 1")
        return self
