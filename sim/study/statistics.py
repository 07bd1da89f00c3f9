"""Intervals and paired differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.state import F64

RESAMPLES = 4000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % bootstrap interval; an interval of one observation is unknown (NaN)."""

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
    correlation: float
    """Correlation of the two policies across worlds: what pairing has gained."""


def estimate(values: F64) -> Estimate:
    """Mean and bias-corrected accelerated bootstrap interval (Efron 1987), the same for the same values."""
    from scipy import stats

    values = values[np.isfinite(values)]
    if values.size == 0:
        return Estimate(np.nan, np.nan, np.nan)
    mean = float(values.mean())
    if values.size == 1:
        return Estimate(mean, np.nan, np.nan)
    if np.ptp(values) == 0:
        return Estimate(mean, mean, mean)
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
    varied = difference.size > 2 and np.ptp(ours) > 0 and np.ptp(theirs) > 0
    correlation = float(np.corrcoef(ours, theirs)[0, 1]) if varied else np.nan
    return Contrast(policy, control, metric, estimate(difference), superiority, difference.size, correlation)
