"""What the page shows and says, without a browser: settings, knobs, worlds, charts, lessons, animations."""

from __future__ import annotations

import base64
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import sim
from sim.app.knobs import groups
from sim.app.layout import layout
from sim.app.lessons import LESSONS, Condition, Lesson, Outcome, judged, run, told
from sim.app.panels import PANELS, panels, since_when
from sim.app.serve import is_loopback
from sim.app.settings import Settings, parse_upload
from sim.app.stage import EVENTS, KINDS, SERIES, Stage, _last_day, csv_of
from sim.app.visit import EXPLORE, MECHANISM, POLICIES, Visit, advance, make
from sim.app.worlds import many_worlds
from sim.diary import NAMES
from sim.errors import InputError
from sim.mechanisms import MECHANISMS
from sim.metrics import METRICS
from sim.report.story import happening
from sim.scenario import load_scenario, parse_scenario, parse_text, shipped_scenarios
from sim.study.study import Study
from tests.test_cli import environment, murmur


class TestSettings:
    def test_the_address_holds_all_choices(self) -> None:
        chosen = Settings(policy="astroturf", seed=7).change("brand.0.quality", 0.5).change("mechanisms.silence", False)
        again = Settings.from_query(chosen.query())
        assert again == chosen
        assert again.resolved.brand[0].quality == 0.5
        assert not again.resolved.mechanisms.silence
        assert Settings().query() == ""

    def test_back_at_its_default_a_number_is_no_change(self) -> None:
        settings = Settings().change("costs.answer", 3.0)
        assert settings.change("costs.answer", settings.default("costs.answer")).changes == ()

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("scenario=nowhere", "there is no shipped scenario 'nowhere'"),
            ("policy=shout", "there is no policy or strategy 'shout'"),
            ("seed=many", "'many' is no seed"),
            ("costs.answer=dear", "'dear' is no value"),
            ("costs.answer=-1", "must be at least 0"),
            ("graph.members=900000&scenario=big_platform", "900,000 members are more than a page can show (20,000)"),
        ],
    )
    def test_wrong_addresses(self, query: str, message: str) -> None:
        with pytest.raises(InputError) as caught:
            Settings.from_query(query)
        assert message in str(caught.value)

    def test_an_upload_opens_no_files(self, tmp_path: Path) -> None:
        """Whoever sends a scenario learns nothing of the files of the machine it is sent to."""
        (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
        secret = tmp_path / "secret.csv"
        for text in (
            f'[graph]\nfile = "{secret}"\n',
            f'[study]\npoints_file = "{secret}"\n',
            f'[[calibration.target]]\nfile = "{secret}"\n',
            f'extends = "{secret}"\n',
        ):
            with pytest.raises(InputError, match=r"names a|there is no shipped scenario"):
                parse_upload(text)
        own = parse_upload('extends = "poor_product"\ndays = 20\n[costs]\nanswer = 2.0\n')
        assert (own.days, own.costs.answer, own.brand[0].quality) == (20, 2.0, load_scenario("poor_product").brand[0].quality)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("days = ", "not valid TOML"),
            ("days = -3", "your scenario: days: must be at least 1, got -3. Raise it."),
            ("[brand]\nqualty = 1.0", "unknown key. Did you mean 'quality'?"),
            ("x" * 1_000_001, "is larger than a megabyte"),
        ],
    )
    def test_a_faulty_upload_says_what_the_command_says(self, text: str, message: str) -> None:
        with pytest.raises(InputError) as caught:
            parse_upload(text)
        assert message in str(caught.value)

    def test_the_file_taken_away_is_the_same_scenario(self, tmp_path: Path) -> None:
        settings = Settings(policy="astroturf", seed=3).change("brand.0.quality", 0.5)
        (tmp_path / "mine.toml").write_text(settings.toml([settings.policy, settings.rival]))
        murmur("check", str(tmp_path / "mine.toml"))
        scenario = load_scenario(tmp_path / "mine.toml")
        assert [policy.name for policy in scenario.policy] == ["astroturf", "listen_first"]
        assert scenario == settings.resolved.model_copy(update={"seed": 3, "policy": scenario.policy})

    def test_a_short_scenario_of_her_own_fits_into_an_address(self) -> None:
        text = 'extends = "classroom"\ntitle = "Mine"\n[[policy]]\nname = "loud"\nstrategy = "broadcast"\nposts_per_day = 4.0\n'
        settings = Settings.of(parse_upload(text), text).change("costs.answer", 3.0)
        again = Settings.from_query(settings.query())
        assert again.resolved == settings.resolved
        assert (again.policy, again.text) == ("loud", text)
        long = text + "# " + "".join(map(chr, range(200, 9000)))
        assert Settings.of(parse_upload(long), long).query() == "own=yes"
        bomb = base64.urlsafe_b64encode(zlib.compress(b"#" * 50_000_000)).decode()
        for wrong, message in (("own=nonsense", "is no scenario"), (f"own={bomb}", "larger than a megabyte")):
            with pytest.raises(InputError, match=message):
                Settings.from_query(wrong)

    def test_what_is_taken_away_is_what_is_lived(self) -> None:
        """One policy beside doing nothing, the two of a comparison, or a study with and without a mechanism."""
        visit = Visit(Settings(policy="astroturf"))
        names = {}
        for tab in (EXPLORE, POLICIES, MECHANISM):
            visit.tab.set(tab)
            taken = parse_text(visit.toml(), "taken")
            names[tab] = [policy.name for policy in taken.policy]
        assert names == {EXPLORE: ["absent", "astroturf"], POLICIES: ["astroturf", "listen_first"], MECHANISM: ["astroturf"]}
        assert [point["mechanisms.persuasion_knowledge"] for point in Study.of(taken).points] == [True, False]


