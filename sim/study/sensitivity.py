"""What an outcome hangs on: elementary effects (Morris 1991) and variance shares (Sobol' 2001; Saltelli et al. 2010).

An outcome is one number per point of the design: a metric's mean over worlds under a policy, or the mean paired difference of
two policies. The estimators are SALib's and SciPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.errors import Fault, InputError
from sim.state import F64
from sim.study.design import Axis, axes, morris_cube
from sim.study.outcome import StudyResults
from sim.study.statistics import CONFIDENCE

WIDE = 0.1
"""Half-width of a Sobol' interval above which a larger sample is asked for."""
_RESAMPLES = 500


@dataclass(frozen=True)
class Effect:
    """What a factor does to an outcome.

    Morris: ``main`` is μ*, the mean size of an elementary effect (change of the outcome from one end of the factor to the other),
    ``total`` σ, their spread, which interactions and curvature make. Sobol': ``main`` is the first-order, ``total`` the
    total-order share of the variance. Each with its 95 % interval.
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

    method: Literal["sobol", "morris"]
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
    """The sensitivity indices of a study whose design is *sobol* or *morris*.

    Raises InputError for another design, or when a run is missing: indices of an incomplete design are wrong without a sign.
    """
    plan = results.study.scenario.study
    if plan.design not in _METHODS:
        raise InputError(
            Fault("study.design", f"a {plan.design} design has no sensitivity indices", "Use morris to screen, sobol to measure.")
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
        raise InputError(Fault("metric", f"{name} is the same at every point", "Choose another metric or other factors."))
    effects, enough = _METHODS[plan.design](results, factors, y)
    worlds = values.shape[1]
    noise = float(values.var(axis=1, ddof=1).mean() / worlds / y.var()) if worlds > 1 else float("nan")
    method: Literal["sobol", "morris"] = "sobol" if plan.design == "sobol" else "morris"
    return Sensitivity(method, name, effects, plan.points, enough, float(y.mean()), float(y.std()), noise)


def _sobol(results: StudyResults, factors: tuple[Axis, ...], y: F64) -> tuple[tuple[Effect, ...], int]:
    from scipy import stats

    n, d = results.study.scenario.study.points, len(factors)
    y = y - y.mean()
    a, b, mixed = y[:n], y[n : 2 * n], y[2 * n :].reshape(d, n)
    rng = np.random.default_rng(20070427)
    found = stats.sobol_indices(func={"f_A": a[None], "f_B": b[None], "f_AB": mixed[:, None]}, n=n, rng=rng)
    limits = found.bootstrap(confidence_level=CONFIDENCE, n_resamples=_RESAMPLES)
    first, total = limits.first_order.confidence_interval, limits.total_order.confidence_interval
    effects = tuple(
        Effect(
            axis.path,
            *(float(v) for v in (found.first_order[k], first.low[k], first.high[k])),
            *(float(v) for v in (found.total_order[k], total.low[k], total.high[k])),
        )
        for k, axis in enumerate(factors)
    )
    half = max(max(e.main_high - e.main_low, e.total_high - e.total_low) / 2 for e in effects)
    wanted = n * max(1.0, (half / WIDE) ** 2)  # intervals shrink with the root of the sample
    return effects, 1 << int(np.ceil(np.log2(wanted)))


def _morris(results: StudyResults, factors: tuple[Axis, ...], y: F64) -> tuple[tuple[Effect, ...], int]:
    plan, d = results.study.scenario.study, len(factors)
    cube = morris_cube(plan, d).reshape(plan.points, d + 1, d)
    outcome = y.reshape(plan.points, d + 1)
    change = np.diff(cube, axis=1)
    which = np.argmax(change != 0, axis=2)
    step = np.take_along_axis(change, which[:, :, None], axis=2)[:, :, 0]
    elementary = np.empty((plan.points, d))
    np.put_along_axis(elementary, which, np.diff(outcome, axis=1) / step, axis=1)  # each factor moves once in a trajectory
    rng = np.random.default_rng(20070427)
    drawn = elementary[rng.integers(0, plan.points, (_RESAMPLES, plan.points))]
    star, spread = np.abs(drawn).mean(axis=1), drawn.std(axis=1, ddof=1) if plan.points > 1 else np.full((1, d), np.nan)
    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.quantile(star, tails, axis=0)
    spread_low, spread_high = np.quantile(spread, tails, axis=0)
    main = np.abs(elementary).mean(axis=0)
    total = elementary.std(axis=0, ddof=1) if plan.points > 1 else np.full(d, np.nan)
    effects = tuple(
        Effect(axis.path, *(float(v) for v in (main[k], low[k], high[k], total[k], spread_low[k], spread_high[k])))
        for k, axis in enumerate(factors)
    )
    half = float(((high - low) / 2).max() / max(main.max(), 1e-300))
    return effects, int(np.ceil(plan.points * max(1.0, (half / (2 * WIDE)) ** 2)))


_METHODS: dict[str, Callable[[StudyResults, tuple[Axis, ...], F64], tuple[tuple[Effect, ...], int]]] = {
    "sobol": _sobol,
    "morris": _morris,
}
