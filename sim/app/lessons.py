"""Guided lessons: a question, a prediction, a run, what it says, and the caveat. No outcome is written down here: it comes from
the run, and the words follow from its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np

from sim.app.variants import OPEN, RATES, SECRET, policy_of, posting
from sim.engine import Run
from sim.metrics import METRICS
from sim.report.words import interval, spoken, title
from sim.scenario import changed, load_scenario
from sim.state import F64
from sim.study.results import Result
from sim.study.statistics import Estimate, estimate

COMMUNITY = "hobby_forum"


@dataclass(frozen=True)
class Condition:
    """One thing that is tried: what is changed, under which policy, over how many days; with ``against`` the paired difference to
    that policy is taken."""

    name: str
    changes: tuple[tuple[str, Any], ...]
    policy: str
    against: str = ""
    day: int = 180


@dataclass(frozen=True)
class Outcome:
    """What came of a condition: a value per world; ``beside``: of the lesson's other metric."""

    condition: Condition
    values: F64
    beside: F64 | None = None

    @property
    def estimate(self) -> Estimate:
        return estimate(self.values)


@dataclass(frozen=True)
class Lesson:
    """A lesson. ``read``: which of the predictions the outcome leaves open, by their place; ``link``: the address of two of its
    conditions side by side; ``beside``: a metric that is told too."""

    key: str
    title: str
    question: str
    look: str
    predictions: tuple[str, ...]
    conditions: tuple[Condition, ...]
    metric: str
    worlds: int
    read: Callable[[Sequence[Outcome]], set[int]]
    caveat: str
    link: str
    beside: str = ""


def run(
    lesson: Lesson,
    seed: int,
    tell: Callable[[float], None] = lambda done: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Outcome]:
    """Live a lesson's conditions in its worlds; nothing when stopped. Conditions that differ only in the day share a run."""
    base = load_scenario(COMMUNITY)
    metrics = [metric for metric in (lesson.metric, lesson.beside) if metric]
    days: dict[Any, set[int]] = {}
    for c in lesson.conditions:
        for policy in filter(None, (c.policy, c.against)):
            days.setdefault((c.changes, policy), set()).add(c.day)
    values: dict[Any, list[float]] = {}
    graph = None if base.graph_varies else base.make_graph(base.seed)
    total, done = len(days) * lesson.worlds, 0
    for (changes, policy), wanted in days.items():
        named = base.with_policies([policy_of(base, policy)])
        scenario = changed(named, {"days": max(wanted), **dict(changes)})
        for world in range(lesson.worlds):
            if stopped():
                return []
            result = Result.of(Run(scenario, policy, seed + world, graph).to_the_end())
            for day in wanted:
                summary = result.summary(days=day)
                values[changes, policy, day, world] = [summary[metric] for metric in metrics]
            done += 1
            tell(done / total)

    def lived(c: Condition, policy: str) -> F64:
        return np.array([values[c.changes, policy, c.day, world] for world in range(lesson.worlds)]).T

    return [Outcome(c, *(lived(c, c.policy) - (lived(c, c.against) if c.against else 0.0))) for c in lesson.conditions]


def told(lesson: Lesson, outcomes: Sequence[Outcome]) -> list[str]:
    """What the outcome allows to be said."""
    name, better = title(lesson.metric), METRICS[lesson.metric].better or 1
    first = lesson.conditions[0]
    if first.against:
        words = []
        for what, sign in (("better", 1), ("worse", -1)):
            sure = [o for o in outcomes if o.estimate.decided and np.sign(o.estimate.mean) * better == sign]
            if sure:
                named = "; ".join(f"{o.condition.name} ({interval(o.estimate, sign=True)})" for o in sure)
                than = f"{spoken(first.policy)} against {spoken(first.against)}, {name}"
                words.append(f"{than[0].upper()}{than[1:]}: {what} with {named}.")
        close = [o.condition.name for o in outcomes if not o.estimate.decided]
        if close:
            words.append(f"Too close to call in {lesson.worlds} worlds: {'; '.join(close)}.")
        return [*words, "Better or worse: the 95 % interval of the difference leaves out zero. One in twenty does so by chance."]
    best = max(outcomes, key=lambda o: better * o.estimate.mean)
    worst = min(outcomes, key=lambda o: better * o.estimate.mean)
    words = [f"Best on the average: {best.condition.name}, {name} {interval(best.estimate)}."]
    alike = [o.condition.name for o in outcomes if o is not best and not estimate(best.values - o.values).decided]
    if alike:
        words.append(f"Too close to it to tell in these worlds: {'; '.join(alike)}.")
    paired = "Which are too close is told by differences in the same worlds, whose intervals are narrower than those drawn."
    words.append(f"Worst on the average: {worst.condition.name}, {interval(worst.estimate)}.")
    as_bad = [o.condition.name for o in outcomes if o is not worst and not estimate(worst.values - o.values).decided]
    if as_bad:
        words.append(f"Too close to that to tell: {'; '.join(as_bad)}.")
    words.append(paired)
    others = [f"{interval(estimate(o.beside))} with {o.condition.name}" for o in outcomes if o.beside is not None]
    return [*words, f"Meanwhile {title(lesson.beside)}: {'; '.join(others)}."] if others else words


