"""The log of events: complete, true, and without effect on what it logs."""

from __future__ import annotations

import re
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from sim.app.variants import policy_of
from sim.cli import main
from sim.diary import NAMES
from sim.engine import Run
from sim.errors import InputError
from sim.report.story import happening, story
from sim.scenario import Scenario, changed, load_scenario, parse_scenario
from sim.study.results import Result
from tests.worlds import busy_scenarios


@settings(max_examples=40)
@given(busy_scenarios())
def test_a_diary_changes_nothing_and_agrees_with_the_counts(plan: dict[str, Any]) -> None:
    scenario = parse_scenario(plan["scenario"])
    plain = Run(scenario, plan["policy"], plan["seed"]).to_the_end()
    told = Run(scenario, plan["policy"], plan["seed"], diary="all").to_the_end()
    assert Result.of(plain).digest == Result.of(told).digest
    assert told.diary is not None
    events = told.diary.table()
    events = events[events.day >= 0]
    happened = events.event.value_counts()
    for name, metric in (
        ("unfollowed_drift", "unfollows_drift"),
        ("unfollowed_distrust", "unfollows_distrust"),
        ("unfollowed_annoyed", "unfollows_annoyance"),
    ):
        assert happened.get(name, 0) == plain.series(metric).sum(), name
    for brand in plain.brand_names:
        here = events[events.brand == brand].event.value_counts()
        for name, metric in (
            ("became_customer", "adoptions"),
            ("left_brand_distrust", "churned_distrust"),
            ("seen_through", "discoveries"),
            ("complaint_ignored", "complaints_ignored"),
            ("complaint_resolved", "complaints_resolved"),
            ("hidden_read", "secret_reads"),
            ("unfollowed_brand_distrust", "brand_unfollows_distrust"),
        ):
            assert here.get(name, 0) == plain.series(metric, brand).sum(), (name, brand)


def test_one_members_diary_is_her_part_of_all(small: Scenario) -> None:
    scenario = changed(small, {"discovery.chance": 0.05})
    everybody = Run(scenario, "astroturf", 3, diary="all").to_the_end().diary
    hers = Run(scenario, "astroturf", 3, diary=["17"]).to_the_end().diary
    assert everybody is not None
    assert hers is not None
    table = everybody.table()
    pd.testing.assert_frame_equal(table[table.member == "17"].reset_index(drop=True), hers.table())


def test_trust_is_told_without_gaps(small: Scenario) -> None:
    """Within a day trust moves only by what is told: each event begins where the one before it ended."""
    run = Run(changed(small, {"discovery.chance": 0.2, "brand.initial_customers": 0.3}), "astroturf", 3, diary="all").to_the_end()
    assert run.diary is not None
    events = run.diary.table().dropna(subset="trust_after")
    assert {"seen_through", "hidden_read", "praise_read"} <= set(events.event)
    for _, day in events[events.brand != ""].groupby(["member", "day", "brand"]):
        np.testing.assert_allclose(day.trust_before.to_numpy()[1:], day.trust_after.to_numpy()[:-1], atol=1e-6)


def test_a_story_says_why(small: Scenario) -> None:
    run = Run(changed(small, {"discovery.chance": 0.2, "discovery.exposing": 1.0}), "astroturf", 3, diary="all").to_the_end()
    assert run.diary is not None
    events = run.diary.table()
    told = [sentence for name, notes in events.groupby("member") for sentence in story(notes)]
    text = " ".join(told)
    assert "it was ordered by Brand" in text
    assert "speaks for Brand in secret" in text
    assert "Since day" in text
    assert "nan" not in text
    assert "{" not in text
    assert all(sentence.endswith(".") for sentence in told)


def test_command(tmp_path: Path) -> None:
    common = ["trace", "--graph", "holme_kim", "--set", "graph.members=80", "--set", "graph.ties=4", "--days", "40"]
    out = CliRunner().invoke(main, [*common, "-m", "3", "-p", "astroturf", "--out", str(tmp_path / "out"), "--quiet"])
    assert out.exit_code == 0, out.output
    assert out.output.startswith("3, under astroturf, seed 1")
    events = pd.read_parquet(tmp_path / "out" / "events.parquet")
    assert set(events.member) == {"3"}
    assert list(events.columns) == ["day", "member", "event", "brand", "other", "detail", "weight", "trust_before", "trust_after"]
    for wrong, message in ((["-m", "Zoe"], "there is no member 'Zoe'"), ([], "nobody is named")):
        with pytest.raises(SystemExit) as code:
            main([*common, *wrong, "--quiet"])
        assert code.value.code == 2
        with pytest.raises(InputError, match=message):
            CliRunner().invoke(
                main.commands["trace"], [*common[1:], *wrong, "--quiet"], standalone_mode=False, catch_exceptions=False
            )


