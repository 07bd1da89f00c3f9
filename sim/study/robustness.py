"""Over all points of a design: who is best where, what a wrong choice costs, and who is dominated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.metrics import METRICS
from sim.state import F64
from sim.study.outcome import StudyResults
from sim.study.statistics import FEWEST, widening

_RESAMPLES = 500


@dataclass(frozen=True)
class Standing:
    """How a policy does over the points of a design, by one metric.

    ``best``: share of the points at which its mean over worlds is the best; ``surely``: share at which it is so in an interval of
    95 % against every other (paired over worlds, so a choice among k policies is right at that rate per pair, not for all);
    ``mean_regret``, ``worst_regret``: what is given up against the best policy of each point. ``points``: how many those are.
    """

    policy: str
    best: float
    surely: float
    mean_regret: float
    worst_regret: float
    points: int


def mean_of_known(values: F64) -> F64:
    """The mean over worlds (points × worlds) of those that are known; NaN at a point where none is."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1))


def paired_values(results: StudyResults, metric: str, horizon: int | None = None) -> dict[str, F64]:
    """Of each policy that is known at half of the points that were lived, points × worlds; NaN in worlds that not all of them
    have lived through."""
    values = {policy: results.values(metric, policy, horizon) for policy in results.study.policies}
    lived_at = np.any([np.isfinite(found).any(axis=1) for found in values.values()], axis=0)  # of a study that is not finished
    known = {policy: np.isfinite(found).any(axis=1).sum() / max(1, lived_at.sum()) for policy, found in values.items()}
    lived = {policy: found for policy, found in values.items() if known[policy] >= 0.5}
    paired = np.isfinite(list(lived.values())).all(axis=0)
    return {policy: np.where(paired, found, np.nan) for policy, found in lived.items()}


def means(results: StudyResults, metric: str, horizon: int | None = None) -> dict[str, F64]:
    """Of each policy that is known at half of the points, at each point the mean over the worlds that all of them have lived
    through; NaN where there is none."""
    return {policy: mean_of_known(values) for policy, values in paired_values(results, metric, horizon).items()}


def standings(results: StudyResults, metric: str, horizon: int | None = None) -> list[Standing]:
    """How every policy that is known at half of the points does over those at which all of them are; nothing when there are
    none, or when the metric is neither good nor bad."""
    if not METRICS[metric].better:
        return []
    paired = paired_values(results, metric, horizon)
    policies, values = list(paired), METRICS[metric].better * np.stack([*paired.values()] or [np.empty((0, 1))], axis=1)
    values = values[np.isfinite(values).any(axis=(1, 2))]
    if not len(values):
        return []
    mean = np.stack([mean_of_known(values[:, p]) for p in range(len(policies))], axis=1)
    regret = mean.max(axis=1, keepdims=True) - mean
    found = []
    for p, policy in enumerate(policies):
        sure = np.ones(len(values), bool)
        for q in range(len(policies)):
            if q != p:
                ahead = values[:, p] - values[:, q]
                same = np.where(np.isfinite(ahead), ahead == 0, True).all(axis=1)  # two that act alike there share it
                sure &= above_zero(ahead) | same
        found.append(
            Standing(
                policy,
                float((regret[:, p] == 0).mean()),
                float(sure.mean()),
                float(regret[:, p].mean()),
                float(regret[:, p].max()),
                len(values),
            )
        )
    return found


def chance_of_least_regret(results: StudyResults, policy: str, metric: str, horizon: int | None = None) -> float:
    """In which share of resampled sets of worlds (the same at all points) a policy still gives up least on the average over the
    points; NaN of too few worlds."""
    paired = paired_values(results, metric, horizon)
    values = METRICS[metric].better * np.stack([*paired.values()])  # policies × points × worlds
    values = values[:, np.isfinite(values).any(axis=(0, 2))]
    place = list(paired).index(policy)
    kept = [int(np.nanmean(mean.max(axis=0) - mean, axis=1).argmin()) == place for mean in resampled_means(values)]
    return float(np.mean(kept)) if kept else float("nan")


def resampled_means(values: F64) -> Iterator[F64]:
    """Means over worlds (the last axis; NaN where not known) of resampled sets of worlds, the same for all else, as far apart as
    Student's interval would have them; none of too few worlds."""
    n = values.shape[-1]
    if n < FEWEST:
        return
    known = np.isfinite(values)
    plain, wide = np.where(known, values, 0.0), widening(n)
    with np.errstate(invalid="ignore"):
        centre = plain.sum(axis=-1) / known.sum(axis=-1)
        for weight in np.random.default_rng(20070427).multinomial(n, np.full(n, 1 / n), _RESAMPLES):
            yield centre + wide * ((plain @ weight) / (known @ weight) - centre)


def above_zero(difference: F64) -> npt.NDArray[np.bool_]:
    """For each point (points × worlds): whether the lower end of Student's 95 % interval of the mean is above zero. Unknown
    worlds (NaN) are left out; of fewer than two nothing is said."""
    from scipy import stats

    known = np.isfinite(difference)
    n = known.sum(axis=1)
    mean = mean_of_known(difference)
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.where(known, difference - mean[:, None], 0.0)
        half = stats.t.ppf(0.975, np.maximum(n - 1, 1)) * np.sqrt((off**2).sum(axis=1) / (n - 1) / n)
        return np.asarray((n >= 2) & (mean - half > 0))


def frontier(results: StudyResults, metrics: Sequence[str], horizon: int | None = None) -> dict[str, float]:
    """Share of the points at which no other policy is better by every metric at once (Pareto), for each policy."""
    found = [means(results, metric, horizon) for metric in metrics]
    policies = [policy for policy in results.study.policies if all(policy in mean for mean in found)]
    if not policies:
        return {}
    signs = [METRICS[metric].better or 1 for metric in metrics]
    signed = [[sign * mean[policy] for sign, mean in zip(signs, found, strict=True)] for policy in policies]
    values = np.moveaxis(np.array(signed), 2, 0)  # points × policies × metrics
    values = values[np.isfinite(values).all(axis=(1, 2))]
    if not len(values):
        return dict.fromkeys(policies, float("nan"))
    mine, theirs = values[:, :, None, :], values[:, None, :, :]
    beaten = np.logical_and(np.all(theirs >= mine, axis=3), np.any(theirs > mine, axis=3))
    dominated = np.any(beaten, axis=2)
    return dict(zip(policies, (~dominated).mean(axis=0).tolist(), strict=True))
