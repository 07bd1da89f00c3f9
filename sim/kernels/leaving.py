"""Step 8: ties and relations that end, and slots that look for a new tie (L4).

Hazards are additive and compete: one coin per tie and day against their sum, and the cause is drawn in proportion.
"""

from __future__ import annotations

import math

import numpy as np

from sim.event_rows import COMMERCIAL
from sim.kernels.diary import note
from sim.kernels.draws import absorb, fires, skip, unit
from sim.kernels.evidence import trust
from sim.kernels.jit import kernel, part
from sim.state import (
    ANNOYED,
    GONE,
    HIDDEN,
    I32,
    KNOWN,
    LEFT_BRAND_DISTRUST,
    LEFT_BRAND_DRIFT,
    MUTUAL,
    NOBODY,
    SOUR,
    UNFOLLOWED_ANNOYED,
    UNFOLLOWED_BRAND_DISTRUST,
    UNFOLLOWED_BRAND_DRIFT,
    UNFOLLOWED_BRAND_TIRED,
    UNFOLLOWED_DISTRUST,
    UNFOLLOWED_DRIFT,
    Members,
    Messages,
    Outbox,
    Records,
    Relations,
    Ties,
)

_MARKS = SOUR | ANNOYED
"""Ties that have a reason of their own to end; all others only drift."""

# Numbers of a member's draws of one day: her marked slots, by place, and then
_BRANDS = 1 << 40
_REFILL = 1 << 41
_DRIFT = 1 << 42
_DRIFT_ACCEPTED = 1 << 43


@part
def commercial_share(j: int, known: bool, outbox: Outbox, messages: Messages) -> float:
    """Share of member j's messages of today that are commercial; praise ordered in secret is, to those in the know."""
    commercial = 0
    for m in range(messages.first[j], messages.first[j] + np.int64(outbox.said[j])):
        kind = messages.item[m]["kind"]
        commercial += COMMERCIAL[kind] or (known and kind == HIDDEN)
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
    numbers: Records,
    ended: I32,
    seekers: I32,
    community: Records,
) -> tuple[int, int]:
    """Members lo … hi − 1 drop ties, and their free slots come up for a new follow.

    Ties are not cut here, since the other end belongs to another row: slots to cut are listed in ``ended``, and members
    who look for a new tie in ``seekers``, once for each (int32, from the chunk's first slot on). Returns the lengths of
    both lists. Writes ended, seekers; ties.status (ANNOYED cleared, SOUR where it is over), .marked; the tallies of
    unfollows by cause.
    """
    laws = numbers[0]
    law = laws.leaving
    chunk_start = ties.start[lo]
    refill = -math.log1p(-law.refill) if law.refill < 1.0 else math.inf
    n_ended = 0
    n_seekers = 0
    drift_count = 0
    distrust_count = 0
    annoyance_count = 0
    for i in range(lo, hi):
        if members.space[i] >= GONE:
            continue
        mine = absorb(key, members.key[i])
        first = ties.start[i]
        size = np.int64(ties.living[i])

        # Drift and refill are rare and alike for all slots: go from one hit to the next, not from slot to slot.
        free = ties.start[i + 1] - first - size
        if free > 0 and refill > 0.0:
            q = skip(absorb(mine, _REFILL), refill, free)
            while q < free:
                seekers[chunk_start + n_seekers] = i
                n_seekers += 1
                q += 1 + skip(absorb(mine, _REFILL + 1 + q), refill, free - q - 1)
        drift = np.float64(members.frailty[i]) * law.drift
        if drift > 0.0:
            q = skip(absorb(mine, _DRIFT), drift, size)
            while q < size:
                status = ties.status[first + q]
                if not status & _MARKS:
                    lasting = drift * law.mutual_factor if status & MUTUAL else drift
                    coin = absorb(mine, _DRIFT_ACCEPTED + q)
                    if lasting == drift or unit(coin) < math.expm1(-lasting) / math.expm1(-drift):
                        ended[chunk_start + n_ended] = first + q
                        n_ended += 1
                        drift_count += 1
                        if members.diary.size > 0:
                            note(UNFOLLOWED_DRIFT, i, NOBODY, ties.target[first + q], 0.0, 0.0, 0.0, members)
                q += 1 + skip(absorb(mine, _DRIFT + 1 + q), drift, size - q - 1)

        if not ties.marked[i]:
            continue
        left = np.uint8(0)
        for q in range(size):
            k = first + q
            status = ties.status[k]
            if not status & _MARKS:
                continue
            lasting = drift * law.mutual_factor if status & MUTUAL else drift
            distrust = 0.0
            annoyance = 0.0
            x = 0.5
            selling = 0.0
            if status & SOUR:
                x = trust(np.float64(ties.good[k]) * tie_scale, np.float64(ties.bad[k]) * tie_scale)
                distrust = law.distrust * max(0.0, 0.5 - x)
                if x >= 0.5:
                    ties.status[k] &= ~SOUR
                else:
                    left = np.uint8(1)
            if status & ANNOYED:
                selling = commercial_share(ties.target[k], status & KNOWN > 0, outbox, messages)
                annoyance = law.annoyance * selling
                ties.status[k] &= ~ANNOYED
            hazard = lasting + distrust + annoyance
            coin = absorb(mine, q)
            if fires(coin, hazard):
                ended[chunk_start + n_ended] = k
                n_ended += 1
                cause = unit(absorb(coin, 1)) * hazard
                why = UNFOLLOWED_ANNOYED
                if cause < lasting:
                    why = UNFOLLOWED_DRIFT
                elif cause < lasting + distrust:
                    why = UNFOLLOWED_DISTRUST
                drift_count += why == UNFOLLOWED_DRIFT
                distrust_count += why == UNFOLLOWED_DISTRUST
                annoyance_count += why == UNFOLLOWED_ANNOYED
                if members.diary.size > 0:
                    note(why, i, NOBODY, ties.target[k], selling, x, x, members)
        ties.marked[i] = left
    community[c].unfollows_drift += drift_count
    community[c].unfollows_distrust += distrust_count
    community[c].unfollows_annoyance += annoyance_count
    return n_ended, n_seekers


