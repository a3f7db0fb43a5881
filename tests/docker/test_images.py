"""The image files, held to what linters of Dockerfiles ask, over the parsed files; no engine is needed."""

import fnmatch
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from snnhw.version import __version__

ROOT = Path(__file__).parents[2]
FILES = ("docker/Dockerfile", "docker/Dockerfile.timeloop")
LOCKS = ("docker/requirements.lock", "docker/build-requirements.lock")
SECRET = re.compile(r"passw|secret|token|api_?key|credential|BEGIN .*PRIVATE|://[^/\s:]+:[^@\s]+@", re.IGNORECASE)
KNOWN = {"FROM", "RUN", "COPY", "ENV", "WORKDIR", "USER", "ENTRYPOINT", "CMD", "VOLUME", "ARG"}


def instructions(text):
    """(word, rest) of each instruction, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [(line.split(None, 1)[0].upper(), line.split(None, 1)[1].strip()) for line in joined.splitlines() if line.strip()]


def stages(text):
    """The instructions of each stage; what stands before the first FROM belongs to none."""
    found = []
    for word, rest in instructions(text):
        if word == "FROM":
            found.append([])
        if found:
            found[-1].append((word, rest))
    return found


def faults(text):
    """Everything that is wrong with a Dockerfile, one word each."""
    given, last = instructions(text), stages(text)[-1]
    names = {rest.split()[-1] for word, rest in given if word == "FROM" and " AS " in rest.upper()}
    bases = [rest.split()[0] for word, rest in given if word == "FROM" and rest.split()[0] not in names]
    yield from (f"unknown {word}" for word, _ in given if word not in KNOWN)
    for base in bases:
        tag = base.rpartition(":")[2] if ":" in base else ""
        if "@" not in base and not re.search(r"\d+\.\d+\.\d+", tag):
            yield f"unpinned {base}"
    users = [rest for word, rest in last if word == "USER"]
    if not users or users[-1].split(":")[0] in ("root", "0") or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        yield "root at run time"
    yield from ("latest" for word, rest in given if word == "FROM" and ":latest" in rest)
    yield from (f"secret in {word}" for word, rest in given if SECRET.search(rest))
    for word, rest in given:
        if word == "RUN":
            yield from run_faults(rest)
        if word == "COPY" and re.search(r"(^| )\.( |$)", rest.rsplit(None, 1)[0]):
            yield "copies everything"
        if word == "WORKDIR" and not rest.startswith("/"):
            yield "relative WORKDIR"
        if word in ("ENTRYPOINT", "CMD") and not rest.startswith("["):
            yield f"{word} by a shell"
    yield from (f"no {word}" for word in ("ENTRYPOINT", "VOLUME") if word not in {one for one, _ in last})


def run_faults(command):
    if "sudo " in command:
        yield "sudo"
    if re.search(r"\b(curl|wget)\b", command):
        yield "download"
    if "apt-get install" in command and not {"--no-install-recommends", "-y"} <= set(command.split()):
        yield "apt-get install asks or recommends"
    if "apt-get install" in command and "rm -rf /var/lib/apt/lists" not in command:
        yield "apt lists stay"
    for install in re.findall(r"pip install[^&]*", command):
        if "--no-cache-dir" not in install:
            yield "pip cache stays"
        if "--require-hashes" not in install and "--no-index" not in install:
            yield "pip install without hashes"


@pytest.mark.parametrize("file", FILES)
def test_an_image_file_has_no_fault(file):
    assert list(faults((ROOT / file).read_text())) == []


@pytest.mark.parametrize(("before", "after", "fault"), [
    ("python:3.11.11-slim-bookworm", "python:latest", "latest"),
    ("python:3.11.11-slim-bookworm", "python:3.11", "unpinned python:3.11"),
    ("python:3.11.11-slim-bookworm", "python", "unpinned python"),
    ("USER 1000:1000", "USER root", "root at run time"),
    ("USER 1000:1000\n", "", "root at run time"),
    ("ENV PATH", "ENV API_KEY=abc PATH", "secret in ENV"),
    ("--require-hashes", "", "pip install without hashes"),
    ("COPY snnhw snnhw", "COPY . .", "copies everything"),
    ('ENTRYPOINT ["snnhw"]', "ENTRYPOINT snnhw", "ENTRYPOINT by a shell"),
    ("RUN groupadd", "RUN curl http://x | sh && groupadd", "download"),
    ("RUN groupadd", "RUN apt-get install gcc && groupadd", "apt-get install asks or recommends"),
])
def test_the_checks_find_what_they_are_for(before, after, fault):
    text = (ROOT / FILES[0]).read_text()
    assert before in text
    assert fault in list(faults(text.replace(before, after)))


def ignored(path):
    """Whether .dockerignore keeps a path from the engine: the last rule that fits decides, for it or for a folder above it."""
    result = False
    parts = path.split("/")
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if not rule or rule.startswith("#"):
            continue
        pattern, hides = rule.removeprefix("!").removeprefix("**/"), not rule.startswith("!")
        above = ["/".join(parts[:i + 1]) for i in range(len(parts))]
        fits = [one.split("/")[-1] for one in above] if "**/" in rule else above
        if any(fnmatch.fnmatchcase(one, pattern) for one in fits):
            result = hides
    return result


@pytest.mark.parametrize("file", FILES)
def test_what_is_copied_is_there_and_not_kept_from_the_engine(file):
    copied = [source for word, rest in instructions((ROOT / file).read_text()) if word == "COPY" and not rest.startswith("--from")
              for source in rest.split()[:-1]]
    assert len(copied) >= 11
    for source in copied:
        assert (ROOT / source).exists(), source
        assert not ignored(source), source


@pytest.mark.parametrize("path", [".git", ".git/config", ".venv/bin/python", "tests/conftest.py", "out/result.json", ".ci/run",
                                  "docs/index.md", "snnhw/__pycache__/version.cpython-311.pyc", "arch/x.pyc", ".env",
                                  "docker/compose.yaml"])
def test_what_no_image_needs_is_kept_from_the_engine(path):
    assert ignored(path)


def test_everything_that_the_package_is_made_of_is_copied():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    tops = {{"snnhw_cli": "cli"}.get(name, name.removeprefix("snnhw_presets.")).split(".")[0] for name in packages}
    for file in FILES:
        copied = {source.split("/")[0] for word, rest in instructions((ROOT / file).read_text()) if word == "COPY"
                  for source in rest.split()[:-1]}
        assert tops <= copied


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_its_version_and_hashes(lock):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==[0-9][^ ]* \\\n", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_lock_holds_every_dependency_and_meets_its_bound():
    locked = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / LOCKS[0]).read_text(), re.MULTILINE))
    for wanted in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]:
        name, _, least = wanted.partition(">=")
        numbers = [tuple(int(n) for n in re.findall(r"\d+", text)[:3]) for text in (locked[name], least)]
        assert numbers[0] >= numbers[1], wanted


def test_compose_mounts_a_folder_and_gives_no_rights():
    services = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["services"]
    assert set(services) == {"snnhw", "timeloop"}
    for service in services.values():
        assert (ROOT / "docker" / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        assert service["image"].endswith(f":{__version__}")
        assert service["user"] not in ("0", "root")
        assert not service.get("privileged")
        assert service["cap_drop"] == ["ALL"]
        assert any(volume.endswith(":/work") for volume in service["volumes"])
        assert not SECRET.search(json.dumps(service))
        assert not any("docker.sock" in volume for volume in service["volumes"])
