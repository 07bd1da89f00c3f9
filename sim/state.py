"""Every array of a run, declared: shape, type, unit, range, meaning.

Sizes: ``members`` n; ``rows`` n + 1; ``slots`` one per tie a member can have; ``brands`` B; ``relays`` how many reposts a
member remembers; ``messages`` what was posted today (grows when a day is busier than any before); ``notes`` what is
written down today for members who keep a diary; ``one`` a single number.

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
I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
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
KNOWN = np.uint8(8)  # the follower knows that the target speaks for a brand in secret

# Values of ``Messages.kind``: what a message is, whoever passes it on. ``Outbox.voice`` says which of those about a brand a
# member posts today; SILENT for none.
ORGANIC = np.uint8(0)
QUESTION = np.uint8(1)
PRAISE = np.uint8(2)
CRITICISM = np.uint8(3)
BRAND_POST = np.uint8(4)
HIDDEN = np.uint8(5)  # praise on behalf of a brand that does not say so
DISCLOSED = np.uint8(6)  # praise on behalf of a brand that says so
EXPOSE = np.uint8(7)  # "this account speaks for a brand in secret"; the origin of the message is the account it names
ENTRY = np.uint8(8)  # an entry to a brand's contest
SPAM = np.uint8(9)  # a member's promotion of something of her own
KINDS = ("organic", "question", "praise", "criticism", "brand_post", "hidden", "disclosed", "expose", "entry", "spam")
SILENT = np.uint8(0)

# Values of ``Members.space``.
PLATFORM = np.uint8(0)  # the open platform, where the brands are
REFUGE = np.uint8(1)  # a place of the members' own, where no brand is
GONE = np.uint8(2)  # left for good
OUTSIDE = np.uint8(3)  # not there yet
SPACES = ("platform", "refuge", "gone", "outside")

# Bits of a message's ``flags``.
USED = np.uint8(1)  # hidden praise, and exposés of it: the brand posts in the name of the account without asking
DEBATED = np.uint8(2)  # criticism: the brand has replied in public
DELETED = np.uint8(4)  # criticism: the brand has had it deleted in the course of the day
CONFESSING = np.uint8(8)  # a brand's post: it owns up to what was said for the brand in secret

# Values of ``Members.role``: for whom a member speaks, besides for herself.
HERSELF = np.uint8(0)
PLANTED = np.uint8(1)  # an account that a brand keeps for posing as a member
COVERT = np.uint8(2)  # a member recruited to praise without saying why
OPEN = np.uint8(3)  # a member recruited to praise and to say that she is
UNAWARE = np.uint8(4)  # a member in whose name the brand posts without asking her
ROLES = ("herself", "planted", "covert", "open", "unaware")


MESSAGE = np.dtype(
    [
        ("cascade", np.int64),  # number of the cascade it belongs to
        ("origin", np.int32),  # who said it first: a member, or −2 − b for brand b
        ("kind", np.uint8),  # what it is
        ("brand", np.uint8),  # the brand it is about, where it is about one
        ("depth", np.uint8),  # steps from the author: 0 for an original
        ("flags", np.uint8),  # what has been done about it in public
    ]
)
"""A message, wherever it stands: one record, because whoever needs one of its fields needs most of them. Without gaps, so
that equal messages are equal bytes."""


NOTE = np.dtype(
    [
        ("step", np.int32),  # day of the run, burn-in included
        ("member", np.int32),  # to whom it happened
        ("what", np.int16),  # row of the event table, or one of the happenings below
        ("brand", np.int16),  # the brand concerned, −1 for none
        ("other", np.int32),  # who it came from or whom it concerns: a member, −1 for nobody
        ("weight", np.float32),  # trust in whom it came from; how many, of posts read; the row of the table, of a doubt
        ("before", np.float32),  # trust in the brand, or of a tie in the other member, before
        ("after", np.float32),  # … and after
    ]
)
"""An entry in a member's diary."""

