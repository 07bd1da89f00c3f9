"""Two policies over all points of a design: where one does better, under which conditions, and from when on."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.metrics import METRICS
from sim.state import F64, I64
from sim.study.conditions import Box, find_sure_box
from sim.study.crossing import Crossing, crossing
from sim.study.outcome import StudyResults
from sim.study.robustness import above_zero, mean_of_known, paired_values, resampled_means
from sim.study.statistics import Estimate, estimate
from sim.study.study import CONTROL

LEADING = "npv"
HEALTH = ("npv", "brand_trust", "present")
"""Money, trust, and the community's health: what a frontier is drawn over."""
FEW_POINTS = 20
"""Points below which nothing is said of what a difference hangs on."""
_GROUPS = 5
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
    difference = results.values(metric, ours, horizon) - results.values(metric, theirs, horizon)
    return np.asarray((METRICS[metric].better or 1) * difference)


def shares(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> tuple[float, float, int]:
    """(share of the points at which ours is surely better, at which theirs is, number of points at which both were lived)."""
    difference = advantage(results, ours, theirs, metric, horizon)
    difference = difference[np.isfinite(difference).any(axis=1)]
    if not len(difference):
        return float("nan"), float("nan"), 0
    return float(above_zero(difference).mean()), float(above_zero(-difference).mean()), len(difference)


def average_advantage(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> Estimate:
    """By how much ours is higher on the average over the points at which both are known, with its interval over worlds. Points
    share their worlds, so that chance moves all of them together: this interval allows for it, the verdicts at points do not."""
    return average(results.values(metric, ours, horizon) - results.values(metric, theirs, horizon))


def average(values: F64) -> Estimate:
    """The mean over points (points × worlds) with its interval over worlds."""
    return estimate(mean_of_known(values.T))


def factors_of(results: StudyResults, policies: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """The factors, as columns over the points, that can matter to these policies: settings of others cannot."""
    followed = results.study.scenario.followed(policies)

    def matters(path: str) -> bool:
        section, _, rest = path.partition(".")
        return section != "policy" or results.study.regroups or rest.partition(".")[0] in followed

    return {path: column.to_numpy() for path, column in results.design.items() if matters(str(path))}


class Weight(NamedTuple):
    """What a factor by itself makes of the differences between points: its share of their variance, and the chance of one as
    large if it made nothing."""

    path: str
    share: float
    chance: float

    def is_no_chance(self, among: int) -> bool:
        """Whether it is worth a word among so many factors (Bonferroni)."""
        return self.chance < 0.05 / among and self.share >= 0.05


def weights(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> list[Weight]:
    """What the paired difference hangs on, the most important first: the correlation ratio (Pearson 1905) of each factor, cut
    into fifths, less what chance makes of it (Kelley 1935). Nothing where points are few."""
    from scipy import stats

    mean = mean_of_known(advantage(results, ours, theirs, metric, horizon))
    known = np.isfinite(mean)
    mean, n = mean[known], int(known.sum())
    if n < FEW_POINTS or np.ptp(mean) == 0:
        return []
    found = []
    for path, column in factors_of(results, (ours, theirs)).items():
        groups = [mean[at] for at in _grouped(column[known]) if at.size]
        if len(groups) < 2:
            continue
        within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / (n - len(groups))
        share = 1 - within / float(mean.var(ddof=1))
        found.append(Weight(path, max(0.0, share), float(stats.f_oneway(*groups).pvalue)))
    return sorted(found, key=lambda weight: -weight.share)


def _grouped(column: npt.NDArray[Any]) -> list[I64]:
    """The places of a column in groups: by value where there are few, else in fifths."""
    values = column if column.dtype.kind in "iufb" else column.astype(str)
    unlike = np.unique(values)
    if values.dtype.kind == "U" or unlike.size <= _GROUPS:
        return [np.flatnonzero(values == value) for value in unlike]
    return [np.asarray(part) for part in np.array_split(np.argsort(values, kind="stable"), _GROUPS)]


def box_of(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> Box | None:
    """The conditions under which ours does better on the average; None when that is everywhere, nowhere, or hardly told."""
    difference = advantage(results, ours, theirs, metric, horizon)
    return _box(results, (ours, theirs), mean_of_known(difference), resampled_means(difference))


def box_of_best(results: StudyResults, policy: str, metric: str, horizon: int | None = None) -> Box | None:
    """The conditions under which a policy is better on the average than every other."""
    paired = paired_values(results, metric, horizon)
    if policy not in paired or len(paired) < 2 or not METRICS[metric].better:
        return None
    mine, others = list(paired).index(policy), [name != policy for name in paired]

    def ahead(means: F64) -> F64:
        return np.asarray(means[mine] - means[others].max(axis=0))

    values = METRICS[metric].better * np.stack([*paired.values()])
    mean = ahead(np.stack([mean_of_known(each) for each in values]))
    return _box(results, results.study.policies, mean, map(ahead, resampled_means(values)))


def _box(results: StudyResults, policies: Sequence[str], mean: F64, again: Iterable[F64]) -> Box | None:
    """The conditions under which a difference of these policies is above zero, where they are worth a sentence. ``again``: it in
    resampled sets of worlds."""
    known = np.isfinite(mean)
    holds = mean[known] > 0
    factors = {path: column[known] for path, column in factors_of(results, policies).items()}
    if known.sum() < FEW_POINTS or not factors or not 0.02 < holds.mean() < 0.98:
        return None
    elsewhere = [resampled[known] > 0 for resampled in again]
    if not elsewhere:  # of so few worlds nothing is known of others
        return None
    box = find_sure_box(factors, holds, np.array(elsewhere))
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
