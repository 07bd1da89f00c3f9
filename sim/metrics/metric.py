"""What a metric is, and what it is computed from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sim.state import F64

Scope = Literal["brand", "community"]
Group = Literal["brand", "vanity", "community"]
Summary = Literal["last", "sum", "mean", "run"]
Series = Callable[[str], F64]
"""The days of a metric, by its name."""

NAN = math.nan


@dataclass(frozen=True, slots=True)
class Structure:
    """Statistics of the living ties; taken every :data:`STRUCTURE_EVERY` days, since they cost more than a day does."""

    alive: int
    mutual: int
    tie_trust: float
    clustering: float
    largest_component: int
    top_share: float


@dataclass(frozen=True, slots=True)
class Today:
    """What a community metric is computed from."""

    n: int
    count: Any
    """The day's :class:`~sim.state.CommunityTally`, as numbers."""
    sums: Any
    """The day's :class:`~sim.state.CommunitySums`, as numbers."""
    lost: int
    """Ties dropped since the brands entered."""
    answered: int
    """Questions answered today, by whichever brand."""
    structure: Structure | None


@dataclass(frozen=True, slots=True)
class BrandToday:
    """What a brand metric is computed from."""

    n: int
    count: Any
    """The day's :class:`~sim.state.BrandTally` for the brand, as numbers."""
    sums: Any
    """The day's :class:`~sim.state.BrandSums` for the brand, as numbers."""
    spent: float
    earned: float
    value: float
    spent_today: float
    earned_today: float
    adopters: int
    quality: float
    improvements: int
    posts: int
    planted_posts: int
    ambassador_posts: int
    entries: int
    debates: int
    deletions: int
    intrusions: int
    answers: int
    replies: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is measured. ``summary`` says how a run's days become one number: its last day, a sum, a mean, or
    ``run``, for what only a whole run has; ``better`` whether more (+1) or less (−1) of it is better, or neither (0), as with
    what grows with success and failure alike."""

    about: str
    unit: str
    group: Group
    summary: Summary
    community: Callable[[Today], float] | None = None
    brand: Callable[[BrandToday], float] | None = None
    better: Literal[-1, 0, 1] = 0
    run: Callable[[Series], float] | None = None

    @property
    def scope(self) -> Scope:
        return "community" if self.community is not None else "brand"

    @property
    def unit_of_run(self) -> str:
        """The unit of the number that sums up a run: posts a day add up to posts."""
        return self.unit.removesuffix("/day").removeprefix("per day") or "–" if self.summary == "sum" else self.unit


def share(part: float, whole: float) -> float:
    """A part of a whole; unknown (NaN) when there is no whole."""
    return part / whole if whole else NAN
