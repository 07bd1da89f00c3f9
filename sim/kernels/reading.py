"""Step 5: feeds and reading, the hot loop (L1, L2, L3).

Members *pull*: row i looks at the accounts i follows and writes only what belongs to i, so rows can be read in any order
and on any number of threads with the same result. One byte per member (outbox.said) decides the common case, "this account
said nothing today".
"""

from __future__ import annotations

import numpy as np

from sim.events import AD_READ, CRITICISM_READ, DUPLICATE_READ, ORGANIC_READ, PRAISE_READ
from sim.kernels.draws import absorb, first_half, second_half
from sim.kernels.evidence import experience, trust
from sim.kernels.jit import kernel, part
from sim.state import ANNOYED, BRAND_POST, NOBODY, ORGANIC, PRAISE, QUESTION, RELAYS, SOUR

# Draws of one member on one day, by number: slots come first, then brands.
_ITEMS_PER_SLOT = 256
_BRAND_ITEMS = 1 << 40


@part
def relay(i, cascade, origin, kind, brand, depth, oldest, outbox):
    """Member i decides to pass a cascade on tomorrow: once per cascade, and only if she remembers few enough.

    A remembered cascade may be forgotten once it is older than ``oldest``, since nobody can pass it on any more.
    """
    free = -1
    for q in range(RELAYS):
        known = outbox.cascade[i, q]
        if known == cascade:
            return
        if known < oldest and not (outbox.fresh[i] >> q) & 1:
            free = q
    if free >= 0 and cascade >= oldest:
        outbox.cascade[i, free] = cascade
        outbox.origin[i, free] = origin
        outbox.kind[i, free] = kind
        outbox.brand[i, free] = brand
        outbox.depth[i, free] = min(np.int64(depth) + 1, 255)
        outbox.fresh[i] |= 1 << free


@part
def shown(i, b, q, mine, relations, day):
    """Whether post q of brand b is in member i's feed: she follows the brand, or the brand paid for it."""
    if relations.follows[i, b]:
        return True
    reach = day.reach[b]
    return reach > 0.0 and second_half(absorb(absorb(mine, _BRAND_ITEMS + q), relations.brand_key[b])) < reach


@part
def read_ad(i, b, event, coin, members, relations, laws):
    """A commercial message of brand b reaches i's eyes; returns whether she reads it (ad-avoidance may skip it)."""
    if second_half(absorb(coin, 1)) < np.float64(members.avoidance[i]) * np.float64(members.knowledge[i]):
        return False
    experience(event, i, b, 1.0, 1.0, members, relations, laws)
    relations.exposure[i, b] = np.float64(relations.exposure[i, b]) + 1.0
    return True


