"""Same scenario and seed, same bytes: on any number of threads, in one go or resumed, run after run."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import crew
from sim.engine import Run
from sim.graph import Graph
from sim.scenario import Policy, Scenario, changed, parse_scenario
from sim.strategies import Absent, Actions, Answer, BrandView
from sim.study.results import Result

GOLDEN = Path(__file__).parent / "golden" / "digests.json"


def state_of(run: Run) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in run.world.arrays()}


@pytest.mark.parametrize("policy", ["broadcast", "listen_first"])
def test_threads(small: Scenario, policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread or three; small chunks, so that there is something to share out."""
    monkeypatch.setattr(crew, "_CHUNK", 300)
    runs = [Run(small, policy, 5, threads=threads).to_the_end() for threads in (1, 3)]
    assert len(runs[0].world.crew.bounds) > 3
    assert runs[1].world.crew.threads == 3
    assert runs[0].community.tobytes() == runs[1].community.tobytes()
    assert runs[0].brands.tobytes() == runs[1].brands.tobytes()
    assert state_of(runs[0]) == state_of(runs[1])


@pytest.mark.parametrize("stop", [3, 20, 59])
def test_resumed(small: Scenario, stop: int) -> None:
    """Stopped during the burn-in or later, put away and taken up by another run: as if nothing had happened."""
    straight = Run(small, "listen_first", 5).to_the_end()
    first = Run(small, "listen_first", 5)
    for _ in range(stop):
        first.step()
    saved = first.checkpoint()
    first.to_the_end()  # must not change what was saved
    second = Run(small, "listen_first", 5)
    second.restore(saved)
    second.to_the_end()
    assert second.community.tobytes() == straight.community.tobytes()
    assert second.brands.tobytes() == straight.brands.tobytes()
    assert state_of(second) == state_of(straight)


def test_rescaling_evidence_is_seamless() -> None:
    """A tie memory so short that stored evidence is brought back to scale several times."""
    scenario = parse_scenario(
        {"graph": {"kind": "holme_kim", "members": 150, "ties": 4}, "days": 40, "trust": {"memory_tie": 0.6}}
    )
    run = Run(scenario, "absent", 2).to_the_end()
    assert 1e-3 <= run.world.tie_scale <= 1
    assert np.isfinite(run.world.ties.good).all()


class AnswerOne:
    """Answers questions of one day only."""

    def __init__(self, day: int) -> None:
        self.day = day

    def decide(self, view: BrandView) -> Actions:
        return Actions(answer=Answer(1)) if view.day == self.day else Actions()


def test_an_answer_to_an_isolated_member_changes_only_her() -> None:
    """Common random numbers, in the strictest form: whoever cannot hear of it lives the same life to the bit."""
    pairs = np.array([(i, j) for i in range(60) for j in range(60) if i != j and (i * 7 + j) % 9 == 0], np.int32)
    graph = Graph.from_ties(61, pairs[:, 0].copy(), pairs[:, 1].copy())  # member 60 follows nobody and nobody follows her
    scenario = parse_scenario(
        {
            "days": 40,
            "burn_in": 0,
            "speech": {"question_rate": 0.0},
            "brand": {"initial_followers": 0.3, "initial_customers": 0.2},
            "events": {"answered": {"adoption": 1.0}},
            "post": [{"day": 10, "member": "60", "kind": "question"}],
        }
    )
    without = Run(scenario, Policy("absent", Absent()), 4, graph).to_the_end()
    answered = Run(scenario, Policy("answer", AnswerOne(10)), 4, graph).to_the_end()
    assert answered.series("questions_answered").sum() == 1
    differing = set()
    for name, array in without.world.arrays():
        other = dict(answered.world.arrays())[name]
        if name.startswith(("members.", "relations.", "outbox.")) and array.ndim and array.shape[0] == 61:
            flat = array.view(np.uint8).reshape(61, -1) != other.view(np.uint8).reshape(61, -1)
            differing |= set(np.flatnonzero(flat.any(axis=1)).tolist())
        elif name.startswith("ties."):
            assert array.tobytes() == other.tobytes(), name
    assert differing == {60}


