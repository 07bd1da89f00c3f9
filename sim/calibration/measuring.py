"""Statistics measured in worlds, and kept as they come."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.calibration.targets import Statistic
from sim.graph import Graph
from sim.scenario import Scenario, changed
from sim.state import F64
from sim.study.points_file import Point
from sim.study.store import Folder
from sim.study.study import Job
from sim.validation import Lab

MEASURED = "measured.jsonl"


class Measurement(NamedTuple):
    """All statistics in the worlds of one point: worlds × statistics; NaN where a world gives none."""

    job: Job
    values: F64
    seconds: float


@dataclass
class Surveyor:
    """Measures statistics at points of a calibration. A job is a point and the first of its seeds: some facts are told by all
    worlds of a point together."""

    scenario: Scenario
    statistics: tuple[Statistic, ...]
    points: Sequence[Point]
    graph: Graph | None = field(repr=False)
    """The community, where it is the same in all worlds at all points."""

    def run(self, job: Job) -> Measurement:
        """Measure in the worlds of a point."""
        started = time.perf_counter()
        seeds = range(job.seed, job.seed + self.scenario.calibration.worlds)
        lab = Lab(changed(self.scenario, self.points[job.point]), seeds, self.graph)
        with np.errstate(divide="ignore", invalid="ignore"):  # a world in which nothing happened has no ratio
            values = np.stack([statistic.measure(lab) for statistic in self.statistics], axis=1)
        return Measurement(job, values, time.perf_counter() - started)


def key(point: Point, seed: int) -> str:
    """The name of a measurement: what it is, and not its place in a list."""
    return hashlib.sha256(json.dumps([point, seed], sort_keys=True).encode()).hexdigest()[:16]


class Notebook:
    """Measurements in a folder: a line each, written when it is made. A line that was cut short is made again.

    ``shape``: worlds × statistics of a measurement.
    """

    def __init__(self, folder: Folder, shape: tuple[int, int]) -> None:
        self._folder, self._path = folder, folder.path / MEASURED
        self._shape = shape
        self.values: dict[str, F64] = {}
        self.damaged: list[str] = []

    def read(self) -> None:
        """What earlier attempts have left; damaged lines are named and dropped."""
        if not self._path.exists():
            return
        for n, line in enumerate(self._path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            try:
                entry = json.loads(line)
                values = np.array(entry["values"], np.float64)  # null is NaN
                whole = values.shape == self._shape and isinstance(entry["key"], str)
            except (ValueError, TypeError, KeyError):
                whole = False
            if whole:
                self.values[entry["key"]] = values
            else:
                self.damaged.append(f"{self._path}:{n}")
        if self.damaged:
            self.rewrite(self.values)

    def add(self, name: str, values: F64) -> None:
        """Keep a measurement."""
        self.values[name] = values
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(name, values))
            file.flush()
            os.fsync(file.fileno())

    def rewrite(self, names: Iterable[str]) -> None:
        """Write these measurements anew, in this order."""

        def save(path: Path) -> None:
            path.write_text("".join(_line(name, self.values[name]) for name in names), encoding="utf-8")

        self._folder.write(MEASURED, save)

    def cube(self, names: Sequence[str]) -> F64:
        """Points × worlds × statistics of measurements by name; NaN where one is missing."""
        return np.array([self.values.get(name, np.full(self._shape, np.nan)) for name in names])


def _line(name: str, values: F64) -> str:
    plain = [[value if np.isfinite(value) else None for value in world] for world in values.tolist()]
    return json.dumps({"key": name, "values": plain}) + "\n"
