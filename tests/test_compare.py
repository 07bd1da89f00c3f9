"""Comparisons: pairing, intervals, words that do not overstate, runs that fail, workers that die."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest

import sim
from sim.errors import InputError
from sim.graph import Graph
from sim.report.words import answer, interval, number, verdict, warnings
from sim.scenario import Policy, Scenario, changed
from sim.strategies import Actions, BrandView, Post
from sim.study.compare import Comparison, compare, comparing
from sim.study.executor import Bench, Failure, execute
from sim.study.outcome import StudyResults
from sim.study.statistics import Contrast, Estimate, contrast, estimate
from sim.study.store import Folder
from sim.study.study import Job


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    return sim.parse_scenario({"graph": {"kind": "holme_kim", "members": 100, "ties": 4}, "days": 30, "burn_in": 2})


def test_same_worlds_for_all(tiny: Scenario) -> None:
    found = compare(tiny, ["absent", "broadcast"], worlds=3)
    assert found.seeds == (1, 2, 3)
    assert found.control == "absent"
    difference = found.values("broadcast", "npv") - found.values("absent", "npv")
    assert found.against("broadcast", "absent", "npv").difference.mean == pytest.approx(difference.mean())


def test_unequal_seeds_are_refused(tiny: Scenario) -> None:
    """Only worlds that all policies have lived through are compared."""
    whole = compare(tiny, ["absent", "broadcast"], worlds=3)
    study = whole.results.study
    runs = whole.results.runs
    fewer = pa.Table.from_pandas(runs[(runs.policy != "broadcast") | (runs.seed != 2)], preserve_index=False)
    found = Comparison(StudyResults(study, lambda name: [fewer]))
    assert found.seeds == (1, 3)
    np.testing.assert_array_equal(found.values("absent", "npv"), whole.values("absent", "npv")[[0, 2]])


def test_wrong_questions(tiny: Scenario) -> None:
    with pytest.raises(InputError, match="named twice"):
        compare(tiny, ["absent", "absent"], worlds=1)
    with pytest.raises(InputError, match="there is no policy or strategy 'listen'"):
        compare(tiny, ["listen"], worlds=1)
    with pytest.raises(InputError, match="a seed is named twice"):
        compare(tiny, ["absent"], seeds=[1, 1])


def test_control_is_added(tiny: Scenario) -> None:
    assert compare(tiny, ["broadcast"], control="rebroadcast", worlds=1).policies == ("rebroadcast", "broadcast")


def test_one_world_concludes_nothing(tiny: Scenario) -> None:
    found = compare(tiny, ["absent", "broadcast"], worlds=1)
    assert verdict(found.against("broadcast", "absent", "npv")) == "one world: nothing can be concluded"
    assert "nothing can be concluded" in answer(found)[0]


@dataclasses.dataclass(frozen=True)
class FailsInWorld:
    """A user's strategy with a mistake in it, which shows on day 5."""

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(1 / 0 if view.day == 5 else 1.0))


def test_a_failing_run_is_recorded(tiny: Scenario) -> None:
    """The worlds in which a policy failed are left out for all; the reason is kept."""
    found = compare(tiny, ["absent", Policy("faulty", FailsInWorld())], worlds=2)
    assert found.seeds == ()
    assert [failure.job.policy for failure in found.failures] == ["faulty", "faulty"]
    assert "ZeroDivisionError" in found.failures[0].reason


@dataclasses.dataclass(frozen=True)
class FailsWhenCriticised:
    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(1 / 0 if view.day > 20 and view.customers % 2 else 1.0))


def test_an_answer_that_lacks_worlds_says_so(tiny: Scenario) -> None:
    found = compare(tiny, ["absent", Policy("touchy", FailsWhenCriticised())], worlds=8)
    left = 8 - len(found.seeds)
    assert 0 < left < 8
    told = warnings(found)
    assert told[0].startswith(f"{left} of 8 worlds are left out, because not every policy lived through them (touchy)")
    assert "worlds are few" in told[1]


