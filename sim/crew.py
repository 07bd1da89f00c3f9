"""Threads for one large run. Kernels release the interpreter lock and write only what belongs to their members, so the
same compiled code serves one thread and many, and the answer does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

from sim.state import I64

_CHUNK = 1 << 18
"""Work (slots plus members) per chunk, at least: a millisecond or two, long against the cost of handing it to a thread."""

_MOST_CHUNKS = 32
"""Enough to keep several threads equally busy to the end; each costs the interpreter some microseconds per kernel."""


def chunk_bounds(start: I64) -> list[tuple[int, int]]:
    """Split the members into runs of about equal work. Depends on the graph alone, so sums by chunk are reproducible.

    In a scale-free graph half of the members hold most of the ties: runs of equal *work* keep two threads equally busy.
    """
    members = start.size - 1
    work = start + np.arange(start.size)
    n_chunks = min(max(1, round(int(work[-1]) / _CHUNK)), _MOST_CHUNKS)
    edges = np.searchsorted(work, np.linspace(0, work[-1], n_chunks + 1)).tolist()
    edges[0], edges[-1] = 0, members
    return list(pairwise(edges))


class Crew:
    """The threads of a run and the chunks they work through."""

    def __init__(self, start: I64, threads: int = 1) -> None:
        self.bounds = chunk_bounds(start)
        self.threads = min(threads, len(self.bounds))
        self._pool: ThreadPoolExecutor | None = None

    def each(self, kernel: Callable[..., Any], *args: Any) -> list[Any]:
        """Call ``kernel(chunk, lo, hi, *args)`` for every chunk; results in the order of the chunks."""
        if self.threads == 1:
            return [kernel(c, lo, hi, *args) for c, (lo, hi) in enumerate(self.bounds)]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="murmur")
        jobs = [self._pool.submit(kernel, c, lo, hi, *args) for c, (lo, hi) in enumerate(self.bounds)]
        return [job.result() for job in jobs]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pool": None}