def golden_runs() -> dict[str, tuple[dict[str, Any], str]]:
    base = {"days": 40, "burn_in": 5, "graph": {"kind": "holme_kim", "members": 300, "ties": 6}}
    return {
        "absent": (base, "absent"),
        "broadcast": (base, "broadcast"),
        "rebroadcast": (base, "rebroadcast"),
        "listen_first": (base, "listen_first"),
        "ethnographer": (base, "ethnographer"),
        "pitching_manager": (base, "pitching_manager"),
        "two brands": ({**base, "brand": [{"name": "A"}, {"name": "B", "policy": "broadcast", "quality": 0.5}]}, "listen_first"),
        "collegemsg": ({"days": 20, "burn_in": 5}, "listen_first"),
        "circles": (
            {**base, "graph": {"kind": "circles", "members": 300, "circles": 10, "degree_exponent": 2.5, "size_exponent": 2.0}},
            "broadcast",
        ),
    }


def digests() -> dict[str, str]:
    return {
        name: Result.of(Run(parse_scenario(data), policy, 11).to_the_end()).digest
        for name, (data, policy) in golden_runs().items()
    }


def test_golden_runs() -> None:
    """Results change only on purpose: then run ``python -m tests.test_determinism`` and write a *Results* line in
    CHANGELOG.md."""
    assert digests() == json.loads(GOLDEN.read_text())


def test_another_process_and_hash_seed(small: Scenario) -> None:
    """A fresh interpreter with other hash randomisation gives the same bytes."""
    code = (
        "import json, sys; from sim import Run, parse_scenario; from sim.study.results import Result;"
        "print(Result.of(Run(parse_scenario(json.loads(sys.argv[1])), 'listen_first', 5).to_the_end()).digest)"
    )
    command = [sys.executable, "-c", code, json.dumps(small.dump())]
    env = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == Result.of(Run(small, "listen_first", 5).to_the_end()).digest


def test_looking_changes_nothing(small: Scenario) -> None:
    """Measuring every day, or only at the end, or making a networkx view in between."""
    watched = Run(small, "broadcast", 8)
    while not watched.finished:
        watched.step()
        watched.graph.to_networkx(watched.world.ties.target)
        watched.checkpoint()
    assert state_of(watched) == state_of(Run(small, "broadcast", 8).to_the_end())


def test_one_version_of_each_kernel(small: Scenario) -> None:
    """Arrays that travelled to a worker, came from a checkpoint or a file have the same types, so nothing compiles twice."""
    import importlib
    import pkgutil

    import sim.kernels

    graph = pickle.loads(pickle.dumps(small.make_graph(1)))
    run = Run(small, "listen_first", 1, graph).to_the_end()
    pickle.loads(pickle.dumps(run)).checkpoint()
    run.restore(run.checkpoint())
    modules = [importlib.import_module(f"sim.kernels.{found.name}") for found in pkgutil.iter_modules(sim.kernels.__path__)]
    kernels = {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if type(getattr(value, "_cache", None)).__name__ == "FunctionCache"
    }
    versions = {name: len(value.signatures) for name, value in kernels.items()}
    assert versions["read"] == 1
    assert {name for name, n in versions.items() if n > 1} == set()


def test_seeds_differ(small: Scenario) -> None:
    one, two = (Result.of(Run(small, "broadcast", seed).to_the_end()) for seed in (1, 2))
    assert one.digest != two.digest


def test_changing_a_rival_does_not_shift_anybodys_luck() -> None:
    """A second brand that does nothing and that nobody knows leaves the first brand's history as it was."""
    base = parse_scenario({"graph": {"kind": "holme_kim", "members": 200, "ties": 5}, "days": 40, "brand": [{"name": "Ours"}]})
    nobody = {"name": "Unknown", "initial_followers": 0.0, "initial_customers": 0.0, "initial_aware": 0.0}
    alone = Run(base, "broadcast", 3).to_the_end()
    accompanied = Run(changed(base, {"brand": [{"name": "Ours"}, nobody]}), "broadcast", 3).to_the_end()
    np.testing.assert_array_equal(alone.series("npv"), accompanied.series("npv", "Ours"))


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(digests(), indent=1) + "\n")


def test_the_cache_folder_is_named_after_all_that_kernels_import() -> None:
    """A constant of a module left out would go on living in old machine code."""
    import sim
    from sim.kernels import jit

    here = Path(sim.__file__).parent
    hashed = set(re.findall(r'"(\w+)"', re.search(r"beside = \((.*?)\)", Path(jit.__file__).read_text()).group(1)))
    seen, todo = set(), list((here / "kernels").glob("*.py"))
    while todo:
        for module in re.findall(r"^from sim\.(\w+)", todo.pop().read_text(), re.M):
            if module not in {"kernels", *seen}:
                seen.add(module)
                todo.append(here / f"{module}.py")
    assert seen == hashed
