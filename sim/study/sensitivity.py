"""What an outcome hangs on: one factor at a time, elementary effects (Morris 1991), variance shares (Sobol' 2001; Saltelli et
al. 2010).

An outcome is one number per point of the design: a metric's mean over worlds under a policy, or the mean paired difference of
two policies. The estimators are SALib's and SciPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError
from sim.state import F64
from sim.study.design import even_levels, morris_cube, unit_problem
from sim.study.factors import Axis, axes
from sim.study.outcome import StudyResults
from sim.study.statistics import CONFIDENCE

WIDE = 0.1
"""Half-width of a Sobol' interval above which a larger sample is asked for."""
_RESAMPLES = 500


Method = Literal["sobol", "morris", "one_at_a_time"]


@dataclass(frozen=True)
class Effect:
    """What a factor does to an outcome.

    One at a time: ``main`` is the size of the largest change that a level makes, all else as in the scenario; ``total`` is
    unknown (NaN). Morris: ``main`` is μ*, the mean size of an elementary effect
    (change of the outcome from one end of the factor to the other), ``total`` σ, their spread, which interactions and curvature
    make. Sobol': ``main`` is the first-order, ``total`` the total-order share of the variance. Each with its 95 % interval (NaN
    for σ; that of a change is over worlds, and allows for its being the largest of the levels').
    """

    path: str
    main: float
    main_low: float
    main_high: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True)
class Sensitivity:
    """The effects of all factors. ``enough``: base samples (or trajectories) at which the intervals would be narrow; as many as
    there are when they are. ``mean``, ``spread``: of the outcome over the design. ``noise``: share of the variance between
    points that is chance between worlds and no factor's."""

    method: Method
    outcome: str
    effects: tuple[Effect, ...]
    samples: int
    enough: int
    mean: float
    spread: float
    noise: float


def outcome_of(results: StudyResults, metric: str, policy: str, against: str = "", horizon: int | None = None) -> tuple[F64, str]:
    """(points × worlds of an outcome, what it is called). ``against``: the policy whose outcome is taken away, world by world."""
    values = results.values(metric, policy, horizon)
    if not against:
        return values, f"{metric} under {policy}"
    return values - results.values(metric, against, horizon), f"{metric}, {policy} minus {against}"


def sensitivity(results: StudyResults, metric: str, policy: str, against: str = "", horizon: int | None = None) -> Sensitivity:
    """What the factors do to an outcome in a study whose design is *sobol*, *morris* or *one_at_a_time*.

    Raises InputError for another design, or when a run is missing: indices of an incomplete design are wrong without a sign.
    """
    plan = results.study.scenario.study
    if plan.design not in _METHODS:
        raise InputError(
            Fault(
                "study.design",
                f"a {plan.design} design has no sensitivity indices",
                "Use one_at_a_time or morris to screen, sobol to measure.",
            )
        )
    values, name = outcome_of(results, metric, policy, against, horizon)
    missing = ~np.isfinite(values)
    if missing.any():
        point, world = np.argwhere(missing)[0]
        raise InputError(
            Fault(
                f"point {point}, seed {results.study.seeds[world]}",
                f"{missing.sum():,} of {missing.size:,} values of {metric} are missing",
                "Run the sweep to its end, or choose a metric that is always defined.",
            )
        )
    y = values.mean(axis=1)
    factors = axes(results.study.scenario)
    if np.ptp(y) == 0:
        remedy = "Choose another metric or policy, or other factors."
        raise InputError(Fault("metric", f"{name} is the same at every point", remedy))
    method, find = _METHODS[plan.design]
    effects, enough = find(results, factors, values)
    worlds = values.shape[1]
    noise = float(values.var(axis=1, ddof=1).mean() / worlds / y.var()) if worlds > 1 else float("nan")
    return Sensitivity(method, name, effects, plan.points, enough, float(y.mean()), float(y.std()), noise)


def _one_at_a_time(results: StudyResults, factors: tuple[Axis, ...], values: F64) -> tuple[tuple[Effect, ...], int]:
    from scipy import stats

    effects, first, n = [], 1, values.shape[1]  # point 0 is the scenario itself
    for axis in factors:
        levels = sum(value != axis.base for value in axis.levels)
        change = values[first : first + levels] - values[0]
        first += levels
        largest = change[np.abs(change.mean(axis=1)).argmax()]
        mean = float(abs(largest.mean()))
        # It is the largest of several: Bonferroni keeps the chance of calling any of them a change at one in twenty.
        quantile = stats.t.ppf(1 - (1 - CONFIDENCE) / 2 / levels, n - 1) if n > 1 else np.nan
        half = float(quantile * largest.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
        effects.append(Effect(axis.path, mean, mean - half, mean + half, np.nan, np.nan, np.nan))
    return tuple(effects), results.study.scenario.study.points


def _sobol(results: StudyResults, factors: tuple[Axis, ...], values: F64) -> tuple[tuple[Effect, ...], int]:
    from scipy import stats

    n, d = results.study.scenario.study.points, len(factors)
    y = values.mean(axis=1)
    y = y - y.mean()
    a, b, mixed = y[:n], y[n : 2 * n], y[2 * n :].reshape(d, n)

    def indices(which: npt.NDArray[np.int64]) -> F64:
        samples = {"f_A": a[None, which], "f_B": b[None, which], "f_AB": mixed[:, None, which]}
        found = stats.sobol_indices(func=samples, n=n)
        return np.stack([np.ravel(found.first_order), np.ravel(found.total_order)])

    found = indices(np.arange(n))
    rng = np.random.default_rng(20070427)
    drawn = np.stack([indices(rng.integers(0, n, n)) for _ in range(_RESAMPLES)])
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    effects = tuple(
        Effect(axis.path, *(float(v) for order in (0, 1) for v in (found[order, k], low[order, k], high[order, k])))
        for k, axis in enumerate(factors)
    )
    half = max(max(e.main_high - e.main_low, e.total_high - e.total_low) / 2 for e in effects)
    wanted = n * max(1.0, (half / WIDE) ** 2)  # intervals shrink with the root of the sample
    return effects, 1 << int(np.ceil(np.log2(wanted)))


def _morris(results: StudyResults, factors: tuple[Axis, ...], values: F64) -> tuple[tuple[Effect, ...], int]:
    from SALib.analyze import morris

    plan, d = results.study.scenario.study, len(factors)
    found = morris.analyze(
        unit_problem(d),
        morris_cube(plan, d),
        values.mean(axis=1),
        conf_level=CONFIDENCE,
        num_levels=even_levels(plan),
        num_resamples=_RESAMPLES,
        seed=20070427,
    )
    star, half, spread = (np.asarray(found[name], np.float64) for name in ("mu_star", "mu_star_conf", "sigma"))
    effects = tuple(
        Effect(axis.path, float(star[k]), float(star[k] - half[k]), float(star[k] + half[k]), float(spread[k]), np.nan, np.nan)
        for k, axis in enumerate(factors)
    )
    widest = float(half.max() / star.max())  # a factor is screened out against the largest
    return effects, int(np.ceil(plan.points * max(1.0, (widest / (2 * WIDE)) ** 2)))


_METHODS: dict[str, tuple[Method, Callable[[StudyResults, tuple[Axis, ...], F64], tuple[tuple[Effect, ...], int]]]] = {
    "sobol": ("sobol", _sobol),
    "morris": ("morris", _morris),
    "one_at_a_time": ("one_at_a_time", _one_at_a_time),
}
DESIGNS = tuple(_METHODS)
"""Designs that tell what an outcome hangs on."""
