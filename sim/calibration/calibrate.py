"""Fit named numbers of a scenario to what was observed, in waves; see the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.calibration.inference import Likelihood, Posterior, Problem, sample, spread_out
from sim.calibration.measuring import Measurement, Notebook, Surveyor, key
from sim.calibration.targets import Observed, Statistic, statistics
from sim.errors import Fault, InputError
from sim.scenario import Scenario, changed, load_scenario
from sim.state import F64
from sim.study.conduct import Headway, live
from sim.study.executor import Executor, Failure, execute
from sim.study.factors import Axis, axes_of
from sim.study.points_file import Point
from sim.study.store import Folder, code_digest, own_strategies, provenance
from sim.study.study import Job

_WIDER = 4.0
"""How much wider than the last each wave looks, in variance: an early emulator may be wrong about where the answer is."""
_DIGITS = 6
"""Significant digits of the points lived."""


@dataclass(frozen=True)
class Calibration:
    """What was found.

    ``axes``: the parameters and their ranges; ``statistics``: the targets, and ``series`` those that came as days; ``points``
    (n × d, in the unit cube) and ``values`` (n × worlds × statistics): what was lived to find it, ``wave`` (n) in which;
    ``posterior``: draws; ``drawn`` (m × d) and ``predicted`` (m × worlds × statistics): some of the draws, lived.
    """

    scenario: Scenario
    axes: tuple[Axis, ...]
    statistics: tuple[Statistic, ...]
    series: tuple[Observed, ...]
    points: F64
    values: F64
    wave: npt.NDArray[np.int64]
    posterior: Posterior
    likelihood: Likelihood
    drawn: F64
    predicted: F64
    failures: tuple[Failure, ...]

    def __repr__(self) -> str:
        fitted = ", ".join(axis.path for axis in self.axes)
        return f"<Calibration of {fitted} to {sum(self.fitted)} statistics, {len(self.points)} points lived>"

    @cached_property
    def fitted(self) -> npt.NDArray[np.bool_]:
        """Which statistics were fitted to; the others were held out."""
        return np.array([not statistic.held_out for statistic in self.statistics])

    def draws(self, n: int = 200) -> list[Point]:
        """Draws from the posterior, as points of a design."""
        chosen = np.random.default_rng([self.scenario.calibration.seed, 4]).choice(len(self.posterior.points), n)
        return [_point(self.axes, u) for u in self.posterior.points[chosen]]

    @cached_property
    def best(self) -> Point:
        """The draw at which the observed values are likeliest."""
        return _point(self.axes, self.posterior.points[int(self.posterior.log.argmax())])


def calibrate(
    scenario: Scenario | str | Path,
    folder: str | Path,
    *,
    workers: int = 1,
    tell: Callable[[Headway], None] = lambda headway: None,
    executor: Executor | None = None,
) -> Calibration:
    """Fit the numbers that a scenario's ``[calibration]`` section names, keeping measurements in ``folder`` as they come.

    A second call with the same folder does what is missing. Raises InputError for parameters or targets that cannot be,
    TooManyFailures when measuring fails too often. See :func:`sim.study.conduct.conduct` for ``tell`` and ``executor``.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    plan, axes, (targets, series) = scenario.calibration, parameters(scenario), statistics(scenario)
    varies = scenario.graph_varies or any(axis.path.partition(".")[0] == "graph" for axis in axes)
    graph = None if varies else scenario.make_graph(scenario.seed)
    store = Folder(Path(folder))
    written = {
        "kind": "calibration",
        "scenario": scenario.dump(),
        "observed": [[statistic.name, statistic.observed, statistic.spread] for statistic in targets],
        "graph": None if graph is None else graph.digest,
        "code": code_digest(),
        "own strategies": own_strategies(scenario.policy),
    }
    with store.open({"job": written, **provenance()}):
        notebook = Notebook(store, (plan.worlds, len(targets)))
        notebook.read()
        survey = _Survey(scenario, axes, targets, notebook, executor or (lambda maker, jobs: execute(maker, jobs, workers)), tell)
        survey.graph = graph
        survey.headway.damaged = notebook.damaged
        fitted = np.array([not statistic.held_out for statistic in targets])
        names = [statistic.name for statistic in targets if not statistic.held_out]
        problem = Problem(
            *(np.array([getattr(s, name) for s in targets])[fitted] for name in ("observed", "spread", "in_one_world"))
        )
        unit = _first_wave(axes, plan.points, plan.seed)
        points, values, wave = unit[:0], np.empty((0, plan.worlds, len(targets))), np.empty(0, np.int64)
        for w in range(plan.waves):
            values = np.concatenate([values, survey.measure(unit)])
            points, wave = np.concatenate([points, unit]), np.concatenate([wave, np.full(len(unit), w)])
            recent = wave == w
            likelihood = Likelihood(problem, points, values[:, :, fitted], recent, names, plan.seed)
            left = plan.waves - 1 - w
            posterior = sample(likelihood, len(axes), plan.seed + w, _WIDER**left)
            unit = _settled(axes, spread_out(posterior.points, plan.points, plan.seed + w))
        chosen = np.random.default_rng([plan.seed, 3]).choice(len(posterior.points), plan.predictive, replace=False)
        drawn = _settled(axes, posterior.points[chosen])
        predicted = survey.measure(drawn)
        notebook.rewrite(survey.measured)
        store.finish({"measurements": len(survey.measured), "failed": len(survey.failures)})
    return Calibration(
        scenario, axes, targets, series, points, values, wave, posterior, likelihood, drawn, predicted, tuple(survey.failures)
    )


