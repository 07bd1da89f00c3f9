"""The statistics of studies, on data whose answer is known."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.report import answer_sheets, answers
from sim.scenario import changed, parse_scenario
from sim.strategies import STRATEGIES
from sim.study.conditions import find_box, find_sure_box
from sim.study.crossing import crossing
from sim.study.design import points_of
from sim.study.factors import axes
from sim.study.pairs import average_advantage, box_of, pairs, shares, weights
from sim.study.robustness import above_zero, chance_of_least_regret, frontier, standings
from sim.study.sensitivity import sensitivity
from sim.study.study import Study
from tests.test_cli import murmur
from tests.test_study import plan

UNIT = [{"path": f"brand.{name}", "low": 0.0, "high": 1.0} for name in ("quality", "initial_customers", "initial_aware")]

MANY: dict[str, Any] = {"design": "random", "points": 200}


def made_up(values: dict[str, np.ndarray], **study: Any) -> Any:
    """Results whose outcomes (policy → points × worlds, or one function of the points) are given."""
    policies = [{"name": name, "strategy": name if name in STRATEGIES else "broadcast"} for name in values]
    scenario = parse_scenario({"policy": policies, "study": {"factor": UNIT, **study}})
    points = points_of(scenario)
    table = {policy: given(points) if callable(given) else given for policy, given in values.items()}
    seeds = tuple(range(next(iter(table.values())).shape[1]))
    study = Study(scenario, tuple(table), next(iter(table)), seeds, points)
    design = pd.DataFrame(list(points))
    lived = [job for job in study.jobs() if np.isfinite(table[job.policy][job.point, seeds.index(job.seed)])]
    return SimpleNamespace(
        study=study,
        values=lambda metric, policy, horizon=None, brand=0: table[policy],
        design=design,
        jobs=lived,
        failures=(),
        each_with_control=False,
    )


def cube(points: Any) -> np.ndarray:
    return np.array([list(point.values()) for point in points])


class TestCrossing:
    @staticmethod
    def paths(worlds: int, seed: int, slope: float = 0.2, start: float = -10.0) -> np.ndarray:
        """Differences that grow from −10 by .2 a day, so that the mean is zero on day 50; worlds differ by a constant."""
        rng = np.random.default_rng(seed)
        return start + slope * np.arange(100) + rng.normal(0, 3, (worlds, 1))

    def test_the_day_is_found_and_its_interval_covers_it(self) -> None:
        """Of 200 intervals that claim 95 %, at least 86 % hold the true day (bootstrap of 20 worlds; the rest is 1e-6)."""
        held = 0
        for seed in range(200):
            found = crossing(self.paths(20, seed), np.zeros((20, 100)))
            assert found.word in ("overtakes", "may overtake")
            held += found.low <= 51 <= found.high
        assert held >= 172

    def test_never_always_and_open(self) -> None:
        zero = np.zeros((20, 100))
        assert crossing(self.paths(20, 1, start=-60.0), zero).word == "never overtakes"
        assert crossing(self.paths(20, 1, start=30.0), zero).word == "is ahead from the first day"
        assert crossing(self.paths(20, 1, start=-19.9), zero).word == "may overtake"
        assert crossing(zero, zero).word == "never overtakes", "equal is not ahead"

    def test_few_worlds_say_nothing(self) -> None:
        found = crossing(self.paths(3, 1), np.zeros((3, 100)))
        assert np.isnan(found.low)
        assert 20 < found.day < 80

    def test_next_to_nothing_is_no_lead(self) -> None:
        """Two policies that act alike until day 60, and differ by a thousandth now this way and now that before."""
        jitter = 0.001 * np.sign(np.sin(np.arange(60) / 9))
        path = np.concatenate([np.abs(jitter), np.linspace(0.5, 5.0, 20), np.linspace(5.0, 1.0, 20)])
        found = crossing(np.tile(path, (10, 1)) + np.linspace(-0.01, 0.01, 10)[:, None], np.zeros((10, 100)))
        assert found.day == found.low == found.high == 60
        assert not found.behind
        assert (found.most, found.most_day) == (pytest.approx(5.0), 79)
        assert found.lead.mean == pytest.approx(1.0)
        assert found.lead.low < 1 < found.lead.high

    def test_who_led_is_told(self) -> None:
        """A lead that is lost: it is the other policy that overtakes."""
        path = np.tile(np.concatenate([np.full(80, 5.0), np.full(20, -5.0)]), (10, 1)) + np.linspace(-0.1, 0.1, 10)[:, None]
        found = crossing(path, np.zeros((10, 100)))
        assert (found.led, found.word) == (True, "never overtakes")
        other = crossing(-path, np.zeros((10, 100)))
        assert (other.led, other.word, other.day) == (False, "overtakes", 80)

    def test_for_good(self) -> None:
        """A lead that is lost again is none."""
        path = np.concatenate([np.full(40, 1.0), np.full(30, -1.0), np.full(30, 1.0)])
        assert crossing(np.tile(path, (10, 1)), np.zeros((10, 100))).day == 70


class TestRobustness:
    def test_regret_and_shares(self) -> None:
        """One policy earns 10 everywhere, another 0 in one half and 30 in the other."""
        half = np.repeat([0.0, 30.0], 32)[:, None] + np.zeros(4)
        found = made_up({"safe": np.full((64, 4), 10.0), "bold": half}, design="random", points=64)
        safe, bold = standings(found, "npv")
        assert (safe.best, bold.best) == (0.5, 0.5)
        assert (safe.surely, bold.surely) == (0.5, 0.5)
        assert (safe.mean_regret, safe.worst_regret) == (10.0, 20.0)
        assert (bold.mean_regret, bold.worst_regret) == (5.0, 10.0)

    def test_a_lost_world_is_not_a_lost_point(self) -> None:
        """A point counts with the worlds that all policies have lived through, as long as there are two to be sure of it."""
        gap = np.full((64, 4), 5.0) + np.arange(4) / 10
        gap[0, 0] = np.nan
        gap[1, 1:] = np.nan
        gap[2] = np.nan
        found = made_up({"absent": np.zeros((64, 4)), "bold": gap}, design="random", points=64)
        assert shares(found, "bold", "absent", "npv") == (62 / 63, 0.0, 63)
        assert standings(found, "npv")[1].best == 1.0

    def test_no_difference_is_rarely_sure(self) -> None:
        """Two and a half in a hundred by design; of 4,000 null points more than 140 are called once in 10,000 tests."""
        noise = np.random.default_rng(2).normal(0, 1, (4000, 5))
        assert 50 < above_zero(noise).sum() < 140

    def test_frontier(self) -> None:
        tables = {"npv": {"a": 1.0, "b": 2.0, "c": 0.0}, "brand_trust": {"a": 0.5, "b": 0.4, "c": 0.4}}
        found = made_up({"a": np.zeros((8, 2)), "b": np.zeros((8, 2)), "c": np.zeros((8, 2))}, design="random", points=8)
        found.values = lambda metric, policy, horizon=None, brand=0: np.full((8, 2), tables[metric][policy])
        assert frontier(found, ["npv", "brand_trust"]) == {"a": 1.0, "b": 1.0, "c": 0.0}


class TestConditions:
    @pytest.mark.parametrize("seed", range(5))
    def test_a_planted_box_is_found(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        factors = {"a": rng.random(500), "b": rng.random(500), "kind": rng.choice(["x", "y", "z"], 500), "idle": rng.random(500)}
        true = (factors["a"] > 0.6) & (factors["b"] < 0.5) & (factors["kind"] != "z")
        box = find_sure_box(factors, true ^ (rng.random(500) < 0.05))
        limits = {limit.path: limit for limit in box.limits}
        assert set(limits) == {"a", "b", "kind"}, str(box)
        assert limits["a"].low == pytest.approx(0.6, abs=0.06)
        assert limits["b"].high == pytest.approx(0.5, abs=0.06)
        assert limits["kind"].values == ("x", "y")
        assert box.density > 0.85
        assert box.coverage > 0.6

    def test_a_grid(self) -> None:
        quality = np.repeat(np.linspace(0.4, 1.0, 5), 25)
        cost = np.tile(np.repeat([0.5, 1.0, 2.0, 4.0, 8.0], 5), 5)
        box = find_box({"quality": quality, "cost": cost}, (quality >= 0.7) & (cost <= 2))
        assert str(box) == "quality ≥ 0.625 and cost ≤ 3"
        whole = find_box({"n": np.repeat(np.arange(1, 11), 10)}, np.repeat(np.arange(1, 11) > 6, 10))
        assert str(whole) == "n ≥ 7", "whole numbers have no halves"
        assert (box.density, box.coverage) == (1.0, 1.0)

    def test_nothing_to_find(self) -> None:
        rng = np.random.default_rng(1)
        factors = {"a": rng.random(300), "b": rng.random(300)}
        for holds in (np.ones(300, bool), np.zeros(300, bool)):
            assert str(find_box(factors, holds)) == "everywhere"
        box = find_box(factors, rng.random(300) < 0.5)
        assert box.density < 0.75, "chance makes no dense box of a large share"

    def test_chance_makes_no_conditions(self) -> None:
        """Of 200 draws of noise, some limit is kept in about one in twenty (more than 22: once in ten thousand suites)."""
        rng = np.random.default_rng(2)
        found = [find_sure_box({f"x{k}": rng.random(40) for k in range(4)}, rng.random(40) < 0.5) for _ in range(200)]
        assert sum(box.limits != () for box in found) <= 22

    def test_luck_of_the_worlds_makes_no_conditions(self) -> None:
        """Worlds whose luck hangs on a factor, and all points share them: of no true effect, conditions are told in one of twenty
        draws (more than 12 of 80: once in a thousand suites; without other worlds it is three in four)."""
        points = points_of(parse_scenario({"study": {"factor": UNIT, "design": "random", "points": 60}}))
        place, told = cube(points)[:, 0] - 0.5, 0
        for draw in range(80):
            luck = np.random.default_rng(draw).normal(0, 1, 10)
            found = made_up({"a": np.zeros((60, 10)), "b": place[:, None] * luck}, design="random", points=60)
            told += box_of(found, "b", "a", "npv") is not None
        assert told <= 12

    def test_what_does_not_matter_is_left_out(self) -> None:
        """An end, or a factor, that the search adds to what does matter; a true box keeps all its ends."""
        rng = np.random.default_rng(3)
        extra = one_end = 0
        for _ in range(40):
            factors = {name: rng.random(60) for name in ("cost", "quality", "margin")}
            box = find_sure_box(factors, (factors["cost"] < 0.6) ^ (rng.random(60) < 0.1))
            limits = {limit.path: limit for limit in box.limits}
            assert "cost" in limits
            extra += len(limits) > 1
            one_end += np.isinf(limits["cost"].low)
        assert extra <= 8
        assert one_end >= 32
        wide = {name: rng.random(400) for name in ("cost", "quality")}
        inside = (abs(wide["cost"] - 0.5) < 0.25) & (wide["quality"] > 0.4)
        assert str(find_sure_box(wide, inside)).startswith("cost from 0.2")


def ishigami(points: Any) -> np.ndarray:
    """Ishigami & Homma (1990): S1 = .314, .442, 0; ST = .558, .442, .244."""
    x = cube(points) * 2 * np.pi - np.pi
    return (np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))[:, None]


class TestSensitivity:
    def test_ishigami(self) -> None:
        found = sensitivity(made_up({"absent": ishigami}, design="sobol", points=1024), "npv", "absent")
        for effect, first, total in zip(found.effects, (0.314, 0.442, 0.0), (0.558, 0.442, 0.244), strict=True):
            assert effect.main == pytest.approx(first, abs=0.03)
            assert effect.total == pytest.approx(total, abs=0.03)
            assert effect.main_low <= first <= effect.main_high
            assert effect.total_low <= total <= effect.total_high
        again = sensitivity(made_up({"absent": ishigami}, design="sobol", points=1024), "npv", "absent")
        assert found.effects == again.effects

    def test_morris_tells_linear_from_curved_from_idle(self) -> None:
        def outcome(points: Any) -> np.ndarray:
            a, b, _ = cube(points).T
            return (5 * a + 20 * (b - 0.5) ** 2)[:, None]

        found = sensitivity(made_up({"absent": outcome}, design="morris", points=20, levels=4), "npv", "absent")
        linear, curved, idle = found.effects
        assert (linear.main, linear.total) == pytest.approx((5.0, 0.0), abs=1e-9)
        assert curved.total > 1
        assert (idle.main, idle.total) == (0.0, 0.0)

    def test_one_at_a_time_tells_changes_from_the_scenario(self) -> None:
        """Levels 0, ½, 1 around the scenario's own: a linear factor changes it by its slope times the way to the farther end."""

        def outcome(points: Any) -> np.ndarray:
            a, b, _ = cube(points).T
            return np.stack([5 * a + 20 * (b - 0.5) ** 2, 5.2 * a + 20 * (b - 0.5) ** 2], axis=1)

        linear, curved, idle = sensitivity(made_up({"absent": outcome}, design="one_at_a_time"), "npv", "absent").effects
        quality, customers = (axis.base for axis in axes(parse_scenario({"study": {"factor": UNIT}}))[:2])
        assert linear.main == pytest.approx(5.1 * quality)
        assert linear.main_low < 5.1 * quality < linear.main_high
        assert curved.main == pytest.approx(20 * (customers - 0.5) ** 2)
        assert idle.main == 0.0

    def test_an_idle_factor_is_rarely_called_a_change(self) -> None:
        """Of 200 sets of pure noise over four levels, one in twenty is: more than 22 in one of 1,000 suites."""
        rng, called = np.random.default_rng(1), 0
        factor = [{"path": "brand.quality", "values": [0.1, 0.2, 0.3, 0.4]}]
        for _ in range(200):
            noise = made_up({"absent": rng.normal(size=(5, 6))}, design="one_at_a_time", factor=factor)
            called += sensitivity(noise, "npv", "absent").effects[0].main_low > 0
        assert called <= 22

    def test_few_samples_ask_for_more(self) -> None:
        found = sensitivity(made_up({"absent": ishigami}, design="sobol", points=32), "npv", "absent")
        assert found.enough > 128

    def test_a_missing_point_is_refused(self) -> None:
        def holed(points: Any) -> np.ndarray:
            values = ishigami(points)
            values[7] = np.nan
            return values

        with pytest.raises(InputError, match="point 7, seed 0: 1 of 160 values of npv are missing"):
            sensitivity(made_up({"absent": holed}, design="sobol", points=32), "npv", "absent")
        with pytest.raises(InputError, match="a random design has no sensitivity indices"):
            sensitivity(made_up({"absent": ishigami}, design="random", points=32), "npv", "absent")


