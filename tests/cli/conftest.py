import pytest
from command import ARCH, MAPPER, RUN, Snnhw


@pytest.fixture
def snnhw(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SNNHW_DEBUG", raising=False)
    monkeypatch.setattr("snnhw.caches.needs_compiling", lambda: False)  # else the first test of a new machine is told of it
    command = Snnhw(tmp_path, capsys)
    command.write("arch.yaml", ARCH)
    command.write("run.json", RUN)
    command.write("mapper.yaml", MAPPER)
    return command
