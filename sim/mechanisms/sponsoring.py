"""Members who speak for a brand: recruited, paid, found out, dismissed (L6)."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels import sponsoring as kernels
from sim.mechanisms.paying import afford, afford_first
from sim.state import (
    COVERT,
    CRITICISM,
    DISCLOSED,
    EXPOSE,
    GONE,
    HERSELF,
    HIDDEN,
    I64,
    NOBODY,
    OPEN,
    PLANTED,
    PLATFORM,
    PRAISE,
    SILENT,
    UNAWARE,
    USED,
)
from sim.strategies import Actions, Ambassadors
from sim.world import World

_MODES = {"disclosed": OPEN, "covert": COVERT, "unaware": UNAWARE}


def recruit(world: World, b: int, actions: Actions) -> None:
    """Bring the brand's planted accounts and ambassadors to the wanted number: who is exposed, or too many, is dismissed; who
    is missing is recruited, as far as the money goes; ambassadors take on the role wanted today."""
    members, day = world.members, world.brand_day
    day.planted[b] = day.recruited[b] = 0
    mine = members.sponsor == b
    plant, ambassadors = actions.plant, actions.ambassadors
    if plant is None and ambassadors is None and not mine.any():
        return
    _dismiss(world, np.flatnonzero(mine & ((members.exposed == 1) | (members.space >= GONE))))
    _bring_to(world, b, np.flatnonzero(mine & (members.role == PLANTED)), PLANTED, plant.accounts if plant else 0)
    if ambassadors is None:
        _dismiss(world, np.flatnonzero((members.sponsor == b) & (members.role != PLANTED)))
    else:
        role = _MODES[ambassadors.mode]
        recruited = np.flatnonzero((members.sponsor == b) & (members.role != PLANTED))
        members.role[recruited] = role
        members.secretive[recruited] |= role == COVERT
        _bring_to(world, b, recruited, role, ambassadors.number, ambassadors)
    day.secret_tone[b] = max(plant.tone if plant else 0.0, ambassadors.tone if ambassadors else 0.0)


def _dismiss(world: World, who: I64) -> None:
    world.members.role[who] = HERSELF
    world.members.sponsor[who] = NOBODY


def _bring_to(world: World, b: int, serving: I64, role: np.uint8, wanted: int, programme: Ambassadors | None = None) -> None:
    """Members ``serving`` in a role become ``wanted`` many, in an order drawn once for each brand."""
    members, customer = world.members, world.relations.customer
    serving = serving[members.sponsor[serving] == b]
    if serving.size > wanted:
        order = _order(world, b, "anyone")
        _dismiss(world, order[np.isin(order, serving)][wanted:])
    elif serving.size < wanted:
        target = programme.target if programme else "anyone"
        candidates = _order(world, b, target)
        free = (members.sponsor == NOBODY) & (members.exposed == 0) & (members.space == PLATFORM)
        if role == PLANTED:  # whoever buys is somebody
            free &= ~(customer == 1).any(axis=1)
        if role == UNAWARE:  # whoever praised it in public yesterday
            free &= world.outbox.voice[:, b] == PRAISE
        candidates = candidates[free[candidates]]
        if target == "customers":
            buys = customer[candidates, b] == 1
            candidates = np.concatenate([candidates[buys], candidates[~buys]])
        candidates = candidates[: wanted - serving.size]
        chosen = candidates[: afford(world, b, candidates.size, _price(world, role))]
        members.role[chosen] = role
        members.sponsor[chosen] = b
        members.secretive[chosen] |= role in (PLANTED, COVERT)
        world.relations.aware[chosen, b] = 1
        if role != UNAWARE:
            (world.brand_day.planted if role == PLANTED else world.brand_day.recruited)[b] = chosen.size


def _order(world: World, b: int, target: str) -> I64:
    """The members in the order in which brand b asks them: those it looks for first, else by lots drawn once."""
    if (b, target) not in world.asked:
        key = np.uint64(draws.stream_key(world.seed, draws.RECRUIT, int(world.relations.brand_key[b] >> np.uint64(1))))
        lots = draws.uniform(key, world.members.key)
        first = {"popular": -world.graph.n_followers, "influential": world.graph.standing}.get(target)
        order: I64 = np.lexsort([lots] if first is None else [lots, first])
        world.asked[b, target] = order
    return world.asked[b, target]


def _price(world: World, role: np.uint8) -> float:
    """What it costs to bring one more into a role; who is not asked is not paid."""
    return {PLANTED: world.costs.planted_account, UNAWARE: 0.0}.get(role, world.costs.recruit)


def speak_for_brands(world: World) -> None:
    """Those who speak for a brand praise it, at the brand's rate, instead of what they would have said of it themselves."""
    members, outbox, day = world.members, world.outbox, world.brand_day
    day.planted_posts[:] = day.ambassador_posts[:] = 0
    if not world.sponsored:
        return
    serving = np.flatnonzero(members.sponsor != NOBODY)
    _bite_their_tongues(world, serving)
    coins = draws.uniform(world.key(draws.SPONSOR), members.key[serving])
    for b, actions in enumerate(world.actions):
        for planted, action in ((True, actions.plant), (False, actions.ambassadors)):
            if action is None:
                continue
            speaks = (members.sponsor[serving] == b) & ((members.role[serving] == PLANTED) == planted) & (coins < action.rate)
            price = world.costs.planted_post if planted else world.costs.ambassador_post
            speaking = afford_first(world, b, serving[speaks], coins[speaks], price)
            outbox.said[speaking] += outbox.voice[speaking, b] == SILENT
            outbox.voice[speaking, b] = np.where(members.role[speaking] == OPEN, DISCLOSED, HIDDEN)
            (day.planted_posts if planted else day.ambassador_posts)[b] = speaking.size


