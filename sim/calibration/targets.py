"""What a scenario is fitted to: statistics that can be measured in a world, and what was observed of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError, suggestion
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS, METRICS
from sim.scenario import CONTROL, Scenario
from sim.scenario.plan import Target
from sim.state import F64
from sim.study.points_file import Row, csv_rows
from sim.validation import FACTS, Lab

ALIASES = {"sales": "adoptions", "customers_new": "adoptions"}
"""What columns of a file may also be called."""
_NINETY_FIVE = 2 * 1.959964
"""A range is read as the 95 % interval of a normal law, so many standard deviations wide."""


@dataclass(frozen=True)
class OfFact:
    """Measures a stylised fact."""

    fact: str

    def __call__(self, lab: Lab) -> F64:
        fact = next(fact for fact in FACTS if fact.name == self.fact)
        return np.asarray(fact.measure(lab), np.float64)


@dataclass(frozen=True)
class OfRun:
    """Measures a metric summed up over the first ``day`` days."""

    metric: str
    policy: str
    day: int

    def __call__(self, lab: Lab) -> F64:
        return np.array([result.summary(days=self.day)[self.metric] for result in lab.results(self.policy)])


@dataclass(frozen=True)
class OfDays:
    """Measures the mean of a metric over some days; for a count the logarithm of 1 + that."""

    metric: str
    policy: str
    days: tuple[int, ...]
    log: bool

    def __call__(self, lab: Lab) -> F64:
        days = list(self.days)
        values = np.array([np.nanmean(result.series(self.metric)[days]) for result in lab.results(self.policy)])
        return np.asarray(np.log1p(values)) if self.log else values


@dataclass(frozen=True)
class Statistic:
    """One number of a world, and what was observed of it.

    ``observed`` and ``spread`` (its standard deviation: what the model may miss) are on the scale of the measurement: logarithms
    of 1 + x for counts, so that a share of them weighs alike everywhere. ``in_one_world``: observed in a single world, whose luck
    is part of it; a range or a published fact speaks of the mean over worlds. ``measure``: takes it, once in each world
    of a laboratory.
    ``series``: the series it is a part of.
    """

    name: str
    observed: float
    spread: float
    in_one_world: bool
    held_out: bool
    measure: Callable[[Lab], F64]
    series: str = ""

    @property
    def days(self) -> tuple[int, ...]:
        """The days of the series it is the mean of."""
        return self.measure.days if isinstance(self.measure, OfDays) else ()

    def plain(self, value: float) -> float:
        """A measurement in its own unit."""
        log = isinstance(self.measure, OfDays) and self.measure.log
        return max(0.0, float(np.expm1(value))) if log else float(value)


@dataclass(frozen=True)
class Observed:
    """A series as it stands in a file: ``days`` of the run and the values of one metric on them."""

    name: str
    metric: str
    days: npt.NDArray[np.int64]
    values: F64


def statistics(scenario: Scenario) -> tuple[tuple[Statistic, ...], tuple[Observed, ...]]:
    """The targets of a scenario's calibration, one statistic after another, and the series they come from.

    Raises InputError with every target that cannot be one.
    """
    faults: list[Fault] = []
    found: list[Statistic] = []
    series: list[Observed] = []
    for n, target in enumerate(scenario.calibration.target):
        where = f"calibration.target.{n}"
        try:
            statistics, observed = _read(scenario, target, where)
            found += statistics
            series += observed
        except InputError as error:
            faults += error.faults
    names = [statistic.name for statistic in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(Fault("calibration.target", f"{name} is named twice", "Keep one of them."))
    if not faults and all(statistic.held_out for statistic in found):
        faults.append(Fault("calibration.target", "there is nothing to fit to", "Add a target that is not held out."))
    if faults:
        raise InputError(faults)
    return tuple(found), tuple(series)


def _read(scenario: Scenario, target: Target, where: str) -> tuple[list[Statistic], list[Observed]]:
    kinds = [kind for kind in ("fact", "file", "metric") if getattr(target, kind)]
    if len(kinds) != 1:
        what = f"has {' and '.join(kinds)}" if kinds else "says nothing"
        raise InputError(Fault(where, what, "Give it one of fact, file, metric."))
    if target.fact:
        return [_fact(target, where)], []
    if target.metric:
        return [_range(scenario, target, where)], []
    return _series(scenario, target, where)


def _fact(target: Target, where: str) -> Statistic:
    facts = {fact.name: fact for fact in FACTS}
    if target.fact not in facts:
        raise InputError(Fault(where, f"there is no fact {target.fact!r}", suggestion(target.fact, facts)))
    fact = facts[target.fact]
    if fact.built_in:
        raise InputError(Fault(where, f"{target.fact} is built into the model ({fact.built_in})", "Choose another fact."))
    middle, spread = (fact.low + fact.high) / 2, (fact.high - fact.low) / _NINETY_FIVE
    name = f"{fact.name}: {fact.about}"
    return Statistic(name, middle, spread, False, target.held_out, OfFact(target.fact))


def _range(scenario: Scenario, target: Target, where: str) -> Statistic:
    if target.metric not in METRICS:
        raise InputError(Fault(where, f"there is no metric {target.metric!r}", suggestion(target.metric, METRICS)))
    if target.low is None or target.high is None or not target.low < target.high:
        raise InputError(Fault(where, "has no range", "Give low and high, the smaller first."))
    if target.day is not None and target.day > scenario.days:
        raise InputError(Fault(where, f"day {target.day} does not come", f"Days go to {scenario.days}."))
    policy, day = _policy(scenario, target, where), target.day or scenario.days
    middle, spread = (target.low + target.high) / 2, (target.high - target.low) / _NINETY_FIVE

    name = f"{target.metric} under {policy}, day {day}"
    return Statistic(name, middle, spread, False, target.held_out, OfRun(target.metric, policy, day))


def _series(scenario: Scenario, target: Target, where: str) -> tuple[list[Statistic], list[Observed]]:
    policy = _policy(scenario, target, where)
    found: list[Statistic] = []
    series = _columns(Path(target.file), target.first_day)
    for observed in series:
        if observed.days.max() >= scenario.days:
            what = f"goes to day {observed.days.max()}, and the scenario only to day {scenario.days - 1}"
            raise InputError(Fault(f"{where}: {target.file}", what, f"Set days = {observed.days.max() + 1} or more."))
        if target.held_out_from is not None and not observed.days.min() < target.held_out_from <= observed.days.max():
            what = f"held_out_from = {target.held_out_from} leaves nothing to fit to, or nothing to hold out"
            remedy = f"The series goes from day {observed.days.min()} to {observed.days.max()}."
            raise InputError(Fault(f"{where}: {observed.name}", what, remedy))
        later = observed.days >= (np.inf if target.held_out_from is None else target.held_out_from)
        for part, held_out in ((~later, target.held_out), (later, True)):
            pieces = np.array_split(np.flatnonzero(part), target.blocks if not later.any() or not held_out else 2)
            found += [_block(observed, block, policy, target.tolerance, held_out) for block in pieces if block.size]
    return found, series


def _block(observed: Observed, block: npt.NDArray[np.int64], policy: str, tolerance: float, held_out: bool) -> Statistic:
    """The mean of a series over some of its days."""
    days = observed.days[block]
    log = _is_count(observed.metric)
    mean = float(observed.values[block].mean())

    return Statistic(
        name=f"{observed.name}, days {days[0]} to {days[-1]}",
        observed=float(np.log1p(mean)) if log else mean,
        spread=tolerance if log else tolerance * abs(mean),
        in_one_world=True,
        held_out=held_out,
        measure=OfDays(observed.metric, policy, tuple(days.tolist()), log),
        series=observed.name,
    )


def _is_count(metric: str) -> bool:
    unit = METRICS[metric].unit
    return unit != "–" and not unit.startswith("money") and unit != "days"


def _policy(scenario: Scenario, target: Target, where: str) -> str:
    """The policy under which a target was observed."""
    if target.policy:
        try:
            return scenario.find_policy(target.policy).name
        except InputError as error:
            raise InputError([replace(fault, where=f"{where}.policy") for fault in error.faults]) from None
    others = [policy.name for policy in scenario.policy if policy.name != CONTROL]
    if len(others) != 1:
        raise InputError(Fault(where, "it is not said what the brand did", f"Add policy, one of: {', '.join(others)}."))
    return others[0]


def _columns(path: Path, first_day: int) -> list[Observed]:
    """The series of a file, each with the days on which it has a value."""
    rows = csv_rows(path, "Give a CSV file with a column per metric.")
    if len(rows) < 3:
        raise InputError(
            Fault(str(path), "has no days", "Write the names of the columns in the first line, a day in each other.")
        )
    head = [cell.lower() for cell in rows[0].cells]
    if head[0] not in ("day", "date"):
        what = f"the first column is {rows[0].cells[0]!r}"
        raise InputError(Fault(f"{path}:1", what, "Call it day (a number) or date (2024-05-31)."))
    days: npt.NDArray[np.int64] | None = None
    faults: list[Fault] = []
    found: list[tuple[str, str, list[int], F64]] = []
    try:
        days = _days(path, rows[1:], head[0], first_day)
    except InputError as error:
        faults += error.faults
    for column, name in enumerate(head[1:], 1):
        try:
            found.append((name, *_column(path, rows[1:], column, name)))
        except InputError as error:
            faults += error.faults
    if faults or days is None:
        raise InputError(faults[:20])
    return [Observed(name, metric, days[there], values) for name, metric, there, values in found]


def _column(path: Path, rows: Sequence[Row], column: int, name: str) -> tuple[str, list[int], F64]:
    """The metric that a column holds, the rows that have a value of it, and these."""
    metric = ALIASES.get(name, name)
    known = (*BRAND_METRICS, *COMMUNITY_METRICS)
    if metric not in known:
        raise InputError(Fault(f"{path}:1", f"there is no metric {name!r}", suggestion(name, (*known, *ALIASES))))
    cells = {n: row.cells[column] for n, row in enumerate(rows) if column < len(row.cells) and row.cells[column]}
    if len(cells) < 2:
        raise InputError(Fault(f"{path}: {name}", "has fewer than two values", "Remove the column, or fill it."))
    values = np.array([_number(cell) for cell in cells.values()])
    wrong = [
        Fault(f"{path}:{rows[n].line}: {name}", f"{cell!r} is not a number", "Correct it, or leave the cell empty.")
        for (n, cell), value in zip(cells.items(), values, strict=True)
        if not np.isfinite(value)
    ]
    if wrong:
        raise InputError(wrong)
    if _is_count(metric) and (values < 0).any():
        raise InputError(Fault(f"{path}: {name}", "is a count and below zero", "Correct it."))
    return metric, list(cells), values


def _days(path: Path, rows: Sequence[Row], kind: str, first_day: int) -> npt.NDArray[np.int64]:
    days, faults = [], []
    for row in rows:
        try:
            days.append(int(row.cells[0]) if kind == "day" else date.fromisoformat(row.cells[0]).toordinal())
        except ValueError:
            wanted = "a whole number" if kind == "day" else "a date such as 2024-05-31"
            faults.append(Fault(f"{path}:{row.line}", f"{row.cells[0]!r} is not {wanted}", "Correct the line."))
    if faults:
        raise InputError(faults)
    found = np.array(days, np.int64)
    found += first_day - (found[0] if kind == "date" else 0)
    if (np.diff(found) <= 0).any() or found[0] < 0:
        raise InputError(Fault(str(path), "its days do not go forward from day 0 on", "Sort the lines by day, each day once."))
    return found


def _number(cell: str) -> float:
    """What a cell says; NaN when that is no number."""
    try:
        return float(cell)
    except ValueError:
        return float("nan")
