"""Traps found before this model was built (docs/odd.md): what must not happen by accident again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Run
from sim.scenario import changed, parse_scenario

CRITICS: dict[str, Any] = {
    "graph": {"kind": "erdos_renyi", "members": 800, "mean_degree": 12.0, "reciprocity": 1.0, "seed": 1},
    "days": 720,
    "burn_in": 0,
    "members": {"activity_median": 0.0},
    "attention": {"limited": False},
    "trust": {"memory_brand": 0.98, "repetition": 0.0},
    "speech": {
        "question_rate": 0.0,
        "praise_rate": 0.0,
        "criticism_below": 0.4,
        "criticism_rate_distrust": 0.05,
        "repost_wom": 0.0,
    },
    "customers": {"experience_rate": 0.0},
    "mechanisms": {"unfollow": False, "migration": False, "persuasion_knowledge": False},
    "brand": {"initial_followers": 0.0, "initial_customers": 0.0, "initial_aware": 1.0, "initial_good": 2.0},
    "policy": {"strategy": "absent"},
}


def order_parameter(scenario: Any, x: float) -> float:
    """Ω = κ_w·w·x·φ₋·k·π/((1 − λ)·Δs): what one distrustful member says, over what it takes to make another.

    φ₋ criticisms a day of a distrustful member, k followers, π chance that a post is read, Δs the bad evidence at which
    trust falls below the threshold of speaking when there is no good evidence: (r + 1)/(r + s + 2) = t at r = 0.
    """
    speech, trust = scenario.speech, scenario.trust
    threshold = 1 / speech.criticism_below - 2
    heard = trust.asymmetry_wom * scenario.events.criticism_read.loss * x * speech.criticism_rate_distrust * 12.0
    return heard / ((1 - trust.memory_brand) * threshold)


def distrusting(scenario: Any, seed: int) -> float:
    """Share of the members below the threshold of speaking at the end, a tenth having begun in deep distrust."""
    run = Run(scenario, "absent", seed)
    run.step()
    run.world.relations.good[:, 0] = 0.0
    run.world.relations.bad[::10, 0] = 50.0
    run.to_the_end()
    relations = run.world.relations
    trust = (relations.good + 1) / (relations.good + relations.bad + 2)
    return float((trust < scenario.speech.criticism_below).mean())


def test_distrust_avalanche_has_a_threshold() -> None:
    """Critics make critics only above an order parameter: far below it distrust dies out, far above it takes everybody."""
    calm = parse_scenario({**CRITICS, "events": {"criticism_read": {"loss": 0.01}}})
    storm = parse_scenario({**CRITICS, "events": {"criticism_read": {"loss": 1.0}}})
    x = 0.75
    assert order_parameter(calm, x) < 1 < 3 < order_parameter(storm, x)
    assert np.mean([distrusting(calm, seed) for seed in range(3)]) < 0.02
    assert np.mean([distrusting(storm, seed) for seed in range(3)]) > 0.9


def test_the_threshold_moves_with_each_factor_of_the_order_parameter() -> None:
    """A storm is calmed by halving what it hangs on until Ω is below one, whichever factor is halved."""
    storm = parse_scenario({**CRITICS, "events": {"criticism_read": {"loss": 0.4}}})
    assert order_parameter(storm, 0.75) > 3
    assert distrusting(storm, 1) > 0.9
    for calmer in (
        {"speech.criticism_rate_distrust": 0.001},
        {"events.criticism_read.loss": 0.008},
        {"trust.memory_brand": 0.5},
    ):
        scenario = changed(storm, calmer)
        assert order_parameter(scenario, 0.75) < 1, calmer
        assert distrusting(scenario, 1) < 0.02, calmer


def test_hazards_add_up_so_that_distrust_ends_ties_of_the_patient_too() -> None:
    """A betrayed tie of a member with no frailty at all still ends: frailty multiplies drift only."""
    scenario = parse_scenario(
        {
            "graph": {"kind": "complete", "members": 20},
            "days": 200,
            "members": {"activity_median": 0.0},
            "trust": {"memory_tie": 1.0, "prior_good": 0.0, "prior_bad": 5.0},
            "leaving": {"refill": 0.0},
        }
    )
    run = Run(scenario, "absent", 1)
    run.world.members.frailty[:] = 0.0
    run.to_the_end()
    assert run.series("unfollows_drift").sum() == 0
    rate = scenario.leaving.distrust * (0.5 - 1 / 7)
    alive = 20 * 19 * np.exp(-rate * (run.days_done + scenario.burn_in))
    assert run.series("ties_alive")[-1] == pytest.approx(alive, abs=4 * np.sqrt(alive + 1))


def test_awareness_saturates_and_says_nothing() -> None:
    """Whatever the strategy, almost everybody knows the brand in the end, while money and trust differ."""
    scenario = parse_scenario({"graph": {"kind": "holme_kim", "members": 400, "ties": 6, "seed": 1}, "days": 360})
    runs = {policy: Run(scenario, policy, 1).to_the_end() for policy in ("broadcast", "astroturf", "listen_first")}
    known = [run.series("awareness")[-1] for run in runs.values()]
    assert min(known) > 0.75
    assert max(known) - min(known) < 0.25
    assert np.ptp([run.series("npv")[-1] for run in runs.values()]) > 200
