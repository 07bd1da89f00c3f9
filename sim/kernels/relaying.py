"""What a member remembers to post tomorrow because of what she has read today: reposts, and posts of her own about it (L5)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.event_rows import COMMERCIAL
from sim.kernels.jit import part
from sim.laws import SpeechLaw
from sim.state import BRAND_POST, CONFESSING, CRITICISM, DELETED, DISCLOSED, EXPOSE, RELAYS, Outbox, Relations


@part
def remember(
    i: int, cascade: int, origin: int, kind: int, brand: int, depth: int, flags: int, oldest: int, outbox: Outbox
) -> bool:
    """Member i decides to post this tomorrow: once per cascade, and only if she remembers few enough. Returns whether she does.

    A remembered cascade may be forgotten once it is older than ``oldest``, since nobody can pass it on any more.
    """
    free = -1
    for q in range(RELAYS):
        known = outbox.relay[i, q]["cascade"]
        if known == cascade:
            return False
        if known < oldest and not (outbox.fresh[i] >> q) & 1:
            free = q
    if free < 0 or cascade < oldest:
        return False
    memory = outbox.relay[i, free]
    memory["cascade"] = cascade
    memory["origin"] = origin
    memory["kind"] = kind
    memory["brand"] = brand
    memory["depth"] = min(depth, 255)
    memory["flags"] = flags
    outbox.fresh[i] |= 1 << free
    return True


@part
def reply(
    i: int,
    b: int,
    origin: int,
    kind: int,
    flags: int,
    first_reply: int,
    oldest: int,
    relations: Relations,
    outbox: Outbox,
) -> bool:
    """Member i will say something of brand b tomorrow because of what she has read today, if she can remember it: the beginning
    of a cascade. Returns whether she will."""
    cascade = first_reply + i * relations.good.shape[1] + b
    return remember(i, cascade, origin, kind, b, 0, flags, oldest, outbox)


@part
def relay(i: int, item: Any, oldest: int, outbox: Outbox) -> None:
    """Member i passes on a message she has read, unless it was hers."""
    if item["origin"] != i:
        depth = np.int64(item["depth"]) + 1
        remember(i, item["cascade"], item["origin"], item["kind"], item["brand"], depth, item["flags"], oldest, outbox)


@part
def has_posted(i: int, cascade: int, outbox: Outbox) -> bool:
    """Whether member i remembers having posted in this cascade."""
    for q in range(RELAYS):
        if outbox.relay[i, q]["cascade"] == cascade:
            return True
    return False


@part
def repost_ad_chance(flags: int, speech: SpeechLaw) -> float:
    """The same of a brand's post: one that owns up to something is news, like word of mouth. ``speech``: SpeechLaw."""
    return speech.repost_wom if flags & CONFESSING else speech.repost_brand


@part
def repost_chance(item: Any, speech: SpeechLaw) -> float:
    """Chance of passing on a message about a brand that has been read, before trust in its bearer. ``speech``: SpeechLaw."""
    kind = item["kind"]
    if kind == CRITICISM and item["flags"] & DELETED:
        return 0.0
    if kind == EXPOSE:
        return speech.repost_expose
    if kind == DISCLOSED:
        return speech.repost_disclosed
    if kind == BRAND_POST:
        return repost_ad_chance(item["flags"], speech)
    if COMMERCIAL[kind]:
        return speech.repost_brand
    return speech.repost_wom
