"""Every row of the event table in a community of two, with the arithmetic written out.

Ann (0) and Bea (1) follow each other. Nothing fades, nobody leaves, everything is read; what is not stated is off.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import Run
from sim.events import ROWS
from sim.scenario import parse_scenario

KAPPA, KAPPA_W, ETA = 3.5, 1.25, 0.01
QUIET: dict[str, Any] = {
    "graph": {"kind": "complete", "members": 2},
    "days": 5,
    "burn_in": 0,
    "members": {"activity_median": 0.0, "avoidance_a": 0.01, "avoidance_b": 1000.0},
    "attention": {"limited": False},
    "trust": {"memory_brand": 1.0, "memory_tie": 1.0, "prior_good": 2.0, "prior_bad": 0.0},
    "persuasion": {"decay": 0.0, "carryover": 0.0},
    "speech": {
        "question_rate": 0.0,
        "praise_rate": 0.0,
        "criticism_rate_angry": 0.0,
        "criticism_rate_distrust": 0.0,
        "repost_organic": 0.0,
        "repost_wom": 0.0,
        "repost_brand": 0.0,
    },
    "customers": {"experience_rate": 0.0, "follow_share": 0.0},
    "leaving": {"drift": 0.0, "churn": 0.0, "churn_distrust": 0.0, "overexposure": 0.0, "annoyance": 0.0, "distrust": 0.0},
    "brand": {"initial_followers": 0.0, "initial_customers": 0.0, "initial_aware": 1.0, "initial_good": 1.0, "initial_bad": 0.5},
}
X = (2.0 + 1) / (2.0 + 0 + 2)  # trust in the other on the first day
R, S = 1.0, 0.5  # evidence about the brand at first
TAU = (R + 1) / (R + S + 2)
KNOWN = (R + S) / (R + S + 2)


def live(row: str, policy: dict[str, Any], days: int = 1, **sections: Any) -> Any:
    """The first days of the two, in which this row of the table is what happens to Ann."""
    assert row in {known.name for known in ROWS}
    plan = {key: dict(value) if isinstance(value, dict) else value for key, value in QUIET.items()}
    for name, values in sections.items():
        plan[name] = {**plan.get(name, {}), **values} if isinstance(values, dict) else values
    run = Run(parse_scenario({**plan, "policy": [policy]}), policy.get("name", policy["strategy"]), 1)
    for _ in range(days):
        run.step()
    return run


def evidence(run: Any) -> tuple[float, float]:
    relations = run.world.relations
    return float(relations.good[0, 0]), float(relations.bad[0, 0])


def knowledge(run: Any) -> float:
    return float(run.world.members.knowledge[0])


def tie(run: Any) -> float:
    return float(run.world.ties.good[0])


SILENT = {"strategy": "absent"}
FOLLOWED = {"brand": {**QUIET["brand"], "initial_followers": 1.0}}


def share_adopting(expected: float, row: str, policy: dict[str, Any], adoption: float, **sections: Any) -> None:
    """With the row's adoption chance raised to ``adoption``, Ann adopts in the expected share of 400 worlds (±4 sd)."""
    sections["events"] = {row: {"adoption": adoption}}
    plan = {**QUIET, **sections, "policy": [policy]}
    plan["brand"] = {**QUIET["brand"], **sections.get("brand", {})}
    plan["speech"] = {**QUIET["speech"], **sections.get("speech", {})}
    scenario = parse_scenario(plan)
    graph = scenario.make_graph(1)
    found = np.mean([_adopts_on_the_first_day(scenario, policy, seed, graph) for seed in range(400)])
    assert found == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 400))


def _adopts_on_the_first_day(scenario: Any, policy: dict[str, Any], seed: int, graph: Any) -> bool:
    run = Run(scenario, policy["strategy"], seed, graph)
    run.step()
    return bool(run.world.relations.customer[0, 0] == 1)


