"""What a study is: every policy in the same worlds, at every point of a design."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import Fault, InputError, suggestion
from sim.graph import Graph
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS, HEADLINES, METRICS
from sim.scenario import Policy, Scenario, changed, load_scenario, parse_scenario
from sim.strategies import STRATEGIES
from sim.study.design import Point, points_of

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
        scenario, names, control = _policies(scenario, policies, control or plan.control or None)
        n = plan.worlds if worlds is None else worlds
        if n < 1:
            raise InputError(Fault("worlds", f"{n} is none", "Compare in at least one world."))
        seeds = tuple(seeds) or tuple(range(scenario.seed, scenario.seed + n))
        if len(set(seeds)) < len(seeds):
            raise InputError(Fault("seeds", "a seed is named twice", "Give each world its own seed."))
        points = points_of(scenario)
        if plan.points_file:  # from now on the points are part of the scenario
            inline = plan.model_copy(update={"points_file": "", "design": "list", "point": points})
            scenario = scenario.model_copy(update={"study": inline})
        study = cls(scenario, names, control, seeds, points, tuple(plan.horizons) or (-1,), _series(plan.series), graph)
        study.check()
        return study

    @property
    def factors(self) -> tuple[str, ...]:
        """The dotted paths that vary."""
        return tuple(self.points[0])

    @property
    def brand_names(self) -> tuple[str, ...]:
        return tuple(brand.name for brand in self.scenario.brand)

    def jobs(self) -> list[Job]:
        """All runs, in the order in which they are made and kept: point by point, world by world."""
        return [Job(p, policy, seed) for p in range(len(self.points)) for seed in self.seeds for policy in self.policies]

    def scenario_at(self, point: int) -> Scenario:
        """The scenario at a point of the design."""
        return changed(self.scenario, self.points[point]) if self.points[point] else self.scenario

    def check(self) -> None:
        """Raises InputError when the scenario cannot be lived at some point of the design."""
        faults: list[Fault] = []
        for p in range(len(self.points)):
            try:
                there = self.scenario_at(p)
            except InputError as error:
                faults += [replace(fault, where=f"point {p}: {fault.where.removeprefix('scenario: ')}") for fault in error.faults]
                if len(faults) > 20:
                    break
                continue
            late = [day for day in self.horizons if day > there.days]
            if late:
                faults.append(Fault(f"study.horizons, point {p}", f"day {late[0]} does not come", f"Days go to {there.days}."))
            if tuple(brand.name for brand in there.brand) != self.brand_names:
                faults.append(
                    Fault(f"point {p}", "there are other brands than elsewhere", "Vary their numbers, not their names.")
                )
        faults += [
            Fault("study.horizons", f"{day} is no day", "Days count from 1.") for day in self.horizons if day < 1 and day != -1
        ]
        if faults:
            raise InputError(faults[:20])

    def key(self, job: Job) -> str:
        """The name of a run: what it is, and not its place in a list."""
        text = json.dumps([self.points[job.point], job.policy, job.seed], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def record(self) -> dict[str, Any]:
        """The study as plain data, without its worlds: more of them may be added."""
        scenario = self.scenario.dump()
        del scenario["study"]["worlds"]
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
        if to_read:
            policies = [p if p["strategy"] in STRATEGIES else {"strategy": CONTROL, "name": p["name"]} for p in written["policy"]]
            written = {**written, "policy": policies}
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


def _policies(scenario: Scenario, policies: Sequence[str | Policy], control: str | None) -> tuple[Scenario, tuple[str, ...], str]:
    """The scenario with the chosen policies first, their names, and the control, which is added when it is not among them."""
    chosen = [scenario.find_policy(p) if isinstance(p, str) else p for p in policies] or list(scenario.policy)
    names = [policy.name for policy in chosen]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(Fault("policy", f"{repeated[0]!r} is named twice", "Name each policy once."))
    if control is None:
        control = CONTROL if CONTROL in names else names[0]
    if control not in names:
        chosen.insert(0, scenario.find_policy(control))
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
