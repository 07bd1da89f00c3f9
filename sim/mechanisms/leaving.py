"""Step 8: ties, follows and customers that end, and free slots that find a new tie (L4)."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws, following
from sim.kernels import leaving as kernels
from sim.mechanisms.moving import move
from sim.state import I32
from sim.world import World


def leave(world: World) -> None:
    """Members unfollow members and brands, customers leave, new ties form; members leave the platform and newcomers come."""
    key = world.key(draws.LEAVE)
    world.crew.each(kernels.leave_brands, key, world.members, world.relations, world.numbers, world.brand_tally.rows)
    if world.laws.leaving.ties_end:
        _leave_ties(world, key)
    move(world)


def _leave_ties(world: World, key: np.uint64) -> None:
    counts = world.crew.each(
        kernels.leave_ties,
        key,
        world.tie_scale,
        world.members,
        world.ties,
        world.outbox,
        world.messages,
        world.numbers,
        world.ended,
        world.seekers,
        world.community_tally.rows,
    )
    ended = np.sort(_gather(world, world.ended, [n for n, _ in counts]))
    seekers = _gather(world, world.seekers, [n for _, n in counts])
    proposals = np.empty(seekers.size, np.int32)
    owners = (np.searchsorted(world.ties.start, ended, side="right") - 1).astype(np.int32)
    kernels.cut(ended, owners, world.ties)
    # Everybody chooses among the ties as they stand, then all choices are carried out.
    following.propose(seekers, world.key(draws.FOLLOW), world.members, world.ties, world.outbox, world.messages, proposals)
    world.community_tally.rows["ties_formed"][0] = following.follow(
        seekers, proposals, world.tie_scale, world.numbers, world.ties
    )


def _gather(world: World, found: I32, lengths: list[int]) -> I32:
    """The chunks' lists as one, in the order of the members."""
    starts = [int(world.ties.start[lo]) for lo, _ in world.crew.bounds]
    return np.concatenate([found[first : first + n] for first, n in zip(starts, lengths, strict=True)])
