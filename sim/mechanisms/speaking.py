"""Step 3: members post, and yesterday's reposts go out (L5)."""

from __future__ import annotations

import numpy as np

from sim.kernels import draws
from sim.kernels import speaking as kernels
from sim.state import CRITICISM_VOICE, PRAISE_VOICE, SILENT, Messages
from sim.world import World

_VOICES = {"praise": PRAISE_VOICE, "criticism": CRITICISM_VOICE}


def speak(world: World) -> None:
    """Decide who says what, give every message its number, write the messages down."""
    world.crew.each(kernels.decide_posts, world.key(draws.SPEAK), world.members, world.relations, world.outbox, world.laws)
    for member, kind, brand in world.scheduled.get(world.step, ()):
        _say(world, member, kind, brand)
    total = kernels.number_messages(world.outbox, world.messages)
    _make_room(world, total)

    world.cascade_starts.append(world.next_cascade)
    del world.cascade_starts[: -world.laws.speech.cascade_days]
    world.brand_day.cascade[:] = world.next_cascade + np.cumsum(world.brand_day.posts) - world.brand_day.posts
    world.next_cascade += int(world.brand_day.posts.sum())
    world.crew.each(
        kernels.write_messages, world.next_cascade, world.outbox, world.messages, world.community_tally, world.brand_tally
    )
    world.next_cascade += total


def _say(world: World, member: int, kind: str, brand: int) -> None:
    """Add a scheduled post to what a member says anyway."""
    outbox = world.outbox
    if kind in _VOICES:
        outbox.said[member] += outbox.voice[member, brand] == SILENT
        outbox.voice[member, brand] = _VOICES[kind]
        world.relations.aware[member, brand] = 1
    elif kind == "question":
        outbox.said[member] += outbox.asks[member] == 0
        outbox.asks[member] = 1
    else:
        outbox.said[member] += 1
        outbox.organic[member] += 1


def _make_room(world: World, total: int) -> None:
    """Let the message arrays grow when a day is busier than any before."""
    room = world.messages.kind.size
    if total > room:
        grown = {name: np.resize(array, max(total, 2 * room)) for name, array in world.messages._asdict().items() if name != "first"}
        world.messages = Messages(first=world.messages.first, **grown)
