"""Which points of the space of assumptions are lived: the designs of a study.

Every design is drawn from the scenario and its plan alone, so the same file gives the same points for ever.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Fault, InputError
from sim.scenario import Scenario
from sim.scenario.plan import Plan
from sim.state import F64
from sim.study.factors import Axis, assumption, axes, overlaps
from sim.study.points_file import Point, read_points

MOST_POINTS = 1_000_000


def points_of(scenario: Scenario) -> tuple[Point, ...]:
    """The points of the scenario's study, in order; without factors and points the scenario itself is the only one."""
    plan = scenario.study
    if is_list(plan):
        return tuple(listed(scenario).values())
    factors = axes(scenario)
    if not factors:
        return ({},)
    points = _DESIGNS[plan.design](plan, factors)
    return tuple(points)


def is_list(plan: Plan) -> bool:
    """Whether the points are given, rather than drawn."""
    return bool(plan.points_file or plan.point or plan.design == "list")


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


_USED = {
    "factorial": {"levels"},
    "list": set[str](),
    "one_at_a_time": {"levels"},
    "random": {"points"},
    "latin_hypercube": {"points"},
    "sobol": {"points"},
    "morris": {"points", "levels"},
}
"""Which of the plan's numbers each design looks at."""


def remarks(plan: Plan) -> list[str]:
    """What of the plan may not be as it was meant, though it is no fault."""
    unused = sorted(plan.model_fields_set & {"points", "levels"} - _USED[plan.design])
    told = [f"study.{setting} is not used by the design {plan.design}." for setting in unused]
    if plan.design == "morris" and plan.levels % 2:
        told.append(f"study.levels: morris wants an even number, so there are {plan.levels + 1} levels.")
    return told


def listed(scenario: Scenario) -> dict[str, Point]:
    """The points of a list, from the scenario and from its file, each with the place where it stands."""
    plan = scenario.study
    places = {f"study.point.{n}": dict(_flat(point)) for n, point in enumerate(plan.point)}
    if plan.points_file:
        places |= read_points(Path(plan.points_file))
    points = list(places.values())
    if not points:
        raise InputError(Fault("study", "the design is a list, and there is none", "Add [[study.point]] or points_file."))
    if plan.factor:
        raise InputError(Fault("study.factor", "a list of points leaves nothing else to vary", "Remove the factors or the list."))
    for place, point in places.items():
        if point.keys() != points[0].keys():
            odd = sorted(point.keys() ^ points[0].keys())[0]
            raise InputError(Fault(place, f"{odd!r} is not in all points", "Give every point the same keys."))
    where = plan.points_file or "study.point"
    faults = overlaps(scenario, list(points[0]), where)
    for path in points[0]:
        try:
            assumption(scenario, path, where)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return places


def _flat(table: Mapping[str, Any], at: str = "") -> list[tuple[str, Any]]:
    """A point written as nested tables (TOML reads dotted keys so) as dotted paths."""
    flat: list[tuple[str, Any]] = []
    for key, value in table.items():
        path = f"{at}{key}"
        flat += _flat(value, f"{path}.") if isinstance(value, Mapping) and path != "graph" else [(path, value)]
    return flat