def _bite_their_tongues(world: World, serving: I64) -> None:
    """Who speaks for a brand, and knows that she does, does not criticise it."""
    serving = serving[world.members.role[serving] != UNAWARE]
    outbox, sponsor = world.outbox, world.members.sponsor[serving].astype(np.int64)
    quiet = outbox.voice[serving, sponsor] == CRITICISM
    outbox.said[serving[quiet]] -= 1
    outbox.voice[serving[quiet], sponsor[quiet]] = SILENT


def find_out(world: World) -> None:
    """The day's exposés make accounts known for what they are, and tell those who were used that they were; the platform
    looks for planted accounts itself."""
    if world.brand_tally.rows["exposes"].any():
        posted = world.messages.item[: world.n_posted]
        names = posted[(posted["kind"] == EXPOSE) & (posted["depth"] == 0)]
        for accused, b, used in sorted({(int(m["origin"]), int(m["brand"]), bool(m["flags"] & USED)) for m in names}):
            if used:
                kernels.learn_of_use(accused, b, world.members, world.relations, world.numbers)
                if world.members.sponsor[accused] == b:
                    _dismiss(world, np.array([accused]))
            else:
                world.members.exposed[accused] = 1
    if world.sponsored and world.laws.discovery.by_platform > 0:
        _search(world)


def _search(world: World) -> None:
    """The platform finds a planted account with a fixed chance a day; all its followers then see through it."""
    members = world.members
    planted = np.flatnonzero(members.role == PLANTED)
    found = planted[draws.uniform(world.key(draws.SEARCH), members.key[planted]) < world.laws.discovery.by_platform]
    for account in found.tolist():
        b = int(members.sponsor[account])
        slots = np.flatnonzero(world.ties.target == account)
        owners = np.searchsorted(world.ties.start, slots, side="right") - 1
        kernels.see_through(slots, owners, account, b, 1.0 / world.tie_scale, members, world.ties, world.relations, world.numbers)
        world.brand_tally.rows["found"][0, b] += 1
        members.exposed[account] = 1
        members.space[account] = GONE
        world.relations.follows[account] = 0
        _dismiss(world, np.array([account]))
