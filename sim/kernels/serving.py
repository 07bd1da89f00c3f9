"""Step 7: what a brand says to the members it has chosen to serve today. Few members, so one thread."""

from __future__ import annotations

import numpy as np

from sim.events import ANSWERED, COMPLAINT_RESOLVED, PITCHED
from sim.kernels.adopting import adopt_if
from sim.kernels.draws import absorb, unit
from sim.kernels.evidence import experience
from sim.kernels.jit import kernel
from sim.laws import Laws
from sim.state import I64, U64, BrandTally, Members, Relations


@kernel
def answer(
    chosen: I64,
    b: int,
    key: np.uint64,
    pitch: float,
    useful: float,
    members: Members,
    relations: Relations,
    laws: Laws,
    brands: BrandTally,
) -> None:
    """Brand b answers the questions of the ``chosen`` members (int64); a share ``pitch`` of the answers tries to sell.

    ``key``: the day's key of stream SERVE. Writes relations.good, .bad, .chance, .aware, .customer, .follows;
    members.knowledge.
    """
    for i in chosen:
        coin = absorb(absorb(key, members.key[i]), relations.brand_key[b])
        event = PITCHED if unit(coin) < pitch else ANSWERED
        experience(event, i, b, 1.0, useful, members, relations, laws)
        adopt_if(i, b, absorb(coin, 2), 0, relations, laws, brands)


@kernel
def reply(chosen: I64, b: int, key: np.uint64, members: Members, relations: Relations, laws: Laws) -> int:
    """Brand b replies to the complaints of the ``chosen`` members; returns how many were resolved. Writes
    relations.good, .bad, .complaint."""
    resolved = 0
    for i in chosen:
        coin = absorb(absorb(absorb(key, members.key[i]), relations.brand_key[b]), 3)
        relations.complaint[i, b] = 0
        if unit(coin) < laws.customers.resolved_share:
            resolved += 1
            experience(COMPLAINT_RESOLVED, i, b, 1.0, 1.0, members, relations, laws)
    return resolved


@kernel
def lots(candidates: I64, key: np.uint64, members: Members, brand_key: np.uint64, out: U64) -> None:
    """``out[q]`` = a random order for candidate q (uint64): who is served first when not all can be."""
    for q in range(candidates.size):
        out[q] = absorb(absorb(absorb(key, members.key[candidates[q]]), brand_key), 4)
