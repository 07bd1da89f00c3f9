"""Many worlds for a comparison on the page, so that nobody concludes from one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.app.settings import Settings
from sim.engine import Run
from sim.metrics import HEADLINES, METRICS
from sim.report.words import interval, title, verdict
from sim.state import F64
from sim.study.results import Result
from sim.study.statistics import contrast

Side = tuple[Settings, str, str]
"""One of the worlds of a page: settings, policy, and what it is called."""


class Verdict(NamedTuple):
    """A metric over many worlds: second side minus first, its interval, in which share of worlds it is better, in words."""

    metric: str
    difference: str
    superiority: float
    word: str
    dots: tuple[float, ...]

    @property
    def better_in(self) -> str:
        """In which share of the worlds it is better; a dash where no world differs."""
        return f"{self.superiority:.0%}" if any(self.dots) else "–"


def many_worlds(
    sides: tuple[Side, Side],
    n: int,
    tell: Callable[[float], None] = lambda done: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Verdict]:
    """Live n worlds under both sides, and say what the paired differences allow to be said; nothing when stopped."""
    found: list[list[dict[str, float]]] = [[], []]
    scenarios = [settings.resolved for settings, _, _ in sides]
    graphs = [None if scenario.graph_varies else scenario.make_graph(scenario.seed) for scenario in scenarios]
    for k in range(n):
        for s, (settings, policy, _) in enumerate(sides):
            if stopped():
                return []
            run = Run(scenarios[s], policy, settings.seed + k, graphs[s]).to_the_end()
            found[s].append(Result.of(run).summary())
        tell((k + 1) / n)
    return [_verdict(metric, sides, *(np.array([world[metric] for world in side]) for side in found)) for metric in HEADLINES]


def _verdict(metric: str, sides: tuple[Side, Side], first: F64, second: F64) -> Verdict:
    told = contrast(sides[1][2], sides[0][2], metric, second, first, METRICS[metric].better)
    return Verdict(
        title(metric) + " in all" * METRICS[metric].unit.endswith("/day"),
        interval(told.difference, sign=True),
        told.superiority,
        verdict(told),
        tuple((second - first).tolist()),
    )