# Happenings besides the rows of the event table.
(
    POSTS_READ,
    SAID,
    BECAME_CUSTOMER,
    LEFT_BRAND_DRIFT,
    LEFT_BRAND_DISTRUST,
    COMPLAINED,
    FOLLOWED_BRAND,
    UNFOLLOWED_BRAND_DRIFT,
    UNFOLLOWED_BRAND_DISTRUST,
    UNFOLLOWED_BRAND_TIRED,
    FOLLOWED,
    UNFOLLOWED_DRIFT,
    UNFOLLOWED_DISTRUST,
    UNFOLLOWED_ANNOYED,
    MOVED,
    DOUBTED,
    FOLLOWER_AT_FIRST,
    CUSTOMER_AT_FIRST,
) = range(1000, 1018)


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
    tolerance: Annotated[
        F32, Array("commercial share of what is read above which she thinks of leaving", ("members",), "f4", "–", 0, 1)
    ]
    promotion: Annotated[F32, Array("posts that promote something of her own", ("members",), "f4", "posts/day", 0, 1)]
    space: Annotated[U8, Array("where she is: platform, refuge, gone, outside", ("members",), "u1", "–", 0, 3)]
    knowledge: Annotated[F32, Array("persuasion knowledge, shared by all brands", ("members",), "f4", "–", 0, 1)]
    clutter: Annotated[F32, Array("moving average of the commercial share of what is read", ("members",), "f4", "–", 0, 1)]
    role: Annotated[U8, Array("for whom she speaks: herself, planted, covert, open, unaware", ("members",), "u1", "–", 0, 4)]
    sponsor: Annotated[I8, Array("the brand she speaks for, −1 for none", ("members",), "i1", "brand", -1)]
    keeps_diary: Annotated[U8, Array("what happens to her is written down", ("members",), "u1", "yes/no", 0, 1)]
    diary: Annotated[
        Records, Array("what has happened today to those who keep a diary; empty when nobody does", ("notes",), "note")
    ]
    n_notes: Annotated[I64, Array("how much of it is written", ("one",), "i8", "notes", 0)]
    secretive: Annotated[U8, Array("she has spoken for a brand in secret", ("members",), "u1", "yes/no", 0, 1)]
    exposed: Annotated[U8, Array("it is public that she speaks for a brand in secret", ("members",), "u1", "yes/no", 0, 1)]


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
    told: Annotated[F32, Array("word of mouth about brands heard on the tie, fading", ("slots",), "f4", "messages", 0)]
    status: Annotated[U8, Array("bits MUTUAL, SOUR, ANNOYED, KNOWN", ("slots",), "u1", "bits", 0, 15)]


class Relations(NamedTuple):
    """What each member thinks of, and is to, each brand. Trust τ = (good + 1) / (good + bad + 2)."""

    brand_key: Annotated[U64, Array("identity of the brand in random draws", ("brands",), "u8")]
    good: Annotated[F32, Array("good evidence r", ("members", "brands"), "f4", "experiences", 0)]
    bad: Annotated[F32, Array("bad evidence s", ("members", "brands"), "f4", "experiences", 0)]
    hidden: Annotated[
        F32, Array("part of the good evidence that was gained in secret, h", ("members", "brands"), "f4", "experiences", 0)
    ]
    exposure: Annotated[
        F32, Array("exposure stock E: commercial messages read, fading", ("members", "brands"), "f4", "messages", 0)
    ]
    chance: Annotated[F32, Array("chance of adopting today, built up by today's reads", ("members", "brands"), "f4", "–", 0, 1)]
    scandal: Annotated[F32, Array("secrets of the brand she has learned of, fading", ("members", "brands"), "f4", "messages", 0)]
    aware: Annotated[U8, Array("has heard of the brand", ("members", "brands"), "u1", "yes/no", 0, 1)]
    follows: Annotated[U8, Array("follows the brand's account", ("members", "brands"), "u1", "yes/no", 0, 1)]
    customer: Annotated[U8, Array("0 never, 1 customer, 2 former customer", ("members", "brands"), "u1", "–", 0, 2)]
    complaint: Annotated[
        U8, Array("days the pending complaint has been open, 0 for none", ("members", "brands"), "u1", "days", 0)
    ]
    angry: Annotated[U8, Array("days of anger left", ("members", "brands"), "u1", "days", 0)]
    targeted: Annotated[
        U8, Array("singled out today for an advertisement: 1 by need, 2 by life event", ("members", "brands"), "u1", "–", 0, 2)
    ]


