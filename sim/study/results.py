"""What a run leaves behind, and how it becomes tables."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine import Run
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS, METRICS, summarise
from sim.state import F64

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Result:
    """The days of one run: ``community`` (days × community metrics), ``brands`` (days × brands × brand metrics)."""

    policy: str
    seed: int
    brand_names: tuple[str, ...]
    community: F64
    brands: F64
    seconds: float = 0.0

    @classmethod
    def of(cls, run: Run, seconds: float = 0.0) -> Result:
        """The result of a run so far."""
        done = run.days_done
        return cls(run.policy.name, run.seed, run.brand_names, run.community[:done], run.brands[:done], seconds)

    @property
    def digest(self) -> str:
        """A fingerprint: two runs agree to the bit if and only if these agree."""
        return hashlib.sha256(self.community.tobytes() + self.brands.tobytes()).hexdigest()

    def series(self, name: str, brand: int = 0) -> F64:
        """The days of one metric; unknown (NaN) for a brand's metric where there is no brand."""
        if name in COMMUNITY_METRICS:
            return self.community[:, COMMUNITY_METRICS.index(name)]
        if not self.brand_names:
            return np.full(len(self.community), np.nan)
        return self.brands[:, brand, BRAND_METRICS.index(name)]

    def summary(self, brand: int = 0) -> dict[str, float]:
        """Every metric as one number."""
        return {name: summarise(name, lambda of: self.series(of, brand)) for name in METRICS}

    def daily_table(self) -> pa.Table:
        """One row per day and brand: policy, seed, day, brand, brand metrics, community metrics."""
        import pyarrow as pa

        days, n_brands = self.brands.shape[:2] if self.brands.size else (len(self.community), 0)
        rows = max(1, n_brands)
        columns: dict[str, Any] = {
            "policy": pa.array([self.policy] * (days * rows)).dictionary_encode(),
            "seed": pa.array(np.full(days * rows, self.seed)),
            "day": pa.array(np.repeat(np.arange(days), rows)),
            "brand": pa.array(list(self.brand_names or ("",)) * days).dictionary_encode(),
        }
        for m, name in enumerate(BRAND_METRICS):
            columns[name] = pa.array(self.brands[:, :, m].ravel() if n_brands else np.full(days, np.nan))
        for m, name in enumerate(COMMUNITY_METRICS):
            columns[name] = pa.array(np.repeat(self.community[:, m], rows), from_pandas=True)
        return pa.table(columns)

    @classmethod
    def all_from_table(cls, table: pa.Table) -> list[Result]:
        """The results whose daily tables stand one after another in ``table``."""
        policy, seed = (table[name].to_numpy() for name in ("policy", "seed"))
        other = (policy[1:] != policy[:-1]) | (seed[1:] != seed[:-1])
        bounds = [0, *(np.flatnonzero(other) + 1).tolist(), table.num_rows]
        return [cls.from_table(table.slice(a, b - a)) for a, b in pairwise(bounds)]

    @classmethod
    def from_table(cls, table: pa.Table) -> Result:
        """The result that :meth:`daily_table` wrote."""
        names = tuple(dict.fromkeys(table["brand"].to_pylist()))
        days = table.num_rows // len(names)
        columns = {
            name: table[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in (*BRAND_METRICS, *COMMUNITY_METRICS)
        }
        brands = np.stack([columns[name].reshape(days, len(names)) for name in BRAND_METRICS], axis=2)
        community = np.stack([columns[name][:: len(names)] for name in COMMUNITY_METRICS], axis=1)
        if names == ("",):
            names, brands = (), brands[:, :0]
        return cls(table["policy"][0].as_py(), table["seed"][0].as_py(), names, community, brands)


def runs_table(results: list[Result]) -> pa.Table:
    """One row per run and brand: policy, seed, brand, and every metric as one number."""
    import pyarrow as pa

    rows = [
        {"policy": result.policy, "seed": result.seed, "brand": name, **result.summary(b)}
        for result in results
        for b, name in enumerate(result.brand_names or ("",))
    ]
    return pa.Table.from_pylist(rows)
