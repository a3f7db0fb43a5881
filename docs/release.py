"""Builds wheel and sdist with absolute addresses: `python docs/release.py URL`. CONTRIBUTING.md says when."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = (".git", ".venv", "out", "build", "dist", "site", "*.egg-info", "__pycache__", ".*_cache")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)")


def absolute(text: str, url: str, version: str) -> str:
    """Markdown whose links into the repository lead to the files of a version at an address, pictures to the raw ones."""
    def led(match: re.Match[str]) -> str:
        kind = "raw" if match[1] else "blob"
        return f"{match[1]}[{match[2]}]({url}/{kind}/v{version}/{match[3]})"

    return _LINK.sub(led, text)


def with_urls(project: str, url: str) -> str:
    """pyproject.toml with the addresses of a repository."""
    lines = {"Homepage": url, "Source": url, "Issues": f"{url}/issues", "Changelog": f"{url}/blob/main/CHANGELOG.md"}
    table = "[project.urls]\n" + "".join(f'{name} = "{address}"\n' for name, address in lines.items())
    return project.replace("[project.scripts]", f"{table}\n[project.scripts]", 1)


def main(url: str) -> None:
    """Build from a copy, into dist/."""
    version = re.search(r'__version__ = "(.+)"', (ROOT / "snnhw/version.py").read_text())
    assert version is not None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "snnhw"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        readme, project = copy / "README.md", copy / "pyproject.toml"
        readme.write_text(absolute(readme.read_text(encoding="utf-8"), url, version[1]), encoding="utf-8")
        project.write_text(with_urls(project.read_text(encoding="utf-8"), url), encoding="utf-8")
        subprocess.run([sys.executable, "-m", "build", "--outdir", str(ROOT / "dist"), str(copy)], check=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.match(r"https://[^\s/]+/\S+", sys.argv[1]):
        raise SystemExit("say where the sources are: python docs/release.py https://HOST/OWNER/snnhw")
    main(sys.argv[1].rstrip("/"))
