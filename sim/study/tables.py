"""A study's two tables: every run at every horizon in a row, and every day of every run in a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.metrics import METRICS
from sim.state import F64
from sim.study.factors import labels
from sim.study.results import Result
from sim.study.study import Job, Study

if TYPE_CHECKING:
    import pyarrow as pa


class Kept(NamedTuple):
    """What is kept of a run: ``sums`` (horizons × brands × metrics, float64), ``series`` (days × brands × metrics kept day by
    day, float32), ``scale``: what its policy was multiplied by."""

    sums: F64
    series: npt.NDArray[np.float32]
    scale: float

    @property
    def days(self) -> int:
        """How long the run was."""
        return len(self.series)


def keep(result: Result, study: Study) -> Kept:
    """Sum up a run and take out the days the study keeps."""
    brands = range(max(1, len(study.brand_names)))
    days = [None if horizon < 0 else horizon for horizon in study.horizons]
    sums = np.array([[list(result.summary(b, day).values()) for b in brands] for day in days], np.float64)
    series = np.empty((len(result.community), len(brands), len(study.series)), np.float32)
    for s, name in enumerate(study.series):
        for b in brands:
            series[:, b, s] = result.series(name, b)
    return Kept(sums, series, result.scale)


def runs_table(study: Study, runs: Sequence[tuple[Job, Kept]]) -> pa.Table:
    """One row per run (at least one), horizon and brand: run, point, policy, seed, horizon, brand, scale, the factors, every
    metric."""
    import pyarrow as pa

    n_horizons, brands = len(study.horizons), study.brand_names or ("",)
    each = n_horizons * len(brands)
    days = [[kept.days if day < 0 else day for day in study.horizons] for _, kept in runs]
    columns: dict[str, Any] = {
        "run": pa.array([study.key(job) for job, _ in runs for _ in range(each)], pa.string()),
        "point": pa.array(np.repeat([job.point for job, _ in runs], each), pa.int32()),
        "policy": pa.array([job.policy for job, _ in runs for _ in range(each)], pa.string()),
        "seed": pa.array(np.repeat([job.seed for job, _ in runs], each), pa.int64()),
        "horizon": pa.array(np.repeat(np.ravel(days), len(brands)), pa.int32()),
        "brand": pa.array(list(brands) * (n_horizons * len(runs)), pa.string()),
        "scale": pa.array(np.repeat([kept.scale for _, kept in runs], each), pa.float64()),
    }
    for path, (kind, values) in factor_columns(study).items():
        columns[path] = pa.array([values[job.point] for job, _ in runs for _ in range(each)], kind)
    sums = np.concatenate([kept.sums.reshape(each, -1) for _, kept in runs])
    for m, name in enumerate(METRICS):
        columns[name] = pa.array(sums[:, m], pa.float64())
    return pa.table(columns)


def series_table(study: Study, runs: Sequence[tuple[Job, Kept]]) -> pa.Table:
    """One row per run (at least one), day and brand: point, policy, seed, day, brand, the metrics kept day by day."""
    import pyarrow as pa

    brands = study.brand_names or ("",)
    lengths = [len(kept.series) for _, kept in runs]
    each = [n * len(brands) for n in lengths]
    columns: dict[str, Any] = {
        "point": pa.array(np.repeat([job.point for job, _ in runs], each), pa.int32()),
        "policy": pa.array(np.repeat([job.policy for job, _ in runs], each), pa.string()),
        "seed": pa.array(np.repeat([job.seed for job, _ in runs], each), pa.int64()),
        "day": pa.array(np.concatenate([np.repeat(np.arange(n), len(brands)) for n in lengths]), pa.int32()),
        "brand": pa.array(list(brands) * sum(lengths), pa.string()),
    }
    n_series = len(study.series)
    values = np.concatenate([kept.series.reshape(-1, n_series) for _, kept in runs])
    for s, name in enumerate(study.series):
        columns[name] = pa.array(values[:, s], pa.float32())
    return pa.table(columns)


def factor_columns(study: Study) -> dict[str, tuple[Any, list[Any]]]:
    """The type and the value at each point of every factor; tables by a short name."""
    import pyarrow as pa

    columns = {}
    for path in study.factors:
        values = [point[path] for point in study.points]
        kinds = {type(value) for value in values}
        if kinds == {bool}:
            columns[path] = pa.bool_(), values
        elif kinds == {int}:
            columns[path] = pa.int64(), values
        elif kinds <= {int, float}:
            columns[path] = pa.float64(), values
        else:
            columns[path] = pa.string(), labels(values)
    return columns


def sorted_table(study: Study, tables: Sequence[pa.Table]) -> pa.Table:
    """The rows of all, each once, in an order that depends on what they are, and not on when they came."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = pa.concat_tables(tables)
    days = "day" if "day" in table.column_names else "horizon"
    ranked = table
    for name, order in (("policy", study.policies), ("brand", study.brand_names or ("",))):
        ranked = ranked.append_column(f"rank {name}", pc.index_in(table[name], pa.array(list(order), pa.string())))
    keys = ("point", "seed", "rank policy", days, "rank brand")
    order = pc.sort_indices(ranked, sort_keys=[(key, "ascending") for key in keys]).to_numpy()
    key = np.stack([ranked[name].to_numpy()[order] for name in keys])
    new = np.concatenate([[True], (key[:, 1:] != key[:, :-1]).any(axis=0)])
    return table.take(order[new]).combine_chunks()
