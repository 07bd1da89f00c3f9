"""Step 5, what one message does to the member who reads it: the event table applied, secrets seen through (L6), and the
decision to pass it on."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.event_rows import (
    AD_READ,
    COMMERCIAL,
    CONFESSION_READ,
    DEBATE_READ,
    DELETION_SEEN,
    DISCLOSED_READ,
    EXPOSE_READ,
    HIDDEN_READ,
    NORM_BREACHED,
    OVERACTED_READ,
    READ_AS,
    RIVAL_EXPOSED,
    SEEN_THROUGH,
    SPAM_READ,
    TOOK_PART,
)
from sim.kernels.diary import note
from sim.kernels.draws import absorb, unit
from sim.kernels.evidence import effect, experience, in_secret, trust, uncover
from sim.kernels.jit import inlined, part
from sim.kernels.relaying import has_posted, reply
from sim.kernels.ties import believe, doubt, slot_to
from sim.laws import Laws
from sim.state import (
    ANNOYED,
    BRAND_POST,
    CONFESSING,
    CRITICISM,
    DEBATED,
    DELETED,
    EXPOSE,
    HIDDEN,
    KNOWN,
    NOBODY,
    PRAISE,
    REFUGE,
    SPAM,
    UNAWARE,
    USED,
    BrandDay,
    Members,
    Outbox,
    Records,
    Relations,
    Ties,
)

# What became of a message in somebody's feed.
SKIPPED = 0
READ = 1
READ_AS_SELLING = 2
SEEN_AS_ORDERED = 3  # as selling, and she does not pass it on


@part
def avoids(i: int, coin: np.uint64, members: Members) -> bool:
    """Whether member i skips what she recognises as selling."""
    return unit(absorb(coin, 1)) < np.float64(members.avoidance[i]) * np.float64(members.knowledge[i])


@inlined
def read_ad(i: int, b: int, event: int, source: int, members: Members, relations: Relations, day: BrandDay, laws: Laws) -> None:
    """Member i reads a commercial message of brand b (row ``event`` of the table). ``source``: the account of the brand's own
    that it came from, −1 where that is the brand itself."""
    tone = day.tone[b] if laws.persuasion.tone_matters else 0.0
    experience(event, i, b, 1.0, 1.0, tone, source, members, relations, laws)
    if tone > 0.0:
        overact(i, b, tone, members, relations, laws)
    if laws.space.norm + laws.refuge.norm > 0.0:
        offend(i, b, members, relations, laws)
    relations.exposure[i, b] = np.float64(relations.exposure[i, b]) + 1.0


@part
def sees_through(i: int, b: int, coin: np.uint64, members: Members, relations: Relations, day: BrandDay, laws: Laws) -> bool:
    """Whether member i notices, on reading it, that praise for brand b was ordered (L6)."""
    law = laws.discovery
    chance = law.chance * (1.0 + law.by_knowledge * np.float64(members.knowledge[i]))
    tone = day.secret_tone[b] if laws.persuasion.tone_matters else 0.0
    if tone > 0.0:
        evidence = np.float64(relations.good[i, b]) + np.float64(relations.bad[i, b])
        chance *= 1.0 + law.by_tone * max(0.0, tone - evidence / (evidence + 2.0))
    return unit(absorb(coin, 2)) < chance


@part
def _freshness(k: int, per_scale: float, ties: Ties, laws: Laws) -> float:
    """How much one more word about brands on the tie in slot k weighs: the tenth from the same friend tells little."""
    told = np.float64(ties.told[k])
    ties.told[k] = told + per_scale
    return 1.0 / (1.0 + laws.trust.repetition * told / per_scale)


@part
def _novelty(i: int, b: int, relations: Relations, laws: Laws) -> float:
    """How much one more secret of brand b weighs with member i: the tenth post about them tells her little."""
    learned = np.float64(relations.scandal[i, b])
    relations.scandal[i, b] = learned + 1.0
    return 1.0 / (1.0 + laws.trust.repetition * learned)


@part
def _hear_spam(i: int, k: int, coin: np.uint64, per_scale: float, members: Members, ties: Ties, laws: Laws) -> int:
    """Member i reads, or skips, the promotion of something that is not the model's concern."""
    if avoids(i, coin, members):
        return SKIPPED
    knowledge = np.float64(members.knowledge[i])
    steps = laws.events.knowledge[SPAM_READ]
    members.knowledge[i] = min(1.0, knowledge + steps * laws.persuasion.learning * (1.0 - knowledge))
    if laws.trust.learned and laws.events.tie_loss[SPAM_READ] > 0.0:
        doubt(SPAM_READ, i, NOBODY, k, laws.events.tie_loss[SPAM_READ], per_scale, members, ties)
    ties.status[k] |= ANNOYED
    ties.marked[i] = 1
    if members.diary.size > 0:
        note(SPAM_READ, i, NOBODY, ties.target[k], 1.0, 0.0, 0.0, members)
    return READ_AS_SELLING