def test_unequal_spend_is_said(tiny: Scenario) -> None:
    found = compare(changed(tiny, {"equal_budget": 1e6}), ["absent", "broadcast"], worlds=2)
    assert found.scales["broadcast"] == pytest.approx(64, rel=0.01)
    assert any(told.startswith("Not at equal spend") for told in warnings(found))


@dataclasses.dataclass(frozen=True)
class KillsItsWorker:
    """Takes its process down once, in the first world it is tried in."""

    mark: str = ""

    def decide(self, view: BrandView) -> Actions:
        if not Path(self.mark).exists():
            Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Actions()


def test_a_killed_worker_costs_nothing_but_time(tiny: Scenario, tmp_path: Path) -> None:
    killer = Policy("killer", KillsItsWorker(str(tmp_path / "mark")))
    found = compare(tiny, ["absent", killer], worlds=4, workers=2)
    assert not found.failures
    assert found.seeds == (1, 2, 3, 4)
    np.testing.assert_array_equal(found.values("killer", "npv"), found.values("absent", "npv"))


@dataclasses.dataclass(frozen=True)
class Poison:
    """Takes its process down whenever it is tried in the second world."""

    def decide(self, view: BrandView) -> Actions:
        os.kill(os.getpid(), signal.SIGKILL)
        return Actions()


def test_only_the_culprit_fails(tiny: Scenario) -> None:
    study = comparing(tiny, ["absent", Policy("poison", Poison())], worlds=7)
    jobs = [Job(0, "absent", seed) for seed in range(7)]
    jobs.insert(2, Job(0, "poison", 99))
    outcomes = list(execute(Bench(study), jobs, 2))
    failed = [outcome.job.policy for outcome in outcomes if isinstance(outcome, Failure)]
    assert failed == ["poison"]
    assert sorted(o.seed for o in outcomes if not isinstance(o, Failure)) == list(range(7))