class TestWords:
    @staticmethod
    def told(gap: np.ndarray, **study: Any) -> str:
        """Sentences of a study in which b earns ``gap`` (points × worlds) more than a."""
        found = made_up({"a": np.zeros_like(gap), "b": gap}, design="random", points=len(gap), **study)
        found.values = lambda metric, policy, horizon=None, brand=0: gap if policy == "b" else np.zeros_like(gap)
        return " ".join(answers.sentences(found))

    def test_noise_is_too_close_to_call(self) -> None:
        text = self.told(np.random.default_rng(4).normal(0, 1, (40, 4)))
        share = float(text.split(", open at ")[1].split("%")[0])
        assert share >= 85

    def test_pairs_follow_the_control(self) -> None:
        """To do nothing is held against others in the table; any other control against each policy."""

        def compared(*policies: str, control: str, asked: bool = False) -> list[tuple[str, str]]:
            study = SimpleNamespace(policies=policies, control=control)
            return pairs(SimpleNamespace(study=study, each_with_control=asked))  # type: ignore[arg-type]

        assert compared("absent", "broadcast", "listen_first", control="absent") == [("listen_first", "broadcast")]
        everyone = [("absent", "broadcast"), ("listen_first", "broadcast")]
        assert compared("absent", "broadcast", "listen_first", control="broadcast") == everyone
        assert compared("absent", "broadcast", control="absent") == [("broadcast", "absent")]
        assert len(compared("absent", "a", "b", "c", control="absent", asked=True)) == 3
        assert compared("absent", "a", "b", control="absent", asked=True) == [("a", "absent"), ("b", "absent")]

    def test_one_policy_is_told_by_itself(self) -> None:
        found = made_up({"absent": np.arange(64.0)[:, None] + np.zeros(3)}, design="random", points=64)
        assert answers.sentences(found, "npv") == [
            "absent, net present value: 31.5 on the average over 64 points; nine in ten lie between 3.15 and 59.8."
        ]
        assert answer_sheets.standings_sheet(found) is None

    def test_doing_nothing_is_ranked_too(self) -> None:
        quarter = np.repeat([-9.0, 9.0, 9.0, 9.0], 16)[:, None] + np.arange(3) / 10
        found = made_up({"absent": np.zeros((64, 3)), "a": quarter, "b": quarter - 1}, design="random", points=64)
        assert answers.in_short(found)[0] == (
            "By net present value, of 3 policies at 64 points, the best is a at 75% (surely at 75%), absent at 25% (surely "
            "at 25%); by trust in the brand it is a at 75% (surely at 75%); by members present it is a at 75% (surely at 75%)."
        )
        assert answers.in_short(found)[-1] == (
            "b against a: −1.00 on the average; on the average over all points one gives up least with a (2.23, b 3.23)."
        )

    def test_a_tie_names_both(self) -> None:
        half = np.repeat([-9.0, 9.0], 32)[:, None] + np.arange(3) / 10
        found = made_up({"absent": np.zeros((64, 3)), "a": half, "b": half - 1}, design="random", points=64)
        assert "by trust in the brand it is a and absent at 50% each (surely at 50% and 50%)" in answers.in_short(found)[0]

    def test_each_metric_has_its_own_best(self) -> None:
        one, other = np.ones((30, 5)) + np.arange(5) / 10, np.zeros((30, 5))
        found = made_up({"absent": other, "a": one, "b": one - 0.5}, design="random", points=30)
        by_metric = {
            "npv": {"absent": other, "a": one, "b": one - 0.5},
            "brand_trust": {"absent": other, "a": other - 1, "b": one},
        }
        by_metric["present"] = {"absent": one, "a": other, "b": other}
        found.values = lambda metric, policy, horizon=None, brand=0: by_metric[metric][policy]
        assert answers.in_short(found)[0].endswith(
            "the best is a at 100% (surely at 100%); by trust in the brand it is b at 100% (surely at 100%); "
            "by members present it is absent at 100% (surely at 100%)."
        )

    def test_settings_of_others_do_not_matter(self) -> None:
        """The box, and what a difference hangs on, leave out what only a third policy has, however well it would fit."""
        factor = [*UNIT, {"path": "policy.c.posts_per_day", "low": 0.0, "high": 1.0}]
        points = points_of(
            parse_scenario({"policy": [{"name": "c", "strategy": "broadcast"}], "study": {"factor": factor, **MANY}})
        )
        hers, quality = cube(points)[:, 3], cube(points)[:, 0]
        gap = (np.where(hers > 0.5, 5.0, -5.0) + quality)[:, None] + np.arange(4) / 10
        found = made_up({"a": 0 * gap, "b": gap, "c": 0 * gap}, factor=factor, **MANY)
        assert next(weight.path for weight in weights(found, "c", "b", "npv")) == "policy.c.posts_per_day"
        assert "policy.c.posts_per_day" not in [weight.path for weight in weights(found, "b", "a", "npv")]
        assert box_of(found, "b", "a", "npv") is None

    def test_what_a_difference_hangs_on(self) -> None:
        """Shares of the variance that are known: of a + 2b with independent uniform a and b, one fifth and four fifths."""
        found = made_up({"a": np.zeros((2000, 3)), "b": lambda points: self.sloped(points)}, design="random", points=2000)
        shares_found = {weight.path: weight.share for weight in weights(found, "b", "a", "npv")}
        assert shares_found["brand.initial_customers"] == pytest.approx(0.8 * 24 / 25, abs=0.03)  # fifths see 24 of 25 parts
        assert shares_found["brand.quality"] == pytest.approx(0.2 * 24 / 25, abs=0.03)
        assert shares_found["brand.initial_aware"] < 0.02
        assert "hangs most on brand.initial_customers (7" in " ".join(answers.sentences(found))

    @staticmethod
    def sloped(points: Any) -> np.ndarray:
        x = cube(points)
        return np.asarray((x[:, 0] + 2 * x[:, 1])[:, None] + np.arange(3) / 1000)

    def test_chance_is_rarely_called_a_cause(self) -> None:
        """Of 200 differences that hang on nothing, at most 20 are said to hang on something (5 % by design; 1e-3)."""
        rng = np.random.default_rng(5)
        called = 0
        for _ in range(200):
            found = made_up(
                {"a": np.zeros((40, 2)), "b": rng.normal(0, 1, (40, 1)) + np.zeros((40, 2))}, design="random", points=40
            )
            called += "hangs most on" in " ".join(answers.sentences(found, "npv"))
        assert called <= 20

    def test_averages_are_over_worlds(self) -> None:
        """Points share their worlds: what moves all of them together widens the interval, however many points there are."""
        shock = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
        found = made_up({"a": np.zeros((400, 5)), "b": np.full((400, 1), 1.0) + shock}, design="random", points=400)
        held = average_advantage(found, "b", "a", "npv")
        assert held.mean == pytest.approx(1.0)
        assert held.low < 0 < held.high

    def test_regret_says_how_surely(self) -> None:
        even = np.where(np.arange(6) % 2, 1.0, -1.0)
        close = made_up({"a": np.zeros((40, 6)), "b": even + np.zeros((40, 1))}, design="random", points=40)
        assert 0.3 < chance_of_least_regret(close, "a", "npv") < 0.7
        clear = made_up({"a": np.zeros((40, 6)), "b": 5 + even + np.zeros((40, 1))}, design="random", points=40)
        assert chance_of_least_regret(clear, "b", "npv") == 1.0
        assert "as in 100% of resampled sets of worlds" in answers.sentences(clear)[-1]

    def test_of_many_policies_the_headline_ranks_all(self) -> None:
        noise = np.arange(4) / 10
        best = np.repeat([1.0, 0.0], [48, 16])[:, None] * 9 + noise
        values = {"absent": np.zeros((64, 4)), "c": np.full((64, 4), 5.0), "a": best, "b": -best, "d": -best - 1}
        found = made_up(values, design="random", points=64)
        assert answers.in_short(found)[0] == (
            "By net present value, of 5 policies at 64 points, the best is a at 75% (surely at 75%), c at 25% (surely at 25%); "
            "by trust in the brand it is a at 75% (surely at 75%); by members present it is a at 75% (surely at 75%)."
        )
        assert len(answers.sentences(found)) == 1, "pairs stand in a table"
        table = answer_sheets.pairs_sheet(found)
        assert table is not None
        assert [row[0] for row in table.rows] == ["c – absent", "a – absent", "b – absent", "d – absent"]

    def test_when_doing_nothing_is_best(self) -> None:
        points = points_of(parse_scenario({"study": {"factor": UNIT, **MANY}}))
        good = np.where(cube(points)[:, 0] > 0.5, 5.0, -5.0)[:, None] + np.arange(5) / 10
        gone = np.arange(200) % 10 == 0  # points that no policy has lived are not counted
        good[gone] = np.nan
        nothing = np.where(np.isnan(good), np.nan, 0.0)
        found = made_up({"absent": nothing, "a": good, "b": good - 1}, **MANY)
        told = answers.sentences(found)[-1]
        assert told.startswith("Doing nothing (absent) is best of all at ")
        size = int(told.split(" of the ")[1].split()[0])
        inside = (cube(points)[:, 0] <= 0.5) & ~gone
        assert size == pytest.approx(inside.sum(), abs=8)
        assert size < 110
        assert "brand.quality ≤ 0.5" in told or "brand.quality ≤ 0.4" in told

    def test_an_unfinished_study_does_not_contradict_itself(self) -> None:
        """A fifth of the points is there: what is said of policies rests on these."""
        gap = np.full((50, 4), 3.0) + np.arange(4) / 10
        gap[10:] = np.nan
        found = made_up({"a": np.where(np.isnan(gap), np.nan, 0.0), "b": gap}, design="random", points=50)
        assert [s.points for s in standings(found, "npv")] == [10, 10]
        sheet = answer_sheets.averages_sheet(found, "npv")
        assert sheet.title.startswith("The mean over the 10 points at which these are known")
        assert "cannot be told" not in " ".join(answers.sentences(found))

    def test_missing_runs_are_told(self) -> None:
        gap = np.ones((40, 4)) + np.arange(4) / 10
        gap[:3, 0] = np.nan
        found = made_up({"a": np.zeros((40, 4)), "b": gap}, design="random", points=40)
        assert "3 of 320 runs are missing (the study is not finished; policies: b)" in answers.in_short(found)[0]

    def test_one_world_concludes_nothing(self) -> None:
        text = self.told(np.ones((40, 1)))
        assert "nothing can be concluded" in text
        assert "better at" not in text

    def test_conditions_are_told_with_their_density(self) -> None:
        scenario = parse_scenario({"study": {"factor": UNIT, "design": "random", "points": 200}})
        quality = cube(points_of(scenario))[:, 0]
        gap = np.where(quality > 0.7, 5.0, -5.0)[:, None] + np.random.default_rng(1).normal(0, 0.1, (200, 5))
        text = self.told(gap)
        assert "where brand.quality ≥ 0.7" in text
        assert "; at 100% of the " in text


