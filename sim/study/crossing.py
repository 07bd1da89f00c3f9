"""When one policy overtakes another: the day from which on it is ahead for good, or that it never is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.state import F64
from sim.study.statistics import CONFIDENCE, FEWEST, Estimate, widening

_RESAMPLES = 2000
_LEAD = 0.01
"""Part of the largest difference from which on one policy is ahead of the other."""


@dataclass(frozen=True)
class Crossing:
    """The day on which the mean over worlds is overtaken for good, within the days that were lived.

    ``day``: that day; infinite when it does not come, 0 when one is ahead from the first day on. ``low``, ``high``: its 95 %
    interval (infinite: it may not come at all; NaN: too few worlds to say). ``chance``: share of resampled sets of worlds in
    which it comes. ``lead``: by how much it is ahead on the last day; ``most``, ``most_day``: the largest lead, and its day;
    ``behind``: whether it was ever behind; ``led``: whether it was the first to be ahead. A lead counts from a hundredth of the
    largest difference on: two policies that act alike for a while differ by next to nothing, now this way and now that.
    """

    day: float
    low: float
    high: float
    chance: float
    days: int
    lead: Estimate
    most: float
    most_day: int
    behind: bool
    led: bool

    @property
    def word(self) -> Literal["overtakes", "never overtakes", "may overtake", "is ahead from the first day"]:
        """What may be said of it."""
        if not np.isfinite(self.low) and not np.isnan(self.low):
            return "never overtakes"
        if self.high == 0:
            return "is ahead from the first day"
        if np.isfinite(self.day) and np.isfinite(self.high):
            return "overtakes"
        return "may overtake"


def crossing(ours: F64, theirs: F64) -> Crossing:
    """When ``ours`` (worlds × days, more is better) overtakes ``theirs`` for good, on the average over the same worlds.

    The interval is that of a bootstrap over worlds, whose days stay together, as wide as Student's.
    """
    difference = ours - theirs
    n, days = difference.shape
    mean = difference.mean(axis=0)
    least = _LEAD * float(np.abs(mean).max(initial=0.0))
    day = float(_day(mean[None], least)[0])
    most = float(mean.max()), int(mean.argmax()), bool((mean < -least).any()), _led(mean, least)
    if n < FEWEST:
        return Crossing(day, np.nan, np.nan, np.nan, days, Estimate(float(mean[-1]), np.nan, np.nan), *most)
    rng = np.random.default_rng(20070427)
    weights = rng.multinomial(n, np.full(n, 1 / n), _RESAMPLES) / n
    paths = mean + widening(n) * (weights @ difference - mean)
    found, ends = _day(paths, least), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.quantile(found, ends, method="inverted_cdf")
    lead = Estimate(float(mean[-1]), *map(float, np.quantile(paths[:, -1], ends)))
    return Crossing(day, float(low), float(high), float(np.isfinite(found).mean()), days, lead, *most)


def _led(mean: F64, least: float) -> bool:
    counted = mean[np.abs(mean) > least]
    return bool(counted.size and counted[0] > 0)


def _day(paths: F64, least: float) -> F64:
    """For each path (paths × days): the first day from which on it is above ``least``; infinite when its last is not."""
    ahead = paths > least
    behind_last = paths.shape[1] - 1 - np.argmax(~ahead[:, ::-1], axis=1)  # the last day on which it is not ahead
    day = np.where(ahead.all(axis=1), 0.0, behind_last + 1.0)
    return np.where(ahead[:, -1], day, np.inf)
