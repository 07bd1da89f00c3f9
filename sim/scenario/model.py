"""The scenario: a community, its laws, the brands in it and the policies to try. Immutable, with nothing left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, create_model

from sim.errors import Fault, InputError, suggestion
from sim.event_rows import ROWS
from sim.events import Event
from sim.graph import GRAPH_KINDS, Graph
from sim.graph.kinds import CollegeMsg
from sim.laws import (
    AttentionLaw,
    CensorshipLaw,
    Costs,
    CustomerLaw,
    DiscoveryLaw,
    Laws,
    LeavingLaw,
    MemberTraits,
    MigrationLaw,
    PersuasionLaw,
    RefugeLaw,
    SpaceLaw,
    SpeechLaw,
    TrustLaw,
)
from sim.mechanisms import MECHANISMS, compile_laws
from sim.scenario.plan import CalibrationPlan, Plan
from sim.scenario.policies import Policy, PolicyTable
from sim.scenario.tables import STRICT, Nested, OneOf, Table
from sim.strategies import STRATEGIES, Strategy
from sim.strategies.plugins import declare_settings
from sim.world import Brand, ScheduledPost

DEFAULT_POLICIES = ("absent", "broadcast", "listen_first")
CONTROL = "absent"

_switches: dict[str, Any] = {
    name: (bool, Field(default=True, description=mechanism.about)) for name, mechanism in MECHANISMS.items()
}
_event_rows: dict[str, Any] = {
    row.name: (Annotated[Event, Table(Event, row.defaults, row.takes)], Field(default=row.defaults, description=row.about))
    for row in ROWS
}
Switches: Any = create_model(
    "Switches", __config__=STRICT, __doc__="Mechanisms: one that is off is as if it did not exist.", **_switches
)
EventNumbers: Any = create_model("EventNumbers", __config__=STRICT, __doc__="Numbers of the event table, by row.", **_event_rows)


def _listed(value: Any) -> Any:
    """A single table is a list of one; lists become tuples, which cannot change."""
    if isinstance(value, Mapping) and not hasattr(value, "_asdict"):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Listed = BeforeValidator(_listed)


class Scenario(BaseModel):
    """A community, its laws, its brands, and the policies to try in it.

    Read one with :func:`sim.load_scenario`, change it with :func:`sim.scenario.changed`. Whatever a file left out has been
    filled in.
    """

    model_config = STRICT

    title: str = Field(default="", description="one line that says what this scenario is")
    description: str = Field(default="", description="what it stands for, and what to look at")
    references: Annotated[tuple[str, ...], Listed] = Field(default=(), description="sources")
    time_unit: Literal["day"] = Field(default="day", description="what a step is")
    days: int = Field(default=360, ge=1, le=100_000, description="days after the brands enter")
    burn_in: int = Field(default=30, ge=0, le=10_000, description="days before that, in which there is no brand")
    seed: int = Field(default=1, ge=0, le=2**53, description="seed of the first world; further worlds count on from it")
    equal_budget: float = Field(
        default=0.0,
        ge=0,
        le=1e12,
        description="money that every policy compared is scaled to spend over the days (and may not exceed); 0: each as it is",
    )
    graph: Annotated[Any, OneOf(GRAPH_KINDS, "kind")] = Field(default=CollegeMsg(), description="who follows whom")
    members: Annotated[MemberTraits, Table(MemberTraits)] = MemberTraits()
    attention: Annotated[AttentionLaw, Table(AttentionLaw)] = AttentionLaw()
    trust: Annotated[TrustLaw, Table(TrustLaw)] = TrustLaw()
    persuasion: Annotated[PersuasionLaw, Table(PersuasionLaw)] = PersuasionLaw()
    speech: Annotated[SpeechLaw, Table(SpeechLaw)] = SpeechLaw()
    discovery: Annotated[DiscoveryLaw, Table(DiscoveryLaw)] = DiscoveryLaw()
    censorship: Annotated[CensorshipLaw, Table(CensorshipLaw)] = CensorshipLaw()
    space: Annotated[SpaceLaw, Table(SpaceLaw)] = SpaceLaw()
    refuge: Annotated[RefugeLaw, Table(RefugeLaw)] = RefugeLaw()
    migration: Annotated[MigrationLaw, Table(MigrationLaw)] = MigrationLaw()
    customers: Annotated[CustomerLaw, Table(CustomerLaw)] = CustomerLaw()
    leaving: Annotated[LeavingLaw, Table(LeavingLaw)] = LeavingLaw()
    costs: Annotated[Costs, Table(Costs)] = Costs()
    events: Annotated[Any, Nested(EventNumbers)] = Field(default_factory=EventNumbers, description="numbers of the event table")
    mechanisms: Annotated[Any, Nested(Switches)] = Field(default_factory=Switches, description="switches")
    brand: Annotated[tuple[Annotated[Brand, Table(Brand)], ...], Listed] = Field(
        default=(Brand(),), max_length=8, description="the brands; policies are compared for the first"
    )
    policy: Annotated[tuple[Annotated[Policy, PolicyTable(STRATEGIES)], ...], Listed] = Field(
        default=tuple(Policy(name, STRATEGIES[name]()) for name in DEFAULT_POLICIES), description="the policies to try"
    )
    post: Annotated[tuple[Annotated[ScheduledPost, Table(ScheduledPost)], ...], Listed] = Field(
        default=(), description="what members say on given days"
    )
    study: Plan = Field(default_factory=Plan, description="what varies, for murmur sweep")
    calibration: CalibrationPlan = Field(default_factory=CalibrationPlan, description="what is fitted, for murmur calibrate")

    @classmethod
    def load(cls, source: str | Path, changes: Mapping[str, Any] | None = None) -> Scenario:
        """The same as :func:`sim.load_scenario`."""
        from sim.scenario.load import load_scenario

        return load_scenario(source, changes)

    @cached_property
    def laws(self) -> Laws:
        """The laws with switches applied, as the kernels need them."""
        sections = {name: getattr(self, name) for name in Laws._fields if name != "events"}
        off = [name for name, on in dict(self.mechanisms).items() if not on]
        return compile_laws(sections, dict(self.events), off)

    def find_policy(self, name: str) -> Policy:
        """The policy of that name; a strategy's name stands for the strategy with its default settings."""
        for policy in self.policy:
            if policy.name == name:
                return policy
        if name in STRATEGIES:
            return Policy(name, STRATEGIES[name]())
        known = {policy.name for policy in self.policy} | set(STRATEGIES)
        raise InputError(Fault("policy", f"there is no policy or strategy {name!r}", suggestion(name, known)))

    def with_policies(self, chosen: Sequence[Policy]) -> Scenario:
        """The scenario with these policies first. The others stay, since one may mention or a rival follow them."""
        names = {policy.name for policy in chosen}
        others = (policy for policy in self.policy if policy.name not in names)
        return self.model_copy(update={"policy": (*chosen, *others)})

    def strategy_of(self, policy: Policy, via: tuple[str, ...] = ()) -> Strategy:
        """What a brand under this policy follows: the policies it mentions are looked up here."""
        if policy.name in via:
            round_trip = " → ".join((*via, policy.name))
            raise InputError(Fault("policy", f"{policy.name!r} leads back to itself ({round_trip})", "Break the circle."))
        return policy.composed(lambda name: self.strategy_of(self.find_policy(name), (*via, policy.name)))

    def followed(self, policies: Sequence[str]) -> set[str]:
        """These policies and what the other brands follow, with all that any of them mentions."""
        open_ = [*policies, *(brand.policy for brand in self.brand[1:])]  # the first follows what is compared
        found: set[str] = set()
        while open_:
            name = open_.pop()
            if name not in found:
                found.add(name)
                open_ += self.find_policy(name).mentions
        return found

    def make_graph(self, seed: int) -> Graph:
        """The graph of the world with this seed."""
        graph: Graph = self.graph.generate(seed)
        return graph

    def check_names(self, graph: Graph) -> None:
        """Raises InputError when the scenario speaks of members who are not in the graph."""
        faults = []
        for n, post in enumerate(self.post):
            try:
                graph.index(post.member)
            except InputError as error:
                faults += [replace(fault, where=f"post.{n}.member") for fault in error.faults]
        if faults:
            raise InputError(faults)

    @property
    def graph_varies(self) -> bool:
        """Whether each world has a graph of its own."""
        return getattr(self.graph, "seed", None) == "world"

    def dump(self) -> dict[str, Any]:
        """The scenario as plain data (numbers, texts, lists, tables)."""
        return self.model_dump(mode="json", exclude_none=True)


def know(strategies: Mapping[str, type[Strategy]]) -> None:
    """Make further strategies known by name (those of plugins), also to scenarios that are read from now on."""
    if strategies.items() <= STRATEGIES.items():
        return
    for kind in strategies.values():
        declare_settings(kind, kind.__module__)
    STRATEGIES.update(strategies)
    Scenario.model_rebuild(force=True)  # its tables of policies are made from them
