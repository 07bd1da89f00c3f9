"""A brand's purse: a hard limit on what it spends in a day and in all.

Money is spent in the order of the day: improvements, posts, open questions, targeted advertisements, paid reach, new
accounts and recruits, prizes, planted and ambassadors' posts, deletions, public replies, answers, replies to complaints,
intrusions. When the purse is empty, what comes later is not done.
"""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels.reading import paid_coins
from sim.state import F64, I64
from sim.world import NO_LIMIT, World


def open_purses(world: World) -> None:
    """What each brand may spend today."""
    for b, brand in enumerate(world.brands):
        world.purse[b] = min(brand.daily_budget, brand.total_budget - world.books.spent[b])


def afford(world: World, b: int, wanted: int, price: float) -> int:
    """How many of ``wanted`` at this price brand b can pay, which it does."""
    if price <= 0:
        return wanted
    paid = wanted if wanted * price <= world.purse[b] else max(0, int(world.purse[b] / price + 1e-9))
    world.purse[b] -= paid * price
    return paid


def afford_first(world: World, b: int, who: I64, lots: F64, price: float) -> I64:
    """Those of ``who`` for whom brand b can pay, by lot, in their old order."""
    paid = afford(world, b, who.size, price)
    return who if paid == who.size else who[np.sort(np.argsort(lots, kind="stable")[:paid])]


def afford_reach(world: World, b: int, reach: float) -> float:
    """The share of the members to whom brand b can pay to show its posts today, at most ``reach``."""
    brand, price = world.brands[b], world.costs.impression
    items = int(world.brand_day.posts[b] + world.brand_day.questions[b])
    if min(brand.daily_budget, brand.total_budget) >= NO_LIMIT or price <= 0 or items == 0 or reach <= 0:
        return reach
    coins = np.empty(items * world.n_members)
    shown = paid_coins(world.key(draws.READ), b, items, float(reach), world.members, world.relations, coins)
    paid = afford(world, b, shown, price)
    return reach if paid == shown else float(np.sort(coins[:shown])[paid])
