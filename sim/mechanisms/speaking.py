"""Step 3: members post, and yesterday's reposts go out (L5)."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels import speaking as kernels
from sim.mechanisms.campaigning import hold_contests
from sim.mechanisms.moderating import remove_commercial
from sim.mechanisms.moving import promote
from sim.mechanisms.sponsoring import speak_for_brands
from sim.state import CRITICISM, MESSAGE, PLATFORM, PRAISE, REFUGE, SILENT, U8
from sim.world import World

_VOICES = {"praise": PRAISE, "criticism": CRITICISM}


def speak(world: World) -> None:
    """Decide who says what, give every message its number, write the messages down."""
    world.crew.each(kernels.decide_posts, world.key(draws.SPEAK), world.members, world.relations, world.outbox, world.numbers)
    for member, kind, brand in world.scheduled.get(world.step, ()):
        _say(world, member, kind, brand)
    hold_contests(world)
    speak_for_brands(world)
    promote(world)
    remove_commercial(world)
    world.n_posted = kernels.number_messages(world.outbox, world.messages)
    _make_room(world, world.n_posted)

    world.cascade_starts.append(world.next_cascade)
    del world.cascade_starts[: -world.laws.speech.cascade_days]
    world.brand_day.cascade[:] = world.next_cascade + np.cumsum(world.brand_day.posts) - world.brand_day.posts
    world.next_cascade += int(world.brand_day.posts.sum())
    world.first_cascade = world.next_cascade
    world.crew.each(
        kernels.write_messages,
        world.first_cascade,
        world.outbox,
        world.members,
        world.messages,
        world.community_tally.rows,
        world.brand_tally.rows,
    )
    world.audible = _audible(world)
    world.first_reply = world.next_cascade + world.n_posted
    world.next_cascade = world.first_reply + world.relations.good.size


def _audible(world: World) -> U8:
    """Messages of each member heard in each space (spaces × members): the platform, and where there is one the refuge."""
    said = world.outbox.said
    if not world.divided:
        return said.reshape(1, -1)
    return np.stack([said * (world.members.space == space) for space in (PLATFORM, REFUGE)])


def _say(world: World, member: int, kind: str, brand: int) -> None:
    """Add a scheduled post to what a member says anyway."""
    outbox = world.outbox
    if kind in _VOICES:
        outbox.said[member] += outbox.voice[member, brand] == SILENT
        outbox.voice[member, brand] = _VOICES[kind]
        world.relations.aware[member, brand] = 1
    elif kind == "organic" or not outbox.asks[member]:
        outbox.asks[member] |= kind == "question"
        for counted in (outbox.own, outbox.plain, outbox.said):
            counted[member] += 1


def _make_room(world: World, total: int) -> None:
    """Let the table of messages grow when a day is busier than any before."""
    room = world.messages.item.size
    if total > room:
        world.messages = world.messages._replace(item=np.empty(max(total, 2 * room), MESSAGE))
