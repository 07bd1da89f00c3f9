"""A study's answer in words and tables: who does better where, from when on, under which conditions, what a wrong choice costs.

Words follow from numbers by rules that cannot overstate: nothing is called better whose interval reaches zero.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from sim.metrics import METRICS
from sim.report.sheet import Sheet
from sim.report.words import number, title
from sim.state import F64
from sim.study.conditions import Box, find_box
from sim.study.crossing import FEWEST, Crossing, crossing
from sim.study.outcome import StudyResults
from sim.study.robustness import above_zero, frontier, standings

LEADING = "npv"
HEALTH = ("npv", "brand_trust", "present")
"""Money, trust, and the community's health: what a frontier is drawn over."""
_FEW_POINTS = 20


def pairs(results: StudyResults) -> list[tuple[str, str]]:
    """The pairs worth a sentence: the policies among each other when they are few, else each with the control."""
    study = results.study
    others = [policy for policy in study.policies if policy != study.control]
    if len(others) == 1:
        return [(others[0], study.control)]
    if len(others) <= 3:
        return [(b, a) for a, b in itertools.combinations(others, 2)]
    return [(policy, study.control) for policy in others]


def shares(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> tuple[float, float, int]:
    """(share of the points at which ours is surely better, at which theirs is, number of points at which both were lived)."""
    sign = METRICS[metric].better or 1
    difference = sign * (results.values(metric, ours, horizon) - results.values(metric, theirs, horizon))
    difference = difference[np.isfinite(difference).all(axis=1)]
    if not len(difference):
        return float("nan"), float("nan"), 0
    return float(above_zero(difference).mean()), float(above_zero(-difference).mean()), len(difference)


def box_of(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None = None) -> Box | None:
    """The conditions under which ours does better on the average; None when that is everywhere, nowhere, or hardly told."""
    sign = METRICS[metric].better or 1
    mean = sign * (results.values(metric, ours, horizon) - results.values(metric, theirs, horizon)).mean(axis=1)
    known = np.isfinite(mean)
    holds = mean[known] > 0
    if known.sum() < _FEW_POINTS or not 0.02 < holds.mean() < 0.98:
        return None
    factors = {path: column.to_numpy()[known] for path, column in results.design.items()}
    box = find_box(factors, holds)
    return box if box.limits and box.density > holds.mean() else None


def average_difference(results: StudyResults, ours: str, theirs: str, metric: str) -> F64 | None:
    """Worlds × days: how much better ours does on the average over all points (a world's points stay together). None where days
    were not kept or are not as many everywhere."""
    if metric not in results.study.series:
        return None
    sign = METRICS[metric].better or 1
    mine, other = (results.all_days(metric, policy) for policy in (ours, theirs))
    if mine is None or other is None or mine.shape != other.shape:
        return None
    return np.asarray(sign * (mine - other).mean(axis=0))


def average_crossing(results: StudyResults, ours: str, theirs: str, metric: str) -> Crossing | None:
    """When ours overtakes on the average over all points; None where that cannot be told."""
    difference = average_difference(results, ours, theirs, metric)
    return None if difference is None else crossing(difference, np.zeros_like(difference))


def in_short(results: StudyResults) -> list[str]:
    """The answer in at most three sentences, of the first pair of policies and the leading metric: where, when, under which
    conditions. Nothing where worlds are too few to say anything."""
    if len(results.study.policies) < 2 or len(results.study.seeds) < 2:
        return []
    ours, theirs = pairs(results)[0]
    better, worse, n = shares(results, ours, theirs, LEADING)
    if not n:
        return []
    told = [
        f"By {title(LEADING)} {ours} is surely better than {theirs} at {better:.0%} of {n:,} points and surely worse at "
        f"{worse:.0%}; at the others it is too close to call."
    ]
    told += [sentence.strip() for sentence in _crossed(results, ours, theirs, LEADING)]
    conditions = _conditions(results, ours, theirs, LEADING, None)
    return told + [sentence.strip() for sentence in conditions[:1]]


def sentences(results: StudyResults) -> list[str]:
    """The study in sentences."""
    study = results.study
    if len(study.policies) > 1 and len(study.seeds) < 2:
        return ["One world at each point: nothing can be concluded about the policies. Live five or more (--worlds)."]
    told = []
    last = study.horizons[-1]
    for ours, theirs in pairs(results):
        told += _pair(results, ours, theirs, None if last < 0 else last)
    if len(study.policies) > 1 and len(study.points) > 1:
        told.append(_regret(results))
    return told


def _pair(results: StudyResults, ours: str, theirs: str, horizon: int | None) -> list[str]:
    told = []
    for metric in HEALTH:
        mine, others, n = shares(results, ours, theirs, metric, horizon)
        if not n:
            told.append(f"{ours} against {theirs}, {title(metric)}: there is no point at which both are known.")
            continue
        told.append(
            f"{ours} against {theirs}, {title(metric)}: better at {mine:.0%} of {n:,} points, worse at {others:.0%}, "
            f"too close to call at {1 - mine - others:.0%}."
        )
        if metric == LEADING:
            told += _conditions(results, ours, theirs, metric, horizon)
            told += _crossed(results, ours, theirs, metric)
    return told


def _conditions(results: StudyResults, ours: str, theirs: str, metric: str, horizon: int | None) -> list[str]:
    told = []
    for one, other in ((ours, theirs), (theirs, ours)):
        box = box_of(results, one, other, metric, horizon)
        if box is not None:
            told.append(
                f"  {one} does better than {other} on the average where {box}: at {box.density:.0%} of the points there; "
                f"{box.coverage:.0%} of all points at which it does are among them."
            )
    return told


def _crossed(results: StudyResults, ours: str, theirs: str, metric: str) -> list[str]:
    found = average_crossing(results, ours, theirs, metric)
    if found is None:
        return []
    over = "on the average over all points, " if len(results.study.points) > 1 else ""
    what = f"{over}{title(metric)} of {ours} overtakes that of {theirs}"
    if np.isnan(found.low):
        return [f"  Whether and when {what} is not said with fewer than {FEWEST} worlds."]
    if found.word == "never overtakes":
        return [f"  Within {found.days} days {what} on no day."]
    if found.word == "is ahead from the first day":
        return [f"  {over}{title(metric)} of {ours} is ahead of that of {theirs} from the first day.".replace("  on", "  On")]
    if found.word == "overtakes":
        return [f"  {what[0].upper()}{what[1:]} on day {found.day:.0f} [{found.low:.0f}, {found.high:.0f}]."]
    shown = f"day {found.low:.0f}" if np.isfinite(found.low) else "late"
    return [
        f"  It is open whether within {found.days} days {what} for good: it does in {found.chance:.0%} of resampled sets of "
        f"worlds, at the earliest on {shown}."
    ]


def _regret(results: StudyResults) -> str:
    found = sorted(standings(results, LEADING), key=lambda standing: standing.mean_regret)
    if not found:
        return "What a wrong choice costs cannot be told: at no point were all policies lived."
    first = found[0]
    worst = min(found, key=lambda standing: standing.worst_regret)
    told = (
        f"Not knowing which point is the true one, {first.policy} gives up least on the average ({number(first.mean_regret)} of "
    )
    told += f"{title(LEADING)})"
    if worst.policy == first.policy:
        return told + f", and at its worst point least too ({number(worst.worst_regret)})."
    return told + f"; at its worst point, {worst.policy} ({number(worst.worst_regret)})."


def standings_sheet(results: StudyResults, horizon: int | None = None) -> Sheet:
    """Per policy: how often it is best, what it gives up, how often nothing beats it in everything."""
    undominated = frontier(results, HEALTH, horizon)
    rows = [
        (
            s.policy,
            f"{s.best:.0%}",
            f"{s.surely:.0%}",
            number(s.mean_regret),
            number(s.worst_regret),
            f"{undominated[s.policy]:.0%}",
        )
        for s in standings(results, LEADING, horizon)
    ]
    return Sheet(("policy", f"best {title(LEADING)}", "surely", "mean regret", "worst regret", "not dominated"), rows)


def study_conditions(results: StudyResults) -> str:
    """What the answer holds for."""
    study = results.study
    from sim.study.design import axes

    varied = "; ".join(f"{axis.path} {axis.about}" for axis in axes(study.scenario)) or "a list of points"
    failed = f" {len(results.failures)} runs failed." if results.failures else ""
    missing = len(set(study.jobs()) - set(results.jobs))
    lacking = f" {missing:,} runs are missing." if missing else ""
    return (
        f"{len(study.points):,} points ({study.scenario.study.design}: {varied}), {len(study.seeds)} paired worlds each, "
        f"{study.scenario.days} days.{failed}{lacking} A policy is called better at a point when Student's 95 % interval of the "
        "paired difference leaves out zero; one point in forty is then called better by chance. What is not varied stays as in "
        "the scenario."
    )


def as_data(results: StudyResults) -> dict[str, Any]:
    """The answer as plain data."""
    found = {}
    for ours, theirs in pairs(results):
        entry: dict[str, Any] = {}
        for metric in HEALTH:
            mine, others, n = shares(results, ours, theirs, metric)
            entry[metric] = {"better": mine, "worse": others, "points": n}
        box = box_of(results, ours, theirs, LEADING)
        crossed = average_crossing(results, ours, theirs, LEADING)
        entry["box"] = None if box is None else {"where": str(box), "density": box.density, "coverage": box.coverage}
        entry["overtakes"] = (
            None
            if crossed is None
            else {"word": crossed.word, **{k: _known(getattr(crossed, k)) for k in ("day", "low", "high", "chance")}}
        )
        found[f"{ours} against {theirs}"] = entry
    regrets = {
        s.policy: {"best": s.best, "mean_regret": s.mean_regret, "worst_regret": s.worst_regret}
        for s in standings(results, LEADING)
    }
    return {"pairs": found, "regret": regrets, "frontier": frontier(results, HEALTH), "answer": sentences(results)}


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
