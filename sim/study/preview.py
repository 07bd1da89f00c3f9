"""How long a study would take and how large it would be, from a few runs of it."""

from __future__ import annotations

import time
from typing import NamedTuple

from sim.study.executor import Bench
from sim.study.study import Job, Study
from sim.study.tables import Kept, keep, runs_table, series_table

_SHARED = 1.1
"""Runs beside each other share caches and memory: each takes somewhat longer than alone."""


class Preview(NamedTuple):
    """Points and runs of a study, the seconds it would take, the megabytes it would fill."""

    points: int
    runs: int
    seconds: float
    megabytes: float


def preview(study: Study, workers: int) -> Preview:
    """Live each policy in one world at the first and the last point, and reckon from that."""
    bench = Bench(study)
    jobs = [Job(p, policy, study.seeds[0]) for p in sorted({0, len(study.points) - 1}) for policy in study.policies]
    kept: list[tuple[Job, Kept]] = []
    scaling = living = 0.0
    for job in jobs:
        started = time.perf_counter()
        bench.scaling(job)
        scaled = time.perf_counter()
        kept.append((job, keep(bench.run(job), study)))
        scaling += scaled - started
        living += time.perf_counter() - scaled
    more = (_size(study, kept) - _size(study, kept[:1])) / (len(kept) - 1) if len(kept) > 1 else _size(study, kept)
    lots = len(study.points) * len(study.policies)
    runs = lots * len(study.seeds)
    at_once = min(workers, runs)
    alone = living / len(jobs) * runs / at_once + scaling / len(jobs) * lots  # each process scales the policies for itself
    return Preview(len(study.points), runs, alone * (_SHARED if workers > 1 else 1.0), more * runs / 1e6)


def _size(study: Study, kept: list[tuple[Job, Kept]]) -> int:
    """Bytes of the tables of some runs."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    size = 0
    for table in (runs_table(study, kept), *([series_table(study, kept)] if study.series else [])):
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        size += sink.getvalue().size
    return size
