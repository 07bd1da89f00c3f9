"""What a study is: every policy in the same worlds, at every point of a design."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, make_dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import Fault, InputError, suggestion
from sim.graph import Graph
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS, HEADLINES, METRICS
from sim.scenario import COMPOSITION, Policy, Scenario, changed, load_scenario, parse_scenario
from sim.strategies import STRATEGIES
from sim.study.design import is_list, listed, points_of
from sim.study.factors import axes
from sim.study.points_file import Point

CONTROL = "absent"


class Job(NamedTuple):
    """One run of a study: number of the design point, policy, seed of the world."""

    point: int
    policy: str
    seed: int


@dataclass(frozen=True)
class Study:
    """A scenario with all its choices made.

    ``policies``: names, compared for the first brand; ``control``: the one all are held against; ``seeds``: one per world;
    ``points``: what is changed in the scenario at each point of the design; ``horizons``: days at which a run is summed up, −1
    for its last; ``series``: metrics kept day by day; ``given``: the community of every world, instead of the scenario's.
    """

    scenario: Scenario
    policies: tuple[str, ...]
    control: str
    seeds: tuple[int, ...]
    points: tuple[Point, ...] = ({},)
    horizons: tuple[int, ...] = (-1,)
    series: tuple[str, ...] = ()
    given: Graph | None = None

    @classmethod
    def of(
        cls,
        scenario: Scenario | str | Path,
        policies: Sequence[str | Policy] = (),
        *,
        control: str | None = None,
        worlds: int | None = None,
        seeds: Sequence[int] = (),
        graph: Graph | None = None,
    ) -> Study:
        """The study that a scenario's ``[study]`` section describes. ``policies``: names or :class:`Policy`; empty: the
        scenario's. ``seeds``: one per world; default: ``worlds`` seeds counting from the scenario's.

        Raises InputError with all that is wrong, at whichever point.
        """
        if not isinstance(scenario, Scenario):
            scenario = load_scenario(scenario)
        plan = scenario.study
        faults: list[Fault] = []
        names: tuple[str, ...] = ()
        try:
            scenario, names, control = _policies(scenario, policies, control or plan.control or None)
        except InputError as error:
            faults += error.faults
        n = plan.worlds if worlds is None else worlds
        if n < 1:
            raise InputError(Fault("worlds", f"{n} is none", "Compare in at least one world."))
        seeds = tuple(seeds) or tuple(range(scenario.seed, scenario.seed + n))
        if len(set(seeds)) < len(seeds):
            raise InputError(Fault("seeds", "a seed is named twice", "Give each world its own seed."))
        points: tuple[Point, ...] = ()
        series: tuple[str, ...] = ()
        try:
            points = points_of(scenario)
        except InputError as error:
            faults += error.faults
        try:
            series = _series(plan.series)
        except InputError as error:
            faults += error.faults
        if faults or control is None:
            raise InputError(faults)
        places = tuple(listed(scenario)) if is_list(plan) else ()
        if plan.points_file:  # from now on the points are part of the scenario
            inline = plan.model_copy(update={"points_file": "", "design": "list", "point": points})
            scenario = scenario.model_copy(update={"study": inline})
        horizons = tuple(sorted(plan.horizons)) or (-1,)
        study = cls(scenario, names, control, seeds, points, horizons, series, graph)
        study.check(places)
        return study

    @property
    def factors(self) -> tuple[str, ...]:
        """The dotted paths that vary."""
        return tuple(self.points[0])

    @property
    def regroups(self) -> bool:
        """Whether points differ in which policy mentions, or which brand follows, which."""
        return any(path.rpartition(".")[2] in ("policy", "also", "switch_to") for path in self.factors)

    @property
    def varies_graph(self) -> bool:
        """Whether points differ in their community."""
        return any(path.partition(".")[0] == "graph" for path in self.factors)

    @property
    def brand_names(self) -> tuple[str, ...]:
        return tuple(brand.name for brand in self.scenario.brand)

    def jobs(self) -> list[Job]:
        """All runs, in the order in which they are made and kept: point by point, world by world."""
        return [Job(p, policy, seed) for p in range(len(self.points)) for seed in self.seeds for policy in self.policies]

    def scenario_at(self, point: int) -> Scenario:
        """The scenario at a point of the design."""
        return changed(self.scenario, self.points[point]) if self.points[point] else self.scenario

    def check(self, places: Sequence[str] = ()) -> None:
        """Raises InputError when the scenario cannot be lived at some point of the design. ``places``: where each point was
        written, if it was."""
        faults = [
            Fault("study.horizons", f"day {day} is named twice", "Name each day once.")
            for day in sorted({day for day in self.horizons if self.horizons.count(day) > 1})
        ]
        if self.horizons[-1] > self.scenario.days:
            what = f"day {self.horizons[-1]} does not come"
            faults.append(Fault("study.horizons", what, f"Days go to {self.scenario.days}."))
        followed = self.scenario.followed(self.policies)
        for path in self.factors:
            section, _, rest = path.partition(".")
            if section == "policy" and not self.regroups and rest.partition(".")[0] not in followed:
                what = f"{path!r} varies a policy that nobody follows here"
                faults.append(Fault("study", what, "Compare that policy too, or do not vary it."))
        alike: dict[tuple[str, str], tuple[Fault, list[int]]] = {}
        for p in range(len(self.points)):
            for fault in self._faults_at(p):
                alike.setdefault((fault.where, fault.remedy), (fault, []))[1].append(p)
        faults += [replace(fault, where=f"{fault.where} at {_counted(points, places)}") for fault, points in alike.values()]
        if faults:
            raise InputError(faults[:20])

    def _faults_at(self, point: int) -> Sequence[Fault]:
        """What is wrong with the scenario at a point."""
        try:
            there = self.scenario_at(point)
        except InputError as error:
            return [replace(fault, where=fault.where.removeprefix("scenario: ")) for fault in error.faults]
        if tuple(brand.name for brand in there.brand) != self.brand_names:
            return [Fault("brand", "there are other brands than elsewhere", "Vary their numbers, not their names.")]
        return ()

    def key(self, job: Job) -> str:
        """The name of a run: what it is, and not its place in a list."""
        text = json.dumps([self.points[job.point], job.policy, job.seed], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def record(self) -> dict[str, Any]:
        """The study as plain data, without its worlds: more of them may be added."""
        scenario = self.scenario.dump()
        del scenario["study"]["worlds"]
        for factor, axis in zip(scenario["study"]["factor"], axes(self.scenario), strict=True):
            if axis.values is None:  # a range from the declarations is part of what was done
                factor |= {"low": axis.low, "high": axis.high}
        digest = hashlib.sha256(json.dumps(self.points, sort_keys=True, default=str).encode()).hexdigest()[:16]
        return {
            "kind": "study",
            "scenario": scenario,
            "policies": list(self.policies),
            "control": self.control,
            "points": digest,
            "horizons": list(self.horizons),
            "series": list(self.series),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any], seeds: Sequence[int], where: str, to_read: bool = False) -> Study:
        """The study that :meth:`record` wrote down. ``to_read``: only its results are asked for, so strategies that are not known
        here do not matter."""
        written = record["scenario"]
        unknown = {p["name"]: p for p in written["policy"] if to_read and p["strategy"] not in STRATEGIES}
        if unknown:
            policies = [_without_strategy(p) if p["name"] in unknown else p for p in written["policy"]]
            scenario = parse_scenario({**written, "policy": policies}, where)
            stand_ins = [p._replace(strategy=_stand_in(unknown[p.name])) if p.name in unknown else p for p in scenario.policy]
            scenario = scenario.model_copy(update={"policy": tuple(stand_ins)})
        else:
            scenario = parse_scenario(written, where)
        return cls(
            scenario,
            tuple(record["policies"]),
            record["control"],
            tuple(seeds),
            points_of(scenario),
            tuple(record["horizons"]),
            tuple(record["series"]),
        )


def _without_strategy(written: Mapping[str, Any]) -> dict[str, Any]:
    """A written policy that does nothing but what is composed with it."""
    return {"strategy": CONTROL, **{name: written[name] for name in COMPOSITION if name in written}}


def _stand_in(written: Mapping[str, Any]) -> Any:
    """In place of a strategy that is not known here, one with the same settings that cannot be followed."""
    settings = {name: value for name, value in written.items() if name not in COMPOSITION and name != "strategy"}
    plain = {name: str(value) if isinstance(value, dict | list) else value for name, value in settings.items()}
    return make_dataclass("Unknown", [(name, type(value), field(default=value)) for name, value in plain.items()], frozen=True)()


def _counted(points: Sequence[int], places: Sequence[str]) -> str:
    """Points of a design in words, or where they were written."""
    named = ", ".join(places[p] if places else str(p) for p in points[:3])
    if places:
        return named + (f" and {len(points) - 3:,} more" if len(points) > 3 else "")
    return f"point{'s' * (len(points) > 1)} {named}" + (f" and {len(points) - 3:,} more" if len(points) > 3 else "")


def _policies(scenario: Scenario, policies: Sequence[str | Policy], control: str | None) -> tuple[Scenario, tuple[str, ...], str]:
    """The scenario with the chosen policies first, their names, and the control, which is added when it is not among them."""
    chosen = [scenario.find_policy(p) if isinstance(p, str) else p for p in policies] or list(scenario.policy)
    chosen = chosen or [scenario.find_policy(CONTROL)]
    names = [policy.name for policy in chosen]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(Fault("policy", f"{repeated[0]!r} is named twice", "Name each policy once."))
    if control is None:
        control = CONTROL if CONTROL in names else names[0]
    if control not in names:
        try:
            chosen.insert(0, scenario.find_policy(control))
        except InputError as error:
            raise InputError([replace(fault, where="control") for fault in error.faults]) from None
        names.insert(0, control)
    return scenario.with_policies(chosen), tuple(names), control


def _series(wanted: Sequence[str]) -> tuple[str, ...]:
    """Names of metrics from what the plan says."""
    known = (*BRAND_METRICS, *COMMUNITY_METRICS)
    names: list[str] = []
    for name in wanted:
        if name not in known and name not in ("all", "headlines"):
            what = "sums up a run, it has no days" if name in METRICS else "there is no such metric"
            raise InputError(Fault("study.series", f"{name!r}: {what}", suggestion(name, (*known, "all", "headlines"))))
        names += known if name == "all" else HEADLINES if name == "headlines" else (name,)
    return tuple(dict.fromkeys(names))
