"""Policies made of others in a scenario file: mixed, scheduled, switched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine import Run
from sim.errors import InputError
from sim.scenario import parse_scenario
from sim.strategies import Actions, Answer, BrandView, Contest, Post
from tests.test_contracts import VIEW

SMALL: dict[str, Any] = {"graph": {"kind": "holme_kim", "members": 150, "ties": 4, "seed": 1}, "days": 40, "burn_in": 2}


def on(day: int, **seen: int) -> BrandView:
    import dataclasses

    return dataclasses.replace(VIEW, day=day, **seen)


def strategy(*policies: dict[str, Any]) -> Any:
    scenario = parse_scenario({**SMALL, "policy": list(policies)})
    return scenario.strategy_of(scenario.policy[0])


def test_scheduled_actions() -> None:
    mine = strategy(
        {
            "name": "mine",
            "action": [
                {"do": "post", "rate": 2.0, "from_day": 10, "until_day": 20},
                {"do": "contest", "reward": 0.5, "every_days": 30, "from_day": 5},
                {"do": "answer", "capacity": 3, "every_days": 4, "for_days": 2},
            ],
        }
    )
    assert [day for day in range(40) if mine.decide(on(day)).post] == list(range(10, 20))
    assert [day for day in range(40) if mine.decide(on(day)).contest] == [5, 35]
    assert [day for day in range(9) if mine.decide(on(day)).answer] == [0, 1, 4, 5, 8]
    assert mine.decide(on(12)) == Actions(post=Post(2.0), answer=Answer(3))
    assert mine.decide(on(35)).contest == Contest(0.5)


def test_an_action_that_depends_on_what_is_seen() -> None:
    mine = strategy({"name": "mine", "action": [{"do": "debate", "capacity": 5, "when": "criticism", "above": 3.0}]})
    assert mine.decide(on(1, criticism=3)).debate is None
    assert mine.decide(on(1, criticism=4)).debate is not None


def test_several_at_once_and_what_several_do_the_last_decides() -> None:
    mine = strategy(
        {
            "name": "mine",
            "strategy": "broadcast",
            "also": ["listen_first"],
            "action": [{"do": "post", "rate": 7.0, "from_day": 9}],
        }
    )
    early, late = mine.decide(on(1)), mine.decide(on(9))
    assert (early.post.rate, late.post.rate) == (0.1, 7.0)
    assert early.reach is not None
    assert early.answer is not None


def test_a_switch_is_seamless() -> None:
    """Until the day of the switch as the one, and from then on doing what the other does."""
    scenario = parse_scenario(
        {**SMALL, "policy": [{"name": "mine", "strategy": "broadcast", "switch_day": 20, "switch_to": "listen_first"}]}
    )
    switched, broadcast = (Run(scenario, name, 3).to_the_end() for name in ("mine", "broadcast"))
    np.testing.assert_array_equal(switched.series("npv")[:20], broadcast.series("npv")[:20])
    assert switched.series("answers")[:20].sum() == 0
    assert switched.series("answers")[20:].sum() > 0
    assert switched.series("brand_posts")[20:].sum() < 10


def test_mixed_with_nothing_is_itself() -> None:
    scenario = parse_scenario({**SMALL, "policy": [{"name": "mine", "strategy": "listen_first", "also": ["absent"]}]})
    mixed, plain = (Run(scenario, name, 3).to_the_end() for name in ("mine", "listen_first"))
    assert mixed.brands.tobytes() == plain.brands.tobytes()


@pytest.mark.parametrize(
    ("policies", "message"),
    [
        ([{"name": "a", "also": ["b"]}, {"name": "b", "also": ["a"]}], "'a' leads back to itself (a → b → a)"),
        (
            [{"name": "a", "also": ["listen_frist"]}],
            "policy.0.also: there is no policy 'listen_frist'. Did you mean 'listen_first'?",
        ),
        ([{"name": "a", "strategy": "absent", "switch_day": 9}], "policy.0.switch_day: there is nothing to switch to"),
        (
            [{"name": "a", "action": [{"do": "contst"}]}],
            "policy.0.action.0: there is no action 'contst'. Did you mean 'contest'?",
        ),
        ([{"name": "a", "action": [{"do": "post", "rate": 99.0}]}], "policy.0.action.0.rate: must be at most 20, got 99.0"),
        ([{"name": "a", "action": [{"do": "reach"}]}], "policy.0.action.0.share: is missing"),
        (
            [{"name": "a", "action": [{"do": "post", "rate": 1.0, "colour": 3}]}],
            "policy.0.action.0.colour: unknown key. Use one of: above, do,",
        ),
        (
            [{"name": "a", "action": [{"do": "post", "rate": 1.0, "when": "luck"}]}],
            "policy.0.action.0.when: 'luck' is not one of the choices",
        ),
    ],
)
def test_faults(policies: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_scenario({"policy": policies})
    assert message in str(error.value)


def test_choosing_some_policies_keeps_those_they_need() -> None:
    """One policy of a scenario alone, or all of them: what it mentions, and what a rival follows, is the scenario's own."""
    from sim.study.compare import compare

    scenario = parse_scenario(
        {
            **SMALL,
            "brand": [{"name": "Ours"}, {"name": "Theirs", "policy": "listen_first"}],
            "policy": [
                {"strategy": "absent"},
                {"name": "mine", "also": ["loud"], "switch_day": 20, "switch_to": "listen_first"},
                {"name": "loud", "strategy": "broadcast", "posts_per_day": 9.0},
                {"strategy": "listen_first", "answers_per_day": 1},
            ],
        }
    )
    everything, alone = compare(scenario, worlds=2), compare(scenario, ["mine"], worlds=2)
    assert alone.policies == ("mine",)
    for brand in (0, 1):
        np.testing.assert_array_equal(everything.values("mine", "cost", brand), alone.values("mine", "cost", brand))
    assert everything.values("absent", "answers", 1).max() <= SMALL["days"]


def test_a_policy_with_settings_keeps_what_it_mentions() -> None:
    from sim.cli.options import chosen_policy

    scenario = parse_scenario(
        {**SMALL, "policy": [{"name": "mine", "also": ["loud"]}, {"name": "loud", "strategy": "broadcast"}]}
    )
    assert chosen_policy(scenario, "mine:switch_day=9,switch_to=loud").also == ("loud",)


def test_recruiting_favours_no_brand() -> None:
    """Two brands of the same policy that want the same few members: over 40 worlds neither has more (4 se)."""
    twins = [{"name": "A", "policy": "popular"}, {"name": "B", "policy": "popular"}]
    policy = {"name": "popular", "strategy": "ambassadors", "target": "popular", "recruits": 0.02}
    scenario = parse_scenario({**SMALL, "days": 5, "brand": twins, "policy": [policy]})
    first = []
    for seed in range(40):
        run = Run(scenario, "popular", seed).to_the_end()
        most = int(run.graph.n_followers.argmax())
        first.append(run.world.members.sponsor[most] == run.brand_rows[0])
    assert np.mean(first) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(40))