class TestKnobs:
    @pytest.mark.parametrize("name", sorted(shipped_scenarios()))
    def test_every_knob_holds_its_default_and_can_be_turned(self, name: str) -> None:
        plain = Settings.of(load_scenario(name))
        for group in groups(plain.plain, (plain.policy, plain.rival)):
            for knob in group.knobs:
                value = plain.default(knob.path)
                assert knob.about, knob.path
                if knob.switch or knob.choices:
                    continue
                assert knob.low <= value <= knob.high, knob.path
                assert knob.at(knob.place(value)) == pytest.approx(value, rel=0.01, abs=1e-9), knob.path
                assert plain.change(knob.path, knob.at(1.0)).resolved, knob.path

    def test_every_mechanism_has_a_switch_with_its_source(self) -> None:
        switches = {knob.path: knob for knob in groups(Settings().plain, ("broadcast",))[-1].knobs}
        assert set(switches) == {f"mechanisms.{name}" for name in MECHANISMS}
        assert "Friestad & Wright 1994" in switches["mechanisms.persuasion_knowledge"].about
        assert "From the essays E1 (Tara Hunt" in switches["mechanisms.persuasion_knowledge"].about


class TestLayout:
    @pytest.mark.parametrize("name", ["classroom", "hobby_forum", "default"])
    def test_dots_keep_apart_and_inside(self, name: str) -> None:
        graph = load_scenario(name).make_graph(1)
        where = layout(graph)
        assert (where.xy >= 0).all()
        assert (where.xy <= 1).all()
        assert layout(graph) is where, "made once"
        if graph.n_members > 400:  # circles of groups do not overlap
            gap = np.linalg.norm(where.centre[:, None] - where.centre[None], axis=2) - where.radius[:, None] - where.radius[None]
            assert gap[~np.eye(len(gap), dtype=bool)].min() > 0

    def test_groups_are_those_of_the_network(self) -> None:
        """Two cliques and one tie between them are two groups."""
        import networkx as nx

        graph = sim.Graph.from_networkx(nx.barbell_graph(8, 0))
        group = layout(graph).group
        assert len(set(group[:8])) == len(set(group[8:])) == 1
        assert group[0] != group[15]


@pytest.fixture(scope="module")
def stage() -> Stage:
    """Half a year of planted accounts that are easily seen through."""
    lived = Stage(Settings(policy="astroturf").change("discovery.chance", 0.01), "astroturf")
    advance([lived], 120)
    return lived


