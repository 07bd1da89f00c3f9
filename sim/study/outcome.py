"""What a study found: its tables, and its numbers as arrays over points, policies and worlds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import Fault, InputError, suggestion
from sim.metrics import METRICS
from sim.state import F64
from sim.study.blocks import Blocks, Damaged
from sim.study.executor import Failure
from sim.study.store import Folder, read_manifest
from sim.study.study import Job, Study
from sim.study.tables import factor_columns

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class StudyResults:
    """The runs of a study, as far as they are there.

    ``graph``: what is known of the community; ``read``: gives the blocks of a table by its name; ``each_with_control``: whether
    the control was asked for by name, so that each policy is held against it.
    """

    study: Study
    read: Callable[[str], Sequence[pa.Table]] = field(repr=False)
    graph: Mapping[str, Any] = field(default_factory=dict, repr=False)
    failures: tuple[Failure, ...] = ()
    each_with_control: bool = False

    def __repr__(self) -> str:
        study = self.study
        return (
            f"<Study of {', '.join(study.policies)} at {len(study.points)} point(s) in {len(study.seeds)} world(s), "
            f"{len(self.jobs)} of {len(study.jobs())} runs>"
        )

    def only(self, policies: Sequence[str], control: str | None = None) -> StudyResults:
        """The answers of these results for some of the policies (one at least), held against one of them (default: the study's
        control where it is among them, else the first). The tables stay whole."""
        if not policies:
            raise InputError(Fault("policy", "none is chosen", f"Choose among {', '.join(self.study.policies)}."))
        for policy in (*policies, *([control] if control else [])):
            _place(policy, self.study.policies, "policy")
        asked = control is not None
        control = control or (self.study.control if self.study.control in policies else policies[0])
        chosen = policies if control in policies else (control, *policies)
        kept = replace(self.study, policies=tuple(dict.fromkeys(chosen)), control=control)
        failures = tuple(failure for failure in self.failures if failure.job.policy in chosen)
        return replace(self, study=kept, failures=failures, each_with_control=asked)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Every run at every horizon, a row for each brand (see :func:`sim.study.tables.runs_table`)."""
        return _joined(self.read("runs")).to_pandas()

    @property
    def series(self) -> pd.DataFrame:
        """Every day of every run, of the metrics that are kept so. Read anew each time, since it is large."""
        return _joined(self.read("series")).to_pandas()

    @cached_property
    def jobs(self) -> list[Job]:
        """The runs that are there."""
        rows = self.runs[["point", "policy", "seed"]].drop_duplicates()
        return [job for row in rows.itertuples(index=False) if (job := Job(*row)).policy in self.study.policies]

    @cached_property
    def design(self) -> pd.DataFrame:
        """The factors at every point, a row each."""
        import pandas as pd

        return pd.DataFrame({path: values for path, (_, values) in factor_columns(self.study).items()}, index=self._points)

    @property
    def _points(self) -> range:
        return range(len(self.study.points))

    @cached_property
    def _places(self) -> tuple[Any, ...]:
        """Where each row of :attr:`runs` stands in an array over points, policies, worlds, horizons, brands."""
        runs, study = self.runs, self.study
        index = {name: {value: n for n, value in enumerate(order)} for name, order in _orders(study).items()}
        codes = [runs["point"].to_numpy()]
        codes += [runs[name].map(index[name]).to_numpy(np.float64) for name in ("policy", "seed")]
        n_brands = len(study.brand_names) or 1
        each = np.arange(len(runs)) % (len(study.horizons) * n_brands)  # rows of a run stand in this order
        codes += [each // n_brands, each % n_brands]
        known = np.isfinite(codes[1]) & np.isfinite(codes[2])
        return known, tuple(code[known].astype(np.int64) for code in codes)

    def cube(self, metric: str) -> F64:
        """A metric over points × policies × worlds × horizons × brands; NaN where a run is missing."""
        if metric not in METRICS:
            raise InputError(Fault("metric", f"there is no {metric!r}", suggestion(metric, METRICS)))
        return self._cube(metric)

    def _cube(self, column: str) -> F64:
        study = self.study
        shape = tuple(map(len, (study.points, study.policies, study.seeds, study.horizons, study.brand_names or ("",))))
        values: F64 = np.full(shape, np.nan)
        known, places = self._places
        values[places] = self.runs[column].to_numpy()[known]
        return values

    def values(self, metric: str, policy: str, horizon: int | None = None, brand: int = 0) -> F64:
        """Points × worlds. ``horizon``: one of the study's, in days; default: the last."""
        days = [self.study.scenario.days if day < 0 else day for day in self.study.horizons]
        h = -1 if horizon is None else _place(horizon, days, "horizon")
        return self.cube(metric)[:, _place(policy, self.study.policies, "policy"), :, h, brand]

    def scale(self, policy: str, point: int = 0) -> float:
        """What a policy was multiplied by at a point, to spend what the others do."""
        found = self._cube("scale")[point, _place(policy, self.study.policies, "policy")].ravel()
        known = found[np.isfinite(found)]
        return float(known[0]) if known.size else float("nan")

    def days(self, metric: str, policy: str, point: int = 0, brand: int = 0, seeds: Sequence[int] = ()) -> F64:
        """Worlds × days of a metric that is kept day by day, in the worlds of ``seeds``, or all that are there."""
        import pyarrow.compute as pc

        study = self.study
        seeds = seeds or study.seeds
        _place(policy, study.policies, "policy")
        if not 0 <= point < len(study.points):
            raise InputError(Fault("point", f"there is no {point}", f"Points go from 0 to {len(study.points) - 1}."))
        if metric not in study.series:
            kept = ", ".join(study.series) or "none"
            raise InputError(Fault("series", f"{metric!r} was not kept day by day (kept: {kept})", "Name it in study.series."))
        name = (study.brand_names or ("",))[brand]
        found = []
        for table in self.read("series"):
            wanted = (pc.field("point") == point) & (pc.field("policy") == policy) & (pc.field("brand") == name)
            part = table.filter(wanted)
            of, values = part["seed"].to_numpy(), part[metric].to_numpy()
            found += [(seeds.index(world), values[of == world]) for world in np.unique(of).tolist() if world in seeds]
        return np.array([values for _, values in sorted(found, key=lambda pair: pair[0])], np.float64)

    def all_days(self, metric: str, policy: str) -> F64 | None:
        """Points × worlds × days of a metric of the first brand, read once for all points; None where a run is missing or runs
        differ in length."""
        import pyarrow.compute as pc

        study, found = self.study, []
        name = (study.brand_names or ("",))[0]
        for table in self.read("series"):
            wanted = (pc.field("policy") == policy) & (pc.field("brand") == name) & pc.field("seed").isin(list(study.seeds))
            part = table.filter(wanted)
            found.append(np.stack([part[column].to_numpy() for column in ("point", "seed", metric)]).astype(np.float64))
        points, seeds, values = np.concatenate(found, axis=1)
        runs = len(study.points) * len(study.seeds)
        if values.size % runs or not values.size:
            return None
        days = values.size // runs
        order = np.argsort(np.array(study.seeds))  # blocks hold worlds in the order of their seeds
        expected = np.repeat(np.arange(len(study.points)), len(study.seeds) * days)
        worlds = np.tile(np.repeat(np.array(study.seeds)[order], days), len(study.points))
        if not (np.array_equal(points, expected) and np.array_equal(seeds, worlds)):
            return None
        cube: F64 = values.reshape(len(study.points), len(study.seeds), days)
        return np.asarray(cube[:, np.argsort(order)])


def _orders(study: Study) -> dict[str, Sequence[Any]]:
    return {"policy": study.policies, "seed": study.seeds}


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables(tables)


def _place(value: Any, known: Sequence[Any], what: str) -> int:
    if value not in known:
        raise InputError(Fault(what, f"there is no {value!r}", suggestion(str(value), map(str, known))))
    return list(known).index(value)


def recorded_study(path: Path, to_read: bool = False) -> tuple[Study, dict[str, Any]]:
    """The study of a manifest (or of the folder it is in), and the manifest. ``to_read``: see :meth:`Study.from_record`.

    Raises InputError when it is not one of a study.
    """
    manifest = read_manifest(path)
    remedy = "Give one of murmur sweep or murmur compare."
    try:
        if manifest["job"]["kind"] != "study":
            raise InputError(Fault(str(path), f"this is the manifest of a {manifest['job']['kind']}, not of a study", remedy))
        return Study.from_record(manifest["job"], manifest["seeds"], str(path), to_read), manifest
    except (KeyError, TypeError):
        raise InputError(Fault(str(path), "this manifest is not complete", remedy)) from None


def load_study(folder: str | Path) -> StudyResults:
    """The results that ``murmur sweep`` or ``murmur compare`` left in a folder, finished or not.

    Raises InputError when it is not one, or a file in it is damaged.
    """
    path = Path(folder)
    study, manifest = recorded_study(path, to_read=True)
    blocks = Blocks(Folder(path), study)
    blocks.look()
    return StudyResults(study, partial(read_tables, blocks), manifest.get("graph", {}), tuple(blocks.failures()))


def read_tables(blocks: Blocks, name: str) -> list[pa.Table]:
    """The blocks of a table. Raises InputError when there are none, or one is damaged."""
    try:
        found = list(blocks.tables(name))
    except Damaged as error:
        raise InputError(
            Fault(str(error), "is damaged", "Run the study again into the same folder: what is missing is made anew.")
        ) from None
    if not found and name == "series" and any(blocks.tables("runs")):
        what = "is not there" if blocks.study.series else "was not kept"
        remedy = "Run the study again into the same folder." if blocks.study.series else "Name metrics in study.series."
        raise InputError(Fault(str(blocks.folder.path / name), what, remedy))
    if not found:
        raise InputError(Fault(str(blocks.folder.path), "no run is there yet", "Run the study."))
    return found
