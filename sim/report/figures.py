"""Figures: functions that draw on matplotlib axes, and the sheets made of them."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics import HEADLINES, METRICS
from sim.report.words import OF_BRAND, conditions, title, warnings
from sim.study.compare import Comparison
from sim.study.results import Result
from sim.study.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito (2008): told apart by the colour-blind; the control is grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#5D3A9B", "#000000")
CONTROL_COLOUR = "#7F7F7F"
STYLE: Any = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.grid": True,
    "grid.color": "#E6E6E6",
    "axes.axisbelow": True,
    "legend.frameon": False,
}
_WEEK = 7
_FOOTER = 230
"""Characters of a line below the sheet."""
NUMBER = "{x:,.10g}"


def axes_for(ax: Axes | None) -> Axes:
    """These axes, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    with plt.rc_context(STYLE):
        _, new = plt.subplots(figsize=(8.5, 4.2), layout="constrained")
    return new


def wrapped(text: str, width: int = 72) -> str:
    """Text in lines of so many characters, broken between words, or within long names after a sign."""
    joint = "\x1f"
    lines = textwrap.fill(re.sub(r"([_:,=])(?=\S)", rf"\1 {joint}", text), width, break_on_hyphens=False)
    return lines.replace(f" {joint}", "").replace(joint, "")


def colours(study: Study) -> dict[str, str]:
    """A colour per policy."""
    others = [policy for policy in study.policies if policy != study.control]
    return {study.control: CONTROL_COLOUR, **{policy: COLOURS[n % len(COLOURS)] for n, policy in enumerate(others)}}


def draw_paths(comparison: Comparison, metric: str, ax: Axes | None = None) -> Axes:
    """The mean over worlds by day, with the band that holds 90 % of the worlds. Daily counts as weekly means."""
    ax = axes_for(ax)
    smoothed = False
    for policy, colour in colours(comparison.results.study).items():
        days = comparison.days(policy, metric)
        if not len(days):
            continue  # no world that all policies have lived through
        if METRICS[metric].summary == "sum" and days.shape[1] >= 3 * _WEEK:
            kernel = np.ones(_WEEK) / _WEEK
            days = np.stack([np.convolve(world, kernel, mode="valid") for world in days])
            smoothed = True
        x = np.arange(days.shape[1]) + (comparison.scenario.days - days.shape[1])
        ax.plot(x, days.mean(axis=0), color=colour, label=policy, linewidth=1.8, zorder=3)
        if len(days) > 1:
            low, high = np.quantile(days, [0.05, 0.95], axis=0)
            ax.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
    _label_days(ax, metric, ", weekly mean" if smoothed else "")
    return ax


def _label_days(ax: Axes, metric: str, how: str = "") -> None:
    """Title, unit and readable numbers for a metric drawn day by day."""
    unit = METRICS[metric].unit + how
    ax.set_title(title(metric))
    ax.set_ylabel("" if unit == "–" else unit)
    ax.yaxis.set_major_formatter(NUMBER)
    ax.set_xlabel("day")
    ax.margins(x=0)


def draw_differences(comparison: Comparison, metric: str, brand: int = 0, ax: Axes | None = None) -> Axes:
    """Paired differences to the control at the end of the run: every world a dot, the mean with its 95 % interval. ``brand``:
    whose metric; the policies are always the first brand's."""
    ax = axes_for(ax)
    shades = colours(comparison.results.study)
    others = [policy for policy in comparison.policies if policy != comparison.control]
    for n, policy in enumerate(others):
        found = comparison.against(policy, comparison.control, metric, brand)
        dots = comparison.values(policy, metric, brand) - comparison.values(comparison.control, metric, brand)
        aside = 0.22 * np.where(np.arange(dots.size) % 2, 1, -1) * (dots.size > 1)  # above and below the interval
        ax.plot(dots, n + aside, ".", color=shades[policy], alpha=0.35, markersize=5)
        d = found.difference
        if np.isfinite(d.low):
            ax.plot([d.low, d.high], [n, n], color=shades[policy], linewidth=3, solid_capstyle="butt")
        ax.plot([d.mean], [n], "o", color=shades[policy], markersize=7, markeredgecolor="white")
    ax.axvline(0, color="black", linewidth=1)
    ax.set_yticks(range(len(others)), [wrapped(policy, 28) for policy in others])
    ax.set_ylim(len(others) - 0.5, -0.5)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(NUMBER)
    ax.grid(axis="y", visible=False)
    better = METRICS[metric].better
    ax.set_xlabel(f"minus {comparison.control}" + ({1: "  (right: better)", -1: "  (left: better)"}.get(better, "")))
    return ax


def comparison_figure(comparison: Comparison) -> Figure:
    """The sheet: above, the headline metrics day by day; below, the paired differences to the control at the end; further below,
    what that did to the other brands."""
    import matplotlib.pyplot as plt

    others = len(comparison.policies) - 1
    rivals = range(1, len(comparison.scenario.brand)) if others else range(0)
    low = 0.5 + 0.42 * max(2, others)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            2 + len(rivals),
            len(HEADLINES),
            figsize=(17, 4.6 + low * (1 + len(rivals)) + 0.4 * len(rivals)),
            height_ratios=[3.0, low, *(low for _ in rivals)],
            layout="constrained",
            squeeze=False,
        )
        for row, brand in enumerate(rivals, 2):
            for column, metric in enumerate(HEADLINES):
                if metric not in OF_BRAND:
                    axes[row, column].set_visible(False)
                    continue
                draw_differences(comparison, metric, brand, axes[row, column])
                axes[row, column].set_title(f"{comparison.scenario.brand[brand].name}: {title(metric)}")
                if column:
                    axes[row, column].tick_params(labelleft=False)
        for column, metric in enumerate(HEADLINES):
            draw_paths(comparison, metric, axes[0, column])
            if others:
                draw_differences(comparison, metric, ax=axes[1, column])
                if column:
                    axes[1, column].tick_params(labelleft=False)
            else:
                axes[1, column].set_visible(False)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        name = comparison.scenario.title or "Policies in the same worlds"
        figure.suptitle(name, fontsize=14, fontweight="bold", x=0.01, ha="left")
        figure.legend(handles, labels, loc="outside upper right", ncols=min(6, len(labels)))
        told = [*warnings(comparison), conditions(comparison) + " Bands: 90 % of the worlds."]
        footer = "\n".join(textwrap.fill(sentence, _FOOTER) for sentence in told)
        figure.supxlabel(footer, fontsize=9, x=0.01, ha="left", color="#555555")
    return figure


def run_figure(result: Result, name: str) -> Figure:
    """One run: the headline metrics day by day, a line per brand."""
    import matplotlib.pyplot as plt

    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, len(HEADLINES), figsize=(17, 3.6), layout="constrained")
        for ax, metric in zip(axes, HEADLINES, strict=True):
            of_brand = METRICS[metric].scope == "brand"
            for b, brand in enumerate(result.brand_names[: None if of_brand else 1] or ("",)):
                if of_brand and not result.brand_names:
                    continue
                ax.plot(result.series(metric, b), color=COLOURS[b], label=brand)
            _label_days(ax, metric)
        if len(result.brand_names) > 1:
            axes[0].legend()
        figure.suptitle(f"{name}: {result.policy}, seed {result.seed} (one world)", x=0.01, ha="left", fontweight="bold")
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure; the same figure gives the same bytes."""
    import matplotlib.pyplot as plt

    options: dict[str, Any] = {"metadata": {"Software": None}} if path.suffix == ".png" else {"metadata": {"Date": None}}
    figure.savefig(path, dpi=110, **options)
    plt.close(figure)
