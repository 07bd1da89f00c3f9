"""Make the runs of a study on a Dask cluster: other machines, or a local one that Dask looks after (extra ``dask``).

Nothing here distributes work itself: Dask places the runs, and starts those anew whose worker was lost. The study and its graph
travel once to each worker, not with every run.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import time
import traceback
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from distributed import CancelledError, Client, KilledWorker, LocalCluster, WorkerPlugin, wait

from sim.errors import Fault, InputError
from sim.scenario import know
from sim.strategies import STRATEGIES
from sim.study.executor import Failure, Maker, attempt
from sim.study.store import code_digest
from sim.study.study import Job
from sim.warm import compile_kernels

_AHEAD = 4
"""Runs that wait at each worker, so that none is idle between two."""
_PATIENCE = 30.0
"""Seconds without any news after which it is asked whether the cluster is still there."""

_LONELY = 5.0
"""Seconds after which it is said that there are no workers."""

_OTHER = "it has other code of Murmur"

_makers: dict[str, Maker] = {}


class EngineLost(ConnectionAbortedError):
    """The cluster is gone. What was finished is kept, and the same command goes on."""


class Equipment(WorkerPlugin):  # type: ignore[misc]
    """What a worker needs before its first run. Dask gives it to every worker, also to those that come later.

    ``own``: the worker is ours and ends with us, so that Ctrl-C in our terminal is not for it.
    """

    def __init__(self, token: str, maker: Maker, strategies: dict[str, type], own: bool) -> None:
        self.name = token
        self._code = code_digest()
        self._maker, self._strategies, self._own = maker, strategies, own

    def setup(self, worker: Any) -> None:
        if self._own:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            _hush()
        if code_digest() != self._code:
            raise RuntimeError(_OTHER)
        know(self._strategies)  # those of plugins
        compile_kernels()
        _makers[self.name] = self._maker

    def teardown(self, worker: Any) -> None:
        _makers.pop(self.name, None)


def _work(token: str, job: Job) -> Any:
    return attempt(_makers[token], job)


class Cluster:
    """Makes runs on the Dask cluster at ``address``, or on a local one with so many ``workers`` when there is no address."""

    def __init__(self, address: str | None, workers: int) -> None:
        self.address = address
        self.workers = workers

    def __call__(self, maker: Maker, jobs: Sequence[Job]) -> Iterator[Any]:
        """Results and failures in the order in which they come.

        Raises InputError when there is no cluster to begin with, EngineLost when it goes away.
        """
        _hush()
        with contextlib.ExitStack() as stack:
            client = stack.enter_context(self._client(stack))
            token = f"murmur-{uuid.uuid4().hex}"
            self._equip(client, Equipment(token, maker, dict(STRATEGIES), own=self.address is None))
            try:
                yield from _run(client, token, jobs)
            finally:
                if client.status == "running":
                    client.unregister_worker_plugin(token)

    def _equip(self, client: Client, equipment: Equipment) -> None:
        try:
            for file in _own_files():
                client.upload_file(file)
            client.register_plugin(equipment)
        except Exception as error:  # whatever the worker raised
            known = "No module named" in str(error) or _OTHER in str(error)
            what = f"a worker cannot be used ({error})"
            remedy = "Install the same Murmur on all workers." if known else "See the worker's log."
            raise InputError(Fault(f"--scheduler {self.address or 'local'}", what, remedy)) from None

    def _client(self, stack: contextlib.ExitStack) -> Client:
        if self.address is None:
            local = LocalCluster(n_workers=self.workers, threads_per_worker=1, dashboard_address=None)
            cluster = stack.enter_context(local)  # ends with the study
            return Client(cluster)
        try:
            return Client(self.address, timeout=15)
        except (OSError, ValueError, TimeoutError) as error:
            what = f"there is no Dask scheduler ({error})"
            raise InputError(Fault(f"--scheduler {self.address}", what, "Start one: dask scheduler.")) from None


def _hush() -> None:
    """Keep Dask's loggers from the terminal: what matters is told by whoever called."""
    for name in logging.root.manager.loggerDict:
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _own_files() -> list[str]:
    """The files of plugins, which other machines do not have."""
    names = {kind.__module__ for kind in STRATEGIES.values()}
    files = [getattr(sys.modules[name], "__file__", None) for name in names if not name.startswith("sim.") and name != "__main__"]
    return sorted(filter(None, files))


def _run(client: Client, token: str, jobs: Sequence[Job]) -> Iterator[Any]:
    waiting = deque(jobs)
    running: dict[Any, Job] = {}
    last_news = time.monotonic()
    lonely = False
    while waiting or running:
        workers = len(client.scheduler_info(n_workers=-1)["workers"]) if client.status == "running" else 0
        room = _AHEAD * max(1, workers) if client.status == "running" else 0
        if not workers and not lonely and time.monotonic() - last_news > _LONELY:
            lonely = True
            logging.getLogger(__name__).warning("The scheduler has no workers; waiting for some: dask worker ADDRESS.")
        while waiting and len(running) < room:
            job = waiting.popleft()
            running[client.submit(_work, token, job, pure=False)] = job
        try:
            done = wait(list(running), timeout=1.0, return_when="FIRST_COMPLETED").done if running else set()
        except TimeoutError:
            done = {future for future in running if future.done()}
        except CancelledError:
            raise EngineLost("the connection to the cluster is lost") from None
        if not done:
            if client.status != "running" or (time.monotonic() - last_news > _PATIENCE and not _answers(client)):
                raise EngineLost("the cluster does not answer any more")
            continue
        last_news = time.monotonic()
        for future in done:
            job = running.pop(future)
            try:
                yield future.result()
            except KilledWorker:
                yield Failure(job, "its worker process died, several times over")
            except CancelledError:
                raise EngineLost("the cluster has given up its runs") from None
            except Exception:  # what Dask could not carry
                yield Failure(job, traceback.format_exc())


def _answers(client: Client) -> bool:
    """Whether the scheduler is there; one whose workers are only busy is."""
    try:
        return bool(client.scheduler_info())
    except (OSError, TimeoutError):
        return False
