"""Strategies that let members speak, with or without saying on whose behalf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from sim.declare import Parameter as P
from sim.strategies.actions import Actions, Ambassadors, Answer, BrandView, Confess, Plant, Post
from sim.strategies.broadcasting import Broadcast
from sim.strategies.listening import AnswersPerDay, ListenFirst

Accounts = Annotated[float, P("planted accounts, as a share of the members", "–", 0, 0.5)]
Recruits = Annotated[float, P("ambassadors, as a share of the members", "–", 0, 0.5)]
PraiseRate = Annotated[float, P("praise by each of them", "posts/day", 0, 1)]
SecretTone = Annotated[float, P("how familiar their praise sounds: 0 plain, 1 as to an old friend", "–", 0, 1)]
Target = Annotated[
    Literal["anyone", "popular", "influential", "customers"],
    P("whom to recruit: anyone, the most followed, the most followed in their circle, the brand's customers"),
]


def some(share: float, view: BrandView) -> int:
    """A share of the members, at least one."""
    return max(1, round(share * view.members)) if share > 0 else 0


@dataclass(frozen=True, slots=True)
class Astroturf:
    """Plant accounts that pose as members and praise the brand. Essay E3; fake reviews: Luca & Zervas (2016)."""

    accounts: Accounts = 0.01
    rate: PraiseRate = 0.5
    tone: SecretTone = 0.0

    def decide(self, view: BrandView) -> Actions:
        return Actions(plant=Plant(some(self.accounts, view), self.rate, self.tone))


@dataclass(frozen=True, slots=True)
class AmbassadorProgramme:
    """Recruit members who praise the brand: openly, covertly, or without their knowing. Essay E2; Carl (2006, 2008)."""

    recruits: Recruits = 0.01
    rate: PraiseRate = 0.2
    mode: Annotated[
        Literal["disclosed", "covert", "unaware"],
        P("they say so; they do not; the brand posts in the name of members who praised it, unasked"),
    ] = "disclosed"
    target: Target = "customers"

    def decide(self, view: BrandView) -> Actions:
        return Actions(ambassadors=Ambassadors(some(self.recruits, view), self.rate, self.mode, self.target))


@dataclass(frozen=True, slots=True)
class Infiltration:
    """Make friends first, sell later: covert ambassadors who one day turn out to be sellers. Essay E1."""

    recruits: Recruits = 0.01
    rate: PraiseRate = 0.2
    target: Target = "influential"
    selling_from: Annotated[int, P("day from which they sell openly, and answers are sales pitches", "day", 0, 100_000)] = 180
    answers_per_day: AnswersPerDay = 10

    def decide(self, view: BrandView) -> Actions:
        recruits = some(self.recruits, view)
        if view.day < self.selling_from:
            return Actions(ambassadors=Ambassadors(recruits, self.rate, "covert", self.target))
        return Actions(
            ambassadors=Ambassadors(recruits, self.rate, "disclosed", self.target),
            answer=Answer(self.answers_per_day, pitch=1.0),
        )


@dataclass(frozen=True, slots=True)
class Incoherent:
    """Listen first and plant praise at once: two faces. Essay E4."""

    accounts: Accounts = 0.01
    rate: PraiseRate = 0.5
    answers_per_day: AnswersPerDay = 10

    def decide(self, view: BrandView) -> Actions:
        listening = ListenFirst(self.answers_per_day).decide(view)
        return listening.with_(Astroturf(self.accounts, self.rate).decide(view))


@dataclass(frozen=True, slots=True)
class Repentant:
    """Broadcast, or infiltrate, until one day; then own up and listen. Essay E1."""

    before: Annotated[Literal["broadcast", "infiltration"], P("what the brand did until then")] = "infiltration"
    from_day: Annotated[int, P("day on which it owns up", "day", 0, 100_000)] = 180
    announcing_days: Annotated[int, P("days on which it says so in a post", "days", 0, 1000)] = 14

    def decide(self, view: BrandView) -> Actions:
        if view.day < self.from_day:
            return (
                Broadcast().decide(view) if self.before == "broadcast" else Infiltration(selling_from=self.from_day).decide(view)
            )
        listening = ListenFirst().decide(view).with_(Actions(confess=Confess()))
        announcing = view.day < self.from_day + self.announcing_days
        return listening.with_(Actions(post=Post(1.0))) if announcing else listening
