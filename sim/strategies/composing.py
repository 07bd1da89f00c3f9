"""Strategies made of others: what a scenario file says without Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, NamedTuple

from sim.declare import Parameter as P
from sim.declare import declarations
from sim.strategies.actions import PRIMITIVES, Actions, BrandView, Strategy

NEVER = 1_000_000


class Schedule(NamedTuple):
    """When something is done."""

    from_day: Annotated[int, P("first day", "day", 0, NEVER)] = 0
    until_day: Annotated[int, P("first day on which it is no longer done", "day", 0, NEVER)] = NEVER
    every_days: Annotated[int, P("done again after so many days", "days", 1, NEVER)] = 1
    for_days: Annotated[int, P("… for so many days", "days", 1, NEVER)] = 1
    when: Annotated[
        Literal[
            "", "followers", "customers", "impressions", "praise", "criticism", "questions", "complaints", "exposes", "spent"
        ],
        P("done only while this number, as the brand sees it in the morning, is above the next; empty: always"),
    ] = ""
    above: Annotated[float, P("see when", "–", 0, 1e12)] = 0.0

    def due(self, view: BrandView) -> bool:
        """Whether it is done today."""
        in_time = self.from_day <= view.day < self.until_day and (view.day - self.from_day) % self.every_days < self.for_days
        return in_time and (not self.when or getattr(view, self.when) > self.above)


class Scheduled(NamedTuple):
    """One thing a brand does, and when."""

    action: Any
    """One of :data:`~sim.strategies.actions.PRIMITIVES`."""
    schedule: Schedule = Schedule()

    @property
    def name(self) -> str:
        return next(name for name, kind in PRIMITIVES.items() if kind is type(self.action))


@dataclass(frozen=True, slots=True)
class Composed:
    """Several strategies at once and scheduled actions on top; from ``switch_day`` on another strategy instead. What several
    do, the last decides."""

    strategies: Sequence[Strategy]
    actions: Sequence[Scheduled] = ()
    switch_day: int = NEVER
    then: Strategy | None = None

    def decide(self, view: BrandView) -> Actions:
        if self.then is not None and view.day >= self.switch_day:
            return self.then.decide(view)
        today = Actions()
        for strategy in self.strategies:
            today = today.with_(strategy.decide(view))
        for scheduled in self.actions:
            if scheduled.schedule.due(view):
                today = today.with_(Actions(**{scheduled.name: scheduled.action}))
        return today


AMOUNTS = {
    "post": "rate",
    "reach": "share",
    "target": "share",
    "answer": "capacity",
    "reply": "capacity",
    "intrude": "share",
    "debate": "capacity",
    "censor": "share",
    "ask": "rate",
    "improve": "capacity",
    "plant": "accounts",
    "ambassadors": "number",
}
"""The number of each primitive that says how much of it is done; contests and confessions are held or not."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """A strategy that does ``factor`` times as much of everything, as far as there is more of it to do."""

    strategy: Strategy
    factor: float

    def decide(self, view: BrandView) -> Actions:
        actions = self.strategy.decide(view)
        return replace(actions, **{name: self._scaled(name, getattr(actions, name), view.day) for name in AMOUNTS})

    def _scaled(self, name: str, action: Any, day: int) -> Any:
        if action is None or self.factor == 1.0:
            return action
        field = AMOUNTS[name]
        native = getattr(action, field)
        bound = next(p.high for known, _, p in declarations(PRIMITIVES[name], P) if known == field)
        amount = min(native * self.factor, bound)
        if isinstance(native, int):
            # A daily number that is not whole is spread over the days, so that it is right on average.
            amount = round(amount) if name in ("plant", "ambassadors") else int((day + 1) * amount) - int(day * amount)
        return replace(action, **{field: amount})
