"""Step 2: each brand looks at what is public and decides what to do today."""

from __future__ import annotations

import math

import numpy as np

from sim.kernels import draws
from sim.mechanisms.campaigning import single_out
from sim.mechanisms.paying import afford, afford_reach, open_purses
from sim.mechanisms.sponsoring import recruit
from sim.state import F64, NOBODY
from sim.strategies import Actions, BrandView, checked
from sim.world import World, launch


def decide(world: World) -> None:
    """Brands observe and decide; before they enter they do nothing. Also opens the day's counts."""
    if world.day == 0:
        launch(world)
    views = observe(world) if world.day >= 0 else []
    decided = [checked(strategy.decide(view)) for strategy, view in zip(world.strategies, views, strict=False)]
    world.actions = decided or [Actions() for _ in world.strategies]
    world.community_tally.clear()
    world.brand_tally.clear()
    open_purses(world)
    for b, actions in enumerate(world.actions):
        _improve(world, b, actions, views[b].criticism + views[b].complaints if views else 0)
        _schedule_posts(world, b, actions)
        single_out(world, b, actions.target)
        reach = actions.reach.share if actions.reach is not None else 0.0
        world.brand_day.reach[b] = afford_reach(world, b, reach)
    for b in _by_lot(world):
        recruit(world, b, world.actions[b])
    world.divided = bool(world.members.space.any())
    world.sponsored = bool((world.members.sponsor != NOBODY).any())


def _by_lot(world: World) -> list[int]:
    """The brands in an order drawn anew each day: who comes first may recruit whom another wanted."""
    if len(world.brands) < 2:
        return list(range(len(world.brands)))
    lots = draws.uniform(world.key(draws.RECRUIT), world.relations.brand_key)
    return [int(b) for b in np.argsort(lots)]


def observe(world: World) -> list[BrandView]:
    """What each brand can see this morning."""
    new = world.day == 0  # nothing happened yesterday that a brand could have seen
    asked = 0 if new else world.community_tally.totals().questions
    seen = world.brand_tally.totals()
    return [
        BrandView(
            day=world.day,
            brand=brand.name,
            members=world.n_members,
            followers=int(np.count_nonzero(world.relations.follows[:, b])),
            customers=int(np.count_nonzero(world.relations.customer[:, b] == 1)),
            impressions=seen.impressions[b],
            praise=seen.praise[b],
            criticism=seen.criticism[b],
            questions=asked,
            complaints=seen.complaints[b],
            exposes=seen.exposes[b],
            spent=float(world.books.spent[b]),
        )
        for b, brand in enumerate(world.brands)
    ]


def _schedule_posts(world: World, b: int, actions: Actions) -> None:
    """Turn rates of posts and open questions into today's whole ones."""
    day = world.brand_day
    post, ask = actions.post, actions.ask
    posts, coins = _whole(world, b, post.rate, 0) if post is not None else (0, _NO_COINS)
    duplicates = 0 if post is None else int((coins < post.duplicate).sum())
    questions, _ = _whole(world, b, ask.rate, 1 << 20) if ask is not None else (0, _NO_COINS)
    if post is not None or ask is not None:
        bought = afford(world, b, posts, world.costs.post)
        duplicates = max(0, duplicates - (posts - bought))  # which are the last
        posts, questions = bought, afford(world, b, questions, world.costs.post)
    day.removed[b] = 0
    if world.laws.space.moderation > 0 and posts + questions > 0:
        stands = _not_removed(world, b, posts + questions)
        day.removed[b] = posts + questions - stands.sum()
        duplicates = stands[posts - duplicates : posts].sum()
        posts, questions = stands[:posts].sum(), stands[posts:].sum()
    day.posts[b], day.duplicates[b], day.questions[b] = posts, duplicates, questions
    day.question_return[b] = ask.credit - ask.effort if ask is not None else 0.0
    day.tone[b] = post.tone if post is not None else 0.0
    day.confesses[b] = actions.confess is not None


_NO_COINS: F64 = np.empty(0)


def _whole(world: World, b: int, rate: float, first: int) -> tuple[int, F64]:
    """(the integer part of a rate, plus one with the chance of the rest; a coin for each). ``first``: number of the draws."""
    if rate <= 0:
        return 0, _NO_COINS
    numbers = world.relations.brand_key[b] + np.arange(first, first + 2 + math.ceil(rate), dtype=np.uint64)
    coins = draws.uniform(world.key(draws.BRAND), numbers)
    whole = math.floor(rate)
    whole += bool(coins[0] < rate - whole)
    return whole, coins[1 : 1 + whole]


def _not_removed(world: World, b: int, n: int) -> np.ndarray:
    """Which of the brand's posts the platform's moderators let stand (bool)."""
    numbers = world.relations.brand_key[b] + np.arange(1 << 21, (1 << 21) + n, dtype=np.uint64)
    return draws.uniform(world.key(draws.BRAND), numbers) >= world.laws.space.moderation


def _improve(world: World, b: int, actions: Actions, heard: int) -> None:
    """Take up the criticisms and complaints heard yesterday: each issue closes a share of the gap to a product without faults."""
    day = world.brand_day
    day.improvements[b] = 0
    if actions.improve is not None:
        day.improvements[b] = afford(world, b, min(actions.improve.capacity, heard), world.costs.improvement)
        day.quality[b] = 1.0 - (1.0 - day.quality[b]) * (1.0 - actions.improve.gain) ** int(day.improvements[b])
