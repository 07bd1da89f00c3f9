"""The results of a study on disk: whatever is there under its final name is whole, and says the same however it came about.

::

    manifest.json         first of all: what was asked for, and with what
    design.csv            the points of the design
    parts/<run>.npz       a finished run, as soon as it is finished
    runs/<block>.parquet  when all runs of a block of points are there: every run at every horizon in a row …
    series/<block>.parquet … and every day of every run
    failures/<run>.txt    why a run could not be made

A block is written when it is complete, its days first, so that its runs are the mark that it is; then its parts are removed.
A run's name comes from what it is, and rows are sorted by what they are: the same study leaves the same bytes, in one go or
in many, on any number of workers.
"""

from __future__ import annotations

import csv
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics import METRICS
from sim.study.executor import Failure
from sim.study.points_file import NUMBER, written_cell
from sim.study.store import Folder
from sim.study.study import Job, Study
from sim.study.tables import Kept, runs_table, series_table, sorted_table

if TYPE_CHECKING:
    import pyarrow as pa

POINTS_PER_BLOCK = 16
_TABLES = {"runs": runs_table, "series": series_table}


class Blocks:
    """The results of one study in its folder."""

    def __init__(self, folder: Folder, study: Study) -> None:
        self.folder = folder
        self.study = study
        self._waiting: dict[int, set[Job]] = {}
        """Jobs of each block that are neither in it nor done yet."""
        self._parts: dict[int, list[Job]] = {}
        """Jobs of each block that stand beside it."""
        self._tables = ("series", "runs") if study.series else ("runs",)

    @property
    def n_blocks(self) -> int:
        return -(-len(self.study.points) // POINTS_PER_BLOCK)

    def look(self) -> None:
        """See what stands beside the blocks, and change nothing."""
        by_key = {self.study.key(job): job for job in self.study.jobs()}
        for path in sorted((self.folder.path / "parts").glob("[!.]*.npz")):
            if path.stem in by_key and self._is_whole(path):
                job = by_key[path.stem]
                self._parts.setdefault(self._block(job), []).append(job)

    def failures(self) -> Iterator[Failure]:
        """Runs that could not be made, and why."""
        by_key = {self.study.key(job): job for job in self.study.jobs()}
        for path in sorted((self.folder.path / "failures").glob("[!.]*.txt")):
            if path.stem in by_key:
                yield Failure(by_key[path.stem], path.read_text(encoding="utf-8").partition("\n\n")[2])

    def find(self) -> tuple[set[Job], list[str]]:
        """(runs that are there, from whichever attempt, also in worlds not asked for now; names of files that were damaged and
        have been removed)."""
        jobs = self.study.jobs()
        by_key = {self.study.key(job): job for job in jobs}
        done: set[Job] = set()
        damaged = []
        for block in range(self.n_blocks):
            paths = [self._path(table, block) for table in self._tables]
            try:
                *_, runs = (read_whole(path) for path in paths)
                done |= {Job(*row) for row in zip(*(runs[name].to_pylist() for name in Job._fields), strict=True)}
            except FileNotFoundError:
                for path in paths:
                    path.unlink(missing_ok=True)  # days without runs were not finished
            except Damaged as error:
                damaged.append(str(error))
                for path in paths:
                    path.unlink(missing_ok=True)
        for path in sorted((self.folder.path / "parts").glob("[!.]*.npz")):
            job = by_key.get(path.stem)
            if job is None:
                continue
            if job in done or not self._is_whole(path):
                if job not in done:
                    damaged.append(str(path))
                path.unlink()
                continue
            done.add(job)
            self._parts.setdefault(self._block(job), []).append(job)
        for job in jobs:
            if job not in done:
                self._waiting.setdefault(self._block(job), set()).add(job)
        for block in sorted(self._parts):  # complete but for the joining
            if not self._waiting.get(block):
                self._join(block)
        return done, damaged

    def write_design(self) -> None:
        """The points of the design, for readers; nothing where nothing varies."""
        if not self.study.factors:
            return

        def save(path: Path) -> None:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow([NUMBER, *self.study.factors])
                writer.writerows([p, *map(written_cell, point.values())] for p, point in enumerate(self.study.points))

        self.folder.write("design.csv", save)

    def add(self, job: Job, kept: Kept) -> None:
        """Keep a finished run."""
        block = self._block(job)
        self.folder.write(f"parts/{self.study.key(job)}.npz", lambda path: _save(path, kept), lasting=False)
        (self.folder.path / "failures" / f"{self.study.key(job)}.txt").unlink(missing_ok=True)
        self._parts.setdefault(block, []).append(job)
        waiting = self._waiting.get(block, set())
        waiting.discard(job)
        if not waiting:
            self._join(block)

    def fail(self, failure: Failure) -> None:
        """Keep the reason why a run could not be made."""
        text = f"point {failure.job.point}, {failure.job.policy}, seed {failure.job.seed}\n\n{failure.reason}"
        name = f"failures/{self.study.key(failure.job)}.txt"
        self.folder.write(name, lambda path: path.write_text(text, encoding="utf-8"), lasting=False)

    def join_all(self) -> None:
        """Put what there is into tables, complete or not."""
        for block in sorted(self._parts):
            self._join(block)
        for name in ("parts", "failures"):
            folder = self.folder.path / name
            if folder.is_dir() and not any(folder.iterdir()):
                shutil.rmtree(folder)

    def tables(self, name: str) -> Iterator[pa.Table]:
        """The blocks of a table (*runs* or *series*), one after another, with what stands beside them."""
        for block in range(self.n_blocks):
            path = self._path(name, block)
            found = [read_whole(path)] if path.exists() else []
            parts = [(job, _load(self._part(job), self.study)) for job in self._parts.get(block, [])]
            if parts:
                found.append(_TABLES[name](self.study, parts))
            if found:
                yield sorted_table(self.study, found)

    def _join(self, block: int) -> None:
        jobs = self._parts.pop(block, [])
        if not jobs:
            return
        parts = [(job, _load(self._part(job), self.study)) for job in sorted(jobs)]
        for name in self._tables:
            path = self._path(name, block)
            new = _TABLES[name](self.study, parts)
            whole = sorted_table(self.study, [read_whole(path), new] if path.exists() else [new])
            self.folder.write(f"{name}/{path.name}", partial(_write_table, whole))
        for job in jobs:
            self._part(job).unlink(missing_ok=True)

    def _block(self, job: Job) -> int:
        return job.point // POINTS_PER_BLOCK

    def _path(self, table: str, block: int) -> Path:
        return self.folder.path / table / f"{block:05d}.parquet"

    def _part(self, job: Job) -> Path:
        return self.folder.path / "parts" / f"{self.study.key(job)}.npz"

    def _is_whole(self, path: Path) -> bool:
        try:
            _load(path, self.study)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return False
        return True


class Damaged(Exception):
    """A file of results that cannot be read; its text is the path."""


def read_whole(path: Path) -> pa.Table:
    """A table, every page of it held against its checksum. Raises Damaged, or FileNotFoundError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path, page_checksum_verification=True, partitioning=None)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise Damaged(str(path)) from error


def _write_table(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd", write_page_checksum=True)


def _save(path: Path, kept: Kept) -> None:
    np.savez(path, sums=kept.sums, series=kept.series, scale=np.array(kept.scale))


def _load(path: Path, study: Study) -> Kept:
    """A part. Raises what comes of a file that is not whole (zip members carry checksums)."""
    with np.load(path, allow_pickle=False) as saved:
        kept = Kept(saved["sums"], saved["series"], float(saved["scale"]))
    shapes: tuple[Any, ...] = (len(study.horizons), max(1, len(study.brand_names)), len(METRICS))
    if kept.sums.shape != shapes or kept.series.shape[1:] != (shapes[1], len(study.series)):
        raise ValueError("of another shape")
    return kept
