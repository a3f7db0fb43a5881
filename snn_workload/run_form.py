"""The form of a run file, key by key; docs/schema/run.schema.json is made of it.

One form a kind of layer, so that an unknown key is told apart from the keys that this kind has. What a single key can't say (groups
divide channels, a layer fits the one before) is checked by the nouns in snn_workload.layers.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, Strict, WithJsonSchema, model_validator
from pydantic_core import CoreSchema

from snn_workload.densities import CHANNEL_EDGES
from snnhw.spec.forms import CountOrZero, Flag, Form, Name, Real, Text, wrong

SCHEMA = "snnhw.run/1"
LARGEST_SIZE = 2**31 - 1


def _whole(least: int, most: int) -> BeforeValidator:
    """A validator that takes whole numbers in a range, 16.0 for 16 as well, and refuses all else."""
    bounds = f"x >= {least}" if most == LARGEST_SIZE else f"{least} <= x <= {most}"
    expected = f"a whole number x with {bounds}" if least < most else str(least)

    def check(value: Any) -> Any:
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise wrong(expected)
        if number > most:
            raise wrong(expected if most != LARGEST_SIZE else f"at most {LARGEST_SIZE}")
        return number

    return BeforeValidator(check)


def _share(what: str, fix: str = "") -> BeforeValidator:
    """A validator that refuses all but numbers from 0 to 1."""

    def check(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise wrong(f"{what} x with 0 <= x <= 1", fix)
        return value

    return BeforeValidator(check)


def _repeated(times: int) -> BeforeValidator:
    """A validator that takes one whole number for `times` equal ones."""
    return BeforeValidator(lambda value: [value] * times if isinstance(value, int | float) and not isinstance(value, bool) else value)


def _pair_schema(least: int) -> WithJsonSchema:
    one = {"type": "integer", "minimum": least, "maximum": LARGEST_SIZE}
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2}]})


def _last_of_pair(value: Any) -> Any:
    """Of a list, its last number: a conv1d may write its stride as [s] or [1, s]."""
    if isinstance(value, list) and (len(value) == 1 or (len(value) == 2 and value[0] in (0, 1))):
        return value[-1]
    return value


Size = Annotated[int, Field(ge=1, le=LARGEST_SIZE), Strict(), _whole(1, LARGEST_SIZE)]
SizeOrZero = Annotated[int, Field(ge=0, le=LARGEST_SIZE), Strict(), _whole(0, LARGEST_SIZE)]
One = Annotated[int, Field(ge=1, le=1), Strict(), _whole(1, 1)]
Pair = Annotated[list[Size], Field(min_length=2, max_length=2), _repeated(2), _pair_schema(1)]
PairOrZero = Annotated[list[SizeOrZero], Field(min_length=2, max_length=2), _repeated(2), _pair_schema(0)]
Ones = Annotated[list[One], Field(min_length=2, max_length=2), _repeated(2), WithJsonSchema({"enum": [1, [1, 1]]})]
DENSITY_FIX = "a density is the share of non-zeros, 1 - sparsity, no percentage"
DensityShare = Annotated[float, Field(ge=0, le=1), Strict(), _share("a density", DENSITY_FIX)]
Accuracy = Annotated[float, Field(ge=0, le=1), Strict(), _share("an accuracy", "97.57 % is 0.9757")]


def _along_q(least: int) -> tuple[BeforeValidator, WithJsonSchema]:
    one = {"type": "integer", "minimum": least, "maximum": LARGEST_SIZE}
    pair = {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": LARGEST_SIZE}, "minItems": 1, "maxItems": 2}
    return BeforeValidator(_last_of_pair), WithJsonSchema({"anyOf": [one, pair]})


StepOfQ = Annotated[Size, *_along_q(1)]
PadOfQ = Annotated[SizeOrZero, *_along_q(0)]


class BitsForm(Form):
    """Bits of one word of each tensor of a layer."""

    weights: Annotated[int, Field(ge=1, le=16), Strict(), _whole(1, 16)] = Field(default=8, description="bits of a weight; 2 is ternary")
    inputs: Annotated[int, Field(ge=1, le=16), Strict(), _whole(1, 16)] = Field(default=1, description="bits of an input; 1 is a spike")
    state: Annotated[int, Field(ge=1, le=32), Strict(), _whole(1, 32)] = Field(default=16, description="bits of a membrane potential")


class WeightDensityForm(Form):
    """Density of the weights: a number, or a mapping that says where it comes from."""

    mean: DensityShare = Field(description="share of non-zero weights")
    max: DensityShare | None = Field(default=None, description="largest density of any checkpoint, mean where absent")
    assumed: Flag = Field(default=False, description="nobody measured it; results say so")
    source: Text = Field(default="", description="where the figure comes from")

    @model_validator(mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"mean": value}
        if not isinstance(value, dict):
            raise wrong(f"a density x with 0 <= x <= 1, or a mapping with {', '.join(cls.model_fields)}")
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        mapping = handler.resolve_ref_schema(handler(schema))
        description = mapping.pop("description", "")
        return {"description": description, "anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, mapping]}


CHANNELS = f"how many channels have a density in each of the bins between {', '.join(f'{edge:g}' for edge in CHANNEL_EDGES)}"


class SpikeDensityForm(WeightDensityForm):
    """Density of spikes: a number, or a mapping with what was measured of it."""

    mean: DensityShare | None = Field(default=None, description="mean over inputs and steps; that of per_step where absent")  # type: ignore[assignment]
    max: DensityShare | None = Field(default=None, description="largest density in any step; that of per_step, else mean, where absent")
    per_step: list[DensityShare] | None = Field(default=None, description="mean density in each time step, one number for each")
    interval: list[DensityShare] | None = Field(default=None, min_length=2, max_length=2, description="95 % interval of the mean")
    channels: list[SizeOrZero] | None = Field(default=None, min_length=10, max_length=10, description=CHANNELS)

    @model_validator(mode="after")
    def _has_figure(self) -> SpikeDensityForm:
        if self.mean is None and not self.per_step:
            raise wrong("mean or per_step", "add mean")
        return self


class DensitiesForm(Form):
    """Measured densities (shares of non-zeros) of a layer; one that is absent is taken as 1 (dense), and results say so."""

    weights: WeightDensityForm | None = Field(default=None, description="of the weights")
    inputs: SpikeDensityForm | None = Field(default=None, description="of the spikes that arrive")
    outputs: SpikeDensityForm | None = Field(default=None, description="of the spikes that leave")


class Conv2dShape(Form):
    """Shape of a conv2d."""

    T: Size | None = Field(default=None, description="time steps, those of the run")
    C: Size = Field(description="input channels of all groups")
    M: Size = Field(description="output channels of all groups")
    P: Size = Field(description="output size along the axis of R")
    Q: Size = Field(description="output size along the axis of S")
    R: Size = Field(description="kernel size along the axis of P")
    S: Size = Field(description="kernel size along the axis of Q")
    stride: Pair = Field(default=[1, 1], description="strides along P and Q")
    dilation: Pair = Field(default=[1, 1], description="dilations along R and S")
    groups: Size = Field(default=1, description="groups; depthwise is groups = C = M")
    padding: PairOrZero | None = Field(default=None, description="values added at each end along P and Q; changes no count, only checked")
    input_size: Pair | None = Field(default=None, description="input size along P and Q; changes no count, only checked")


class Conv1dShape(Form):
    """Shape of a conv1d."""

    T: Size | None = Field(default=None, description="time steps, those of the run")
    C: Size = Field(description="input channels of all groups")
    M: Size = Field(description="output channels of all groups")
    Q: Size = Field(description="output size")
    S: Size = Field(description="kernel size")
    P: One = Field(default=1, description="1; a conv1d runs along Q")
    R: One = Field(default=1, description="1; a conv1d has its kernel along S")
    stride: StepOfQ = Field(default=1, description="stride along Q")
    dilation: StepOfQ = Field(default=1, description="dilation along S")
    groups: Size = Field(default=1, description="groups")
    padding: PadOfQ | None = Field(default=None, description="values added at each end; changes no count, only checked")
    input_size: StepOfQ | None = Field(default=None, description="input size; changes no count, only checked")


class LinearShape(Form):
    """Shape of a linear or recurrent_linear layer."""

    T: Size | None = Field(default=None, description="time steps, those of the run")
    C: Size = Field(description="inputs; of a recurrent layer those from outside")
    M: Size = Field(description="neurons")
    P: One = Field(default=1, description="1")
    Q: One = Field(default=1, description="1")
    R: One = Field(default=1, description="1")
    S: One = Field(default=1, description="1")
    stride: Ones = Field(default=[1, 1], description="1")
    dilation: Ones = Field(default=[1, 1], description="1")
    groups: One = Field(default=1, description="1")


class TcjaShape(Form):
    """Shape of a TCJA convolution."""

    T: Size | None = Field(default=None, description="how often the kernel is applied, C where absent")
    C: Size = Field(description="inputs mixed: time steps (tcja_temporal) or channels (tcja_channel)")
    M: Size = Field(description="outputs: the time steps of the run")
    Q: Size = Field(description="positions of the feature map")
    S: Size = Field(default=4, description="kernel size")
    P: One = Field(default=1, description="1")
    R: One = Field(default=1, description="1")
    stride: Ones = Field(default=[1, 1], description="1")
    dilation: Ones = Field(default=[1, 1], description="1")
    groups: One = Field(default=1, description="1")


class Pool2dShape(Form):
    """Shape of a pool2d."""

    C: Size = Field(description="channels")
    P: Size = Field(description="output size along the axis of R")
    Q: Size = Field(description="output size along the axis of S")
    R: Size = Field(default=2, description="window size along the axis of P")
    S: Size = Field(default=2, description="window size along the axis of Q")
    stride: Pair | None = Field(default=None, description="strides along P and Q, the window's size where absent")
    padding: PairOrZero = Field(default=[0, 0], description="values added at each end along P and Q")


class FlattenShape(Form):
    """Shape of a flatten."""

    C: Size = Field(description="channels")
    P: Size = Field(description="size along P")
    Q: Size = Field(description="size along Q")
    M: Size | None = Field(default=None, description="features, C * P * Q")


class LayerForm(Form):
    """What all layers with weights have."""

    name: Name = Field(description="name of the layer, one of its own")
    bits: BitsForm = Field(default=BitsForm(), description="bit widths")
    density: DensitiesForm = Field(default=DensitiesForm(), description="measured densities")
    state_range: list[Real] | None = Field(default=None, min_length=2, max_length=2, description="lowest and highest potential seen")


class Conv2dForm(LayerForm):
    """Two-dimensional convolution."""

    type: Literal["conv2d"]
    shape: Conv2dShape = Field(description="shape, a mapping with C, M, P, Q, R, S")


class Conv1dForm(LayerForm):
    """One-dimensional convolution."""

    type: Literal["conv1d"]
    shape: Conv1dShape = Field(description="shape, a mapping with C, M, Q, S")


class LinearForm(LayerForm):
    """Fully connected layer."""

    type: Literal["linear"]
    shape: LinearShape = Field(description="shape, a mapping with C, M")


class RecurrentLinearForm(LayerForm):
    """Fully connected layer whose neurons also see all spikes of the step before."""

    type: Literal["recurrent_linear"]
    shape: LinearShape = Field(description="shape, a mapping with C, M")


class TcjaTemporalForm(LayerForm):
    """Temporal convolution of TCJA's attention."""

    type: Literal["tcja_temporal"]
    shape: TcjaShape = Field(description="shape, a mapping with C, M, Q, S")


