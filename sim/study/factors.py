"""What varies in a study: factors with nothing left open."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Fault, InputError
from sim.scenario import Scenario, value_at
from sim.scenario.plan import Factor
from sim.world import NO_LIMIT


@dataclass(frozen=True)
class Axis:
    """A factor with nothing left open: a range of numbers, or a list of values.

    ``base``: the value in the scenario itself. ``origin``: where the range comes from when it is not the user's.
    """

    path: str
    base: Any
    values: tuple[Any, ...] | None = None
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    whole: bool = False
    n_levels: int = 3
    origin: str = ""

    def at(self, u: float) -> Any:
        """The value at place u (0 to 1) of the axis."""
        if self.values:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        if self.whole:  # each whole number gets the same share
            low, high = round(self.low), round(self.high)
            if not self.log:
                return min(low + int(u * (high - low + 1)), high)
        value = self.low * (self.high / self.low) ** u if self.log else self.low + u * (self.high - self.low)
        return round(value) if self.whole else float(np.clip(value, self.low, self.high))

    def place(self, value: float) -> float:
        """The place (0 to 1) of a number on the axis: what :meth:`at` undoes."""
        if self.whole and not self.log:
            return (value - round(self.low) + 0.5) / (round(self.high) - round(self.low) + 1)
        if self.log:
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)

    @property
    def levels(self) -> tuple[Any, ...]:
        """The values of a grid."""
        if self.values:
            return self.values
        at = np.linspace(0.0, 1.0, self.n_levels)
        spread = self.low * (self.high / self.low) ** at if self.log else self.low + at * (self.high - self.low)
        spread[-1] = self.high
        return tuple(dict.fromkeys(round(v) if self.whole else float(v) for v in spread))

    @property
    def about(self) -> str:
        """The range in words."""
        if self.values:
            return ", ".join(labels(self.values))
        how = ", ".join(["", *(["logarithmic"] if self.log else []), *([self.origin] if self.origin else [])])
        return f"{self.low:g} to {self.high:g}{how}"


def label(value: Any) -> str:
    """A value of a factor as a short text: tables by their file, kind or name."""
    if isinstance(value, Mapping):
        for key in ("name", "file", "kind"):
            if key in value:
                return Path(str(value[key])).name if key == "file" else str(value[key])
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return f"{value:g}" if isinstance(value, float) else str(value)


def labels(values: Sequence[Any]) -> list[str]:
    """Short texts for the values of a factor, unlike ones for unlike values: tables of one name by what differs in them too."""
    short = [label(value) for value in values]
    alike: dict[str, list[Any]] = {}
    for text, value in zip(short, values, strict=True):
        if value not in alike.setdefault(text, []):
            alike[text].append(value)
    told = []
    for text, value in zip(short, values, strict=True):
        group = alike[text]
        if len(group) > 1 and all(isinstance(other, Mapping) for other in group):
            keys = [key for key in value if any(other.get(key) != value[key] for other in group)]
            text += f" ({', '.join(f'{key} {value[key]}' for key in keys)})" if keys else ""
        told.append(text)
    return told


def axes(scenario: Scenario) -> tuple[Axis, ...]:
    """The factors of the scenario's study. Raises InputError with every factor that cannot be one."""
    return axes_of(scenario, scenario.study.factor, "study.factor")


def axes_of(scenario: Scenario, factors: Sequence[Factor], where: str) -> tuple[Axis, ...]:
    """What varies in a scenario; ``where`` names the list in messages."""
    found: list[Axis] = []
    faults = overlaps(scenario, [factor.path for factor in factors], where)
    for n, factor in enumerate(factors):
        try:
            found.append(_axis(scenario, factor, f"{where}.{n}"))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return tuple(found)


def overlaps(scenario: Scenario, paths: Sequence[str], where: str) -> list[Fault]:
    """Paths that stand twice, or inside one another."""
    faults = []
    places = [_place(scenario, path) for path in paths]
    for n, (path, place) in enumerate(zip(paths, places, strict=True)):
        if place in places[:n]:
            faults.append(Fault(f"{where}.{n}", f"{path!r} varies twice", "Keep one of them."))
        whole = next((other for other, at in zip(paths, places, strict=True) if place.startswith(f"{at}.")), None)
        if whole is not None:
            faults.append(Fault(f"{where}.{n}", f"{path!r} is a part of {whole!r}, which varies as a whole", "Keep one of them."))
    return faults


