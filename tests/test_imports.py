"""Imports run one way, and starting costs nothing. Read from the source, so that no lazy import hides."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

BELOW_MODEL = {"snnhw.errors", "snnhw.jit", "snnhw.spec", "snnhw.energy"}
BELOW_ENGINES = BELOW_MODEL | {"snnhw.caches", "snnhw.model", "snnhw.search", "snnhw.version", "snn_workload"}
ARROWS = {
    "snnhw.errors": set(),
    "snnhw.version": set(),
    "snnhw.caches": set(),
    "snnhw.jit": {"snnhw.caches"},
    "snnhw.spec": {"snnhw.errors"},
    "snn_workload": {"snnhw.errors", "snnhw.spec", "snnhw.caches", "snnhw.version"},
    "snnhw.energy": {"snnhw.errors", "snnhw.spec"},
    "snnhw.model": BELOW_MODEL,
    "snnhw.search": BELOW_MODEL | {"snnhw.model"},
    "snnhw.engines": BELOW_ENGINES,
    "snnhw.report": BELOW_ENGINES | {"snnhw.engines"},
    "snnhw.sweep": BELOW_ENGINES | {"snnhw.engines", "snnhw.report"},
    "snnhw.look": BELOW_ENGINES | {"snnhw.engines", "snnhw.report", "snnhw.sweep"},
    "snnhw.project": BELOW_ENGINES | {"snnhw.engines", "snnhw.report", "snnhw.sweep"},
    "snnhw.study": BELOW_ENGINES | {"snnhw.engines", "snnhw.report", "snnhw.sweep", "snnhw.look"},
}
"""What each part of the library may import beside itself. The public list snnhw/__init__.py names all of them; only the cli imports it."""
HEAVY = ("numba", "numpy", "pandas", "pydantic", "jinja2", "rich", "yaml")


def sources():
    return [*sorted((ROOT / "snnhw").rglob("*.py")), *sorted((ROOT / "snn_workload").rglob("*.py"))]


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module):
    """`snnhw.spec` of `snnhw.spec.mapping`; `snn_workload` of all below it."""
    return ".".join(module.split(".")[:1 if module.startswith("snn_workload") else 2])


def imported(path):
    """The modules of ours that a file imports, wherever in it, and the line of each."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            names = [f"{node.module}.{alias.name}" if node.module == "snnhw" else str(node.module) for alias in node.names]
        for name in names:
            if name.split(".")[0] in ("snnhw", "snn_workload", "snnhw_cli"):
                yield name, node.lineno


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_lies_below_it(path):
    mine = part_of(module_of(path))
    if mine == "snnhw":
        return
    for name, line in imported(path):
        assert part_of(name) == mine or part_of(name) in ARROWS[mine], f"{path}:{line}: {mine} must not import {name}"


def test_every_part_of_the_library_has_its_arrows():
    assert {part_of(module_of(path)) for path in sources()} - {"snnhw"} == set(ARROWS)


def test_the_arrows_have_no_circle():
    settled: set[str] = set()
    while len(settled) < len(ARROWS):
        new = {part for part, below in ARROWS.items() if part not in settled and below <= settled}
        assert new, f"a circle among {set(ARROWS) - settled}"
        settled |= new


def test_the_library_never_imports_the_commands():
    assert [str(path) for path in sources() for name, _ in imported(path) if name.startswith("snnhw_cli")] == []


def test_the_commands_compute_nothing():
    """Commands parse, call, and print: no arithmetic beyond counting in them."""
    for path in sorted((ROOT / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.Pow)), f"{path}:{node.lineno}"


@pytest.mark.parametrize("module", ["snnhw", "snnhw.errors", "snn_workload", "snnhw_cli"])
def test_importing_a_front_door_imports_nothing_heavy(module):
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
