"""Strategies that ask members to take part, and strategies that single them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from sim.declare import Parameter as P
from sim.strategies.actions import Actions, Ask, BrandView, Censor, Contest, Debate, Intrude, Post, Reach, Target
from sim.strategies.broadcasting import PaidReach, PostsPerDay

OpenQuestions = Annotated[float, P("open questions to the community", "per day", 0, 20)]
Reward = Annotated[float, P("what an entry is promised", "experiences", 0, 10)]
Effort = Annotated[float, P("what taking part costs a member", "experiences", 0, 10)]
Credit = Annotated[float, P("recognition given to whoever takes part", "experiences", 0, 10)]
OwnPosts = Annotated[float, P("posts on the brand's account", "posts/day", 0, 20)]


@dataclass(frozen=True, slots=True)
class ContestCampaign:
    """Broadcast, and hold a contest now and then that pays in prizes and gives no credit. Essay E2."""

    every_days: Annotated[int, P("days from one contest to the next", "days", 1, 1000)] = 30
    reward: Reward = 0.3
    effort: Effort = 0.3
    credit: Credit = 0.0
    posts_per_day: PostsPerDay = 1.0
    paid_reach: PaidReach = 0.1

    def decide(self, view: BrandView) -> Actions:
        today = view.day % self.every_days == self.every_days - 1
        contest = Contest(self.reward, self.effort, self.credit) if today else None
        return Actions(post=Post(self.posts_per_day), reach=Reach(self.paid_reach), contest=contest)


@dataclass(frozen=True, slots=True)
class Collaborative:
    """Say little, ask, and give credit for what comes back. Essay E4."""

    questions_per_day: OpenQuestions = 0.5
    credit: Credit = 1.0
    effort: Effort = 0.3
    posts_per_day: OwnPosts = 0.1

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day), ask=Ask(self.questions_per_day, self.credit, self.effort))


@dataclass(frozen=True, slots=True)
class OpenDebate:
    """Ask in public, reply to critics in public, delete nothing. Essay E4; two-sided messages: Allen (1991)."""

    questions_per_day: OpenQuestions = 0.5
    replies_per_day: Annotated[int, P("criticisms replied to in public at most", "replies/day", 0, 100_000)] = 10
    posts_per_day: OwnPosts = 0.1

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day), ask=Ask(self.questions_per_day), debate=Debate(self.replies_per_day))


@dataclass(frozen=True, slots=True)
class CensoredDebate:
    """Ask in public, and have the criticism deleted that comes back: the foil of the open debate. Essay E4."""

    questions_per_day: OpenQuestions = 0.5
    deleted: Annotated[float, P("share of the criticism that is deleted", "–", 0, 1)] = 0.8
    posts_per_day: OwnPosts = 0.1

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day), ask=Ask(self.questions_per_day), censor=Censor(self.deleted))


@dataclass(frozen=True, slots=True)
class Intrusive:
    """Jump into every conversation that mentions the brand. Essay E4."""

    mentions: Annotated[float, P("share of the mentions that are replied to, unasked", "–", 0, 1)] = 0.8
    posts_per_day: PostsPerDay = 1.0

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day), intrude=Intrude(self.mentions))


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Watch what members ask and what happens to them, and advertise accordingly. Essay E2; Aguirre et al. (2015)."""

    by: Annotated[Literal["need", "life_event", "both"], P("what singles a member out")] = "both"
    share: Annotated[float, P("share of those singled out who are shown an advertisement", "–", 0, 1)] = 0.5
    posts_per_day: PostsPerDay = 0.1

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day), target=Target(self.by, self.share))
