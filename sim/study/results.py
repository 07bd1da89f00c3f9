"""What a run leaves behind."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine import Run
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS, METRICS, summarise
from sim.state import F64
from sim.study.study import Job

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
    point: int = 0
    """Of the design it belongs to, its number."""
    scale: float = 1.0
    """What the policy was multiplied by to spend what others do."""

    @classmethod
    def of(cls, run: Run, seconds: float = 0.0, point: int = 0, scale: float = 1.0) -> Result:
        """The result of a run so far."""
        done = run.days_done
        return cls(run.policy.name, run.seed, run.brand_names, run.community[:done], run.brands[:done], seconds, point, scale)

    @property
    def job(self) -> Job:
        """Which run of its study it is."""
        return Job(self.point, self.policy, self.seed)

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

    def summary(self, brand: int = 0, days: int | None = None) -> dict[str, float]:
        """Every metric as one number, over the first ``days`` or all."""
        return {name: summarise(name, lambda of: self.series(of, brand)[:days]) for name in METRICS}

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
