"""What `snnhw doctor` found, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO

from snnhw.engines.doctor import Part
from snnhw.report.records import plain


def show_doctor(parts: Sequence[Part], output_format: str, file: IO[str]) -> None:
    """One paragraph a part, or JSON."""
    if output_format == "json":
        file.write(json.dumps([{"found": part.found, **plain(part)} for part in parts], indent=2, ensure_ascii=False) + "\n")
        return
    file.write("\n".join(map(_paragraph, parts)))


def _paragraph(part: Part) -> str:
    state = "here" if part.found else "not here"
    lines = [f"{part.kind} {part.name}: {state}"]
    if part.found:
        lines += [f"  version  {part.version or 'not said'}", f"  found    {part.where}"]
    lines += [f"  adds     {part.adds}"]
    if not part.found:
        lines += [f"  get it   {part.get}"]
    return "\n".join(lines) + "\n"
