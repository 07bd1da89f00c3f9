"""The numbers and switches a visitor can turn, read off the declarations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, get_args

from sim.declare import Parameter, declarations
from sim.laws import Costs, Laws, MemberTraits
from sim.mechanisms import ESSAYS, MECHANISMS
from sim.scenario import Scenario
from sim.world import Brand

_WIDE = 30.0
"""Ratio of the ends of a range from which on it is spread logarithmically."""
_TITLES = {
    "brand": "The brand",
    "costs": "What things cost",
    "members": "The members",
    "attention": "Attention",
    "trust": "Trust",
    "persuasion": "Persuasion knowledge and wear-out",
    "speech": "What is said and passed on",
    "discovery": "Finding out",
    "censorship": "Deleted criticism",
    "space": "The platform",
    "refuge": "The refuge",
    "migration": "Leaving the platform",
    "customers": "Customers",
    "leaving": "Unfollowing",
}


@dataclass(frozen=True)
class Knob:
    """A number or switch: where it stands in the scenario, what it is, between what it can be turned.

    ``choices``: of a text; ``log``: whether the range is spread logarithmically.
    """

    path: str
    about: str
    unit: str
    source: str
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    log: bool = False
    switch: bool = False
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its name as words."""
        return self.path.rpartition(".")[2].replace("_", " ")

    @property
    def origin(self) -> str:
        """Where its default comes from, in words."""
        first, separator, rest = self.source.partition("; ")
        return ("assumption" if first == "A" else first) + separator + rest

    def place(self, value: float) -> float:
        """Where (0 to 1) a value is on the range."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def at(self, place: float) -> float:
        """The value at a place of the range, with as many digits as one can set by hand."""
        value = self.low * (self.high / self.low) ** place if self.log else self.low + place * (self.high - self.low)
        return round(value) if self.whole else float(f"{value:.3g}")


@dataclass(frozen=True)
class Group:
    """Knobs that belong together."""

    title: str
    knobs: tuple[Knob, ...]


def groups(scenario: Scenario, policies: tuple[str, ...]) -> tuple[Group, ...]:
    """All knobs of a scenario: the policies in question first, then brand, costs, members and laws, last the mechanisms."""
    found = []
    for name in dict.fromkeys(policies):
        policy = scenario.find_policy(name)
        knobs = _declared(type(policy.strategy), f"policy.{name}", policy.strategy)
        if knobs:
            found.append(Group(f"What {name.replace('_', ' ')} does", knobs))
    sections: list[tuple[str, type, Any, str]] = []
    if scenario.brand:
        sections.append(("brand", Brand, scenario.brand[0], "brand.0"))
    sections += [("costs", Costs, scenario.costs, "costs"), ("members", MemberTraits, scenario.members, "members")]
    laws = [name for name in Laws._fields if name != "events"]
    sections += [(name, type(getattr(scenario, name)), getattr(scenario, name), name) for name in laws]
    found += [Group(_TITLES[name], _declared(owner, path, values)) for name, owner, values, path in sections]
    switches = tuple(
        Knob(f"mechanisms.{name}", explained(name), "", mechanism.source, switch=True) for name, mechanism in MECHANISMS.items()
    )
    return (*found, Group("Mechanisms", switches))


def explained(name: str) -> str:
    """What a mechanism is, from which essay it comes, and what supports it."""
    mechanism = MECHANISMS[name]
    told = "; ".join(ESSAYS[essay] for essay in mechanism.essay.split())
    essays = f" From the essay{'s' * (';' in told)} {told}." if told else ""
    source = "an assumption" if mechanism.source == "A" else mechanism.source
    return f"{mechanism.about}{essays} Source: {source}."


def _declared(owner: type, path: str, values: Any) -> tuple[Knob, ...]:
    """The knobs of a declared class; what is no number, choice or switch is left out."""
    found = []
    for name, kind, parameter in declarations(owner, Parameter):
        knob = _knob(f"{path}.{name}", kind, parameter, getattr(values, name))
        if knob is not None:
            found.append(knob)
    return tuple(found)


def _knob(path: str, kind: Any, parameter: Parameter, default: Any) -> Knob | None:
    about, unit, source = parameter.about, "" if parameter.unit == "–" else parameter.unit, parameter.source
    if isinstance(default, bool):
        return Knob(path, about, unit, source, switch=True)
    if isinstance(default, str):
        choices = tuple(str(choice) for choice in get_args(kind))
        return Knob(path, about, unit, source, choices=choices) if choices else None
    if not isinstance(default, int | float) or default >= 1e9:
        return None
    low, high = _range(parameter, float(default))
    log = low > 0 and high / low >= _WIDE
    return Knob(path, about, unit, source, low, high, isinstance(default, int), log)


def _range(parameter: Parameter, default: float) -> tuple[float, float]:
    """Between what a number can be turned: what is likely, all of a share, else a fifth to five times its default."""
    least = -math.inf if parameter.low is None else parameter.low
    most = math.inf if parameter.high is None else parameter.high
    if parameter.likely is not None:
        low, high = parameter.likely
    elif (most <= 1.0 and default >= 0.05) or 1.0 < most <= 20.0:
        low, high = max(least, 0.0), most
    elif default == 0:
        low, high = max(least, 0.0), min(most, 1.0)
    else:
        low, high = default / 5, default * 5
    return max(min(low, default), least), min(max(high, default), most)
