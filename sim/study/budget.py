"""Policies at equal spend: how much more, or less, each must do to spend the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.engine import Run
from sim.graph import Graph
from sim.scenario import Policy, Scenario
from sim.strategies import Scaled

PILOTS = 2
"""Worlds in which the spend of a policy is tried out."""
_MOST = 64.0
_CLOSE = 0.01


@dataclass(frozen=True)
class Scaling:
    """What a policy was multiplied by, and what it then spent on average in the pilot worlds."""

    policy: Policy
    factor: float
    spend: float


def at_equal_spend(scenario: Scenario, policy: Policy, graph: Callable[[int], Graph], seeds: Sequence[int]) -> Scaling:
    """The policy scaled to spend ``scenario.equal_budget`` over the scenario's days, found by bisection in pilot worlds.

    A policy that spends nothing stays as it is; one that cannot spend so much is scaled as far as it goes. In every world the
    budget is also the most it can spend.
    """
    budget = scenario.equal_budget
    strategy = scenario.strategy_of(policy)

    def spend(factor: float) -> float:
        runs = [Run(scenario, Policy(policy.name, Scaled(strategy, factor)), seed, graph(seed)) for seed in seeds[:PILOTS]]
        return float(sum(run.to_the_end().series("cost").sum() for run in runs) / len(runs))

    low, high = 1.0 / _MOST, _MOST
    factor, spent = 1.0, spend(1.0)
    if spent == 0:
        return Scaling(policy, 1.0, 0.0)
    while abs(spent / budget - 1.0) > _CLOSE and high / low > 1.0 + _CLOSE / 4:
        low, high = (factor, high) if spent < budget else (low, factor)
        factor = math.sqrt(low * high)
        spent = spend(factor)
    return Scaling(Policy(policy.name, Scaled(strategy, factor)), factor, spent)


def capped(scenario: Scenario) -> Scenario:
    """The scenario with the equal budget as the first brand's limit; before the pilots, a limit that leaves room to overshoot."""
    first = scenario.brand[0]
    limit = min(first.total_budget, scenario.equal_budget)
    return scenario.model_copy(update={"brand": (first._replace(total_budget=limit), *scenario.brand[1:])})
