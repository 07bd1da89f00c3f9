"""Step 5: feeds and reading, the hot loop (L1, L2, L3).

Members *pull*: row i looks at the accounts i follows and writes only what belongs to i, so rows can be read in any order
and on any number of threads with the same result. One byte per member (outbox.said) decides the common case, "this account
said nothing today".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.event_rows import AD_READ, CONFESSION_READ, DUPLICATE_READ, LIFE_EVENT_READ, ORGANIC_READ, QUESTION_READ, TARGETED_READ
from sim.kernels.diary import note
from sim.kernels.draws import absorb, chance, first_half, second_half, unit
from sim.kernels.evidence import trust, uncover
from sim.kernels.hearing import READ_AS_SELLING, SEEN_AS_ORDERED, SKIPPED, avoids, contribute, hear, read_ad
from sim.kernels.jit import kernel, part
from sim.kernels.relaying import relay, remember, repost_ad_chance, repost_chance
from sim.kernels.ties import believe
from sim.state import (
    BRAND_POST,
    CONFESSING,
    F64,
    GONE,
    I32,
    NOBODY,
    PLATFORM,
    POSTS_READ,
    U8,
    BrandDay,
    Members,
    Messages,
    Outbox,
    Records,
    Relations,
    Ties,
)

_BRAND_ITEMS = 1 << 40
_BRAND_READS = 1 << 41
_TARGETED = 1 << 42
"""A member's draws of one day are numbered: first her slots, then the brands' posts as shown, as read, and what is meant for
her."""


@part
def _item(k: int, q: int) -> int:
    """Number of the draw for item q of the account in place k of a member's row."""
    return (k << 8) + q


@part
def shown(i: int, b: int, q: int, mine: np.uint64, relations: Relations, day: BrandDay) -> bool:
    """Whether post q of brand b is in member i's feed: she follows the brand, or the brand paid for it."""
    if relations.follows[i, b]:
        return True
    reach = day.reach[b]
    return reach > 0.0 and _reach_coin(b, q, mine, relations) < reach


@part
def _reach_coin(b: int, q: int, mine: np.uint64, relations: Relations) -> float:
    return unit(absorb(absorb(mine, _BRAND_ITEMS + q), relations.brand_key[b]))


@kernel
def paid_coins(key: np.uint64, b: int, items: int, reach: float, members: Members, relations: Relations, out: F64) -> int:
    """``out`` (float64) = the coins, all below ``reach``, of the members to whom brand b would pay to show its ``items`` posts;
    returns how many. ``key``: the day's key of stream READ."""
    n = 0
    for i in range(members.key.size):
        if members.space[i] != PLATFORM or relations.follows[i, b]:
            continue
        mine = absorb(key, members.key[i])
        for q in range(items):
            coin = _reach_coin(b, q, mine, relations)
            if coin < reach:
                out[n] = coin
                n += 1
    return n


