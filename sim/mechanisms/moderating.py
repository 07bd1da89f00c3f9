"""Between what members want to post and what is read: moderators remove what sells; brands reply to critics in public or have
them deleted; secrets that were named become public."""

from __future__ import annotations

import numpy as np

from sim.event_rows import COMMERCIAL
from sim.kernels import draws
from sim.kernels import serving as kernels
from sim.mechanisms.paying import afford, afford_first
from sim.mechanisms.sponsoring import find_out
from sim.state import CRITICISM, DEBATED, DELETED, I64, PLATFORM, RELAYS, SILENT, U64
from sim.strategies import Actions
from sim.world import World


def remove_commercial(world: World) -> None:
    """Before messages are numbered, moderators remove what sells, each with the chance of its space."""
    platform, refuge = world.laws.space.moderation, world.laws.refuge.moderation * world.laws.refuge.exists
    if not (platform or refuge):
        return
    chance = np.array([platform, refuge, 0.0, 0.0])
    members, outbox, key = world.members, world.outbox, world.key(draws.MODERATE)

    def removed(who: I64, which: int, brand: U64 | int = 0) -> np.ndarray:
        return draws.uniform(key, members.key[who] ^ np.uint64(brand), which) < chance[members.space[who]]

    count = 0
    for b, brand in enumerate(world.relations.brand_key):
        who = np.flatnonzero(COMMERCIAL[outbox.voice[:, b]])
        who = who[removed(who, 0, brand)]
        outbox.voice[who, b] = SILENT
        outbox.said[who] -= 1
        count += who.size
    who = np.flatnonzero(outbox.promotes)
    who = who[removed(who, 1)]
    outbox.promotes[who] = 0
    outbox.said[who] -= 1
    count += who.size
    passing_on = np.flatnonzero(outbox.fresh)
    for q in range(RELAYS):
        who = passing_on[(outbox.fresh[passing_on] >> q & 1 > 0) & COMMERCIAL[outbox.relay["kind"][passing_on, q]]]
        who = who[removed(who, 2 + q)]
        outbox.fresh[who] &= ~np.uint8(1 << q)
        outbox.said[who] -= 1
        count += who.size
    world.community_tally.rows[0]["removed_posts"] += count


def moderate(world: World) -> None:
    """Deal with the day's criticism, then with the day's exposés."""
    world.brand_day.debates[:] = world.brand_day.deletions[:] = 0
    for b, actions in enumerate(world.actions):
        if actions.censor is not None or actions.debate is not None:
            _deal_with_critics(world, b, actions)
    find_out(world)


def _deal_with_critics(world: World, b: int, actions: Actions) -> None:
    """First some of what was said for the first time today is deleted, then the brand replies to some of the rest."""
    posted = world.messages.item[: world.n_posted]
    critical = np.flatnonzero((posted["kind"] == CRITICISM) & (posted["depth"] == 0) & (posted["brand"] == b))
    critical = critical[world.members.space[posted["origin"][critical]] == PLATFORM]
    authors = posted["origin"][critical]
    who = world.members.key[authors] ^ world.relations.brand_key[b]
    key, day = world.key(draws.CRITICS), world.brand_day
    told = (b, world.members, world.relations, world.numbers)
    if actions.censor is not None:
        coins = draws.uniform(key, who, 0)
        gone = np.zeros(who.size, bool)
        wanted = np.flatnonzero(coins < actions.censor.share)
        gone[afford_first(world, b, wanted, coins[wanted], world.costs.deletion)] = True
        posted["flags"][critical[gone]] |= DELETED
        kernels.delete(authors[gone].astype(np.int64), *told)
        day.deletions[b] = gone.sum()
        critical, authors, who = critical[~gone], authors[~gone], who[~gone]
    if actions.debate is not None:
        capacity = afford(world, b, min(actions.debate.capacity, critical.size), world.costs.reply)
        answered = np.sort(np.argsort(draws.uniform(key, who, 1), kind="stable")[:capacity])
        posted["flags"][critical[answered]] |= DEBATED
        kernels.reply_in_public(authors[answered].astype(np.int64), *told)
        day.debates[b] = answered.size
