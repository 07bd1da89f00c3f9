"""A study's answer in words: who does better where, from when on, under which conditions, what a wrong choice costs.

Words follow from numbers by rules that cannot overstate: nothing is called better whose interval reaches zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.metrics import METRICS
from sim.report.words import network, number, title
from sim.study.crossing import FEWEST
from sim.study.factors import axes
from sim.study.outcome import StudyResults
from sim.study.pairs import HEALTH, LEADING, average_crossing, box_of, pairs, shares
from sim.study.robustness import Standing, mean_of_known, standings
from sim.study.study import CONTROL

MANY = 3
"""Pairs of policies above which a table says more than sentences."""
Horizon = int | None
"""The day at which runs are summed up; None for the study's last."""


def in_short(results: StudyResults, metric: str = LEADING, horizon: Horizon = None) -> list[str]:
    """The answer in at most three sentences: who is best where, and of two policies (of many, the two that are best most often)
    when and under which conditions; one more when runs are missing. Nothing where worlds are too few to say anything."""
    study = results.study
    if len(study.policies) < 2 or len(study.seeds) < 2:
        return []
    compared, found = pairs(results), standings(results, metric, horizon)
    ours, theirs = compared[0]
    if len(compared) > 1 and len(found) > 1:
        found.sort(key=lambda standing: (-standing.best, standing.mean_regret))
        ours, theirs = found[0].policy, found[1].policy
        told = [_ranked(found, metric, horizon)]
    else:
        better, worse, n = shares(results, ours, theirs, metric, horizon)
        if not n:
            return []
        told = [_split(metric, horizon, ours, theirs, better, worse, n)]
        still = next((s for s in found if s.policy == CONTROL and CONTROL not in (ours, theirs)), None)
        if still is not None and still.best > 0:
            at = f"{share(still.best)} of {_many(still.points, 'point')}"
            told[0] = f"{told[0].rstrip('.')}; doing nothing ({CONTROL}) is best of all at {at}."
    if horizon is None:
        told += [sentence.strip() for sentence in _crossed(results, ours, theirs, metric)]
    told += [sentence.strip() for sentence in _conditions(results, ours, theirs, metric, horizon)[:1]]
    return told + [sentence for sentence in [_losses(results)] if sentence]


def question(results: StudyResults) -> str:
    """What a study asks, when its author has not said it."""
    study = results.study
    which = "Which of them does" if len(study.policies) > 1 else ""
    if not study.factors:
        return f"{which} better in the scenario as it is?" if which else "What does it come to in the scenario as it is?"
    over = f"over {', '.join(study.factors[:-1])}{' and ' if len(study.factors) > 1 else ''}{study.factors[-1]}"
    return f"{which} better, and where, {over}?" if which else f"What does it come to {over}?"


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
    for ours, theirs in compared if len(compared) <= MANY else ():  # of more, a table tells the same
        told += _pair(results, ours, theirs, metrics, horizon)
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


def _ranked(ordered: Sequence[Standing], metric: str, horizon: Horizon) -> str:
    """Who is best at which share of the points, the most frequent first."""
    shown = [s for s in ordered if s.best > 0][:MANY]
    parts = [f"{s.policy} at {share(s.best)} (surely at {share(s.surely)})" for s in shown]
    rest = ", another at the others" if any(s.best > 0 for s in ordered[len(shown) :]) else ""
    of = f"of {len(ordered)} policies at {_many(ordered[0].points, 'point')}"
    return f"By {title(metric)}{_by(horizon)}, {of}, the best is {', '.join(parts)}{rest}."


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


def _pair(results: StudyResults, ours: str, theirs: str, metrics: tuple[str, ...], horizon: Horizon) -> list[str]:
    """Two policies in sentences."""
    told = []
    for metric in metrics:
        mine, others, n = shares(results, ours, theirs, metric, horizon)
        if not n:
            told.append(f"{ours} against {theirs}, {title(metric)}: there is no point at which both are known.")
            continue
        up, down = _words(metric)
        told.append(
            f"{ours} against {theirs}, {title(metric)}{_by(horizon)}: {up} at {share(mine)} of {_many(n, 'point')}, {down} at "
            f"{share(others)}, too close to call at {share(max(0.0, 1 - mine - others))}."
        )
        if metric != metrics[0]:
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


def study_conditions(results: StudyResults) -> str:
    """What the answer holds for."""
    study = results.study
    varied = "; ".join(f"{axis.path} {axis.about}" for axis in axes(study.scenario)) or "a list of points"
    community = (
        f"the networks of the design, the first of them {network(results.graph)}"
        if study.varies_graph
        else network(results.graph)
    )
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
