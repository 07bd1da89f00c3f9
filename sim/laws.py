"""The numbers of the laws: one class per section of a scenario file, one field per number.

A default is written here and nowhere else. Scenario files, their JSON schema, ``murmur list`` and the tables of
``docs/odd.md`` are generated from these declarations. Sources are in ``docs/bibliography.md``; "A" marks an assumption.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np

from sim.declare import Parameter as P
from sim.events import EventTable
from sim.state import Records


class MemberTraits(NamedTuple):
    """How members differ. Each trait is drawn once per member."""

    activity_median: Annotated[
        float, P("organic posts of the median member; with the spread, .18 a day on average", "posts/day", 0, 20, "CollegeMsg")
    ] = 0.05
    activity_spread: Annotated[
        float,
        P("standard deviation of log activity; 1.6 lets the top 1 % write about a quarter", "–", 0, 3, "CollegeMsg, Bitcoin-OTC"),
    ] = 1.6
    attention_median: Annotated[
        float, P("items the median member reads a day when more are offered", "items/day", 0, 1e9, likely=(10, 100))
    ] = 30.0
    attention_spread: Annotated[float, P("standard deviation of log attention", "–", 0, 2)] = 0.5
    frailty_shape: Annotated[
        float,
        P(
            "shape of the Gamma frailty (mean 1): small means that few members do most of the leaving",
            "–",
            0.01,
            1e6,
            "tuned: S11",
        ),
    ] = 0.6
    avoidance_a: Annotated[float, P("first shape of the Beta law of ad-avoidance", "–", 0.01, 1e3)] = 2.0
    avoidance_b: Annotated[float, P("second shape of the Beta law of ad-avoidance", "–", 0.01, 1e3)] = 2.0
    tolerance_a: Annotated[float, P("first shape of the Beta law of tolerance for a commercial feed", "–", 0.01, 1e3)] = 3.0
    tolerance_b: Annotated[float, P("second shape of the Beta law of tolerance", "–", 0.01, 1e3)] = 5.0


class AttentionLaw(NamedTuple):
    """L2: how many of the offered items are read."""

    limited: Annotated[bool, P("members read at most their attention; false: everything offered is read")] = True
    clutter_memory: Annotated[float, P("daily survival of the commercial share of what a member reads", "per day", 0, 1)] = 0.9


class TrustLaw(NamedTuple):
    """L1: evidence r (good) and s (bad), trust τ = (r + 1)/(r + s + 2), the same law for brands and for ties."""

    learned: Annotated[bool, P("evidence counts; false: everybody is believed alike (x = 1, 2τ = 1) and nothing is learned")] = (
        True
    )
    memory_brand: Annotated[
        float, P("daily survival of evidence about a brand (λ)", "per day", 0.01, 1, "Jøsang & Ismail 2002")
    ] = 0.995
    memory_tie: Annotated[
        float, P("daily survival of evidence about a member (λ)", "per day", 0.01, 1, "Jøsang & Ismail 2002")
    ] = 0.998
    asymmetry: Annotated[
        float, P("weight of bad own experience against good (κ)", "–", 1, 5, "Slovic 1993; Bitcoin-OTC", (1, 5))
    ] = 3.5
    asymmetry_wom: Annotated[
        float, P("weight of bad word of mouth against good (κ_w); far above 1 critics make critics", "–", 0.7, 3, "A", (0.7, 3))
    ] = 1.25
    confirmation: Annotated[
        bool, P("what confirms an opinion weighs more: gain × 2τ, loss × 2(1 − τ)", source="Poortinga & Pidgeon 2004")
    ] = False
    repetition: Annotated[
        float, P("how soon one friend's words about brands wear out: the next weighs 1/(1 + this × those heard)", "–", 0, 100)
    ] = 1.0
    prior_good: Annotated[float, P("good evidence behind a new tie", "experiences", 0, 100)] = 1.5
    prior_bad: Annotated[float, P("bad evidence behind a new tie", "experiences", 0, 100)] = 0.5


class PersuasionLaw(NamedTuple):
    """Persuasion knowledge and wear-out: effect = (1 − PK)·exp(−ω·max(0, E − 1))."""

    learning: Annotated[
        float, P("gain in persuasion knowledge from one recognised commercial message (η)", "–", 0, 1, "Friestad & Wright 1994")
    ] = 0.01
    decay: Annotated[float, P("daily loss of persuasion knowledge", "per day", 0, 1)] = 0.002
    carryover: Annotated[
        float, P("daily survival of the exposure stock E (δ)", "per day", 0, 0.999, "Naik, Mantrala & Sawyer 1998")
    ] = 0.85
    wearout: Annotated[float, P("how fast effect falls with exposure (ω)", "per message", 0, 10)] = 0.15
    tolerated_exposure: Annotated[float, P("exposure stock above which a brand annoys (θ_E)", "messages", 0, 1e9)] = 2.0
    tone_matters: Annotated[
        bool, P("a brand's tone is held against how well one knows it; false: any tone is plain", source="Gretry et al. 2017")
    ] = True


class SpeechLaw(NamedTuple):
    """L5: who says what, and what is passed on."""

    question_rate: Annotated[float, P("questions about the category", "per member-day", 0, 1)] = 0.01
    praise_rate: Annotated[float, P("positive word of mouth of a satisfied customer", "per day", 0, 1)] = 0.03
    praise_above: Annotated[float, P("trust above which a customer is satisfied enough to praise", "–", 0, 1)] = 0.6
    criticism_rate_angry: Annotated[float, P("negative word of mouth of an angry customer", "per day", 0, 1)] = 0.2
    criticism_rate_distrust: Annotated[
        float, P("negative word of mouth of a member who distrusts the brand", "per day", 0, 1)
    ] = 0.005
    criticism_below: Annotated[float, P("trust below which a member distrusts enough to criticise", "–", 0, 1)] = 0.25
    criticism_informs: Annotated[
        bool, P("negative word of mouth makes the unaware aware of the brand", source="Berger, Sorensen & Rasmussen 2010")
    ] = True
    silence: Annotated[float, P("how much a commercial feed silences: activity × (1 − ψ × commercial share)", "–", 0, 1)] = 1.0
    repost_organic: Annotated[float, P("chance of reposting an organic item read, × the tie's trust", "–", 0, 1, "tuned: S2")] = (
        0.015
    )
    repost_wom: Annotated[float, P("chance of reposting word of mouth read, × the tie's trust", "–", 0, 1)] = 0.01
    repost_brand: Annotated[float, P("chance of reposting a brand's post read, × trust in its bearer", "–", 0, 1)] = 0.001
    repost_disclosed: Annotated[
        float, P("chance of reposting praise that says on whose behalf, × the tie's trust", "–", 0, 1, "Carl 2008")
    ] = 0.012
    contribution_rate: Annotated[
        float, P("chance of answering a brand's open question on reading it, × (1 − PK)·exp(−wear-out)", "–", 0, 1)
    ] = 0.05
    entry_rate: Annotated[
        float, P("chance that a member who hears of a contest enters it, × g/(g + effort), g = reward + credit", "–", 0, 1)
    ] = 0.05
    repost_expose: Annotated[float, P("chance of reposting an exposé read, × the tie's trust", "–", 0, 1)] = 0.1
    cascade_days: Annotated[int, P("age at which a message is no longer passed on", "days", 1, 100000)] = 7


class DiscoveryLaw(NamedTuple):
    """L6: how praise that was ordered in secret comes to light."""

    chance: Annotated[
        float,
        P(
            "chance of seeing through one such message on reading it (d0)",
            "per read",
            0,
            1,
            "A; near chance: Ott et al. 2011",
            (1e-5, 1e-2),
        ),
    ] = 1e-4
    by_knowledge: Annotated[float, P("… grows with persuasion knowledge: × (1 + this × PK)", "–", 0, 1000)] = 4.0
    by_tone: Annotated[float, P("… and with overacting: × (1 + this × max(0, tone − familiarity))", "–", 0, 1000)] = 1.0
    exposing: Annotated[float, P("share of those who see through it who name the account in public", "–", 0, 1)] = 0.3
    by_platform: Annotated[float, P("chance that the platform finds and closes a planted account (D)", "per day", 0, 1)] = 0.001


class CensorshipLaw(NamedTuple):
    """What becomes of criticism that a brand has deleted."""

    seen: Annotated[float, P("share of its readers who read it before it is gone", "–", 0, 1)] = 0.3
    noticed: Annotated[float, P("share of these who notice that it is gone", "–", 0, 1)] = 0.1
    protest: Annotated[float, P("share of those who notice who post about it", "–", 0, 1)] = 0.3


class SpaceLaw(NamedTuple):
    """The open platform: its moderators, its norm, who promotes there, who comes in."""

    moderation: Annotated[float, P("chance that a commercial message is removed before anybody reads it", "–", 0, 1)] = 0.0
    norm: Annotated[float, P("how much selling is held against the seller: weight of the event norm_breached", "–", 0, 1)] = 0.0
    promoters: Annotated[float, P("share of the members who promote something of their own", "–", 0, 1)] = 0.0
    promotion_rate: Annotated[float, P("promotions by each of them", "posts/day", 0, 1)] = 0.3
    outside: Annotated[float, P("share of the members who are not there yet at first", "–", 0, 1)] = 0.0
    arrival_rate: Annotated[float, P("chance that one of them asks to be let in", "per day", 0, 1)] = 0.01
    vouchers: Annotated[
        int, P("members inside who must vouch for a newcomer; those may who have followed her from the start", "members", 0, 1000)
    ] = 0
    vigilance: Annotated[float, P("chance that a member does not vouch for somebody who promotes", "–", 0, 1)] = 0.9


class RefugeLaw(NamedTuple):
    """A place of the members' own, to which they can retreat: no brand posts there, sees what is said there or answers it."""

    exists: Annotated[bool, P("there is one; false: whoever leaves the platform is gone")] = False
    founders: Annotated[float, P("share of the members who are there from the start", "–", 0, 1)] = 0.05
    moderation: Annotated[float, P("chance that a commercial message is removed before anybody reads it", "–", 0, 1)] = 0.8
    norm: Annotated[float, P("how much selling is held against the seller: weight of the event norm_breached", "–", 0, 1)] = 1.0
    vouchers: Annotated[int, P("members inside who must vouch for whoever wants to come", "members", 0, 1000)] = 0


