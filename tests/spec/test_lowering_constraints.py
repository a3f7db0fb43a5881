"""Constraints on levels that several levels stand for, and one constraint of a kind for each level."""

import pytest

from snnhw.errors import EngineError
from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.lowering_constraints import lower_constraints

TENSORS = ("W", "I", "O")
SPLIT = {"DRAM": {"W": "DRAM_W", "I": "DRAM_I", "O": "DRAM_O"}, "pad": {"": "pad"}}


def fixed(dimension, value=1):
    return FactorBound(dimension=dimension, relation="=", value=value)


def lowered(*loops, storage=(), split=SPLIT, dimensions="TCM"):
    return lower_constraints(Constraints(loops=loops, storage=storage), split, TENSORS, tuple(dimensions))


def loops_of(constraints, level, kind="temporal"):
    return [loop for loop in constraints.loops if (loop.level, loop.kind) == (level, kind)]


def test_loops_stand_at_the_innermost_of_the_levels_and_at_no_other():
    done = lowered(LoopConstraint(level="DRAM", kind="temporal", factors=(fixed("T", 0),), outermost=("T",)))
    assert [loop.factors for loop in loops_of(done, "DRAM_O")] == [(fixed("T", 0),)]
    for name in ("DRAM_W", "DRAM_I"):
        assert [loop.factors for loop in loops_of(done, name)] == [(fixed("T"), fixed("C"), fixed("M"))]
    assert loops_of(done, "pad") == []


def test_each_level_keeps_its_tensor_if_the_whole_has_to_and_bars_the_others():
    done = lowered(storage=(StorageConstraint(level="DRAM", keep=frozenset("WI"), bypass=frozenset("O")),
                            StorageConstraint(level="pad", bypass=frozenset("W"))))
    by_level = {one.level: (one.keep, one.bypass) for one in done.storage}
    assert by_level == {"DRAM_W": ({"W"}, {"I", "O"}), "DRAM_I": ({"I"}, {"W", "O"}), "DRAM_O": (set(), {"W", "I", "O"}),
                        "pad": (set(), {"W"})}


def test_two_constraints_of_a_kind_become_one():
    done = lowered(LoopConstraint(level="pad", kind="temporal", factors=(fixed("T"), fixed("C")), innermost=("M",)),
                   LoopConstraint(level="pad", kind="temporal", factors=(fixed("T"), FactorBound(dimension="M", relation="<=", value=4)),
                                  innermost=("M", "C"), outermost=("T",)),
                   LoopConstraint(level="pad", kind="temporal", factors=(FactorBound(dimension="M", relation="<=", value=8),
                                                                         FactorBound(dimension="C", relation="<=", value=8))))
    (one,) = loops_of(done, "pad")
    assert one.factors == (fixed("T"), fixed("C"), FactorBound(dimension="M", relation="<=", value=4))
    assert (one.innermost, one.outermost) == (("M", "C"), ("T",))


@pytest.mark.parametrize(("first", "second", "said"), [
    ({"factors": (fixed("C", 2),)}, {"factors": (fixed("C", 3),)}, "level pad: C=2 and C=3 contradict each other"),
    ({"innermost": ("C",)}, {"innermost": ("M",)}, "the orders C and M do not go together in one permutation of Timeloop"),
    ({"split": 1}, {"split": 2}, "level pad, spatial constraints: 1 and 2 do not go together"),
])
def test_what_cannot_be_said_in_one_is_refused(first, second, said):
    with pytest.raises(EngineError, match=said):
        lowered(LoopConstraint(level="pad", kind="spatial", **first), LoopConstraint(level="pad", kind="spatial", **second))


def test_without_dimensions_no_loop_is_forbidden():
    assert lowered(dimensions="").loops == ()