@part
def offend(i: int, b: int, members: Members, relations: Relations, laws: Laws) -> None:
    """Brand b is held responsible for selling to member i where it is not done."""
    norm = laws.refuge.norm if members.space[i] == REFUGE else laws.space.norm
    if norm > 0.0:
        experience(NORM_BREACHED, i, b, 1.0, -norm, 0.0, NOBODY, members, relations, laws)


@part
def overact(i: int, b: int, tone: float, members: Members, relations: Relations, laws: Laws) -> None:
    """Brand b's tone is held against how well member i knows it."""
    experience(OVERACTED_READ, i, b, 1.0, 1.0, tone, NOBODY, members, relations, laws)


@part
def hear(
    c: int,
    i: int,
    k: int,
    item: Any,
    coin: np.uint64,
    x: float,
    oldest: int,
    first_reply: int,
    per_scale: float,
    members: Members,
    ties: Ties,
    relations: Relations,
    outbox: Outbox,
    day: BrandDay,
    laws: Laws,
    brands: Records,
) -> int:
    """Member i reads a message about a brand that came through her tie in slot k, of trust x; returns what became of it.

    ``coin``: the item's draw; ``first_reply``: cascade number of what member 0 may say of brand 0 because of today's reading;
    ``per_scale``: stored units of tie evidence per true unit.
    """
    kind = item["kind"]
    b = np.int64(item["brand"])
    origin = item["origin"]
    learned = laws.trust.learned
    source = k  # the tie to the account a secret is about
    known = False
    if kind in (HIDDEN, EXPOSE):
        if kind == EXPOSE or item["depth"] > 0:
            source = slot_to(i, origin, ties)
        known = source >= 0 and (ties.status[source] & KNOWN) > 0
    deleted = False
    if kind == SPAM:
        return _hear_spam(i, k, coin, per_scale, members, ties, laws)
    event = AD_READ if known and kind == HIDDEN else READ_AS[kind]
    if kind == CRITICISM and item["flags"] & DELETED:
        if unit(absorb(coin, 4)) >= laws.censorship.seen:
            return SKIPPED
        deleted = True
    elif kind == CRITICISM and item["flags"] & DEBATED:
        event = DEBATE_READ
    selling = bool(COMMERCIAL[kind]) or (known and kind == HIDDEN)
    if selling:
        if avoids(i, coin, members):
            return SKIPPED
        brands[c, b].ad_reads += 1
        ties.status[k] |= ANNOYED
        ties.marked[i] = 1
    if event == AD_READ:
        read_ad(i, b, AD_READ, origin if kind == HIDDEN else NOBODY, members, relations, day, laws)
        if kind == BRAND_POST and item["flags"] & CONFESSING and relations.hidden[i, b] > 0.0:
            uncover(CONFESSION_READ, i, b, 1.0, NOBODY, members, relations, laws)
        return READ_AS_SELLING
    if learned and event != EXPOSE_READ:
        if laws.events.tie_gain[event] > 0.0:
            believe(k, laws.events.tie_gain[event] * per_scale, ties)
        if laws.events.tie_loss[event] > 0.0:
            doubt(event, i, b, k, laws.events.tie_loss[event], per_scale, members, ties)
    if origin == i:
        return READ_AS_SELLING if selling else READ
    if event != EXPOSE_READ:
        x *= _freshness(k, per_scale, ties, laws)

    if event == HIDDEN_READ:
        # Who speaks for the brand herself knows how such praise comes about, and says nothing.
        insider = members.sponsor[i] == b and members.role[i] != UNAWARE
        if insider or not sees_through(i, b, coin, members, relations, day, laws):
            brands[c, b].secret_reads += 1
            in_secret(HIDDEN_READ, i, b, x, origin, members, relations, laws)
            return READ
        brands[c, b].discoveries += 1
        used = (item["flags"] & USED) > 0
        uncover(SEEN_THROUGH, i, b, 1.0, origin, members, relations, laws)
        _novelty(i, b, relations, laws)
        if source >= 0:
            ties.status[source] |= KNOWN
            if learned and not used:
                doubt(SEEN_THROUGH, i, b, source, laws.events.tie_loss[SEEN_THROUGH], per_scale, members, ties)
        if unit(absorb(coin, 3)) < laws.discovery.exposing:
            reply(i, b, origin, EXPOSE, USED if used else 0, first_reply, oldest, relations, outbox)
        return SEEN_AS_ORDERED
    if event == EXPOSE_READ:
        if has_posted(i, item["cascade"], outbox):
            return READ
        weight = x * _novelty(i, b, relations, laws)
        uncover(EXPOSE_READ, i, b, weight, origin, members, relations, laws)
        for other in range(relations.good.shape[1]):
            if other != b and relations.aware[i, other]:
                experience(RIVAL_EXPOSED, i, other, weight, 1.0, 0.0, origin, members, relations, laws)
        if source >= 0:
            ties.status[source] |= KNOWN
            if learned and not known and not item["flags"] & USED:
                doubt(EXPOSE_READ, i, b, source, laws.events.tie_loss[EXPOSE_READ] * x, per_scale, members, ties)
    else:
        if event == DISCLOSED_READ and members.secretive[origin] and relations.hidden[i, b] > 0.0:
            uncover(CONFESSION_READ, i, b, x, origin, members, relations, laws)
        experience(event, i, b, x, 1.0, 0.0, origin, members, relations, laws)
        if selling:
            relations.exposure[i, b] = np.float64(relations.exposure[i, b]) + 1.0
            offend(i, b, members, relations, laws)
        if deleted and unit(absorb(coin, 5)) < laws.censorship.noticed:
            brands[c, b].witnessed += 1
            experience(DELETION_SEEN, i, b, 1.0, 1.0, 0.0, origin, members, relations, laws)
            if unit(absorb(coin, 6)) < laws.censorship.protest:
                reply(i, b, i, CRITICISM, 0, first_reply, oldest, relations, outbox)
    return READ_AS_SELLING if selling else READ


@part
def contribute(
    c: int,
    i: int,
    b: int,
    coin: np.uint64,
    oldest: int,
    first_reply: int,
    members: Members,
    relations: Relations,
    outbox: Outbox,
    day: BrandDay,
    laws: Laws,
    brands: Records,
) -> None:
    """Member i, who has read an open question of brand b, may answer it tomorrow, in public: praise with probability τ, else
    criticism."""
    willing = effect(np.float64(members.knowledge[i]), np.float64(relations.exposure[i, b]), laws.persuasion)
    if unit(absorb(coin, 2)) >= laws.speech.contribution_rate * willing:
        return
    tau = trust(np.float64(relations.good[i, b]), np.float64(relations.bad[i, b])) if laws.trust.learned else 0.5
    kind = PRAISE if unit(absorb(coin, 3)) < tau else CRITICISM
    if reply(i, b, i, kind, 0, first_reply, oldest, relations, outbox):
        brands[c, b].contributions += 1
        experience(TOOK_PART, i, b, 1.0, day.question_return[b], 0.0, NOBODY, members, relations, laws)
