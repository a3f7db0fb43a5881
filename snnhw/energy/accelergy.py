"""Accelergy by its command, if that is installed: one component a run, so that one it does not know hides no other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from snnhw.energy.actions import ACCESSES, LEAK
from snnhw.energy.kinds import kind_of
from snnhw.energy.request import NoEstimate, Request
from snnhw.errors import SpecError
from snnhw.spec.reference import ActionEnergy, ComponentCost
from snnhw.spec.reference_file import read_reference

COMMAND = "accelergy"
TIMEOUT_S = 120
PLACEHOLDERS = ("dummy",)
"""Accelergy's plug-in that answers 1 pJ for anything: no estimate, unless placeholders are asked for."""

_VERBS: Mapping[str, tuple[str, ...]] = {
    "adder": ("add",), "fpadder": ("add",), "multiplier": ("multiply",), "fpmultiplier": ("multiply",), "comparator": ("compare",),
    "counter": ("count",), "shifter": ("shift",), "bitwise": ("process",), "register": ("read", "write"), "wire": ("transfer_random",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelergy:
    """Accelergy and the plug-ins that it finds."""

    name: str = "accelergy"

    @property
    def absent(self) -> str:
        """Where there is no such command."""
        return "" if shutil.which(COMMAND) else "no command accelergy here"

    def cost(self, request: Request) -> ComponentCost:
        """Its ERT and ART for this component alone."""
        actions = _actions(request)
        if not actions:
            raise NoEstimate("it is not asked for components whose actions it has no names for")
        return replace(_run(json.dumps(_input(request, actions))), name=request.name)


def _actions(request: Request) -> tuple[str, ...]:
    if request.role == "storage":
        return ("read", "write", "update", LEAK)
    if request.role == "compute":
        return ("compute", LEAK)
    kind = kind_of(request.class_name, request.subclass) or ""
    actions = ACCESSES[:2] if kind in ("dram", "sram", "regfile") else _VERBS.get(kind, ())
    return (*dict.fromkeys((*actions, *request.needs)), LEAK) if actions or request.needs else ()


def _input(request: Request, actions: tuple[str, ...]) -> dict[str, Any]:
    """A v0.4 architecture of one component."""
    shared = {"technology": f"{request.own_node_nm:g}nm", "global_cycle_seconds": request.cycle_ns * 1e-9}
    attributes: dict[str, Any] = dict(shared)
    if request.level is not None:
        level = request.level
        attributes |= {"width": level.width_bits, "datawidth": level.word_bits, "n_rdwr_ports": request.ports, "n_banks": 1}
        attributes |= {} if level.depth_words is None else {"depth": level.depth_words}
    elif request.role == "compute":
        attributes |= {"datawidth": request.word_bits}
    given = {key: value for key, value in request.attributes.items() if key not in ("energy_scale", "area_scale", "technology")}
    component = {"name": "it", "class": request.subclass or request.class_name, "attributes": {**attributes, **given},
                 "required_actions": list(actions)}
    return {"architecture": {"version": 0.4, "subtree": [{"name": "system", "attributes": shared, "local": [component]}]}}


@cache
def _run(text: str) -> ComponentCost:
    """One run, whose input is JSON, which is YAML. NoEstimate where it fails or a placeholder answers."""
    with tempfile.TemporaryDirectory(prefix="snnhw-accelergy-") as name:
        folder = Path(name)
        (folder / "in.yaml").write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([COMMAND, "in.yaml", "-o", ".", "-f", "ERT", "ART", "ERT_summary"], cwd=folder, capture_output=True,
                                  text=True, timeout=TIMEOUT_S, check=False)
        except (OSError, subprocess.SubprocessError) as error:
            raise NoEstimate(f"it failed: {error}") from None
        files = [folder / "ERT.yaml", folder / "ART.yaml"]
        if done.returncode or not all(file.exists() for file in files):
            raise NoEstimate(f"it failed: {_reason(done.stdout + done.stderr)}")
        summary = (folder / "ERT_summary.yaml").read_text(encoding="utf-8") if (folder / "ERT_summary.yaml").exists() else ""
        plug_ins = tuple(dict.fromkeys(re.findall(r"estimator: *['\"]?([\w. -]+)", summary))) or _plug_ins(summary)
        if set(plug_ins) & set(PLACEHOLDERS):
            raise NoEstimate("only its placeholders (dummy) answer")
        try:
            found = read_reference(files).components["it"]
        except (SpecError, KeyError) as error:
            raise NoEstimate(f"its tables cannot be read: {error}") from None
    source = f"Accelergy's plug-in {', '.join(plug_ins)}" if plug_ins else "Accelergy"
    return replace(found, actions={action: ActionEnergy(energy_pJ=one.energy_pJ, estimator="Accelergy", source=source)
                                   for action, one in found.actions.items()})


def _plug_ins(summary: str) -> tuple[str, ...]:
    """Names of the estimators in the form of a primitive component: `primitive_estimation(s): NAME`."""
    return tuple(dict.fromkeys(name.strip(" '\"") for name in re.findall(r"primitive_estimation\(s\): *([^\n]+)", summary)))


def _reason(text: str) -> str:
    """The line that says what is wrong, without date and level."""
    lines = [re.sub(r"^[-0-9]+ [:0-9]+ +[A-Z]+ +", "", line).strip() for line in text.splitlines()]
    telling = [line for line in lines if "Can not find" in line or re.search(r"\w+Error:", line)]
    return (telling or [line for line in lines if line] or ["it says nothing"])[0 if telling else -1][:200]