class Outbox(NamedTuple):
    """What each member is about to post, and the reposts she remembers having made."""

    said: Annotated[U8, Array("messages posted today", ("members",), "u1", "messages", 0)]
    plain: Annotated[
        U8, Array("… of which nobody's marketing: own posts, a question, reposts of either", ("members",), "u1", "messages", 0)
    ]
    own: Annotated[U8, Array("… of which own posts, question included", ("members",), "u1", "messages", 0)]
    asks: Annotated[U8, Array("… of which a question", ("members",), "u1", "messages", 0, 1)]
    promotes: Annotated[U8, Array("… of which a promotion of something of her own", ("members",), "u1", "messages", 0, 1)]
    voice: Annotated[
        U8, Array("… about each brand: kind of message, 0 for none", ("members", "brands"), "u1", "–", 0, len(KINDS) - 1)
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
    removed: Annotated[I32, Array("posts and open questions that moderators removed today", ("brands",), "i4", "posts", 0)]
    duplicates: Annotated[
        I32, Array("… of which repeat an earlier one (the last ones of the day)", ("brands",), "i4", "posts", 0)
    ]
    questions: Annotated[I32, Array("open questions posted today", ("brands",), "i4", "posts", 0)]
    question_return: Annotated[F64, Array("credit for an answer to them less its effort", ("brands",), "f8", "experiences")]
    targets: Annotated[U8, Array("somebody is singled out for an advertisement today", ("brands",), "u1", "yes/no", 0, 1)]
    confesses: Annotated[U8, Array("its posts own up to what was done in secret", ("brands",), "u1", "yes/no", 0, 1)]
    entries: Annotated[I32, Array("entries to its contest today", ("brands",), "i4", "posts", 0)]
    debates: Annotated[I32, Array("criticisms replied to in public today", ("brands",), "i4", "replies", 0)]
    deletions: Annotated[I32, Array("criticisms deleted today", ("brands",), "i4", "posts", 0)]
    intrusions: Annotated[I32, Array("unasked replies to mentions today", ("brands",), "i4", "replies", 0)]
    tone: Annotated[F64, Array("how familiar the posts sound", ("brands",), "f8", "–", 0, 1)]
    secret_tone: Annotated[F64, Array("how familiar what is said for it in secret sounds", ("brands",), "f8", "–", 0, 1)]
    planted: Annotated[I32, Array("accounts planted today", ("brands",), "i4", "accounts", 0)]
    recruited: Annotated[I32, Array("ambassadors recruited today, the unaware left out", ("brands",), "i4", "members", 0)]
    planted_posts: Annotated[I32, Array("posts by planted accounts today", ("brands",), "i4", "posts", 0)]
    ambassador_posts: Annotated[I32, Array("posts by ambassadors, willing or not, today", ("brands",), "i4", "posts", 0)]
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


Group = TypeVar("Group", bound=tuple[Any, ...])


def allocate(group: type[Group], sizes: Mapping[str, int]) -> Group:
    """Arrays of ``group`` filled with zeros, or with −1 where −1 is the lowest value (nobody, no slot)."""
    arrays = []
    for _, _, array in declarations(group, Array):
        shape = tuple(sizes.get(dim, 0) for dim in array.dims)
        if array.dtype == "message":
            arrays.append(np.full(shape, np.array((NOBODY, NOBODY, 0, 0, 0, 0), MESSAGE)))
        elif array.dtype == "note":
            arrays.append(np.zeros(shape, NOTE))
        else:
            arrays.append(np.full(shape, NOBODY if array.low == NOBODY else 0, array.dtype))
    return group(*arrays)


def out_of_range(group: tuple[Any, ...]) -> list[str]:
    """Names of the arrays of ``group`` with a value outside the declared range or not finite."""
    bad = []
    for (name, _, array), values in zip(declarations(type(group), Array), group, strict=True):
        low = -np.inf if array.low is None else array.low
        high = np.inf if array.high is None else array.high
        if array.dtype == "note":
            continue
        if array.dtype == "message":
            values = values["kind"]
            high = len(KINDS) - 1
        if values.size and not (np.isfinite(values).all() and values.min() >= low and values.max() <= high):
            bad.append(name)
    return bad