def test_organic_read() -> None:
    run = live("organic_read", SILENT, post=[{"day": 0, "member": "1"}])
    assert tie(run) == pytest.approx(2.0 + 0.02)
    assert evidence(run) == (R, S)


def test_praise_read() -> None:
    run = live("praise_read", SILENT, post=[{"day": 0, "member": "1", "kind": "praise"}])
    assert evidence(run) == pytest.approx((R + 0.3 * X, S))
    assert tie(run) == pytest.approx(2.0 + 0.01)
    assert knowledge(run) == 0
    share_adopting(0.5 * X * 2 * TAU, "praise_read", SILENT, 0.5, post=[{"day": 0, "member": "1", "kind": "praise"}])


def test_criticism_read() -> None:
    run = live("criticism_read", SILENT, post=[{"day": 0, "member": "1", "kind": "criticism"}])
    assert evidence(run) == pytest.approx((R, S + 0.3 * KAPPA_W * X))
    assert tie(run) == pytest.approx(2.0 + 0.01)


def test_criticism_makes_aware() -> None:
    unknown = {"brand": {**QUIET["brand"], "initial_aware": 0.0}, "post": [{"day": 0, "member": "1", "kind": "criticism"}]}
    assert live("criticism_read", SILENT, **unknown).world.relations.aware[0, 0] == 1
    muted = {**unknown, "speech": {"criticism_informs": False}}
    assert live("criticism_read", SILENT, **muted).world.relations.aware[0, 0] == 0


def broadcast(**settings: Any) -> dict[str, Any]:
    return {"strategy": "broadcast", "posts_per_day": 1.0, "paid_reach": 0.0, **settings}


def test_ad_read() -> None:
    run = live("ad_read", broadcast(), **FOLLOWED)
    assert evidence(run) == pytest.approx((R + 0.03, S))  # no tone, no knowledge, not worn out: eff = 1
    assert knowledge(run) == pytest.approx(ETA)
    share_adopting(0.5 * 2 * TAU, "ad_read", broadcast(), 0.5, **FOLLOWED)


def test_ad_read_when_tired() -> None:
    """Exposure 0 before the first post, 1 before the second, 2 before the third; tolerated: 1.5."""
    run = live("ad_read", broadcast(posts_per_day=3.0), persuasion={"tolerated_exposure": 1.5, "wearout": 0.2}, **FOLLOWED)
    r, s, known = R, S, 0.0
    for exposure in (0.0, 1.0, 2.0):
        r += 0.03 * (1 - known) * np.exp(-0.2 * max(0.0, exposure - 1))
        s += 0.02 * KAPPA * (exposure > 1.5)
        known += ETA * (1 - known)
    assert evidence(run) == pytest.approx((r, s))
    assert knowledge(run) == pytest.approx(known)


def test_duplicate_read() -> None:
    run = live("duplicate_read", {**broadcast(), "strategy": "rebroadcast", "duplicates": 1.0}, **FOLLOWED)
    assert evidence(run) == pytest.approx((R, S + 0.02 * KAPPA))
    assert knowledge(run) == pytest.approx(ETA)


@pytest.mark.parametrize("tone", [0.2, 1.0])
def test_overacted_read(tone: float) -> None:
    """A tone below familiarity warms; above it, the excess costs."""
    run = live("overacted_read", {**broadcast(), "strategy": "overacted", "tone": tone}, **FOLLOWED)
    r = R + 0.03 * (1 + min(tone, KNOWN))
    after = (r + S) / (r + S + 2)
    assert evidence(run) == pytest.approx((r, S + 0.03 * KAPPA * max(0.0, tone - after)))
    plain = {"persuasion": {"tone_matters": False}}
    assert evidence(live("overacted_read", {**broadcast(), "strategy": "overacted"}, **FOLLOWED, **plain)) == pytest.approx(
        (R + 0.03, S)
    )


ASKING = {"speech": {"question_rate": 1.0}}


