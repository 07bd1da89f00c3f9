"""What a calibration allows to be said: what is identified, what only together, whether the model gives what was observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.calibration.calibrate import Calibration
from sim.calibration.targets import Statistic
from sim.state import F64
from sim.study.statistics import CONFIDENCE

IDENTIFIED, WEAKLY = 0.6, 0.2
"""Shares of a range that must be left out to call a parameter identified, or weakly so."""
NARROWED = 0.2
"""Share of a target's prior interval that must be gone for a target to be met more than loosely."""
TOGETHER = 0.6
"""Rank correlation from which on two parameters are told to trade off against each other."""
_EDGE, _HEAPED = 0.05, 3.0
_TAILS = (1 - CONFIDENCE) / 2, 0.5, (1 + CONFIDENCE) / 2


@dataclass(frozen=True)
class Fitted:
    """A parameter: median and 95 % interval of its posterior; ``left``: the share of its range which that interval takes;
    ``edge``: the end of the range at which draws heap up, so that the answer may lie beyond."""

    path: str
    median: float
    low: float
    high: float
    left: float
    edge: Literal["low", "high"] | None

    @property
    def word(self) -> Literal["identified", "weakly identified", "not identified"]:
        """How much was learned about it."""
        narrowed = 1 - self.left / CONFIDENCE
        return "identified" if narrowed >= IDENTIFIED else "weakly identified" if narrowed >= WEAKLY else "not identified"


@dataclass(frozen=True)
class Checked:
    """A target held against draws from the posterior: median and 95 % interval of what they give, in its own unit.

    For a series the luck of one world and what the model may miss are in the interval; for a band or fact it is that of the mean
    over worlds, and ``band`` is what it is held to. ``narrowed``: how much of the spread that the whole ranges gave is gone.
    """

    statistic: Statistic
    observed: float
    median: float
    low: float
    high: float
    band: tuple[float, float] | None
    narrowed: float = 1.0

    @property
    def word(self) -> Literal["met", "met, loosely", "met, barely", "missed", "missed, barely", "not defined"]:
        """Whether what was observed is what the model gives; *loosely* where it is hardly narrower than what the whole
        ranges give; for a band *barely* where the interval reaches over its edge."""
        if not np.isfinite(self.median):
            return "not defined"
        if self.band is None:
            if not self.low <= self.observed <= self.high:
                return "missed"
            return "met, loosely" if self.narrowed < NARROWED else "met"
        low, high = self.band
        if low <= self.median <= high:
            return "met" if low <= self.low and self.high <= high else "met, barely"
        return "missed" if self.high < low or self.low > high else "missed, barely"


def fitted(found: Calibration) -> list[Fitted]:
    """What was learned about each parameter."""
    told = []
    for k, axis in enumerate(found.axes):
        u = found.posterior.points[:, k]
        low, median, high = np.quantile(u, _TAILS)
        heaps: dict[Literal["low", "high"], float] = {"low": (u < _EDGE).mean(), "high": (u > 1 - _EDGE).mean()}
        narrow = (high - low) / CONFIDENCE < 1 - WEAKLY
        edge = next((end for end, share in heaps.items() if narrow and share > _HEAPED * _EDGE), None)
        at = [float(axis.at(float(place))) for place in (median, low, high)]
        told.append(Fitted(axis.path, at[0], at[1], at[2], float(high - low), edge))
    return told


def together(found: Calibration) -> list[tuple[str, str, float]]:
    """Pairs of parameters that trade off against each other, and their rank correlation, the closest first."""
    from scipy import stats

    d = len(found.axes)
    if d < 2:
        return []
    rank = np.atleast_2d(stats.spearmanr(found.posterior.points).statistic)
    if rank.shape == (1, 1):
        rank = np.array([[1.0, rank[0, 0]], [rank[0, 0], 1.0]])
    pairs = [(found.axes[i].path, found.axes[j].path, float(rank[i, j])) for i in range(d) for j in range(i)]
    return sorted((pair for pair in pairs if abs(pair[2]) >= TOGETHER), key=lambda pair: -abs(pair[2]))


def checked(found: Calibration) -> list[Checked]:
    """Every target against what draws from the posterior give."""
    rng = np.random.default_rng([found.scenario.calibration.seed, 5])
    told = []
    for s, statistic in enumerate(found.statistics):
        values: F64 = found.predicted[:, :, s]
        missed = rng.normal(0.0, statistic.spread, values.shape)
        band = None
        if statistic.in_one_world:
            given = (values + missed).ravel()
        else:
            known = np.isfinite(values)
            n = known.sum(axis=1)
            given = np.where(known, values, 0.0).sum(axis=1)[n > 0] / n[n > 0]
            half = -1.959964 * statistic.spread
            band = statistic.observed + half, statistic.observed - half
        given = given[np.isfinite(given)]
        low, median, high = np.quantile(given, _TAILS) if given.size else (np.nan,) * 3
        at = [statistic.plain(value) for value in (statistic.observed, median, low, high)]
        before = found.values[found.wave == 0][:, :, s]
        before = (before + rng.normal(0.0, statistic.spread, before.shape)).ravel()
        prior = np.quantile(before[np.isfinite(before)], _TAILS) if np.isfinite(before).any() else np.full(3, np.nan)
        narrowed = 1 - (high - low) / (prior[2] - prior[0]) if prior[2] > prior[0] else 1.0
        told.append(Checked(statistic, at[0], at[1], at[2], at[3], band, float(narrowed)))
    return told


def emulated(found: Calibration) -> float:
    """Share of what was measured at draws from the posterior that lies within the emulator's own 95 % intervals. They were not
    among what it was fitted to."""
    values = found.predicted[:, :, found.fitted]
    known = np.isfinite(values)
    n = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(known, values, 0.0).sum(axis=1) / n
        mean, error = found.likelihood.predict(found.drawn)
        far = np.abs(means - mean) / np.sqrt(error + np.diag(found.likelihood.worlds) / n)
    return float((far[np.isfinite(far)] < 1.959964).mean())
