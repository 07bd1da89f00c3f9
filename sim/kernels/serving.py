"""Step 7: what a brand says to the members it has chosen to serve today. Few members, so one thread."""

from __future__ import annotations

import numpy as np

from sim.events import ANSWERED, COMPLAINT_RESOLVED, COMPLAINT_UNRESOLVED, PITCHED
from sim.kernels.adopting import adopt_if
from sim.kernels.draws import absorb, unit
from sim.kernels.evidence import experience
from sim.kernels.jit import kernel, part
from sim.laws import Laws
from sim.state import I32, I64, U64, Members, Records, Relations


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
        experience(event, i, b, 1.0, useful, 0.0, members, relations, laws)
        adopt_if(i, b, absorb(coin, 2), 0, relations, laws, brands)


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
            experience(COMPLAINT_RESOLVED, i, b, 1.0, 1.0, 0.0, members, relations, laws)
        else:
            experience(COMPLAINT_UNRESOLVED, i, b, 1.0, 1.0, 0.0, members, relations, laws)
    return resolved


@kernel
def lots(candidates: I64, key: np.uint64, members: Members, brand_key: np.uint64, out: U64) -> None:
    """``out[q]`` = a random order for candidate q (uint64): who is served first when not all can be."""
    for q in range(candidates.size):
        out[q] = absorb(absorb(absorb(key, members.key[candidates[q]]), brand_key), 4)
