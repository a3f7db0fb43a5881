"""Jinja2 in YAML, as Accelergy's file loader offers it, in a sandbox; lines of errors still point into the user's files.

Before rendering, every line of plain text gets a mark that says where it stands. The marks survive loops, conditions and included
text, and are taken out again before the YAML is read.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
from jinja2.sandbox import SandboxedEnvironment

from snnhw.errors import Finding, SpecError
from snnhw.spec.document import MAX_BYTES, read_text, to_document
from snnhw.spec.forms import Findings, near, show
from snnhw.spec.yaml_tree import DictNode, ListNode, Node, Place, Scalar, lines_from, parse_tree

MAX_INCLUDES = 200
_OPEN, _CLOSE, _PART = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"{_OPEN}([0-9]+){_PART}([0-9]+){_CLOSE}")
_GRAFT = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
# The `variables:` section of a text: its indented lines, first also with lines of Jinja2 between them.
_SECTIONS = tuple(re.compile(rf"^variables:.*(?:\n(?:[ \t#].*|{more}))*", re.MULTILINE) for more in (r"\{%.*|", ""))
_HELPERS = frozenset(("include", "include_all", "include_text", "add_to_path", "cwd", "path_exists", "find_path", "find_paths", "setenv"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A template's outcome: the YAML tree, and the names that the template uses (beside Jinja's own and the helpers)."""

    tree: Node | None
    names: frozenset[str]


@dataclass(slots=True)
class _Session:
    """What one reading shares over all its included files."""

    values: Mapping[str, Any]
    files: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    grafts: list[Node] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    includes: int = 0


class _Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, which also bounds products and powers."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = all(isinstance(side, int | float) for side in (left, right))
        if not numbers or (operator == "**" and (abs(right) > 64 or abs(left) > 2**32)) or max(abs(left), abs(right)) > 2**256:
            raise jinja2.exceptions.SecurityError(f"{operator} of something that is no number, or too large")
        return super().call_binop(context, operator, left, right)


def read_template(text: str, path: Path, values: Mapping[str, Any]) -> Rendered:
    """The tree of a YAML file with Jinja2. values: from outside; the file's own `variables:` are seen by the template too.

    Helpers: include(file, key="a.b"), include_all(pattern, key), include_text(file), add_to_path(folder), cwd(), path_exists(file),
    find_path(file). Raises SpecError with file and line.
    """
    session = _Session(values=dict(values))
    session.values = {**_declared(text, path, session), **values}
    tree = _read(text, str(path), session)
    return Rendered(tree=tree, names=frozenset(session.names))


def _declared(text: str, path: Path, session: _Session) -> dict[str, Any]:
    """The values of the file's `variables:` section, read before the rest so that the template can use them."""
    from snnhw.spec.variables import resolve_variables

    tree = None
    for match in filter(None, (pattern.search(text) for pattern in _SECTIONS)):
        try:
            tree = _read("\n" * text.count("\n", 0, match.start()) + match.group(0), str(path), session)
            break
        except SpecError:
            session.open.clear()  # the whole file is read next, and says what is wrong
    section = tree.items.get("variables") if isinstance(tree, DictNode) else None
    declared = section.items if isinstance(section, DictNode) else {}
    if not declared:
        return {}
    document = to_document(tree, str(path), {name: value for name, value in session.values.items() if name in declared}, frozenset())
    findings = Findings()
    values = resolve_variables(document, findings)
    findings.raise_if_any()
    return values


def _read(text: str, file: str, session: _Session) -> Node | None:
    """Render one file and parse it. `file` is as the user named it, or as an include found it."""
    session.open.append(os.path.realpath(file))
    rendered = _render(text, file, session)
    session.open.pop()
    lines, places = _unmarked(rendered, file, session)

    def include(name: str, place: Place) -> Node:
        found = _GRAFT.fullmatch(name)
        if found and int(found[1]) < len(session.grafts):
            return session.grafts[int(found[1])]
        return _included(name, file, session, place)

    return parse_tree("\n".join(lines), lines_from(places), include)


def _render(text: str, file: str, session: _Session) -> str:
    environment = _Sandbox(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)
    environment.globals.update(_helpers(file, session))
    if _OPEN in text or _CLOSE in text:
        raise SpecError(Finding(file=file, seen="private-use characters U+E000 or U+E001", expected="text without them"))
    session.files.append(file)
    try:
        marked = _marked(environment, text, len(session.files) - 1)
        session.names |= jinja2.meta.find_undeclared_variables(environment.parse(text)) - _HELPERS
        pieces, size = [], 0
        for piece in environment.from_string(marked).generate(dict(session.values)):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                raise SpecError(Finding(file=file, seen="a template that makes more than 16 MiB", expected="less"))
        return "".join(pieces)
    except jinja2.TemplateSyntaxError as error:
        seen = f"a Jinja2 syntax error: {error.message}"
        raise SpecError(Finding(file=file, line=error.lineno, seen=seen, expected="a Jinja2 template")) from None
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError, AttributeError, LookupError) as error:
        raise SpecError(_failure(error, file, session)) from None
    except RecursionError:
        raise SpecError(Finding(file=file, seen="a template that calls itself", expected="no recursion")) from None


