"""Over all points of a design: who is best where, what a wrong choice costs, and who is dominated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.metrics import METRICS
from sim.state import F64
from sim.study.outcome import StudyResults


@dataclass(frozen=True)
class Standing:
    """How a policy does over the points of a design, by one metric.

    ``best``: share of the points at which its mean over worlds is the best; ``surely``: share at which it is so in an interval of
    95 % against every other (paired over worlds, so a choice among k policies is right at that rate per pair, not for all);
    ``mean_regret``, ``worst_regret``: what is given up against the best policy of each point.
    """

    policy: str
    best: float
    surely: float
    mean_regret: float
    worst_regret: float


def means(results: StudyResults, metric: str, horizon: int | None = None, brand: int = 0) -> F64:
    """Points × policies: the mean over worlds; NaN where a world is missing."""
    return np.stack([results.values(metric, policy, horizon, brand).mean(axis=1) for policy in results.study.policies], axis=1)


def standings(results: StudyResults, metric: str, horizon: int | None = None) -> list[Standing]:
    """How every policy does over the points at which all of them were lived; nothing when there are none."""
    study = results.study
    sign = METRICS[metric].better or 1
    values = sign * np.stack([results.values(metric, policy, horizon) for policy in study.policies], axis=1)
    known = np.isfinite(values).all(axis=(1, 2))
    if not known.any():
        return []
    values = values[known]
    mean = values.mean(axis=2)
    regret = mean.max(axis=1, keepdims=True) - mean
    found = []
    for p, policy in enumerate(study.policies):
        sure = np.ones(len(values), bool)
        for q in range(len(study.policies)):
            if q != p:
                sure &= above_zero(values[:, p] - values[:, q])
        found.append(
            Standing(
                policy,
                float((regret[:, p] == 0).mean()),
                float(sure.mean()),
                float(regret[:, p].mean()),
                float(regret[:, p].max()),
            )
        )
    return found


def above_zero(difference: F64) -> npt.NDArray[np.bool_]:
    """For each point (points × worlds): whether the lower end of Student's 95 % interval of the mean is above zero."""
    from scipy import stats

    n = difference.shape[1]
    if n < 2:
        return np.zeros(len(difference), bool)
    half = stats.t.ppf(0.975, n - 1) * difference.std(axis=1, ddof=1) / np.sqrt(n)
    return np.asarray(difference.mean(axis=1) - half > 0)


def frontier(results: StudyResults, metrics: Sequence[str], horizon: int | None = None) -> dict[str, float]:
    """Share of the points at which no other policy is better by every metric at once (Pareto), for each policy."""
    values = np.stack([(METRICS[metric].better or 1) * means(results, metric, horizon) for metric in metrics], axis=2)
    values = values[np.isfinite(values).all(axis=(1, 2))]
    if not len(values):
        return dict.fromkeys(results.study.policies, float("nan"))
    mine, theirs = values[:, :, None, :], values[:, None, :, :]
    beaten = np.logical_and(np.all(theirs >= mine, axis=3), np.any(theirs > mine, axis=3))
    dominated = np.any(beaten, axis=2)
    return dict(zip(results.study.policies, (~dominated).mean(axis=0).tolist(), strict=True))
