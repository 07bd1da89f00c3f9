"""Where facts are measured: runs of the default scenario, each made once however many facts ask for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from sim.engine import Run
from sim.graph import Graph
from sim.scenario import Policy, Scenario, changed
from sim.state import F64
from sim.study.results import Result

Watch = Callable[[Run], Any]
Found = TypeVar("Found")


def once(measure: Callable[[Lab], Found]) -> Callable[[Lab], Found]:
    """A measure that several facts share: each laboratory takes it once, and remembers it as long as it exists."""

    @wraps(measure)
    def remembered(lab: Lab) -> Found:
        if measure not in lab.found:
            lab.found[measure] = measure(lab)
        found: Found = lab.found[measure]
        return found

    return remembered


class Lab:
    """A scenario and the worlds in which facts about it are measured.

    Facts are measured in the shipped default: its community, its laws, its numbers. What a fact varies, it names.
    """

    def __init__(self, scenario: Scenario, seeds: Sequence[int], graph: Graph | None = None) -> None:
        self.scenario = scenario
        self.seeds = tuple(seeds)
        self.graph = scenario.make_graph(self.seeds[0]) if graph is None else graph
        self.found: dict[Any, Any] = {}
        """What shared measures (:func:`once`) have found here."""
        self._results: dict[Any, list[Result]] = {}

    def results(self, policy: str | Policy, changes: Mapping[str, Any] | None = None) -> list[Result]:
        """What one run per world left behind under a policy, with some numbers of the scenario changed."""
        key = (policy, tuple(sorted((changes or {}).items())))
        if key not in self._results:
            scenario = changed(self.scenario, dict(changes)) if changes else self.scenario
            self._results[key] = [Result.of(self._begin(scenario, policy, seed).to_the_end()) for seed in self.seeds]
        return self._results[key]

    def watched(self, policy: str | Policy, watch: Watch, changes: Mapping[str, Any] | None = None) -> list[list[Any]]:
        """What ``watch`` returns on each day after the brand has entered, per world."""
        scenario = changed(self.scenario, dict(changes)) if changes else self.scenario
        seen = []
        for seed in self.seeds:
            run = self._begin(scenario, policy, seed)
            seen.append([watch(run) for _ in run])
        return seen

    def told(self, events: Collection[str], policy: str | Policy, changes: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """What happened to everybody of these ``events``, one world at a time (see :meth:`sim.diary.Diary.table`)."""
        scenario = changed(self.scenario, dict(changes)) if changes else self.scenario
        for seed in self.seeds:
            run = self._begin(scenario, policy, seed, diary="all").to_the_end()
            assert run.diary is not None
            yield run.diary.table(events)

    def total(self, metric: str, policy: str | Policy, changes: Mapping[str, Any] | None = None, days: int | None = None) -> F64:
        """Sum of a metric over the first ``days`` (default: all), per world."""
        return np.array([np.nansum(result.series(metric)[:days]) for result in self.results(policy, changes)])

    def last(self, metric: str, policy: str | Policy, changes: Mapping[str, Any] | None = None) -> F64:
        """The last day of a metric, per world."""
        return np.array([result.series(metric)[-1] for result in self.results(policy, changes)])

    def _begin(self, scenario: Scenario, policy: str | Policy, seed: int, diary: Any = ()) -> Run:
        graph: Graph | None = None if scenario.graph_varies else self.graph
        return Run(scenario, policy, seed, graph, diary=diary)
