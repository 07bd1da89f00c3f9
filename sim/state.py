"""Every array of a run, declared: shape, type, unit, range, meaning.

Sizes: ``members`` n; ``rows`` n + 1; ``slots`` one per tie a member can have; ``brands`` B; ``relays`` how many reposts a
member remembers; ``messages`` what was posted today (grows when a day is busier than any before); ``chunks`` runs of
members that one thread works through (fixed by the graph, so that sums do not depend on the number of threads).

Ties are rows of slots, one row per member: slot k of row i says *i follows target[k]*, so content flows from the target
to i. A row never grows: an unfollow frees a slot (target −1) and a later follow fills it.

This module is the vocabulary of the kernels, so it knows nothing but numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from sim.declare import Array, declarations

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]
Records = npt.NDArray[Any]

RELAYS = 8
"""Reposts a member remembers; with ``speech.cascade_days`` this also bounds how many she makes in that time."""

NOBODY = -1
"""No member, no slot, no cascade."""

# Bits of ``Ties.status``; a free slot has none.
MUTUAL = np.uint8(1)  # the target follows back
SOUR = np.uint8(2)  # more bad evidence than good when last looked at: trust may be below one half
ANNOYED = np.uint8(4)  # something commercial was read on this tie today

# Values of ``Outbox.voice``.
SILENT = np.uint8(0)
PRAISE_VOICE = np.uint8(1)
CRITICISM_VOICE = np.uint8(2)

# Values of ``Messages.kind``: what a message is, whoever passes it on.
ORGANIC = np.uint8(0)
QUESTION = np.uint8(1)
PRAISE = np.uint8(2)
CRITICISM = np.uint8(3)
BRAND_POST = np.uint8(4)
KINDS = ("organic", "question", "praise", "criticism", "brand_post")


MESSAGE = np.dtype(
    [
        ("cascade", np.int64),  # number of the cascade it belongs to
        ("origin", np.int32),  # who said it first: a member, or −2 − b for brand b
        ("kind", np.uint8),  # what it is
        ("brand", np.uint8),  # the brand it is about, where it is about one
        ("depth", np.uint16),  # steps from the author: 0 for an original
    ]
)
"""A message, wherever it stands: one record, because whoever needs one of its fields needs most of them. Without gaps, so
that equal messages are equal bytes."""


class Members(NamedTuple):
    """Who the members are (drawn once) and the state of mind they share across brands."""

    key: Annotated[U64, Array("identity in random draws; stays with a member when members are relabelled", ("members",), "u8")]
    activity: Annotated[F32, Array("organic posts when the space is clean", ("members",), "f4", "posts/day", 0)]
    attention: Annotated[F32, Array("items read when more are offered", ("members",), "f4", "items/day", 0)]
    frailty: Annotated[F32, Array("readiness to drop ties and brands, mean 1", ("members",), "f4", "–", 0)]
    avoidance: Annotated[
        F32,
        Array("chance of skipping what is recognised as commercial, at full persuasion knowledge", ("members",), "f4", "–", 0, 1),
    ]
    knowledge: Annotated[F32, Array("persuasion knowledge, shared by all brands", ("members",), "f4", "–", 0, 1)]
    clutter: Annotated[F32, Array("moving average of the commercial share of what is read", ("members",), "f4", "–", 0, 1)]


class Ties(NamedTuple):
    """Who follows whom, and the evidence behind the trust in each tie.

    Evidence is kept in units of the first day: true evidence = stored × ``tie_scale`` of the run, so forgetting costs
    nothing per tie. Trust x = (good + 1) / (good + bad + 2), on true evidence.
    """

    start: Annotated[I64, Array("first slot of each row", ("rows",), "i8", "slot", 0)]
    living: Annotated[I32, Array("ties in each row; they fill its first slots", ("members",), "i4", "ties", 0)]
    marked: Annotated[U8, Array("some tie of the row may be SOUR or ANNOYED", ("members",), "u1", "yes/no", 0, 1)]
    target: Annotated[I32, Array("whom the row's member follows, −1 when the slot is free", ("slots",), "i4", "member", -1)]
    reciprocal: Annotated[
        I32, Array("slot of the tie in the other direction, −1 when there is none", ("slots",), "i4", "slot", -1)
    ]
    good: Annotated[F32, Array("good evidence about the target", ("slots",), "f4", "experiences", 0)]
    bad: Annotated[F32, Array("bad evidence about the target", ("slots",), "f4", "experiences", 0)]
    status: Annotated[U8, Array("bits MUTUAL, SOUR, ANNOYED", ("slots",), "u1", "bits", 0, 7)]


class Relations(NamedTuple):
    """What each member thinks of, and is to, each brand. Trust τ = (good + 1) / (good + bad + 2)."""

    brand_key: Annotated[U64, Array("identity of the brand in random draws", ("brands",), "u8")]
    good: Annotated[F32, Array("good evidence r", ("members", "brands"), "f4", "experiences", 0)]
    bad: Annotated[F32, Array("bad evidence s", ("members", "brands"), "f4", "experiences", 0)]
    exposure: Annotated[
        F32, Array("exposure stock E: commercial messages read, fading", ("members", "brands"), "f4", "messages", 0)
    ]
    chance: Annotated[F32, Array("chance of adopting today, built up by today's reads", ("members", "brands"), "f4", "–", 0, 1)]
    aware: Annotated[U8, Array("has heard of the brand", ("members", "brands"), "u1", "yes/no", 0, 1)]
    follows: Annotated[U8, Array("follows the brand's account", ("members", "brands"), "u1", "yes/no", 0, 1)]
    customer: Annotated[U8, Array("0 never, 1 customer, 2 former customer", ("members", "brands"), "u1", "–", 0, 2)]
    complaint: Annotated[
        U8, Array("days the pending complaint has been open, 0 for none", ("members", "brands"), "u1", "days", 0)
    ]
    angry: Annotated[U8, Array("days of anger left", ("members", "brands"), "u1", "days", 0)]


class Outbox(NamedTuple):
    """What each member is about to post, and the reposts she remembers having made."""

    said: Annotated[U8, Array("messages posted today", ("members",), "u1", "messages", 0)]
    plain: Annotated[
        U8, Array("… of which nobody's marketing: own posts, a question, reposts of either", ("members",), "u1", "messages", 0)
    ]
    own: Annotated[U8, Array("… of which own posts, question included", ("members",), "u1", "messages", 0)]
    asks: Annotated[U8, Array("… of which a question", ("members",), "u1", "messages", 0, 1)]
    voice: Annotated[
        U8, Array("… word of mouth about each brand: none, praise, criticism", ("members", "brands"), "u1", "–", 0, 2)
    ]
    fresh: Annotated[U8, Array("bit q: relay q was decided today and goes out tomorrow", ("members",), "u1", "bits")]
    relay: Annotated[Records, Array("messages reposted; cascade −1 for none yet", ("members", "relays"), "message")]


class Messages(NamedTuple):
    """Today's messages, sorted by who posts them: member j's are ``first[j] … first[j] + said[j]``, the plain ones first."""

    first: Annotated[I32, Array("index of each member's first message", ("members",), "i4", "message", 0)]
    item: Annotated[Records, Array("the messages", ("messages",), "message")]


class BrandDay(NamedTuple):
    """What each brand does today, and how good its product is."""

    quality: Annotated[F64, Array("chance that an experience of the product is good", ("brands",), "f8", "–", 0, 1)]
    improvements: Annotated[I32, Array("issues taken up in the product today", ("brands",), "i4", "issues", 0)]
    posts: Annotated[I32, Array("posts today, duplicates included", ("brands",), "i4", "posts", 0)]
    duplicates: Annotated[
        I32, Array("… of which repeat an earlier one (the last ones of the day)", ("brands",), "i4", "posts", 0)
    ]
    tone: Annotated[F64, Array("how familiar the posts sound", ("brands",), "f8", "–", 0, 1)]
    reach: Annotated[F64, Array("share of the members shown each post for money", ("brands",), "f8", "–", 0, 1)]
    cascade: Annotated[I64, Array("cascade number of the brand's first post today", ("brands",), "i8", "cascade", 0)]
    answers: Annotated[I32, Array("questions answered today", ("brands",), "i4", "answers", 0)]
    replies: Annotated[I32, Array("complaints replied to today", ("brands",), "i4", "replies", 0)]
    resolved: Annotated[I32, Array("… of which resolved", ("brands",), "i4", "replies", 0)]


class Books(NamedTuple):
    """Each brand's money and customers since it entered."""

    spent: Annotated[F64, Array("money spent", ("brands",), "f8", "money", 0)]
    earned: Annotated[F64, Array("margin on customers", ("brands",), "f8", "money", 0)]
    value: Annotated[F64, Array("net present value: earned less spent, discounted", ("brands",), "f8", "money")]
    spent_today: Annotated[F64, Array("money spent today", ("brands",), "f8", "money", 0)]
    earned_today: Annotated[F64, Array("margin on customers today", ("brands",), "f8", "money", 0)]
    adopters: Annotated[I64, Array("members who have ever become customers", ("brands",), "i8", "members", 0)]


