"""Policies in the same worlds: run, stored, compared in pairs."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Fault, InputError, suggestion
from sim.graph import Graph
from sim.metrics import METRICS
from sim.scenario import Policy, Scenario, load_scenario, parse_scenario
from sim.state import F64
from sim.study.budget import Scaling, at_equal_spend, capped
from sim.study.executor import Bench, Failure, Job, execute
from sim.study.results import Result
from sim.study.statistics import Contrast, Estimate, contrast, estimate
from sim.study.store import Folder, code_digest, own_strategies, provenance, read_manifest


@dataclass(frozen=True)
class Comparison:
    """Runs of several policies in the same worlds (one world per seed)."""

    scenario: Scenario
    policies: tuple[str, ...]
    control: str
    seeds: tuple[int, ...]
    results: Mapping[tuple[str, int], Result]
    graph: Mapping[str, Any]
    scalings: tuple[Scaling, ...] = ()
    failures: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        if self.control not in self.policies:
            raise InputError(
                Fault("control", f"{self.control!r} is not among the policies compared", f"Add it: {', '.join(self.policies)}.")
            )
        lived = {policy: tuple(seed for seed in self.seeds if (policy, seed) in self.results) for policy in self.policies}
        if len(set(lived.values())) > 1:
            counts = ", ".join(f"{policy} {len(seeds)}" for policy, seeds in lived.items())
            raise InputError(
                Fault("seeds", f"the policies were not run in the same worlds ({counts})", "Run them all with the same seeds.")
            )

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.policies)} in {len(self.seeds)} world(s)>"

    def values(self, policy: str, metric: str, brand: int = 0) -> F64:
        """One number per world. Raises InputError for an unknown policy or metric."""
        for what, name, known in (("policy", policy, self.policies), ("metric", metric, METRICS)):
            if name not in known:
                raise InputError(Fault(what, f"there is no {name!r}", suggestion(name, known)))
        return np.array([self._summaries[policy, seed, brand][metric] for seed in self.seeds])

    @cached_property
    def _summaries(self) -> dict[tuple[str, int, int], dict[str, float]]:
        n_brands = max(1, len(self.scenario.brand))
        return {(p, s, b): result.summary(b) for (p, s), result in self.results.items() for b in range(n_brands)}

    def days(self, policy: str, metric: str, brand: int = 0) -> F64:
        """Worlds × days."""
        return np.stack([self.results[policy, seed].series(metric, brand) for seed in self.seeds])

    def mean(self, policy: str, metric: str, brand: int = 0) -> Estimate:
        """Mean over worlds, with its interval."""
        return estimate(self.values(policy, metric, brand))

    def against(self, policy: str, control: str, metric: str, brand: int = 0) -> Contrast:
        """The paired difference of two policies of the first brand, in a metric of any brand."""
        ours, theirs = self.values(policy, metric, brand), self.values(control, metric, brand)
        return contrast(policy, control, metric, ours, theirs, METRICS[metric].better)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs worth a line: each policy with the control, then the others among each other, when they are few."""
        others = [policy for policy in self.policies if policy != self.control]
        pairs = [(policy, self.control) for policy in others]
        return [*pairs, *((b, a) for a, b in itertools.combinations(others, 2))] if len(others) <= 3 else pairs

    def gap(self, vanity: str, outcome: str) -> float:
        """Rank correlation across policies between a vanity metric and an outcome: do easy numbers tell the truth?

        Unknown (NaN) for fewer than five policies, too few to rank.
        """
        from scipy import stats

        means = [[np.mean(self.values(policy, metric)) for policy in self.policies] for metric in (vanity, outcome)]
        if len(self.policies) < 5 or any(len(set(row)) < 2 for row in means):
            return float("nan")
        return float(stats.spearmanr(*means).statistic)


