"""Every block of commands in README.md and docs/ runs, page by page as a reader would type it, or says in its source why it does not."""

import re
import shlex

import pytest
from command import ARCH
from documented import PAGES, ROOT, SHELL, blocks
from snnhw_cli import main

FEW = "mapper: {version: 0.1, max_evaluations: 60}\n"
FEW_POINTS = """sweep:
  version: 0.1
  base: {arch: tiny_snn, mapper: few.yaml}
  grid: {stats: [out/digits/run.json, out/ternary/run.json]}
"""
RUNS = [page for page in PAGES if any(block.is_shell and block.mark != "not run" for block in blocks(page))]
ALL = [block for page in PAGES for block in blocks(page)]


def test_blocks_are_found():
    """Some of each form: fences, indented ones, marks, files."""
    shell = [block for block in ALL if block.is_shell]
    assert {block.kind in SHELL for block in shell} == {True, False}
    assert len(shell) > 25
    assert [block for block in ALL if block.mark == "file"]


def test_no_fence_hides_a_command():
    """A block of another kind, or of none, that begins with a command of ours would not be run."""
    hidden = [f"{block.page}:{block.line}" for block in ALL
              if block.kind not in ("", *SHELL) and re.match(r"(\$ )?(\S*/)?snnhw \w", block.text)]
    assert hidden == []


@pytest.mark.parametrize("block", [block for block in ALL if block.is_shell], ids=lambda block: f"{block.page}:{block.line}")
def test_a_block_is_run_or_says_why_not(block):
    """What is not a command of snnhw cannot be run here, so it has to be marked; a reason has words."""
    if block.mark == "not run":
        assert len(block.says.split()) >= 2
        return
    foreign = [line for line in block.commands() if not re.match(r"(\.venv/bin/)?snnhw ", line)]
    assert foreign == [], "mark the block with <!-- not run: WHY -->, or <!-- run as: snnhw ... -->"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with an architecture that is wrong, for the error example, a mapper that searches for a moment, and a plan of two points."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("snnhw.caches.needs_compiling", lambda: False)
    (tmp_path / "few.yaml").write_text(FEW)
    (tmp_path / "few_points.yaml").write_text(FEW_POINTS)
    (tmp_path / "bad.yaml").write_text(ARCH.replace("depth: 64", "depht: 64"))
    return tmp_path


def ready(line):
    """The words of a command; searches are short unless the block says how to search."""
    words = shlex.split(line)
    words = words[words.index("snnhw" if "snnhw" in words else ".venv/bin/snnhw") + 1:]
    if words[0] == "evaluate" and "few.yaml" not in words:
        while "--mapper" in words:
            at = words.index("--mapper")
            del words[at:at + 2]
        words += ["--mapper", "few.yaml"]
    return words


@pytest.mark.slow
@pytest.mark.parametrize("page", RUNS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_run(page, project, capsys):
    for block in blocks(page):
        if block.mark == "file":
            (project / block.says).write_text(block.text + "\n")
        if not block.is_shell or block.mark == "not run":
            continue
        for line in block.commands():
            status = main(ready(line))
            said = capsys.readouterr()
            expected = 2 if "bad.yaml" in line else 0
            assert status == expected, f"{block.page}:{block.line}: {line}\n{said.err}"