@kernel
def read(
    c: int,
    lo: int,
    hi: int,
    heard: Any,
    audible: U8,
    key: np.uint64,
    oldest: int,
    tie_scale: float,
    members: Members,
    ties: Ties,
    relations: Relations,
    outbox: Outbox,
    messages: Messages,
    first_reply: int,
    day: BrandDay,
    numbers: Records,
    feed: I32,
    scratch: I32,
    community: Records,
    brands: Records,
) -> None:
    """Members lo … hi − 1 (or, when ``heard`` is not empty, the readers at these places of it) read their feeds.

    First count what is offered, then read each item with probability attention / offered. ``audible[s, j]`` (uint8): messages
    of member j that are heard in space s; ``key``: the day's key of stream READ; ``oldest``: the oldest cascade still passed
    on; ``tie_scale``: true evidence per stored unit; ``first_reply``: see :func:`~sim.kernels.hearing.hear`; ``feed``
    (int32): items offered to each member; ``scratch`` (int32, one per slot). Writes feed; relations.good, .bad, .hidden,
    .scandal, .exposure,
    .chance, .aware; members.knowledge, .clutter; ties.good, .bad, .status, .marked; outbox.fresh, .relay; scratch;
    tallies of offers, reads and discoveries.
    """
    laws = numbers[0]
    n_brands = relations.good.shape[1]
    learned = laws.trust.learned
    limited = laws.attention.limited
    memory = laws.attention.clutter_memory
    speech = laws.speech
    plain_gain = laws.events.tie_gain[ORGANIC_READ]
    certain = chance(1.0)
    repost_plain = chance(speech.repost_organic)
    per_scale = 1.0 / tie_scale
    diary = members.diary.size > 0
    everybody = heard.reader.size == 0
    speaking = scratch[ties.start[lo] :] if everybody else scratch
    all_offered = 0
    all_reads = 0
    all_commercial = 0

    for p in range(lo, hi):
        i = p if everybody else np.int64(heard.reader[p])
        space = members.space[i]
        if space >= GONE:
            feed[i] = 0
            continue
        said = audible[space]
        first = ties.start[i]
        row = ties.target[first : first + ties.living[i]]
        offered = 0
        n_speaking = 0
        if everybody:
            for k in range(row.size):
                here = np.int64(said[row[k]])
                offered += here
                speaking[n_speaking] = k
                n_speaking += here > 0
        else:
            for e in range(heard.begin[p], heard.begin[p + 1]):
                k = heard.slot[e] - first
                offered += np.int64(outbox.said[row[k]])
                speaking[n_speaking] = k
                n_speaking += 1
        mine = absorb(key, members.key[i])
        brands_here = n_brands if space == PLATFORM else 0
        for b in range(brands_here):
            for q in range(day.posts[b] + day.questions[b]):
                if shown(i, b, q, mine, relations, day):
                    offered += 1
                    brands[c, b].impressions += 1
                    if not relations.follows[i, b]:
                        brands[c, b].paid_impressions += 1
            if day.targets[b] and relations.targeted[i, b]:
                offered += 1
                brands[c, b].impressions += 1
                brands[c, b].paid_impressions += 1
        feed[i] = offered
        if offered == 0:
            continue
        share_read = chance(np.float64(members.attention[i]) / offered) if limited else certain
        reads = 0
        commercial = 0

        # Plain posts, the common case: count them, trust grows. Ties that need a closer look stay on the list.
        n_closer = 0
        for s in range(n_speaking):
            k = np.int64(speaking[s])
            j = row[k]
            plain = np.int64(outbox.plain[j])
            coin = absorb(mine, _item(k, 0))
            here = plain
            if share_read < certain and plain > 0:
                here = np.int64(first_half(coin) < share_read)
                for q in range(1, plain):
                    here += first_half(absorb(mine, _item(k, q))) < share_read
            reads += here
            if learned and here > 0:
                believe(first + k, here * plain_gain * per_scale, ties)
            if diary and here > 0:
                note(POSTS_READ, i, NOBODY, j, here, 0.0, 0.0, members)
            speaking[n_closer] = k
            n_closer += (second_half(coin) < np.uint64(plain) * repost_plain) | (np.int64(outbox.said[j]) > plain)

        # What is passed on, word of mouth, commercial posts.
        for s in range(n_closer):
            k = np.int64(speaking[s])
            j = row[k]
            plain = np.int64(outbox.plain[j])
            begin = np.int64(messages.first[j])
            x = 1.0
            if learned:
                x = trust(np.float64(ties.good[first + k]) * tie_scale, np.float64(ties.bad[first + k]) * tie_scale)
            luck = second_half(absorb(mine, _item(k, 0)))
            each = min(chance(speech.repost_organic * x), chance(1.0) // np.uint64(max(1, plain)))
            if luck < np.uint64(plain) * each:  # at most one of a friend's plain posts a day is passed on, each alike
                q = np.int64(luck // each)
                if first_half(absorb(mine, _item(k, q))) < share_read:
                    relay(i, messages.item[begin + q], oldest, outbox)
            for q in range(plain, np.int64(outbox.said[j])):
                coin = absorb(mine, _item(k, q))
                if first_half(coin) >= share_read:
                    continue
                item = messages.item[begin + q]
                became = hear(
                    c,
                    i,
                    first + k,
                    item,
                    coin,
                    x,
                    oldest,
                    first_reply,
                    per_scale,
                    members,
                    ties,
                    relations,
                    outbox,
                    day,
                    laws,
                    brands,
                )
                if became == SKIPPED:
                    continue
                reads += 1
                commercial += became >= READ_AS_SELLING
                if became != SEEN_AS_ORDERED and second_half(coin) < chance(repost_chance(item, speech) * x):
                    relay(i, item, oldest, outbox)

        for b in range(brands_here):
            posts = np.int64(day.posts[b])
            for q in range(posts + day.questions[b]):
                if not shown(i, b, q, mine, relations, day):
                    continue
                coin = absorb(absorb(mine, _BRAND_READS + q), relations.brand_key[b])
                if first_half(coin) >= share_read:
                    continue
                tau = trust(np.float64(relations.good[i, b]), np.float64(relations.bad[i, b])) if learned else 1.0
                if avoids(i, coin, members):
                    continue
                if q >= posts:
                    event = QUESTION_READ
                else:
                    event = DUPLICATE_READ if q >= posts - day.duplicates[b] else AD_READ
                read_ad(i, b, event, NOBODY, members, relations, day, laws)
                if day.confesses[b] and relations.hidden[i, b] > 0.0:
                    uncover(CONFESSION_READ, i, b, 1.0, NOBODY, members, relations, laws)
                reads += 1
                commercial += 1
                brands[c, b].ad_reads += 1
                if event == QUESTION_READ:
                    contribute(c, i, b, coin, oldest, first_reply, members, relations, outbox, day, laws, brands)
                else:
                    flags = CONFESSING if day.confesses[b] else np.uint8(0)
                    if second_half(coin) < chance(repost_ad_chance(flags, speech) * tau):
                        remember(i, day.cascade[b] + q, NOBODY - 1 - b, BRAND_POST, b, 1, flags, oldest, outbox)

            if day.targets[b] and relations.targeted[i, b]:
                coin = absorb(absorb(mine, _TARGETED), relations.brand_key[b])
                if first_half(coin) < share_read and not avoids(i, coin, members):
                    event = TARGETED_READ if relations.targeted[i, b] == 1 else LIFE_EVENT_READ
                    read_ad(i, b, event, NOBODY, members, relations, day, laws)
                    reads += 1
                    commercial += 1
                    brands[c, b].ad_reads += 1

        if reads > 0:
            members.clutter[i] = memory * np.float64(members.clutter[i]) + (1.0 - memory) * (commercial / reads)
        all_offered += offered
        all_reads += reads
        all_commercial += commercial
    community[c].offered += all_offered
    community[c].reads += all_reads
    community[c].commercial_reads += all_commercial
