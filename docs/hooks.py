"""What mkdocs does beside turning pages into a site: pages made from the code, pages that stand elsewhere in the repository."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))
import generate  # noqa: E402

MADE = {"reference/cli.md": generate.cli_page, "reference/files.md": generate.yaml_page, "reference/python.md": generate.python_page}
ELSEWHERE = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
SITE_OF = {"../README.md": "index.md", "../CHANGELOG.md": "changelog.md", "../CONTRIBUTING.md": "contributing.md"}


def on_files(files: Files, config: Any) -> Files:
    """The pages that are made, and those of the repository's root."""
    for path, make in MADE.items():
        files.append(File.generated(config, path, content=make()))
    for path, source in ELSEWHERE.items():
        text = (DOCS.parent / source).read_text(encoding="utf-8")
        files.append(File.generated(config, path, content=text.replace("](docs/", "](")))
    return files


def on_page_markdown(markdown: str, **others: Any) -> str:
    """Links to the root of the repository lead to the pages that stand for it; to folders of sources, nowhere."""
    for source, target in SITE_OF.items():
        markdown = markdown.replace(f"]({source})", f"]({target})")
    return re.sub(r"\[([^\]]+)\]\(\.\./[^)]+\)", r"\1", markdown) if "reference/" not in others["page"].file.src_uri else markdown
