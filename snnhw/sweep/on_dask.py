"""Points on a Dask cluster: one that runs already, or workers of this machine. Dask hands a dead worker's points to others."""

from __future__ import annotations

import logging
import queue
import re
import time
from typing import Any

from snnhw.errors import EngineError, Finding, SnnhwError, SpecError
from snnhw.sweep.point import Outcome, Work
from snnhw.sweep.runner import Evaluate, crashed

CONNECTING_SECONDS = 30
CLOSING_SECONDS = 10
LOOKING_SECONDS = 1.0
"""Between two looks whether the scheduler is still there."""

_ENDED = ("closed", "closing")
POINTS_PER_THREAD = 4
"""So that no worker waits for its next point."""


class DaskRunner:
    """A client of a cluster. where: the scheduler's address, or local:N for N workers here, of one thread each.

    Raises SpecError where the package is missing, EngineError where no scheduler answers.
    """

    def __init__(self, evaluate: Evaluate, where: str) -> None:
        distributed = _distributed()
        self._evaluate = evaluate
        self._where = where
        self._cluster: Any = None
        self._client: Any = None
        self._works: dict[str, Work] = {}
        self._slots, self._look_again = 1, 0.0
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        local = re.fullmatch(r"local:([1-9][0-9]{0,3})", where)
        try:
            if local:
                self._cluster = distributed.LocalCluster(n_workers=int(local[1]), threads_per_worker=1, processes=True,
                                                         dashboard_address=None, silence_logs=logging.CRITICAL)
            self._client = distributed.Client(self._cluster or where, timeout=CONNECTING_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            self.close()
            raise EngineError(f"--dask {where}: no scheduler answers there ({error})") from None

    @property
    def slots(self) -> int:
        """Some for each thread of the cluster as it is now, so that late workers get their share; one where there is none yet."""
        if time.monotonic() >= self._look_again:  # each look is a message to the scheduler and back
            workers = self._client.scheduler_info(n_workers=-1).get("workers")
            if workers is None:
                raise self._lost()
            self._slots = max(1, POINTS_PER_THREAD * sum(worker["nthreads"] for worker in workers.values()))
            self._look_again = time.monotonic() + LOOKING_SECONDS
        return self._slots

    def put(self, work: Work) -> None:
        """See Runner."""
        if self._client.status in _ENDED:
            raise self._lost()
        future = self._client.submit(self._evaluate, work, key=f"snnhw-{work.key}", pure=False)
        self._works[future.key] = work
        future.add_done_callback(self._done.put)

    def take(self) -> list[Outcome]:
        """See Runner."""
        if not self._works:
            raise EngineError("nothing is under way")
        while True:
            try:
                return [self._outcome(self._done.get(timeout=LOOKING_SECONDS))]
            except queue.Empty:
                if self._client.status in _ENDED:
                    raise self._lost() from None

    def close(self) -> None:
        """See Runner. What is under way is cancelled; a cluster of our own ends."""
        if self._client is not None:
            self._client.close(timeout=CLOSING_SECONDS)
        if self._cluster is not None:
            self._cluster.close(timeout=CLOSING_SECONDS)

    def _outcome(self, future: Any) -> Outcome:
        """Of a future that is done. Points that killed all the workers they came to have failed."""
        from distributed import KilledWorker

        work = self._works.pop(future.key)
        if future.cancelled():
            raise self._lost()
        error = future.exception()
        if error is None:
            outcome: Outcome = future.result()
            future.release()
            return outcome
        if isinstance(error, KilledWorker):
            return crashed(work, "Dask: KilledWorker", _allowed_failures() + 1)
        if isinstance(error, SnnhwError):
            raise error
        raise EngineError(f"--dask {self._where}: a worker cannot evaluate points ({type(error).__name__}: {error})")

    def _lost(self) -> EngineError:
        return EngineError(f"--dask {self._where}: the scheduler is gone; points that were finished are kept")


def _allowed_failures() -> int:
    import dask

    return int(dask.config.get("distributed.scheduler.allowed-failures"))


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise SpecError(Finding(file="--dask", seen="no package distributed", expected="it to be installed",
                                fix="pip install 'snnhw[dask]'")) from None
    return distributed
