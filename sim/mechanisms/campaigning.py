"""Contests that followers enter, and members singled out for an advertisement."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels import serving as kernels
from sim.mechanisms.paying import afford_first
from sim.state import ENTRY, PLANTED, PLATFORM, SILENT, U8
from sim.strategies import Target
from sim.world import World

NEED, LIFE_EVENT = 1, 2


def hold_contests(world: World) -> None:
    """Who follows a brand that holds a contest today, or is paid to be shown its posts, may enter: an entry stands in for
    what she would have said of it."""
    outbox, day = world.outbox, world.brand_day
    day.entries[:] = 0
    for b, actions in enumerate(world.actions):
        contest = actions.contest
        if contest is None:
            continue
        who = world.members.key ^ world.relations.brand_key[b]
        hears = (world.relations.follows[:, b] == 1) | (draws.uniform(world.key(draws.CONTEST), who, 1) < day.reach[b])
        invited = np.flatnonzero(hears & (world.members.space == PLATFORM) & (world.members.role != PLANTED))
        offer = contest.reward + contest.credit
        appeal = world.laws.speech.entry_rate * offer / (offer + contest.effort) if offer > 0 else 0.0
        coins = draws.uniform(world.key(draws.CONTEST), who[invited])
        enter = coins < appeal
        entrants = afford_first(world, b, invited[enter], coins[enter], contest.reward * world.costs.prize)
        world.relations.aware[entrants, b] = 1
        outbox.said[entrants] += outbox.voice[entrants, b] == SILENT
        outbox.voice[entrants, b] = ENTRY
        kernels.take_part(entrants, b, offer - contest.effort, world.members, world.relations, world.numbers)
        day.entries[b] = entrants.size


def single_out(world: World, b: int, action: Target | None) -> None:
    """Mark those whom brand b targets today: who asked a question yesterday, or has had an event in her life lately."""
    relations, day = world.relations, world.brand_day
    if day.targets[b]:
        relations.targeted[:, b] = 0
    day.targets[b] = action is not None
    if action is None:
        return
    reason: U8 = np.zeros(world.n_members, np.uint8)
    if action.by in ("life_event", "both"):
        reason[has_life_event(world)] = LIFE_EVENT
    if action.by in ("need", "both"):
        reason[world.outbox.asks > 0] = NEED
    chosen = np.flatnonzero((reason > 0) & (world.members.space == PLATFORM))
    who = world.members.key[chosen] ^ relations.brand_key[b]
    coins = draws.uniform(world.key(draws.TARGET), who)
    shown = coins < action.share
    chosen = afford_first(world, b, chosen[shown], coins[shown], world.costs.impression)
    who = world.members.key[chosen] ^ relations.brand_key[b]
    stands = chosen[draws.uniform(world.key(draws.TARGET), who, 1) >= world.laws.space.moderation]
    relations.targeted[stands, b] = reason[stands]


def has_life_event(world: World) -> np.ndarray:
    """Who has had an event in her life in the last days (bool, members).

    Time is cut into windows as long as an event lasts, beginning on another day for each member; in each window there is one
    or there is none. So nothing needs to be remembered, and it does not depend on who looks.
    """
    law = world.laws.customers
    chance = 1.0 - np.exp(-law.life_event_rate * law.life_event_days)
    window, gone = divmod(world.step, law.life_event_days)
    begun = world.members.key % np.uint64(law.life_event_days) >= law.life_event_days - gone  # the next one has
    happens = np.zeros(world.n_members, bool)
    for number, here in ((window, ~begun), (window + 1, begun)):
        key = np.uint64(draws.stream_key(world.seed, draws.LIFE, number))
        happens[here] = draws.uniform(key, world.members.key[here]) < chance
    return happens
