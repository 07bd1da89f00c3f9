"""Live a study, keep what comes of it, go on where an earlier attempt stopped."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sim.graph import Graph
from sim.scenario import Policy, Scenario
from sim.study.blocks import Blocks
from sim.study.executor import Bench, Executor, Failure, Maker, execute
from sim.study.outcome import StudyResults, read_tables
from sim.study.results import Result
from sim.study.store import Folder, code_digest, own_strategies, provenance
from sim.study.study import Job, Study
from sim.study.tables import Kept, keep, runs_table, series_table, sorted_table


@dataclass
class Headway:
    """How far a study is: runs made, of how many, and how many could not be made; ``damaged``: files that were made again;
    ``remarks``: sentences worth a line before the first run."""

    done: int
    total: int
    failed: int = 0
    lived: float = 0.0
    """Seconds that the runs made now took, each by itself."""
    damaged: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class TooManyFailures(Exception):
    """The study was stopped because too many of its runs failed."""

    def __init__(self, failures: list[Failure]) -> None:
        self.failures = failures
        super().__init__(f"{len(failures)} runs failed")


def conduct(
    study: Study,
    folder: Path | None = None,
    workers: int = 1,
    tell: Callable[[Headway], None] = lambda headway: None,
    executor: Executor | None = None,
) -> StudyResults:
    """Make all runs of a study that are not there yet.

    ``folder``: where results are kept as they come; without one, in memory. ``executor``: makes the runs, instead of ``workers``
    processes of this machine (:class:`sim.study.cluster.Cluster`). ``tell`` is called after every run. A failing run is
    a recorded failure; when more than the plan's ``most_failures`` have failed the study stops and TooManyFailures is raised:
    what is finished is kept.
    """
    bench = Bench(study)
    run = executor or (lambda maker, jobs: execute(maker, jobs, workers))
    most = study.scenario.study.most_failures
    summary, digests = communities(bench)
    if folder is None:
        memory: list[tuple[Job, Kept]] = []

        def remember(result: Result) -> None:
            memory.append((result.job, keep(result, study)))

        headway = Headway(0, len(study.jobs()), remarks=_network(study, summary))
        failures = live(bench, study.jobs(), run, headway, tell, remember, most_failures=most)
        tables = {"runs": runs_table, "series": series_table}
        return StudyResults(
            study, lambda name: [sorted_table(study, [tables[name](study, memory)])] if memory else [], summary, tuple(failures)
        )
    store = Folder(folder)
    policies = [study.scenario.find_policy(name) for name in study.policies]
    job = {**study.record(), "graph": digests, "code": code_digest(), "own strategies": own_strategies(policies)}
    with store.open({"job": job, "graph": summary, **provenance()}, study.seeds):
        blocks = Blocks(store, study)
        there, damaged = blocks.find()
        blocks.write_design()
        jobs = study.jobs()
        done = there & set(jobs)
        lived = {job.seed for job in there}  # worlds that were once asked for, and never lived, are none of the study's
        store.note(seeds=[seed for seed in store.manifest()["seeds"] if seed in lived or seed in study.seeds])
        missing = [job for job in jobs if job not in done]
        began = time.perf_counter()
        others = len(there - done)
        beside = f", and {others:,} of other worlds" if others else ""
        remarks = [
            *_network(study, summary),
            *([f"{len(done):,} of {len(jobs):,} runs are there already{beside}."] if done else []),
        ]
        headway = Headway(len(done), len(jobs), damaged=damaged, remarks=remarks)
        try:

            def add(result: Result) -> None:
                blocks.add(result.job, keep(result, study))

            failures = live(bench, missing, run, headway, tell, add, blocks.fail, most)
        finally:
            blocks.join_all()
            before = store.manifest().get("result", {})  # of earlier attempts at the same study
            spent = {"seconds": time.perf_counter() - began, "seconds of runs": headway.lived}
            spent = {what: round(before.get(what, 0.0) + seconds, 1) for what, seconds in spent.items()}
            store.finish({"runs": headway.done + others, "failed": headway.failed, **spent})
    return StudyResults(study, partial(read_tables, blocks), summary, tuple(failures))


def sweep(
    scenario: Scenario | str | Path,
    folder: str | Path | None = None,
    policies: Sequence[str | Policy] = (),
    *,
    worlds: int | None = None,
    seeds: Sequence[int] = (),
    graph: Graph | None = None,
    workers: int = 1,
    tell: Callable[[Headway], None] = lambda headway: None,
) -> StudyResults:
    """Live the study of a scenario's ``[study]`` section: see :meth:`Study.of` and :func:`conduct`."""
    study = Study.of(scenario, policies, worlds=worlds, seeds=seeds, graph=graph)
    return conduct(study, None if folder is None else Path(folder), workers, tell)


def live(
    maker: Maker,
    jobs: Sequence[Job],
    run: Executor,
    headway: Headway,
    tell: Callable[[Headway], None],
    add: Callable[[Any], Any],
    fail: Callable[[Failure], Any] = lambda failure: None,
    most_failures: int = 0,
) -> list[Failure]:
    """Make jobs and keep what comes of them (by ``add``) or why nothing did (by ``fail``); returns the failures.

    Raises TooManyFailures when there are more than ``most_failures``.
    """
    failures: list[Failure] = []
    tell(headway)
    outcomes: Iterator[Any] = run(maker, jobs)
    with contextlib.closing(outcomes):  # type: ignore[type-var]
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                failures.append(outcome)
                fail(outcome)
                headway.failed += 1
            else:
                add(outcome)
                headway.done += 1
                headway.lived += outcome.seconds
            tell(headway)
            if len(failures) > most_failures:
                raise TooManyFailures(failures)
    return failures


def communities(bench: Bench) -> tuple[dict[str, Any], dict[str, str]]:
    """What is known of the community at the first point, and a fingerprint of each there is (in the world of the scenario's own
    seed, whichever worlds are asked for); checks that the members a scenario names are in them."""
    study, digests = bench.study, {}
    first = None
    notes: dict[str, None] = {}
    specs: dict[Any, int] = {}
    for p in range(len(study.points)):
        specs.setdefault(study.scenario_at(p).graph if study.varies_graph else study.scenario.graph, p)
    for n, p in enumerate(specs.values()):
        scenario = bench.scenario(p)
        graph = bench.graph(scenario, scenario.seed)
        scenario.check_names(graph)
        digests[str(n)] = graph.digest
        name = Path(getattr(scenario.graph, "file", "") or "graph").name
        notes |= dict.fromkeys(f"{name}: {note}" for note in graph.notes)
        if first is None:
            graph = bench.graph(scenario, study.seeds[0])
            first = {
                **dict(graph.source),
                **graph.summary(),
                "digest": graph.digest,
                "varies": scenario.graph_varies and study.given is None,
            }
    assert first is not None
    return {**first, "notes": list(notes)}, digests


def _network(study: Study, summary: Mapping[str, Any]) -> list[str]:
    """How networks were read, in the words of their reader, and how large the first is."""
    first = "at the first point, " if study.varies_graph else "in the first world, " if summary["varies"] else ""
    return [*summary["notes"], f"The network: {first}{summary['members']:,} members, {summary['ties']:,} ties."]
