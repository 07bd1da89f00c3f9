"""Compile the kernels once, before anybody else needs them.

Two processes that compile into the same cold cache can get in each other's way, so whoever comes first takes a lock and
lives a few days of a tiny community, which compiles everything the daily loop uses; all others find the machine code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import filelock

from sim import kernels
from sim.engine import Run
from sim.graph import GRAPH_KINDS
from sim.kernels.jit import compiled_to
from sim.scenario import parse_scenario


def _mark() -> str:
    """The name of the file that says that these kernels are compiled: Numba finds machine code by path and time of its source."""
    sources = sorted(Path(kernels.__file__).parent.glob("*.py"))
    stamp = repr([(str(path), path.stat().st_mtime_ns) for path in sources])
    return f"compiled-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"


def compile_kernels(tell: Callable[[str], None] = lambda text: None) -> None:
    """Make sure that the kernels are compiled and cached; ``tell`` is told when that takes its time."""
    folder = compiled_to()
    if folder is None:
        return
    done = folder / _mark()
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder / "lock"):
        if done.exists():
            return
        tell("Compiling (once, some 20 seconds)")
        _live_a_little()
        done.touch()


def _live_a_little() -> None:
    """Call every kernel: each kind of graph once, and a few busy days."""
    for kind in GRAPH_KINDS:
        if kind not in ("file", "collegemsg"):
            small = {"ties": 3} if kind in ("holme_kim", "barabasi_albert") else {"circles": 4} if kind == "circles" else {}
            graph = parse_scenario({"graph": {"kind": kind, "members": 60, **small}}).make_graph(1)
    busy = parse_scenario(
        {
            "days": 3,
            "burn_in": 1,
            "trust": {"memory_tie": 0.03},
            "leaving": {"drift": 0.5, "refill": 1.0},
            "speech": {"question_rate": 0.5},
            "customers": {"experience_rate": 1.0},
            "brand": {"quality": 0.0, "initial_customers": 0.5},
        }
    )
    for policy in ("listen_first", "ethnographer"):
        Run(busy, policy, graph=graph).to_the_end()
    graph.summary()
