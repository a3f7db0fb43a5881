"""Checking documents against forms (pydantic models), with every problem of a file told at once and in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, Strict, ValidationError, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from snnhw.errors import Finding, SpecError
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.words import listing, near, show

__all__ = ["FLAGS", "Count", "CountOrZero", "Findings", "Flag", "Form", "Name", "Names", "NonNegative", "Positive", "Real", "Share", "Text",
           "Whole",
           "check", "fill", "listing", "near", "show", "wrong"]

F = TypeVar("F", bound="Form")
FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Form(BaseModel):
    """What one mapping of a file may hold. A subclass lists its keys as fields; unknown keys are errors.

    Use `list[...]` and `dict[...]` for containers, and the types below for numbers and flags: nothing is converted silently.
    unsupported: keys that Timeloop knows and snnhw does not honour, with what they do; they are errors that say so.
    spellings: other names of fields (`block-size: block_size`); a hyphen for an underscore is understood anyway if `hyphens` is set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    unsupported: ClassVar[Mapping[str, str]] = {}
    spellings: ClassVar[Mapping[str, str]] = {}
    hyphens: ClassVar[bool] = False

    @model_validator(mode="before")
    @classmethod
    def _respell(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not (cls.hyphens or cls.spellings):
            return value
        result: dict[str, Any] = {}
        for key, item in value.items():
            name = cls.field_of(key)
            if name in result:
                raise PydanticCustomError("snnhw", "{expected}", {"expected": f"only one of the spellings of {name}"})
            result[name] = item
        return result

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema with the other spellings of fields; a field that has some is not asked for by the schema."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        properties = schema.get("properties", {})
        properties.update({other: {"description": f"the same as {name}"} for other, name in cls.spellings.items() if name in properties})
        if "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in cls.spellings.values()]
        return schema

    @classmethod
    def field_of(cls, key: str) -> str:
        """The field that a key of the file stands for."""
        name = cls.spellings.get(key, key)
        if cls.hyphens and name not in cls.model_fields:
            name = cls.spellings.get(name.replace("-", "_"), name.replace("-", "_"))
        return name


def wrong(expected: str, fix: str = "") -> PydanticCustomError:
    """The exception for a validator of a form to raise: what would be right, and what to do."""
    return PydanticCustomError("snnhw", "{expected}", {"expected": expected, "fix": fix})


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _finite(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool) and not math.isfinite(value):
        raise wrong("a finite number")
    return value


def _flag(value: Any) -> Any:
    return FLAGS.get(value.lower(), value) if isinstance(value, str) else value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


# Numbers and flags for fields of forms. Whole takes 16.0 for 16; Flag takes yes and no; Text takes a number as its text.
Whole = Annotated[int, Strict(), BeforeValidator(_whole)]
Count = Annotated[int, Strict(), Field(ge=1), BeforeValidator(_whole)]
CountOrZero = Annotated[int, Strict(), Field(ge=0), BeforeValidator(_whole)]
Real = Annotated[float, Strict(), BeforeValidator(_finite)]
Positive = Annotated[float, Strict(), Field(gt=0), BeforeValidator(_finite)]
NonNegative = Annotated[float, Strict(), Field(ge=0), BeforeValidator(_finite)]
Share = Annotated[float, Strict(), Field(ge=0, le=1), BeforeValidator(_finite)]
Flag = Annotated[bool, Strict(), BeforeValidator(_flag)]
Text = Annotated[str, Strict(), BeforeValidator(_text)]
Name = Annotated[str, Strict(), Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], BeforeValidator(_listed)]


@dataclass(slots=True)
class Findings:
    """Collects what is wrong with an input while it is read on, so that all of it is told in one run."""

    items: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding | Iterable[Finding]) -> None:
        """Note one finding or several; a finding noted before is not repeated."""
        for item in (finding,) if isinstance(finding, Finding) else finding:
            if item not in self.items:
                self.items.append(item)

    def check(self, form: type[F], document: Document, path: KeyPath = (), value: Any = ...) -> F | None:
        """The form filled from `document` at `path` (or from `value`, which stands there); None where it has findings, which are noted."""
        data = document.get(path) if value is ... else value
        filled, found = fill(form, document, path, data)
        self.add(found)
        return filled

    def raise_if_any(self) -> None:
        """Raise SpecError with all findings, in the order of files and lines, if there are any."""
        if self.items:
            raise SpecError(sorted(self.items, key=lambda f: (f.file, f.line or 0)))


def check(form: type[F], document: Document, path: KeyPath = ()) -> F:
    """The form filled from the document at `path`. Raises SpecError with all findings: line, dotted key, value seen, what is right."""
    findings = Findings()
    filled = findings.check(form, document, path)
    findings.raise_if_any()
    if filled is None:
        raise document.error(path, seen="something unreadable", expected=f"{form.__name__}")
    return filled


def fill(form: type[F], document: Document, path: KeyPath, data: Any) -> tuple[F | None, list[Finding]]:
    """The filled form and no findings, or None and all findings."""
    if not isinstance(data, dict):
        return None, [document.finding(path, seen=show(data), expected="a mapping (key: value)")]
    try:
        return form.model_validate(data), []
    except ValidationError as error:
        return None, [_finding(form, document, path, data, detail) for detail in error.errors(include_url=False)]


