"""Step 5: feeds and reading (L1, L2, L3)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.kernels import draws
from sim.kernels import reading as kernels
from sim.state import I32, NOBODY
from sim.world import World

_NOTHING: I32 = np.empty(0, np.int32)
_SPARSE = 3
"""Walk from the speakers when the ties that hear them are fewer than all ties divided by this."""


class Heard(NamedTuple):
    """The ties on which somebody speaks today, where they are few: readers and, for each, her speaking slots."""

    reader: I32
    begin: I32
    """``slot[begin[q]:begin[q + 1]]`` belong to ``reader[q]``."""
    slot: I32


EVERYTHING = Heard(_NOTHING, _NOTHING, _NOTHING)
"""Stands for all members, who look through all their ties."""


def read(world: World) -> None:
    """Every member reads her feed. When few speak, only those are visited who hear one of them."""
    everything = (
        world.audible,
        world.key(draws.READ),
        world.cascade_starts[0],
        world.tie_scale,
        world.members,
        world.ties,
        world.relations,
        world.outbox,
        world.messages,
        world.first_reply,
        world.brand_day,
        world.numbers,
        world.offered,
        world.seekers,
        world.community_tally.rows,
        world.brand_tally.rows,
    )
    heard = _heard(world)
    world.offered[:] = 0  # of those who are not visited because nobody they hear has spoken
    if heard is EVERYTHING:
        world.crew.each(kernels.read, heard, *everything)
    elif heard.reader.size:
        kernels.read(0, 0, heard.reader.size, heard, *everything)


def _brands_post(world: World) -> bool:
    day = world.brand_day
    return bool(day.posts.any() or day.questions.any() or day.targets.any())


def _heard(world: World) -> Heard:
    """Who hears whom today, or EVERYTHING when that is no saving (or ties can end, or brands post into feeds).

    Uses the ties of the first day, so only while no tie can end.
    """
    if world.divided or world.laws.leaving.ties_end or _brands_post(world):
        return EVERYTHING
    graph = world.graph
    first = graph.followers[0]
    speakers = np.flatnonzero(world.outbox.said.view(np.bool_))
    audience = first[speakers + 1] - first[speakers]
    total = int(audience.sum())
    if total * _SPARSE > graph.n_ties:
        return EVERYTHING
    # Places first[j] … first[j + 1] of every speaker, one after the other.
    places = np.arange(total) + np.repeat(first[speakers] - np.cumsum(audience) + audience, audience)
    slot = np.sort(graph.heard_in[places])
    owner = graph.owner[slot]
    begin = np.flatnonzero(np.diff(owner, prepend=NOBODY, append=NOBODY)).astype(np.int32)
    return Heard(owner[begin[:-1]], begin, slot)
