"""Step 5: feeds and reading (L1, L2, L3)."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels import reading as kernels
from sim.state import I32
from sim.world import World

_EVERYBODY: I32 = np.empty(0, np.int32)
_SPARSE = 8
"""Walk from the speakers when their followers are fewer than the ties divided by this."""


def read(world: World) -> None:
    """Every member reads her feed. When few speak, only the members who follow a speaker are visited."""
    everything = (
        world.key(draws.READ),
        world.cascade_starts[0],
        world.tie_scale,
        world.members,
        world.ties,
        world.relations,
        world.outbox,
        world.messages,
        world.first_cascade,
        world.brand_day,
        world.laws,
        world.seekers,
        world.community_tally,
        world.brand_tally,
    )
    readers = _followers_of_few(world)
    if readers is None:
        world.crew.each(kernels.read, _EVERYBODY, *everything)
    elif readers.size:
        kernels.read(0, 0, readers.size, readers, *everything)


def _followers_of_few(world: World) -> I32 | None:
    """Those who follow somebody who speaks today, or None when that is no saving (or ties and feeds are not only members').

    Uses the followers of the first day, so only while no tie can end.
    """
    if world.laws.leaving.ties_end or world.brand_day.posts.any():
        return None
    speakers = np.flatnonzero(world.outbox.said)
    first, follower = world.graph.followers
    lengths = first[speakers + 1] - first[speakers]
    if int(lengths.sum()) * _SPARSE > world.graph.n_ties:
        return None
    rows = [follower[first[j] : first[j + 1]] for j in speakers.tolist()]
    return np.unique(np.concatenate(rows)) if rows else np.empty(0, np.int32)
