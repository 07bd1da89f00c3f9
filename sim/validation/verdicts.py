"""Facts measured and judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.scenario import Scenario
from sim.state import F64
from sim.study.statistics import Estimate, estimate
from sim.validation.facts import FACTS, Fact
from sim.validation.lab import Lab


@dataclass(frozen=True)
class Verdict:
    """One fact, what the model gives in each world, and whether the mean lies in the band."""

    fact: Fact
    values: F64

    @property
    def estimate(self) -> Estimate:
        return estimate(self.values)

    @property
    def passed(self) -> bool:
        return self.fact.low <= self.estimate.mean <= self.fact.high

    @property
    def sure(self) -> bool:
        """Whether the whole interval is on the side of the verdict."""
        low, high = self.estimate.low, self.estimate.high
        inside = self.fact.low <= low and high <= self.fact.high
        outside = high < self.fact.low or low > self.fact.high
        return inside if self.passed else outside

    @property
    def word(self) -> str:
        if not np.isfinite(self.estimate.mean):
            return "not defined"
        return ("pass" if self.passed else "miss") + ("" if self.sure else ", barely")


def validate(
    scenario: Scenario, seeds: Sequence[int], tell: Callable[[int, int], None] = lambda done, total: None
) -> list[Verdict]:
    """Measure every fact in the worlds of ``seeds``."""
    lab = Lab(scenario, seeds)
    verdicts = []
    for n, fact in enumerate(FACTS):
        tell(n, len(FACTS))
        with np.errstate(divide="ignore", invalid="ignore"):  # a world in which nothing happened has no ratio
            verdicts.append(Verdict(fact, np.asarray(fact.measure(lab), np.float64)))
    tell(len(FACTS), len(FACTS))
    return verdicts
