"""Two policies over all points of a design: where one does better, under which conditions, and from when on."""

from __future__ import annotations

import itertools

import numpy as np

from sim.metrics import METRICS
from sim.state import F64
from sim.study.conditions import Box, find_box
from sim.study.crossing import Crossing, crossing
from sim.study.outcome import StudyResults
from sim.study.robustness import above_zero, mean_of_known
from sim.study.study import CONTROL

LEADING = "npv"
HEALTH = ("npv", "brand_trust", "present")
"""Money, trust, and the community's health: what a frontier is drawn over."""
_FEW_POINTS = 20
_LIFT = 0.1
"""By how much more often something must hold in a box than everywhere for the box to be worth a sentence."""


def pairs(results: StudyResults) -> list[tuple[str, str]]:
    """The pairs worth a sentence. When the control is to do nothing, was not asked for, and the others are few, the others among
    each other; else each of them with the control."""
    study = results.study
    others = [policy for policy in study.policies if policy != study.control]
    if study.control == CONTROL and not results.each_with_control and 2 <= len(others) <= 3:
        return [(b, a) for a, b in itertools.combinations(others, 2)]
    return [(policy, study.control) for policy in others]


def advantage(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> F64:
    """Points × worlds: by how much ours does better (NaN where a run of the pair is missing)."""
    sign = METRICS[metric].better or 1
    return np.asarray(sign * (results.values(metric, ours, horizon) - results.values(metric, theirs, horizon)))


def shares(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> tuple[float, float, int]:
    """(share of the points at which ours is surely better, at which theirs is, number of points at which both were lived)."""
    difference = advantage(results, ours, theirs, metric, horizon)
    difference = difference[np.isfinite(difference).any(axis=1)]
    if not len(difference):
        return float("nan"), float("nan"), 0
    return float(above_zero(difference).mean()), float(above_zero(-difference).mean()), len(difference)


def box_of(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> Box | None:
    """The conditions under which ours does better on the average; None when that is everywhere, nowhere, or hardly told."""
    mean = mean_of_known(advantage(results, ours, theirs, metric, horizon))
    known = np.isfinite(mean)
    holds = mean[known] > 0
    if known.sum() < _FEW_POINTS or not 0.02 < holds.mean() < 0.98:
        return None
    factors = {path: column.to_numpy()[known] for path, column in results.design.items()}
    box = find_box(factors, holds)
    return box if box.limits and box.density >= min(box.everywhere + _LIFT, 1.0) else None


def average_difference(results: StudyResults, ours: str, theirs: str, metric: str) -> F64 | None:
    """Worlds × days: how much better ours does on the average over all points (a world's points stay together). None where days
    were not kept, a run is missing, or runs are not as long everywhere."""
    if metric not in results.study.series:
        return None
    sign = METRICS[metric].better or 1
    mine, other = (results.all_days(metric, policy) for policy in (ours, theirs))
    if mine is None or other is None or mine.shape != other.shape:
        return None
    return np.asarray(sign * (mine - other).mean(axis=0))


def average_crossing(results: StudyResults, ours: str, theirs: str, metric: str) -> Crossing | None:
    """When ours overtakes on the average over all points; None where that cannot be told."""
    difference = average_difference(results, ours, theirs, metric)
    return None if difference is None else crossing(difference, np.zeros_like(difference))
