"""Calibration: the answer on problems whose answer is known, planted numbers found again, and whatever stops it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.calibration import Calibration, calibrate, inference
from sim.calibration.calibrate import parameters
from sim.calibration.findings import checked, emulated, fitted, together
from sim.calibration.inference import Likelihood, Problem, sample
from sim.calibration.targets import statistics
from sim.errors import InputError
from sim.report import calibration as report
from sim.scenario import Scenario, changed, load_scenario, parse_scenario
from sim.state import F64
from sim.study.study import Study
from tests.test_cli import murmur

TINY: dict[str, Any] = {
    "graph": {"kind": "holme_kim", "members": 200, "ties": 5},
    "days": 40,
    "burn_in": 5,
    "policy": [{"strategy": "absent"}, {"strategy": "broadcast"}],
}
PLANTED = 0.12
LIGHT = {"waves": 2, "points": 16, "worlds": 2, "predictive": 12}
FITTED = [
    {"path": "members.activity_median", "low": 0.02, "high": 0.5, "scale": "log"},
    {"path": "costs.deletion", "low": 0.1, "high": 1.0},  # nothing observed hangs on it
]


def plan(targets: Any, **more: Any) -> Scenario:
    return parse_scenario({**TINY, "calibration": {**LIGHT, "parameter": FITTED, "target": targets, **more}})


@pytest.fixture(scope="module")
def daily(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Days observed in a community whose members are known to post so much."""
    run = sim.Run(changed(parse_scenario(TINY), {"members.activity_median": PLANTED}), "broadcast", 4711).to_the_end()
    path = tmp_path_factory.mktemp("observed") / "daily.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["day", "organic_posts", "followers"])
        writer.writerows([day, run.series("organic_posts")[day], run.series("followers")[day]] for day in range(40))
    return path


@pytest.fixture(scope="module")
def found(daily: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Calibration, Path]:
    folder = tmp_path_factory.mktemp("calibrated")
    return calibrate(plan([{"file": str(daily), "held_out_from": 30}]), folder), folder