@part
def read_row(i, c, key, oldest, tie_scale, members, ties, relations, outbox, messages, day, laws, community, brands):
    """One member's feed: count what is offered, then read each item with probability attention / offered."""
    first = ties.start[i]
    last = ties.start[i + 1]
    n_brands = relations.good.shape[1]
    offered = 0
    for k in range(first, last):
        j = ties.target[k]
        if j >= 0:
            offered += np.int64(outbox.said[j])
    mine = absorb(key, members.key[i])
    from_members = offered
    for b in range(n_brands):
        for q in range(day.posts[b]):
            if shown(i, b, q, mine, relations, day):
                offered += 1
                brands.impressions[c, b] += 1
                if not relations.follows[i, b]:
                    brands.paid_impressions[c, b] += 1
    if offered == 0:
        return

    share_read = 1.0
    if laws.attention.limited:
        share_read = min(1.0, np.float64(members.attention[i]) / offered)
    learned = laws.trust.learned
    speech = laws.speech
    organic_gain = laws.events.tie_gain[ORGANIC_READ] if learned else 0.0
    reads = 0
    commercial = 0

    if from_members > 0:
        for k in range(first, last):
            j = ties.target[k]
            if j < 0 or outbox.said[j] == 0:
                continue
            x = trust(np.float64(ties.good[k]) * tie_scale, np.float64(ties.bad[k]) * tie_scale) if learned else 1.0
            gain = 0.0
            start = np.int64(messages.first[j])
            for q in range(outbox.said[j]):
                m = start + q
                coin = absorb(mine, (k - first) * _ITEMS_PER_SLOT + q)
                if first_half(coin) >= share_read:
                    continue
                kind = messages.kind[m]
                b = messages.brand[m]
                mine_already = messages.origin[m] == i
                if kind == ORGANIC or kind == QUESTION:
                    reads += 1
                    gain += organic_gain
                    repost = speech.repost_organic * x
                elif kind == BRAND_POST:
                    if not read_ad(i, b, AD_READ, coin, members, relations, laws):
                        continue
                    reads += 1
                    commercial += 1
                    brands.ad_reads[c, b] += 1
                    ties.status[k] |= ANNOYED
                    repost = speech.repost_brand * x
                else:
                    reads += 1
                    event = PRAISE_READ if kind == PRAISE else CRITICISM_READ
                    if not mine_already:
                        experience(event, i, b, x, 1.0, members, relations, laws)
                    if learned:
                        gain += laws.events.tie_gain[event]
                    repost = speech.repost_wom * x
                if mine_already:
                    continue
                if messages.depth[m] > 0 and messages.origin[m] >= 0 and messages.origin[m] != j:
                    members.met[i] = messages.origin[m]
                if second_half(coin) < repost:
                    relay(i, messages.cascade[m], messages.origin[m], kind, b, messages.depth[m], oldest, outbox)
            if gain > 0.0:
                good = np.float64(ties.good[k]) + gain / tie_scale
                ties.good[k] = good
                if ties.bad[k] <= good:
                    ties.status[k] &= ~SOUR

    for b in range(n_brands):
        for q in range(day.posts[b]):
            if not shown(i, b, q, mine, relations, day):
                continue
            coin = absorb(absorb(mine, _BRAND_ITEMS + 256 + q), relations.brand_key[b])
            if first_half(coin) >= share_read:
                continue
            duplicate = q >= day.posts[b] - day.duplicates[b]
            tau = trust(np.float64(relations.good[i, b]), np.float64(relations.bad[i, b])) if learned else 1.0
            if not read_ad(i, b, DUPLICATE_READ if duplicate else AD_READ, coin, members, relations, laws):
                continue
            reads += 1
            commercial += 1
            brands.ad_reads[c, b] += 1
            if second_half(coin) < speech.repost_brand * tau:
                relay(i, day.cascade[b] + q, NOBODY - 1 - b, BRAND_POST, b, 0, oldest, outbox)

    if reads > 0:
        memory = laws.attention.clutter_memory
        members.clutter[i] = memory * np.float64(members.clutter[i]) + (1.0 - memory) * (commercial / reads)
    community.offered[c] += offered
    community.reads[c] += reads
    community.commercial_reads[c] += commercial


@kernel
def read(c, lo, hi, key, oldest, tie_scale, members, ties, relations, outbox, messages, day, laws, community, brands):
    """Members lo … hi − 1 read their feeds.

    ``key``: the day's key of stream READ; ``oldest``: the oldest cascade still passed on; ``tie_scale``: true evidence per
    stored unit. Writes relations.good, .bad, .exposure, .chance, .aware; members.knowledge, .clutter, .met; ties.good,
    .status; outbox.fresh, .cascade, .origin, .kind, .brand, .depth; tallies of offers and reads.
    """
    for i in range(lo, hi):
        read_row(i, c, key, oldest, tie_scale, members, ties, relations, outbox, messages, day, laws, community, brands)


@kernel
def read_some(readers, key, oldest, tie_scale, members, ties, relations, outbox, messages, day, laws, community, brands):
    """The same for the listed members only (int32): for a day on which few speak and nobody else is offered anything."""
    for i in readers:
        read_row(i, 0, key, oldest, tie_scale, members, ties, relations, outbox, messages, day, laws, community, brands)
