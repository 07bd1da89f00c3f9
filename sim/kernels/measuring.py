"""Step 9: sums over the members in one pass, and the statistics of the living ties."""

from __future__ import annotations

import numpy as np

from sim.kernels.evidence import trust
from sim.kernels.jit import kernel
from sim.state import GONE, OUTSIDE, REFUGE, Members, Records, Relations, Ties

DISTRUST_BELOW = 0.35


@kernel
def measure(c: int, lo: int, hi: int, members: Members, relations: Relations, community: Records, brands: Records) -> None:
    """Sums over members lo … hi − 1, in order. Writes row c of ``community`` (CommunitySums) and ``brands`` (BrandSums)."""
    knowledge = 0.0
    clutter = 0.0
    in_refuge = 0
    gone = 0
    outside = 0
    for i in range(lo, hi):
        knowledge += np.float64(members.knowledge[i])
        clutter += np.float64(members.clutter[i])
        space = members.space[i]
        in_refuge += space == REFUGE
        gone += (space == GONE) & (members.exposed[i] == 0)  # an account that was closed is no loss
        outside += space == OUTSIDE
    community[c].knowledge = knowledge
    community[c].clutter = clutter
    community[c].in_refuge = in_refuge
    community[c].gone = gone
    community[c].outside = outside
    for b in range(relations.good.shape[1]):
        total = 0.0
        familiar = 0.0
        distrusting = 0
        aware = 0
        followers = 0
        customers = 0
        for i in range(lo, hi):
            good = np.float64(relations.good[i, b])
            bad = np.float64(relations.bad[i, b])
            tau = trust(good, bad)
            total += tau
            familiar += (good + bad) / (good + bad + 2.0)
            distrusting += tau < DISTRUST_BELOW
            aware += np.int64(relations.aware[i, b])
            followers += np.int64(relations.follows[i, b])
            customers += relations.customer[i, b] == 1
        brands[c, b].trust = total
        brands[c, b].familiarity = familiar
        brands[c, b].distrusting = distrusting
        brands[c, b].aware = aware
        brands[c, b].followers = followers
        brands[c, b].customers = customers


@kernel
def measure_ties(c: int, lo: int, hi: int, tie_scale: float, members: Members, ties: Ties) -> tuple[int, int, float]:
    """The rows of members lo … hi − 1: (ties alive, mutual ties, sum of tie trust), of ties on which something can be heard."""
    alive = 0
    mutual = 0
    total = 0.0
    for i in range(lo, hi):
        space = members.space[i]
        if space >= GONE:
            continue
        for k in range(ties.start[i], ties.start[i] + ties.living[i]):
            if members.space[ties.target[k]] != space:
                continue
            alive += 1
            mutual += ties.reciprocal[k] >= 0
            total += trust(np.float64(ties.good[k]) * tie_scale, np.float64(ties.bad[k]) * tie_scale)
    return alive, mutual, total
