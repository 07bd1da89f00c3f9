"""Make the runs of a study on all cores of this machine, one result at a time as they finish.

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
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Protocol

from sim.engine import Run
from sim.errors import Fault, InputError
from sim.graph import Graph
from sim.scenario import Scenario, know
from sim.strategies import STRATEGIES
from sim.study.budget import Scaling, at_equal_spend, capped
from sim.study.results import Result
from sim.study.study import Job, Study
from sim.warm import compile_kernels

_HERE = str(Path(__file__).parent.parent)


@dataclass(frozen=True)
class Failure:
    """A run that could not be made, and why."""

    job: Job
    reason: str

    @property
    def short(self) -> str:
        """The reason in a line: what was raised, and where it happened in code that is not Murmur's."""
        lines = self.reason.strip().splitlines()
        places = [line.strip() for line in lines if line.lstrip().startswith("File ") and _HERE not in line]
        return lines[-1] + (f" ({places[-1]})" if places else "")


class Maker(Protocol):
    """What makes jobs, one after another. A worker gets a copy (by pickle) before its first."""

    def run(self, job: Job) -> Any:
        """Make a job. What it returns goes back to whoever asked."""


class Bench:
    """Where the runs of a study are made: keeps what the next run is likely to need again."""

    def __init__(self, study: Study, graph: Graph | None = None) -> None:
        self.study = study
        self._graphs: dict[Any, Graph] = {} if graph is None else {(study.scenario.graph, None): graph}
        self._scenario: tuple[int, Scenario] | None = None
        self._scalings: dict[str, Scaling] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.study, self.shared)

    @cached_property
    def shared(self) -> Graph | None:
        """The community, when it is the same at all points and in all worlds: workers then need not make it."""
        study = self.study
        varies = study.scenario.graph_varies or study.varies_graph
        return None if varies or study.given is not None else self.graph(study.scenario, study.seeds[0])

    def scenario(self, point: int) -> Scenario:
        """The scenario at a point."""
        if self._scenario is None or self._scenario[0] != point:
            self._scenario = point, self.study.scenario_at(point)
            self._scalings.clear()
        return self._scenario[1]

    def graph(self, scenario: Scenario, seed: int) -> Graph:
        """The community of a world."""
        if self.study.given is not None:
            return self.study.given
        key = scenario.graph, seed if scenario.graph_varies else None
        if key not in self._graphs:
            while len(self._graphs) >= _GRAPHS:
                del self._graphs[next(iter(self._graphs))]
            self._graphs[key] = scenario.make_graph(seed)
        return self._graphs[key]

    def scaling(self, job: Job) -> Scaling | None:
        """What the policy of a run is multiplied by, so that all spend the same; None where each is as it is."""
        scenario = self.scenario(job.point)
        if scenario.equal_budget <= 0 or not scenario.brand:
            return None
        if job.policy not in self._scalings:
            policy = scenario.find_policy(job.policy)
            self._scalings[job.policy] = at_equal_spend(scenario, policy, lambda seed: self.graph(scenario, seed))
        return self._scalings[job.policy]

    def run(self, job: Job) -> Result:
        """Live a run to its end."""
        started = time.perf_counter()
        scenario, scaling = self.scenario(job.point), self.scaling(job)
        policy, factor = (scenario.find_policy(job.policy), 1.0) if scaling is None else (scaling.policy, scaling.factor)
        plan = scenario if scaling is None else capped(scenario)
        run = Run(plan, policy, job.seed, self.graph(scenario, job.seed)).to_the_end()
        return Result.of(run, time.perf_counter() - started, job.point, factor)


_GRAPHS = 4
"""Graphs a process keeps."""

_maker: Maker | None = None


def _start_worker(maker: Maker, strategies: dict[str, type], started: Event) -> None:
    global _maker
    started.set()
    know(strategies)  # those of plugins
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    compile_kernels()
    _maker = maker


def _end_with_parent() -> None:
    """Workers of a parent that was killed would otherwise live on."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def attempt(maker: Maker, job: Job) -> Any:
    """What a job leaves behind; a failing one is a recorded failure, not the end of the study."""
    try:
        return maker.run(job)
    except Exception:  # whatever a strategy of the user's raises
        return Failure(job, traceback.format_exc())


def _work(job: Job) -> Any:
    assert _maker is not None
    return attempt(_maker, job)


Executor = Callable[[Maker, Sequence[Job]], Iterator[Any]]
"""Makes jobs, wherever; what comes of them does not depend on it. Gives what they leave behind, or Failure, as they come."""


def execute(maker: Maker, jobs: Sequence[Job], workers: int) -> Iterator[Any]:
    """Make jobs in processes of this machine. Closing the iterator stops them."""
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield attempt(maker, job)
        return
    waiting = deque(jobs)
    while waiting:
        for suspect in (yield from _with_pool(maker, waiting, min(workers, len(waiting)))):
            if (yield from _with_pool(maker, deque([suspect]), 1)):
                yield Failure(suspect, "its worker process died")


def _with_pool(maker: Maker, waiting: deque[Job], workers: int) -> Generator[Any, None, list[Job]]:
    """Work with one pool until all is done or the pool breaks; returns the jobs that were under way when it broke."""
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    pool = ProcessPoolExecutor(workers, context, _start_worker, (maker, dict(STRATEGIES), started))
    running: dict[Future[Any], Job] = {}
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