class TestStage:
    def test_looking_changes_nothing(self, stage: Stage) -> None:
        plain = sim.Run(stage.settings.resolved, "astroturf", 1)
        while plain.days_done < 120:
            plain.step()
        np.testing.assert_array_equal(stage.series("npv"), plain.series("npv"))
        assert set(SERIES) <= set(METRICS)

    def test_the_frame_is_the_state(self, stage: Stage) -> None:
        frame, place = stage.picture.frame(), stage.picture.place()
        world = stage.run.world
        assert len(frame["trust"]) == len(frame["look"]) == len(place["x"]) == 600
        good, bad = world.relations.good[:, 0], world.relations.bad[:, 0]
        np.testing.assert_allclose(np.array(frame["trust"]) / 100, (good + 1) / (good + bad + 2), atol=0.0051)
        look = np.array(frame["look"])
        assert ((look & 7) == 1).sum() == (world.members.role == 1).sum() > 0
        assert ((look & 8) > 0).sum() == world.members.exposed.sum() > 0
        assert ((look & 256) > 0).sum() == stage.series("customers")[-1]

    def test_ties_cut_today_are_gone(self, stage: Stage) -> None:
        ties = stage.run.world.ties
        for i, j in stage.picture.cut:
            assert j not in ties.target[ties.start[i] : ties.start[i] + ties.living[i]]
        picked = stage.run.graph.name(int(np.argmax(ties.living)))
        pairs = np.array(stage.picture.frame(picked)["ties"]).reshape(-1, 2)
        i = stage.run.graph.index(picked)
        assert (pairs[:, 0] == i).sum() == ties.living[i]
        assert (pairs[:, 1] == i).sum() == (ties.target == i).sum()

    def test_moments_are_days_of_the_series(self, stage: Stage) -> None:
        days = {moment.what.split(":")[0]: moment.day for moment in stage.moments}
        exposes = stage.series("exposes")
        assert days["first exposé"] == np.flatnonzero(exposes)[0]
        assert days["first discovery"] <= days["first exposé"]

    def test_the_log_is_what_happened(self, stage: Stage) -> None:
        customers = [entry.sentence for entry in stage.log if entry.kind == "customers"]
        assert sum("became" in sentence for sentence in customers) == stage.series("adoptions").sum()
        gone = stage.series("churned").sum()
        assert sum("ceased" in sentence for sentence in customers) == gone
        told_on = [entry for entry in stage.log if entry.sentence.startswith("wrote that")]
        assert len(told_on) == stage.series("exposes").sum() > 0
        planted = [entry.member for entry in stage.log if "an account that Brand runs from now on and" in entry.sentence]
        assert {entry.other for entry in told_on} <= set(planted)
        assert set(EVENTS) <= set(NAMES.values())
        assert set(EVENTS) == {event for events in KINDS.values() for event in events}

    def test_her_story_is_that_of_trace(self, stage: Stage) -> None:
        """And the log is a part of it."""
        entry = next(entry for entry in stage.log if entry.kind == "found out")
        story, curve, standing = stage.story(entry.member)
        assert any(entry.sentence in sentence for sentence in story)
        assert "trust" in standing
        assert len(curve) == 120
        assert f"trust {curve[-1]:.3f}" in standing, "the curve ends where she stands"
        run = sim.Run(stage.settings.resolved, "astroturf", 1, diary=[entry.member])
        while run.days_done < 120:
            run.step()
        assert run.diary is not None
        assert happening(next(run.diary.table(["seen_through"]).itertuples(index=False))) in "".join(story)

        unmasked = next(entry for entry in stage.log if entry.sentence.startswith("wrote that")).other
        hers = stage.story(unmasked)[0]
        assert any("saw through a post of hers" in sentence for sentence in hers)
        assert any("wrote that she speaks for Brand in secret" in sentence for sentence in hers)
        days = [_last_day(sentence) for sentence in hers]
        assert days == sorted(days)

    def test_the_csv_has_every_day(self, stage: Stage) -> None:
        import io

        import pandas as pd

        table = pd.read_csv(io.StringIO(csv_of([stage])))
        assert len(table) == 120
        np.testing.assert_allclose(table.npv, stage.series("npv"), rtol=1e-9)

    def test_of_large_communities_a_sample_is_drawn(self) -> None:
        own = parse_scenario({"graph": {"kind": "circles", "members": 3000, "circles": 30}, "days": 5})
        large = Stage(Settings.of(own), "broadcast")
        advance([large], 2)
        picture, graph = large.picture, large.run.graph
        place, frame = picture.place(), picture.frame()
        assert 1500 <= len(place["x"]) == len(frame["trust"]) == len(frame["look"]) <= 1500 + len(place["circles"])
        in_sample = np.bincount(picture.layout.group[picture.layout.sample])
        np.testing.assert_allclose(in_sample, np.bincount(picture.layout.group) / 2, atol=1)
        circles = np.array(place["circles"])[picture.layout.group[picture.layout.sample]]
        xy = np.column_stack([place["x"], place["y"]])
        assert (np.linalg.norm(xy - circles[:, :2], axis=1) <= circles[:, 2] + 1e-3).all()

        other = graph.name(int(np.setdiff1d(np.arange(3000), picture.layout.sample)[0]))
        place, frame = picture.place(other), picture.frame(other)
        assert place["names"][frame["picked"]] == other, "who is picked is drawn"
        ends = np.array(frame["ties"]).reshape(-1, 2)
        assert (ends == frame["picked"]).any(axis=1).all()
        followers = (large.run.world.ties.target == graph.index(other)).sum()
        assert (ends[:, 1] == frame["picked"]).sum() == followers

    def test_no_brand_at_all(self) -> None:
        own = parse_scenario({"graph": {"kind": "holme_kim", "members": 50}, "brand": [], "days": 5})
        nobody = Stage(Settings.of(own), "absent")
        advance([nobody], 5)
        assert set(nobody.picture.frame()["trust"]) == {50}
        assert nobody.finished
        panels([nobody])