class MigrationLaw(NamedTuple):
    """L4, leaving the platform."""

    pressure: Annotated[
        float, P("hazard per unit of commercial share of what is read above the tolerated (μ)", "per day", 0, 10)
    ] = 0.005
    pull: Annotated[float, P("hazard, × the share of those one follows who have left (μ_s)", "per day", 0, 1)] = 0.002


class CustomerLaw(NamedTuple):
    """What happens between a brand and its customers."""

    experience_rate: Annotated[float, P("experiences of the product that teach something", "per customer-day", 0, 1)] = 1 / 30
    complaint_share: Annotated[float, P("share of bad experiences that become a complaint in the community", "–", 0, 1)] = 0.5
    resolved_share: Annotated[float, P("share of the replies to a complaint that resolve it", "–", 0, 1)] = 0.6
    patience_days: Annotated[int, P("days after which a complaint counts as ignored", "days", 1, 100)] = 3
    anger_days: Annotated[int, P("days of anger after an ignored complaint", "days", 0, 200)] = 7
    follow_share: Annotated[float, P("share of new customers who start to follow the brand", "–", 0, 1)] = 0.3
    life_event_rate: Annotated[
        float, P("events in a member's life that make her need something (and by which she can be targeted)", "per day", 0, 1)
    ] = 0.005
    life_event_days: Annotated[int, P("days for which such an event makes her receptive", "days", 1, 1000)] = 14


