"""A trained network out of its run folder, without the data that it was trained on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from snn_workload.data.dataset import Data
from snn_workload.train.build import build_layers, layer_forms
from snn_workload.train.checkpoint import latest, read_checkpoint
from snn_workload.train.config import Config
from snn_workload.train.form import TrainForm
from snn_workload.train.inference import fold
from snn_workload.train.network import Network
from snn_workload.train.run_folder import CONFIG
from snn_workload.train.tensors import Params
from snn_workload.train.train import working_params
from snnhw.errors import Finding, SpecError
from snnhw.spec.document import Document, read_document
from snnhw.spec.forms import Findings


def restored(folder: Path) -> tuple[Network, Params]:
    """The network as it is used and the parameters that work, of the newest checkpoint.

    Raises SpecError where the folder holds no finished training.
    """
    network, config = restored_config(folder)
    path = latest(folder)
    if path is None:
        raise SpecError(Finding(file=str(folder), seen="no checkpoint", expected="the folder that snnhw train -o has written"))
    checkpoint = read_checkpoint(path)
    if checkpoint.epoch < config.form.optimiser.epochs:
        raise SpecError(
            Finding(
                file=str(path),
                seen=f"{checkpoint.epoch} of {config.form.optimiser.epochs} epochs",
                expected="a finished training",
                fix="snnhw train --resume goes on",
            )
        )
    return fold(network, working_params(config, network, checkpoint))


def restored_config(folder: Path) -> tuple[Network, Config]:
    """The network and the configuration of a run folder; the data of the configuration is not loaded."""
    path = folder / CONFIG
    if not path.is_file():
        raise SpecError(Finding(file=str(folder), seen=f"no {CONFIG}", expected="the folder that snnhw train -o has written"))
    record = read_document(path, template=False)
    document = Document(data=_mapping(record, "config"), file=str(path))
    findings = Findings()
    form = findings.check(TrainForm, document)
    size = tuple(int(n) for n in json.loads(json.dumps(record.get(("size",), []))))
    findings.raise_if_any()
    if form is None or form.network is None:
        raise SpecError(
            Finding(file=str(path), key="config", seen="a configuration without network", expected="a network trained by backpropagation")
        )
    forms = layer_forms(document, form.network, findings)
    state = form.quantisation.state if form.quantisation else None
    layers = build_layers(document, forms, size, form.time_steps, int(record.get(("classes",), 0)), state, findings)
    findings.raise_if_any()
    nothing: Any = None
    data = Data(train=nothing, test=nothing, size=size, classes=int(record.get(("classes",), 0)))
    return Network(layers=layers, steps=form.time_steps), Config(
        document=replace(document, data=document.data), form=form, data=data, network=None
    )


def _mapping(record: Document, key: str) -> dict[str, Any]:
    found = record.get((key,))
    if not isinstance(found, dict):
        raise record.error((key,), seen=str(found), expected="a mapping")
    return found
