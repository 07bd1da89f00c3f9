"""Policies at equal spend: how much more, or less, each must do to spend the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from sim.engine import Run
from sim.graph import Graph
from sim.scenario import Policy, Scenario
from sim.strategies import Scaled

PILOTS = (2**52, 2**52 + 1)
"""Seeds of the worlds in which the spend of a policy is tried out: none that anybody compares in, and always the same."""
_MOST = 64.0
_CLOSE = 0.01
_STEPS = 14


@dataclass(frozen=True)
class Scaling:
    """What a policy was multiplied by, and what it then spent on average in the pilot worlds."""

    policy: Policy
    factor: float
    spend: float


def at_equal_spend(scenario: Scenario, policy: Policy, graph: Callable[[int], Graph]) -> Scaling:
    """The policy scaled to spend ``scenario.equal_budget`` over the scenario's days, or just below, found by bisection in pilot
    worlds.

    A policy that spends nothing stays as it is; one that cannot spend so much is scaled as far as it goes. In every world the
    budget is also the most it can spend (:func:`capped`).
    """
    budget = scenario.equal_budget
    strategy = scenario.strategy_of(policy)

    def spend(factor: float) -> float:
        runs = [Run(scenario, Policy(policy.name, Scaled(strategy, factor)), seed, graph(seed)) for seed in PILOTS]
        return float(sum(run.to_the_end().series("cost").sum() for run in runs) / len(runs))

    if spend(1.0) == 0:
        return Scaling(policy, 1.0, 0.0)
    low, high = 1.0 / _MOST, _MOST
    best = low, spend(low)
    for _ in range(_STEPS):
        factor = math.sqrt(low * high)
        spent = spend(factor)
        if spent > budget:
            high = factor
            continue
        low, best = factor, (factor, spent)
        if spent > budget * (1.0 - _CLOSE):
            break
    factor, spent = best
    return Scaling(Policy(policy.name, Scaled(strategy, factor)), factor, spent)


def capped(scenario: Scenario) -> Scenario:
    """The scenario with the equal budget as the first brand's limit."""
    first = scenario.brand[0]
    limit = min(first.total_budget, scenario.equal_budget)
    return scenario.model_copy(update={"brand": (first._replace(total_budget=limit), *scenario.brand[1:])})
