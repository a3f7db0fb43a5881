"""The documentation as a site, and the texts that a package index shows."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from snnhw import __all__ as public
from snnhw import __version__

pytest.importorskip("mkdocs", reason="the site's tools are in the extra `docs`")
ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))
import generate  # noqa: E402
import release  # noqa: E402

sys.path.remove(str(ROOT / "docs"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def build(folder, config="mkdocs.yml"):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config), "--site-dir", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 25
    loaded = [(page.name, url) for page in pages
              for url in re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(https?:)?//", page.read_text())]
    assert loaded == []


@pytest.mark.slow
def test_the_site_has_the_reference_and_the_pages_of_the_root(site):
    assert "snnhw evaluate" in (site / "reference/cli.html").read_text()
    assert "per_dataspace_bandwidth_consumption_scale" in (site / "reference/files.html").read_text()
    assert (site / "changelog.html").is_file()
    assert (site / "schema/arch.schema.json").is_file()


@pytest.mark.slow
def test_a_link_that_leads_nowhere_stops_the_build(tmp_path):
    """Warnings are errors: the same configuration on two pages, one of which links to a page that is not there."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Here\n\n[nowhere](gone.md)\n")
    config = (ROOT / "mkdocs.yml").read_text().partition("nav:\n-")[0].replace("hooks: [docs/hooks.py]\n", "")
    (tmp_path / "mkdocs.yml").write_text(config)
    done = build(tmp_path / "site", tmp_path / "mkdocs.yml")
    assert done.returncode != 0
    assert "gone.md" in done.stderr


def test_every_page_stands_in_the_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text()
    pages = [page.name for page in (ROOT / "docs").glob("*.md")]
    assert [page for page in pages if f": {page}" not in navigation and f"- {page}" not in navigation] == []


def test_the_reference_names_every_command_and_every_public_name():
    from snnhw_cli import COMMANDS

    commands, names = generate.cli_page(), generate.python_page()
    assert "[carried|per_step]" in commands
    assert "seen: str = ''," in names
    assert [name for name in COMMANDS if f"## snnhw {name}" not in commands] == []
    assert [name for name in public if name != "__version__" and f"snnhw.{name}\n" not in names] == []


def test_every_key_of_an_architecture_stands_in_the_reference_with_its_default_and_what_is_refused():
    page = generate.yaml_page()
    assert "| `multiple_buffering` | `1.0` | the capacity is divided by it |" in page
    assert "| `allow_overbooking` | | refused: overbooked buffers |" in page
    assert "| `time_steps` | required |" in page


def test_links_become_absolute_for_a_package_index():
    """Links into the repository and pictures; addresses and anchors stay."""
    text = "[a](docs/a.md#b) ![p](docs/images/p.svg) [c](https://example.org/c) [d](#d)"
    assert release.absolute(text, "https://example.org/me/snnhw", "1.2") == (
        "[a](https://example.org/me/snnhw/blob/v1.2/docs/a.md#b) ![p](https://example.org/me/snnhw/raw/v1.2/docs/images/p.svg) "
        "[c](https://example.org/c) [d](#d)")


def test_a_release_has_its_addresses_and_the_sources_have_none():
    made = tomllib.loads(release.with_urls((ROOT / "pyproject.toml").read_text(), "https://example.org/me/snnhw"))["project"]
    assert made["urls"]["Issues"] == "https://example.org/me/snnhw/issues"
    assert "urls" not in PROJECT


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert (citation["version"], citation["license"], citation["cff-version"]) == (__version__, PROJECT["license"], "1.2.0")
    assert citation["authors"] == PROJECT["authors"]


def test_pictures_of_readme_have_words_and_are_in_the_sources():
    """Where a picture cannot be shown, its words are."""
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert pictures
    assert all(len(words) > 20 and (ROOT / path).is_file() for words, path in pictures)
