"""Strategies that talk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from sim.declare import Parameter as P
from sim.strategies.actions import Actions, BrandView, Post, Reach

PostsPerDay = Annotated[float, P("posts on the brand's account", "posts/day", 0, 20)]
PaidReach = Annotated[float, P("share of the other members shown each post for money", "–", 0, 1)]
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