class TestTwoWorlds:
    def test_alike_until_something_differs(self) -> None:
        """Common random numbers: the same policy twice is the same to the bit; other ones say since when they differ."""
        visit = Visit(Settings(rival="broadcast").change("days", 20))
        visit.tab.set(POLICIES)
        twice = make(visit.sides())
        advance(twice, 20)
        assert since_when(twice)[0] == "Until day 19 nothing drawn here differs: the two worlds are the same to the bit."
        visit.settings.set(Settings(policy="absent", rival="listen_first").change("days", 20))
        other = make(visit.sides())
        advance(other, 20)
        assert other[0].day == other[1].day == 20
        told = since_when(other)
        unlike = np.flatnonzero(other[0].series("brand_trust") != other[1].series("brand_trust"))
        assert any("trust in the brand" in line and line.startswith(f"Day {unlike[0]}:") for line in told)

    def test_a_mechanism_switched_off(self) -> None:
        visit = Visit(Settings())
        visit.tab.set(MECHANISM)
        visit.without.set("silence")
        on, off = visit.sides()
        assert on[0].resolved.mechanisms.silence
        assert not off[0].resolved.mechanisms.silence
        assert on[1] == off[1]

    def test_many_worlds_are_those_of_compare(self) -> None:
        settings = Settings(policy="absent", rival="broadcast").change("days", 10)
        found = many_worlds(((settings, "absent", "absent"), (settings, "broadcast", "broadcast")), 3)
        same = sim.compare(settings.resolved, ["absent", "broadcast"], worlds=3)
        differences = same.values("broadcast", "npv") - same.values("absent", "npv")
        np.testing.assert_allclose(found[0].dots, differences)
        assert many_worlds(((settings, "absent", "a"), (settings, "absent", "b")), 3, stopped=lambda: True) == []

    def test_every_chart_is_of_known_metrics(self) -> None:
        assert {metric for panel in PANELS for metric, _, _ in (*panel.lines, *panel.alone)} <= set(METRICS)


