"""Figures of a study: functions that draw on matplotlib axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import Fault, InputError, suggestion
from sim.metrics import METRICS
from sim.report.figures import NUMBER, axes_for, colours, wrapped
from sim.report.words import title
from sim.state import F64
from sim.study.factors import axes
from sim.study.pairs import HEALTH, LEADING, advantage, average_difference, pairs, shares
from sim.study.robustness import above_zero, mean_of_known, means, standings
from sim.study.statistics import student_half

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.study.outcome import StudyResults

BETTER, CLOSE, WORSE = "#117733", "#D9D9D9", "#882255"
"""Green and wine (Tol): told apart by the colour-blind, and no policy's colour."""
_OPEN = "#9A9A9A"
_APART = 0.03
"""How far points that share a place are drawn from it, as a share of the axis."""


def draw_shares(results: StudyResults, ours: str, theirs: str, metric: str = LEADING, ax: Axes | None = None) -> Axes:
    """For each horizon, at which share of the points ours is surely better, surely worse, or neither."""
    ax = axes_for(ax)
    horizons = results.study.horizons
    rows = {
        f"day {horizon}" if horizon > 0 else "last day": shares(results, ours, theirs, metric, horizon if horizon > 0 else None)
        for horizon in horizons
    }
    _stack(ax, rows)
    ax.set_title(wrapped(f"{title(metric)}: {ours} against {theirs}"))
    return ax


def draw_all_shares(results: StudyResults, metric: str = LEADING, ax: Axes | None = None) -> Axes:
    """For each policy, at which share of the points it is surely better or worse than the control at the last horizon."""
    ax = axes_for(ax)
    rows = {wrapped(ours, 30): shares(results, ours, theirs, metric) for ours, theirs in pairs(results)}
    _stack(ax, rows)
    ax.set_title(f"{title(metric)} against {results.study.control}")
    return ax


def _stack(ax: Axes, rows: Mapping[str, tuple[float, float, int]]) -> None:
    """A bar per row: share surely better, too close to call, surely worse."""
    for row, (better, worse, _) in enumerate(rows.values()):
        close = 1 - better - worse
        for left, width, colour in ((0, better, BETTER), (better, close, CLOSE), (better + close, worse, WORSE)):
            ax.barh(row, width, left=left, color=colour, height=0.7)
            if width > 0.08:
                shade = "black" if colour == CLOSE else "white"
                ax.text(left + width / 2, row, f"{width:.0%}", ha="center", va="center", color=shade)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.invert_yaxis()
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter("{x:.0%}")
    ax.grid(visible=False)
    ax.set_xlabel("share of the points (green: surely better, grey: too close to call, wine: surely worse)")


def draw_difference(results: StudyResults, ours: str, theirs: str, metric: str = LEADING, ax: Axes | None = None) -> Axes:
    """Day by day, the paired difference on the average over all points: mean over worlds with its 95 % interval
    (Student's, over them)."""
    ax = axes_for(ax)
    difference = average_difference(results, ours, theirs, metric)
    if difference is None:
        ax.text(0.5, 0.5, "days were not kept, or differ in length", ha="center", transform=ax.transAxes)
        return ax
    days = np.arange(difference.shape[1])
    ax.plot(days, difference.mean(axis=0), color=BETTER, linewidth=2)
    n = len(difference)
    if n > 1:
        mean, half = difference.mean(axis=0), student_half(difference, axis=0)
        ax.fill_between(days, mean - half, mean + half, color=BETTER, alpha=0.2, linewidth=0)
    ax.axhline(0, color="black", linewidth=1)
    ax.margins(x=0)
    ax.yaxis.set_major_formatter(NUMBER)
    ax.set_title(wrapped(f"{title(metric)}: {ours} minus {theirs}"))
    ax.set_xlabel("day")
    ax.set_ylabel(METRICS[metric].unit)
    return ax