class TestInference:
    """On linear statistics with normal luck the posterior is known."""

    def problem(self, seed: int, n: int = 60, worlds: int = 6) -> tuple[Likelihood, F64, F64, F64]:
        rng = np.random.default_rng(seed)
        slopes, luck, spread = np.array([[4.0, 1.0], [1.0, -3.0], [2.0, 2.0]]), 0.35, 0.1
        truth = rng.uniform(0.25, 0.75, 2)
        points = rng.random((n, 2))
        values = (points @ slopes.T)[:, None, :] + luck * rng.standard_normal((n, worlds, 3))
        observed = slopes @ truth + np.hypot(luck, spread) * rng.standard_normal(3)
        problem = Problem(observed, np.full(3, spread), np.ones(3, bool))
        precision = slopes.T @ slopes / (luck**2 + spread**2)
        mean = np.linalg.solve(precision, slopes.T @ observed / (luck**2 + spread**2))
        likelihood = Likelihood(problem, points, values, np.ones(n, bool), ["a", "b", "c"], 1)
        return likelihood, truth, mean, np.sqrt(np.diag(np.linalg.inv(precision)))

    def test_the_posterior_is_the_known_one(self) -> None:
        """Mean within .35, width within .15 of the exact law's standard deviation (the emulator's points are random too)."""
        likelihood, _, mean, deviation = self.problem(7)
        posterior = sample(likelihood, 2, 1)
        assert (np.abs(posterior.points.mean(axis=0) - mean) < 0.35 * deviation).all()
        assert (np.abs(posterior.points.std(axis=0) / deviation - 1.0) < 0.15).all()
        assert posterior.effective > 500

    def test_intervals_cover(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of 60 intervals of 95 % at least 51 hold what was planted: fewer would happen in one of 3,000 suites."""
        for name, value in (("_WALKERS", 40), ("_STEPS", 200), ("_BURN_IN", 60), ("_FIRST", 1024)):
            monkeypatch.setattr(inference, name, value)
        held = 0
        for seed in range(30):
            likelihood, truth, _, _ = self.problem(100 + seed)
            low, high = np.quantile(sample(likelihood, 2, seed).points, [0.025, 0.975], axis=0)
            held += int(((low <= truth) & (truth <= high)).sum())
        assert held >= 51

    def test_what_no_target_tells_stays_open(self) -> None:
        """A statistic of the sum of two parameters identifies neither, and their sum."""
        rng = np.random.default_rng(3)
        points = rng.random((40, 2))
        values = points.sum(axis=1)[:, None, None] + 0.02 * rng.standard_normal((40, 3, 1))
        problem = Problem(np.array([1.0]), np.array([0.01]), np.array([True]))
        draws = sample(Likelihood(problem, points, values, np.ones(40, bool), ["sum"], 1), 2, 1).points
        assert draws.std(axis=0).min() > 0.2
        assert draws.sum(axis=1).std() < 0.1
        assert np.corrcoef(draws.T)[0, 1] < -0.9


class TestCalibrate:
    def test_planted_numbers_are_found(self, found: tuple[Calibration, Path]) -> None:
        posts, cost = fitted(found[0])
        assert posts.low <= PLANTED <= posts.high
        assert posts.word == "identified"
        assert cost.word == "not identified"
        assert together(found[0]) == []

    def test_held_out_days_are_predicted(self, found: tuple[Calibration, Path]) -> None:
        """Three of four blocks at least: in one of 70 suites chance alone would miss two."""
        held = [one for one in checked(found[0]) if one.statistic.held_out]
        assert len(held) == 4
        assert sum(one.word.startswith("met") for one in held) >= 3
        assert all(min(one.statistic.days) >= 30 for one in held)
        assert emulated(found[0]) > 0.8

    def test_workers_and_second_attempts_do_not_matter(
        self, daily: Path, found: tuple[Calibration, Path], tmp_path: Path
    ) -> None:
        first, folder = found
        again = calibrate(plan([{"file": str(daily), "held_out_from": 30}]), tmp_path, workers=2)
        np.testing.assert_array_equal(again.posterior.points, first.posterior.points)
        measured = folder / "measured.jsonl"
        whole = measured.read_bytes()
        assert (tmp_path / "measured.jsonl").read_bytes() == whole
        lines = whole.splitlines(keepends=True)
        measured.write_bytes(b"".join(lines[:10] + lines[15:-1]) + lines[-1][:30])
        done: list[int] = []
        named: list[str] = []

        def tell(headway: Any) -> None:
            done.append(headway.done)
            named.extend(headway.damaged)

        calibrate(plan([{"file": str(daily), "held_out_from": 30}]), folder, tell=tell)
        assert measured.read_bytes() == whole
        assert done[0] == 16 - 5, "of the first wave those that are still there"
        assert named[0].endswith(f"measured.jsonl:{len(lines) - 5}")

    def test_another_job_is_refused(self, daily: Path, found: tuple[Calibration, Path]) -> None:
        with pytest.raises(InputError, match="holds results of another job"):
            calibrate(plan([{"file": str(daily)}]), found[1])

    def test_facts_and_ranges(self, tmp_path: Path) -> None:
        targets = [
            {"metric": "organic_posts", "low": 1000.0, "high": 1200.0, "day": 30},
            {"fact": "S9", "held_out": True},
            {"fact": "S5a", "held_out": True},
        ]
        result = calibrate(plan(targets, parameter=FITTED[:1]), tmp_path)
        posts, written, elasticity = checked(result)
        assert posts.word.startswith("met")
        assert np.isfinite(written.median)
        assert elasticity.word in ("not defined", "met", "met, barely", "missed", "missed, barely")
        assert any("held out" in sentence for sentence in report.told(result))

    def test_a_failing_target_stops_it(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="roi under absent, day 40: is known at 0 of 16 points only"):
            calibrate(plan([{"metric": "roi", "low": 0.0, "high": 1.0, "policy": "absent"}]), tmp_path)


class TestTargets:
    def wrong(self, target: dict[str, Any]) -> str:
        with pytest.raises(InputError) as caught:
            statistics(plan([target]))
        return str(caught.value)

    @pytest.mark.parametrize(
        ("target", "message"),
        [
            ({}, "calibration.target.0: says nothing. Give it one of fact, file, metric."),
            ({"fact": "S3", "metric": "npv"}, "has fact and metric"),
            ({"fact": "S33"}, "there is no fact 'S33'. Did you mean 'S3'?"),
            ({"fact": "S16"}, "S16 is built into the model (an input)"),
            ({"metric": "npvv", "low": 0.0, "high": 1.0}, "there is no metric 'npvv'. Did you mean 'npv'?"),
            ({"metric": "npv"}, "has no range"),
            ({"metric": "npv", "low": 0.0, "high": 1.0, "day": 99}, "day 99 does not come"),
            ({"metric": "npv", "low": 0.0, "high": 1.0, "policy": "shout"}, "there is no policy or strategy 'shout'"),
            ({"fact": "S3", "held_out": True}, "there is nothing to fit to"),
            ({"file": "missing.csv"}, "missing.csv: cannot be read (No such file or directory)"),
        ],
    )
    def test_wrong_targets(self, target: dict[str, Any], message: str) -> None:
        assert message in self.wrong(target)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("day,followers\n", "has no days"),
            ("week,followers\n1,2\n2,3\n", "the first column is 'week'"),
            ("day,folowers\n1,2\n2,3\n", "there is no metric 'folowers'. Did you mean 'followers'?"),
            ("day,followers\n1,2\n2,many\n", "daily.csv:3: followers: 'many' is not a number"),
            ("day,followers\n1,2\n2,\n", "has fewer than two values"),
            ("day,followers\n2,2\n1,3\n", "its days do not go forward"),
            ("day,followers\n1,2\n2,-3\n", "is a count and below zero"),
            ("day,followers\n1,2\n99,3\n", "goes to day 99, and the scenario only to day 39"),
            ("date,followers\n2024-05-01,2\n5 May,3\n", "'5 May' is not a date such as 2024-05-31"),
        ],
    )
    def test_wrong_files(self, text: str, message: str, tmp_path: Path) -> None:
        (tmp_path / "daily.csv").write_text(text)
        assert message in self.wrong({"file": str(tmp_path / "daily.csv")})

    def test_dates_gaps_and_other_names(self, tmp_path: Path) -> None:
        (tmp_path / "daily.csv").write_text("date,sales\n2024-02-27,1\n2024-02-28,\n2024-03-01,3\n2024-03-02,5\n")
        targets, (series,) = statistics(plan([{"file": str(tmp_path / "daily.csv"), "first_day": 10, "blocks": 1}]))
        assert series.days.tolist() == [10, 13, 14]
        assert series.metric == "adoptions"
        assert targets[0].plain(targets[0].observed) == pytest.approx(3.0)

    def test_it_must_be_said_what_the_brand_did(self) -> None:
        scenario = changed(
            plan([{"metric": "npv", "low": 0.0, "high": 1.0}]), {"policy": [{"strategy": "broadcast"}, {"strategy": "pulsed"}]}
        )
        with pytest.raises(InputError, match=r"it is not said what the brand did. Add policy, one of: broadcast, pulsed."):
            statistics(scenario)

    def test_parameters_are_numbers(self) -> None:
        with pytest.raises(InputError, match="there is nothing to fit"):
            parameters(plan([], parameter=[]))
        with pytest.raises(InputError, match="silence' is a choice"):
            parameters(plan([], parameter=[{"path": "mechanisms.silence"}]))


def test_the_command(daily: Path, tmp_path: Path) -> None:
    """Page, draws and scenario: the draws are points of a study, the scenario can be lived."""
    mine = tmp_path / "mine.toml"
    (tmp_path / "daily.csv").write_bytes(daily.read_bytes())
    mine.write_text(sim.scenario.dump_toml(plan([{"file": "daily.csv"}], points=8, predictive=10)).replace(str(Path.cwd()), "."))
    done = murmur("calibrate", str(mine), "--out", str(tmp_path / "out"), "--json", "--quiet", "-w", "1")
    told = json.loads(done.stdout)
    assert set(told["parameters"]) == {"members.activity_median", "costs.deletion"}
    html = (tmp_path / "out" / "report.html").read_text()
    assert "Not identified" in html
    assert html.count("<img") == 3
    assert load_scenario(tmp_path / "out" / "calibrated.toml").members.activity_median == told["best"]["members.activity_median"]
    (tmp_path / "study.toml").write_text('extends = "mine.toml"\n[study]\npoints_file = "out/posterior.csv"\n')
    assert len(Study.of(str(tmp_path / "study.toml")).points) == 200
