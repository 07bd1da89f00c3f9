"""What a brand does to members it has chosen one by one: answers, replies, intrusions, contests, deletions. Few members, so
one thread."""

from __future__ import annotations

import numpy as np

from sim.event_rows import (
    ANSWERED,
    COMPLAINT_RESOLVED,
    COMPLAINT_UNRESOLVED,
    DEBATE_READ,
    DELETION_SEEN,
    INTRUDED,
    PITCHED,
    TOOK_PART,
)
from sim.kernels.adopting import adopt_if
from sim.kernels.draws import absorb, unit
from sim.kernels.evidence import experience
from sim.kernels.hearing import offend
from sim.kernels.jit import kernel, part
from sim.laws import Laws
from sim.state import I32, I64, NOBODY, U64, Members, Records, Relations


@part
def is_seen(i: int, coin: np.uint64, feed: I32, members: Members, laws: Laws) -> bool:
    """Whether member i reads what is addressed to her: one more item that competes for her attention (L2)."""
    return not laws.attention.limited or unit(coin) * (np.float64(feed[i]) + 1.0) < np.float64(members.attention[i])


@kernel
def answer(
    chosen: I64,
    b: int,
    key: np.uint64,
    pitch: float,
    useful: float,
    feed: I32,
    members: Members,
    relations: Relations,
    numbers: Records,
    brands: Records,
) -> None:
    """Brand b answers the questions of the ``chosen`` members (int64); a share ``pitch`` of the answers tries to sell.

    ``key``: the day's key of stream SERVE; ``feed`` (int32): items offered to each member today. Writes relations.good,
    .bad, .chance, .aware, .customer, .follows; members.knowledge.
    """
    laws = numbers[0]
    for i in chosen:
        coin = absorb(absorb(key, members.key[i]), relations.brand_key[b])
        if not is_seen(i, absorb(coin, 5), feed, members, laws):
            continue
        event = PITCHED if unit(coin) < pitch else ANSWERED
        if event == PITCHED:
            if unit(absorb(coin, 7)) < laws.space.moderation:
                continue
            offend(i, b, members, relations, laws)
        experience(event, i, b, 1.0, useful, 0.0, NOBODY, members, relations, laws)
        adopt_if(i, b, absorb(coin, 2), 0, members, relations, laws, brands)


@kernel
def reply(chosen: I64, b: int, key: np.uint64, feed: I32, members: Members, relations: Relations, numbers: Records) -> int:
    """Brand b replies to the complaints of the ``chosen`` members; returns how many were resolved. A reply that is not seen
    leaves the complaint open. Writes relations.good, .bad, .complaint."""
    laws = numbers[0]
    resolved = 0
    for i in chosen:
        coin = absorb(absorb(absorb(key, members.key[i]), relations.brand_key[b]), 3)
        if not is_seen(i, absorb(coin, 1), feed, members, laws):
            continue
        relations.complaint[i, b] = 0
        if unit(coin) < laws.customers.resolved_share:
            resolved += 1
            experience(COMPLAINT_RESOLVED, i, b, 1.0, 1.0, 0.0, NOBODY, members, relations, laws)
        else:
            experience(COMPLAINT_UNRESOLVED, i, b, 1.0, 1.0, 0.0, NOBODY, members, relations, laws)
    return resolved


@kernel
def intrude(
    chosen: I64,
    b: int,
    key: np.uint64,
    feed: I32,
    members: Members,
    relations: Relations,
    numbers: Records,
    brands: Records,
) -> None:
    """Brand b replies, unasked, to what the ``chosen`` members said of it. Writes relations.good, .bad, .chance, .exposure,
    .customer, .follows; members.knowledge."""
    laws = numbers[0]
    for i in chosen:
        coin = absorb(absorb(absorb(key, members.key[i]), relations.brand_key[b]), 6)
        removed = unit(absorb(coin, 7)) < laws.space.moderation
        if removed or not is_seen(i, absorb(coin, 1), feed, members, laws):
            continue
        offend(i, b, members, relations, laws)
        experience(INTRUDED, i, b, 1.0, 1.0, 0.0, NOBODY, members, relations, laws)
        relations.exposure[i, b] = np.float64(relations.exposure[i, b]) + 1.0
        adopt_if(i, b, absorb(coin, 2), 0, members, relations, laws, brands)


@kernel
def reply_in_public(critics: I64, b: int, members: Members, relations: Relations, numbers: Records) -> None:
    """The ``critics`` find that brand b has replied to them in public. Writes relations.good."""
    for i in critics:
        experience(DEBATE_READ, i, b, 0.0, 1.0, 0.0, NOBODY, members, relations, numbers[0])


@kernel
def delete(critics: I64, b: int, members: Members, relations: Relations, numbers: Records) -> None:
    """The ``critics`` find that their criticism of brand b is gone. Writes relations.bad; members.knowledge."""
    for i in critics:
        experience(DELETION_SEEN, i, b, 1.0, 1.0, 0.0, NOBODY, members, relations, numbers[0])


@kernel
def take_part(entrants: I64, b: int, gives: float, members: Members, relations: Relations, numbers: Records) -> None:
    """The ``entrants`` take part in brand b's contest, which ``gives`` them reward and credit less effort. Writes
    relations.good, .bad."""
    for i in entrants:
        experience(TOOK_PART, i, b, 1.0, gives, 0.0, NOBODY, members, relations, numbers[0])


@kernel
def lots(candidates: I64, key: np.uint64, members: Members, brand_key: np.uint64, out: U64) -> None:
    """``out[q]`` = a random order for candidate q (uint64): who is served first when not all can be."""
    for q in range(candidates.size):
        out[q] = absorb(absorb(absorb(key, members.key[candidates[q]]), brand_key), 4)
