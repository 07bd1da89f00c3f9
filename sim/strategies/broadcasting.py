"""Strategies that talk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from sim.declare import Parameter as P
from sim.strategies.actions import MOST_POSTS, Actions, BrandView, Post, Reach

PostsPerDay = Annotated[float, P("posts on the brand's account", "posts/day", 0, 20)]
PaidReach = Annotated[float, P("share of the other members shown each post for money", "–", 0, 1)]
Tone = Annotated[float, P("how familiar the posts sound: 0 plain, 1 as to an old friend", "–", 0, 1)]
Duplicates = Annotated[float, P("share of the posts that repeat an earlier one", "–", 0, 1)]


@dataclass(frozen=True, slots=True)
class Absent:
    """Do nothing: the control every other strategy is held against."""

    def decide(self, view: BrandView) -> Actions:
        return Actions()


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Post every day, pay for reach, never reply. Essays E2, E3; advertising elasticity: Sethuraman, Tellis & Briesch (2011)."""

    posts_per_day: PostsPerDay = 2.0
    paid_reach: PaidReach = 0.1

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day), reach=Reach(self.paid_reach))


@dataclass(frozen=True, slots=True)
class Rebroadcast:
    """Broadcast that mostly repeats itself, the way accounts fed by other accounts do. Essay E3."""

    posts_per_day: PostsPerDay = 2.0
    paid_reach: PaidReach = 0.1
    duplicates: Duplicates = 0.8

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day, self.duplicates), reach=Reach(self.paid_reach))


@dataclass(frozen=True, slots=True)
class Overacted:
    """Broadcast in the tone of an old friend, to everybody. Essay E4; informal style: Gretry et al. (2017)."""

    posts_per_day: PostsPerDay = 2.0
    paid_reach: PaidReach = 0.1
    tone: Tone = 1.0

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day, tone=self.tone), reach=Reach(self.paid_reach))


@dataclass(frozen=True, slots=True)
class Pulsed:
    """Broadcast in bursts with silence between them: as many posts as ``posts_per_day`` evenly spread. Essay E3; Naik,
    Mantrala & Sawyer (1998). Never more than 20 posts a day."""

    posts_per_day: PostsPerDay = 2.0
    paid_reach: PaidReach = 0.1
    on_days: Annotated[int, P("days of posting", "days", 1, 1000)] = 7
    off_days: Annotated[int, P("days of silence after them", "days", 0, 1000)] = 7

    def decide(self, view: BrandView) -> Actions:
        period = self.on_days + self.off_days
        if view.day % period >= self.on_days:
            return Actions()
        rate = min(MOST_POSTS, self.posts_per_day * period / self.on_days)
        return Actions(post=Post(rate), reach=Reach(self.paid_reach))