def test_a_script_without_a_guard_is_told(tmp_path: Path) -> None:
    """Its workers run the script anew and cannot start; the call ends with a sentence."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sim\n"
        "plan = sim.parse_scenario({'graph': {'kind': 'complete', 'members': 5}, 'days': 2})\n"
        "sim.compare(plan, ['absent', 'broadcast'], worlds=2, workers=2)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(sim.__file__).parent.parent)}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode != 0
    assert "no worker process could be started" in done.stderr


def test_an_own_graph_wins(tiny: Scenario) -> None:
    graph = Graph.from_networkx(nx.karate_club_graph())
    found = compare(changed(tiny, {"graph": {"kind": "holme_kim", "members": 300, "ties": 3}}), ["absent"], worlds=2, graph=graph)
    assert found.graph["members"] == 34
    assert (found.values("absent", "largest_component") <= 34).all()


def test_names_cannot_leave_the_folder(tiny: Scenario, tmp_path: Path) -> None:
    strange = [Policy(name, tiny.find_policy("broadcast").strategy) for name in ("../../escaped", "a/b", "ABSENT", "x" * 99)]
    found = compare(tiny, ["absent", *strange], worlds=1, folder=tmp_path / "deep" / "out")
    assert found.policies[1:] == tuple(policy.name for policy in strange)
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    again = compare(tiny, ["absent", *strange], worlds=1, folder=tmp_path / "deep" / "out", tell=lambda standing: None)
    np.testing.assert_array_equal(again.values("a/b", "npv"), found.values("a/b", "npv"))


class TestFolder:
    def test_one_at_a_time(self, tiny: Scenario, tmp_path: Path) -> None:
        with Folder(tmp_path).open({"job": {}}), pytest.raises(InputError, match="another process is working"):
            compare(tiny, ["absent"], worlds=1, folder=tmp_path)

    def test_more_worlds_are_added(self, tiny: Scenario, tmp_path: Path) -> None:
        compare(tiny, ["absent"], worlds=2, folder=tmp_path)
        told: list[int] = []
        more = compare(tiny, ["absent"], worlds=5, folder=tmp_path, tell=lambda standing: told.append(standing.done))
        assert told[0] == 2, "the first two are there already"
        np.testing.assert_array_equal(more.values("absent", "npv"), compare(tiny, ["absent"], worlds=5).values("absent", "npv"))
        fewer = compare(tiny, ["absent"], worlds=1, folder=tmp_path)
        assert fewer.seeds == (1,)
        assert len(compare(tiny, ["absent"], worlds=5, folder=tmp_path).seeds) == 5, "and asking for fewer loses none"

    def test_other_code_and_other_assumptions_are_refused(
        self, tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        compare(tiny, ["absent"], worlds=1, folder=tmp_path)
        with pytest.raises(InputError, match=f"days {tiny.days}, now {tiny.days + 1}"):
            compare(changed(tiny, {"days": tiny.days + 1}), ["absent"], worlds=1, folder=tmp_path)
        monkeypatch.setattr("sim.study.conduct.code_digest", lambda: "edited")
        with pytest.raises(InputError, match="not the same: code"):
            compare(tiny, ["absent"], worlds=1, folder=tmp_path)

    def test_an_edited_strategy_is_another_one(self, tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        mine = Policy("mine", KillsItsWorker(str(tmp_path)))
        compare(tiny, ["absent", mine], worlds=1, folder=tmp_path / "out")
        monkeypatch.setattr("inspect.getsource", lambda owner: "edited")
        with pytest.raises(InputError, match="own strategies"):
            compare(tiny, ["absent", mine], worlds=1, folder=tmp_path / "out")

    def test_a_strategy_typed_at_a_prompt(self, tiny: Scenario, tmp_path: Path) -> None:
        """It has no text to take a fingerprint of."""
        typed: dict[str, Any] = {"__name__": "__main__", "Actions": Actions, "dataclass": dataclasses.dataclass}
        exec("@dataclass(frozen=True)\nclass Typed:\n    def decide(self, view):\n        return Actions()\n", typed)
        found = compare(tiny, ["absent", Policy("typed", typed["Typed"]())], worlds=1, folder=tmp_path)
        np.testing.assert_array_equal(found.values("typed", "npv"), found.values("absent", "npv"))

    def test_whatever_else_lies_there(self, tiny: Scenario, tmp_path: Path) -> None:
        (tmp_path / "runs").mkdir()
        (tmp_path / "runs" / ".DS_Store").touch()
        (tmp_path / "notes.txt").write_text("mine")
        assert compare(tiny, ["absent"], worlds=1, folder=tmp_path).seeds == (1,)
        assert (tmp_path / "notes.txt").read_text() == "mine"


class TestStatistics:
    def test_coverage(self) -> None:
        """The bootstrap interval of 20 skewed values covers the mean about as often as it says (BCa: some 90 % here)."""
        rng = np.random.default_rng(5)
        hits = 0
        for _ in range(200):
            found = estimate(rng.gamma(2.0, 1.0, 20))
            hits += found.low <= 2.0 <= found.high
        assert 0.87 <= hits / 200 <= 0.99

    @pytest.mark.parametrize("worlds", [2, 3, 5, 10, 19, 20, 40])
    def test_no_difference_is_rarely_called_one(self, worlds: int) -> None:
        """Five in a hundred by design; of 400 true nulls more than 40 are called a difference once in 10,000 tests."""
        rng = np.random.default_rng(6)
        called = sum(estimate(rng.normal(0, 1, worlds)).decided for _ in range(400))
        assert called <= 40

    def test_degenerate(self) -> None:
        assert estimate(np.array([3.0])).mean == 3.0
        assert np.isnan(estimate(np.array([3.0])).low)
        assert np.isnan(estimate(np.array([2.0, 2.0])).low), "two that happen to be equal"
        assert estimate(np.zeros(3)) == Estimate(0.0, 0.0, 0.0), "nothing ever differs"
        assert estimate(np.full(30, 2.0)) == Estimate(2.0, 2.0, 2.0)
        assert np.isnan(estimate(np.array([np.nan])).mean)

    def test_superiority_knows_which_way_is_better(self) -> None:
        ours, theirs = np.array([1.0, 2.0, 3.0, 3.0]), np.array([2.0, 3.0, 1.0, 3.0])
        assert contrast("a", "b", "npv", ours, theirs, 1).superiority == pytest.approx(1.5 / 4)
        assert contrast("a", "b", "ties_lost", ours, theirs, -1).superiority == pytest.approx(2.5 / 4)

    def test_what_is_unknown_is_not_a_defeat(self) -> None:
        unknown = np.full(4, np.nan)
        assert contrast("p", "q", "roi", np.arange(4.0), unknown, 1).worlds == 0
        assert verdict(contrast("p", "q", "roi", np.arange(4.0), unknown, 1)) == "not defined for both"
        partly = contrast("p", "q", "roi", np.array([1.0, 2.0, np.nan, 4.0]), np.zeros(4), 1)
        assert (partly.worlds, partly.superiority) == (3, 1.0)

    def test_same_values_same_interval(self) -> None:
        values = np.random.default_rng(1).normal(size=30)
        assert estimate(values) == estimate(values)


class TestWords:
    @pytest.mark.parametrize(
        ("low", "high", "metric", "word"),
        [
            (-1, 1, "npv", "too close to call"),
            (0.5, 1, "npv", "better"),
            (0.5, 1, "ties_lost", "worse"),
            (-1, -0.5, "ties_lost", "better"),
            (0.5, 1, "mentions", "more"),
            (0, 0, "npv", "no difference in any world"),
        ],
    )
    def test_verdict(self, low: float, high: float, metric: str, word: str) -> None:
        found = Contrast("a", "b", metric, Estimate((low + high) / 2, low, high), 0.5, 20)
        assert verdict(found) == word

    @pytest.mark.parametrize(
        ("value", "text"),
        [(1234.5, "1,234"), (0.1234, "0.123"), (-3.456, "−3.46"), (float("nan"), "–"), (0.0, "0"), (12.34, "12.3")],
    )
    def test_numbers(self, value: float, text: str) -> None:
        assert number(value) == text

    def test_interval(self) -> None:
        assert interval(Estimate(1.0, 0.5, 1.5), sign=True) == "+1.00 [+0.50, +1.50]"
        assert interval(Estimate(1.0, float("nan"), float("nan"))) == "1.00"


def test_every_figure_can_be_drawn(tiny: Scenario, tmp_path: Path) -> None:
    """Two policies and ten, long names, one world, no brand."""
    from sim.report import figures, tables

    many = [Policy(f"broadcast with a long name number {n}", tiny.find_policy("broadcast").strategy) for n in range(9)]
    for policies, worlds in ((["absent"], 1), (["absent", "broadcast"], 1), (["absent", *many], 2)):
        found = compare(tiny, policies, worlds=worlds)
        figures.save(figures.comparison_figure(found), tmp_path / "figure.png")
        figures.save(figures.comparison_figure(found), tmp_path / "figure.svg")
        assert tables.markdown(found).startswith("# ")
        tables.write_csv(found, tmp_path / "table.csv")


def test_gap_between_vanity_and_value(tiny: Scenario) -> None:
    found = compare(tiny, ["absent", "broadcast", "rebroadcast", "listen_first", "pitching_manager"], worlds=2)
    assert -1 <= found.gap("impressions", "npv") <= 1
    assert np.isnan(compare(tiny, ["absent", "broadcast"], worlds=1).gap("impressions", "npv"))
