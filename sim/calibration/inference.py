"""Where in the ranges the observed values are likely: synthetic likelihood (Wood 2010) over emulated moments, sampled by Markov
chains (Goodman & Weare 2010; the library is emcee).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.calibration.emulator import Emulator
from sim.errors import Fault, InputError
from sim.state import F64

_WALKERS = 200
_STEPS = 400
_BURN_IN = 150
_FIRST = 4096
"""Points of the cube among which chains begin, by how likely they are."""


@dataclass(frozen=True)
class Problem:
    """What was observed of each statistic, and how far from it the model may be.

    ``observed``, ``spread`` (standard deviation of what the model may miss), ``in_one_world`` (whether the luck of a single world
    comes on top): one value per statistic.
    """

    observed: F64
    spread: F64
    in_one_world: npt.NDArray[np.bool_]


class Likelihood:
    """How likely the observed values are at a point, given what was measured at others.

    ``points`` (n × d, in the unit cube) and ``values`` (n × worlds × statistics; NaN where a world gave none). ``names``: of the
    statistics, for messages. ``recent``: which points tell how worlds differ (those nearest to the answer).
    """

    def __init__(
        self, problem: Problem, points: F64, values: F64, recent: npt.NDArray[np.bool_], names: Sequence[str], seed: int
    ) -> None:
        self.problem = problem
        known = np.isfinite(values)
        n = known.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.where(known, values, 0.0).sum(axis=1) / n
        for s, name in enumerate(names):
            if (n[:, s] > 0).sum() < 2 * points.shape[1] + 2:
                what = f"is known at {(n[:, s] > 0).sum()} of {len(points)} points only"
                raise InputError(Fault(name, what, "It is not defined where nothing happens: choose another target or range."))
        self.worlds = _covariance(values[recent], means[recent])
        self.emulators = []
        for s in range(len(names)):
            there = n[:, s] > 0
            noise = self.worlds[s, s] / n[there, s]
            self.emulators.append(Emulator(points[there], means[there, s], noise, seed))

    def predict(self, points: F64) -> tuple[F64, F64]:
        """(means, variances of their errors) of all statistics at points: each m × statistics."""
        found = [emulator.predict(points) for emulator in self.emulators]
        return np.stack([mean for mean, _ in found], axis=1), np.stack([variance for _, variance in found], axis=1)

    def log(self, points: F64, inflated: float = 1.0) -> F64:
        """The logarithm at each of some points of the unit cube (m × d). ``inflated``: all variances times this."""
        mean, error = self.predict(points)
        problem, k = self.problem, self.problem.observed.size
        luck = np.where(np.outer(problem.in_one_world, problem.in_one_world), self.worlds, 0.0)
        covariance = inflated * (luck[None] + np.eye(k)[None] * (problem.spread**2 + error)[:, None, :])
        factor = np.linalg.cholesky(covariance)
        missed = np.linalg.solve(factor, (problem.observed - mean)[:, :, None])[:, :, 0]
        return np.asarray(-0.5 * (missed**2).sum(axis=1) - np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1))


def _covariance(values: F64, means: F64) -> F64:
    """How statistics differ between the worlds of a point: the covariance pooled over points."""
    worlds = values.shape[1]
    deviations = (values - means[:, None, :]).reshape(-1, values.shape[2])
    whole = deviations[np.isfinite(deviations).all(axis=1)]
    k = values.shape[2]
    if len(whole) < k + 2:
        spread = np.ma.masked_invalid(deviations).var(axis=0).filled(1.0)  # too few whole worlds: each statistic by itself
        return np.diag(spread * worlds / (worlds - 1)) + 1e-12 * np.eye(k)
    return np.asarray(whole.T @ whole / len(whole) * worlds / (worlds - 1) + 1e-12 * np.eye(k))


@dataclass(frozen=True)
class Posterior:
    """Draws from it: ``points`` (draws × d, in the unit cube), ``log`` (draws: of its density). ``effective``: as many
    independent draws would say as much."""

    points: F64
    log: F64
    effective: float


def sample(likelihood: Likelihood, d: int, seed: int, inflated: float = 1.0) -> Posterior:
    """Draws from the posterior under a flat prior on the unit cube."""
    import emcee
    from scipy.stats import qmc
    from threadpoolctl import threadpool_limits

    def log(points: F64) -> F64:
        inside = np.logical_and(points >= 0.0, points <= 1.0).all(axis=1)
        found = np.full(len(points), -np.inf)
        if inside.any():
            found[inside] = likelihood.log(points[inside], inflated)
        return found

    rng = np.random.default_rng([seed, 1])
    with threadpool_limits(1):
        first = qmc.Sobol(d, rng=np.random.default_rng(seed)).random(_FIRST)
        likely = log(first)
        weights = np.exp(likely - likely.max())
        chosen = first[rng.choice(len(first), _WALKERS, p=weights / weights.sum())]
        begin = np.clip(chosen + rng.normal(0.0, 0.02, chosen.shape), 0.001, 0.999)
        chains = emcee.EnsembleSampler(_WALKERS, d, log, vectorize=True)
        chains.random_state = np.random.RandomState(seed % 2**32).get_state()
        chains.run_mcmc(begin, _STEPS, skip_initial_state_check=True)
    kept = {"discard": _BURN_IN, "thin": 5, "flat": True}
    time = float(np.max(chains.get_autocorr_time(discard=_BURN_IN, tol=0, has_walkers=True)))
    effective = _WALKERS * (_STEPS - _BURN_IN) / max(time, 1.0)
    return Posterior(chains.get_chain(**kept), chains.get_log_prob(**kept), effective)


def spread_out(points: F64, n: int, seed: int) -> F64:
    """n of some points, far from each other: one after the other that which is farthest from those chosen (Gonzalez 1985)."""
    rng = np.random.default_rng([seed, 2])
    pool = points[rng.choice(len(points), min(len(points), 50 * n), replace=False)]
    chosen = [0]
    distance = np.linalg.norm(pool - pool[0], axis=1)
    for _ in range(1, min(n, len(pool))):
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(pool - pool[chosen[-1]], axis=1))
    return np.asarray(pool[chosen])
