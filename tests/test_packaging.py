"""What is installed: every package, every preset, and nothing that needs the checkout."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from snnhw.spec.presets import preset_files

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_SOURCES = (".git", ".venv", "out", "build", "dist", "*.egg-info", "__pycache__", ".*_cache")
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]


def folder_of(package):
    first = {"snnhw_cli": "cli"}.get(package, package.removeprefix("snnhw_presets."))
    return ROOT / first.replace(".", "/")


def presets_of_the_checkout():
    return [path for kind in ("arch", "mappers", "workloads") for path in (ROOT / kind).rglob("*") if path.suffix in (".yaml", ".json")]


def test_every_folder_with_code_is_a_listed_package():
    code = {path.parent for top in ("snnhw", "snn_workload", "cli") for path in (ROOT / top).rglob("*.py")}
    assert {folder_of(package) for package in PACKAGES if not package.startswith("snnhw_presets")} == code


def test_every_folder_with_presets_is_a_listed_package():
    data = {path.parent for path in presets_of_the_checkout()}
    assert {folder_of(package) for package in PACKAGES if package.startswith("snnhw_presets")} == {*data, ROOT / "docs" / "schema"}


@pytest.mark.parametrize(("kind", "name"), [("arch", "eyeriss_snn"), ("arch", "eyeriss_ann"), ("mappers", "default"),
                                            ("workloads", "tcja_dvs_gesture/w8"), ("workloads", "mnist_784_400")])
def test_the_presets_that_readme_names_are_there(kind, name):
    assert preset_files(kind)[name].is_file()


def test_presets_are_found_from_any_folder(tmp_path):
    code = "from snnhw.spec.presets import preset_files; print(*preset_files('arch'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "eyeriss_snn" in done.stdout.split()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist, and the wheel made from it, of a copy of the sources, without asking the network."""
    pytest.importorskip("build", reason="what makes the wheel is in the extra `dev`")
    folder = tmp_path_factory.mktemp("dist")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*NOT_SOURCES))
    done = subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_wheel_carries_code_tables_and_presets(built):
    names = ZipFile(next(built.glob("*.whl"))).namelist()
    data = [path.relative_to(ROOT) for path in presets_of_the_checkout()]
    assert [str(path) for path in data if f"snnhw_presets/{path}" not in names] == []
    tables = [str(path.relative_to(ROOT)) for path in (ROOT / "snnhw").rglob("*.csv")]
    tables += [str(path.relative_to(ROOT)) for path in (ROOT / "snnhw/report/page").iterdir() if path.suffix in (".html", ".css", ".js")]
    assert [path for path in [*tables, "snnhw/py.typed", "snnhw_cli/evaluate.py", "snn_workload/py.typed"] if path not in names] == []
    assert not [name for name in names if name.split("/")[0] not in ("snnhw", "snn_workload", "snnhw_cli", "snnhw_presets")
                and ".dist-info/" not in name]


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_wheel_runs_without_the_checkout_and_without_writing_to_where_it_lies(built, tmp_path):
    """Unpacked elsewhere and run from a third place: presets are found, and a kernel is compiled into the cache.

    One kernel and what it calls: all would take minutes, and those of the checkout have the same sources. Commands run uncompiled here.
    """
    site = tmp_path / "site"
    ZipFile(next(built.glob("*.whl"))).extractall(site)
    before = sorted(str(path) for path in site.rglob("*"))
    start = f"import sys; sys.path.insert(0, {str(site)!r}); import snnhw_cli; assert snnhw_cli.__file__.startswith({str(site)!r}); "
    command = start + "sys.exit(snnhw_cli.main(sys.argv[1:]))"
    kernel = start + "from snnhw.model.exact import times; assert times.signatures == []; assert times(2.0, 0.0, 3.0) == (6.0, 0.0)"
    for code, compiles, args in ((command, False, ["model", str(ROOT / "tests/golden/dense/000.yaml"), "--json", "out.jsonl"]),
                                 (command, False, ["energy", "tiny_snn", "-o", "out"]), (kernel, True, [])):
        env = {**os.environ, "SNNHW_CACHE": str(tmp_path / "cache"), "NUMBA_DISABLE_JIT": str(int(not compiles))}
        done = subprocess.run([sys.executable, "-B", "-c", code, *args], cwd=tmp_path, capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.jsonl").is_file()
    assert (tmp_path / "out/ERT.yaml").is_file()
    assert [path.name for path in (tmp_path / "cache").rglob("exact.times*.nbc")] != []
    assert sorted(str(path) for path in site.rglob("*")) == before


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_sdist_carries_what_the_tests_need(built, tmp_path):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Makefile", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", ".ci/run", "arch/eyeriss_snn.yaml",
              "mappers/default.yaml", "workloads/tcja_dvs_gesture/w8.json", "cli/evaluate.py", "docs/fidelity.md",
              "tests/golden/dense/000.yaml"}
    assert wanted - names == set()