class CommunityTally(NamedTuple):
    """What happened in the community today, counted per chunk of members."""

    offered: Annotated[I64, Array("items offered to members", ("chunks",), "i8", "items", 0)]
    reads: Annotated[I64, Array("items read", ("chunks",), "i8", "items", 0)]
    commercial_reads: Annotated[I64, Array("commercial items read", ("chunks",), "i8", "items", 0)]
    organic_posts: Annotated[
        I64, Array("posts that are nobody's marketing: plain posts and questions", ("chunks",), "i8", "posts", 0)
    ]
    questions: Annotated[I64, Array("questions asked", ("chunks",), "i8", "posts", 0)]
    reposts: Annotated[I64, Array("messages passed on", ("chunks",), "i8", "posts", 0)]
    deep_reposts: Annotated[I64, Array("messages passed on three or more steps from the author", ("chunks",), "i8", "posts", 0)]
    unfollows_drift: Annotated[I64, Array("ties dropped for no reason", ("chunks",), "i8", "ties", 0)]
    unfollows_distrust: Annotated[I64, Array("ties dropped for distrust", ("chunks",), "i8", "ties", 0)]
    unfollows_annoyance: Annotated[I64, Array("ties dropped for commercial posts", ("chunks",), "i8", "ties", 0)]
    ties_formed: Annotated[I64, Array("new ties", ("chunks",), "i8", "ties", 0)]


