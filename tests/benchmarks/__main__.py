"""Measure speed and memory; print figures beside a calibration loop of the same run.

    python -m tests.benchmarks               engine: small, 100,000 and 1,000,000 members, threads, start-up
    python -m tests.benchmarks --markdown    the same as a table for docs/benchmarks.md

Times are the smallest of several repetitions, since other work on a shared machine only ever adds.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np

from sim.engine import Run
from sim.mechanisms import PHASES
from sim.metrics import STRUCTURE_EVERY
from sim.scenario import Scenario, parse_scenario
from sim.warm import compile_kernels


@dataclass
class Line:
    what: str
    figure: str
    ratio: str = ""
    aim: str = ""


@numba.njit
def stream(start, target, said):
    """The bare loop: read every slot and the byte of whom it points to, row by row."""
    total = 0
    for i in range(start.size - 1):
        row = 0
        for k in range(start[i], start[i + 1]):
            j = target[k]
            if j >= 0:
                row += said[j]
        total += row
    return total


@numba.njit(nogil=True)
def calibration(n):
    """A fixed amount of integer work, to compare machines and hours by."""
    z = np.uint64(1)
    for _ in range(n):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(1)
    return z


def cores() -> float:
    """How much more two threads get done than one right now: 2 on two free cores, 1 when a neighbour has one of them."""
    with ThreadPoolExecutor(2) as pool:
        one = best(lambda: [calibration(10_000_000) for _ in range(2)])
        two = best(lambda: list(pool.map(calibration, [10_000_000] * 2)))
    return one / two


def best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of the fastest of several calls, after one to warm up."""
    work()
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def community(members: int, **more: object) -> Scenario:
    graph = {"kind": "barabasi_albert", "members": members, "ties": 10, "reciprocity": 1.0, "seed": 1}
    return parse_scenario({"graph": graph, "days": 10_000, "burn_in": 5, **more})


def days_per_second(run: Run, days: int, repetitions: int) -> tuple[float, dict[str, float]]:
    """Days a second over the fastest of several stretches, and the share of each phase.

    A stretch holds whole periods of STRUCTURE_EVERY days, so that what is measured rarely is in the average.
    """
    for _ in range(10):
        run.step()
    spent = dict.fromkeys((phase.name for phase in PHASES), 0.0)
    fastest = np.inf
    for _ in range(repetitions):
        started = time.perf_counter()
        for _ in range(days):
            run.step()
        fastest = min(fastest, time.perf_counter() - started)
    for _ in range(days):
        run.world.step += 1
        for phase in PHASES:
            at = time.perf_counter()
            phase.run(run.world)
            spent[phase.name] += time.perf_counter() - at
    total = sum(spent.values())
    return days / fastest, {name: seconds / total for name, seconds in spent.items()}


EVERYTHING = {
    "space": {"moderation": 0.05, "norm": 0.5, "promoters": 0.05, "outside": 0.1, "vouchers": 1},
    "refuge": {"exists": True},
    "policy": [
        {
            "name": "everything",
            "strategy": "advocate",
            "also": ["astroturf", "ambassadors", "broadcast", "intrusive", "monitoring", "open_debate", "contest"],
        }
    ],
}
"""Two spaces, moderators, norms, newcomers, promoters, and a brand that does all that can be done."""


def engine(tick: float) -> list[Line]:
    lines = []
    year = parse_scenario({})
    graph = year.make_graph(1)
    for policy in ("broadcast", "listen_first"):
        seconds = best(lambda policy=policy: Run(year, policy, 1, graph).to_the_end())
        lines.append(Line(f"1,899 members, 390 days, {policy}", f"{seconds:.3f} s", f"{seconds / tick:.0f}", "under 0.3 s"))

    busy = parse_scenario(EVERYTHING)
    seconds = best(lambda: Run(busy, "everything", 1, graph).to_the_end())
    lines.append(
        Line("… with everything on, a brand that does everything", f"{seconds:.3f} s", f"{seconds / tick:.0f}", "under 0.3 s")
    )
    speed, _ = days_per_second(Run(community(100_000, **EVERYTHING), "everything"), STRUCTURE_EVERY, 3)
    everything = Line("… with everything on", f"{speed * 0.1:.2f} million member-days/s", f"{1 / speed / tick:.1f}", "5")

    run = Run(community(100_000), "listen_first")
    speed, phases = days_per_second(run, STRUCTURE_EVERY, 4)
    per_day = 1 / speed
    ties = run.world.ties
    bare = best(lambda: stream(ties.start, ties.target, run.world.outbox.said))
    shares = ", ".join(f"{name} {share:.0%}" for name, share in phases.items() if share > 0.03)
    hot = (phases["read"] + phases["leave"]) * per_day
    speed_text = f"{speed * 0.1:.2f} million member-days/s ({shares})"
    lines.append(Line("100,000 members × 20 ties, 1 thread", speed_text, f"{per_day / tick:.1f}", "5"))
    lines.append(everything)
    beside = f"{hot * 1e3:.1f} ms / {bare * 1e3:.1f} ms"
    lines.append(Line("… reading and leaving beside a bare loop over the slots", beside, f"{hot / bare:.1f}×", "3×"))
    return lines


