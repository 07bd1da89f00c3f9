"""Scenario files: read, extended, checked; every fault with its place and remedy, all of a file at once."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import (
    Policy,
    Scenario,
    changed,
    dump_toml,
    json_schema,
    load_scenario,
    parse_scenario,
    shipped_scenarios,
)
from sim.scenario.shipped import scenario_folder
from sim.strategies import Actions, BrandView, Post

INVALID = sorted((Path(__file__).parent / "scenarios" / "invalid").glob("*.toml"))


def test_a_scenario_loads_itself() -> None:
    assert Scenario.load("classroom", {"days": 7}) == load_scenario("classroom", {"days": 7})


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_files(path: Path) -> None:
    """Each file says in its first lines what the user must be told."""
    expected = [line.removeprefix("# expect: ") for line in path.read_text().splitlines() if line.startswith("# expect: ")]
    assert expected
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == len(expected), told
    for line in expected:
        assert any(line in fault for fault in told), told


def test_defaults_are_complete() -> None:
    """Nothing is left open: the dump of a resolved scenario reads back as the same scenario."""
    scenario = parse_scenario({})
    assert parse_scenario(scenario.dump()) == scenario
    assert parse_scenario(tomllib.loads(dump_toml(scenario))) == scenario
    assert parse_scenario(json.loads(json.dumps(scenario.dump()))) == scenario


def test_extends(tmp_path: Path) -> None:
    """Tables are merged, lists replaced, and a graph of another kind is a new graph."""
    (tmp_path / "base.toml").write_text(
        'days = 90\n[members]\nactivity_median = 0.3\n[graph]\nkind = "holme_kim"\nties = 4\n[[policy]]\nstrategy = "broadcast"\n'
    )
    (tmp_path / "top.toml").write_text(
        'extends = "base.toml"\n[members]\nattention_median = 5.0\n[graph]\nkind = "complete"\nmembers = 9\n'
    )
    scenario = load_scenario(tmp_path / "top.toml")
    assert scenario.days == 90
    assert scenario.members.activity_median == 0.3
    assert scenario.members.attention_median == 5.0
    assert scenario.graph.members == 9
    assert [policy.name for policy in scenario.policy] == ["broadcast"]


def test_extends_a_shipped_scenario(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "default"\ndays = 30\n')
    assert load_scenario(tmp_path / "mine.toml").days == 30


def test_network_file_is_looked_up_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("a,b\nb,c\n")
    (tmp_path / "s.toml").write_text('[graph]\nfile = "net.csv"\n')
    assert load_scenario(tmp_path / "s.toml").make_graph(1).n_members == 3


def test_policies() -> None:
    scenario = parse_scenario({"policy": [{"name": "loud", "strategy": "broadcast", "posts_per_day": 5.0}]})
    assert scenario.find_policy("loud").strategy.posts_per_day == 5.0  # type: ignore[attr-defined]
    assert scenario.find_policy("broadcast").strategy.posts_per_day == 2.0  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="Did you mean 'listen_first'"):
        scenario.find_policy("listen-first")


@dataclasses.dataclass(frozen=True)
class Plain:
    """A strategy as a user writes it, with a field that declares nothing."""

    posts_per_day: float = 2.0

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts_per_day))


def test_an_own_strategy_survives_a_change() -> None:
    scenario = parse_scenario({"days": 5, "policy": [Policy("mine", Plain(3.0)), {"strategy": "absent"}]})
    assert changed(scenario, {"days": 6}).policy[0] == Policy("mine", Plain(3.0))


def test_changed() -> None:
    scenario = changed(
        parse_scenario({}), {"brand.quality": 0.3, "members.activity_median": 0.2, "graph": {"kind": "complete", "members": 5}}
    )
    assert scenario.brand[0].quality == 0.3
    assert scenario.graph.members == 5
    with pytest.raises(InputError, match=r"brand.quality|brand.0.quality"):
        changed(scenario, {"brand.quality": 3.0})
    with pytest.raises(InputError, match="unknown key"):
        changed(scenario, {"members.nothing": 3.0})


def test_a_scenario_cannot_change() -> None:
    scenario = parse_scenario({})
    with pytest.raises(Exception, match="frozen"):
        scenario.days = 3  # type: ignore[misc]
    with pytest.raises(AttributeError):
        scenario.members.activity_median = 3  # type: ignore[misc]


def test_objects_made_in_python_are_checked_too() -> None:
    from sim.laws import Costs

    assert Scenario(costs=Costs(margin=1.0)).costs.margin == 1.0
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        Scenario(costs=Costs(margin=-1.0))


def test_schema_is_the_one_shipped() -> None:
    """``murmur check --schema > scenarios/scenario.schema.json`` after a change."""
    shipped = json.loads((scenario_folder() / "scenario.schema.json").read_text())
    assert shipped == json_schema()


def test_schema_describes_every_key() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == {*Scenario.model_fields, "extends"}
    members = schema["$defs"]["MemberTraits"]["properties"]["activity_median"]
    assert members["unit"] == "posts/day"
    assert members["description"]


def test_shipped_scenarios_name_the_schema() -> None:
    assert "default" in shipped_scenarios()
    for path in shipped_scenarios().values():
        assert path.read_text().startswith("#:schema ./scenario.schema.json"), path
