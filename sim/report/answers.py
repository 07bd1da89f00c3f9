"""A study's answer in words: who does better where, from when on, under which conditions, what a wrong choice costs.

Words follow from numbers by rules that cannot overstate: nothing is called better whose interval reaches zero.
"""

from __future__ import annotations

import numpy as np

from sim.report import clauses
from sim.report.clauses import MANY, Horizon, by, lowered, many, ranked, share, words_for
from sim.report.words import FEW, network, number, title
from sim.study.factors import axes
from sim.study.outcome import StudyResults
from sim.study.pairs import FEW_POINTS, HEALTH, LEADING, pairs, shares
from sim.study.robustness import mean_of_known
from sim.study.statistics import FEWEST
from sim.study.study import CONTROL

GLOSS = (
    "A point is one set of assumptions. Surely: by more than chance between its worlds makes, at 95 %; what is best, but not "
    "surely so, may be it by chance."
)
_SURELY = (
    "A policy is surely better at a point when Student's 95 % interval of the paired difference over its worlds leaves out zero; "
    "of two that are equal one is called so at one point in twenty. Points share their worlds, so that chance can move many of "
    "them together: intervals of averages over points, which are over worlds, allow for that, shares of points do not."
)

_BOXES = (
    "Conditions are boxes around the points of this design at which something holds. Limits that a search makes of chance, "
    "between points or worlds, are left out (of chance alone, one box in twenty or less keeps one); with other points those that "
    "are kept would lie a little elsewhere."
)


def in_short(results: StudyResults, metric: str = LEADING, horizon: Horizon = None) -> list[str]:
    """The answer in at most three sentences: who is best where, by money, trust and members present or by the metric asked for;
    when; by how much, under which conditions (of two policies: of many, the two that are best most often), and with whom one
    gives up least. One before them when runs are missing. Nothing where worlds are too few to say anything."""
    study = results.study
    if len(study.policies) < 2 or len(study.seeds) < 2:
        return []
    compared, found = pairs(results), ranked(results, metric, horizon)
    ours, theirs = compared[0]
    others = HEALTH[1:] if metric == LEADING else ()
    if len(found) > 2:
        if len(compared) > 1:
            ours, theirs = found[0].policy, found[1].policy
        told = ["; ".join([clauses.best(found, metric, horizon), *clauses.also_best(results, others, horizon)])]
    else:
        better, worse, n = shares(results, ours, theirs, metric, horizon)
        if not n:
            return []
        mean = clauses.difference(results, ours, theirs, metric, horizon)
        what = clauses.where(*words_for(metric), better, worse, n)
        told = [f"By {title(metric)}{by(horizon)} {ours}, against {theirs}, is {what}; on the average {mean}"]
        for other in others:
            better, worse, n = shares(results, ours, theirs, other, horizon)
            told[0] += f"; by {title(other)} it is {clauses.where(*words_for(other), better, worse, n)}" if n else ""
    if horizon is None:
        when = [part for part in (clauses.earlier(results, metric), *clauses.crossed(results, ours, theirs, metric)) if part]
        told += ["; ".join([when[0].strip().rstrip("."), *(lowered(part.strip()) for part in when[1:])])] if when else []
    where = [sentence.strip() for sentence in clauses.conditions(results, ours, theirs, metric, horizon)[:1]]
    if len(found) > 2:
        mean = clauses.difference(results, ours, theirs, metric, horizon)
        least = clauses.least(results, found, metric, horizon)
        where = ["; ".join([f"{ours} against {theirs}: {mean} on the average", *(w.rstrip(".") for w in where), least])]
    return [sentence for sentence in [_losses(results)] if sentence] + [
        sentence.rstrip(".") + "." for sentence in [*told, *where]
    ]


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
        told.append(clauses.regret(results, metrics[0], horizon))
        days = [day for day in study.horizons[:-1] if day > 0] if horizon is None else []
        if CONTROL in study.policies and len(study.policies) > 2:
            told += [sentence for day in (*days, horizon) for sentence in clauses.idle(results, metrics[0], day)]
    return told


def _alone(results: StudyResults, metric: str, horizon: Horizon) -> str:
    """A study of one policy: what it gives over the points."""
    policy = results.study.policies[0]
    values = mean_of_known(results.values(metric, policy, horizon))
    values = values[np.isfinite(values)]
    if not values.size:
        return f"{policy}, {title(metric)}: no point was lived."
    low, high = np.quantile(values, [0.05, 0.95])
    return (
        f"{policy}, {title(metric)}{by(horizon)}: {number(float(values.mean()))} on the average over {values.size:,} points; "
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
        up, down = words_for(metric)
        mean = clauses.difference(results, ours, theirs, metric, horizon)
        told.append(
            f"{ours} against {theirs}, {title(metric)}{by(horizon)}: {mean} on the average; "
            f"{clauses.where(up, down, mine, others, n)}."
        )
        if metric != metrics[0]:
            continue
        if horizon is None:
            for earlier in results.study.horizons[:-1]:
                mine, others, _ = shares(results, ours, theirs, metric, earlier)
                mean = clauses.difference(results, ours, theirs, metric, earlier)
                told.append(
                    f"  After {earlier} days: {mean} on the average; surely {up} at {share(mine)}, {down} at {share(others)}."
                )
        told += clauses.hangs_on(results, ours, theirs, metric, horizon)
        told += clauses.conditions(results, ours, theirs, metric, horizon)
        if horizon is None:
            told += clauses.crossed(results, ours, theirs, metric)
    return told


def study_conditions(results: StudyResults) -> str:
    """What the answer holds for."""
    study = results.study
    varied = "; ".join(f"{axis.path} {axis.about}" for axis in axes(study.scenario)) or "a list of points"
    community = network(results.graph)
    if study.varies_graph:
        community = f"the networks of the design (at the first point {community})"
    n = len(study.seeds)
    told = [
        f"{many(len(study.points), 'point')} ({study.scenario.study.design}: {varied}), {many(n, 'paired world')} each, "
        f"{study.scenario.days} days, {community}.",
        _losses(results),
        _unequal(results),
        _SURELY if n > 1 and len(study.policies) > 1 else "",
        _BOXES if len(study.points) >= FEW_POINTS and n >= FEWEST and len(study.policies) > 1 else "",
        f"{n} worlds are few: shares of points can move by much with others, since all points share them. Live {FEW} or more."
        if 1 < n < FEW and len(study.policies) > 1
        else "",
        "What is not varied stays as in the scenario.",
    ]
    return " ".join(sentence for sentence in told if sentence)


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
            told.append(f"{policy} at {many(int(short.sum()), 'point')}")
    if not told:
        return ""
    return (
        f"Not at equal spend, since at 64 times what it does (no more is tried) or at its own limits a policy spends less: "
        f"{', '.join(told)}."
    )
