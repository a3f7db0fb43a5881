"""The form of a problem, for docs/schema/problem.schema.json. `flat_problem` reads problems; a test holds the two together."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, Field, WithJsonSchema

from snnhw.spec.flat_shapes import SHAPES
from snnhw.spec.forms import Count, CountOrZero, Flag, Form, Name, Share

Version = Annotated[Any, WithJsonSchema({"type": ["string", "number"]})]
Letters = Annotated[Any, WithJsonSchema({"anyOf": [{"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z]$"}, "minItems": 1},
                                                   {"type": "string", "minLength": 1}]})]
_TERM = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1, "maxItems": 2}]}
_RANK = {"anyOf": [{"type": "string"}, {"type": "array", "items": _TERM, "minItems": 1}]}
Projection = Annotated[Any, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": _RANK, "minItems": 1}]})]


class CoefficientForm(Form):
    """A coefficient of a projection: a stride or a dilation."""

    name: Name = Field(description="its name, which the instance may set")
    default: Count = Field(default=1, description="its value where the instance does not set it")


class DataSpaceForm(Form):
    """A tensor."""

    name: Name = Field(description="its name")
    projection: Projection = Field(description="ranks, each a sum of [dimension] or [dimension, coefficient]")
    read_write: Flag = Field(default=False, description="true for the tensor that is written")
    ranks: list[Name] | None = Field(default=None, description="names of the ranks; without effect")


class ShapeForm(Form):
    """A loop nest without bounds."""

    spellings: ClassVar = {"data-spaces": "data_spaces", "dataSpaces": "data_spaces"}
    unsupported: ClassVar = {"flatten": "dimensions folded into one"}

    name: Name = Field(default="problem", description="its name")
    version: Version | None = None
    dimensions: Letters = Field(description="dimensions, each one letter")
    coefficients: list[CoefficientForm] = Field(default=[], description="names of strides and dilations")
    data_spaces: list[DataSpaceForm] = Field(description="the tensors, one of them read_write")


class DensityForm(Form):
    """How the non-zeros of a tensor lie."""

    distribution: Literal["fixed", "fixed_structured", "fixed-structured", "hypergeometric", "banded", "diagonal"] = Field(
        description="fixed_structured: every tile holds its share; hypergeometric: uniformly random")
    density: Share = Field(default=1.0, description="share of non-zeros")
    workload_tensor_size: Count | None = Field(default=None, description="without effect")
    band_width: CountOrZero | None = Field(default=None, description="diagonals beside the main one, of a banded tensor")


Density: TypeAlias = Share | DensityForm


class InstanceForm(Form):
    """Bounds of the dimensions and values of the coefficients, each a whole number >= 1; and the densities."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Count]

    densities: dict[str, Density] | None = Field(default=None, description="density of each tensor: a share, or a mapping")
    commonDensity: Density | None = Field(default=None, description="one density for all tensors")


class ProblemForm(Form):
    """A problem."""

    version: Version | None = None
    shape: Annotated[str, WithJsonSchema({"enum": list(SHAPES)})] | ShapeForm = Field(
        default="cnn_layer", description="a shape, or the name of one of Timeloop's")
    instance: InstanceForm = Field(description="bounds, coefficients and densities")


class ProblemFileForm(Form):
    """A file with a problem, and perhaps other sections of a Timeloop input."""

    model_config = ConfigDict(extra="allow")

    problem: ProblemForm = Field(description="the problem")
