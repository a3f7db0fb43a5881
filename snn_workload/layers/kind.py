"""What all layer kinds share: a loop nest, a Problem made of it, and shapes that have to follow one another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from snn_workload.nest import DENSE, Membrane, Nest, Pair, nest_problem
from snn_workload.sizes import FeatureMap, Window
from snnhw.errors import Finding, SpecError
from snnhw.spec.problem import Density, Problem

Fault: TypeAlias = Finding
MOST_OPERATIONS = 2**63 - 1
"""What a 64-bit counter holds."""


def fault(key: str, seen: object, expected: str, fix: str = "") -> Fault:
    """A finding about one field of a shape; whoever knows the file and the line adds them."""
    return Finding(file="", key=key, seen=str(seen), expected=expected, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(ABC):
    """A layer as far as its shape goes. A shape that is built is a valid one: SpecError names each field that is not."""

    type_name: ClassVar[str]

    def __post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise SpecError(replace(found, file=f"a layer of type {self.type_name}") for found in faults)

    @abstractmethod
    def faults(self) -> Iterator[Fault]:
        """All that is wrong with the fields, taken together."""

    @abstractmethod
    def input_faults(self, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
        """Why the output of the layer before can't be the input. exact: no pooling may lie between the two."""

    @abstractmethod
    def output_map(self, before: FeatureMap | None) -> FeatureMap | None:
        """What the next layer sees; None where that can't be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerKind(Shape):
    """A layer with weights, so one that a Problem can be made of.

    has_neurons: spiking neurons stand at the outputs, with a membrane state carried from step to step.
    is_recurrent: a step needs the spikes of the step before, of all neurons.
    """

    has_neurons: ClassVar[bool] = True
    is_recurrent: ClassVar[bool] = False

    @abstractmethod
    def nest(self, time_steps: int) -> Nest:
        """The loops of the layer in a run of `time_steps`."""

    def step_faults(self, time_steps: int) -> Iterator[Fault]:
        """What in the shape contradicts the time steps of the run."""
        if self.problem(time_steps).operations > MOST_OPERATIONS:
            yield fault("", "a shape of more than 9.2e18 operations", "at most 2^63 - 1 operations")

    @property
    @abstractmethod
    def outputs(self) -> int:
        """Values that leave in one time step: M * P * Q."""

    @property
    def neurons(self) -> int:
        """Neurons of the layer; 0 for a layer whose sums go elsewhere."""
        return self.outputs if self.has_neurons else 0

    def problem(
        self, time_steps: int, *, membrane: Membrane = "carried", name: str = "", weights: Density = DENSE, inputs: Density = DENSE
    ) -> Problem:
        """The layer as a loop nest over `time_steps`; see nest_problem for the tensors and for `membrane`."""
        return nest_problem(self.nest(time_steps), name=name or self.type_name, membrane=membrane, weights=weights, inputs=inputs)


def positive(shape: Shape, names: Iterable[str]) -> Iterator[Fault]:
    """Fields that are no whole number of at least 1; of a pair, each half counts."""
    for name in names:
        value = getattr(shape, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, bool) or not isinstance(one, int) or one < 1:
                yield fault(name, value, "a whole number >= 1" if not isinstance(value, tuple) else "two whole numbers >= 1")
                break


def padding_faults(shape: Shape, padding: Pair | int | None) -> Iterator[Fault]:
    """A padding below 0."""
    values = padding if isinstance(padding, tuple) else (0 if padding is None else padding,)
    if any(isinstance(one, bool) or not isinstance(one, int) or one < 0 for one in values):
        yield fault("padding", padding, "whole numbers >= 0")


def group_faults(channels: dict[str, int], groups: int) -> Iterator[Fault]:
    """Channels that the groups do not divide."""
    for key, value in channels.items():
        if groups > 0 and value % groups:
            yield fault("groups", groups, f"a divisor of {key} = {value}", "depthwise is groups = C = M")


def axis_faults(key: str, window: Window, input_size: int, output_size: int, *, exact: bool, source: str) -> Iterator[Fault]:
    """An output size that the window can't make of the input size. source: where the input size comes from, for the message."""
    if window.fits(input_size, output_size, exact=exact):
        return
    possible = window.sizes(input_size)
    low, high = max(possible.start, 1), possible.stop - 1
    if high < 1:
        expected = "an input that the kernel fits in"
    elif not exact:
        expected = f"at most {high}"
    else:
        expected = f"{low} to {high}" if low < high else str(high)
    yield fault(key, output_size, f"{expected} ({source} {input_size}, {window})")


def channel_faults(channels: int, before: FeatureMap) -> Iterator[Fault]:
    """Input channels other than those that the layer before puts out."""
    if channels != before.channels:
        yield fault("C", channels, f"{before.channels}, the channels that the layer before puts out")


def feature_faults(features: int, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
    """Inputs of a fully connected layer that the map before does not make; not exact: pooling may have made the map smaller."""
    positions, rest = divmod(features, before.channels)
    if (exact or before.positions == 1) and features != before.values:
        yield fault("C", features, f"{before.values}, from {before}")
    elif rest or not 1 <= positions <= before.positions:
        yield fault("C", features, f"{before.channels} channels x at most {before.positions} positions, from {before}")