def _place(scenario: Scenario, path: str) -> str:
    """A path with the first brand counted, however it was named."""
    section, _, rest = path.partition(".")
    if section != "brand" or not rest:
        return path
    name, dot, setting = rest.partition(".")
    names = [brand.name for brand in scenario.brand]
    if not dot:
        return f"brand.0.{rest}"
    return f"brand.{names.index(name) if name in names else name}.{setting}"


_NO_ASSUMPTIONS = ("study", "calibration", "seed", "title", "description", "references", "days")


def assumption(scenario: Scenario, path: str, where: str) -> tuple[Any, dict[str, Any]]:
    """What stands at a path that may vary, and how it is declared."""
    section, _, rest = path.partition(".")
    if section in _NO_ASSUMPTIONS:
        remedy = "Sum up runs at several study.horizons." if section == "days" else "Vary a number of the scenario."
        raise InputError(Fault(where, f"{path!r} is not an assumption", remedy))
    if section == "policy" and rest.partition(".")[0].isdecimal():
        raise InputError(Fault(where, f"{path!r} counts policies, whose order may change", "Name it: policy.NAME.setting."))
    base, declared = value_at(scenario, path, where)
    tables = isinstance(base, dict) or (isinstance(base, list) and any(isinstance(entry, dict) for entry in base))
    if tables and path != "graph":
        raise InputError(Fault(where, f"{path!r} is a whole table", "Vary its numbers, one by one."))
    return base, declared


def _axis(scenario: Scenario, factor: Factor, where: str) -> Axis:
    base, declared = assumption(scenario, factor.path, where)
    if factor.values is not None:
        if not factor.values:
            raise InputError(Fault(where, "its list of values is empty", "List at least one, or give low and high."))
        if factor.low is not None or factor.high is not None:
            raise InputError(Fault(where, "has values and a range", "Keep one of them."))
        return Axis(factor.path, base, tuple(factor.values))
    if isinstance(base, bool):
        return Axis(factor.path, base, (False, True))
    if not isinstance(base, int | float):
        raise InputError(Fault(where, f"{factor.path!r} is no number", "List its values: values = [ … ]."))
    low, high, origin = _range(factor, base, declared, where)
    whole = declared.get("type") == "integer" or isinstance(base, int)
    if whole and origin:
        low, high = math.ceil(low), math.floor(high)
    if not low < high:
        raise InputError(Fault(where, f"low ({low:g}) is not below high ({high:g})", "Exchange or correct them."))
    log = factor.scale == "log"
    if log and low <= 0:
        raise InputError(Fault(where, "a logarithmic scale begins above 0", "Raise low, or leave out scale."))
    levels = factor.levels or scenario.study.levels
    if whole and (low % 1 or high % 1):
        raise InputError(Fault(where, f"{factor.path!r} is a whole number", "Give whole numbers as low and high."))
    return Axis(factor.path, base, None, float(low), float(high), log, whole, levels, origin)


def _range(factor: Factor, base: float, declared: Mapping[str, Any], where: str) -> tuple[float, float, str]:
    """Lower and upper end, and where they come from when they are not the user's own."""
    likely = declared.get("likely")
    origin = "declared" if likely else "half to double the scenario's"
    likely = likely or _around(base, declared)
    if factor.low is not None and factor.high is not None:
        return factor.low, factor.high, origin if likely and (factor.low, factor.high) == tuple(likely) else ""
    if likely is None:
        raise InputError(Fault(where, f"{factor.path!r} has no range of its own", "Give low and high."))
    return likely[0] if factor.low is None else factor.low, likely[1] if factor.high is None else factor.high, origin


def _around(base: float, declared: Mapping[str, Any]) -> tuple[float, float] | None:
    """Half to double a default, as far as the declaration goes; nothing around none, and around no limit."""
    if base == 0 or abs(base) >= NO_LIMIT:
        return None
    low, high = sorted((base / 2, base * 2))
    return max(low, declared.get("minimum", low)), min(high, declared.get("maximum", high))