class LeavingLaw(NamedTuple):
    """L4: additive competing hazards per day; what fires first is the cause."""

    ties_end: Annotated[bool, P("members unfollow members and brands")] = True
    drift: Annotated[
        float,
        P(
            "hazard of dropping a tie or a brand for no reason (h0), × the member's frailty",
            "per day",
            0,
            1,
            "tuned: S11, S12",
        ),
    ] = 0.0035
    mutual_factor: Annotated[
        float, P("drift of a reciprocated tie relative to a one-way tie (ρ)", "–", 0, 1, "Kwak, Chun & Moon 2011")
    ] = 0.4
    distrust: Annotated[float, P("hazard per unit of trust below one half (η_d)", "per day", 0, 10)] = 0.1
    annoyance: Annotated[float, P("hazard from the commercial share of a member's posts (η_a)", "per day", 0, 1)] = 0.0005
    overexposure: Annotated[
        float, P("hazard per message of exposure above the tolerated (η_a)", "per day", 0, 1, "Sprout Social 2016")
    ] = 0.0005
    churn: Annotated[float, P("hazard of ceasing to be a customer (χ0)", "per day", 0, 1)] = 0.001
    churn_distrust: Annotated[float, P("… per unit of trust below one half (χ1)", "per day", 0, 10)] = 0.02
    refill: Annotated[float, P("chance that a free slot is filled by a new follow", "per day", 0, 1)] = 0.02