class TcjaChannelForm(LayerForm):
    """Channel convolution of TCJA's attention."""

    type: Literal["tcja_channel"]
    shape: TcjaShape = Field(description="shape, a mapping with C, M, Q, S")


class Pool2dForm(Form):
    """Pooling; it carries shapes on and costs nothing."""

    name: Name = Field(description="name of the layer, one of its own")
    type: Literal["pool2d"]
    shape: Pool2dShape = Field(description="shape, a mapping with C, P, Q")


class FlattenForm(Form):
    """Flattening; it carries shapes on and costs nothing."""

    name: Name = Field(description="name of the layer, one of its own")
    type: Literal["flatten"]
    shape: FlattenShape = Field(description="shape, a mapping with C, P, Q")


ComputingForm: TypeAlias = Conv2dForm | Conv1dForm | LinearForm | RecurrentLinearForm | TcjaTemporalForm | TcjaChannelForm
AnyLayerForm: TypeAlias = ComputingForm | Pool2dForm | FlattenForm

LAYER_FORMS: dict[str, type[AnyLayerForm]] = {
    "conv2d": Conv2dForm, "conv1d": Conv1dForm, "linear": LinearForm, "recurrent_linear": RecurrentLinearForm,
    "tcja_temporal": TcjaTemporalForm, "tcja_channel": TcjaChannelForm, "pool2d": Pool2dForm, "flatten": FlattenForm,
}  # fmt: skip


class RunForm(Form):
    """A run file: a network, its shapes, bit widths and measured densities. Layers are checked each with the form of its type."""

    schema_: Literal["snnhw.run/1"] = Field(default="snnhw.run/1", alias="schema", description="version of this form")
    name: Name | None = Field(default=None, description="name of the network, that of the file where absent")
    time_steps: Size = Field(description="time steps of one inference, a whole number >= 1")
    accuracy: Accuracy | None = Field(default=None, description="share of right answers")
    recall: list[Accuracy] | None = Field(default=None, description="of each class, the share of its examples that were found")
    seed: CountOrZero | None = Field(default=None, description="seed of the training")
    versions: dict[str, Text] | None = Field(default=None, description="names and versions of what the figures were made with")
    source: Text = Field(default="", description="where the figures come from")
    assumptions: list[Text] = Field(default_factory=list, description="what nobody measured, in sentences; results repeat them")
    standalone: Flag = Field(default=False, description="the layers need not follow one another, so nothing is checked between them")
    layers: list[Any] = Field(min_length=1, description="the layers in network order, a list of at least one")