def test_answered() -> None:
    policy = {"strategy": "ethnographer", "useful": 0.6}
    run = live("answered", policy, **ASKING)
    assert evidence(run) == pytest.approx((R + 1.0 * 0.6, S))
    assert knowledge(run) == 0
    assert tie(run) == pytest.approx(2.0 + 0.02), "the other's question is read like any post"
    share_adopting(0.5 * 2 * TAU, "answered", policy, 0.5, **ASKING)


def test_pitched() -> None:
    policy = {"strategy": "pitching_manager", "useful": 0.6}
    run = live("pitched", policy, **ASKING)
    assert evidence(run) == pytest.approx((R + 0.5 * 0.6, S + 0.3 * KAPPA))
    assert knowledge(run) == pytest.approx(3 * ETA)
    second = live("pitched", policy, days=2, **ASKING)
    assert evidence(second)[0] == pytest.approx(R + 0.5 * 0.6 + 0.5 * 0.6 * (1 - 3 * ETA))
    share_adopting(0.5, "pitched", policy, 0.5, **ASKING)


USING = {"customers": {**QUIET["customers"], "experience_rate": 1.0, "complaint_share": 0.0}}


@pytest.mark.parametrize(
    ("quality", "row", "gain", "loss"), [(1.0, "good_experience", 1.0, 0.0), (0.0, "bad_experience", 0.0, KAPPA)]
)
def test_experience(quality: float, row: str, gain: float, loss: float) -> None:
    run = live(row, SILENT, brand={"quality": quality, "initial_customers": 1.0}, **USING)
    assert evidence(run) == pytest.approx((R + gain, S + loss))


def complaining(policy: dict[str, Any], days: int, row: str, **customers: Any) -> Any:
    """A bad product every day; only the first bad experience finds no complaint open and becomes one."""
    law = {**QUIET["customers"], "experience_rate": 1.0, "complaint_share": 1.0, "patience_days": 3, **customers}
    return live(row, policy, days, brand={"quality": 0.0, "initial_customers": 1.0}, customers=law)


def test_complaint_resolved() -> None:
    run = complaining(
        {"strategy": "listen_first", "coverage": 1.0, "posts_per_day": 0.0}, 1, "complaint_resolved", resolved_share=1.0
    )
    assert evidence(run) == pytest.approx((R + 0.3, S + KAPPA - 0.7 * KAPPA))
    assert run.world.relations.complaint[0, 0] == 0


def test_complaint_unresolved() -> None:
    run = complaining(
        {"strategy": "listen_first", "coverage": 1.0, "posts_per_day": 0.0}, 1, "complaint_unresolved", resolved_share=0.0
    )
    assert evidence(run) == pytest.approx((R, S + KAPPA + 0.5 * KAPPA))
    assert run.world.relations.complaint[0, 0] == 0
    assert run.world.relations.angry[0, 0] == 0


def test_complaint_ignored() -> None:
    """Made on day 0, it has been open for more than three days on day 3; that day's experience makes a new one."""
    before, after = (complaining(SILENT, days, "complaint_ignored", anger_days=7) for days in (3, 4))
    assert evidence(before) == pytest.approx((R, S + 3 * KAPPA))
    assert evidence(after) == pytest.approx((R, S + 4 * KAPPA + 0.5 * KAPPA))
    assert (before.world.relations.angry[0, 0], after.world.relations.angry[0, 0]) == (0, 7)


def test_criticism_improves_the_product() -> None:
    """Both complain on day 0; the next morning two issues each take a tenth of what is still bad: Q = 1 − .9²."""
    policy = {"strategy": "advocate", "coverage": 0.0, "posts_per_day": 0.0, "issues_per_day": 5, "gain": 0.1}
    run = complaining(policy, 2, "complaint_ignored")
    np.testing.assert_allclose(run.series("quality"), [0.0, 1 - 0.9**2])
    np.testing.assert_array_equal(run.series("improvements"), [0, 2])
    np.testing.assert_array_equal(run.series("cost"), [0, 2 * 3.0])


def test_every_row_is_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [row.name for row in ROWS if f'"{row.name}"' not in text] == []
