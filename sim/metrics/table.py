"""What is measured.

A metric is one entry of :data:`METRICS`: what it means, its unit, how a run is summed up in one number, and how to compute
it from the day's counts, or from the days of a run. Metrics about brands have a value per brand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

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


def _of_structure(value: Callable[[Structure], float]) -> Callable[[Today], float]:
    return lambda today: NAN if today.structure is None else value(today.structure)


SHOCK = 0.02
"""Falls of mean trust below this are noise, from which nothing recovers."""


def fall(days: Series) -> tuple[float, float]:
    """(depth of the deepest fall of mean brand trust, days it spends below the middle of that fall).

    A fall is deep against the highest day before it; there is nothing to recover from when it is below :data:`SHOCK`.
    """
    trust = days("brand_trust")
    before = np.maximum.accumulate(trust)
    low = int(np.argmax(before - trust))
    depth = float(before[low] - trust[low])
    if not depth >= SHOCK:
        return depth, depth * 0.0  # unknown stays unknown
    middle = before[low] - depth / 2
    onset = low - int(np.argmax(trust[low::-1] >= middle)) + 1
    after = trust[low:] >= middle
    end = low + int(np.argmax(after)) if after.any() else trust.size
    return depth, float(end - onset)


METRICS: dict[str, Metric] = {
    # the brand's own affairs
    "npv": Metric(
        "net present value since entry: margin on customers less costs, discounted",
        "money",
        "brand",
        "last",
        brand=lambda b: b.value,
        better=+1,
    ),
    "customers": Metric("active customers", "members", "brand", "last", brand=lambda b: b.sums.customers, better=+1),
    "adopters": Metric("members who have ever been customers", "members", "brand", "last", brand=lambda b: b.adopters, better=+1),
    "adoptions": Metric(
        "members who became customers today, returns included",
        "members/day",
        "brand",
        "sum",
        brand=lambda b: b.count.adoptions + b.count.returns,
    ),
    "churned": Metric("customers lost today", "members/day", "brand", "sum", brand=lambda b: b.count.churned),
    "revenue": Metric("margin on customers today", "money/day", "brand", "sum", brand=lambda b: b.earned_today, better=+1),
    "cost": Metric("money spent today", "money/day", "brand", "sum", brand=lambda b: b.spent_today),
    "roi": Metric(
        "earned less spent since entry, per money spent",
        "–",
        "brand",
        "last",
        brand=lambda b: share(b.earned - b.spent, b.spent),
    ),
    "brand_trust": Metric(
        "mean trust in the brand over all members (one half: neutral)",
        "–",
        "brand",
        "last",
        brand=lambda b: b.sums.trust / b.n,
        better=+1,
    ),
    "distrust_share": Metric(
        "share of the members with trust below .35", "–", "brand", "last", brand=lambda b: b.sums.distrusting / b.n, better=-1
    ),
    "familiarity": Metric(
        "mean familiarity with the brand", "–", "brand", "last", brand=lambda b: b.sums.familiarity / b.n, better=+1
    ),
    "praise": Metric("positive word of mouth", "posts/day", "brand", "sum", brand=lambda b: b.count.praise, better=+1),
    "criticism": Metric("negative word of mouth", "posts/day", "brand", "sum", brand=lambda b: b.count.criticism, better=-1),
    "wom_ratio": Metric(
        "positive word of mouth per negative over the run, one added to each so that it is known without any",
        "–",
        "brand",
        "run",
        run=lambda days: (days("praise").sum() + 1.0) / (days("criticism").sum() + 1.0),
        better=+1,
    ),
    "trust_fall": Metric(
        "deepest fall of trust in the brand below an earlier day's",
        "–",
        "brand",
        "run",
        run=lambda days: fall(days)[0],
        better=-1,
    ),
    "recovery_days": Metric(
        "days trust spends below the middle of that fall, if it is at least .02 deep; to the end of the run if it stays there",
        "days",
        "brand",
        "run",
        run=lambda days: fall(days)[1],
        better=-1,
    ),
    "complaints": Metric("complaints", "per day", "brand", "sum", brand=lambda b: b.count.complaints),
    "complaints_ignored": Metric(
        "complaints that ran out of patience", "per day", "brand", "sum", brand=lambda b: b.count.ignored
    ),
    "complaints_resolved": Metric("complaints resolved by a reply", "per day", "brand", "sum", brand=lambda b: b.resolved),
    "quality": Metric(
        "chance that an experience of the product is good", "–", "brand", "last", brand=lambda b: b.quality, better=+1
    ),
    "improvements": Metric("issues taken up in the product", "per day", "brand", "sum", brand=lambda b: b.improvements),
    "answers": Metric("questions the brand answered", "per day", "brand", "sum", brand=lambda b: b.answers),
    "replies": Metric("complaints the brand replied to", "per day", "brand", "sum", brand=lambda b: b.replies),
    # what is easy to count
    "followers": Metric("members who follow the brand", "members", "vanity", "last", brand=lambda b: b.sums.followers),
    "impressions": Metric("showings of the brand's posts", "items/day", "vanity", "sum", brand=lambda b: b.count.impressions),
    "mentions": Metric(
        "posts that mention the brand, good or bad",
        "posts/day",
        "vanity",
        "sum",
        brand=lambda b: b.count.praise + b.count.criticism + b.count.complaints,
    ),
    "awareness": Metric(
        "share of the members who know the brand (saturates: never a measure of success)",
        "–",
        "vanity",
        "last",
        brand=lambda b: b.sums.aware / b.n,
    ),
    "brand_posts": Metric("posts on the brand's account", "posts/day", "vanity", "sum", brand=lambda b: b.posts),
    "brand_unfollows_drift": Metric(
        "followers the brand lost for no reason",
        "members/day",
        "brand",
        "sum",
        brand=lambda b: b.count.brand_unfollows_drift,
    ),
    "brand_unfollows_distrust": Metric(
        "followers the brand lost for distrust",
        "members/day",
        "brand",
        "sum",
        brand=lambda b: b.count.brand_unfollows_distrust,
    ),
    "brand_unfollows_overexposure": Metric(
        "followers the brand lost for too many posts",
        "members/day",
        "brand",
        "sum",
        brand=lambda b: b.count.brand_unfollows_overexposure,
    ),
    # the community's health
    "organic_posts": Metric(
        "posts that are nobody's marketing", "posts/day", "community", "sum", lambda c: c.count.organic_posts, better=+1
    ),
    "reposts": Metric("messages passed on", "posts/day", "community", "sum", lambda c: c.count.reposts),
    "deep_reposts": Metric(
        "messages passed on three or more steps from the author", "posts/day", "community", "sum", lambda c: c.count.deep_reposts
    ),
    "questions": Metric("questions asked", "per day", "community", "sum", lambda c: c.count.questions),
    "questions_answered": Metric("answers to questions, by any brand", "per day", "community", "sum", lambda c: c.answered),
    "reads": Metric("items read", "items/day", "community", "sum", lambda c: c.count.reads),
    "commercial_share": Metric(
        "share of what is read that is commercial",
        "–",
        "community",
        "mean",
        lambda c: share(c.count.commercial_reads, c.count.reads),
        better=-1,
    ),
    "persuasion_knowledge": Metric(
        "mean persuasion knowledge", "–", "community", "last", lambda c: c.sums.knowledge / c.n, better=-1
    ),
    "ties_lost": Metric("ties dropped since the brands entered", "ties", "community", "last", lambda c: c.lost, better=-1),
    "unfollows_drift": Metric("ties dropped for no reason", "ties/day", "community", "sum", lambda c: c.count.unfollows_drift),
    "unfollows_distrust": Metric(
        "ties dropped for distrust", "ties/day", "community", "sum", lambda c: c.count.unfollows_distrust, better=-1
    ),
    "unfollows_annoyance": Metric(
        "ties dropped for commercial posts", "ties/day", "community", "sum", lambda c: c.count.unfollows_annoyance, better=-1
    ),
    "ties_formed": Metric("new ties", "ties/day", "community", "sum", lambda c: c.count.ties_formed),
    # its structure, every STRUCTURE_EVERY days
    "ties_alive": Metric("living ties", "ties", "community", "last", _of_structure(lambda s: s.alive), better=+1),
    "tie_trust": Metric(
        "mean trust of the living ties", "–", "community", "last", _of_structure(lambda s: s.tie_trust), better=+1
    ),
    "reciprocity": Metric(
        "share of the living ties that are returned",
        "–",
        "community",
        "last",
        _of_structure(lambda s: share(s.mutual, s.alive)),
        better=+1,
    ),
    "clustering": Metric(
        "mean local clustering of the living ties", "–", "community", "last", _of_structure(lambda s: s.clustering), better=+1
    ),
    "largest_component": Metric(
        "members connected by living ties, largest group",
        "members",
        "community",
        "last",
        _of_structure(lambda s: s.largest_component),
        better=+1,
    ),
    "top_share": Metric(
        "share of today's messages written by the most active 1 % of that day",
        "–",
        "community",
        "last",
        _of_structure(lambda s: s.top_share),
    ),
}
"""Every metric, by the name of its column."""

HEADLINES = ("npv", "customers", "brand_trust", "ties_lost", "organic_posts")
"""What a comparison shows first: money, customers, trust, and two signs of the community's health."""


def summarise(name: str, days: Series) -> float:
    """A run in one number; ``days(metric)`` gives the days of any metric."""
    metric = METRICS[name]
    if metric.run is not None:
        return metric.run(days)
    series = days(name)
    known = series[np.isfinite(series)]
    if known.size == 0:
        return NAN
    return float(known[-1] if metric.summary == "last" else known.sum() if metric.summary == "sum" else known.mean())