def draw_phases(
    results: StudyResults, ours: str, theirs: str, across: str, up: str, metric: str = LEADING, ax: Axes | None = None
) -> Axes:
    """Every point over two factors: green where ours does surely better, wine where surely worse, grey where it is too close to
    call; the larger, the more. Points that share a place are drawn beside each other."""
    ax = axes_for(ax)
    for path in (across, up):
        if path not in results.design:
            raise InputError(Fault("figure", f"{path!r} does not vary in this study", suggestion(path, results.design)))
    difference = advantage(results, ours, theirs, metric)
    mean = mean_of_known(difference)
    shared = results.design[[across, up]].duplicated(keep=False).to_numpy()
    places = [_places(results, path, shared, ax, which) for path, which in ((across, "x"), (up, "y"))]
    size = 15 + 120 * np.sqrt(np.abs(mean) / max(float(np.nanmax(np.abs(mean))), 1e-300))
    colour = np.where(above_zero(difference), BETTER, np.where(above_zero(-difference), WORSE, _OPEN))
    known = np.isfinite(mean)
    ax.scatter(places[0][known], places[1][known], s=size[known], c=colour[known], alpha=0.7, linewidths=0)
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    ax.set_title(wrapped(f"{title(metric)}: green where {ours} is surely better than {theirs}, wine where worse"))
    return ax


def _places(results: StudyResults, path: str, shared: Any, ax: Axes, which: str) -> F64:
    """Where the points lie along one factor, on the x or the y axis, which is scaled for it; those that are ``shared`` are moved
    a little."""
    from matplotlib.ticker import LogLocator, NullFormatter

    column = results.design[path]
    axis = ax.xaxis if which == "x" else ax.yaxis
    if column.dtype.kind not in "iuf":
        names = sorted({str(value) for value in column})
        axis.set_ticks(range(len(names)), names)
        column, shared = column.map(lambda value: names.index(str(value))), True
    log = any(factor.path == path and factor.log for factor in axes(results.study.scenario))
    along = np.log(column.to_numpy(dtype=float)) if log else column.to_numpy(dtype=float)
    apart = _APART * float(np.ptp(along))
    along = np.asarray(along + shared * np.random.default_rng(which == "y").uniform(-apart, apart, along.size))
    if not log:
        return along
    ax.set(**{f"{which}scale": "log"})
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())
    return np.asarray(np.exp(along))


def draw_frontier(results: StudyResults, ax: Axes | None = None) -> Axes:
    """Money against trust: a dot per policy, the mean over all points, its size the members present."""
    ax = axes_for(ax)
    money, trust, present = (
        {policy: float(np.nanmean(at)) for policy, at in means(results, metric).items() if np.isfinite(at).any()}
        for metric in HEALTH
    )
    shades = colours(results.study)
    scale = max(present.values(), default=1.0)
    shown = [policy for policy in results.study.policies if policy in money and policy in trust]
    for policy in shown:
        x, y, size = money[policy], trust[policy], present[policy]
        named = f"{wrapped(policy, 30)}\n({size:,.0f} present)"
        ax.scatter(x, y, s=60 + 340 * (size / scale) ** 4, color=shades[policy], alpha=0.85, linewidths=0, label=named)
    legend = ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8, frameon=False)  # names at dots would collide
    for handle in legend.legend_handles:
        handle.set_sizes([60])  # type: ignore[union-attr]
    ax.margins(0.25)
    ax.xaxis.set_major_formatter(NUMBER)
    ax.set_xlabel(f"{title(LEADING)}, mean over the points")
    ax.set_ylabel(title("brand_trust"))
    ax.set_title("Money, trust, members present")
    return ax


def draw_regret(results: StudyResults, ax: Axes | None = None) -> Axes:
    """What each policy gives up against the best of each point: mean (bar) and worst (line)."""
    ax = axes_for(ax)
    shades = colours(results.study)
    found = sorted(standings(results, LEADING), key=lambda standing: standing.mean_regret)
    for row, s in enumerate(found):
        ax.barh(row, s.mean_regret, color=shades[s.policy], height=0.6)
        ax.plot([s.mean_regret, s.worst_regret], [row, row], color=shades[s.policy], linewidth=2)
        ax.plot(s.worst_regret, row, "|", color=shades[s.policy], markersize=12)
    ax.set_yticks(range(len(found)), [wrapped(s.policy, 30) for s in found])
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(NUMBER)
    ax.grid(axis="y", visible=False)
    ax.set_title("What a wrong choice costs")
    ax.set_xlabel(f"{title(LEADING)} given up: mean (bar), worst point (line)")
    return ax
