"""When one policy overtakes another: the day from which on it is ahead for good, or that it never is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.state import F64
from sim.study.statistics import CONFIDENCE

_RESAMPLES = 2000
FEWEST = 5
"""Worlds below which nothing is said about the uncertainty of a day."""


@dataclass(frozen=True)
class Crossing:
    """The day on which the mean over worlds is overtaken for good, within the days that were lived.

    ``day``: that day; infinite when it does not come, 0 when one is ahead from the first day on. ``low``, ``high``: its 95 %
    interval (infinite: it may not come at all; NaN: too few worlds to say). ``chance``: share of resampled sets of worlds in
    which it comes.
    """

    day: float
    low: float
    high: float
    chance: float
    days: int

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

    The interval is that of a bootstrap over worlds, whose days stay together.
    """
    difference = ours - theirs
    n, days = difference.shape
    day = float(_day(difference.mean(axis=0)[None])[0])
    if n < FEWEST:
        return Crossing(day, np.nan, np.nan, np.nan, days)
    rng = np.random.default_rng(20070427)
    weights = rng.multinomial(n, np.full(n, 1 / n), _RESAMPLES) / n
    found = _day(weights @ difference)
    low, high = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], method="inverted_cdf")
    return Crossing(day, float(low), float(high), float(np.isfinite(found).mean()), days)


def _day(paths: F64) -> F64:
    """For each path (paths × days): the first day from which on it is above zero; infinite when its last is not."""
    ahead = paths > 0
    behind_last = paths.shape[1] - 1 - np.argmax(~ahead[:, ::-1], axis=1)  # the last day on which it is not ahead
    day = np.where(ahead.all(axis=1), 0.0, behind_last + 1.0)
    return np.where(ahead[:, -1], day, np.inf)
