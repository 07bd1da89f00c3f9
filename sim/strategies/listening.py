"""Strategies that listen, and one that only seems to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from sim.declare import Parameter as P
from sim.strategies.actions import Actions, Answer, BrandView, Improve, Post, Reply

AnswersPerDay = Annotated[int, P("questions answered at most", "answers/day", 0, 100_000)]
RepliesPerDay = Annotated[int, P("complaints replied to at most", "replies/day", 0, 100_000)]
Coverage = Annotated[float, P("share of the complaints the brand notices", "–", 0, 1, likely=(0.3, 0.6))]
Useful = Annotated[float, P("how useful an answer is", "–", 0, 1)]
Pitch = Annotated[float, P("share of the answers that try to sell", "–", 0, 1)]


@dataclass(frozen=True, slots=True)
class ListenFirst:
    """Answer questions and complaints; speak first only rarely.

    Essays E3, E5; service recovery: de Matos, Henrique & Rossi (2007).
    """

    answers_per_day: AnswersPerDay = 10
    replies_per_day: RepliesPerDay = 10
    coverage: Coverage = 0.45
    useful: Useful = 1.0
    posts_per_day: Annotated[float, P("posts on the brand's account", "posts/day", 0, 20)] = 0.1

    def decide(self, view: BrandView) -> Actions:
        return Actions(
            post=Post(self.posts_per_day),
            answer=Answer(self.answers_per_day, self.useful),
            reply=Reply(self.replies_per_day, self.coverage),
        )


@dataclass(frozen=True, slots=True)
class Advocate:
    """Listen first, and send what is criticised back into the product. Essay E1."""

    answers_per_day: AnswersPerDay = 10
    replies_per_day: RepliesPerDay = 10
    coverage: Coverage = 0.45
    useful: Useful = 1.0
    posts_per_day: Annotated[float, P("posts on the brand's account", "posts/day", 0, 20)] = 0.1
    issues_per_day: Annotated[int, P("criticisms and complaints taken up in the product at most", "issues/day", 0, 1000)] = 2
    gain: Annotated[float, P("share of what is still bad about the product that each takes away", "–", 0, 1)] = 0.005

    def decide(self, view: BrandView) -> Actions:
        return Actions(
            post=Post(self.posts_per_day),
            answer=Answer(self.answers_per_day, self.useful),
            reply=Reply(self.replies_per_day, self.coverage),
            improve=Improve(self.issues_per_day, self.gain),
        )


@dataclass(frozen=True, slots=True)
class Ethnographer:
    """Answer only, never sell, and know who is influential in each circle. Essay E5."""

    answers_per_day: AnswersPerDay = 10
    useful: Useful = 1.0

    def decide(self, view: BrandView) -> Actions:
        return Actions(answer=Answer(self.answers_per_day, self.useful, first="influential"))


@dataclass(frozen=True, slots=True)
class PitchingManager:
    """Answer in order to sell: the foil of the ethnographer. Essay E5."""

    answers_per_day: AnswersPerDay = 10
    useful: Useful = 1.0
    pitch: Pitch = 1.0

    def decide(self, view: BrandView) -> Actions:
        return Actions(answer=Answer(self.answers_per_day, self.useful, self.pitch))
