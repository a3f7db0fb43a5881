"""The blocks of commands in README.md and docs/, and how each is to be run.

A block of commands is a fence of sh, bash or console, or an indented one that has a line of a program of ours, or of pip, make, docker or
pytest. The line before it may be a mark in the page's source:

    <!-- not run: WHY -->                 nothing of it is run
    <!-- run as: COMMAND ; COMMAND -->    these are run in its place
    <!-- file: NAME -->                   before a fence of another kind: the block is that file, for the commands below it
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHELL = ("sh", "bash", "console")
_PROGRAM = re.compile(r"(?:\$ )?(?:\w+=(?:\"[^\"]*\"|\S+) )*(?:\S*/)?(?:snnhw|pip|python3?|make|docker|pytest|mkdocs) ")
_MARK = re.compile(r"<!-- (not run|run as|file): (.+) -->")


@dataclass(frozen=True)
class Block:
    """A block of a page: its text, the kind of its fence ("" if it is indented), and the mark before it."""

    page: str
    line: int
    kind: str
    text: str
    mark: str = ""
    says: str = ""

    @property
    def is_shell(self) -> bool:
        """Whether it shows commands."""
        return self.kind in SHELL or (self.kind == "" and any(_PROGRAM.match(line) for line in self.text.splitlines()))

    def commands(self) -> list[str]:
        """What is to be run, comments and prompts taken off."""
        if self.mark == "run as":
            return [part.strip() for part in self.says.split(" ; ")]
        given = self.text.replace("\\\n", " ").splitlines()
        prompted = [line for line in given if line.startswith("$ ")]
        lines = [re.sub(r"\s+#\s.*", "", line.removeprefix("$ ")).strip() for line in prompted or given]
        return [line for line in lines if line and not line.startswith("#")]


def blocks(page: Path) -> list[Block]:
    """All blocks of a page, in order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Block] = []
    i = 0
    while i < len(lines):
        start, kind, text = i, None, []
        if lines[i].startswith("```"):
            kind, i = lines[i][3:].strip() or "text", i + 1
            while i < len(lines) and not lines[i].startswith("```"):
                text.append(lines[i])
                i += 1
        elif lines[i].startswith("    ") and (i == 0 or not lines[i - 1].strip() or lines[i - 1].startswith("<!--")):
            kind = ""
            while i < len(lines) and (lines[i].startswith("    ") or (not lines[i].strip() and lines[i + 1:i + 2] != [] and
                                                                      lines[i + 1].startswith("    "))):
                text.append(lines[i][4:])
                i += 1
            i -= 1
        if kind is not None:
            above = next((line for line in reversed(lines[:start]) if line.strip()), "")
            mark = _MARK.fullmatch(above.strip())
            found.append(Block(page=str(page.relative_to(ROOT)), line=start + 1, kind=kind, text="\n".join(text),
                               mark=mark[1] if mark else "", says=mark[2] if mark else ""))
        i += 1
    return found