_LARGE = """
import resource, subprocess, sys, time, numpy as np
from tests.benchmarks.__main__ import community
from sim.engine import Run
started = time.perf_counter()
scenario = community(1_000_000)
graph = scenario.make_graph(1)
built = time.perf_counter() - started
figures = []
for threads, busy in ((1, False), (2, False), (2, True)):
    neighbour = busy and subprocess.Popen([sys.executable, "-c", "while True: pass"])
    run = Run(scenario, "listen_first", graph=graph, threads=threads)
    for _ in range(8): run.step()
    found = []
    for _ in range(12):
        at = time.perf_counter(); run.step(); found.append(time.perf_counter() - at)
    figures.append(float(np.median(found)))
    del run
    if neighbour: neighbour.kill()
print(built, *figures, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""


def large(tick: float) -> list[Line]:
    """A million members, in a process of its own so that its memory is its own."""
    done = subprocess.run([sys.executable, "-c", _LARGE], capture_output=True, text=True, check=True)
    built, one, two, busy, memory = map(float, done.stdout.split())
    return [
        Line("1,000,000 members × 20 ties: graph built in", f"{built:.1f} s", f"{built / tick:.0f}"),
        Line("… a day, 1 thread", f"{one * 1e3:.0f} ms ({1 / one:.1f} days/s)", f"{one / tick:.0f}"),
        Line("… a day, 2 threads", f"{two * 1e3:.0f} ms ({1 / two:.1f} days/s)", f"{one / two:.2f}× of 1 thread", "1.7×"),
        Line("… a day, 2 threads, another process busy", f"{busy * 1e3:.0f} ms", f"{one / busy:.2f}× of 1 thread", "no collapse"),
        Line("… the calibration loop on 2 threads", "", f"{cores():.2f}× of 1 thread", "2 on two free cores"),
        Line("… memory of the process at its peak", f"{memory:.2f} GB", "", "under 2 GB"),
    ]


def start_up() -> list[Line]:
    def murmur(*args: str, **environment: str) -> float:
        started = time.perf_counter()
        command = [sys.executable, "-m", "sim", *args]
        subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=True)
        return time.perf_counter() - started

    with tempfile.TemporaryDirectory() as empty:
        first, second = (murmur("compare", "--out", f"{empty}/{n}", MURMUR_CACHE_DIR=f"{empty}/cache") for n in "12")
    return [
        Line("murmur --help", f"{min(murmur('--help') for _ in range(5)):.2f} s", "", "under 0.3 s"),
        Line("murmur compare (60 years of 1,899 members), compiling first", f"{first:.0f} s", "", "under 60 s"),
        Line("… the second time", f"{second:.0f} s", "", "under 20 s"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    chosen = parser.parse_args()
    compile_kernels(print)
    tick = best(lambda: calibration(10_000_000))
    lines = [*engine(tick), *large(tick), *start_up()]
    head = f"Python {platform.python_version()}, numba {numba.__version__}; calibration loop {tick * 1e3:.1f} ms"
    if chosen.markdown:
        print(f"{head}\n\n| what | figure | in calibration loops | aim |\n|---|---|---|---|")
        for line in lines:
            print(f"| {line.what} | {line.figure} | {line.ratio} | {line.aim} |")
    else:
        print(head)
        for line in lines:
            print(f"{line.what:<61} {line.figure}  {line.ratio:>10}  {line.aim}")


if __name__ == "__main__":
    main()
