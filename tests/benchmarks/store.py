"""10,000 runs × 200 days × 30 metrics through the store of a study: seconds, memory, size.

python -m tests.benchmarks.store
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from sim.engine import Run
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS
from sim.scenario import parse_scenario
from sim.study.blocks import Blocks
from sim.study.results import Result
from sim.study.store import Folder
from sim.study.study import Study
from sim.study.tables import keep


def main() -> None:
    scenario = parse_scenario(
        {
            "days": 200,
            "graph": {"kind": "complete", "members": 20},
            "policy": [{"strategy": "absent"}, {"strategy": "broadcast"}],
            "study": {
                "design": "random",
                "points": 1000,
                "worlds": 5,
                "series": [*BRAND_METRICS, *COMMUNITY_METRICS][:30],
                "factor": [{"path": "brand.quality"}, {"path": "costs.answer"}],
            },
        }
    )
    study = Study.of(scenario)
    lived = Result.of(Run(scenario, "broadcast", 1).to_the_end())
    rng = np.random.default_rng(1)
    spent = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(Path(name))
        with folder.open({"job": {}}):
            blocks = Blocks(folder, study)
            blocks.find()
            for job in study.jobs():  # noise, so that nothing compresses better than it would
                community = lived.community + rng.normal(size=lived.community.shape)
                brands = lived.brands + rng.normal(size=lived.brands.shape)
                result = Result(job.policy, job.seed, lived.brand_names, community, brands, 0.0, job.point)
                started = time.perf_counter()
                blocks.add(job, keep(result, study))
                spent += time.perf_counter() - started
            size = sum(path.stat().st_size for path in Path(name).rglob("*")) / 1e6
            started = time.perf_counter()
            Blocks(folder, study).find()
            found = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    n = len(study.jobs())
    print(f"{n:,} runs kept in {spent:.1f} s, {spent / n * 1e3:.2f} ms each; {size:.0f} MB; peak memory {peak:.2f} GB")
    print(f"all of them looked through, checksums and all, in {found:.1f} s")


if __name__ == "__main__":
    main()
