"""Strategies from a Python file of the user's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

GOOD = """
from dataclasses import dataclass
from typing import Annotated

from sim.declare import Parameter
from sim.strategies import Actions, Answer, Post


@dataclass(frozen=True)
class QuietOrLoud:
    \"\"\"Post, or answer, as the day is odd or even. Essay of my own.\"\"\"

    posts: Annotated[float, Parameter("posts on odd days", "posts/day", 0, 20)] = 1.0

    def decide(self, view):
        return Actions(post=Post(self.posts)) if view.day % 2 else Actions(answer=Answer(3))
"""

SCENARIO = """
days = 20
burn_in = 2
graph = {kind = "holme_kim", members = 120, ties = 4}

[[brand]]
name = "Ours"

[[brand]]
name = "Theirs"
policy = "quiet_or_loud"

[[policy]]
strategy = "absent"

[[policy]]
strategy = "quiet_or_loud"
posts = 3.0
"""


def murmur(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim", *args]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120, env=environment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my_strategies.py").write_text(GOOD)
    (tmp_path / "mine.toml").write_text(SCENARIO)
    return tmp_path


def test_a_plugin_is_like_any_strategy(folder: Path) -> None:
    """It has settings in a scenario, an entry in the list, a rival can follow it, and worker processes know it."""
    plugin = ("--plugin", "my_strategies.py")
    listed = murmur("list", "strategies", *plugin, cwd=folder)
    assert "quiet_or_loud" in listed.stdout
    assert "posts on odd days" in listed.stdout
    assert murmur("check", "mine.toml", *plugin, cwd=folder).returncode == 0
    run = murmur("compare", "mine.toml", *plugin, "-n", "2", "--workers", "2", "--out", "out", "--quiet", cwd=folder)
    assert run.returncode == 0, run.stderr
    assert "quiet_or_loud" in run.stdout
    repeated = murmur("compare", "--from", "out", *plugin, "--out", "again", "--quiet", cwd=folder)
    assert repeated.returncode == 0, repeated.stderr
    one = murmur("run", "mine.toml", *plugin, "-p", "quiet_or_loud", "--out", "one", "--quiet", cwd=folder)
    assert one.returncode == 0, one.stderr
    same = murmur("run", "--from", "one", *plugin, "--out", "two", "--quiet", cwd=folder)
    assert "The same, to the bit" in same.stdout, same.stderr
    (folder / "my_strategies.py").write_text(GOOD.replace("% 2", "% 3"))
    again = murmur("compare", "mine.toml", *plugin, "-n", "2", "--out", "out", "--quiet", cwd=folder)
    assert again.returncode == 2
    assert "out" in again.stderr, "results of another strategy"


STUDY = """
[study]
design = "random"
points = 3
worlds = 2
[[study.factor]]
path = "policy.quiet_or_loud.posts"
"""


@pytest.mark.parametrize("who", [("-w", "2"), ("-w", "2", "--executor", "dask")])
def test_a_plugin_is_swept(folder: Path, who: tuple[str, ...]) -> None:
    """Its settings vary in a study, worker processes know it, and what came of it is read without it."""
    if "dask" in who:
        pytest.importorskip("distributed")
    (folder / "study.toml").write_text(SCENARIO + STUDY)
    (folder / "my_strategies.py").write_text(GOOD + "    also_undeclared: float = 1.0\n")
    done = murmur("sweep", "study.toml", "--plugin", "my_strategies.py", *who, "--out", "out", "--quiet", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "12 of 12 runs" in done.stdout
    told = murmur("compare", "out", cwd=folder)
    assert told.returncode == 0, told.stderr
    assert "policy.quiet_or_loud.posts 1.5 to 6" in told.stdout
    for verb in ("report", "export"):
        assert murmur(verb, "out", cwd=folder).returncode == 0


UNDECLARED = """
from dataclasses import dataclass
from sim.strategies import Actions, BrandView, Post

@dataclass(frozen=True)
class Mine:
    posts: float = 2.0

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(self.posts) if view.day < 3 else {wrong})
"""


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("3", "TypeError: Actions.post must be Post(…), not 3"),
        ("Post(99)", "ValueError: Post.rate must be from 0 to 20, not 99"),
        ("Post(float('nan'))", "ValueError: Post.rate must be from 0 to 20, not nan"),
        ("1 / 0", "ZeroDivisionError: division by zero (File"),
    ],
)
def test_what_no_brand_can_do_is_said(tmp_path: Path, wrong: str, message: str) -> None:
    """… with the place in the user's file, once for all worlds; the others are compared, and the answer says what it lacks."""
    (tmp_path / "mine.py").write_text(UNDECLARED.format(wrong=wrong))
    scenario = 'days = 5\nburn_in = 0\n[graph]\nkind = "complete"\nmembers = 9\n[[policy]]\nstrategy = "absent"\n'
    (tmp_path / "s.toml").write_text(scenario)
    plugin = ("--plugin", "mine.py", "--quiet", "-w", "1", "-n", "3", "-p", "absent")
    if wrong == "3":  # until that day all is well
        fine = murmur("compare", "s.toml", *plugin, "--out", "out", "--days", "3", "-p", "mine:posts=3", cwd=tmp_path)
        assert fine.returncode == 0, fine.stderr
    run = murmur("compare", "s.toml", *plugin, "--out", "bad", "-p", "mine", cwd=tmp_path)
    assert run.returncode == 2
    assert f"mine: 3 runs failed (seed 1, 2, 3): {message}" in run.stderr
    assert "no world that all policies have lived through" in run.stderr


def test_without_the_plugin_the_scenario_is_refused(folder: Path) -> None:
    run = murmur("check", "mine.toml", cwd=folder)
    assert run.returncode == 2
    assert "there is no strategy 'quiet_or_loud'" in run.stderr


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("missing.py", None, "this is no Python file"),
        ("notes.txt", "hello", "this is no Python file"),
        ("broken.py", "def (", "cannot be imported (SyntaxError"),
        ("empty.py", "x = 1", "there is no strategy in it"),
        ("loose.py", "class Loose:\n    def decide(self, view): ...\n", "must be a frozen dataclass"),
        ("taken.py", GOOD.replace("QuietOrLoud", "Broadcast"), "there is a strategy 'broadcast' already"),
        ("wanting.py", GOOD.replace("] = 1.0", "]"), "a field has no default"),
        ("json.py", GOOD, "there is another module called 'json'"),
    ],
)
def test_wrong_plugins(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    (tmp_path / "plugins").mkdir()
    if text is not None:
        (tmp_path / "plugins" / name).write_text(text)
    run = murmur("list", "strategies", "--plugin", f"plugins/{name}", cwd=tmp_path)
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr
