"""Money is a hard limit, in a day and in all, whatever a brand wants to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import Run
from sim.scenario import changed, parse_scenario
from sim.strategies import STRATEGIES
from tests.worlds import busy_scenarios

SMALL: dict[str, Any] = {
    "graph": {"kind": "holme_kim", "members": 300, "ties": 5, "seed": 1},
    "days": 60,
    "speech": {"question_rate": 0.05, "criticism_rate_distrust": 0.1},
    "brand": {"quality": 0.5, "initial_customers": 0.2},
}


@given(busy_scenarios(), st.sampled_from((0.0, 0.3, 2.0, 11.0)), st.sampled_from((0.0, 1.0, 25.0)))
def test_nothing_is_spent_that_is_not_there(plan: dict[str, Any], daily: float, total: float) -> None:
    for brand in plan["scenario"]["brand"]:
        brand |= {"daily_budget": daily, "total_budget": total}
    run = Run(parse_scenario(plan["scenario"]), plan["policy"], plan["seed"]).to_the_end()
    for brand in run.brand_names:
        cost = run.series("cost", brand)
        assert (cost <= daily + 1e-6).all()
        assert cost.sum() <= total + 1e-6


@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - {"absent"}))
def test_a_tight_budget_binds_and_a_wide_one_does_not(strategy: str) -> None:
    scenario = parse_scenario(SMALL)
    free = Run(scenario, strategy, 2).to_the_end()
    wide = Run(changed(scenario, {"brand.daily_budget": 1e6}), strategy, 2).to_the_end()
    assert free.brands.tobytes() == wide.brands.tobytes()
    most = free.series("cost").max()
    tight = Run(changed(scenario, {"brand.daily_budget": most / 2}), strategy, 2).to_the_end()
    assert 0 < tight.series("cost").max() <= most / 2 + 1e-9


def test_paid_reach_uses_up_the_last_cent() -> None:
    """Posts first, then showings: what is left of the day's money buys a whole number of them."""
    scenario = changed(parse_scenario(SMALL), {"brand.daily_budget": 0.45, "costs.post": 0.2, "costs.impression": 0.002})
    run = Run(scenario, "broadcast", 2).to_the_end()
    paid = run.series("cost") - 0.2 * run.series("brand_posts")
    np.testing.assert_allclose(paid / 0.002, np.round(paid / 0.002), atol=1e-6)
    assert (run.series("brand_posts") == 2).all()
    assert paid.max() == pytest.approx(0.05, abs=1e-9)
    assert np.median(paid) == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize("strategy", ["broadcast", "listen_first", "ethnographer", "astroturf"])
def test_equal_spend(strategy: str) -> None:
    """Scaled in pilot worlds to spend the budget or a little less, it does so to the end, day by day, in other worlds too."""
    from sim.study.budget import at_equal_spend, capped

    budget = 100.0
    scenario = changed(parse_scenario(SMALL), {"equal_budget": budget, "days": 120})
    scaling = at_equal_spend(scenario, scenario.find_policy(strategy), scenario.make_graph)
    assert 0.85 * budget <= scaling.spend <= budget  # accounts come whole
    runs = [Run(capped(scenario), scaling.policy, seed).to_the_end() for seed in range(4)]
    spent = np.array([run.series("cost") for run in runs])
    assert spent.sum(axis=1).mean() == pytest.approx(budget, rel=0.2)
    assert spent[:, -30:].sum() > 0.1 * spent.sum(), "it does not run dry"


def test_equal_spend_does_not_depend_on_the_worlds_compared() -> None:
    from sim.study.compare import compare

    scenario = changed(parse_scenario(SMALL), {"equal_budget": 60.0})
    few, more = (compare(scenario, ["absent", "broadcast"], seeds=seeds) for seeds in ([11, 12], [3, 11, 12]))
    assert few.scales == more.scales
    np.testing.assert_array_equal(few.values("broadcast", "cost"), more.values("broadcast", "cost")[1:])