class BrandTally(NamedTuple):
    """What happened between the community and each brand today, counted per chunk of members."""

    impressions: Annotated[I64, Array("showings of the brand's posts", ("chunks", "brands"), "i8", "items", 0)]
    paid_impressions: Annotated[I64, Array("… of which paid for", ("chunks", "brands"), "i8", "items", 0)]
    ad_reads: Annotated[I64, Array("commercial messages of the brand read", ("chunks", "brands"), "i8", "items", 0)]
    praise: Annotated[I64, Array("positive word of mouth posted", ("chunks", "brands"), "i8", "posts", 0)]
    criticism: Annotated[I64, Array("negative word of mouth posted", ("chunks", "brands"), "i8", "posts", 0)]
    adoptions: Annotated[I64, Array("members who became customers for the first time", ("chunks", "brands"), "i8", "members", 0)]
    returns: Annotated[I64, Array("former customers who came back", ("chunks", "brands"), "i8", "members", 0)]
    churned: Annotated[I64, Array("customers who left", ("chunks", "brands"), "i8", "members", 0)]
    complaints: Annotated[I64, Array("complaints made", ("chunks", "brands"), "i8", "complaints", 0)]
    ignored: Annotated[I64, Array("complaints that ran out of patience", ("chunks", "brands"), "i8", "complaints", 0)]
    follows: Annotated[I64, Array("members who began to follow the brand", ("chunks", "brands"), "i8", "members", 0)]
    brand_unfollows_drift: Annotated[I64, Array("followers lost for no reason", ("chunks", "brands"), "i8", "members", 0)]
    brand_unfollows_distrust: Annotated[I64, Array("followers lost for distrust", ("chunks", "brands"), "i8", "members", 0)]
    brand_unfollows_overexposure: Annotated[
        I64, Array("followers lost for too many posts", ("chunks", "brands"), "i8", "members", 0)
    ]


class CommunitySums(NamedTuple):
    """Sums over the members at the end of the day, per chunk."""

    knowledge: Annotated[F64, Array("persuasion knowledge", ("chunks",), "f8")]
    clutter: Annotated[F64, Array("commercial share of what is read", ("chunks",), "f8")]


class BrandSums(NamedTuple):
    """Sums over the members at the end of the day, per chunk and brand."""

    trust: Annotated[F64, Array("trust", ("chunks", "brands"), "f8")]
    familiarity: Annotated[F64, Array("familiarity", ("chunks", "brands"), "f8")]
    distrusting: Annotated[F64, Array("members with trust below .35", ("chunks", "brands"), "f8")]
    aware: Annotated[F64, Array("members who know the brand", ("chunks", "brands"), "f8")]
    followers: Annotated[F64, Array("members who follow it", ("chunks", "brands"), "f8")]
    customers: Annotated[F64, Array("customers", ("chunks", "brands"), "f8")]


Group = TypeVar("Group", bound=tuple[Any, ...])


def allocate(group: type[Group], sizes: Mapping[str, int]) -> Group:
    """Arrays of ``group`` filled with zeros, or with −1 where −1 is the lowest value (nobody, no slot)."""
    arrays = []
    for _, _, array in declarations(group, Array):
        shape = tuple(sizes[dim] for dim in array.dims)
        if array.dtype == "message":
            arrays.append(np.full(shape, np.array((NOBODY, NOBODY, 0, 0, 0), MESSAGE)))
        else:
            arrays.append(np.full(shape, NOBODY if array.low == NOBODY else 0, array.dtype))
    return group(*arrays)


def out_of_range(group: tuple[Any, ...]) -> list[str]:
    """Names of the arrays of ``group`` with a value outside the declared range or not finite."""
    bad = []
    for (name, _, array), values in zip(declarations(type(group), Array), group, strict=True):
        low = -np.inf if array.low is None else array.low
        high = np.inf if array.high is None else array.high
        if array.dtype == "message":
            values = values["kind"]
            high = len(KINDS) - 1
        if values.size and not (np.isfinite(values).all() and values.min() >= low and values.max() <= high):
            bad.append(name)
    return bad
