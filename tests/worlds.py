"""Random small communities in which everything happens, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sim.mechanisms import MECHANISMS
from sim.strategies import STRATEGIES

_KINDS = st.one_of(
    st.builds(
        lambda n, m, r, c: {"kind": "holme_kim", "members": n, "ties": m, "reciprocity": r, "closure": c},
        st.integers(6, 40),
        st.integers(1, 5),
        st.floats(0, 1),
        st.floats(0, 1),
    ),
    st.builds(
        lambda n, d, r: {"kind": "erdos_renyi", "members": n, "mean_degree": d, "reciprocity": r},
        st.integers(2, 40),
        st.floats(0, 8),
        st.floats(0, 1),
    ),
    st.builds(lambda n: {"kind": "complete", "members": n}, st.integers(2, 12)),
)


@st.composite
def busy_scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A scenario, a policy and a seed; rates are high, so that a few days see every event."""
    share = st.sampled_from((0.0, 0.05, 0.3, 0.7, 1.0))  # rather than floats, which Hypothesis likes to be 0
    n_brands = draw(st.integers(0, 3))
    brands = [
        {
            "name": f"Brand {b}",
            "quality": draw(share),
            "initial_followers": draw(share),
            "initial_customers": draw(share),
            "initial_aware": draw(share),
            "initial_good": draw(st.floats(0, 5)),
            "initial_bad": draw(st.floats(0, 5)),
            "policy": draw(st.sampled_from(["absent", "tried", "tried", "broadcast", "listen_first", "astroturf"])),
        }
        for b in range(n_brands)
    ]
    strategy = draw(st.sampled_from(sorted(STRATEGIES)))
    options = {
        "broadcast": {"posts_per_day": draw(st.sampled_from((0.5, 1.0, 3.7))), "paid_reach": draw(share)},
        "rebroadcast": {"posts_per_day": draw(st.sampled_from((0.5, 1.0, 3.7))), "duplicates": draw(share)},
        "overacted": {"posts_per_day": draw(st.sampled_from((0.5, 3.0))), "paid_reach": draw(share), "tone": draw(share)},
        "advocate": {"issues_per_day": draw(st.integers(0, 3)), "gain": draw(share), "coverage": draw(share)},
        "pulsed": {"on_days": draw(st.integers(1, 3)), "off_days": draw(st.integers(0, 3))},
        "listen_first": {
            "answers_per_day": draw(st.integers(0, 5)),
            "replies_per_day": draw(st.integers(0, 2)),
            "coverage": draw(share),
        },
        "astroturf": {"accounts": draw(share) / 2, "rate": draw(share), "tone": draw(share)},
        "ambassadors": {
            "recruits": draw(share) / 2,
            "rate": draw(share),
            "mode": draw(st.sampled_from(("disclosed", "covert", "unaware"))),
            "target": draw(st.sampled_from(("anyone", "popular", "influential", "customers"))),
        },
        "contest": {"every_days": draw(st.integers(1, 3)), "reward": draw(share), "effort": draw(share), "credit": draw(share)},
        "collaborative": {"questions_per_day": draw(st.sampled_from((0.5, 2.0))), "credit": draw(share), "effort": draw(share)},
        "open_debate": {"questions_per_day": 2.0, "replies_per_day": draw(st.integers(0, 4))},
        "censored_debate": {"questions_per_day": 2.0, "deleted": draw(share)},
        "intrusive": {"mentions": draw(share)},
        "monitoring": {"by": draw(st.sampled_from(("need", "life_event", "both"))), "share": draw(share)},
        "repentant": {"from_day": draw(st.integers(0, 6)), "before": draw(st.sampled_from(("broadcast", "infiltration")))},
        "infiltration": {"recruits": draw(share) / 2, "rate": draw(share), "selling_from": draw(st.integers(0, 6))},
        "incoherent": {"accounts": draw(share) / 2, "rate": draw(share)},
        "ethnographer": {"answers_per_day": draw(st.integers(0, 5)), "useful": draw(share)},
        "pitching_manager": {"answers_per_day": draw(st.integers(0, 5)), "pitch": draw(share), "useful": draw(share)},
    }.get(strategy, {})
    scenario = {
        "days": draw(st.integers(1, 8)),
        "burn_in": draw(st.integers(0, 3)),
        "graph": draw(_KINDS),
        "members": {
            "activity_median": draw(st.sampled_from((0.0, 0.1, 1.0))),
            "attention_median": draw(st.sampled_from((1.0, 5.0, 30.0))),
            "avoidance_a": draw(st.floats(0.5, 4)),
        },
        "trust": {
            "memory_brand": draw(st.floats(0.6, 1)),
            "memory_tie": draw(st.floats(0.1, 1)),
            "confirmation": draw(st.booleans()),
            "repetition": draw(st.sampled_from((0.0, 1.0, 10.0))),
            "prior_good": draw(st.floats(0, 3)),
            "prior_bad": draw(st.floats(0, 3)),
        },
        "persuasion": {
            "learning": draw(st.sampled_from((0.0, 0.01, 0.3))),
            "tolerated_exposure": draw(st.sampled_from((0.0, 0.5, 2.0))),
        },
        "speech": {
            "question_rate": draw(share),
            "praise_rate": draw(share),
            "criticism_rate_angry": draw(share),
            "criticism_rate_distrust": draw(share),
            "praise_above": draw(st.floats(0.3, 0.7)),
            "criticism_below": draw(st.floats(0.2, 0.6)),
            "repost_organic": draw(share),
            "repost_wom": draw(share),
            "repost_brand": draw(share),
            "contribution_rate": draw(share),
            "entry_rate": draw(share),
            "repost_disclosed": draw(share),
            "repost_expose": draw(share),
            "cascade_days": draw(st.integers(1, 5)),
        },
        "discovery": {
            "chance": draw(st.sampled_from((0.0, 0.1, 0.5))),
            "exposing": draw(share),
            "by_platform": draw(st.sampled_from((0.0, 0.1))),
        },
        "censorship": {"seen": draw(share), "noticed": draw(share), "protest": draw(share)},
        "space": {
            "moderation": draw(st.sampled_from((0.0, 0.0, 0.3, 1.0))),
            "norm": draw(st.sampled_from((0.0, 0.5, 1.0))),
            "promoters": draw(st.sampled_from((0.0, 0.3, 1.0))),
            "promotion_rate": draw(share),
            "outside": draw(st.sampled_from((0.0, 0.0, 0.3, 0.7))),
            "arrival_rate": draw(share),
            "vouchers": draw(st.integers(0, 2)),
        },
        "refuge": {
            "exists": draw(st.booleans()),
            "founders": draw(st.sampled_from((0.0, 0.2))),
            "moderation": draw(share),
            "norm": draw(share),
            "vouchers": draw(st.integers(0, 2)),
        },
        "migration": {"pressure": draw(st.sampled_from((0.0, 0.3, 3.0))), "pull": draw(st.sampled_from((0.0, 0.3)))},
        "customers": {
            "life_event_rate": draw(st.sampled_from((0.0, 0.1, 0.5))),
            "life_event_days": draw(st.integers(1, 4)),
            "experience_rate": draw(share),
            "complaint_share": draw(share),
            "patience_days": draw(st.integers(1, 4)),
        },
        "leaving": {
            "drift": draw(st.sampled_from((0.0, 0.1, 0.5))),
            "distrust": draw(st.sampled_from((0.0, 0.5, 2.0))),
            "annoyance": draw(share),
            "refill": draw(share),
            "churn": draw(st.floats(0, 0.2)),
        },
        "events": {
            "praise_read": {"adoption": draw(share)},
            "ad_read": {"adoption": draw(share)},
            "answered": {"adoption": draw(share)},
        },
        "mechanisms": dict.fromkeys(draw(st.lists(st.sampled_from(sorted(MECHANISMS)), max_size=3, unique=True)), False),
        "brand": brands,
        "policy": [{"name": "tried", "strategy": strategy, **options}],
    }
    return {"scenario": scenario, "policy": "tried", "seed": draw(st.integers(0, 2**53))}
