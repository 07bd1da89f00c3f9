"""A study's answer in words and tables: who does better where, from when on, under which conditions, what a wrong choice costs.

Words follow from numbers by rules that cannot overstate: nothing is called better whose interval reaches zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.metrics import METRICS
from sim.report.sheet import Sheet
from sim.report.words import network, number, title
from sim.study.crossing import FEWEST
from sim.study.design import axes
from sim.study.outcome import StudyResults
from sim.study.pairs import HEALTH, LEADING, average_crossing, box_of, pairs, shares
from sim.study.robustness import frontier, mean_of_known, standings
from sim.study.study import CONTROL

MANY = 3
"""Pairs of policies above which a table says more than sentences."""
Horizon = int | None
"""The day at which runs are summed up; None for the study's last."""


def in_short(results: StudyResults, metric: str = LEADING, horizon: Horizon = None) -> list[str]:
    """The answer in at most three sentences, of the first pair of policies: where, when, under which conditions; one more when
    runs are missing. Nothing where worlds are too few to say anything."""
    study = results.study
    if len(study.policies) < 2 or len(study.seeds) < 2:
        return []
    ours, theirs = pairs(results)[0]
    better, worse, n = shares(results, ours, theirs, metric, horizon)
    if not n:
        return []
    told = [_split(metric, horizon, ours, theirs, better, worse, n)]
    if CONTROL in study.policies and CONTROL not in (ours, theirs):
        still = next((s for s in standings(results, metric, horizon) if s.policy == CONTROL), None)
        if still is not None and still.best > 0:
            at = f"{share(still.best)} of {_many(still.points, 'point')}"
            told[0] = f"{told[0].rstrip('.')}; doing nothing ({CONTROL}) is best of all at {at}."
    if horizon is None:
        told += [sentence.strip() for sentence in _crossed(results, ours, theirs, metric)]
    told += [sentence.strip() for sentence in _conditions(results, ours, theirs, metric, horizon)[:1]]
    return told + [sentence for sentence in [_losses(results)] if sentence]


def sentences(results: StudyResults, metric: str = "", horizon: Horizon = None) -> list[str]:
    """The study in sentences: by one metric, or by money, trust and health."""
    study = results.study
    metrics = (metric,) if metric else HEALTH
    if len(study.policies) < 2:
        return [_alone(results, each, horizon) for each in metrics]
    if len(study.seeds) < 2:
        return ["One world at each point: nothing can be concluded about the policies. Live five or more (--worlds)."]
    told = []
    compared = pairs(results)
    for ours, theirs in compared:
        told += _pair(results, ours, theirs, metrics, horizon, briefly=len(compared) > MANY)
    if len(study.points) > 1:
        told.append(_regret(results, metrics[0], horizon))
    return told


def share(value: float) -> str:
    """A share in percent that does not say all or nothing where it is not."""
    if 0 < value < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= value < 1 else f"{value:.0%}"


def _words(metric: str) -> tuple[str, str]:
    """What is said of the higher and of the lower one."""
    return ("better", "worse") if METRICS[metric].better else ("higher", "lower")


def _split(metric: str, horizon: Horizon, ours: str, theirs: str, better: float, worse: float, n: int) -> str:
    """At which share of n points who is surely better."""
    by, (up, down) = f"By {title(metric)}{_by(horizon)}", _words(metric)
    points = f"all {n:,} points" if n > 1 else "the only point"
    if better == worse == 0:
        return f"{by} {ours} and {theirs} are too close to call at {points}."
    if 1 in (better, worse):
        return f"{by} {ours} is surely {up if better else down} than {theirs} at {points}."
    rest = f"; at the other {share(1 - better - worse)} it is too close to call" if better + worse < 1 - 1e-9 else ""
    return (
        f"{by} {ours} is surely {up} than {theirs} at {share(better)} of {n:,} points and surely {down} at {share(worse)}{rest}."
    )


def _by(horizon: Horizon) -> str:
    return "" if horizon is None else f" on day {horizon}"


def _alone(results: StudyResults, metric: str, horizon: Horizon) -> str:
    """A study of one policy: what it gives over the points."""
    policy = results.study.policies[0]
    values = mean_of_known(results.values(metric, policy, horizon))
    values = values[np.isfinite(values)]
    if not values.size:
        return f"{policy}, {title(metric)}: no point was lived."
    low, high = np.quantile(values, [0.05, 0.95])
    return (
        f"{policy}, {title(metric)}{_by(horizon)}: {number(float(values.mean()))} on the average over {values.size:,} points; "
        f"nine in ten lie between {number(float(low))} and {number(float(high))}."
    )


def _pair(results: StudyResults, ours: str, theirs: str, metrics: tuple[str, ...], horizon: Horizon, briefly: bool) -> list[str]:
    """Two policies in sentences; ``briefly``: by the first metric only, without conditions."""
    told = []
    for metric in metrics[:1] if briefly else metrics:
        mine, others, n = shares(results, ours, theirs, metric, horizon)
        if not n:
            told.append(f"{ours} against {theirs}, {title(metric)}: there is no point at which both are known.")
            continue
        up, down = _words(metric)
        told.append(
            f"{ours} against {theirs}, {title(metric)}{_by(horizon)}: {up} at {share(mine)} of {_many(n, 'point')}, {down} at "
            f"{share(others)}, too close to call at {share(max(0.0, 1 - mine - others))}."
        )
        if metric != metrics[0] or briefly:
            continue
        if horizon is None:
            for earlier in results.study.horizons[:-1]:
                mine, others, _ = shares(results, ours, theirs, metric, earlier)
                told.append(f"  On day {earlier}: {up} at {share(mine)}, {down} at {share(others)}.")
        told += _conditions(results, ours, theirs, metric, horizon)
        if horizon is None:
            told += _crossed(results, ours, theirs, metric)
    return told