def parameters(scenario: Scenario) -> tuple[Axis, ...]:
    """What a scenario's calibration fits. Raises InputError for what is no number with a range."""
    found = axes_of(scenario, scenario.calibration.parameter, "calibration.parameter")
    if not found:
        raise InputError(
            Fault("calibration.parameter", "there is nothing to fit", "Add a [[calibration.parameter]] with a path.")
        )
    faults: list[Fault] = []
    for n, axis in enumerate(found):
        where = f"calibration.parameter.{n}"
        if axis.values is not None:
            faults.append(Fault(where, f"{axis.path!r} is a choice", "Fit numbers; lists and switches belong into a study."))
            continue
        for end in (axis.low, axis.high):
            try:
                changed(scenario, {axis.path: round(end) if axis.whole else end})
            except InputError as error:
                faults += [replace(fault, where=where, what=f"{axis.path} {fault.what}") for fault in error.faults]
    if faults:
        raise InputError(faults)
    return found


class Forecast(NamedTuple):
    """What a calibration would be: measurements (each in all worlds of a point), and the seconds they would take."""

    measurements: int
    seconds: float


def forecast(scenario: Scenario, workers: int = 1) -> Forecast:
    """Measure at one point, and reckon from that. Raises InputError as :func:`calibrate` does."""
    plan, axes, (targets, _) = scenario.calibration, parameters(scenario), statistics(scenario)
    point = _point(axes, np.full(len(axes), 0.5))
    found = Surveyor(scenario, targets, [point], None).run(Job(0, "", scenario.seed))
    n = plan.waves * plan.points + plan.predictive
    return Forecast(n, found.seconds * n / workers)


class _Survey:
    """The measuring of one calibration, wave after wave."""

    def __init__(
        self,
        scenario: Scenario,
        axes: tuple[Axis, ...],
        targets: tuple[Statistic, ...],
        notebook: Notebook,
        run: Executor,
        tell: Callable[[Headway], None],
    ) -> None:
        plan = scenario.calibration
        self.scenario, self.axes, self.targets, self.notebook = scenario, axes, targets, notebook
        self.run, self.tell = run, tell
        self.graph: Any = None
        self.headway = Headway(0, plan.waves * plan.points + plan.predictive)
        self.failures: list[Failure] = []
        self.measured: list[str] = []
        """The names of all measurements, in the order in which they are asked for."""
        self._asked = 0

    def measure(self, unit: F64) -> F64:
        """Points × worlds × statistics. Every point has worlds of its own: shared ones would make all points err alike."""
        plan = self.scenario.calibration
        points = [_point(self.axes, u) for u in unit]
        jobs = [Job(p, "", self.scenario.seed + (self._asked + p) * plan.worlds) for p in range(len(points))]
        self._asked += len(points)
        names = [key(points[job.point], job.seed) for job in jobs]
        missing = [job for job in jobs if names[job.point] not in self.notebook.values]
        self.headway.done += len(jobs) - len(missing)

        def add(found: Measurement) -> None:
            self.notebook.add(names[found.job.point], found.values)

        surveyor = Surveyor(self.scenario, self.targets, points, self.graph)
        most = plan.most_failures - len(self.failures)
        self.failures += live(surveyor, missing, self.run, self.headway, self.tell, add, most_failures=most)
        self.measured += [name for name in names if name in self.notebook.values]
        return self.notebook.cube(names)


def _first_wave(axes: tuple[Axis, ...], n: int, seed: int) -> F64:
    from scipy.stats import qmc

    return _settled(axes, qmc.LatinHypercube(len(axes), rng=np.random.default_rng(seed)).random(n))


def _point(axes: tuple[Axis, ...], u: F64) -> Point:
    """The values at a place of the unit cube, to a few digits, so that they can be written down."""
    return {axis.path: _rounded(axis.at(float(place))) for axis, place in zip(axes, u, strict=True)}


def _rounded(value: Any) -> Any:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _settled(axes: tuple[Axis, ...], unit: F64) -> F64:
    """The places of what is really lived there, once digits are cut and whole numbers taken."""
    return np.array([[axis.place(_rounded(axis.at(float(u)))) for axis, u in zip(axes, row, strict=True)] for row in unit])