def test_a_study_is_compared_and_exported(tmp_path: Path) -> None:
    scenario = changed(plan(design="latin_hypercube", points=24), {"study.worlds": 5})
    found = sim.sweep(scenario, tmp_path / "study", workers=2)
    chosen = ("-p", "broadcast", "--control", "absent", "-m", "brand_trust", "--horizon", "20")
    part = murmur("compare", str(tmp_path / "study"), *chosen)
    assert "broadcast against absent, trust in the brand after 20 days: " in part.stdout
    assert "net present value" not in part.stdout
    neutral = murmur("compare", str(tmp_path / "study"), "-m", "cost").stdout
    assert "surely better" not in neutral.split("A policy is")[0]
    assert "on the average; surely higher at all 24 points" in neutral
    for options, message in (
        (["--worlds", "3"], "--worlds: it says what to run, and of a folder only the answer is told"),
        (["-m", "trust"], "metric: there is no 'trust'. Did you mean 'brand_trust' or 'tie_trust' or 'trust_fall'?"),
        (["--horizon", "19"], "horizon: there is no 19. Use one of: 20."),
        (["-p", "nobody"], "policy: there is no 'nobody'"),
    ):
        assert message in murmur("compare", str(tmp_path / "study"), *options, check=2).stderr
    told = murmur("compare", str(tmp_path / "study")).stdout
    assert "broadcast against absent, net present value: " in told
    assert "24 points (latin_hypercube: brand.quality 0.5 to 0.9; costs.answer 0.1 to 10, logarithmic)" in told
    assert "overtakes" in told or "ahead" in told
    murmur("export", str(tmp_path / "study"), "--days", "--out", str(tmp_path / "csv"))
    runs = pd.read_csv(tmp_path / "csv" / "runs.csv", keep_default_na=True)
    np.testing.assert_array_equal(runs.npv, found.runs.npv)
    assert len(pd.read_csv(tmp_path / "csv" / "series.csv")) == 24 * 2 * 5 * 20
    refused = murmur("sensitivity", str(tmp_path / "study"), check=2)
    assert "a latin_hypercube design has no sensitivity indices" in refused.stderr
    nothing = murmur("compare", str(tmp_path / "csv"), check=2)
    assert "there is no such file" in nothing.stderr
