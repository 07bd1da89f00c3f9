"""Step 3: who says what today. First every member decides, then the messages are numbered, then they are written down."""

from __future__ import annotations

import numpy as np

from sim.kernels.draws import absorb, chance, poisson, second_half, unit
from sim.kernels.evidence import trust
from sim.kernels.jit import kernel, part
from sim.state import (
    CRITICISM,
    EXPOSE,
    GONE,
    HIDDEN,
    ORGANIC,
    PLATFORM,
    PRAISE,
    QUESTION,
    RELAYS,
    SILENT,
    SPAM,
    UNAWARE,
    USED,
    Members,
    Messages,
    Outbox,
    Records,
    Relations,
)

MOST_OWN = 200
"""Posts of her own that a member can make in a day; leaves room for the rest in the byte that counts her messages."""


@part
def is_plain(kind: int) -> bool:
    """Whether a message is nobody's marketing and speaks of no brand."""
    return bool(kind == ORGANIC) or bool(kind == QUESTION)


@kernel
def decide_posts(
    c: int, lo: int, hi: int, key: np.uint64, members: Members, relations: Relations, outbox: Outbox, numbers: Records
) -> None:
    """Members lo … hi − 1 decide what to post: posts of their own, a question, word of mouth, and yesterday's reposts.

    ``key``: the day's key of stream SPEAK. Writes outbox.said, .plain, .own, .asks, .promotes, .voice.
    """
    laws = numbers[0]
    speech = laws.speech
    learned = laws.trust.learned
    question = chance(speech.question_rate)
    loudest = max(speech.praise_rate, speech.criticism_rate_distrust)
    for i in range(lo, hi):
        outbox.promotes[i] = 0
        if members.space[i] >= GONE:
            outbox.own[i] = 0
            outbox.asks[i] = 0
            outbox.plain[i] = 0
            outbox.said[i] = 0
            outbox.voice[i, :] = SILENT
            continue
        mine = absorb(key, members.key[i])
        rate = np.float64(members.activity[i]) * (1.0 - speech.silence * np.float64(members.clutter[i]))
        asks = np.int64(second_half(mine) < question)
        own = asks
        if rate > 0.0:
            own += poisson(mine, rate, MOST_OWN)
        plain = own
        others = 0
        for b in range(relations.good.shape[1]):
            voice = SILENT
            angry = relations.angry[i, b] > 0
            coin = unit(absorb(mine, relations.brand_key[b]))
            if (angry or coin < loudest) and relations.aware[i, b]:
                tau = trust(np.float64(relations.good[i, b]), np.float64(relations.bad[i, b]))
                if angry:
                    if coin < speech.criticism_rate_angry:
                        voice = CRITICISM
                elif tau < speech.criticism_below:
                    if coin < speech.criticism_rate_distrust:
                        voice = CRITICISM
                elif relations.customer[i, b] == 1 and (tau > speech.praise_above or not learned) and coin < speech.praise_rate:
                    voice = PRAISE
            outbox.voice[i, b] = voice
            if voice != SILENT:
                others += 1
        fresh = np.int64(outbox.fresh[i])
        if fresh:
            for q in range(RELAYS):
                if (fresh >> q) & 1:
                    if is_plain(outbox.relay[i, q]["kind"]):
                        plain += 1
                    else:
                        others += 1
        outbox.own[i] = own
        outbox.asks[i] = asks
        outbox.plain[i] = plain
        outbox.said[i] = plain + others


@kernel
def number_messages(outbox: Outbox, messages: Messages) -> int:
    """Give each member's messages their place in the day's table; returns how many there are. Writes messages.first."""
    total = 0
    for i in range(outbox.said.size):
        messages.first[i] = total
        total += np.int64(outbox.said[i])
    return total


@part
def _original(i: int, m: int, kind: int, brand: int, flags: int, first_cascade: int, messages: Messages) -> None:
    """Member i's message m is her own: it starts a cascade."""
    item = messages.item[m]
    item["cascade"] = first_cascade + m
    item["origin"] = i
    item["kind"] = kind
    item["brand"] = brand
    item["depth"] = 0
    item["flags"] = flags


@part
def _count(kind: int, public: bool, c: int, b: int, brands: Records) -> None:
    """Count what is said of brand b for the first time: in public, but for exposés, of which word gets around."""
    if kind == EXPOSE:
        brands[c, b].exposes += 1
    elif not public:
        pass
    elif kind == PRAISE:
        brands[c, b].praise += 1
    elif kind == CRITICISM:
        brands[c, b].criticism += 1


@kernel
def write_messages(
    c: int,
    lo: int,
    hi: int,
    first_cascade: int,
    outbox: Outbox,
    members: Members,
    messages: Messages,
    community: Records,
    brands: Records,
) -> None:
    """Write down the messages of members lo … hi − 1; an original starts cascade ``first_cascade`` + its place.

    Writes messages.item; outbox.fresh (cleared); the tallies of what was posted.
    """
    organic_posts = 0
    questions = 0
    reposts = 0
    deep = 0
    spam = 0
    for i in range(lo, hi):
        if outbox.said[i] == 0:
            continue
        public = members.space[i] == PLATFORM
        m = np.int64(messages.first[i])
        own = np.int64(outbox.own[i])
        asks = np.int64(outbox.asks[i])
        organic_posts += own
        if public:
            questions += asks
        for q in range(own):
            _original(i, m, ORGANIC if q < own - asks else QUESTION, 0, 0, first_cascade, messages)
            m += 1
        fresh = outbox.fresh[i]
        other = np.int64(messages.first[i]) + np.int64(outbox.plain[i])
        if fresh:
            for q in range(RELAYS):
                if (fresh >> q) & 1:
                    if is_plain(outbox.relay[i, q]["kind"]):
                        messages.item[m] = outbox.relay[i, q]
                        m += 1
                    else:
                        messages.item[other] = outbox.relay[i, q]
                        other += 1
                    depth = outbox.relay[i, q]["depth"]
                    if depth > 0:
                        reposts += 1
                    else:  # said because of what was read yesterday
                        _count(outbox.relay[i, q]["kind"], public, c, outbox.relay[i, q]["brand"], brands)
                    if depth > 2:
                        deep += 1
            outbox.fresh[i] = 0
        for b in range(outbox.voice.shape[1]):
            voice = outbox.voice[i, b]
            if voice != SILENT:
                flags = USED if voice == HIDDEN and members.role[i] == UNAWARE else 0
                _original(i, other, voice, b, flags, first_cascade, messages)
                other += 1
                _count(voice, public, c, b, brands)
        if outbox.promotes[i]:
            _original(i, other, SPAM, 0, 0, first_cascade, messages)
            spam += 1
    community[c].organic_posts += organic_posts
    community[c].questions += questions
    community[c].reposts += reposts
    community[c].deep_reposts += deep
    community[c].spam_posts += spam
