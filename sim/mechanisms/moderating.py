"""Step 4, between what is posted and what is read: brands reply to critics in public or have them deleted, and secrets that
were named yesterday become public."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels import serving as kernels
from sim.mechanisms.sponsoring import find_out
from sim.state import CRITICISM, DEBATED, DELETED
from sim.strategies import Actions
from sim.world import World


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
    authors = posted["origin"][critical]
    who = world.members.key[authors] ^ world.relations.brand_key[b]
    key, day = world.key(draws.CRITICS), world.brand_day
    told = (b, world.members, world.relations, world.numbers)
    if actions.censor is not None:
        gone = draws.uniform(key, who, 0) < actions.censor.share
        posted["flags"][critical[gone]] |= DELETED
        kernels.delete(authors[gone].astype(np.int64), *told)
        day.deletions[b] = gone.sum()
        critical, authors, who = critical[~gone], authors[~gone], who[~gone]
    if actions.debate is not None:
        answered = np.sort(np.argsort(draws.uniform(key, who, 1), kind="stable")[: actions.debate.capacity])
        posted["flags"][critical[answered]] |= DEBATED
        kernels.reply_in_public(authors[answered].astype(np.int64), *told)
        day.debates[b] = answered.size
