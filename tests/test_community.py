"""Murmur as a Mesa model: the engine's results bit for bit, and the manners Mesa expects."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import mesa
import networkx as nx
import numpy as np
import pytest

from sim.community import CommunityModel, Member
from sim.engine import Run
from sim.errors import InputError
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS
from sim.scenario import Scenario, load_scenario


def live(model: CommunityModel) -> CommunityModel:
    while model.running:
        model.step()
    return model


def test_equals_the_engine(small: Scenario) -> None:
    model = live(CommunityModel(small, "broadcast", rng=6))
    run = Run(small, "broadcast", 6).to_the_end()
    assert model.engine.community.tobytes() == run.community.tobytes()
    assert model.engine.brands.tobytes() == run.brands.tobytes()
    collected = model.datacollector.get_model_vars_dataframe()
    assert len(collected) == small.days
    for name in (*BRAND_METRICS, *COMMUNITY_METRICS):
        np.testing.assert_array_equal(collected[name].to_numpy(), run.series(name), err_msg=name)


def test_no_arguments() -> None:
    model = CommunityModel()
    model.step()
    assert model.day == 1
    assert model.steps == 1
    assert len(model.agents) == 200


def test_members_are_windows(small: Scenario) -> None:
    """Made when asked for; they show what the arrays hold and draw nothing."""
    watched, unwatched = CommunityModel(small, rng=3), CommunityModel(small, rng=3)
    for _ in range(20):
        watched.step()
        assert len(watched.agents) == 200
        watched.agents.shuffle_do("trust")
        unwatched.step()
    assert watched.engine.community.tobytes() == unwatched.engine.community.tobytes()
    member = watched.member("17")
    assert isinstance(member, Member)
    assert member.name == "17"
    relations = watched.engine.world.relations
    assert member.trust() == pytest.approx((relations.good[17, 0] + 1) / (relations.good[17, 0] + relations.bad[17, 0] + 2))
    assert member.is_customer() == (relations.customer[17, 0] == 1)
    assert member.is_aware() == bool(relations.aware[17, 0])
    assert member.follows_brand() == bool(relations.follows[17, 0])
    assert 0 <= member.persuasion_knowledge <= 1
    assert member.said_today >= 0
    assert set(member.followees) == {str(j) for j in watched.network.successors(17)}
    with pytest.raises(InputError):
        watched.member("nobody")


def test_trust_of_several_brands() -> None:
    """Brand numbers are those of the scenario, whatever the order inside."""
    names = [{"name": name, "initial_good": float(n), "initial_aware": 1.0} for n, name in enumerate("abc")]
    model = CommunityModel(
        policy="absent", brand=names, rng=1, trust__memory_brand=1.0, customers__experience_rate=0.0, speech__praise_rate=0.0
    )
    model.step()
    assert [round(model.member("0").trust(b), 6) for b in range(3)] == [round((n + 1) / (n + 2), 6) for n in range(3)]


def test_pickle_and_resume(small: Scenario) -> None:
    straight = live(CommunityModel(small, rng=4))
    half = CommunityModel(small, rng=4)
    for _ in range(25):
        half.step()
    again = live(pickle.loads(pickle.dumps(half)))
    assert again.engine.community.tobytes() == straight.engine.community.tobytes()
    assert again.datacollector.get_model_vars_dataframe().equals(straight.datacollector.get_model_vars_dataframe())


def test_keywords() -> None:
    """Any value of the scenario, also as the text an input field gives."""
    model = CommunityModel(days="12", brand__quality=0.5, members__activity_median=np.float64(0.2))
    assert model.plan.days == 12
    assert model.plan.brand[0].quality == 0.5
    with pytest.raises(InputError, match="unknown key"):
        CommunityModel(membres__activity_median=1.0)


def test_scenario_file_and_network(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('days = 5\n[graph]\nkind = "complete"\nmembers = 12\n')
    assert CommunityModel(path).engine.graph.n_members == 12
    assert CommunityModel(str(path), days=7).plan.days == 7
    model = CommunityModel(load_scenario(path), graph=nx.les_miserables_graph())
    assert model.member("Valjean").followees


def test_batch_run(small: Scenario) -> None:
    """A courtesy while Mesa has it: every run equals the engine's."""
    seeds = {"rng": [1, 2]} if tuple(map(int, mesa.__version__.split(".")[:2])) >= (3, 4) else {"iterations": 1}
    parameters = {"scenario": [small], "policy": ["absent", "broadcast"], "days": 20}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its deprecations are Mesa's affair
        rows = mesa.batch_run(
            CommunityModel, parameters, number_processes=1, data_collection_period=-1, display_progress=False, **seeds
        )
    assert {row["policy"] for row in rows} == {"absent", "broadcast"}
    assert all(np.isfinite(row["npv"]) for row in rows)
