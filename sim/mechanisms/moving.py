"""Spaces: who leaves the platform, who is let in, who promotes there."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels import moving as kernels
from sim.state import GONE, I32, I64, OUTSIDE, PLATFORM, REFUGE
from sim.world import World


def promote(world: World) -> None:
    """Members who have something of their own to promote do so."""
    if world.promoters.size == 0:
        return
    members, outbox = world.members, world.outbox
    present = world.promoters[members.space[world.promoters] < GONE]
    coins = draws.uniform(world.key(draws.PROMOTE), members.key[present])
    promoting = present[coins < members.promotion[present]]
    outbox.promotes[promoting] = 1
    outbox.said[promoting] += 1


def move(world: World) -> None:
    """Members leave the platform for the refuge, if there is one and they are let in, or for good; newcomers come."""
    law = world.laws.migration
    if law.pressure > 0 or law.pull > 0:
        key, movers = world.key(draws.LEAVE), world.movers
        counts = world.crew.each(kernels.move, key, world.divided, world.members, world.ties, world.numbers, movers)
        if any(counts):
            _leave(world, np.concatenate([movers[lo : lo + n] for (lo, _), n in zip(world.crew.bounds, counts, strict=True)]))
    if world.laws.space.outside > 0:
        _come(world)


def _leave(world: World, movers: I32) -> None:
    """``movers``: members, those who follow others as −1 − i."""
    pulled = movers < 0
    who = np.where(pulled, -1 - movers, movers).astype(np.int64)
    there = REFUGE if world.laws.refuge.exists else GONE
    needed = world.laws.refuge.vouchers if there == REFUGE else 0
    admitted = _admitted(world, who, there, needed)
    world.members.space[who[admitted]] = there
    world.relations.follows[who[admitted]] = 0  # no brand is where they have gone
    tally = world.community_tally.rows[0]
    tally["left_pressure"] += (admitted & ~pulled).sum()
    tally["left_pull"] += (admitted & pulled).sum()


def _come(world: World) -> None:
    waiting = np.flatnonzero(world.members.space == OUTSIDE)
    asking = waiting[draws.uniform(world.key(draws.GATE), world.members.key[waiting]) < world.laws.space.arrival_rate]
    newcomers = asking[_admitted(world, asking, PLATFORM, world.laws.space.vouchers)]
    world.members.space[newcomers] = PLATFORM
    world.community_tally.rows[0]["admitted"] += newcomers.size


def _admitted(world: World, who: I64, space: np.uint8, needed: int) -> np.ndarray:
    """For whom of those who ask enough members of the space vouch (bool)."""
    vouchers = np.zeros(who.size, np.int32)
    if needed:
        first, follower = world.graph.followers
        key = np.uint64(draws.stream_key(world.seed, draws.GATE, 0))  # who minds, minds for good
        kernels.vouch(who, int(space), key, first, follower, world.members, world.numbers, vouchers)
    admitted = vouchers >= needed
    world.community_tally.rows[0]["refused"] += (~admitted).sum()
    return admitted
