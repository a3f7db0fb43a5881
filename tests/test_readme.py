"""What README shows is what comes out. Its commands run in test_documented_commands.py."""

import re
import shlex
from pathlib import Path

import pytest
from command import ARCH
from snnhw_cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = [line.strip() for line in README.splitlines() if re.match(r" {4}(\.venv/bin/)?snnhw ", line)]


def part(name):
    """What stands between two marks."""
    return README.partition(f"<!-- {name}: begin -->\n")[2].partition(f"<!-- {name}: end -->")[0]


def test_there_are_examples():
    assert len(EXAMPLES) >= 4


@pytest.mark.slow
def test_the_python_of_readme_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert "energy_pJ" in capsys.readouterr().out


def test_the_error_that_readme_shows_is_the_one_that_comes_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(ARCH.replace("depth: 64", "depht: 64"))
    command, *shown = [line.removeprefix("    ") for line in part("error example").splitlines()]
    assert main(shlex.split(command.removeprefix("$ snnhw "))) == 2
    assert capsys.readouterr().err.splitlines() == shown


def test_every_command_stands_in_the_table():
    assert [name for name in COMMANDS if f"| `snnhw {name} " not in README] == []


def test_the_first_command_is_that_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    assert "evaluate --arch arch/eyeriss_snn.yaml --stats workloads/tcja_dvs_gesture/w8.json -o out/demo" in makefile
    assert README.index("make demo") < README.index("make test") < README.index("pip install")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/index.md"])
def test_links_lead_to_files(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
