"""Studies: designs, runs that survive whatever stops them, tables that others can read."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.errors import InputError
from sim.scenario import Policy, Scenario, changed, parse_scenario, parse_text
from sim.strategies import STRATEGIES, Actions, BrandView, Post
from sim.study.conduct import TooManyFailures, conduct
from sim.study.design import morris_cube, points_of
from sim.study.factors import axes
from sim.study.outcome import StudyResults, load_study
from sim.study.points_file import read_cell, written_cell
from sim.study.study import Study
from tests.test_cli import environment, murmur

TINY: dict[str, Any] = {
    "graph": {"kind": "holme_kim", "members": 80, "ties": 3},
    "days": 20,
    "burn_in": 2,
    "policy": [{"strategy": "absent"}, {"strategy": "broadcast"}],
}
TWO = [{"path": "brand.quality", "low": 0.5, "high": 0.9}, {"path": "costs.answer", "low": 0.1, "high": 10.0, "scale": "log"}]


def plan(**study: Any) -> Scenario:
    return parse_scenario({**TINY, "study": {"worlds": 2, "factor": TWO, **study}})


def files(folder: Path) -> dict[str, bytes]:
    """The tables of a study, byte for byte."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("*/*.parquet"))}


class TestDesigns:
    def test_without_factors_there_is_one_point(self) -> None:
        assert points_of(parse_scenario(TINY)) == ({},)

    def test_factorial(self) -> None:
        points = points_of(plan(levels=3))
        assert len(points) == 9
        assert sorted({point["brand.quality"] for point in points}) == pytest.approx([0.5, 0.7, 0.9])
        assert sorted({point["costs.answer"] for point in points}) == pytest.approx([0.1, 1.0, 10.0])

    def test_one_at_a_time(self) -> None:
        base, *others = points_of(plan(design="one_at_a_time", levels=3))
        assert base == {"brand.quality": 0.8, "costs.answer": 1.0}
        assert all(sum(point[path] != base[path] for path in base) == 1 for point in others)
        assert len(others) == 5, "three levels of quality, two of the cost: the third is the scenario's"

    def test_latin_hypercube(self) -> None:
        """One point in each of n slices of each factor, on its scale."""
        points = points_of(plan(design="latin_hypercube", points=20))
        quality = [(point["brand.quality"] - 0.5) / 0.4 for point in points]
        cost = [np.log10(point["costs.answer"]) / 2 + 0.5 for point in points]
        for places in (quality, cost):
            assert sorted(int(place * 20) for place in places) == list(range(20))

    def test_sobol(self) -> None:
        """A, B, and A with one column of B each."""
        points = points_of(plan(design="sobol", points=8))
        assert len(points) == 8 * 4
        a, b, first, second = (points[8 * k : 8 * k + 8] for k in range(4))
        for k in range(8):
            assert first[k] == {"brand.quality": b[k]["brand.quality"], "costs.answer": a[k]["costs.answer"]}
            assert second[k] == {"brand.quality": a[k]["brand.quality"], "costs.answer": b[k]["costs.answer"]}
        with pytest.raises(InputError, match="12 is no power of two"):
            points_of(plan(design="sobol", points=12))

    def test_morris(self) -> None:
        """Each step of a trajectory moves one factor."""
        cube = morris_cube(plan(design="morris", points=5).study, 2)
        assert cube.shape == (15, 2)
        steps = np.diff(cube.reshape(5, 3, 2), axis=1)
        assert ((steps != 0).sum(axis=2) == 1).all()

    def test_random_is_the_designs_own(self) -> None:
        one, same, other = (points_of(plan(design="random", points=5, seed=seed)) for seed in (1, 1, 2))
        assert one == same != other

    def test_lists(self, tmp_path: Path) -> None:
        listed = plan(design="list", factor=[], point=[{"brand.quality": 0.6}, {"brand": {"quality": 0.7}}])
        assert points_of(listed) == ({"brand.quality": 0.6}, {"brand.quality": 0.7})
        (tmp_path / "points.csv").write_text('brand.quality,costs.answer,policy.absent.name\n0.6,1,absent\n0.7,2.5,"absent"\n')
        table = 'days = 5\n[graph]\nkind = "holme_kim"\n[study]\npoints_file = "points.csv"\n[[policy]]\nstrategy = "absent"\n'
        (tmp_path / "mine.toml").write_text(table)
        study = Study.of(str(tmp_path / "mine.toml"), worlds=1)
        assert study.points[1] == {"brand.quality": 0.7, "costs.answer": 2.5, "policy.absent.name": "absent"}
        (tmp_path / "points.csv").unlink()
        assert Study.from_record(study.record(), [1], "here").points == study.points, "the manifest needs no other file"

    def test_faults_of_a_file_name_its_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "points.csv"
        mine = parse_scenario({**TINY, "study": {"points_file": str(path)}})

        def told(text: str) -> list[str]:
            path.write_text(text)
            with pytest.raises(InputError) as error:
                Study.of(mine, worlds=1)
            return [str(fault) for fault in error.value.faults]

        uneven = told("costs.answer,brand.quality\n1\n\n1,0.5\n1,2,3\n")
        assert [line.split(" ")[0] for line in uneven] == [f"{path}:2:", f"{path}:5:"]
        (high,) = told("costs.answer,brand.quality\n1,0.5\n\n1,7\n")
        assert high.startswith(f"brand.0.quality at {path}:4: must be at most 1, got 7")

    def test_values_switches_whole_numbers_and_graphs(self) -> None:
        factors = [
            {"path": "graph", "values": [{"kind": "complete", "members": 20}, TINY["graph"]]},
            {"path": "mechanisms.silence"},
            {"path": "customers.patience_days", "low": 1, "high": 3},
            {"path": "policy.broadcast.posts_per_day", "values": [1.0, 3.0]},
        ]
        scenario = plan(factor=factors)
        points = points_of(scenario)
        assert len(points) == 2 * 2 * 3 * 2
        assert {point["customers.patience_days"] for point in points} == {1, 2, 3}
        found = sim.sweep(changed(scenario, {"study.design": "random", "study.points": 4}), worlds=1)
        assert len(found.runs) == 8
        sizes = found.values("present", "absent")[:, 0]
        kinds = found.design["graph"]
        assert [20 if kind == "complete" else 80 for kind in kinds] == sizes.tolist()

    @pytest.mark.parametrize(
        ("factor", "message"),
        [
            ({"path": "brand.qualty"}, "study.factor.0: brand.qualty: there is no 'qualty'. Did you mean 'quality'?"),
            ({"path": "policy.loud.rate"}, "there is no entry 'loud'. Count from 0 to 1, or name one: absent, broadcast."),
            ({"path": "costs.answer", "low": 3.0, "high": 1.0}, "low (3) is not below high (1)"),
            ({"path": "costs.answer", "low": 0.0, "high": 1.0, "scale": "log"}, "a logarithmic scale begins above 0"),
            ({"path": "space.norm"}, "'space.norm' has no range of its own. Give low and high."),
            ({"path": "brand.total_budget"}, "'brand.total_budget' has no range of its own. Give low and high."),
            ({"path": "graph"}, "'graph' is no number. List its values"),
            ({"path": "seed", "low": 1, "high": 2}, "'seed' is not an assumption"),
        ],
    )
    def test_wrong_factors(self, factor: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError) as caught:
            Study.of(plan(factor=[factor]))
        assert message in str(caught.value)

    def test_a_record_is_read_as_it_was_written(self) -> None:
        """Ranges that come from declarations too, of whole numbers and of settings of composed policies."""
        text = """
[[policy]]
name = "loud"
strategy = "broadcast"
also = ["listen_first"]
action = [{do = "contest", reward = 0.5, every_days = 60}]
[study]
design = "random"
points = 8
factor = [{path = "customers.patience_days"}, {path = "speech.cascade_days"}, {path = "policy.loud.action.0.reward"},
          {path = "brand.quality"}, {path = "policy.loud.posts_per_day", values = [1.0, 2.0]}]
"""
        study = Study.of(parse_text(text, "here"), ["absent", "loud"])
        assert {type(value) for value in (point["customers.patience_days"] for point in study.points)} == {int}
        again = Study.from_record(json.loads(json.dumps(study.record())), study.seeds, "there")
        assert (again.points, again.policies, again.scenario.policy) == (study.points, study.policies, study.scenario.policy)
        known = dict(STRATEGIES)
        try:
            STRATEGIES.pop("broadcast")
            unknown = Study.from_record(json.loads(json.dumps(study.record())), study.seeds, "there", to_read=True)
        finally:
            STRATEGIES.clear()
            STRATEGIES.update(known)
        assert unknown.points == study.points

    @pytest.mark.parametrize(
        ("factors", "message"),
        [
            ([{"path": "brand.quality"}, {"path": "brand.0.quality"}], "study.factor.1: 'brand.0.quality' varies twice"),
            ([{"path": "graph", "values": [{"kind": "complete", "members": 9}]}, {"path": "graph.members"}], "a part of 'graph'"),
            ([{"path": "days", "low": 5, "high": 9}], "'days' is not an assumption. Sum up runs at several study.horizons"),
            ([{"path": "policy.0.posts_per_day"}], "counts policies, whose order may change"),
            ([{"path": "policy.broadcast", "values": [1]}], "'policy.broadcast' is a whole table"),
            ([{"path": "customers.patience_days", "low": 1.5, "high": 3.5}], "is a whole number. Give whole numbers"),
            ([{"path": "costs.post", "values": []}], "its list of values is empty"),
            ([{"path": "policy.listen_first.coverage"}], "varies a policy that nobody follows here"),
        ],
    )
    def test_what_cannot_vary_is_refused(self, factors: list[dict[str, Any]], message: str) -> None:
        policies = tuple(map(plan().find_policy, ("absent", "broadcast", "listen_first")))
        scenario = plan(factor=[]).model_copy(update={"policy": policies})
        with pytest.raises(InputError, match=re.escape(message)):
            Study.of(changed(scenario, {"study.factor": factors}), ["absent", "broadcast"])

    @pytest.mark.parametrize(
        "value", [1, 1.5, True, "x", "1", "true", "nan", "2024-01-01", "1 # c", " a ", "[1]", [1, "a"], {"a": 1}]
    )
    def test_a_written_design_loses_nothing(self, value: Any) -> None:
        assert read_cell(written_cell(value)) == value
        assert type(read_cell(written_cell(value))) is type(value)

    def test_all_points_are_checked_before_the_first_run(self) -> None:
        with pytest.raises(InputError, match=r"brand.0.quality at point 2: must be at most 1, got 1.5. Lower it"):
            Study.of(plan(factor=[{"path": "brand.quality", "low": 0.5, "high": 1.5}]))
        with pytest.raises(InputError, match="day 30 does not come"):
            Study.of(plan(horizons=[10, 30]))

    def test_ranges_come_from_the_declarations(self) -> None:
        half, kappa, noticed = axes(
            plan(factor=[{"path": "costs.answer"}, {"path": "trust.asymmetry"}, {"path": "brand.quality", "low": 0.6}])
        )
        assert (half.low, half.high) == (0.5, 2.0)
        assert (kappa.low, kappa.high) == (1.0, 5.0)
        assert (noticed.low, noticed.high) == (0.6, 1.0)


class TestTables:
    def test_every_run_at_every_horizon(self, tmp_path: Path) -> None:
        found = sim.sweep(plan(horizons=[10, 20], levels=2), tmp_path)
        runs = pd.read_parquet(tmp_path / "runs")
        assert len(runs) == 4 * 2 * 2 * 2
        assert set(runs.horizon) == {10, 20}
        design = pd.read_csv(tmp_path / "design.csv", index_col="point")
        np.testing.assert_array_equal(runs["brand.quality"], design["brand.quality"].loc[runs.point])
        there = changed(plan(), {"brand.quality": 0.9, "costs.answer": 0.1})
        run = sim.Run(there, "broadcast", 2).to_the_end()
        row = runs[(runs.point == 2) & (runs.policy == "broadcast") & (runs.seed == 2)].set_index("horizon")
        assert row.npv[20] == run.series("npv")[-1]
        assert row.npv[10] == run.series("npv")[9]
        assert row.praise[10] == run.series("praise")[:10].sum()
        days = found.days("npv", "broadcast", point=2)
        np.testing.assert_array_equal(days[1], run.series("npv").astype(np.float32))
        assert found.values("npv", "broadcast", horizon=10)[2, 1] == run.series("npv")[9]

    def test_in_memory_and_on_disk_are_the_same(self, tmp_path: Path) -> None:
        kept, loose = sim.sweep(plan(levels=2), tmp_path), sim.sweep(plan(levels=2))
        pd.testing.assert_frame_equal(kept.runs, loose.runs)
        pd.testing.assert_frame_equal(kept.series, loose.series)
        again = load_study(tmp_path)
        pd.testing.assert_frame_equal(again.runs, loose.runs)
        assert again.study.points == loose.study.points

    def test_no_days_are_kept_when_none_are_wanted(self, tmp_path: Path) -> None:
        found = sim.sweep(plan(levels=2, series=[]), tmp_path)
        assert not (tmp_path / "series").exists()
        with pytest.raises(InputError, match="'npv' was not kept day by day"):
            found.days("npv", "absent")
        assert len(sim.sweep(plan(levels=2, series=[]), tmp_path).runs) == 16, "and it is known to be done"

    def test_all_days_are_those_of_each_point(self) -> None:
        """In the order of the seeds asked for; nothing when a run is missing."""
        found = sim.sweep(plan(design="random", points=20), seeds=[7, 3, 5])
        cube = found.all_days("npv", "broadcast")
        assert cube is not None
        for point in (0, 19):
            np.testing.assert_array_equal(cube[point], found.days("npv", "broadcast", point))
        some = StudyResults(found.study, lambda name: [table.slice(0, table.num_rows - 1) for table in found.read(name)])
        assert some.all_days("npv", "broadcast") is None

    def test_several_brands_and_none(self, tmp_path: Path) -> None:
        rivals = changed(plan(levels=2, factor=TWO[1:]), {"brand": [{"name": "A"}, {"name": "B", "policy": "broadcast"}]})
        found = sim.sweep(rivals, tmp_path / "two")
        assert found.values("npv", "absent", brand=1).shape == (2, 2)
        assert set(found.runs.brand) == {"A", "B"}
        nobody = changed(plan(levels=2, factor=[{"path": "speech.silence", "low": 0.0, "high": 1.0}]), {"brand": []})
        assert np.isnan(sim.sweep(nobody, tmp_path / "none").values("npv", "absent")).all()

    def test_equal_budgets_beside_native_ones(self, tmp_path: Path) -> None:
        scenario = plan(factor=[{"path": "equal_budget", "values": [0.0, 20.0]}], worlds=1)
        found = sim.sweep(scenario, tmp_path)
        native, scaled = found.runs[found.runs.policy == "broadcast"].scale
        assert native == 1.0
        assert scaled != 1.0


@dataclasses.dataclass(frozen=True)
class FailsAbove:
    """Fails where posts are dear."""

    posts: float = 1.0

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(1 / 0 if view.spent > 2.0 else self.posts))


class TestFailures:
    def test_one_failing_run_is_not_the_end(self, tmp_path: Path) -> None:
        scenario = plan(factor=[{"path": "costs.post", "values": [0.01, 1.0]}])
        study = Study.of(scenario, ["absent", Policy("fails", FailsAbove())])
        found = conduct(study, tmp_path)
        assert [(f.job.point, f.job.policy) for f in found.failures] == [(1, "fails"), (1, "fails")]
        assert len(found.jobs) == 6
        reasons = [path.read_text() for path in (tmp_path / "failures").glob("*.txt")]
        assert len(reasons) == 2
        assert all("ZeroDivisionError" in reason for reason in reasons)
        again = load_study(tmp_path)
        assert len(again.failures) == 2
        assert np.isnan(again.values("npv", "fails")[1]).all()
        assert again.failures[0].short.startswith("ZeroDivisionError: division by zero (File")

    def test_too_many_stop_it(self, tmp_path: Path) -> None:
        scenario = plan(factor=[{"path": "costs.post", "values": [0.01, 1.0, 2.0, 3.0]}], most_failures=2)
        study = Study.of(scenario, ["absent", Policy("fails", FailsAbove())])
        with pytest.raises(TooManyFailures):
            conduct(study, tmp_path)
        assert 4 <= len(load_study(tmp_path).jobs) < 12, "what is finished is kept"

    def test_an_unwritable_folder_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(InputError, match="cannot be written"):
            sim.sweep(plan(), tmp_path / "file" / "out")


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep that nothing has disturbed."""
    folder = tmp_path_factory.mktemp("straight")
    sim.sweep(plan(design="random", points=40), folder)
    return folder


class TestGoingOn:
    def test_workers_do_not_matter(self, straight: Path, tmp_path: Path) -> None:
        sim.sweep(plan(design="random", points=40), tmp_path, workers=2)
        assert files(tmp_path) == files(straight)
        assert len(files(tmp_path)) == 2 * 3

    def test_more_worlds_are_added(self, straight: Path, tmp_path: Path) -> None:
        told: list[int] = []
        sim.sweep(plan(design="random", points=40), tmp_path, worlds=1)
        sim.sweep(plan(design="random", points=40), tmp_path, tell=lambda standing: told.append(standing.done))
        assert told[0] == 80
        assert files(tmp_path) == files(straight)

    def test_other_worlds_are_added(self, tmp_path: Path) -> None:
        """Whichever are asked for, and in whichever order: all of them are kept."""
        small = plan(design="random", points=2)
        for seeds in ((7, 8), (1, 2, 3), (2,)):
            sim.sweep(small, tmp_path, seeds=seeds)
        found = load_study(tmp_path)
        assert found.study.seeds == (7, 8, 1, 2, 3)
        assert len(found.jobs) == len(found.study.jobs())

    def test_what_was_being_written_is_cleared_away(self, tmp_path: Path) -> None:
        small = plan(design="random", points=2)
        (tmp_path / "parts").mkdir()
        (tmp_path / "parts" / ".aside-1-x.npz").write_text("half")
        sim.sweep(small, tmp_path)
        assert not (tmp_path / "parts").exists()

    def test_runs_of_nobody_knows_what_are_not_adopted(self, tmp_path: Path) -> None:
        """Without the manifest a changed scenario would pass for the one that was lived."""
        small = plan(design="random", points=2)
        sim.sweep(small, tmp_path)
        kept = (tmp_path / "manifest.json").read_bytes()
        (tmp_path / "manifest.json").unlink()
        with pytest.raises(InputError, match=r"holds results, and no manifest.json that says of what. Put it back"):
            sim.sweep(changed(small, {"costs.margin": 0.2}), tmp_path)
        (tmp_path / "manifest.json").write_bytes(kept)
        told: list[int] = []
        sim.sweep(small, tmp_path, tell=lambda standing: told.append(standing.done))
        assert told == [8]

    def test_damage_is_named_and_made_good(self, straight: Path, tmp_path: Path) -> None:
        sim.sweep(plan(design="random", points=40), tmp_path)
        rng = random.Random(3)
        for n, path in enumerate(sorted(tmp_path.glob("*/*.parquet"))):
            if n == 0:
                path.write_bytes(path.read_bytes()[:-100])
            elif n == 4:
                data = bytearray(path.read_bytes())
                data[rng.randrange(100, len(data) // 2)] ^= 0x10
                path.write_bytes(bytes(data))
        with pytest.raises(InputError, match=r"00000.parquet: is damaged. Run the study again"):
            _ = load_study(tmp_path).runs
        told: list[str] = []
        sim.sweep(plan(design="random", points=40), tmp_path, tell=lambda standing: told.extend(standing.damaged))
        assert {Path(path).parent.name for path in told} == {"runs", "series"}
        assert files(tmp_path) == files(straight)

    def test_other_choices_are_refused(self, straight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for changes, what in (
            ({"study.points": 41}, "not the same: points, scenario.study.points 40, now 41"),
            ({"trust.asymmetry": 2.0}, "scenario.trust.asymmetry 3.5, now 2.0"),
            ({"study.horizons": [5]}, "horizons"),
        ):
            with pytest.raises(InputError, match=what):
                sim.sweep(changed(plan(design="random", points=40), changes), straight)
        sim.sweep(changed(plan(design="random", points=40), {"title": "The same in other words"}), straight)
        monkeypatch.setattr("sim.study.conduct.code_digest", lambda: "edited")
        with pytest.raises(InputError, match="not the same: code"):
            sim.sweep(plan(design="random", points=40), straight)

    @pytest.mark.parametrize("victim", ["parent", "worker", "all by Ctrl-C"])
    def test_kill(self, victim: str, straight: Path, tmp_path: Path) -> None:
        """Whoever is killed, and whenever: the same command ends with the same bytes as an uninterrupted sweep."""
        scenario = tmp_path / "mine.toml"
        scenario.write_text(sim.scenario.dump_toml(plan(design="random", points=40)))
        out = tmp_path / "out"
        command = [sys.executable, "-m", "sim", "sweep", str(scenario), "--out", str(out), "--workers", "2", "--quiet"]
        rng = random.Random(victim)
        for _ in range(2):
            process = in_a_terminal(command)
            before = len(list(out.glob("parts/*.npz")))
            deadline = time.monotonic() + 60
            while len(list(out.glob("parts/[!.]*.npz"))) <= before + 1 and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(rng.random() * 0.3)
            if victim == "parent":
                process.kill()
            elif victim == "worker":
                for child in _children(process.pid):
                    os.kill(child, signal.SIGKILL)
                    break
            else:
                press_ctrl_c(process)
            _, complained = process.communicate(timeout=120)
            if process.returncode == 0:
                break
            if victim == "all by Ctrl-C":
                assert_interrupted(process.returncode, complained)
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert files(out) == files(straight)
        assert not (out / "parts").exists()
        assert "160 of 160 runs" in done.stdout


def in_a_terminal(command: list[str]) -> subprocess.Popen[str]:
    """The command with a process group of its own, as a shell gives it one."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

    def hear() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # which is deaf where the tests themselves run in the background

    return subprocess.Popen(command, env=environment(), text=True, start_new_session=True, preexec_fn=hear, **pipes)  # type: ignore[call-overload,no-any-return]


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    """What a terminal does: everyone in the group hears it, workers included."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)


def assert_interrupted(code: int, complained: str) -> None:
    assert code == 130, complained
    assert "the same command" in complained
    assert "Traceback" not in complained


def _children(parent: int) -> list[int]:
    """Worker processes (not the helpers of multiprocessing)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
            command = (path.parent / "cmdline").read_text()
        except OSError:
            continue
        if int(fields[1]) == parent and "spawn_main" in command:
            found.append(int(path.parent.name))
    return sorted(found)


def test_sweep_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(sim.scenario.dump_toml(plan(levels=2)))
    preview = json.loads(murmur("sweep", "mine.toml", "--dry-run", "--json", cwd=tmp_path).stdout)
    assert (preview["points"], preview["runs"]) == (4, 16)
    assert preview["seconds"] > 0
    shown = murmur("sweep", "mine.toml", "--dry-run", cwd=tmp_path).stdout
    assert "4 points × 2 policies × 2 worlds = 16 runs" in shown
    assert "costs.answer: 0.1 to 10, logarithmic" in shown
    done = murmur("sweep", "mine.toml", "--out", "out", "-w", "2", cwd=tmp_path)
    assert "16 of 16 runs: out" in done.stdout
    size = sum(path.stat().st_size for path in (tmp_path / "out").glob("*/*.parquet")) / 1e6
    assert 0.1 * size < preview["megabytes"] < size, "the more runs, the less weigh the headers"
    assert pq.read_table(tmp_path / "out" / "series").num_rows == 16 * 20


def test_more_worlds_from_the_command_line(tmp_path: Path) -> None:
    """The time of all attempts adds up, and a report that was made before the last one is said to be old."""
    (tmp_path / "mine.toml").write_text(sim.scenario.dump_toml(plan(levels=2)))
    murmur("sweep", "mine.toml", "--out", "out", cwd=tmp_path)
    murmur("report", "out", cwd=tmp_path)
    first = json.loads((tmp_path / "out" / "manifest.json").read_text())["result"]
    again = murmur("sweep", "mine.toml", "--out", "out", cwd=tmp_path)
    assert "is of before" not in again.stdout, "nothing was missing"
    more = murmur("sweep", "mine.toml", "--out", "out", "--worlds", "3", cwd=tmp_path)
    assert "The report in it is of before: murmur report out" in more.stdout
    second = json.loads((tmp_path / "out" / "manifest.json").read_text())["result"]
    assert (first["runs"], second["runs"]) == (16, 24)
    fewer = murmur("sweep", "mine.toml", "--out", "out", "--worlds", "1", cwd=tmp_path)
    assert "8 of 8 runs are there already, and 16 of other worlds." in fewer.stderr
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["result"]["runs"] == 24
    refused = murmur("sweep", "mine.toml", "--out", "out", "--set", "costs.answer=2", cwd=tmp_path, check=2)
    assert "--set costs.answer: it varies in this study. Leave it out" in refused.stderr
    assert second["seconds"] >= first["seconds"] > 0
    murmur("report", "out", cwd=tmp_path)
    assert "is of before" not in murmur("sweep", "mine.toml", "--out", "out", "--worlds", "3", cwd=tmp_path).stdout