def compare(
    scenario: Scenario | str | Path,
    policies: Sequence[str | Policy] = (),
    *,
    control: str | None = None,
    worlds: int = 20,
    seeds: Sequence[int] = (),
    graph: Graph | None = None,
    folder: Path | None = None,
    workers: int = 1,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """Run every policy in every world and compare.

    ``scenario``: one, or a file, or the name of a shipped one. ``policies``: names or :class:`Policy`; empty: those of the
    scenario. ``control``: the one all are held against; default: *absent* if there, else the first. ``seeds``: one per
    world; default: ``worlds`` seeds counting from the scenario's. ``graph``: the community of every world, instead of the
    one the scenario describes. ``folder``: where results are kept as they come; a second call with the same folder does
    what is missing, also for more seeds than before.
    ``tell(done, total)`` is called after every run.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    if worlds < 1:
        raise InputError(Fault("worlds", f"{worlds} is none", "Compare in at least one world."))
    chosen = [scenario.find_policy(p) if isinstance(p, str) else p for p in policies] or list(scenario.policy)
    names = tuple(policy.name for policy in chosen)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(Fault("policy", f"{repeated[0]!r} is named twice", "Name each policy once."))
    if control is None:
        control = "absent" if "absent" in names else names[0]
    if control not in names:
        chosen.insert(0, scenario.find_policy(control))
        names = tuple(policy.name for policy in chosen)
    seeds = tuple(seeds) or tuple(range(scenario.seed, scenario.seed + worlds))
    if len(set(seeds)) < len(seeds):
        raise InputError(Fault("seeds", "a seed is named twice", "Give each world its own seed."))

    scenario = scenario.with_policies(chosen)
    bench = Bench(scenario, graph)
    first = bench.graph(seeds[0])
    scenario.check_names(first)
    summary = {
        **dict(first.source),
        **first.summary(),
        "digest": first.digest,
        "varies": bench.varies,
        "notes": list(first.notes),
    }
    scalings: tuple[Scaling, ...] = ()
    lived = chosen
    if scenario.equal_budget > 0 and scenario.brand:
        scalings = tuple(at_equal_spend(scenario, policy, bench.graph) for policy in chosen)
        lived = [scaling.policy for scaling in scalings]
        bench = Bench(capped(scenario), graph)
    jobs = [Job(policy, seed) for seed in seeds for policy in lived]
    results: dict[tuple[str, int], Result] = {}
    failures: list[Failure] = []
    with contextlib.ExitStack() as stack:
        store = None
        if folder is not None:
            job = {
                "kind": "compare",
                "scenario": scenario.dump(),
                "policies": list(names),
                "control": control,
                "graph": first.digest,
                "code": code_digest(),
                "own strategies": own_strategies(chosen),
            }
            store = Folder(folder)
            stack.enter_context(store.open({"job": job, "seeds": list(seeds), "graph": summary, **provenance()}))
            results = {(result.policy, result.seed): result for result in store.finished()}
        missing = [job for job in jobs if (job.policy.name, job.seed) not in results]
        tell(len(jobs) - len(missing), len(jobs))
        for outcome in execute(bench, missing, workers):
            if isinstance(outcome, Failure):
                failures.append(outcome)
            else:
                results[outcome.policy, outcome.seed] = outcome
                if store is not None:
                    store.add(outcome)
            tell(len(results) + len(failures), len(jobs))
        if store is not None and results:
            store.complete([results[key] for key in sorted(results, key=lambda key: (key[1], names.index(key[0])))])
    failed_worlds = {failure.job.seed for failure in failures}
    kept = tuple(seed for seed in seeds if seed not in failed_worlds)
    ordered = {(policy, seed): results[policy, seed] for seed in kept for policy in names}
    return Comparison(scenario, names, control, kept, ordered, summary, scalings, tuple(failures))


def recorded_comparison(path: Path) -> tuple[Scenario, tuple[str, ...], str, tuple[int, ...]]:
    """The scenario, policies, control and seeds of a manifest. Raises InputError when it is not that of a comparison."""
    manifest = read_manifest(path)
    job = manifest["job"]
    try:
        if job["kind"] == "compare":
            scenario = parse_scenario(job["scenario"], str(path))
            return scenario, tuple(job["policies"]), job["control"], tuple(manifest["seeds"])
        what = f"this is the manifest of a {job['kind']}, not of a comparison"
    except (KeyError, TypeError):
        what = "this manifest is not complete"
    raise InputError(Fault(str(path), what, "Give one that murmur compare wrote."))
