"""Sensitivity indices as a table, in words, as a tornado."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.figures import axes_for
from sim.report.sheet import Sheet
from sim.report.words import interval, number
from sim.study.sensitivity import WIDE, Effect, Method, Sensitivity
from sim.study.statistics import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_MOSTLY_CHANCE = 0.5
"""Share of chance in the variance from which on indices say nothing."""
_HEADINGS: dict[Method, tuple[str, ...]] = {
    "sobol": ("first order [95 %]", "total order [95 %]"),
    "morris": ("μ* [95 %]", "σ"),
    "one_at_a_time": ("largest change [95 %]",),
}


def _ordered(found: Sensitivity) -> list[Effect]:
    key = (lambda e: e.total) if found.method == "sobol" else (lambda e: e.main)
    return sorted(found.effects, key=key, reverse=True)


def sheet(found: Sensitivity) -> Sheet:
    """A line per factor, the most important first."""
    names = _HEADINGS[found.method]
    rows = [
        (
            e.path,
            interval(Estimate(e.main, e.main_low, e.main_high)),
            interval(Estimate(e.total, e.total_low, e.total_high)),
        )[: 1 + len(names)]
        for e in _ordered(found)
    ]
    return Sheet(("factor", *names), rows, found.outcome)


def told(found: Sensitivity) -> list[str]:
    """What the indices allow to be said."""
    first = _ordered(found)[0]
    words = [f"{found.outcome}: {number(found.mean)} on the average over the design, standard deviation {number(found.spread)}."]
    if found.noise > _MOSTLY_CHANCE:
        chance = f"{min(found.noise, 1.0):.0%} of the variance between points is chance between worlds"
        return [*words, f"{chance}: what it hangs on cannot be told. Live more worlds."]
    if found.method == "sobol":
        high = f"{first.total_high:.0%}" if first.total_high < 1 else "all"
        makes = f"with all interactions it makes {min(max(first.total_low, 0.0), 1.0):.0%} to {high} of the variance"
        rivals = [e.path for e in _ordered(found)[1:] if e.total_high > first.total_low]
        if rivals:
            words.append(f"Whether it hangs most on {first.path} or on {' or '.join(rivals)} is open (of {first.path}, {makes}).")
        else:
            words.append(f"It hangs most on {first.path}: {makes}.")
        alone = sum(max(0.0, e.main) for e in found.effects)
        if found.enough <= found.samples:
            words.append(f"By themselves the factors make {min(alone, 1.0):.0%} of it; the rest is interaction and chance.")
        idle = [e.path for e in found.effects if e.total_high < 0.05]
        if idle:
            words.append(f"It hardly hangs on {', '.join(idle)} (under 5 %, interval and all).")
    elif found.method == "one_at_a_time":
        change = interval(Estimate(first.main, first.main_low, first.main_high))
        words.append(f"{first.path} changes it most, all else as in the scenario: by {change}.")
        unsure = [e.path for e in found.effects if not e.main_low > 0]
        if unsure:
            words.append(f"No level of {', '.join(unsure)} surely changes it.")
        words.append("What factors do together, such a design does not show.")
    else:
        words.append(
            f"It hangs most on {first.path}: scaled to its whole range, a step changes it by {number(first.main)} on the average."
        )
        idle = [e.path for e in found.effects if e.main_high < 0.1 * first.main]
        if idle:
            words.append(f"It hardly hangs on {', '.join(idle)} (under a tenth of that, interval and all).")
    if found.noise == found.noise and found.noise > 0.1:
        words.append(f"{min(found.noise, 1.0):.0%} of the variance between points is chance between worlds: live more of them.")
    if found.enough > found.samples:
        what = "base samples" if found.method == "sobol" else "trajectories"
        aim = f"± {WIDE:g}" if found.method == "sobol" else f"± {2 * WIDE:.0%} of the largest"
        words.append(f"The intervals are wide (aim: {aim}): some {found.enough:,} {what} would do; there are {found.samples:,}.")
    return words


def draw(found: Sensitivity, ax: Axes | None = None) -> Axes:
    """A tornado: a bar per factor with its interval, the most important on top."""
    ax = axes_for(ax)
    effects = _ordered(found)
    values = [e.total if found.method == "sobol" else e.main for e in effects]
    lows = [e.total_low if found.method == "sobol" else e.main_low for e in effects]
    highs = [e.total_high if found.method == "sobol" else e.main_high for e in effects]
    rows = range(len(effects))
    ax.barh(rows, values, color="#56B4E9", height=0.6)
    if found.method == "sobol":
        ax.barh(rows, [max(0.0, e.main) for e in effects], color="#0072B2", height=0.6)
    ax.hlines(rows, lows, highs, color="black", linewidth=1.5)
    ax.set_yticks(rows, [e.path for e in effects])
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_title(found.outcome)
    ax.set_xlabel(
        {
            "sobol": "share of the variance: alone (dark), with interactions",
            "morris": "mean elementary effect μ*",
            "one_at_a_time": "largest change from the scenario that a level makes",
        }[found.method]
    )
    return ax
