"""Policies that the page knows besides those of its scenarios and the strategies: one strategy at several settings, so that two
of them can be set beside each other."""

from __future__ import annotations

from sim.scenario import Policy, Scenario
from sim.strategies.broadcasting import Broadcast
from sim.strategies.recruiting import AmbassadorProgramme

RATES = (0.1, 0.5, 2.0, 6.0, 20.0)
"""Posts a day."""


def posting(rate: float) -> str:
    """The name of the policy that posts so often."""
    return f"{rate:g} posts a day" if rate >= 1 else f"a post every {1 / rate:.0f} days"


OPEN, SECRET = "open ambassadors", "secret ambassadors"
VARIANTS = {
    **{posting(rate): Policy(posting(rate), Broadcast(posts_per_day=rate)) for rate in RATES},
    OPEN: Policy(OPEN, AmbassadorProgramme(mode="disclosed")),
    SECRET: Policy(SECRET, AmbassadorProgramme(mode="covert")),
}


def policy_of(scenario: Scenario, name: str) -> Policy:
    """The scenario's policy of that name, or a strategy, or one of these. Raises InputError when there is none."""
    own = any(policy.name == name for policy in scenario.policy)
    return VARIANTS[name] if name in VARIANTS and not own else scenario.find_policy(name)
