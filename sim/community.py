"""Murmur as a Mesa model: step it, look at its members, collect data, put it on a page, run it in batches.

The days are lived by :class:`sim.engine.Run`; this is a window on it. Members are made when somebody first asks for
``model.agents`` and draw no random numbers, so looking never changes a run.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import mesa
import numpy as np

from sim.engine import Run
from sim.graph import Graph, read_graph
from sim.kernels.evidence import trust
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS
from sim.scenario import Policy, Scenario, changed, load_scenario, parse_scenario
from sim.warm import compile_kernels

if TYPE_CHECKING:
    import networkx as nx

SMALL: dict[str, Any] = {
    "title": "A small community",
    "graph": {"kind": "holme_kim", "members": 200, "ties": 5, "reciprocity": 0.6},
    "days": 180,
}
"""The scenario of a model made with no arguments."""


class Member(mesa.Agent):  # type: ignore[misc]  # Mesa has no type information
    """One member: a window on a row of the arrays. Nothing is stored here, nothing can be set."""

    def __init__(self, model: CommunityModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def name(self) -> str:
        """What the network calls her."""
        return str(self.model.engine.graph.name(self.row))

    def trust(self, brand: int = 0) -> float:
        """Trust in a brand: one half when nothing is known."""
        relations, b = self.model.engine.world.relations, self.model.engine.brand_rows[brand]
        return float(trust(float(relations.good[self.row, b]), float(relations.bad[self.row, b])))

    def _relation(self, name: str, brand: int) -> int:
        return int(getattr(self.model.engine.world.relations, name)[self.row, self.model.engine.brand_rows[brand]])

    def is_customer(self, brand: int = 0) -> bool:
        """Whether she is a customer of a brand today."""
        return bool(self._relation("customer", brand) == 1)

    def is_aware(self, brand: int = 0) -> bool:
        """Whether she has heard of a brand."""
        return bool(self._relation("aware", brand))

    def follows_brand(self, brand: int = 0) -> bool:
        """Whether she follows a brand's account."""
        return bool(self._relation("follows", brand))

    @property
    def persuasion_knowledge(self) -> float:
        """How well she recognises selling, 0 … 1."""
        return float(self.model.engine.world.members.knowledge[self.row])

    @property
    def said_today(self) -> int:
        """Messages she posted today."""
        return int(self.model.engine.world.outbox.said[self.row])

    @property
    def followees(self) -> list[str]:
        """The names of those she follows today."""
        ties = self.model.engine.world.ties
        first = ties.start[self.row]
        return [self.model.engine.graph.name(int(j)) for j in ties.target[first : first + ties.living[self.row]]]


def _report(name: str, model: CommunityModel) -> float:
    """A model reporter (as ``partial(_report, name)``, which can be pickled)."""
    return model.measure(name)


class CommunityModel(mesa.Model):  # type: ignore[misc]  # Mesa has no type information
    """A community under one policy, as a Mesa model.

    ``scenario``: a file, the name of a shipped scenario, or a :class:`~sim.scenario.Scenario`; None: a small community.
    ``policy``: what the first brand does. ``rng`` (or ``seed``, as Mesa's batch runner calls it): the seed of the world;
    without one a new world each time, as in other Mesa models, whose seed is :attr:`world_seed`. ``graph``: a network (of
    networkx, ours, or a file) instead of the scenario's. ``diary``, ``events``: whose diaries the engine keeps, and of what
    (:class:`sim.engine.Run`). Further keywords change the scenario, dots written as double
    underscores: ``brand__quality=0.6``, ``members__attention_median=10``, ``days=90``.

    A step is a day after the brands enter; the days before are lived when the model is made. ``running`` turns False on
    the last day. ``datacollector`` holds every metric by day.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario | None = None,
        policy: str | Policy = "listen_first",
        rng: int | None = None,
        seed: int | None = None,
        graph: Graph | nx.Graph[Any] | str | Path | None = None,
        diary: Sequence[str] | Literal["all"] = (),
        events: Collection[str] | None = None,
        **changes: Any,
    ) -> None:
        chosen = rng if rng is not None else seed
        self.world_seed = secrets.randbits(32) if chosen is None else int(chosen)
        paths = {key.replace("__", "."): _plain(value) for key, value in changes.items()}
        if scenario is None:
            plan = changed(parse_scenario(SMALL), paths)
        elif isinstance(scenario, Scenario):
            plan = changed(scenario, paths) if paths else scenario
        else:
            plan = load_scenario(scenario, paths)
        super().__init__(rng=self.world_seed)
        compile_kernels()
        self.plan = plan
        self.engine = Run(plan, policy, self.world_seed, _network(graph), diary=diary, events=events)
        self._members: list[Member] = []
        while self.engine.world.day < -1:
            self.engine.step()
        names = (*(BRAND_METRICS if plan.brand else ()), *COMMUNITY_METRICS)
        reporters: dict[str, Callable[[CommunityModel], float]] = {name: partial(_report, name) for name in names}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """Live a day and collect its metrics."""
        if self.engine.finished:
            self.running = False
            return
        self.engine.step()
        self.datacollector.collect(self)
        self.running = not self.engine.finished

    def measure(self, name: str) -> float:
        """The value of a metric on the last day lived (NaN before the first)."""
        series = self.engine.series(name)
        return float(series[-1]) if len(series) else math.nan

    @property
    def day(self) -> int:
        """Days lived since the brands entered."""
        return self.engine.days_done

    @property
    def agents(self) -> Any:
        """The members, made on first sight; they register themselves with the model."""
        if "_members" in self.__dict__ and not self._members:
            self._members.extend(Member(self, row) for row in range(self.engine.graph.n_members))
        return super().agents

    def member(self, name: str | int) -> Member:
        """The member of that name. Raises InputError when there is none."""
        row = self.engine.graph.index(str(name))
        _ = self.agents
        return self._members[row]

    @property
    def network(self) -> nx.DiGraph[Any]:
        """The living ties as a networkx graph: edge i → j reads *i follows j*. A snapshot."""
        return self.engine.graph.to_networkx(self.engine.world.ties.target)


def _network(graph: Any) -> Graph | None:
    if graph is None or isinstance(graph, Graph):
        return graph
    return read_graph(graph) if isinstance(graph, str | Path) else Graph.from_networkx(graph)


def _plain(value: Any) -> Any:
    """Numbers from text inputs and from numpy, as a scenario wants them."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, str):
        for kind in (int, float):
            try:
                return kind(value)
            except ValueError:
                continue
    return value
