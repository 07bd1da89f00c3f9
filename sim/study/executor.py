"""Run many jobs on all cores of this machine, one result at a time as they finish.

Workers are fresh processes (spawn) with single-threaded kernels. When one dies, the runs under way are lost with it, and one
of them may be to blame: each is made once more in a process of its own, so that only the culprit fails.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.synchronize import Event

from sim.engine import Run
from sim.errors import Fault, InputError
from sim.graph import Graph
from sim.scenario import Policy, Scenario
from sim.strategies import STRATEGIES
from sim.study.results import Result
from sim.warm import compile_kernels


@dataclass(frozen=True)
class Job:
    """One run to make."""

    policy: Policy
    seed: int


@dataclass(frozen=True)
class Failure:
    """A run that could not be made, and why."""

    job: Job
    reason: str


class Bench:
    """What all runs of a study share: the scenario, and the graph when it is the same in every world."""

    def __init__(self, scenario: Scenario, graph: Graph | None = None) -> None:
        self.scenario = scenario
        self.varies = scenario.graph_varies and graph is None
        self._graph = graph
        self._seed: int | None = None

    def graph(self, seed: int) -> Graph:
        """The graph of the world with this seed; kept, since the next run is often in the same world."""
        if self._graph is None or (self.varies and self._seed != seed):
            self._graph, self._seed = self.scenario.make_graph(seed), seed
        return self._graph

    def run(self, job: Job) -> Result:
        """Live a run to its end."""
        started = time.perf_counter()
        run = Run(self.scenario, job.policy, job.seed, self.graph(job.seed))
        run.to_the_end()
        return Result.of(run, time.perf_counter() - started)


_bench: Bench | None = None


def _start_worker(scenario: Scenario, graph: Graph | None, strategies: dict[str, type], started: Event) -> None:
    global _bench
    started.set()
    STRATEGIES.update(strategies)  # those of plugins
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    compile_kernels()
    _bench = Bench(scenario, graph)


def _end_with_parent() -> None:
    """Workers of a parent that was killed would otherwise live on."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(job: Job) -> Result | Failure:
    assert _bench is not None
    try:
        return _bench.run(job)
    except Exception:  # a failing run is a recorded failure, not the end of the study
        return Failure(job, traceback.format_exc())


def execute(bench: Bench, jobs: Sequence[Job], workers: int) -> Iterator[Result | Failure]:
    """Results and failures in the order in which they come. Closing the iterator stops the workers."""
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            try:
                yield bench.run(job)
            except Exception:  # as above
                yield Failure(job, traceback.format_exc())
        return
    waiting = deque(jobs)
    while waiting:
        for suspect in (yield from _with_pool(bench, waiting, min(workers, len(waiting)))):
            if (yield from _with_pool(bench, deque([suspect]), 1)):
                yield Failure(suspect, "its worker process died")


def _with_pool(bench: Bench, waiting: deque[Job], workers: int) -> Generator[Result | Failure, None, list[Job]]:
    """Work with one pool until all is done or the pool breaks; returns the jobs that were under way when it broke."""
    graph = None if bench.varies else bench.graph(bench.scenario.seed)
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    pool = ProcessPoolExecutor(workers, context, _start_worker, (bench.scenario, graph, dict(STRATEGIES), started))
    running: dict[Future[Result | Failure], Job] = {}
    try:
        while waiting or running:
            while waiting and len(running) < 2 * workers:
                running[pool.submit(_work, waiting[0])] = waiting[0]
                waiting.popleft()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                result = future.result()
                del running[future]
                yield result
    except BrokenProcessPool:
        if not started.is_set():
            raise InputError(
                Fault("workers", "no worker process could be started", 'In a script, call it under if __name__ == "__main__":.')
            ) from None
        return list(running.values())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return []
