"""A calibration as tables, in words, as figures, as a page."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.calibration import Calibration
from sim.calibration.findings import Checked, Fitted, checked, emulated, fitted, together
from sim.metrics import METRICS
from sim.report.figures import NUMBER, STYLE, axes_for
from sim.report.page import Figure, Page, picture
from sim.report.sheet import Sheet
from sim.report.words import interval, number
from sim.scenario import changed, dump_toml
from sim.study.statistics import CONFIDENCE, Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_CORNER = 6
_FEW_DRAWS = 200
_TRUSTED = 0.8
_BLUE, _GREY, _ORANGE = "#0072B2", "#7F7F7F", "#D55E00"


def parameter_sheet(found: Calibration) -> Sheet:
    """A line per parameter."""
    rows = [
        (axis.path, axis.about, _posterior(one), f"{one.left:.0%}", one.word)
        for axis, one in zip(found.axes, fitted(found), strict=True)
    ]
    return Sheet(("parameter", "range", "posterior [95 %]", "of the range", " "), rows)


def _posterior(one: Fitted) -> str:
    return interval(Estimate(one.median, one.low, one.high))


def target_sheet(found: Calibration) -> Sheet:
    """A line per target."""
    rows = [
        (
            one.statistic.name,
            _observed(one),
            interval(Estimate(one.median, one.low, one.high)),
            "held out" if one.statistic.held_out else "fitted",
            one.word,
        )
        for one in checked(found)
    ]
    return Sheet(("target", "observed", "model [95 %]", " ", " "), rows)


def _observed(one: Checked) -> str:
    return number(one.observed) if one.band is None else f"{one.band[0]:.3g} … {one.band[1]:.3g}"


def missed_targets(found: Calibration) -> list[str]:
    """Targets that were fitted to, and are missed all the same."""
    return [one.statistic.name for one in checked(found) if not one.statistic.held_out and one.word == "missed"]


def told(found: Calibration) -> list[str]:
    """What may be said of it, in sentences."""
    parameters, targets = fitted(found), checked(found)
    groups: dict[str, list[str]] = {}
    for one in parameters:
        groups.setdefault(one.word, []).append(f"{one.path} {_posterior(one)}" if one.word == "identified" else one.path)
    words = []
    for held_out, what in ((False, "fitted to"), (True, "held out")):
        group = [one for one in targets if one.statistic.held_out is held_out]
        met = [one for one in group if one.word.startswith("met")]
        if group:
            missed = [one.statistic.name for one in group if one not in met]
            names = f" Missed: {'; '.join(missed)}." if missed else ""
            words.append(f"Of {len(group)} targets {what}, draws from the posterior meet {len(met)}.{names}")
    misses = missed_targets(found)
    if misses:
        words.append("Where a fitted target is missed, the posterior tells what is least wrong, not what is right.")
    words += [
        f"{word[0].upper()}{word[1:]}{' if the model is right' * bool(misses)}: {', '.join(groups[word])}."
        for word in ("identified", "weakly identified")
        if word in groups
    ]
    if "not identified" in groups:
        names = ", ".join(groups["not identified"])
        words.append(
            f"Not identified: {names}. The targets leave most of the range; other targets are needed, or a value from elsewhere."
        )
    words += [
        f"Draws of {one.path} heap up at the {one.edge} end of its range: the answer may lie beyond."
        for one in parameters
        if one.edge
    ]
    for a, b, rho in together(found):
        how = "rises with" if rho > 0 else "makes up for"
        words.append(f"{a} and {b} are known only together: one {how} the other (rank correlation {rho:+.2f}).")
    if not any(one.statistic.held_out for one in targets):
        words.append("Nothing was held out: whether the fit says anything beyond its targets is not known.")
    loose = sum(one.word == "met, loosely" for one in targets)
    if loose:
        words.append(f"{loose} of those met are met loosely, by intervals hardly narrower than what the whole ranges give.")
    share = emulated(found)
    words.append(
        f"Of what was measured at the end {share:.0%} lies within the emulator's {CONFIDENCE:.0%} intervals"
        + (": too little, raise calibration.waves or calibration.points." if share < _TRUSTED else ".")
    )
    if found.posterior.effective < _FEW_DRAWS:
        words.append(f"The posterior rests on some {found.posterior.effective:.0f} independent draws only: its ends are vague.")
    return words


def method(found: Calibration) -> str:
    """What was done."""
    plan = found.scenario.calibration
    failed = f" {len(found.failures)} measurements failed." if found.failures else ""
    return (
        f"{plan.waves} waves of {plan.points} points in {plan.worlds} worlds each, every point in worlds of its own; emulators "
        "(Gaussian processes) of each statistic's mean; synthetic likelihood with the covariance between worlds and what the "
        f"model may miss; flat priors over the ranges, on their scale; Markov chains with some {found.posterior.effective:,.0f} "
        f"independent draws. {plan.predictive} draws were lived in {plan.worlds} new worlds each; {emulated(found):.0%} of what "
        "they gave lies within the emulator's 95 % intervals. For a series one observation in twenty is missed by chance."
        f"{failed}"
    )


def as_data(found: Calibration) -> dict[str, Any]:
    """The findings as plain data."""
    return {
        "parameters": {
            one.path: {
                "median": one.median,
                "low": one.low,
                "high": one.high,
                "of_range": one.left,
                "word": one.word,
                "edge": one.edge,
            }
            for one in fitted(found)
        },
        "together": [{"a": a, "b": b, "rank_correlation": rho} for a, b, rho in together(found)],
        "targets": [
            {
                "name": one.statistic.name,
                "held_out": one.statistic.held_out,
                "observed": one.observed,
                **{
                    key: value if np.isfinite(value) else None
                    for key, value in (("median", one.median), ("low", one.low), ("high", one.high))
                },
                "word": one.word,
            }
            for one in checked(found)
        ],
        "best": found.best,
        "emulated": emulated(found),
        "told": told(found),
    }


def compose(found: Calibration, manifest: dict[str, Any]) -> Page:
    """The report of a calibration."""
    import matplotlib.pyplot as plt

    kept = {key: manifest.get(key) for key in ("created", "versions", "commit", "machine", "result")}
    figures = []
    with plt.rc_context(STYLE):
        figure = corner(found)
        figures.append(
            Figure(
                "posterior",
                "The posterior of each parameter (blue) over its range (grey: before), and of pairs.",
                picture(figure),
            )
        )
        for observed in found.series:
            figure, ax = plt.subplots(figsize=(8.5, 3.2), layout="constrained")
            draw_series(found, observed.name, ax)
            caption = (
                f"{observed.name}: observed days (dots) and their means (dotted), and what draws from the posterior give "
                "(line and band: median and 95 %; orange: held out)."
            )
            figures.append(Figure(f"series-{observed.name}", caption, picture(figure)))
        bands = [one for one in checked(found) if one.band is not None]
        if bands:
            figure, axes = plt.subplots(len(bands), 1, figsize=(8.5, 0.9 * len(bands) + 0.3), layout="constrained", squeeze=False)
            for ax, one in zip(axes[:, 0], bands, strict=True):
                draw_band(one, ax)
            figures.append(
                Figure(
                    "bands", "Ranges and facts: the band held to (green) and what draws from the posterior give.", picture(figure)
                )
            )
    sheets = [parameter_sheet(found), target_sheet(found)]
    title = found.scenario.title or "A calibration"
    return Page(f"Calibration: {title}", found.scenario.description, [], told(found), sheets, figures, [method(found)], kept)


def corner(found: Calibration) -> Any:
    """The posterior: each parameter on the diagonal, pairs below it (only the diagonal when there are many)."""
    import matplotlib.pyplot as plt

    d = len(found.axes)
    points = found.posterior.points
    values = np.array(
        [[axis.at(float(u)) for axis, u in zip(found.axes, row, strict=True)] for row in points[:: max(1, len(points) // 2000)]]
    )
    if d > _MOST_CORNER:
        columns = 3
        figure, grid = plt.subplots(
            -(-d // columns), columns, figsize=(10, 2.2 * -(-d // columns)), layout="constrained", squeeze=False
        )
        for k, ax in enumerate(grid.ravel()):
            ax.set_visible(k < d)
            if k < d:
                _marginal(ax, found, values, k)
                ax.set_xlabel(found.axes[k].path)
        return figure
    figure, grid = plt.subplots(d, d, figsize=(2.6 * d + 1.0, 2.2 * d + 0.6), layout="constrained", squeeze=False)
    for row in range(d):
        for column in range(d):
            ax = grid[row, column]
            if column > row:
                ax.set_visible(False)
            elif column == row:
                _marginal(ax, found, values, row)
            else:
                ax.plot(values[:, column], values[:, row], ".", color=_BLUE, alpha=0.15, markersize=3, rasterized=True)
                _span(ax, found, column, row)
            if row == d - 1:
                ax.set_xlabel(found.axes[column].path, fontsize=8)
            if column == 0 and row > 0:
                ax.set_ylabel(found.axes[row].path, fontsize=8)
            ax.tick_params(labelsize=7)
    return figure


def _span(ax: Axes, found: Calibration, x: int, y: int | None = None) -> None:
    """The ranges of one or two parameters, on their scales, with few ticks."""
    for k, ticks, scale, limits in (
        (x, ax.set_xticks, ax.set_xscale, ax.set_xlim),
        (y, ax.set_yticks, ax.set_yscale, ax.set_ylim),
    ):
        if k is None:
            continue
        axis = found.axes[k]
        scale("log" if axis.log else "linear")
        at = [float(f"{axis.at(u):.1g}" if axis.log else f"{axis.at(u):.2g}") for u in (0.1, 0.5, 0.9)]
        at = sorted({value for value in at if axis.low <= value <= axis.high})
        ticks([], minor=True)
        ticks(at, [f"{value:g}" for value in at])
        limits(axis.low, axis.high)


def _marginal(ax: Axes, found: Calibration, values: Any, k: int) -> None:
    axis = found.axes[k]
    edges = np.array(
        [
            axis.low * (axis.high / axis.low) ** u if axis.log else axis.low + u * (axis.high - axis.low)
            for u in np.linspace(0, 1, 31)
        ]
    )
    ax.hist(values[:, k], bins=edges.tolist(), weights=np.full(len(values), 30 / len(values)), color=_BLUE, alpha=0.8)
    ax.axhline(1.0, color=_GREY, linewidth=1.5)
    _span(ax, found, k)
    ax.set_yticks([])


def draw_series(found: Calibration, name: str, ax: Axes | None = None) -> Axes:
    """A series as observed, day by day, and what draws from the posterior give for its blocks."""
    ax = axes_for(ax)
    observed = next(series for series in found.series if series.name == name)
    ax.plot(observed.days, observed.values, ".", color=_GREY, markersize=3)
    for one in checked(found):
        if one.statistic.series != name:
            continue
        days = one.statistic.days
        colour = _ORANGE if one.statistic.held_out else _BLUE
        ax.fill_between([days[0], days[-1]], one.low, one.high, color=colour, alpha=0.2, linewidth=0)
        ax.hlines(one.median, days[0], days[-1], color=colour, linewidth=2)
        ax.hlines(one.observed, days[0], days[-1], color="black", linewidth=1.5, linestyle=":")
    ax.set_title(name)
    ax.set_xlabel("day")
    ax.set_ylabel(METRICS[observed.metric].unit)
    ax.yaxis.set_major_formatter(NUMBER)
    ax.margins(x=0.01)
    return ax


def draw_band(one: Checked, ax: Axes | None = None) -> Axes:
    """The band a fact or metric is held to, and what draws from the posterior give."""
    assert one.band is not None
    ax = axes_for(ax)
    ax.axvspan(*one.band, color="#009E73", alpha=0.18, lw=0)
    colour = _ORANGE if one.statistic.held_out else _BLUE
    ax.plot([one.low, one.high], [0, 0], color=colour, lw=2)
    ax.plot(one.median, 0, "D", color=colour, ms=6)
    ax.set_yticks([])
    ax.set_title(f"{one.statistic.name}{' (held out)' if one.statistic.held_out else ''}: {one.word}", fontsize=9, loc="left")
    ax.margins(x=0.1)
    return ax


def write_results(found: Calibration, folder: Path) -> None:
    """posterior.csv (draws, as a list of points for a study) and calibrated.toml (the scenario at the likeliest draw)."""
    from sim.study.store import Folder

    store, draws = Folder(folder), found.draws()

    def save(path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(draws[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(draws)

    store.write("posterior.csv", save)
    best = _remark(found) + dump_toml(changed(found.scenario, found.best))
    store.write("calibrated.toml", lambda path: path.write_text(best, encoding="utf-8"))


def _remark(found: Calibration) -> str:
    """What must be known of the scenario at the likeliest draw, as the first lines of its file."""
    vague = [one for one in fitted(found) if one.word != "identified"]
    lines = ["# The likeliest of the draws that murmur calibrate found; posterior.csv holds what else fits as well."]
    if missed := missed_targets(found):
        lines.append(f"# It does not fit: {len(missed)} targets are missed, so these values are what is least wrong.")
    lines += [f"# {one.path} is {one.word}: from {number(one.low)} to {number(one.high)} would do." for one in vague]
    return "\n".join([*lines, "", ""])
