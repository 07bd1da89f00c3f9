"""One run, kept in a folder: with checkpoints to resume from and a manifest to repeat it by."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from sim.engine import Run
from sim.errors import Fault, InputError
from sim.graph import Graph
from sim.scenario import Scenario, parse_scenario
from sim.study.results import Result
from sim.study.store import Folder, code_digest, own_strategies, provenance, read_manifest

CHECKPOINT = "checkpoint.npz"


@dataclass
class SingleRun:
    """A scenario, a policy and a seed."""

    scenario: Scenario
    policy: str
    seed: int
    recorded_digest: str | None = None
    recorded_graph: str | None = None

    @classmethod
    def of(cls, scenario: Scenario, policy: str | None, seed: int | None) -> Self:
        """A run of a scenario; by default of its last policy and its own seed."""
        chosen = (
            scenario.find_policy(policy) if policy else scenario.policy[-1] if scenario.policy else scenario.find_policy("absent")
        )
        scenario = scenario.with_policies([chosen])
        return cls(scenario, chosen.name, scenario.seed if seed is None else seed)

    @classmethod
    def from_manifest(cls, path: Path) -> Self:
        """The run a manifest describes."""
        manifest = read_manifest(path)
        job = manifest["job"]
        if job.get("kind") != "run":
            raise InputError(
                Fault(
                    str(path),
                    f"this is the manifest of a {job.get('kind')}, not of a single run",
                    "Give one that murmur run wrote.",
                )
            )
        try:
            recorded = manifest.get("result", {}).get("digest"), job["graph"]
            return cls(parse_scenario(job["scenario"], str(path)), job["policy"], job["seed"], *recorded)
        except (KeyError, TypeError, AttributeError):
            raise InputError(Fault(str(path), "this manifest is not complete", "Give one that murmur run wrote.")) from None

    @cached_property
    def graph(self) -> Graph:
        """The community. Raises InputError when it is not the one of the recorded run."""
        graph = self.scenario.make_graph(self.seed)
        self.scenario.check_names(graph)
        if self.recorded_graph is not None and graph.digest != self.recorded_graph:
            what = getattr(self.scenario.graph, "file", "graph")
            raise InputError(
                Fault(str(what), "the network is not the one of the recorded run", "Restore the file it was made from.")
            )
        return graph

    def execute(
        self,
        folder: Path,
        *,
        threads: int = 1,
        checkpoint_every: int | None = None,
        resume: bool = False,
        tell: Callable[[int, int], None] = lambda done, total: None,
    ) -> Result:
        """Live the run and keep it: manifest.json, daily.parquet, checkpoint.npz while it lasts."""
        import pyarrow.parquet as pq

        job = {
            "kind": "run",
            "scenario": self.scenario.dump(),
            "policy": self.policy,
            "seed": self.seed,
            "graph": self.graph.digest,
            "code": code_digest(),
            "own strategies": own_strategies([self.scenario.find_policy(self.policy)]),
        }
        manifest: dict[str, Any] = {"job": job, "graph": {**self.graph.source, **self.graph.summary()}, **provenance()}
        store = Folder(folder)
        with store.open(manifest):
            started = time.perf_counter()
            run = Run(self.scenario, self.policy, self.seed, self.graph, threads)
            if resume:
                _restore(run, folder / CHECKPOINT)
            while not run.finished:
                run.step()
                tell(run.days_done, self.scenario.days)
                if checkpoint_every and not run.finished and run.world.step % checkpoint_every == 0:
                    store.write(CHECKPOINT, partial(_save, run.checkpoint()))
            result = Result.of(run, time.perf_counter() - started)
            store.write("daily.parquet", lambda path: pq.write_table(result.daily_table(), path, compression="zstd"))
            store.finish({"digest": result.digest, "seconds": round(result.seconds, 3)})
            (folder / CHECKPOINT).unlink(missing_ok=True)
        return result


def _save(state: dict[str, Any], path: Path) -> None:
    np.savez(path, **state)


def _restore(run: Run, path: Path) -> None:
    if not path.exists():
        return  # nothing was kept before it stopped, so it starts anew
    try:
        with np.load(path, allow_pickle=False) as saved:
            run.restore(dict(saved))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(Fault(str(path), f"this checkpoint cannot be read ({error})", "Remove it to start anew.")) from None
