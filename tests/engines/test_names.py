"""Names in an architecture that no layer has are errors, not silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engines.small import arch_file, layer

from snnhw.engines.names import check_names
from snnhw.errors import SpecError
from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.load import load_architecture


def small(tmp_path, **constraints):
    return replace(load_architecture(arch_file(tmp_path)), constraints=Constraints(**constraints))


def test_names_that_layers_have_pass(tmp_path):
    factors = (FactorBound(dimension="G", relation="=", value=1),)
    loops = (LoopConstraint(level="DRAM", kind="temporal", factors=factors, innermost=("P", "T")),)
    held = (StorageConstraint(level="DRAM", keep=frozenset({"Weights"})),)
    check_names(small(tmp_path, loops=loops, storage=held), layer("a").problem(4))


def test_every_unknown_name_is_told_with_the_one_that_may_be_meant(tmp_path):
    loops = (LoopConstraint(level="buffer", kind="spatial", innermost=("K",)),)
    held = (StorageConstraint(level="DRAM", keep=frozenset({"Weigths"})),)
    with pytest.raises(SpecError) as caught:
        check_names(small(tmp_path, loops=loops, storage=held), layer("a").problem(4))
    assert str(caught.value).splitlines() == [
        'small: DRAM: keep: seen the unknown tensor Weigths, expected one of Inputs, Outputs, Weights; did you mean "Weights"?',
        "small: buffer: spatial: seen the unknown dimension K, expected one of C, G, M, P, Q, R, S, T; take K out",
    ]