def _failure(error: Exception, file: str, session: _Session) -> Finding:
    line = _template_line(error)
    if isinstance(error, jinja2.UndefinedError):
        match = re.match(r"'([^']*)' is undefined", str(error))
        if match:
            known = sorted({*session.values, *_HELPERS})
            return Finding(file=file, line=line, seen=f"the undefined variable {match[1]}", expected="a variable that is declared or given",
                           fix=near(match[1], known))
    return Finding(file=file, line=line, seen=f"a Jinja2 expression that fails: {error}", expected="one that can be computed")


def _template_line(error: BaseException) -> int | None:
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _marked(environment: jinja2.Environment, text: str, file: int) -> str:
    """The template with a mark at the beginning of every line, and of every part of a line, that is plain text."""
    parts = []
    for line, kind, value in environment.lex(text):
        if kind == "data":
            value = "\n".join(f"{_OPEN}{file}{_PART}{line + i}{_CLOSE}{piece}" for i, piece in enumerate(value.split("\n")))
        parts.append(value)
    return "".join(parts)


def _unmarked(text: str, file: str, session: _Session) -> tuple[list[str], list[Place]]:
    """The lines without their marks, and the place of each. A line without a mark has the place of the one before."""
    lines: list[str] = []
    places: list[Place] = []
    place = Place(file, 1)
    for line in text.split("\n"):
        found = _MARK.search(line)
        place = Place(session.files[int(found[1])], int(found[2])) if found else Place(place.file, (place.line or 0) + bool(places))
        lines.append(_MARK.sub("", line))
        places.append(place)
    return lines, places


def _helpers(file: str, session: _Session) -> dict[str, Callable[..., Any]]:
    folder = os.path.dirname(file) or "."

    def graft(node: Node) -> str:
        session.grafts.append(node)
        return f'!include "{_OPEN}{len(session.grafts) - 1}{_CLOSE}"'

    def include(name: str, key: str = "") -> str:
        found = _find(name, folder, session)
        if len(found) > 1:
            raise ValueError(f"include({name!r}) finds {len(found)} files; use include_all")
        return graft(_at_key(_included(found[0], "", session, Place(file)), key, found[0]))

    def include_all(name: str | list[str], key: str = "") -> str:
        nodes = [_at_key(_included(found, "", session, Place(file)), key, found)
                 for one in ([name] if isinstance(name, str) else name) for found in _find(one, folder, session)]
        return graft(ListNode(items=tuple(nodes), place=Place(file), height=1 + max(node.height for node in nodes)))

    def include_text(name: str) -> str:
        return "\n".join(_rendered_text(found, session) for found in _find(name, folder, session))

    def add_to_path(name: str) -> str:
        session.folders += _find(name, folder, session)
        return ""

    def path_exists(name: str) -> bool:
        return any(os.path.exists(os.path.join(base, name)) for base in (folder, *session.folders))

    def setenv(*_: Any) -> str:
        raise ValueError("setenv is known to Timeloop, not supported by snnhw: a file must not change the environment")

    return {"include": include, "include_all": include_all, "include_text": include_text, "add_to_path": add_to_path, "cwd": lambda: folder,
            "path_exists": path_exists, "find_path": lambda name: _find(name, folder, session)[0],
            "find_paths": lambda name: _find(name, folder, session), "setenv": setenv}


def _find(name: str, folder: str, session: _Session) -> list[str]:
    """Files of a name or pattern, beside the including file or in the folders that add_to_path named; never none."""
    for base in (folder, *session.folders):
        found = sorted(glob.glob(os.path.join(base, name)))
        if found:
            return found
    places = ", ".join((folder, *session.folders))
    raise ValueError(f"no file {show(name)} in {places}")


def _guarded_text(name: str, session: _Session) -> str:
    session.includes += 1
    if session.includes > MAX_INCLUDES:
        raise ValueError(f"more than {MAX_INCLUDES} included files")
    if os.path.realpath(name) in session.open:
        raise ValueError(f"{name} includes itself")
    return read_text(name)


def _rendered_text(name: str, session: _Session) -> str:
    text = _guarded_text(name, session)
    session.open.append(os.path.realpath(name))
    rendered = _render(text, name, session)
    session.open.pop()
    return rendered


def _included(name: str, by: str, session: _Session, place: Place) -> Node:
    """The tree of an included file, with an empty file read as nothing. by: the file whose folder a tag !include counts from."""
    try:
        path = _find(name, os.path.dirname(by) or ".", session)[0] if by else name
        tree = _read(_guarded_text(path, session), path, session)
    except ValueError as error:
        raise SpecError(Finding(file=place.file, line=place.line, seen=str(error), expected="a file to include")) from None
    return tree if tree is not None else Scalar(value=None, text="", place=Place(path, 1))


def _at_key(node: Node, key: str, file: str) -> Node:
    """The part of an included tree at a dotted key (`components.classes`)."""
    for part in filter(None, key.split(".")):
        if not isinstance(node, DictNode) or part not in node.items:
            names = list(node.items) if isinstance(node, DictNode) else []
            raise ValueError(f"{file} has no key {key}; {near(part, names)}".rstrip("; "))
        node = node.items[part]
    return node