Note = namedtuple("Note", ("event", "brand", "other", "detail", "weight", "trust_after"))


def test_everything_a_diary_notes_has_words() -> None:
    """Also as a reason why trust was lost: a member who unfollows is told what had cost most."""
    for event in set(NAMES.values()) - {"said", "moved", "posts_read"}:
        if event == "doubted":  # of which only the reason has words
            continue
        note = Note(event=event, brand="Ours", other="7", detail="", weight=1.0, trust_after=0.4)
        assert "Ours" in happening(note) or "7" in happening(note) or event in ("spam_read", "organic_read", "unfollowed_drift")


def test_selling_where_it_is_not_done_is_told_as_a_reason() -> None:
    scenario = changed(load_scenario("hobby_forum"), {"days": 180, "space.norm": 0.9})
    run = Run(scenario, "broadcast", 1, diary="all")
    run.to_the_end()
    assert run.diary is not None
    table = run.diary.table()
    left = table[table.event == "unfollowed_brand_distrust"].member.unique()
    assert len(left) > 3
    told = "".join("".join(story(table[table.member == member])) for member in left[:8])
    assert "What had cost most trust" in told
    assert "where selling is not done" in told


@pytest.mark.parametrize(
    "policy", ["absent", "astroturf", "infiltration", "secret ambassadors", "contest", "intrusive", "monitoring"]
)
def test_every_member_has_a_story(policy: str) -> None:
    scenario = changed(load_scenario("hobby_forum"), {"days": 240, "graph.members": 300})
    run = Run(scenario, policy_of(scenario, policy), 1, diary="all").to_the_end()
    assert run.diary is not None
    for _, notes in run.diary.table().groupby("member"):
        for sentence in story(notes):
            assert re.fullmatch(r"Days? −?\d+( to −?\d+)?: [a-z].+\.", sentence)
            assert "nan" not in sentence
            assert "{" not in sentence


def test_nothing_is_summed_up_across_a_takeover(small: Scenario) -> None:
    run = Run(small, "broadcast", 3, diary=["17"]).to_the_end()
    assert run.diary is not None
    table = run.diary.table(["posts_read"])
    whole, parts = list(story(table)), list(story(table, [20, 40]))
    assert (len(whole), len(parts)) == (1, 3)
    assert parts[1].startswith("Days 2")
    assert " to 3" in parts[1]


def test_why_she_unfollowed_a_member() -> None:
    run = Run(load_scenario("hobby_forum"), "ambassadors", 1, diary="all").to_the_end()
    assert run.diary is not None
    table = run.diary.table()
    ended = table[table.event == "unfollowed_distrust"]
    assert len(ended) > 3
    assert (ended.trust_after < 0.5).all(), "nobody is unfollowed for distrust who is trusted"
    for note in ended.head(5).itertuples():
        hers = table[(table.member == note.member) & (table.day <= note.day)]
        told = [sentence for sentence in story(hers) if f"unfollowed {note.other}, whom she no longer trusted" in sentence]
        assert "What had cost most trust: read " in told[-1] or "saw through" in told[-1]
        doubts = hers[(hers.event == "doubted") & (hers.other == note.other)]
        assert (doubts.trust_after < doubts.trust_before).all()


def test_what_makes_her_a_customer_and_what_fades(small: Scenario) -> None:
    run = Run(changed(small, {"trust.memory_brand": 0.98}), "broadcast", 3, diary="all").to_the_end()
    assert run.diary is not None
    table = run.diary.table()
    text = " ".join(sentence for _, notes in table.groupby("member") for sentence in story(notes))
    assert re.search(r"became a customer of Brand \(the chance was \d+\.\d\d%\)\. What had drawn her: read ", text)
    assert re.search(r"→ 0\.\d{3}: reading [+−]0\.\d{3}, forgetting [+−]0\.\d{3}\)", text)