class TestLessons:
    def outcomes(self, lesson: Lesson, means: list[float]) -> list[Outcome]:
        noise = np.linspace(-0.1, 0.1, 12)
        return [
            Outcome(c, mean + noise[::-1] * (-1) ** k) for k, (c, mean) in enumerate(zip(lesson.conditions, means, strict=True))
        ]

    def test_either_prediction_can_come_true(self) -> None:
        """No outcome is scripted: the reading follows the numbers, whichever they are."""
        amount, hidden, listening = LESSONS
        for means, left in (([1, 2, 3, 4, 5], {0}), ([1, 2, 9, 4, 5], {1}), ([9, 4, 3, 2, 1], {2}), ([9, 9, 3, 2, 1], {1, 2})):
            assert amount.read(self.outcomes(amount, means)) == left
        for lesson, n in ((hidden, 4), (listening, 6)):
            assert lesson.read(self.outcomes(lesson, [1.0] * n)) == {0}
            assert lesson.read(self.outcomes(lesson, [1.0] * (n - 1) + [-1.0])) == {1}
            assert lesson.read(self.outcomes(lesson, [1.0] * (n - 1) + [0.0])) == {0, 1}
            assert lesson.read(self.outcomes(lesson, [-1.0] * n)) == {2}
            assert lesson.read(self.outcomes(lesson, [0.0] * n)) == {0, 1, 2}
            assert "Too close to call" in told(lesson, self.outcomes(lesson, [0.0] * n))[0]

    def test_a_prediction_is_judged_by_what_is_left_open(self) -> None:
        amount = LESSONS[0]
        close = self.outcomes(amount, [9, 9, 3, 2, 1])
        assert judged(amount, close, 0).startswith("These worlds speak against it. They fit “Somewhere in between is best” and")
        assert "They speak against “The more it posts, the more customers”." in judged(amount, close, 1)
        assert judged(amount, self.outcomes(amount, [1, 2, 9, 4, 5]), 1) == "These worlds agree with you. Would others?"

    def test_what_is_lived_is_what_is_said(self) -> None:
        amount = LESSONS[0]
        short = Lesson(
            **{
                **amount.__dict__,
                "worlds": 2,
                "conditions": (Condition("one", (("policy.broadcast.posts_per_day", 1.0),), "broadcast", day=10),),
            }
        )
        done: list[float] = []
        (found,) = run(short, 5, done.append)
        scenario = sim.scenario.changed(load_scenario("hobby_forum"), {"days": 10, "policy.broadcast.posts_per_day": 1.0})
        expected = [sim.Run(scenario, "broadcast", seed).to_the_end().series(amount.metric)[-1] for seed in (5, 6)]
        np.testing.assert_allclose(found.values, expected)
        assert done == [0.5, 1.0]
        assert run(short, 5, stopped=lambda: True) == []

    @pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
    def test_its_link_leads_to_the_explorer(self, lesson: Lesson) -> None:
        assert Settings.from_query(lesson.link).resolved
        assert len(lesson.predictions) == 3


class TestCommands:
    def test_animate(self, tmp_path: Path) -> None:
        murmur(
            "animate", "classroom", "--days", "6", "--every", "2", "--policy", "covert_friend", "--out", "run.gif", cwd=tmp_path
        )
        with Image.open(tmp_path / "run.gif") as moving:
            assert moving.n_frames == 4  # type: ignore[attr-defined]
        murmur("animate", "classroom", "--days", "2", "--out", "run.html", "--quiet", cwd=tmp_path)
        page = (tmp_path / "run.html").read_text()
        assert "data:image/png;base64" in page
        assert "http" not in page, "nothing is fetched"
        assert "fa fa-" not in page, "buttons have signs of their own"
        done = murmur("animate", "classroom", "--out", "run.avi", cwd=tmp_path, check=2)
        assert done.stderr == "run.avi: there is no animation of kind '.avi'. End it in .gif, .mp4, .html.\n"

    def test_view_says_what_is_wrong(self) -> None:
        assert "there is no policy or strategy 'shout'" in murmur("view", "--policy", "shout", check=2).stderr
        assert "no such file" in murmur("view", "nowhere", check=2).stderr

    def test_view_warns_when_others_can_reach_it(self) -> None:
        """And an address that is taken is told in a sentence."""
        import socket

        with socket.socket() as taken:
            taken.bind(("0.0.0.0", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = murmur("view", "--host", "0.0.0.0", "--port", str(port), check=2)
        assert "anybody who can reach this machine can use the page" in done.stderr
        assert "Choose another with --port" in done.stderr
        assert is_loopback("127.0.0.1")
        assert is_loopback("::1")
        assert not is_loopback("192.0.2.1")

    def test_the_core_does_not_need_the_page(self) -> None:
        code = "import sys, sim, sim.cli; sim.CommunityModel; sys.exit('solara' in sys.modules)"
        subprocess.run([sys.executable, "-c", code], env=environment(), check=True)


@pytest.mark.filterwarnings("ignore:Failed to validate hooks")  # of Mesa's own components, by solara
def test_as_a_plain_mesa_page() -> None:
    """The parts also serve in Mesa's own SolaraViz (docs/page.md)."""
    import re

    text = (Path(__file__).parent.parent / "docs" / "page.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", text, flags=re.S)[0], names)
    import solara

    box, context = solara.render(names["Page"](), handle_error=False)
    assert box.children
    context.close()
