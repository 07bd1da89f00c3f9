"""Policies in a scenario file: a strategy with its settings, others mixed in, actions of their own, a switch to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import core_schema

from sim.scenario.tables import as_dict, columns, converted, table_model, tagged
from sim.strategies import PRIMITIVES, Composed, Schedule, Scheduled, Strategy
from sim.strategies.composing import NEVER


class Policy(NamedTuple):
    """A strategy with its settings, under a name.

    ``also``: names of policies or strategies that are followed at the same time. ``actions``: what is done besides, and when.
    From ``switch_day`` on the policy or strategy ``switch_to`` is followed instead.
    """

    name: str
    strategy: Strategy
    also: tuple[str, ...] = ()
    actions: tuple[Scheduled, ...] = ()
    switch_day: int = NEVER
    switch_to: str = ""

    @property
    def mentions(self) -> tuple[str, ...]:
        """The other policies it needs."""
        return (*self.also, self.switch_to) if self.switch_to else self.also

    def composed(self, resolve: Callable[[str], Strategy]) -> Strategy:
        """What the brand follows, with the names of others resolved."""
        if not self.mentions and not self.actions:
            return self.strategy
        others = [resolve(name) for name in self.also]
        return Composed(
            (self.strategy, *others), self.actions, self.switch_day, resolve(self.switch_to) if self.switch_to else None
        )


@dataclass(frozen=True)
class ScheduledTable:
    """Annotation: a scheduled action, read from a table with ``do``, the action's settings and its schedule."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def build(table: Any) -> Scheduled:
            values = dict(table)
            kind = PRIMITIVES[values.pop("do")]
            schedule = Schedule(**{name: values.pop(name) for name in Schedule._fields})
            return Scheduled(kind(**values), schedule)

        return converted(tagged(PRIMITIVES, "do", handler, **columns(Schedule)), (Scheduled,), build, dump_scheduled)


def dump_scheduled(scheduled: Scheduled) -> dict[str, Any]:
    """The table of a scheduled action."""
    return {"do": scheduled.name, **as_dict(scheduled.action), **scheduled.schedule._asdict()}


COMPOSITION: dict[str, Any] = {
    "name": (str, Field(default="", description="what the policy is called; empty: as its strategy")),
    "also": (
        Annotated[tuple[str, ...], Field(strict=False)],
        Field(default=(), description="policies or strategies followed at the same time"),
    ),
    "switch_day": (int, Field(default=NEVER, ge=0, le=NEVER, description="day from which switch_to is followed instead")),
    "switch_to": (str, Field(default="", description="policy or strategy followed from switch_day on; empty: none")),
    "action": (
        Annotated[tuple[Annotated[Scheduled, ScheduledTable()], ...], Field(strict=False)],
        Field(default=(), description="what is done besides, and when"),
    ),
}
"""What a table of a policy may hold besides the strategy and its settings."""


@dataclass(frozen=True)
class PolicyTable:
    """Annotation: a policy, read from a table with ``strategy``, the strategy's settings and what is composed with it."""

    choices: Mapping[str, type]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        names = {owner: name for name, owner in self.choices.items()}

        def build(table: Any) -> Policy:
            values = dict(table)
            kind = values.pop("strategy")
            name, also, switch_day, switch_to, actions = (values.pop(key) for key in COMPOSITION)
            return Policy(name or kind, self.choices[kind](**values), also, actions, switch_day, switch_to)

        def dump(policy: Policy) -> dict[str, Any]:
            kind = type(policy.strategy)
            tag = names.get(kind, f"{kind.__module__}.{kind.__qualname__}")
            composition = (
                policy.name,
                list(policy.also),
                policy.switch_day,
                policy.switch_to,
                [*map(dump_scheduled, policy.actions)],
            )
            return {"strategy": tag, **dict(zip(COMPOSITION, composition, strict=True)), **as_dict(policy.strategy)}

        schema = converted(tagged(self.choices, "strategy", handler, **COMPOSITION), (Policy,), build, dump)

        def own_strategy(value: Any, read: core_schema.ValidatorFunctionWrapHandler) -> Any:
            """A strategy of the user's own (from Python) is checked by its own declarations, where it has any."""
            if isinstance(value, Policy) and type(value.strategy) not in names:
                model = table_model(type(value.strategy))
                model.model_validate({k: v for k, v in as_dict(value.strategy).items() if k in model.model_fields})
                return value
            return read(value)

        return core_schema.no_info_wrap_validator_function(
            own_strategy, schema, serialization=core_schema.plain_serializer_function_ser_schema(dump)
        )
