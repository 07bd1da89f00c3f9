"""Step 3: who says what today. First every member decides, then the messages are numbered, then they are written down."""

from __future__ import annotations

import numpy as np

from sim.kernels.draws import absorb, poisson, unit
from sim.kernels.evidence import trust
from sim.kernels.jit import kernel
from sim.state import BRAND_POST, CRITICISM, CRITICISM_VOICE, ORGANIC, PRAISE, PRAISE_VOICE, QUESTION, RELAYS, SILENT

MOST_ORGANIC = 200
"""Plain posts a member can make in a day; leaves room for the rest in the byte that counts her messages."""


@kernel
def decide_posts(c, lo, hi, key, members, relations, outbox, laws):
    """Members lo … hi − 1 decide what to post: plain posts, a question, word of mouth, and yesterday's reposts.

    ``key``: the day's key of stream SPEAK. Writes outbox.said, .organic, .asks, .voice.
    """
    speech = laws.speech
    for i in range(lo, hi):
        mine = absorb(key, members.key[i])
        rate = np.float64(members.activity[i]) * (1.0 - speech.silence * np.float64(members.clutter[i]))
        organic = poisson(mine, rate, MOST_ORGANIC)
        asks = 1 if unit(absorb(mine, 1)) < speech.question_rate else 0
        said = organic + asks
        for b in range(relations.good.shape[1]):
            voice = SILENT
            if relations.aware[i, b]:
                tau = trust(np.float64(relations.good[i, b]), np.float64(relations.bad[i, b]))
                criticism = 0.0
                if relations.angry[i, b] > 0:
                    criticism = speech.criticism_rate_angry
                elif tau < speech.criticism_below:
                    criticism = speech.criticism_rate_distrust
                if criticism > 0.0:
                    if unit(absorb(absorb(mine, 2), relations.brand_key[b])) < criticism:
                        voice = CRITICISM_VOICE
                elif relations.customer[i, b] == 1 and tau > speech.praise_above:
                    if unit(absorb(absorb(mine, 2), relations.brand_key[b])) < speech.praise_rate:
                        voice = PRAISE_VOICE
            outbox.voice[i, b] = voice
            if voice != SILENT:
                said += 1
        fresh = np.int64(outbox.fresh[i])
        while fresh:
            said += fresh & 1
            fresh >>= 1
        outbox.organic[i] = organic
        outbox.asks[i] = asks
        outbox.said[i] = said


@kernel
def number_messages(outbox, messages):
    """Give each member's messages their place in the day's table; returns how many there are. Writes messages.first."""
    total = 0
    for i in range(outbox.said.size):
        messages.first[i] = total
        total += np.int64(outbox.said[i])
    return total


@kernel
def write_messages(c, lo, hi, first_cascade, outbox, messages, community, brands):
    """Write down the messages of members lo … hi − 1; an original starts cascade ``first_cascade`` + its place.

    Writes messages.kind, .brand, .depth, .origin, .cascade; outbox.fresh (cleared); the tallies of what was posted.
    """
    organic_posts = 0
    questions = 0
    reposts = 0
    deep = 0
    for i in range(lo, hi):
        if outbox.said[i] == 0:
            continue
        m = np.int64(messages.first[i])
        organic = np.int64(outbox.organic[i])
        asks = np.int64(outbox.asks[i])
        organic_posts += organic + asks
        questions += asks
        for q in range(organic + asks):
            messages.kind[m] = ORGANIC if q < organic else QUESTION
            messages.brand[m] = 0
            messages.depth[m] = 0
            messages.origin[m] = i
            messages.cascade[m] = first_cascade + m
            m += 1
        for b in range(outbox.voice.shape[1]):
            voice = outbox.voice[i, b]
            if voice != SILENT:
                messages.kind[m] = PRAISE if voice == PRAISE_VOICE else CRITICISM
                messages.brand[m] = b
                messages.depth[m] = 0
                messages.origin[m] = i
                messages.cascade[m] = first_cascade + m
                m += 1
                if voice == PRAISE_VOICE:
                    brands.praise[c, b] += 1
                else:
                    brands.criticism[c, b] += 1
        fresh = outbox.fresh[i]
        if fresh:
            for q in range(RELAYS):
                if (fresh >> q) & 1:
                    messages.kind[m] = outbox.kind[i, q]
                    messages.brand[m] = outbox.brand[i, q]
                    messages.depth[m] = outbox.depth[i, q]
                    messages.origin[m] = outbox.origin[i, q]
                    messages.cascade[m] = outbox.cascade[i, q]
                    reposts += 1
                    if outbox.depth[i, q] > 2:
                        deep += 1
                    m += 1
            outbox.fresh[i] = 0
    community.organic_posts[c] += organic_posts
    community.questions[c] += questions
    community.reposts[c] += reposts
    community.deep_reposts[c] += deep