def judged(lesson: Lesson, outcomes: Sequence[Outcome], guess: int) -> str:
    """What the outcome says of a prediction."""
    left = lesson.read(outcomes)
    named = [f"“{prediction.rstrip('.')}”" for prediction in lesson.predictions]
    others = [named[n] for n in sorted(left - {guess})]
    if left == {guess}:
        return "These worlds agree with you. Would others?"
    if guess in left:
        against = [named[n] for n in range(len(named)) if n not in left]
        refuted = f" They speak against {' and '.join(against)}." if against else ""
        return f"These {lesson.worlds} worlds fit your prediction, and {' and '.join(others)} as well.{refuted}"
    return f"These worlds speak against it. They fit {' and '.join(others)}. What had you not thought of?"


def _where_is_the_best(outcomes: Sequence[Outcome]) -> set[int]:
    """0: at the far end, 1: in between, 2: at the near end; several when the best cannot be told from one of another kind."""
    best = int(np.argmax([o.estimate.mean for o in outcomes]))
    alike = [n for n, o in enumerate(outcomes) if n == best or not estimate(outcomes[best].values - o.values).decided]
    return {2 if n == 0 else 0 if n == len(outcomes) - 1 else 1 for n in alike}


def _who_is_ahead(outcomes: Sequence[Outcome]) -> set[int]:
    """0: better everywhere, 1: better in places and worse in others, 2: worse everywhere; what a sure difference contradicts is
    left out."""
    signs = {int(np.sign(o.estimate.mean)) if o.estimate.decided else 0 for o in outcomes}
    if {1, -1} <= signs:
        return {1}
    left = {0, 1, 2}
    if 0 not in signs:
        left.discard(1)
    return left - ({2} if 1 in signs else set()) - ({0} if -1 in signs else set())


LESSONS = (
    Lesson(
        "too_much",
        "How much is too much?",
        "A brand may post as often as it likes. How many customers does it have after half a year, from a post every ten days to "
        "twenty posts a day? What its posts cost is left out.",
        "Look at followers lost for too many posts, at the share of what is read that is selling, and on the first tab at the "
        "log: who left, and why.",
        ("The more it posts, the more customers.", "Somewhere in between is best.", "The less it posts, the more customers."),
        tuple(Condition(posting(rate), (), posting(rate)) for rate in RATES),
        "customers",
        12,
        _where_is_the_best,
        "How fast people tire is an assumption (wear-out and tolerated exposure, under 'Persuasion knowledge and wear-out'), and "
        "another community may bear more or less. Posts also cost money: is the best rate the same by net present value?",
        f"tab=1&{urlencode({'policy': posting(2.0), 'rival': posting(20.0)})}&days=180",
        "brand_trust",
    ),
    Lesson(
        "hidden",
        "The price of hidden intent",
        "A brand recruits members who praise it. They may say that they do it for the brand, or keep silent about it. How does "
        "trust in the brand stand after half a year, the open ones against the secret ones, when secrets are easy or hard to see "
        "through?",
        "Look in the charts at trust, before and after the marked discoveries and exposés; on the first tab the log (found out) "
        "says who saw through whom.",
        (
            "Openness gives more trust, however hard the secret is to see through.",
            "It depends: while nobody finds out, the secret gives more trust.",
            "The secret gives more trust, however easy it is to see through.",
        ),
        tuple(
            Condition(name, (("discovery.chance", chance),), OPEN, SECRET)
            for name, chance in (
                ("1 read in 100,000 seen through", 1e-5),
                ("1 in 10,000", 1e-4),
                ("1 in 1,000", 1e-3),
                ("1 in 100", 1e-2),
            )
        ),
        "brand_trust",
        12,
        _who_is_ahead,
        "Nobody knows the true chance of seeing through: people do little better than chance at telling ordered reviews from "
        "honest ones (Ott et al. 2011). That discovery costs trust is built into the model; how much depends on what was gained "
        "in secret.",
        f"tab=1&{urlencode({'policy': SECRET, 'rival': OPEN})}&discovery.chance=0.001&days=180",
    ),
    Lesson(
        "listening",
        "When does listening pay?",
        "Answering questions costs money from the first day; the customers it wins pay later. What has listening earned more, or "
        "less, than broadcasting after three months and after a year, when an answer is cheap or dear?",
        "Look at net present value day by day: where do the two lines cross, if they do?",
        (
            "Listening earns more in all six cases.",
            "It depends on the horizon or on the cost of an answer.",
            "Broadcasting earns more in all six cases.",
        ),
        tuple(
            Condition(f"answers at {cost:g} each, after {when}", (("costs.answer", cost),), "listen_first", "broadcast", day)
            for cost in (0.2, 1.0, 3.0)
            for day, when in ((90, "three months"), (360, "a year"))
        ),
        "npv",
        12,
        _who_is_ahead,
        "Listening spends more than broadcasting at these settings; at equal spend the answer can be another one (a study that "
        "comes with Murmur asks that). What a customer brings in a day is an assumption as well.",
        "tab=1&policy=broadcast&rival=listen_first&days=360",
    ),
)
"""The lessons, in the order in which they are best taken."""
