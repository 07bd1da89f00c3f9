"""Intervals and paired differences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.state import F64

RESAMPLES = 4000
CONFIDENCE = 0.95
ENOUGH = 20
"""Worlds from which on an interval is a bootstrap's."""
FEWEST = 5
"""Worlds below which worlds are not resampled, since so few say too little about others."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval; an interval of one observation is unknown (NaN)."""

    mean: float
    low: float
    high: float

    @property
    def decided(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Contrast:
    """The paired difference *policy − control* in one metric, world by world.

    ``superiority``: chance that the policy does better in a world, ties counting half; for a metric of which less is
    better, the chance of less. ``worlds``: those in which both policies have a value.
    """

    policy: str
    control: str
    metric: str
    difference: Estimate
    superiority: float
    worlds: int


def student_half(values: F64, axis: int = 0) -> F64:
    """Half the width of Student's interval of the mean of values, of which there are two or more, along an axis."""
    from scipy import stats

    n = values.shape[axis]
    return np.asarray(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * values.std(axis=axis, ddof=1) / np.sqrt(n))


def widening(n: int) -> float:
    """By how much deviations of means of resampled worlds are to be stretched, so that an interval from few worlds is as wide as
    Student's: resampling knows neither that their spread is itself uncertain nor that it is taken around their own mean."""
    from scipy import stats

    return float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) / stats.norm.ppf((1 + CONFIDENCE) / 2) * np.sqrt(n / (n - 1)))


def estimate(values: F64) -> Estimate:
    """Mean and bias-corrected accelerated bootstrap interval (Efron 1987), the same for the same values.

    Of fewer than ENOUGH values Student's interval, since resampling so few says too little about what others would be.
    """
    return _estimate(values[np.isfinite(values)].tobytes())


@lru_cache(4096)  # several tables ask for the same
def _estimate(raw: bytes) -> Estimate:
    from scipy import stats

    values = np.frombuffer(raw)
    if values.size == 0:
        return Estimate(np.nan, np.nan, np.nan)
    mean = float(values.mean())
    if values.size == 1:
        return Estimate(mean, np.nan, np.nan)
    if np.ptp(values) == 0:
        # A few equal values say nothing about their spread, unless nothing ever differs.
        known = mean == 0 or values.size >= ENOUGH
        return Estimate(mean, mean if known else np.nan, mean if known else np.nan)
    if values.size < ENOUGH:
        half = float(student_half(values))
        return Estimate(mean, mean - half, mean + half)
    rng = np.random.default_rng(20070427)
    found = stats.bootstrap((values,), np.mean, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, rng=rng, method="BCa")
    low, high = found.confidence_interval
    return Estimate(mean, float(low), float(high))


def contrast(policy: str, control: str, metric: str, ours: F64, theirs: F64, better: int) -> Contrast:
    """Paired difference of two policies in the same worlds (same order of worlds in both)."""
    known = np.isfinite(ours) & np.isfinite(theirs)
    ours, theirs = ours[known], theirs[known]
    difference = ours - theirs
    wins = np.sign(difference) * (better or 1)
    superiority = float(((wins > 0) + 0.5 * (wins == 0)).mean()) if wins.size else np.nan
    return Contrast(policy, control, metric, estimate(difference), superiority, difference.size)
