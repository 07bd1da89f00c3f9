"""Which points of the space of assumptions are lived: the designs of a study.

Every design is drawn from the scenario and its plan alone, so the same file gives the same points for ever.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Fault, InputError
from sim.scenario import Scenario, value_at
from sim.scenario.plan import Factor, Plan
from sim.state import F64
from sim.study.points_file import Point, read_points

MOST_POINTS = 1_000_000


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
    faults = _overlaps(scenario, [factor.path for factor in factors], where)
    for n, factor in enumerate(factors):
        try:
            found.append(_axis(scenario, factor, f"{where}.{n}"))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return tuple(found)


def _overlaps(scenario: Scenario, paths: Sequence[str], where: str) -> list[Fault]:
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


def _assumption(scenario: Scenario, path: str, where: str) -> tuple[Any, dict[str, Any]]:
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
    base, declared = _assumption(scenario, factor.path, where)
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
    low, high, origin = factor.low, factor.high, ""
    if low is None or high is None:
        likely = declared.get("likely")
        origin = "declared" if likely else "half to double the scenario's"
        likely = likely or _around(base, declared)
        if likely is None:
            raise InputError(Fault(where, f"{factor.path!r} has no range of its own", "Give low and high."))
        low, high = (likely[0] if low is None else low), (likely[1] if high is None else high)
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


def _around(base: float, declared: Mapping[str, Any]) -> tuple[float, float] | None:
    """Half to double a default, as far as the declaration goes."""
    if base == 0:
        return None
    low, high = sorted((base / 2, base * 2))
    return max(low, declared.get("minimum", low)), min(high, declared.get("maximum", high))


def points_of(scenario: Scenario) -> tuple[Point, ...]:
    """The points of the scenario's study, in order; without factors and points the scenario itself is the only one."""
    plan = scenario.study
    if plan.points_file or plan.point or plan.design == "list":
        return _listed(scenario)
    factors = axes(scenario)
    if not factors:
        return ({},)
    points = _DESIGNS[plan.design](plan, factors)
    return tuple(points)


def _check_size(n: int) -> None:
    if n > MOST_POINTS:
        raise InputError(Fault("study", f"the design has {n:,} points", f"Stay below {MOST_POINTS:,}: fewer factors or levels."))


def _factorial(plan: Plan, factors: Sequence[Axis]) -> list[Point]:
    _check_size(math.prod(len(axis.levels) for axis in factors))
    return [
        dict(zip([axis.path for axis in factors], values, strict=True))
        for values in itertools.product(*(axis.levels for axis in factors))
    ]


def _one_at_a_time(plan: Plan, factors: Sequence[Axis]) -> list[Point]:
    base = {axis.path: axis.base for axis in factors}
    return [base, *({**base, axis.path: value} for axis in factors for value in axis.levels if value != axis.base)]


def _from_cube(cube: F64, factors: Sequence[Axis]) -> list[Point]:
    """Points from places in the unit cube, one row each."""
    return [{axis.path: axis.at(float(u)) for axis, u in zip(factors, row, strict=True)} for row in cube]


def _random(plan: Plan, factors: Sequence[Axis]) -> list[Point]:
    return _from_cube(np.random.default_rng(plan.seed).random((plan.points, len(factors))), factors)


def _latin_hypercube(plan: Plan, factors: Sequence[Axis]) -> list[Point]:
    from scipy.stats import qmc

    return _from_cube(qmc.LatinHypercube(len(factors), rng=np.random.default_rng(plan.seed)).random(plan.points), factors)


def sobol_cubes(plan: Plan, d: int) -> tuple[F64, F64, F64]:
    """Saltelli's three samples of the unit cube: A and B (n × d), and A with one column of B each (d × n × d)."""
    from scipy.stats import qmc

    _check_size(plan.points * (d + 2))
    sample = qmc.Sobol(2 * d, rng=np.random.default_rng(plan.seed)).random(plan.points)
    a, b = sample[:, :d], sample[:, d:]
    mixed = np.repeat(a[None], d, axis=0)
    for k in range(d):
        mixed[k, :, k] = b[:, k]
    return a, b, mixed


def _sobol(plan: Plan, factors: Sequence[Axis]) -> list[Point]:
    if plan.points & (plan.points - 1):
        power = 1 << round(math.log2(plan.points))
        raise InputError(Fault("study.points", f"{plan.points} is no power of two", f"Sobol' samples want one: {power}."))
    a, b, mixed = sobol_cubes(plan, len(factors))
    return _from_cube(np.concatenate([a, b, mixed.reshape(-1, len(factors))]), factors)


def morris_cube(plan: Plan, d: int) -> F64:
    """Morris' trajectories through a grid of the unit cube, d + 1 rows each."""
    from SALib.sample import morris

    _check_size(plan.points * (d + 1))
    cube: F64 = np.asarray(
        morris.sample(unit_problem(d), plan.points, num_levels=even_levels(plan), seed=plan.seed % 2**32), np.float64
    )
    return cube


def unit_problem(d: int) -> dict[str, Any]:
    """The unit cube of d factors, as SALib wants it described."""
    return {"num_vars": d, "names": [f"x{k}" for k in range(d)], "bounds": [[0.0, 1.0]] * d}


def even_levels(plan: Plan) -> int:
    """Levels of Morris' grid, of which the method wants an even number."""
    return plan.levels + plan.levels % 2


def _morris(plan: Plan, factors: Sequence[Axis]) -> list[Point]:
    return _from_cube(morris_cube(plan, len(factors)), factors)


_DESIGNS: dict[str, Callable[[Plan, Sequence[Axis]], list[Point]]] = {
    "factorial": _factorial,
    "one_at_a_time": _one_at_a_time,
    "random": _random,
    "latin_hypercube": _latin_hypercube,
    "sobol": _sobol,
    "morris": _morris,
}


def _listed(scenario: Scenario) -> tuple[Point, ...]:
    """The points of a list, from the scenario and from its file."""
    plan = scenario.study
    points = [dict(_flat(point)) for point in plan.point]
    if plan.points_file:
        points += read_points(Path(plan.points_file))
    if not points:
        raise InputError(Fault("study", "the design is a list, and there is none", "Add [[study.point]] or points_file."))
    if plan.factor:
        raise InputError(Fault("study.factor", "a list of points leaves nothing else to vary", "Remove the factors or the list."))
    for n, point in enumerate(points):
        if point.keys() != points[0].keys():
            odd = sorted(point.keys() ^ points[0].keys())[0]
            raise InputError(Fault(f"study.point.{n}", f"{odd!r} is not in all points", "Give every point the same keys."))
    where = plan.points_file or "study.point"
    faults = _overlaps(scenario, list(points[0]), where)
    for path in points[0]:
        try:
            _assumption(scenario, path, where)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return tuple(points)


def _flat(table: Mapping[str, Any], at: str = "") -> list[tuple[str, Any]]:
    """A point written as nested tables (TOML reads dotted keys so) as dotted paths."""
    flat: list[tuple[str, Any]] = []
    for key, value in table.items():
        path = f"{at}{key}"
        flat += _flat(value, f"{path}.") if isinstance(value, Mapping) and path != "graph" else [(path, value)]
    return flat
