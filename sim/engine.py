"""One community, one policy, one seed: a day in order, and the run as an iterator.

A day:

 1. **forget**   evidence, exposure and persuasion knowledge fade                        :mod:`sim.mechanisms.forgetting`
 2. **decide**   brands look at what is public and choose their actions                  :mod:`sim.mechanisms.deciding`
 3. **speak**    members post, the paid praise, moderators remove; reposts go out        :mod:`sim.mechanisms.speaking`
 4. **moderate** critics are answered in public or deleted; exposés make public          :mod:`sim.mechanisms.moderating`
 5. **read**     feeds are filled and read: trust, persuasion knowledge, adoption chance  :mod:`sim.mechanisms.reading`
 6. **adopt**    members become customers; customers use the product and complain         :mod:`sim.mechanisms.adopting`
 7. **serve**    brands answer, reply and intrude, within capacity                        :mod:`sim.mechanisms.serving`
 8. **leave**    ties, follows, customers end; members move; free slots find new ties     :mod:`sim.mechanisms.leaving`
 9. **settle**   money; then metrics are taken                                            :mod:`sim.mechanisms.settling`

Everything that runs a community (command line, comparison, Mesa, tests) runs it through :class:`Run`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim import metrics, world
from sim.diary import Diary
from sim.errors import Fault, InputError
from sim.graph import Graph
from sim.mechanisms import PHASES
from sim.scenario import Policy, Scenario
from sim.state import F64


class Day:
    """What was measured on one day: ``day["npv"]``, or ``day["npv", "Rival"]`` for another brand than the first."""

    __slots__ = ("_brands", "_names", "_values", "number")

    def __init__(self, number: int, names: tuple[str, ...], community: list[float], brands: list[list[float]]) -> None:
        self.number = number
        self._names = names
        self._values = community
        self._brands = brands

    def __getitem__(self, key: str | tuple[str, str]) -> float:
        name, brand = (key, self._names[0] if self._names else "") if isinstance(key, str) else key
        if name in metrics.COMMUNITY_METRICS:
            return self._values[metrics.COMMUNITY_METRICS.index(name)]
        return self._brands[self._names.index(brand)][metrics.BRAND_METRICS.index(name)]


class Run:
    """A run: iterate over it for its days, or call :meth:`step`.

    ``policy`` is followed by the scenario's first brand; the others follow their own. ``seed`` defaults to the
    scenario's, ``graph`` to the one the scenario describes. The result does not depend on ``threads``. ``diary``: members, as the
    graph calls them, of whom :attr:`diary` is to tell what happens to them (where ``events`` are named, only those); with it the
    run keeps to one thread.

    ``brand_rows[b]`` is the place of the scenario's brand b in the arrays of :attr:`world`.
    ``community`` (days × community metrics) and ``brands`` (days × brands × brand metrics), float64, hold what has been
    measured so far; days before the brands enter are not kept.
    """

    def __init__(
        self,
        scenario: Scenario,
        policy: str | Policy = "absent",
        seed: int | None = None,
        graph: Graph | None = None,
        threads: int = 1,
        diary: Sequence[str] | Literal["all"] = (),
        events: Collection[str] | None = None,
    ) -> None:
        self.scenario = scenario
        self.policy = scenario.find_policy(policy) if isinstance(policy, str) else policy
        self.seed = scenario.seed if seed is None else seed
        graph = scenario.make_graph(self.seed) if graph is None else graph
        if graph.n_members == 0:
            raise InputError(Fault("graph", "there are no members in it", "Give a graph with members."))
        policies = [self.policy, *(scenario.find_policy(brand.policy) for brand in scenario.brand[1:])]
        strategies = [scenario.strategy_of(policy) for policy in policies]
        # Inside the world brands stand in the order of their keys, so that the order in the file changes nothing.
        order = sorted(range(len(scenario.brand)), key=lambda b: world.brand_key(scenario.brand[b].name))
        self.brand_rows = [order.index(b) for b in range(len(order))]
        self.world = world.create(
            graph,
            scenario.laws,
            scenario.members,
            scenario.costs,
            [scenario.brand[b] for b in order],
            [strategies[b] for b in order],
            [post._replace(brand=post.brand or (scenario.brand[0].name if scenario.brand else "")) for post in scenario.post],
            seed=self.seed,
            burn_in=scenario.burn_in,
            threads=1 if diary else threads,
        )
        keepers = range(graph.n_members) if diary == "all" else [graph.index(name) for name in diary]
        self.diary = Diary(self.world, keepers, events) if diary else None
        self.brand_names = tuple(brand.name for brand in scenario.brand)
        self.community: F64 = np.full((scenario.days, len(metrics.COMMUNITY_METRICS)), np.nan)
        self.brands: F64 = np.full((scenario.days, len(scenario.brand), len(metrics.BRAND_METRICS)), np.nan)
        self._lost = 0

    @property
    def graph(self) -> Graph:
        return self.world.graph

    @property
    def days_done(self) -> int:
        """Days since the brands entered."""
        return max(0, self.world.day + 1)

    @property
    def finished(self) -> bool:
        return self.world.day + 1 >= self.scenario.days

    def __iter__(self) -> Iterator[Day]:
        """The days still to come, after the burn-in."""
        while not self.finished:
            day = self.step()
            if day is not None:
                yield day

    def step(self) -> Day | None:
        """Live one day; returns what was measured, or None during the burn-in."""
        here = self.world
        here.step += 1
        for phase in PHASES:
            if self.diary is None:
                phase.run(here)
            else:
                self.diary.before(phase.name)
                phase.run(here)
                self.diary.after(phase.name)
        if here.day < 0:
            return None
        return self._measure()

    def to_the_end(self) -> Run:
        """Live all the days that are left."""
        while not self.finished:
            self.step()
        return self

    def _measure(self) -> Day:
        here = self.world
        due = here.day % metrics.STRUCTURE_EVERY == 0 or self.finished
        structure = metrics.measure_structure(here) if due else None
        community, values, self._lost = metrics.measure(here, self._lost, structure)
        brands = [values[row] for row in self.brand_rows]
        if here.day < len(self.community):
            self.community[here.day] = community
            self.brands[here.day] = np.reshape(brands, self.brands.shape[1:])
        return Day(here.day, self.brand_names, community, brands)

    def series(self, name: str, brand: str | None = None) -> F64:
        """The days of one metric, so far."""
        if name in metrics.COMMUNITY_METRICS:
            return self.community[: self.days_done, metrics.COMMUNITY_METRICS.index(name)]
        b = 0 if brand is None else self.brand_names.index(brand)
        return self.brands[: self.days_done, b, metrics.BRAND_METRICS.index(name)]

    def checkpoint(self) -> dict[str, npt.NDArray[Any]]:
        """Everything needed to go on from here, as arrays."""
        saved = world.checkpoint(self.world)
        saved["run.community"] = self.community.copy()
        saved["run.brands"] = self.brands.copy()
        saved["run.lost"] = np.array(self._lost)
        return saved

    def restore(self, saved: Mapping[str, npt.NDArray[Any]]) -> None:
        """Go back to a checkpoint of the same scenario, policy and seed."""
        world.restore(self.world, saved)
        self.community[...] = saved["run.community"]
        self.brands[...] = saved["run.brands"]
        self._lost = int(saved["run.lost"])
