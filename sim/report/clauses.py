"""What of a study's answer is said in one sentence, or a part of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.metrics import METRICS
from sim.report.words import interval, number, title
from sim.study.conditions import Box
from sim.study.outcome import StudyResults
from sim.study.pairs import average_advantage, average_crossing, box_of, box_of_best, weights
from sim.study.robustness import Standing, chance_of_least_regret, standings
from sim.study.sensitivity import DESIGNS
from sim.study.statistics import FEWEST
from sim.study.study import CONTROL

MANY = 3
"""Policies that a sentence ranks, factors that it names; pairs of policies above which a table says more than sentences."""
_SHRUNK = 0.8
"""Part of its largest lead below which a lead is said to be less than it was."""
Horizon = int | None
"""The day at which runs are summed up; None for the study's last."""


def difference(results: StudyResults, ours: str, theirs: str, metric: str, horizon: Horizon) -> str:
    """By how much ours is higher on the average over the points, with its interval over worlds."""
    return interval(average_advantage(results, ours, theirs, metric, horizon), sign=True)


def hangs_on(results: StudyResults, ours: str, theirs: str, metric: str, horizon: Horizon) -> list[str]:
    """Which factors make the difference between two policies, as far as it is no chance."""
    if results.study.scenario.study.design in DESIGNS:  # which have better means
        return []
    found = weights(results, ours, theirs, metric, horizon)
    sure = [weight for weight in found if weight.is_no_chance(len(found))]
    if not sure:
        return ["  No factor by itself makes more of the difference between points than chance would."] if len(found) > 1 else []
    shown = [f"{weight.path} ({share(weight.share)} of its variance between points)" for weight in sure[:MANY]]
    return [f"  By itself it hangs most on {', then on '.join(shown)}."]


def best(ordered: Sequence[Standing], metric: str, horizon: Horizon) -> str:
    """Who is best at which share of the points, the most frequent first."""
    shown = [s for s in ordered if s.best > 0][:MANY]
    parts = [f"{s.policy} at {share(s.best)} (surely at {share(s.surely)})" for s in shown]
    more = ", another at the others" if any(s.best > 0 for s in ordered[len(shown) :]) else ""
    of = f"of {len(ordered)} policies at {many(ordered[0].points, 'point')}"
    return f"By {title(metric)}{by(horizon)}, {of}, the best is {', '.join(parts)}{more}"


def also_best(results: StudyResults, metrics: Sequence[str], horizon: Horizon) -> list[str]:
    """Who is most often best by other metrics."""
    found = {metric: ranked(results, metric, horizon) for metric in metrics}
    return [f"by {title(metric)} it is {_leaders(ordered)}" for metric, ordered in found.items() if ordered]


def _leaders(ordered: Sequence[Standing]) -> str:
    """Who is best at most points; all of them where several are so at equally many."""
    first = [s for s in ordered if s.best == ordered[0].best]
    surely = f"(surely at {' and '.join(share(s.surely) for s in first)})"
    return f"{' and '.join(s.policy for s in first)} at {share(first[0].best)}{' each' if len(first) > 1 else ''} {surely}"


def least(results: StudyResults, ordered: Sequence[Standing], metric: str, horizon: Horizon) -> str:
    """With whom one gives up least over all points, how surely, and what another choice gives up."""
    least = min(s.mean_regret for s in ordered)
    first = [s.policy for s in ordered if s.mean_regret == least]
    others = sorted((s for s in ordered if s.mean_regret > least), key=lambda s: s.mean_regret)
    again = chance_of_least_regret(results, first[0], metric, horizon) if len(first) == 1 else np.nan
    how = f" in {again:.0%} of resampled sets of worlds" if np.isfinite(again) else ""
    second = f", {others[0].policy} {number(others[0].mean_regret)}" if others else ""
    return f"on the average over all points one gives up least with {' or '.join(first)}{how} ({number(least)}{second})"


def earlier(results: StudyResults, metric: str) -> str:
    """Who is best at most points on the horizons before the last."""
    days = [day for day in results.study.horizons[:-1] if day > 0]
    told = [f"after {day} days {_leaders(found)}" for day in days if (found := ranked(results, metric, day))]
    return f"Before that, most often best: {', '.join(told)}" if told else ""


def where(up: str, down: str, mine: float, others: float, n: int) -> str:
    """At which share of n points one is surely better, worse, or neither."""
    points = f"all {n:,} points" if n > 1 else "the only point"
    if 1 in (mine, others):
        return f"surely {up if mine else down} at {points}"
    if mine == others == 0:
        return f"too close to call at {points}"
    return f"surely {up} at {share(mine)} of {n:,} points, surely {down} at {share(others)}, open at {share(rest(mine, others))}"


def lowered(sentence: str) -> str:
    """A sentence as a part of another."""
    return sentence[:1].lower() + sentence[1:]


