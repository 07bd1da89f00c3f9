"""Step 7: brands answer questions, reply to complaints and jump into mentions, within their capacity."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels import serving as kernels
from sim.mechanisms.paying import afford, afford_first
from sim.state import CRITICISM, I64, PLATFORM, PRAISE, U64
from sim.strategies import Answer, Intrude, Reply
from sim.world import World


def serve(world: World) -> None:
    """Each brand chooses whom it serves among today's askers and those who complained, and does so."""
    day = world.brand_day
    for array in (day.answers, day.replies, day.resolved, day.intrusions):
        array[:] = 0
    for b, actions in enumerate(world.actions):
        if actions.answer is not None:
            _answer(world, b, actions.answer)
        if actions.reply is not None:
            _reply(world, b, actions.reply)
        if actions.intrude is not None:
            _intrude(world, b, actions.intrude)


def _answer(world: World, b: int, action: Answer) -> None:
    askers = np.flatnonzero(world.outbox.asks & (world.members.space == PLATFORM))
    capacity = afford(world, b, min(action.capacity, askers.size), world.costs.answer)
    if askers.size > capacity:
        order: list[U64 | I64] = [_lots(world, b, askers)]
        if action.first == "influential":
            order.append(world.graph.standing[askers])
        askers = np.sort(askers[np.lexsort(order)[:capacity]])
    if askers.size:
        kernels.answer(
            askers,
            b,
            world.key(draws.SERVE),
            action.pitch,
            action.useful,
            world.offered,
            world.members,
            world.relations,
            world.numbers,
            world.brand_tally.rows,
        )
    world.brand_day.answers[b] = askers.size


def _reply(world: World, b: int, action: Reply) -> None:
    complaint = world.relations.complaint[:, b]
    open_ones = np.flatnonzero((complaint > 0) & (world.members.space == PLATFORM))
    noticed = open_ones[_noticed(world, b, open_ones, action.coverage)]
    capacity = afford(world, b, min(action.capacity, noticed.size), world.costs.reply)
    if noticed.size > capacity:
        oldest_first = np.lexsort([_lots(world, b, noticed), -complaint[noticed].astype(int)])
        noticed = np.sort(noticed[oldest_first[:capacity]])
    if noticed.size:
        resolved = kernels.reply(noticed, b, world.key(draws.SERVE), world.offered, world.members, world.relations, world.numbers)
        world.brand_day.resolved[b] = resolved
    world.brand_day.replies[b] = noticed.size


def _intrude(world: World, b: int, action: Intrude) -> None:
    """Reply to a share of today's mentions: praise and criticism by members who speak for themselves."""
    spoken = np.isin(world.outbox.voice[:, b], (PRAISE, CRITICISM))
    mentions = np.flatnonzero(spoken & (world.members.space == PLATFORM))
    who = world.members.key[mentions] ^ world.relations.brand_key[b]
    coins = draws.uniform(world.key(draws.SERVE), who, 7)
    wanted = coins < action.share
    chosen = afford_first(world, b, mentions[wanted], coins[wanted], world.costs.reply)
    kernels.intrude(
        chosen,
        b,
        world.key(draws.SERVE),
        world.offered,
        world.members,
        world.relations,
        world.numbers,
        world.brand_tally.rows,
    )
    world.brand_day.intrusions[b] = chosen.size


def _lots(world: World, b: int, members: I64) -> U64:
    """A random order of service, drawn anew each day."""
    lots = np.empty(members.size, np.uint64)
    kernels.lots(members, world.key(draws.SERVE), world.members, world.relations.brand_key[b], lots)
    return lots


def _noticed(world: World, b: int, members: I64, coverage: float) -> np.ndarray:
    """Which of the complaints the brand notices: decided once, on the day each was made."""
    made_ago = world.relations.complaint[members, b] - 1
    coins = np.empty(members.size)
    for days in np.unique(made_ago).tolist():
        of_that_day = made_ago == days
        who = world.members.key[members[of_that_day]] ^ world.relations.brand_key[b]
        coins[of_that_day] = draws.uniform(world.key(draws.NOTICE, days), who)
    return coins < coverage