class Costs(NamedTuple):
    """What things cost and what a customer brings, in one currency unit. Rankings flip with these: sweep them."""

    post: Annotated[float, P("a brand's post", "money", 0, 1e6)] = 0.2
    planted_account: Annotated[float, P("an account planted, or one that replaces one found out", "money", 0, 1e6)] = 2.0
    planted_post: Annotated[float, P("a post by a planted account", "money", 0, 1e6)] = 0.5
    recruit: Annotated[float, P("an ambassador recruited, the unaware left out", "money", 0, 1e6)] = 5.0
    ambassador_post: Annotated[float, P("a post by a recruited ambassador, or in the name of a member", "money", 0, 1e6)] = 1.0
    impression: Annotated[float, P("one paid showing of a post to a member", "money", 0, 1e6)] = 0.002
    answer: Annotated[float, P("an answer to a question", "money", 0, 1e6)] = 1.0
    reply: Annotated[float, P("a reply to a complaint, to a critic in public, or to a mention", "money", 0, 1e6)] = 1.0
    deletion: Annotated[float, P("a criticism deleted", "money", 0, 1e6)] = 0.1
    prize: Annotated[float, P("an entry to a contest, × its reward", "money", 0, 1e6)] = 1.0
    improvement: Annotated[float, P("an issue taken up in the product", "money", 0, 1e6)] = 3.0
    margin: Annotated[float, P("margin on a customer", "money/day", 0, 1e6)] = 0.1
    discount: Annotated[float, P("discount rate of money to come", "per day", 0, 0.1)] = 0.0003


class Laws(NamedTuple):
    """All that the kernels need to know of a scenario, switches already applied."""

    attention: AttentionLaw
    trust: TrustLaw
    persuasion: PersuasionLaw
    speech: SpeechLaw
    discovery: DiscoveryLaw
    censorship: CensorshipLaw
    space: SpaceLaw
    refuge: RefugeLaw
    migration: MigrationLaw
    customers: CustomerLaw
    leaving: LeavingLaw
    events: EventTable


def packed(laws: Laws) -> Records:
    """The laws as an array of one record: to hand a kernel a named tuple of a hundred numbers takes longer than many a kernel
    does. Kernels call it ``numbers`` and begin with ``laws = numbers[0]``; the names inside are the same."""

    def dtype(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.dtype, value.shape
        if isinstance(value, tuple):
            return np.dtype((np.record, [(name, dtype(part)) for name, part in value._asdict().items()]))  # type: ignore[attr-defined]
        return {bool: np.bool_, int: np.int64, float: np.float64}[type(value)]

    def plain(value: Any) -> Any:
        return tuple(plain(part) for part in value) if isinstance(value, tuple) else value

    return np.array([plain(laws)], dtype(laws))