def crossed(results: StudyResults, ours: str, theirs: str, metric: str) -> list[str]:
    """When ours overtakes, with its interval, and what becomes of its lead; or that it does not."""
    found = average_crossing(results, ours, theirs, metric)
    if found is None:
        return []
    if found.led and found.word in ("may overtake", "never overtakes"):  # then it is the other that does, or does not
        ours, theirs = theirs, ours
        found = average_crossing(results, ours, theirs, metric) or found
    over = "on the average over all points, " if len(results.study.points) > 1 else ""
    what = f"{over}{title(metric)} of {ours}"
    than = f"that of {theirs}"
    if np.isnan(found.low):
        return [f"  Whether and when {what} overtakes {than} is not said with fewer than {FEWEST} worlds."]
    if found.word == "never overtakes":
        return [f"  Within {found.days} days {what} overtakes {than} on no day."]
    if found.word == "may overtake":
        shown = f"day {found.low:.0f}" if np.isfinite(found.low) else "late"
        return [
            f"  It is open whether within {found.days} days {what} overtakes {than} for good: it does in {found.chance:.0%} of "
            f"resampled sets of worlds, at the earliest on {shown}."
        ]
    day = f"day {found.day:.0f} [{found.low:.0f}, {found.high:.0f}]"
    when = (
        f"is ahead of {than} from the first day"
        if found.word == "is ahead from the first day"
        else f"overtakes {than} on {day}"
        if found.behind
        else f"is hardly different from {than} until {day}, and ahead from then on"
    )
    lead = f"after {found.days} days it is ahead by {interval(found.lead)}"
    if found.lead.mean < _SHRUNK * found.most:
        lead += f", less than the {number(found.most)} of day {found.most_day}"
    return [f"  {what[0].upper()}{what[1:]} {when}; {lead}."]


def conditions(results: StudyResults, ours: str, theirs: str, metric: str, horizon: Horizon) -> list[str]:
    """Under which conditions each of two policies is ahead of the other."""
    told = []
    for one, other in ((ours, theirs), (theirs, ours)):
        box = box_of(results, one, other, metric, horizon)
        if box is not None:
            told.append(f"  {one} is ahead of {other} in the mean of its worlds, surely or not, {_inside(box)}.")
    return told


def idle(results: StudyResults, metric: str, horizon: Horizon) -> list[str]:
    """How often it is best to do nothing, and under which conditions."""
    box = box_of_best(results, CONTROL, metric, horizon)
    best = next((s.best for s in standings(results, metric, horizon) if s.policy == CONTROL), 0.0)
    if box is not None:
        return [f"Doing nothing ({CONTROL}) is best of all{by(horizon)} {_inside(box)}."]
    return (
        [f"No policy does better than doing nothing ({CONTROL}){by(horizon)} at {share(best)} of all points."] if best > 0 else []
    )


def _inside(box: Box) -> str:
    """How often something holds everywhere, and inside a box."""
    return (
        f"at {share(box.everywhere)} of all points; at {share(box.density)} of the {box.size:,} where {box}, which hold "
        f"{share(box.coverage)} of all such points"
    )


def regret(results: StudyResults, metric: str, horizon: Horizon) -> str:
    """What a choice for all points costs, and for whom that is least."""
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
    again = chance_of_least_regret(results, first.policy, metric, horizon)
    how = f", as in {again:.0%} of resampled sets of worlds" if np.isfinite(again) else ""
    told = f"Not knowing which point is the true one, {first.policy} gives up least on the average{over} "
    told += f"({number(first.mean_regret)} of {title(metric)}{how})"
    if worst.policy == first.policy:
        return told + f", and at its worst point least too ({number(worst.worst_regret)}).{left_out}"
    return told + f"; at its worst point, {worst.policy} ({number(worst.worst_regret)}).{left_out}"


def ranked(results: StudyResults, metric: str, horizon: Horizon) -> list[Standing]:
    """The policies, those first that are best at most points."""
    return sorted(standings(results, metric, horizon), key=lambda standing: (-standing.best, standing.mean_regret))


def share(value: float) -> str:
    """A share in percent that does not say all or nothing where it is not."""
    if 0 < value < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= value < 1 else f"{value:.0%}"


def rest(mine: float, others: float) -> float:
    """What two shares of some points leave."""
    return max(0.0, round(1 - mine - others, 9))


def many(n: int, what: str) -> str:
    """A number of things."""
    return f"{n:,} {what}{'s' * (n != 1)}"


def words_for(metric: str) -> tuple[str, str]:
    """What is said of the higher and of the lower one."""
    return ("better", "worse") if METRICS[metric].better else ("higher", "lower")


def by(horizon: Horizon) -> str:
    """When, if it is not the last day."""
    return "" if horizon is None else f" after {horizon} days"
