"""Programs that end as the real ones do when they go wrong. What the real ones say is in tests/golden/timeloop.

FAKE_TIMELOOP says how: `abort`, `empty`, `endless`, `deaf`, `wrapped`, `nothing`, `cut`, `refused`, `best_so_far`, `silent_signal`,
`greedy` (tiles that fill each level); and as `b:abort` it does so for the problem b alone. Otherwise
it answers with zero accesses and one pJ for each operation.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

PROGRAM = '''#!{python}
import math, os, signal, sys, time
import yaml

program = os.path.basename(sys.argv[0])
data = yaml.safe_load(open(sys.argv[1]))
problem = data["problem"]["shape"]["name"]
only, _, mode = os.environ.get("FAKE_TIMELOOP", "").rpartition(":")
mode = mode if only in ("", problem) else ""
levels = data["architecture"]["subtree"][0]["local"]
names = [level["name"].split("[")[0] for level in levels if level["class"] not in ("neuron_unit", "threshold_register")]
dims = data["problem"]["shape"]["dimensions"]
bounds = {{d: data["problem"]["instance"][d] for d in dims}}
tensors = [space["name"] for space in data["problem"]["shape"]["data_spaces"]]
computes = math.prod(bounds.values())
print("input file:", sys.argv[1])


def greedy(name):
    """As large a tile as fits, at each level that has a depth."""
    attributes = next(level["attributes"] for level in levels if level["name"].startswith(name + "["))
    if mode != "greedy" or "depth" not in attributes:
        return []
    words = attributes["depth"] * attributes["width"] // attributes["datawidth"]
    figures = {{"Utilized capacity": words, "Utilized instances (max)": 1}}
    figures |= {{f"Scalar {{action}} (per-instance)": 0 for action in ("reads", "fills", "updates")}}
    figures |= {{f"{{kind}} (total)": "0.00 pJ" for kind in ("Energy", "Temporal Reduction Energy", "Address Generation Energy")}}
    figures |= {{f"{{kind}} Bandwidth (per-instance)": "0.00 words/cycle" for kind in ("Read", "Write")}}
    return [f"    {{name.split('_')[1]}}:", *(f"        {{key}} : {{value}}" for key, value in figures.items())]


def write(count=computes, xml=None):
    storage = names[:-1]
    lines = ["Buffer and Arithmetic Levels", "---"]
    lines += ["Level 0", f"=== {{names[-1]}} ===", "    STATS", f"    Computes (total)        : {{count}}",
              f"    Cycles                  : {{computes}}", f"    Energy (total)          : {{computes}}.00 pJ", ""]
    for name in reversed(storage):
        lines += ["Level", f"=== {{name}} ===", "        Leakage energy (total)          : 0.00 pJ",
                  f"    Cycles               : {{computes}}", "    Bandwidth throttling : 1.00", *greedy(name), ""]
    lines += ["Networks", "---"]
    for outer, inner in zip(names, names[1:]):
        lines += [f"{{outer}} <==> {{inner}}", "    STATS"]
    lines += ["Operational Intensity Stats", "Summary Stats", "---", f"Cycles: {{computes}}", f"Energy: {{computes / 1e6:.2f}} uJ", ""]
    open(program + ".stats.txt", "w").write("\\n".join(lines))
    if xml is not None:
        open(program + ".map+stats.xml", "w").write(xml)
    if program == "timeloop-mapper":
        factors = " ".join(f"{{d}}{{bounds[d]}}" for d in dims)
        ones = " ".join(f"{{d}}1" for d in dims)
        entries = [dict(target=name, type="temporal", factors=ones if i else factors, permutation="".join(dims))
                   for i, name in enumerate(storage)]
        yaml.safe_dump(dict(mapping=entries), open(program + ".map.yaml", "w"))
        print("[0] INVALID 30 10 2", file=sys.stderr)
        print("[  0] Utilization = 0.38 | pJ/Compute =    2.000 | L0 | Cycles = 77", file=sys.stderr)
        print("[  0] STATEMENT: 10 valid mappings found, terminating search.", file=sys.stderr, flush=True)


if mode == "abort":
    print("timeloop: model/buffer.cpp:42: void f(): Assertion `false' failed.", file=sys.stderr, flush=True)
    os.abort()
elif mode == "silent_signal":
    os.kill(os.getpid(), signal.SIGKILL)
elif mode in ("endless", "deaf", "best_so_far"):
    if mode == "deaf":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if mode == "best_so_far":
        signal.signal(signal.SIGINT, lambda *given: (write(), os._exit(0)))
    print("[  0] Utilization = 0.38 | pJ/Compute =    2.000 | L0 | Cycles = 77", file=sys.stderr, flush=True)
    time.sleep(60)
elif mode == "wrapped":
    write(count=2**64 - 7)
elif mode == "nothing":
    open(program + ".stats.txt", "w").close()
    print("MESSAGE: no valid mappings found within search criteria. Some suggestions:")
elif mode == "cut":
    write(xml="<?xml version='1.0' ?><boost_serialization><engine><topology_><levels_><count>")
elif mode == "refused":
    print("ERROR: couldn't map level L0: mapped tile size 9 exceeds buffer capacity 8", file=sys.stderr)
    sys.exit(1)
elif mode != "empty":
    write()
'''


def fake_programs(folder: Path, *names: str) -> Path:
    """A folder with the programs."""
    folder.mkdir(exist_ok=True)
    for name in names or ("timeloop-model", "timeloop-mapper"):
        file = folder / name
        file.write_text(PROGRAM.format(python=sys.executable))
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return folder


def kept_folder(text: str) -> Path:
    """The folder that an error says is kept."""
    return Path(text.split("its folder is kept: ")[1].split(";")[0].split("\n")[0])


def without_path(monkeypatch) -> None:
    """No program of the real Timeloop is found."""
    monkeypatch.delenv("SNNHW_TIMELOOP", raising=False)
    monkeypatch.setenv("PATH", os.defpath)
