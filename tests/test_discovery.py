"""L6: limits A18 and A22, and what more detection does. Tolerances as in test_limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Run
from sim.graph import Graph
from sim.scenario import changed, parse_scenario
from tests.test_limits import MUTE, SILENT

NOTHING_ELSE: dict[str, Any] = {
    "burn_in": 0,
    "members": SILENT,
    "speech": MUTE,
    "mechanisms": {
        "attention": False,
        "unfollow": False,
        "quality_feedback": False,
        "persuasion_knowledge": False,
        "migration": False,
    },
}


def star(followers: int, accounts: int) -> Graph:
    """Members 0 … accounts − 1 are followed by all the others and nobody else follows anybody."""
    readers = np.arange(accounts, accounts + followers, dtype=np.int32)
    return Graph.from_ties(
        accounts + followers, np.repeat(readers, accounts), np.tile(np.arange(accounts, dtype=np.int32), followers)
    )


def secret(accounts: float, rate: float, d0: float, days: int) -> Any:
    """Planted accounts are drawn from those who are popular: covert ambassadors, with everything else off."""
    return parse_scenario(
        {
            **NOTHING_ELSE,
            "days": days,
            "discovery": {"chance": d0, "exposing": 0.0, "by_platform": 0.0},
            "policy": {"strategy": "ambassadors", "mode": "covert", "target": "popular", "recruits": accounts, "rate": rate},
        }
    )


def test_a18_nobody_sees_through_n_posts() -> None:
    """P(not seen through in n reads) = (1 − d)^n: 3,000 followers of one account that posts every day."""
    n, d, days = 3000, 0.02, 40
    run = Run(secret(1 / (n + 1), 1.0, d, days), "ambassadors", 1, star(n, 1)).to_the_end()
    undiscovered = 1 - np.cumsum(run.series("discoveries")) / n
    expected = (1 - d) ** np.arange(1, days + 1)
    np.testing.assert_allclose(undiscovered, expected, atol=4 * np.sqrt(0.25 / n))
    assert run.series("secret_reads").sum() == pytest.approx(n * expected.sum() / (1 - d), rel=0.035), "read as honest until then"


def test_a18_time_to_the_first_discovery() -> None:
    """Mean 1/(K·ρ·k̄·π·d0) days: K accounts, ρ posts a day, k̄ followers, every post read (π = 1). 300 worlds, ±4 se."""
    accounts, rate, followers, d0 = 2, 0.5, 20, 0.005
    scenario = secret(accounts / (followers + accounts), rate, d0, 400)
    graph = star(followers, accounts)
    times = []
    for seed in range(300):
        run = Run(scenario, "ambassadors", seed, graph)
        for day in run:
            if day["discoveries"] > 0:
                times.append(day.number + 1)
                break
    p = 1 - (1 - rate + rate * (1 - d0) ** followers) ** accounts  # in days of one step: geometric
    assert 1 / p == pytest.approx(1 / (accounts * rate * followers * d0), rel=0.1), "the continuous formula is close"
    assert np.mean(times) == pytest.approx(1 / p, abs=4 / p / np.sqrt(len(times)))


def test_a22_secret_without_discovery_is_disclosure_without_discount() -> None:
    """Nothing is ever seen through, and disclosed praise counts like secret praise: the same lives, to the bit."""
    alike = {"gain": 0.3, "adoption": 0.02}
    scenario = parse_scenario(
        {
            "graph": {"kind": "holme_kim", "members": 300, "ties": 5, "seed": 1},
            "days": 80,
            "speech": {"repost_disclosed": 0.01, "repost_wom": 0.01},
            "members": {"avoidance_a": 0.01, "avoidance_b": 1000.0},
            "events": {
                "hidden_read": {**alike, "tie_gain": 0.0},
                "disclosed_read": {**alike, "tie_loss": 0.0, "knowledge": 0.0},
            },
            "mechanisms": dict.fromkeys(("discovery", "silence", "unfollow", "migration", "fatigue"), False),
            "policy": [
                {"name": "covert", "strategy": "ambassadors", "mode": "covert", "rate": 1.0, "recruits": 0.05},
                {"name": "open", "strategy": "ambassadors", "mode": "disclosed", "rate": 1.0, "recruits": 0.05},
            ],
        }
    )
    one, two = (Run(scenario, name, 4).to_the_end() for name in ("covert", "open"))
    assert one.series("secret_reads").sum() > 100
    assert two.series("commercial_share")[-1] > one.series("commercial_share")[-1]
    for name in ("good", "bad", "aware", "customer", "follows"):
        assert getattr(one.world.relations, name).tobytes() == getattr(two.world.relations, name).tobytes(), name
    np.testing.assert_array_equal(one.series("npv"), two.series("npv"))


def test_more_detection_never_raises_trust() -> None:
    """The same worlds with a sharper eye: mean trust over 20 worlds falls with d0, each step by more than −3 se of the
    paired difference (a false alarm in 700 per step)."""
    scenario = parse_scenario(
        {
            "graph": {"kind": "holme_kim", "members": 400, "ties": 6, "seed": 1},
            "days": 120,
            "policy": {"strategy": "astroturf", "accounts": 0.03},
        }
    )
    graph = scenario.make_graph(1)
    chances = (0.0, 1e-3, 1e-2, 1e-1)
    trust = np.array(
        [
            [
                Run(changed(scenario, {"discovery.chance": d0}), "astroturf", seed, graph).to_the_end().series("brand_trust")[-1]
                for d0 in chances
            ]
            for seed in range(20)
        ]
    )
    rise = np.diff(trust, axis=1)
    assert (rise.mean(axis=0) <= 3 * rise.std(axis=0, ddof=1) / np.sqrt(len(trust))).all()
    assert trust[:, -1].mean() < trust[:, 0].mean() - 0.01, "and by the end it matters"


def test_betrayal_is_worst_for_whom_the_secret_had_convinced_most() -> None:
    """S22 in the small: of two readers who see through the same post, the one who had believed more of them falls deeper."""
    falls = []
    for believed in (1, 20):
        scenario = secret(1 / 2, 1.0, 0.0, believed + 1)
        run = Run(scenario, "ambassadors", 1, star(1, 1))
        for _ in range(believed):
            run.step()
        before = run.series("brand_trust")[-1]
        run.world.numbers[0].discovery.chance = 1.0
        run.step()
        assert run.series("discoveries")[-1] == 1
        falls.append(before - run.series("brand_trust")[-1])
    assert falls[1] > falls[0] > 0
