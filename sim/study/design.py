"""Which points of the space of assumptions are lived: the designs of a study.

Every design is drawn from the scenario and its plan alone, so the same file gives the same points for ever.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Fault, InputError
from sim.scenario import Scenario, value_at
from sim.scenario.plan import Factor, Plan
from sim.state import F64

Point = dict[str, Any]
"""Dotted paths and the values that stand there at one point of a design."""

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
            return ", ".join(label(value) for value in self.values)
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


def axes(scenario: Scenario) -> tuple[Axis, ...]:
    """The factors of the scenario's study. Raises InputError with every factor that cannot be one."""
    return axes_of(scenario, scenario.study.factor, "study.factor")


def axes_of(scenario: Scenario, factors: Sequence[Factor], where: str) -> tuple[Axis, ...]:
    """What varies in a scenario; ``where`` names the list in messages."""
    found: list[Axis] = []
    faults = _overlaps([factor.path for factor in factors], where)
    for n, factor in enumerate(factors):
        try:
            found.append(_axis(scenario, factor, f"{where}.{n}"))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return tuple(found)


def _overlaps(paths: Sequence[str], where: str) -> list[Fault]:
    """Paths that stand twice, or inside one another."""
    faults = []
    for n, path in enumerate(paths):
        if path in paths[:n]:
            faults.append(Fault(f"{where}.{n}", f"{path!r} varies twice", "Keep one of them."))
        elif any(path.startswith(f"{other}.") for other in paths):
            whole = next(other for other in paths if path.startswith(f"{other}."))
            faults.append(Fault(f"{where}.{n}", f"{path!r} is a part of {whole!r}, which varies as a whole", "Keep one of them."))
    return faults


_NO_ASSUMPTIONS = ("study", "calibration", "seed", "title", "description", "references", "days")


def _assumption(scenario: Scenario, path: str, where: str) -> tuple[Any, dict[str, Any]]:
    """What stands at a path that may vary, and how it is declared."""
    section, _, rest = path.partition(".")
    if section in _NO_ASSUMPTIONS:
        remedy = "Sum up runs at several study.horizons." if section == "days" else "Vary a number of the scenario."
        raise InputError(Fault(where, f"{path!r} is not an assumption", remedy))
    if section == "policy" and rest.partition(".")[0].isdecimal():
        raise InputError(Fault(where, f"{path!r} counts policies, whose order may change", "Name it: policy.NAME.setting."))
    return value_at(scenario, path, where)


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
    if not low < high:
        raise InputError(Fault(where, f"low ({low:g}) is not below high ({high:g})", "Exchange or correct them."))
    log = factor.scale == "log"
    if log and low <= 0:
        raise InputError(Fault(where, "a logarithmic scale begins above 0", "Raise low, or leave out scale."))
    whole = declared.get("type") == "integer" or isinstance(base, int)
    levels = factor.levels or scenario.study.levels
    if whole and not origin and not (low.is_integer() and high.is_integer()):
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
        points += _read_points(Path(plan.points_file))
    if not points:
        raise InputError(Fault("study", "the design is a list, and there is none", "Add [[study.point]] or points_file."))
    if plan.factor:
        raise InputError(Fault("study.factor", "a list of points leaves nothing else to vary", "Remove the factors or the list."))
    for n, point in enumerate(points):
        if point.keys() != points[0].keys():
            odd = sorted(point.keys() ^ points[0].keys())[0]
            raise InputError(Fault(f"study.point.{n}", f"{odd!r} is not in all points", "Give every point the same keys."))
    where = plan.points_file or "study.point"
    faults = _overlaps(list(points[0]), where)
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


def _read_points(path: Path) -> list[Point]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(Fault(str(path), f"cannot be read ({reason})", "Give a CSV file with a column per path.")) from None
    if len(rows) < 2:
        raise InputError(Fault(str(path), "has no points", "Write the paths in the first line and a point in each further one."))
    head, *body = rows
    head = [name.strip() for name in head]
    if len(head) == 1 and ";" in head[0]:
        raise InputError(Fault(f"{path}:1", "its columns stand between semicolons", "Write the file with commas."))
    twice = next((name for n, name in enumerate(head) if name in head[:n]), None)
    if twice is not None:
        raise InputError(Fault(f"{path}:1", f"the column {twice!r} stands there twice", "Keep one of them."))
    for n, row in enumerate(body, 2):
        if len(row) != len(head):
            raise InputError(Fault(f"{path}:{n}", f"has {len(row)} cells, the first line {len(head)}", "Correct the line."))
    points = [{key: read_cell(cell.strip()) for key, cell in zip(head, row, strict=True)} for row in body]
    for point in points:
        point.pop(NUMBER, None)
    return points


NUMBER = "point"
"""The column of a written design that numbers its points."""


def written_cell(value: Any) -> str:
    """A value of a factor as it stands in a table of points: nothing is lost, and :func:`read_cell` reads it again."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_cell(text: str) -> Any:
    """A cell as TOML or JSON would read it, or else the text itself."""
    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {text}")["value"]
    with contextlib.suppress(json.JSONDecodeError):
        return json.loads(text)
    return text
