"""A stage as a matplotlib figure: for downloads and animations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.app.panels import difference_panels, panels
from sim.app.stage import Stage
from sim.report.figures import NUMBER, STYLE, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRUST = ("#7f3b08", "#b35806", "#e08214", "#fdb863", "#fee0b6", "#e8e8e8", "#d8daeb", "#b2abd2", "#8073ac", "#542788", "#2d004b")
"""Trust from 0 to 1 (ColorBrewer PuOr), as on the page."""
_SHAPES = {0: "o", 1: "s", 2: "^", 3: "^", 4: "^"}


def draw_network(stage: Stage, ax: Axes) -> None:
    """Every member who is drawn a dot, coloured by trust; circles around communities where it is a sample."""
    place, frame = stage.picture.place(), stage.picture.frame()
    x, y = np.array(place["x"]), np.array(place["y"])
    colours = np.array([TRUST[int(np.clip(round(t / 10), 0, 10))] for t in frame["trust"]])
    look = np.array(frame["look"])
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle

    for cx, cy, radius in place["circles"]:
        ax.add_patch(Circle((cx, cy), radius + 0.005, facecolor="#fafafa", edgecolor="#bbbbbb", zorder=0))
    ends = np.array(frame["ties"], int).reshape(-1, 2)
    cut, known = np.array(frame["cut"], int).reshape(-1, 2), frame["reasoned"]
    for pairs, colour, width in ((ends, "#3c3c3c22", 0.5), (cut[known:], "#888888", 0.7), (cut[:known], "#c0143c", 0.9)):
        if len(pairs):
            ax.plot(x[pairs].T, y[pairs].T, color=colour, linewidth=width, zorder=1)
    size = 16000 / max(len(x), 160)
    away = (look & 16) > 0
    ax.scatter(x[away], y[away], s=size / 2, facecolors="none", edgecolors="#bbbbbb", linewidths=0.5, zorder=2)
    for role, shape in _SHAPES.items():
        here = ~away & ((look & 7) == role)
        edges = np.where((look & 8) > 0, "#000000", np.where((look & 256) > 0, "#0b6623", "#777777"))[here]
        widths = np.where((look & 8) > 0, 1.8, np.where((look & 256) > 0, 1.2, 0.4))[here]
        ax.scatter(x[here], y[here], s=size, c=colours[here], marker=shape, edgecolors=edges, linewidths=widths, zorder=3)
    marks = [
        Line2D([], [], linestyle="", marker=marker, markerfacecolor="#e8e8e8", markeredgecolor=edge, label=label)
        for marker, edge, label in (
            ("s", "#777777", "planted by the brand"),
            ("^", "#777777", "ambassador"),
            ("o", "#000000", "found out"),
            ("o", "#0b6623", "customer"),
        )
    ]
    lines = (("#c0143c", "unfollowed today: selling or distrust"), ("#888888", "unfollowed: no known reason"))
    marks += [Line2D([], [], color=colour, label=label) for colour, label in lines]
    ax.legend(handles=marks, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, fontsize=7, frameon=False)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_aspect("equal")
    ax.axis("off")
    sample = f" (a sample of {len(x):,} members)" if stage.picture.layout.is_sample else ""
    ax.set_title(f"{stage.name}, after {stage.day} day{'s' * (stage.day != 1)}{sample}")


def draw_trust_scale(figure: Figure, ax: Any) -> None:
    """What the colours mean."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    scale = ScalarMappable(Normalize(0, 1), ListedColormap(list(TRUST)))
    figure.colorbar(
        scale, ax=ax, location="bottom", shrink=0.6, aspect=40, pad=0.02, label="trust in the brand", ticks=[0, 0.5, 1]
    )


def draw_panel(panel: dict[str, Any], days: int, ax: Axes) -> None:
    """One of the page's charts."""
    for line in panel["lines"]:
        values = [np.nan if value is None else value for value in line["values"]]
        style: Any = (0, tuple(int(part) for part in line["dash"].split())) if line["dash"] else "-"
        ax.plot(values, color=line["colour"], linestyle=style, label=line["name"], linewidth=1.5)
    for n, moment in enumerate(panel["moments"]):
        ax.axvline(moment["day"], color=moment["colour"], linestyle=":", linewidth=1)
        top = (moment["day"], 0.99)
        ax.annotate(str(n + 1), top, xycoords=("data", "axes fraction"), va="top", fontsize=7, color=moment["colour"])
    ax.set_xlim(0, days)
    ax.set_xlabel("day", fontsize=8, labelpad=1)
    if panel["range"]:
        known = [value for line in panel["lines"] for value in line["values"] if value is not None]
        low, high = min([panel["range"][0], *known]), max([panel["range"][1], *known])
        margin = 0.05 * (high - low) or 1.0
        ax.set_ylim(low - margin * (low < panel["range"][0]), high + margin)
    ax.set_title(f"{panel['title']}\n", fontsize=9)
    ax.text(0.5, 1.03, panel["unit"], transform=ax.transAxes, ha="center", va="bottom", fontsize=7, color="#444444")
    ax.yaxis.set_major_formatter(NUMBER)
    ax.locator_params(axis="both", nbins=4)
    ax.tick_params(labelsize=8)
    if len(panel["lines"]) > 1:
        ax.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.3), ncols=2, frameon=False)


def stage_figure(stages: list[Stage], difference: bool = False) -> Figure:
    """The worlds and all charts on one sheet: their series, or of two worlds the ``difference``. Made without pyplot, which is
    not for threads."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=(14, 9 if len(stages) == 1 else 12), layout="constrained")
        FigureCanvasAgg(figure)
        told, days = (difference_panels if difference else panels)(stages), stages[0].run.scenario.days
        if len(stages) == 1:
            parts: Any = figure.subfigures(1, 2, width_ratios=[1.05, 1])
            left, right = parts
            networks, grid = [left.subplots()], right.subplots(4, 2)
            draw_trust_scale(left, networks)
        else:
            parts = figure.subfigures(2, 1, height_ratios=[1.15, 1])
            above, below = parts
            networks, grid = list(above.subplots(1, 2)), below.subplots(2, 4)
            draw_trust_scale(above, networks)
        for stage, ax in zip(stages, networks, strict=True):
            draw_network(stage, ax)
        for panel, ax in zip(told, grid.ravel(), strict=True):
            draw_panel(panel, days, ax)
        settings = stages[0].settings
        what = f" ({stages[1].name} minus {stages[0].name})" if difference else ""
        figure.suptitle(f"{settings.title}: seed {settings.seed}{what}", x=0.01, ha="left", fontweight="bold")
        marked = [f"{n + 1}: {m['what']} (day {m['day']})" for n, m in enumerate(told[0]["moments"])]
        if marked:
            figure.supxlabel(wrapped(";  ".join(marked), 200), x=0.01, ha="left", fontsize=8)
    return figure
