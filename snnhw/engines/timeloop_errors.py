"""What a run of Timeloop that gave no usable result means, as one error with the end of its log; its folder is kept."""

from __future__ import annotations

import re
import signal

from snnhw.engines.timeloop_run import Run
from snnhw.errors import CapacityError, EngineError, MappingError, SearchError, SnnhwError

_ASSERTION = re.compile(r".*(?:Assertion .* failed|terminate called|what\(\):|std::out_of_range).*")
_ERROR = re.compile(r"ERROR:? *(.*)")
_TOO_LARGE = re.compile(r"(couldn't map level .*exceeds.*)")

_HINTS = (
    ("VectorWidthCoefficientTable", "a compressed tile in rows of other than 1, 2, 4, 8, 16 or 32 words"),
    ("_Map_base::at", "std::out_of_range: a compressed tile in rows of other than 1, 2, 4, 8, 16 or 32 words, or an unknown name"),
    ("map::at", "std::out_of_range: a compressed tile in rows of other than 1, 2, 4, 8, 16 or 32 words, or an unknown name"),
    ("more compression ranks needed", "a level needs one rank more than the next inner one that holds the tensor"),
    ("illegal operand probability", "a rounding error of its own; snnhw takes 0 there (docs/fidelity.md)"),
    ("CalculateDecompressionCompressionCost", "a tensor that is uncompressed at an outer level and compressed at an inner one"),
    ("overflow detected", "the mapspace is too large; constrain it"),
)


def failure_of(run: Run, results: str, limit: float) -> SnnhwError | None:
    """Why a run has no results, None where it has some. results: the file that holds them; limit: the seconds that it had."""
    has_results = bool((run.text(results) or "").strip())
    if run.killed:
        return _error(EngineError, run, f"did not end within {limit:g} s and did not heed SIGINT" if run.ended_by == "seconds"
                      else "did not heed SIGINT and was killed")
    if run.status < 0 and run.status != -signal.SIGINT:
        return _error(EngineError, run, f"was ended by {_signal(run.status)}{_why(run)}")
    if run.status > 0:
        return _refusal(run)
    if has_results:
        return None
    if run.ended_by == "seconds":
        return _error(EngineError, run, f"did not end within {limit:g} s and had found no mapping by then; give it more time "
                      "(SNNHW_TIMELOOP_SECONDS, or max_seconds of the mapper)")
    if "no valid mappings found" in run.said:
        return _error(SearchError, run, "found no valid mapping within its budget (search_size, timeout); more of it, or fewer "
                      "constraints, may help")
    if "accelergy" in run.said.lower():
        return _error(EngineError, run, f"ended without results, after Accelergy failed{_accelergy(run)}")
    return _error(EngineError, run, "ended with status 0 and without results")


def unusable(run: Run, error: EngineError) -> EngineError:
    """The error again, of results that cannot be used, with the folder and the end of the log."""
    return EngineError(_with_log(run, str(error)))


def _refusal(run: Run) -> SnnhwError:
    """An exit status above 0: for a mapping that does not fit its own word, for all else the engine's."""
    said = _ERROR.search(run.said)
    what = f'refused its input (status {run.status}): {said[1].strip()}' if said else f"ended with status {run.status}"
    too_large = _TOO_LARGE.search(run.said)
    if too_large is None:
        return _error(EngineError, run, what + _hint(run.said))
    return _error(CapacityError if "capacity" in too_large[1] else MappingError, run, f"says that the mapping does not fit: {too_large[1]}")


def _accelergy(run: Run) -> str:
    """What Accelergy says went wrong, in the log that Timeloop has it write."""
    lines = (run.text(f"{run.program}.accelergy.log") or "").splitlines()
    found = next((line for line in lines if "ERROR" in line and "====" not in line), "")
    return f": {found.split('ERROR', 1)[1].strip()[:300]}" if found else ""


def _error(kind: type[SnnhwError], run: Run, what: str) -> SnnhwError:
    return kind(_with_log(run, f"{run.program} {what}"))


def _with_log(run: Run, what: str) -> str:
    tail = run.tail
    end = f"; the end of what it said:\n{tail}" if tail else "; it said nothing"
    return f"{what}; its folder is kept: {run.folder}{end}"


def _signal(status: int) -> str:
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _why(run: Run) -> str:
    found = _ASSERTION.search(run.said)
    if found is None and run.status == -signal.SIGKILL:
        return " (out of memory?)"
    return (f": {found[0].strip()[:300]}" if found else "") + _hint(run.said)


def _hint(said: str) -> str:
    return next((f" ({hint})" for words, hint in _HINTS if words in said), "")