def _conditions(results: StudyResults, ours: str, theirs: str, metric: str, horizon: Horizon) -> list[str]:
    told = []
    for one, other in ((ours, theirs), (theirs, ours)):
        box = box_of(results, one, other, metric, horizon)
        if box is not None:
            does = "does better" if METRICS[metric].better else "is higher"
            told.append(
                f"  {one} {does} than {other} on the average where {box}: at {share(box.density)} of the points there, "
                f"against {share(box.everywhere)} everywhere; {share(box.coverage)} of all points at which it does are "
                "among them."
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


def _regret(results: StudyResults, metric: str, horizon: Horizon) -> str:
    found = sorted(standings(results, metric, horizon), key=lambda standing: standing.mean_regret)
    if not METRICS[metric].better:
        return f"Of {title(metric)} neither more nor less is better: there is no best policy, and nothing to regret."
    if len(found) < 2:
        return "What a wrong choice costs cannot be told: at no point are two policies known."
    first = found[0]
    unknown = sorted(set(results.study.policies) - {standing.policy for standing in found})
    why = f"their {title(metric)} is not known at half of the points"
    left_out = f" Left out, since {why}: {', '.join(unknown)}." if unknown else ""
    fewer = first.points < len(results.study.points)
    over = f" over the {first.points:,} of {len(results.study.points):,} points at which all of them are known" if fewer else ""
    worst = min(found, key=lambda standing: standing.worst_regret)
    told = f"Not knowing which point is the true one, {first.policy} gives up least on the average{over} "
    told += f"({number(first.mean_regret)} of {title(metric)})"
    if worst.policy == first.policy:
        return told + f", and at its worst point least too ({number(worst.worst_regret)}).{left_out}"
    return told + f"; at its worst point, {worst.policy} ({number(worst.worst_regret)}).{left_out}"


def standings_sheet(results: StudyResults, metric: str = LEADING, horizon: Horizon = None) -> Sheet | None:
    """Per policy: how often it is best, what it gives up, how often nothing beats it in everything. None where there is nothing
    to compare, or too few worlds."""
    if len(results.study.policies) < 2 or len(results.study.seeds) < 2:
        return None
    undominated, found = frontier(results, HEALTH, horizon), standings(results, metric, horizon)
    rows = [
        (
            s.policy,
            share(s.best),
            share(s.surely),
            number(s.mean_regret),
            number(s.worst_regret),
            share(undominated[s.policy]) if s.policy in undominated else "–",
        )
        for s in found
    ]
    if len(rows) < 2:
        return None
    fewer = found[0].points < len(results.study.points)
    over = f"at the {found[0].points:,} of {len(results.study.points):,} points at which all of these are known" if fewer else ""
    return Sheet(
        ("policy", f"best {title(metric)}{_by(horizon)}", "surely", "mean regret", "worst regret", "not dominated"), rows, over
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
    found = (standings_sheet(results, metric or LEADING, horizon), pairs_sheet(results, metric, horizon))
    return [sheet for sheet in found if sheet is not None]


def study_conditions(results: StudyResults) -> str:
    """What the answer holds for."""
    study = results.study
    varied = "; ".join(f"{axis.path} {axis.about}" for axis in axes(study.scenario)) or "a list of points"
    varies = any(path.partition(".")[0] == "graph" for path in study.factors)
    community = f"the networks of the design, the first of them {network(results.graph)}" if varies else network(results.graph)
    n = len(study.seeds)
    told = [
        f"{_many(len(study.points), 'point')} ({study.scenario.study.design}: {varied}), {_many(n, 'paired world')} each, "
        f"{study.scenario.days} days, {community}.",
        _losses(results),
        _unequal(results),
        "A policy is called better at a point when Student's 95 % interval of the paired difference leaves out zero; one point "
        "in forty is then called better by chance."
        if n > 1 and len(study.policies) > 1
        else "",
        "What is not varied stays as in the scenario.",
    ]
    return " ".join(sentence for sentence in told if sentence)


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"


def _losses(results: StudyResults) -> str:
    """Which runs are not there, in a sentence; empty when all are."""
    study = results.study
    lost = set(study.jobs()) - set(results.jobs)
    if not lost:
        return ""
    failed = len(lost & {failure.job for failure in results.failures})
    why = "all of them failed" if failed == len(lost) else f"{failed:,} of them failed" if failed else "the study is not finished"
    whose = ", ".join(policy for policy in study.policies if any(job.policy == policy for job in lost))
    return (
        f"{len(lost):,} of {len(study.jobs()):,} runs are missing ({why}; policies: {whose}): a point counts with the worlds "
        "that are left, and not at all when there are none, which may not be a fair choice."
    )


def _unequal(results: StudyResults) -> str:
    """Where policies were to spend the same and do not, in a sentence; empty where they do."""
    study = results.study
    if study.horizons[-1] not in (-1, study.scenario.days):
        return ""
    budgets = np.array([float(point.get("equal_budget", study.scenario.equal_budget)) for point in study.points])
    told = []
    for policy in study.policies if budgets.any() else ():
        spent = mean_of_known(results.values("cost", policy))
        short = (budgets > 0) & (spent > 0) & (spent < 0.9 * budgets)
        if short.any():
            told.append(f"{policy} at {_many(int(short.sum()), 'point')}")
    if not told:
        return ""
    return (
        f"Not at equal spend, since at 64 times what it does (no more is tried) or at its own limits a policy spends less: "
        f"{', '.join(told)}."
    )


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
