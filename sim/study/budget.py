"""Policies at equal spend: how much more, or less, each must do to spend the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.engine import Run
from sim.graph import Graph
from sim.scenario import Policy, Scenario
from sim.strategies import Scaled

PILOTS = (2**52, 2**52 + 1)
"""Seeds of the worlds in which the spend of a policy is tried out: none that anybody compares in, and always the same."""
_MOST = 64.0
_CLOSE = 0.01
_TRIES = 12


@dataclass(frozen=True)
class Scaling:
    """What a policy was multiplied by, and what it then spent on average in the pilot worlds."""

    policy: Policy
    factor: float
    spend: float


def at_equal_spend(scenario: Scenario, policy: Policy, graph: Callable[[int], Graph]) -> Scaling:
    """The policy scaled to spend ``scenario.equal_budget`` over the scenario's days, or just below, found in pilot worlds.

    Spend grows about in proportion to what is done, so the next factor to try is where a straight line through the nearest ones
    (in logarithms) meets the budget, or halfway where that leads out of what is still open. A policy that spends nothing stays as
    it is; one that cannot spend so much is scaled as far as it goes. In every world the budget is also the most it can spend
    (:func:`capped`).
    """
    budget = scenario.equal_budget
    strategy = scenario.strategy_of(policy)

    def spend(factor: float) -> float:
        runs = [Run(scenario, Policy(policy.name, Scaled(strategy, factor)), seed, graph(seed)) for seed in PILOTS]
        return float(sum(run.to_the_end().series("cost").sum() for run in runs) / len(runs))

    spent = spend(1.0)
    if spent == 0:
        return Scaling(policy, 1.0, 0.0)
    aim = budget * (1 - _CLOSE / 2)
    factor, tried = 1.0, {1.0: spent}
    for _ in range(_TRIES):
        if budget * (1 - _CLOSE) < spent <= budget:
            break
        factor = _next(tried, aim)
        if factor in tried:
            break  # there is nothing in between, or it spends no more, or no less, whatever it does
        spent = tried[factor] = spend(factor)
    within = {factor: spent for factor, spent in tried.items() if spent <= budget} or {1 / _MOST: spend(1 / _MOST)}
    factor = max(within, key=lambda factor: (within[factor], -factor))
    return Scaling(Policy(policy.name, Scaled(strategy, factor)), factor, within[factor])


def _next(tried: Mapping[float, float], aim: float) -> float:
    """The factor to try after some (and what they spent)."""
    low = max(((f, s) for f, s in tried.items() if s <= aim), default=None)
    high = min(((f, s) for f, s in tried.items() if s > aim), default=None)
    if low is None or high is None:  # all on one side: in proportion from the nearest, and somewhat beyond
        factor, spent = low or high or (1.0, aim)
        beyond = 1.25 if low else 0.8
        return min(max(factor * aim / max(spent, aim / _MOST) * beyond, 1 / _MOST), _MOST)
    if high[0] < low[0] * (1 + _CLOSE):
        return low[0]
    slope = math.log(high[1] / low[1]) / math.log(high[0] / low[0]) if low[1] > 0 else math.inf
    between = low[0] * (aim / low[1]) ** (1 / slope) if 0 < slope < math.inf else 0.0
    margin = (high[0] / low[0]) ** 0.1
    return between if low[0] * margin < between < high[0] / margin else math.sqrt(low[0] * high[0])


def capped(scenario: Scenario) -> Scenario:
    """The scenario with the equal budget as the first brand's limit."""
    first = scenario.brand[0]
    limit = min(first.total_budget, scenario.equal_budget)
    return scenario.model_copy(update={"brand": (first._replace(total_budget=limit), *scenario.brand[1:])})
