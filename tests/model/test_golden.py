"""The model says of every golden case what the real Timeloop says."""

import pytest
from golden_comparison import cases, disagreements

SUITES = {"dense": 175, "snn": 175, "sparse": 175, "imperfect": 60}
"""Cases of each suite."""


@pytest.mark.parametrize(("suite", "case"), [(suite, case) for suite in SUITES for case in cases(suite)])
def test_agrees_with_timeloop(suite, case):
    """Counts, energies, cycles, leakage and network traffic of a case are Timeloop's, its faults included; what it refuses is refused."""
    assert not [str(found) for found in disagreements(suite, case, follow_faults=True)]


def test_suites_are_whole():
    """No case is missing from a suite, so that none is skipped unnoticed."""
    assert {suite: len(cases(suite)) for suite in SUITES} == SUITES
