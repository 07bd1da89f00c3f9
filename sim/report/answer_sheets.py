"""A study's answer in tables, and as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.report.answers import sentences, study_conditions
from sim.report.clauses import MANY, Horizon, by, many, share
from sim.report.sheet import Sheet
from sim.report.words import interval, number, title
from sim.study.outcome import StudyResults
from sim.study.pairs import HEALTH, LEADING, average, average_advantage, average_crossing, box_of, pairs, shares
from sim.study.robustness import Standing, frontier, paired_values, standings

_DIFFERENCE = {"difference": "mean", "difference_low": "low", "difference_high": "high"}


def averages_sheet(results: StudyResults, metric: str = "", horizon: Horizon = None) -> Sheet:
    """Per policy, by every metric, the mean over points with its interval over worlds."""
    metrics = (metric,) if metric else HEALTH
    found = {each: paired_values(results, each, horizon) for each in metrics}
    policies = [policy for policy in results.study.policies if any(policy in values for values in found.values())]

    def mean(policy: str, each: str) -> str:
        values = found[each].get(policy)
        return "–" if values is None else interval(average(values[np.isfinite(values).any(axis=1)]))

    rows = [(policy, *(mean(policy, each) for each in metrics)) for policy in policies]
    points = max((int(np.isfinite(v).any(axis=1).sum()) for values in found.values() for v in values.values()), default=0)
    over = "all points" if points == len(results.study.points) else f"the {many(points, 'point')} at which these are known"
    how = ", with its 95 % interval over worlds" if len(results.study.seeds) > 1 else ", in one world"
    told = f"The mean over {over}{by(horizon)}{how}"
    return Sheet(("policy", *map(title, metrics)), rows, told)


def standings_sheet(results: StudyResults, metric: str = LEADING, horizon: Horizon = None) -> Sheet | None:
    """Per policy: how often it is best (and surely so) at every horizon, what it gives up, how often nothing beats it in
    everything. None where there is nothing to compare, or too few worlds."""
    study = results.study
    if len(study.policies) < 2 or len(study.seeds) < 2:
        return None
    undominated, found = frontier(results, HEALTH, horizon), standings(results, metric, horizon)
    if len(found) < 2:
        return None
    earlier = [day for day in study.horizons[:-1] if day > 0] if horizon is None else []
    before = {day: {s.policy: s for s in standings(results, metric, day)} for day in earlier}

    def best(standing: Standing | None) -> str:
        return f"{share(standing.best)} ({share(standing.surely)})" if standing else "–"

    rows = [
        (
            s.policy,
            *(best(before[day].get(s.policy)) for day in earlier),
            best(s),
            number(s.mean_regret),
            number(s.worst_regret),
            share(undominated[s.policy]) if s.policy in undominated else "–",
        )
        for s in found
    ]
    last = horizon or (study.scenario.days if study.horizons[-1] < 0 else study.horizons[-1])
    days = [f"{day} days" for day in (*earlier, last)]
    over = (
        f"at the {found[0].points:,} of {len(study.points):,} points at which all of these are known"
        if found[0].points < len(study.points)
        else ""
    )
    told = (
        f"Share of the points at which it is best by {title(metric)} (surely), and what it gives up after {last} days elsewhere"
    )
    return Sheet(
        ("policy", *days, "mean regret", "worst regret", "none better in money, trust and members"),
        rows,
        f"{told}{f', {over}' if over else ''}",
    )


def pairs_sheet(results: StudyResults, metric: str = "", horizon: Horizon = None) -> Sheet | None:
    """Of many pairs, by every metric the shares of the points at which one is surely better and worse. None where sentences say
    it."""
    compared = pairs(results)
    if len(compared) <= MANY or len(results.study.seeds) < 2:
        return None
    metrics = (metric,) if metric else HEALTH
    rows = []
    for ours, theirs in compared:
        found = [shares(results, ours, theirs, each, horizon) for each in metrics]
        rows.append((f"{ours} – {theirs}", *(f"{share(better)} | {share(worse)}" if n else "–" for better, worse, n in found)))
    return Sheet(("better | worse", *map(title, metrics)), rows)


def sheets(results: StudyResults, metric: str = "", horizon: Horizon = None) -> list[Sheet]:
    """The tables of the answer."""
    found = (
        standings_sheet(results, metric or LEADING, horizon),
        averages_sheet(results, metric, horizon),
        pairs_sheet(results, metric, horizon),
    )
    return [sheet for sheet in found if sheet is not None]


def as_data(results: StudyResults, metric: str = "", horizon: Horizon = None) -> dict[str, Any]:
    """The answer as plain data."""
    study = results.study
    metrics = (metric,) if metric else HEALTH
    days = [horizon] if horizon is not None else [None if day < 0 else day for day in study.horizons]
    found = {}
    for ours, theirs in pairs(results) if len(study.policies) > 1 else ():
        entry: dict[str, Any] = {"better_at": []}
        for day in days:
            for each in metrics:
                mine, others, n = shares(results, ours, theirs, each, day)
                row = {"day": day or study.scenario.days, "metric": each, "better": _known(mine), "worse": _known(others)}
                mean = average_advantage(results, ours, theirs, each, day)
                row |= {name: _known(getattr(mean, field)) for name, field in _DIFFERENCE.items()}
                entry["better_at"].append({**row, "points": n})
        boxes = {one: box_of(results, one, other, metrics[0], horizon) for one, other in ((ours, theirs), (theirs, ours))}
        entry["boxes"] = {
            one: {"where": str(box), "density": box.density, "coverage": box.coverage, "everywhere": box.everywhere}
            for one, box in boxes.items()
            if box is not None
        }
        crossed = average_crossing(results, ours, theirs, metrics[0])
        entry["overtakes"] = (
            None
            if crossed is None or np.isnan(crossed.low)
            else {"word": crossed.word, **{k: _known(getattr(crossed, k)) for k in ("day", "low", "high", "chance")}}
        )
        found[f"{ours} against {theirs}"] = entry
    regrets = {
        s.policy: {"best": s.best, "surely": s.surely, "mean_regret": s.mean_regret, "worst_regret": s.worst_regret}
        for s in standings(results, metrics[0], horizon)
    }
    undominated = {policy: _known(share) for policy, share in frontier(results, HEALTH, horizon).items()}
    told = sentences(results, metric, horizon)
    return {"pairs": found, "regret": regrets, "frontier": undominated, "answer": told, "holds_for": study_conditions(results)}


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
