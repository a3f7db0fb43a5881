"""One evaluation for all tests of the page: two layers with densities per step, one of them with a name that is an attack."""

import json

import pytest
from command import ARCH, MAPPER

EVIL = "</script><img src=x onerror=\"window.hacked=1\">&amp;{{7*7}}"
LIMITS = "attributes: {width: 64, datawidth: 8, depth: 64, read_bandwidth: 0.5, write_bandwidth: 4}"
MAC = "  - !Component\n    name: mac"
FANOUT = """  - !Container
    name: PE
    spatial: {meshX: 4, meshY: 2}
"""
RUN = {"schema": "snnhw.run/1", "name": "two", "time_steps": 4, "layers": [
    {"name": EVIL, "type": "linear", "shape": {"C": 8, "M": 4}, "bits": {"state": 8},
     "density": {"weights": 0.9, "inputs": {"mean": 0.25, "per_step": [0.1, 0.2, 0.3, 0.4]}, "outputs": 0.1}},
    {"name": "fc2", "type": "linear", "shape": {"C": 4, "M": 2}, "bits": {"state": 8}, "density": {"weights": 1.0, "inputs": 0.1}}]}


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory):
    """The folder of a result, on an array of 4 x 2."""
    from snnhw import evaluate, write_result

    folder = tmp_path_factory.mktemp("page")
    arch = ARCH.replace("attributes: {width: 64, datawidth: 8, depth: 64}", LIMITS).replace(MAC, FANOUT + MAC)
    for name, text in (("arch.yaml", arch), ("run.json", json.dumps(RUN)), ("mapper.yaml", MAPPER)):
        (folder / name).write_text(text)
    result = evaluate(folder / "arch.yaml", folder / "run.json", mapper=folder / "mapper.yaml", cache=False)
    write_result(result, folder / "out")
    return folder / "out"


@pytest.fixture(scope="session")
def swept(tmp_path_factory):
    """The folder of a sweep: six points with energy and accuracy, two of which another beats, one without accuracy, and one that failed."""
    from snnhw.sweep.keys import Sources
    from snnhw.sweep.owners import Owner
    from snnhw.sweep.point import Outcome, Point
    from snnhw.sweep.store import Store

    folder = tmp_path_factory.mktemp("sweep") / "swept"
    points = [(1.0, 0.5), (2.0, 0.8), (4.0, 0.9), (3.0, 0.7), (2.0, 0.8), (5.0, 0.9), (9.0, None), None]
    with Store(folder, create=True) as store:
        owner, sources = Owner(store.folder), Sources(folder)
        for seed, figures in enumerate(points):
            work = sources.work(Point(arch="tiny_snn", stats="mnist_784_400", seed=seed, variables=(("weight_bits", 8 + seed % 2),)))
            store.register([(work.point, work.key)])
            store.finish(Outcome(key=work.key, status="done" if figures else "failed", error="" if figures else "no",
                                 figures=dict(zip(("energy_pJ", "accuracy"), figures or (), strict=False))), work, owner)
        owner.close()
    return folder