@kernel
def leave_brands(
    c: int, lo: int, hi: int, key: np.uint64, members: Members, relations: Relations, numbers: Records, brands: Records
) -> None:
    """Members lo … hi − 1 unfollow brands and cease to be customers.

    Writes relations.follows, .customer, .complaint; the tallies of brand unfollows and of churn by cause.
    """
    laws = numbers[0]
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
                    why = UNFOLLOWED_BRAND_TIRED
                    if cause < drift:
                        why = UNFOLLOWED_BRAND_DRIFT
                    elif cause < drift + distrust:
                        why = UNFOLLOWED_BRAND_DISTRUST
                    brands[c, b].brand_unfollows_drift += why == UNFOLLOWED_BRAND_DRIFT
                    brands[c, b].brand_unfollows_distrust += why == UNFOLLOWED_BRAND_DISTRUST
                    brands[c, b].brand_unfollows_overexposure += why == UNFOLLOWED_BRAND_TIRED
                    if members.diary.size > 0:
                        note(why, i, b, NOBODY, relations.exposure[i, b], tau, tau, members)
            coin = absorb(mine, 2)
            hazard = law.churn + law.churn_distrust * doubt
            if customer and fires(coin, hazard):
                relations.customer[i, b] = 2
                relations.complaint[i, b] = 0
                why = LEFT_BRAND_DRIFT if unit(absorb(coin, 1)) * hazard < law.churn else LEFT_BRAND_DISTRUST
                brands[c, b].churned += 1
                brands[c, b].churned_distrust += why == LEFT_BRAND_DISTRUST
                if members.diary.size > 0:
                    note(why, i, b, NOBODY, 0.0, tau, tau, members)


@kernel
def cut(slots: I32, owners: I32, ties: Ties) -> None:
    """End the ties in ``slots`` (int32, ascending), of the rows of ``owners``; a tie back, if any, is no longer mutual.

    The last tie of the row moves into the gap. Going backwards, that is never a tie still to be cut.
    """
    for e in range(slots.size - 1, -1, -1):
        k = slots[e]
        back = ties.reciprocal[k]
        if back >= 0:
            ties.reciprocal[back] = NOBODY
            ties.status[back] &= ~MUTUAL
        i = owners[e]
        ties.living[i] -= 1
        last = ties.start[i] + ties.living[i]
        ties.target[k] = ties.target[last]
        ties.reciprocal[k] = ties.reciprocal[last]
        ties.good[k] = ties.good[last]
        ties.bad[k] = ties.bad[last]
        ties.told[k] = ties.told[last]
        ties.status[k] = ties.status[last]
        if k != last and ties.reciprocal[last] >= 0:
            ties.reciprocal[ties.reciprocal[last]] = k
        ties.target[last] = NOBODY
        ties.reciprocal[last] = NOBODY
        ties.good[last] = 0.0
        ties.bad[last] = 0.0
        ties.told[last] = 0.0
        ties.status[last] = 0
