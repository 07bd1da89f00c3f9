"""Policies in the same worlds, compared in pairs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.graph import Graph
from sim.metrics import METRICS
from sim.scenario import Policy, Scenario, load_scenario
from sim.scenario.plan import Plan
from sim.state import F64
from sim.study.conduct import Headway, conduct
from sim.study.executor import Failure
from sim.study.outcome import StudyResults
from sim.study.statistics import Contrast, Estimate, contrast, estimate
from sim.study.study import Study


@dataclass(frozen=True)
class Comparison:
    """The policies of a study at one point of its design and one horizon: in the same worlds, one for each seed.

    Only worlds that all policies have lived through are compared. ``horizon``: in days; None for the study's last.
    """

    results: StudyResults
    point: int = 0
    horizon: int | None = None

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.policies)} in {len(self.seeds)} world(s)>"

    @property
    def policies(self) -> tuple[str, ...]:
        return self.results.study.policies

    @property
    def control(self) -> str:
        return self.results.study.control

    @property
    def failures(self) -> tuple[Failure, ...]:
        return tuple(failure for failure in self.results.failures if failure.job.point == self.point)

    @property
    def graph(self) -> Mapping[str, Any]:
        return self.results.graph

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario at this point."""
        return self.results.study.scenario_at(self.point)

    @cached_property
    def _lived(self) -> npt.NDArray[np.bool_]:
        """Worlds that all policies have lived through."""
        there = {(job.policy, job.seed) for job in self.results.jobs if job.point == self.point}
        return np.array([all((policy, seed) in there for policy in self.policies) for seed in self.results.study.seeds], bool)

    @property
    def seeds(self) -> tuple[int, ...]:
        """The worlds compared."""
        return tuple(seed for seed, lived in zip(self.results.study.seeds, self._lived, strict=True) if lived)

    def values(self, policy: str, metric: str, brand: int = 0) -> F64:
        """One number per world. Raises InputError for an unknown policy or metric."""
        found: F64 = self.results.values(metric, policy, self.horizon, brand)[self.point][self._lived]
        return found

    def days(self, policy: str, metric: str, brand: int = 0) -> F64:
        """Worlds × days."""
        return self.results.days(metric, policy, self.point, brand, self.seeds)

    def mean(self, policy: str, metric: str, brand: int = 0) -> Estimate:
        """Mean over worlds, with its interval."""
        return estimate(self.values(policy, metric, brand))

    def against(self, policy: str, control: str, metric: str, brand: int = 0) -> Contrast:
        """The paired difference of two policies of the first brand, in a metric of any brand."""
        ours, theirs = self.values(policy, metric, brand), self.values(control, metric, brand)
        return contrast(policy, control, metric, ours, theirs, METRICS[metric].better)

    @property
    def scales(self) -> dict[str, float]:
        """What each policy was multiplied by to spend the same; empty when each was as it is."""
        if self.scenario.equal_budget <= 0 or not self.scenario.brand:
            return {}
        return {policy: self.results.scale(policy, self.point) for policy in self.policies}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs worth a line: each policy with the control, then the others among each other, when they are few."""
        others = [policy for policy in self.policies if policy != self.control]
        pairs = [(policy, self.control) for policy in others]
        return [*pairs, *((b, a) for a, b in itertools.combinations(others, 2))] if len(others) <= 3 else pairs

    def gap(self, vanity: str, outcome: str) -> float:
        """Rank correlation across policies between a vanity metric and an outcome: do easy numbers tell the truth?

        Unknown (NaN) for fewer than five policies, too few to rank.
        """
        from scipy import stats

        means = [[np.mean(self.values(policy, metric)) for policy in self.policies] for metric in (vanity, outcome)]
        if len(self.policies) < 5 or any(len(set(row)) < 2 for row in means):
            return float("nan")
        return float(stats.spearmanr(*means).statistic)


def compare(
    scenario: Scenario | str | Path,
    policies: Sequence[str | Policy] = (),
    *,
    control: str | None = None,
    worlds: int = 20,
    seeds: Sequence[int] = (),
    graph: Graph | None = None,
    folder: Path | None = None,
    workers: int = 1,
    tell: Callable[[Headway], None] = lambda headway: None,
) -> Comparison:
    """Run every policy in every world and compare.

    ``scenario``: one, or a file, or the name of a shipped one; what its ``[study]`` section varies is left as it is.
    ``policies``: names or :class:`Policy`; empty: those of the scenario. ``control``: the one all are held against; default:
    *absent* if there, else the first. ``seeds``: one per world; default: ``worlds`` seeds counting from the scenario's.
    ``graph``: the community of every world, instead of the one the scenario describes. ``folder``: where results are kept as they
    come; a second call with the same folder does what is missing, also for more seeds than before. ``tell`` is called after every
    run.
    """
    return Comparison(conduct(comparing(scenario, policies, control, worlds, seeds, graph), folder, workers, tell))


def comparing(
    scenario: Scenario | str | Path,
    policies: Sequence[str | Policy] = (),
    control: str | None = None,
    worlds: int = 20,
    seeds: Sequence[int] = (),
    graph: Graph | None = None,
) -> Study:
    """The study of one point, the scenario as it is, that keeps every day of everything."""
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    plan = Plan(series=("all",), control=scenario.study.control, most_failures=1_000_000)
    alone = scenario.model_copy(update={"study": plan})
    return Study.of(alone, policies, control=control, worlds=worlds, seeds=seeds, graph=graph)
