"""Step 8, second half: free slots are filled by new follows (friends of friends, or authors met through a repost)."""

from __future__ import annotations

import numpy as np

from sim.kernels.draws import absorb, below
from sim.kernels.jit import kernel, part
from sim.kernels.ties import slot_to
from sim.state import I32, MUTUAL, NOBODY, SOUR, Members, Messages, Outbox, Records, Ties


@part
def random_target(i: int, coin: np.uint64, ties: Ties) -> int:
    """Somebody i follows, uniformly, or −1 when she follows nobody."""
    n = np.int64(ties.living[i])
    return ties.target[ties.start[i] + below(coin, n)] if n > 0 else NOBODY


@part
def passed_on_by(j: int, outbox: Outbox, messages: Messages) -> int:
    """The author of the first plain post member j passed on today, or −1."""
    for q in range(np.int64(outbox.own[j]), np.int64(outbox.plain[j])):
        return messages.item[np.int64(messages.first[j]) + q]["origin"]
    return NOBODY


@kernel
def propose(
    seekers: I32, key: np.uint64, members: Members, ties: Ties, outbox: Outbox, messages: Messages, proposals: I32
) -> None:
    """``proposals[q]`` (int32) = whom ``seekers[q]`` would follow, −1 for nobody. A seeker of several stands there several times.

    She looks at a random friend: if the friend passed somebody's post on today, its author, else a friend of the friend; but
    nobody who is publicly exposed or somewhere else.
    ``key``: the day's key of stream FOLLOW. Reads ties only, so that proposals do not depend on their order.
    """
    turn = 0
    for q in range(seekers.size):
        i = seekers[q]
        turn = turn + 1 if q > 0 and seekers[q - 1] == i else 0
        coin = absorb(absorb(key, members.key[i]), turn)
        choice = NOBODY
        friend = random_target(i, absorb(coin, 1), ties)
        if friend >= 0 and members.space[friend] == members.space[i]:
            choice = passed_on_by(friend, outbox, messages)
            if choice < 0:
                choice = random_target(friend, absorb(coin, 2), ties)
            if choice >= 0 and (members.exposed[choice] or members.space[choice] != members.space[i]):
                choice = NOBODY
        proposals[q] = choice


@kernel
def follow(seekers: I32, proposals: I32, tie_scale: float, numbers: Records, ties: Ties) -> int:
    """Carry out the proposed follows, unless it is oneself or somebody already followed; returns how many.

    Writes ties.living, .marked, .target, .reciprocal, .good, .bad, .status.
    """
    laws = numbers[0]
    sour = laws.trust.prior_bad > laws.trust.prior_good
    formed = 0
    for q in range(seekers.size):
        i = seekers[q]
        j = proposals[q]
        if j < 0 or j == i or slot_to(i, j, ties) >= 0:
            continue
        k = ties.start[i] + ties.living[i]
        ties.living[i] += 1
        ties.target[k] = j
        ties.good[k] = laws.trust.prior_good / tie_scale
        ties.bad[k] = laws.trust.prior_bad / tie_scale
        if sour:
            ties.status[k] = SOUR
            ties.marked[i] = 1
        back = slot_to(j, i, ties)
        if back >= 0:
            ties.reciprocal[k] = back
            ties.reciprocal[back] = k
            ties.status[k] |= MUTUAL
            ties.status[back] |= MUTUAL
        formed += 1
    return formed
