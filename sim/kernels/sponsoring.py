"""What comes to light outside of anybody's feed: accounts the platform closes, members who learn that they were used."""

from __future__ import annotations

import numpy as np

from sim.event_rows import SEEN_THROUGH, USED_UNASKED
from sim.kernels.evidence import experience, uncover
from sim.kernels.jit import kernel
from sim.kernels.ties import doubt
from sim.state import I64, KNOWN, NOBODY, Members, Records, Relations, Ties


@kernel
def see_through(
    slots: I64,
    owners: I64,
    account: int,
    b: int,
    per_scale: float,
    members: Members,
    ties: Ties,
    relations: Relations,
    numbers: Records,
) -> None:
    """The members ``owners`` (int64) see through the ``account`` they follow in ``slots`` (int64), which spoke for
    brand b, unless they had before.

    Writes relations.good, .bad, .hidden, .scandal; members.knowledge; ties.bad, .status, .marked.
    """
    laws = numbers[0]
    for e in range(slots.size):
        i = owners[e]
        k = slots[e]
        if ties.status[k] & KNOWN:
            continue
        uncover(SEEN_THROUGH, i, b, 1.0, account, members, relations, laws)
        relations.scandal[i, b] = np.float64(relations.scandal[i, b]) + 1.0
        if laws.trust.learned:
            doubt(SEEN_THROUGH, i, b, k, laws.events.tie_loss[SEEN_THROUGH], per_scale, members, ties)
        ties.status[k] |= KNOWN


@kernel
def learn_of_use(i: int, b: int, members: Members, relations: Relations, numbers: Records) -> None:
    """Member i learns that brand b has posted in her name, and is angry. Writes relations.good, .bad, .angry;
    members.knowledge."""
    laws = numbers[0]
    experience(USED_UNASKED, i, b, 1.0, 1.0, 0.0, NOBODY, members, relations, laws)
    relations.angry[i, b] = laws.customers.anger_days