def _finding(form: type[Form], document: Document, path: KeyPath, data: Any, detail: Any) -> Finding:
    """pydantic's error in plain words, at the place in the file."""
    local, owner = _walk(form, data, detail["loc"])
    where = (*path, *local)
    value = _at(data, local)
    context = detail.get("ctx") or {}
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown(owner, document, where)
    if kind == "missing":
        return document.finding(where, seen="nothing", expected=_meaning(owner, str(local[-1])), fix=f"add {local[-1]}")
    if kind == "snnhw":
        return document.finding(where, seen=_seen(document, where, value), expected=context["expected"], fix=context.get("fix", ""))
    expected, fix = _expected(kind, context, value)
    return document.finding(where, seen=_seen(document, where, value), expected=expected, fix=fix)


def _seen(document: Document, where: KeyPath, value: Any) -> str:
    """The value, and the expression that it was computed from."""
    written = document.get(where)
    return f"{show(written)} (= {show(value)})" if isinstance(written, str) and not isinstance(value, str | None) else show(value)


def _unknown(owner: type[Form] | None, document: Document, where: KeyPath) -> Finding:
    key = str(where[-1])
    if owner is None:
        return document.finding(where, seen="an unknown key", expected="another key")
    canonical = owner.field_of(key)
    if canonical in owner.unsupported:
        reason = f"none: known to Timeloop, not supported by snnhw ({owner.unsupported[canonical]})"
        return document.finding(where, seen=f"the key {key}", expected=reason, fix="remove it")
    known = [*(field.alias or name for name, field in owner.model_fields.items()), *owner.spellings]
    return document.finding(where, seen=f"the unknown key {key}", expected=f"one of {listing(sorted(set(known)))}", fix=near(key, known))


_TYPES = {
    "int_type": "a whole number", "int_from_float": "a whole number", "float_type": "a number", "bool_type": "true or false",
    "string_type": "text", "list_type": "a list", "dict_type": "a mapping (key: value)", "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)", "finite_number": "a finite number", "none_required": "nothing",
    "tuple_type": "a list", "frozen_set_type": "a list", "set_type": "a list", "string_too_short": "some text",
}
_BOUNDS = {"greater_than": (">", "gt"), "greater_than_equal": (">=", "ge"), "less_than": ("<", "lt"), "less_than_equal": ("<=", "le")}


def _expected(kind: str, context: Mapping[str, Any], value: Any) -> tuple[str, str]:
    """What is right, and a near miss, for an error type of pydantic's."""
    if kind in _TYPES:
        return _TYPES[kind], ""
    if kind in _BOUNDS:
        sign, key = _BOUNDS[kind]
        return f"a number x with x {sign} {context[key]:g}", ""
    if kind == "literal_error":
        options = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return f"one of {options}", near(str(value), options.split(", "))
    if kind in ("too_short", "too_long"):
        bound = f"at least {context['min_length']}" if kind == "too_short" else f"at most {context['max_length']}"
        return f"{bound} entries", ""
    if kind == "string_pattern_mismatch":
        return f"text of the form {context['pattern']}", ""
    if kind == "string_too_long":
        return f"at most {context['max_length']} characters", ""
    return "something else", ""


def _meaning(owner: type[Form] | None, key: str) -> str:
    """What a missing key would hold, from its description."""
    for name, info in (owner.model_fields if owner else {}).items():
        if key in (name, info.alias) and info.description:
            return info.description
    return f"a value for {key}"


def _at(data: Any, path: KeyPath) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _walk(form: type[Form], data: Any, loc: Sequence[str | int]) -> tuple[KeyPath, type[Form] | None]:
    """The key path, in the file's own spelling, of pydantic's location; and the form that owns the last key.

    Parts that name a branch of a union stand nowhere in the data and are left out.
    """
    path: list[str | int] = []
    owner: type[Form] | None = form
    own: type[Form] | None = form
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(data, dict):
            spelt = _spelt(own, data, str(part))
            if spelt is None and not (last and own is not None):
                continue
            owner = own
            path.append(spelt if spelt is not None else str(part))
            data = data.get(spelt) if spelt is not None else None
            own = _inner(own, str(part)) if own is not None else None
        elif isinstance(data, list) and isinstance(part, int):
            path.append(part)
            data = data[part] if part < len(data) else None
            own = own if own is not form or position else None
    return tuple(path), owner


def _spelt(owner: type[Form] | None, data: dict[str, Any], part: str) -> str | None:
    if part in data:
        return part
    return next((key for key in data if owner is not None and owner.field_of(key) == part), None)


def _inner(owner: type[Form], key: str) -> type[Form] | None:
    """The form of a field's value (or of its items), if it is one."""
    for name, info in owner.model_fields.items():
        if key in (name, info.alias):
            return _form_in(info.annotation)
    return None


def _form_in(annotation: Any) -> type[Form] | None:
    if isinstance(annotation, type) and issubclass(annotation, Form):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _form_in(part)
        if found is not None:
            return found
    return None
