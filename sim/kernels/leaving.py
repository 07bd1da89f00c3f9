"""Step 8: ties and relations that end, and slots that look for a new tie (L4).

Hazards are additive and compete: one coin per tie and day against their sum, and the cause is drawn in proportion.
"""

from __future__ import annotations

import math

import numpy as np

from sim.kernels.draws import absorb, chance, fires, first_half, second_half, unit
from sim.kernels.evidence import trust
from sim.kernels.jit import kernel, part
from sim.laws import Laws
from sim.state import (
    ANNOYED,
    BRAND_POST,
    I32,
    MUTUAL,
    NOBODY,
    SOUR,
    BrandTally,
    CommunityTally,
    Members,
    Messages,
    Outbox,
    Relations,
    Ties,
)

_BRANDS = 1 << 40
_FLAGS = np.uint64(2)  # status >> _FLAGS: SOUR or ANNOYED


@part
def slot_coin(mine: np.uint64, q: int) -> np.uint64:
    """The coin of slot q of a member's row: 32 bits, to be compared with a chance. One hash serves two slots."""
    coins = absorb(mine, q >> 1)
    return second_half(coins) if q & 1 else first_half(coins)


@part
def commercial_share(j: int, outbox: Outbox, messages: Messages) -> float:
    """Share of member j's messages of today that are commercial."""
    commercial = 0
    for m in range(messages.first[j], messages.first[j] + np.int64(outbox.said[j])):
        if messages.item[m]["kind"] == BRAND_POST:
            commercial += 1
    return commercial / outbox.said[j]


@kernel
def leave_ties(
    c: int,
    lo: int,
    hi: int,
    key: np.uint64,
    tie_scale: float,
    members: Members,
    ties: Ties,
    outbox: Outbox,
    messages: Messages,
    laws: Laws,
    ended: I32,
    vacant: I32,
    community: CommunityTally,
) -> tuple[int, int]:
    """Members lo … hi − 1 drop ties, and free slots come up for a new follow.

    Ties are not cut here, since the other end belongs to another row: slots to cut are listed in ``ended`` and slots to
    fill in ``vacant`` (int32, each row's region being its own slots), from the chunk's first slot on. Returns the lengths
    of both lists. Writes ended, vacant; ties.status (ANNOYED cleared); the tallies of unfollows by cause.
    """
    law = laws.leaving
    chunk_start = ties.start[lo]
    refill = chance(law.refill)
    n_ended = 0
    n_vacant = 0
    drift_count = 0
    distrust_count = 0
    annoyance_count = 0
    for i in range(lo, hi):
        mine = absorb(key, members.key[i])
        drift_one_way = np.float64(members.frailty[i]) * law.drift
        drift_mutual = drift_one_way * law.mutual_factor
        first = ties.start[i]
        last = ties.start[i + 1]

        # On most days nothing happens in a row: find that out without a branch per slot.
        bound = chance(drift_one_way)  # at least the chance of ending, 1 − exp(−hazard)
        row = ties.status[first:last]
        eventful = np.uint64(0)
        for q in range(row.size // 2):
            coins = absorb(mine, q)
            even = np.uint64(row[2 * q])
            odd = np.uint64(row[2 * q + 1])
            eventful |= np.uint64(first_half(coins) < (bound if even else refill)) | (even >> _FLAGS)
            eventful |= np.uint64(second_half(coins) < (bound if odd else refill)) | (odd >> _FLAGS)
        if row.size % 2:
            even = np.uint64(row[row.size - 1])
            eventful |= np.uint64(slot_coin(mine, row.size - 1) < (bound if even else refill)) | (even >> _FLAGS)
        if not eventful:
            continue

        for k in range(first, last):
            coin = slot_coin(mine, k - first)
            status = ties.status[k]
            if status == 0:
                if coin < refill:
                    vacant[chunk_start + n_vacant] = k
                    n_vacant += 1
                continue
            drift = drift_mutual if status & MUTUAL else drift_one_way
            distrust = 0.0
            annoyance = 0.0
            if status & SOUR:
                x = trust(np.float64(ties.good[k]) * tie_scale, np.float64(ties.bad[k]) * tie_scale)
                distrust = law.distrust * max(0.0, 0.5 - x)
                if x >= 0.5:
                    ties.status[k] &= ~SOUR
            if status & ANNOYED:
                annoyance = law.annoyance * commercial_share(ties.target[k], outbox, messages)
                ties.status[k] &= ~ANNOYED
            hazard = drift + distrust + annoyance
            if coin < chance(hazard) and coin < chance(-math.expm1(-hazard)):
                ended[chunk_start + n_ended] = k
                n_ended += 1
                cause = unit(absorb(absorb(mine, k - first), 1)) * hazard
                if cause < drift:
                    drift_count += 1
                elif cause < drift + distrust:
                    distrust_count += 1
                else:
                    annoyance_count += 1
    community.unfollows_drift[c] += drift_count
    community.unfollows_distrust[c] += distrust_count
    community.unfollows_annoyance[c] += annoyance_count
    return n_ended, n_vacant


@kernel
def leave_brands(
    c: int, lo: int, hi: int, key: np.uint64, members: Members, relations: Relations, laws: Laws, brands: BrandTally
) -> None:
    """Members lo … hi − 1 unfollow brands and cease to be customers.

    Writes relations.follows, .customer, .complaint; the tallies of brand unfollows by cause and of churn.
    """
    law = laws.leaving
    for i in range(lo, hi):
        for b in range(relations.good.shape[1]):
            follows = relations.follows[i, b]
            customer = relations.customer[i, b] == 1
            if not follows and not customer:
                continue
            mine = absorb(absorb(absorb(key, members.key[i]), _BRANDS), relations.brand_key[b])
            tau = trust(np.float64(relations.good[i, b]), np.float64(relations.bad[i, b]))
            doubt = max(0.0, 0.5 - tau)
            if follows and law.ties_end:
                drift = np.float64(members.frailty[i]) * law.drift
                distrust = law.distrust * doubt
                over = law.overexposure * max(0.0, np.float64(relations.exposure[i, b]) - laws.persuasion.tolerated_exposure)
                coin = absorb(mine, 1)
                if fires(coin, drift + distrust + over):
                    relations.follows[i, b] = 0
                    cause = unit(absorb(coin, 1)) * (drift + distrust + over)
                    if cause < drift:
                        brands.brand_unfollows_drift[c, b] += 1
                    elif cause < drift + distrust:
                        brands.brand_unfollows_distrust[c, b] += 1
                    else:
                        brands.brand_unfollows_overexposure[c, b] += 1
            if customer and fires(absorb(mine, 2), law.churn + law.churn_distrust * doubt):
                relations.customer[i, b] = 2
                relations.complaint[i, b] = 0
                brands.churned[c, b] += 1


@kernel
def cut(slots: I32, ties: Ties) -> None:
    """End the ties in ``slots`` (int32): free the slot; the tie back, if any, is no longer mutual."""
    for k in slots:
        back = ties.reciprocal[k]
        if back >= 0:
            ties.reciprocal[back] = NOBODY
            ties.status[back] &= ~MUTUAL
        ties.target[k] = NOBODY
        ties.reciprocal[k] = NOBODY
        ties.good[k] = 0.0
        ties.bad[k] = 0.0
        ties.status[k] = 0
