"""The time series beside the picture: which, how they are called, and what is marked on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.app.stage import Stage
from sim.metrics import METRICS
from sim.report.figures import COLOURS
from sim.state import F64

_WEEK = 7
_SHADES = (COLOURS[0], COLOURS[1], "#777777")
_DRIFT = "no known reason"


class Panel(NamedTuple):
    """One chart: its title, its unit, its lines (metric, name, dash pattern), the range it shows at least; ``alone``: lines that
    are shown only where there is one world, so that two do not make a thicket."""

    title: str
    unit: str
    lines: tuple[tuple[str, str, str], ...]
    daily: bool = False
    range: tuple[float, float] | None = (0.0, 0.0)
    zero: bool = False
    alone: tuple[tuple[str, str, str], ...] = ()
    pair_title: str = ""
    """What it is called where those are not shown."""

    def called(self, stages: Sequence[Stage]) -> str:
        """Its title for so many worlds; whose it is, where there are several brands."""
        title = (self.pair_title if len(stages) > 1 else "") or self.title
        first, *rivals = stages[0].run.brand_names or [""]
        if not rivals or METRICS[self.lines[0][0]].scope != "brand":
            return title
        return title.replace("the brand", first) if "the brand" in title else f"{title}: {first}"


PANELS = (
    Panel("Trust in the brand", "mean, ½ is neutral", (("brand_trust", "trust", ""),), range=(0.45, 0.55)),
    Panel("Customers", "members", (("customers", "customers", ""),)),
    Panel("Word of mouth", "posts a day, weekly mean", (("praise", "praise", ""), ("criticism", "criticism", "5 3")), daily=True),
    Panel(
        "Followers lost",
        "a day, weekly mean",
        (("brand_unfollows_overexposure", "too many posts", ""), ("brand_unfollows_distrust", "distrust", "5 3")),
        daily=True,
        alone=(("brand_unfollows_drift", _DRIFT, "1 3"),),
        pair_title="Followers lost for a reason",
    ),
    Panel(
        "Ties lost between members",
        "a day, weekly mean",
        (("unfollows_annoyance", "selling", ""), ("unfollows_distrust", "distrust", "5 3")),
        daily=True,
        alone=(("unfollows_drift", _DRIFT, "1 3"),),
        pair_title="Ties lost for a reason",
    ),
    Panel("Organic posts", "a day, weekly mean", (("organic_posts", "posts", ""),), daily=True),
    Panel("Recognisable selling", "share of what is read, weekly mean", (("commercial_share", "share", ""),), daily=True),
    Panel("Net present value", "earned so far less costs; later money counts less", (("npv", "NPV", ""),), zero=True),
)


def panels(stages: list[Stage]) -> list[dict[str, Any]]:
    """What the charts are told: with one world a line per metric, with two a colour per world (which their titles explain)."""
    several = len(stages) > 1
    found = []
    for panel in PANELS:
        lines = []
        for s, stage in enumerate(stages):
            for n, (metric, name, dash) in enumerate(panel.lines if several else (*panel.lines, *panel.alone)):
                colour = COLOURS[s] if several else _SHADES[n]
                called = name if len(stages) == 1 else stage.name if len(panel.lines) == 1 else f"{stage.name}: {name}"
                lines.append(
                    {
                        "name": called,
                        "colour": colour,
                        "dash": dash,
                        "values": _plain(_smoothed(stage.series(metric), panel.daily)),
                    }
                )
        found.append(
            {
                "title": panel.called(stages),
                "unit": panel.unit,
                "lines": lines,
                "key": _key(panel, lines, several),
                "range": panel.range,
                "zero": panel.zero,
                "moments": _moments(stages),
            }
        )
    return found


def _key(panel: Panel, lines: list[dict[str, Any]], several: bool) -> list[dict[str, str]]:
    """What of the lines must be explained below a chart."""
    if several:
        dashes = [{"name": name, "colour": "#333", "dash": dash} for _, name, dash in panel.lines]
        return dashes if len(dashes) > 1 else []
    return [{key: line[key] for key in ("name", "colour", "dash")} for line in lines] if len(lines) > 1 else []


def difference_panels(stages: list[Stage]) -> list[dict[str, Any]]:
    """The second world minus the first, day by day."""
    ours, theirs = stages[1], stages[0]
    found = []
    for panel in PANELS:
        lines = []
        for n, (metric, name, dash) in enumerate(panel.lines):
            difference = _smoothed(ours.series(metric), panel.daily) - _smoothed(theirs.series(metric), panel.daily)
            lines.append({"name": name, "colour": COLOURS[2 + n], "dash": dash, "values": _plain(difference)})
        chart = {
            "title": panel.called(stages),
            "unit": panel.unit.partition(", ½")[0],
            "lines": lines,
            "key": _key(panel, lines, several=False),
        }
        found.append({**chart, "range": None, "zero": True, "moments": []})
    return found


def since_when(stages: list[Stage]) -> list[str]:
    """What has differed between two worlds, and since when: differences are due to what was changed alone."""
    ours, theirs = stages[1], stages[0]
    days = min(ours.day, theirs.day)
    if days == 0:
        return ["The two worlds begin on the same day with the same members and the same luck. Days count from 0."]
    first: dict[str, int] = {}
    for panel in PANELS:
        for metric, name, _ in panel.lines:
            a, b = ours.series(metric)[:days], theirs.series(metric)[:days]
            unlike = np.flatnonzero(~((a == b) | (np.isnan(a) & np.isnan(b))))
            if unlike.size:
                called = panel.called(stages).lower()
                first[f"{called} ({name})" if len(panel.lines) > 1 else called] = int(unlike[0])
    if not first:
        alike = f"Until day {days - 1} nothing drawn here differs: the two worlds are the same to the bit."
        return [alike, "What would set them apart has not come about so far, and may never under such a policy."]
    begin = min(first.values())
    told = [
        f"The two worlds are alike until day {begin - 1}." if begin > 0 else "The two worlds differ from day 0, the first, on."
    ]
    by_day: dict[int, list[str]] = {}
    for name, day in first.items():
        by_day.setdefault(day, []).append(name)
    told += [f"Day {day}: {', '.join(names)}." for day, names in sorted(by_day.items())]
    titles = [panel.called(stages).lower() for panel in PANELS]
    same = [title for title in titles if not any(title in name for name in first)]
    return told + ([f"Still the same: {', '.join(same)}."] if same else [])


def _smoothed(days: F64, daily: bool) -> F64:
    """Weekly means of what goes up and down from day to day; the first days over as many as there are."""
    if not daily or days.size < 2:
        return days
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(days))])
    at = np.arange(1, days.size + 1)
    back = np.maximum(at - _WEEK, 0)
    return np.asarray((total[at] - total[back]) / (at - back))


def _plain(days: F64) -> list[float | None]:
    return [float(f"{value:.6g}") if np.isfinite(value) else None for value in days]


def moments(stages: list[Stage]) -> list[str]:
    """What the marks in the charts stand for, in sentences."""
    several = len(stages) > 1
    return [f"Day {m.day}{f', {stage.name}' if several else ''}: {m.what}." for stage in stages for m in stage.moments]


def _moments(stages: list[Stage]) -> list[dict[str, Any]]:
    several = len(stages) > 1
    return [
        {"day": m.day, "what": f"{stage.name}: {m.what}" if several else m.what, "colour": COLOURS[s] if several else "#8a1538"}
        for s, stage in enumerate(stages)
        for m in stage.moments
    ]
