"""The command as a person uses it: what it prints, what it leaves behind, what it exits with."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from sim.cli import main

SMALL = """
title = "A small test"
days = 25
burn_in = 3
[graph]
kind = "holme_kim"
members = 120
ties = 4
"""


def murmur(*args: str, cwd: Path | None = None, check: int = 0) -> Result:
    """A command, run in this process: starting another takes longer than most of what is tested."""
    with contextlib.chdir(cwd or Path()):
        done = CliRunner().invoke(main, args, env={"COLUMNS": "130"}, catch_exceptions=False, prog_name="murmur")
    assert done.exit_code == check, done.stderr + done.stdout
    return done


def environment() -> dict[str, str]:
    here = str(Path(__file__).parent.parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")])), "COLUMNS": "130"}


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def test_compare_leaves_everything(tmp_path: Path, scenario: Path) -> None:
    out = tmp_path / "out"
    done = murmur("compare", str(scenario), "--worlds", "4", "--out", str(out), "--workers", "2")
    assert {path.name for path in out.glob("[!.]*")} == {
        "manifest.json",
        "runs",
        "series",
        "comparison.md",
        "comparison.csv",
        "comparison.png",
    }
    assert str(out) in done.stdout
    for word in (
        "net present value",
        "active customers",
        "trust in the brand",
        "members present",
        "organic posts",
        "minus absent",
    ):
        assert word in done.stdout
    assert "listen_first against broadcast:" in done.stdout
    assert pq.read_table(out / "series").num_rows == 3 * 4 * 25
    assert pq.read_table(out / "runs").num_rows == 12
    rows = list(csv.DictReader((out / "comparison.csv").read_text().splitlines()))
    assert {row["policy"] for row in rows} == {"absent", "broadcast", "listen_first"}
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["job"]["scenario"]["trust"]["asymmetry"] == 3.5, "the resolved scenario, defaults and all"
    assert manifest["seeds"] == [1, 2, 3, 4]
    assert "numpy" in manifest["versions"]
    assert (out / "comparison.png").read_bytes()[:4] == b"\x89PNG"


def test_compare_again_does_nothing_twice(tmp_path: Path, scenario: Path) -> None:
    out = tmp_path / "out"
    first = json.loads(murmur("compare", str(scenario), "-n", "3", "--out", str(out), "--json", "-w", "1").stdout)
    data = (out / "series" / "00000.parquet").read_bytes()
    again = json.loads(murmur("compare", str(scenario), "-n", "3", "--out", str(out), "--json", "-w", "1").stdout)
    assert first == again
    assert (out / "series" / "00000.parquet").read_bytes() == data
    refused = murmur("compare", str(scenario), "--days", "24", "--out", str(out), check=2)
    assert "holds results of another job (not the same: scenario.days 25, now 24). Choose another" in refused.stderr


def test_a_comparison_is_repeated_from_its_manifest(tmp_path: Path, scenario: Path) -> None:
    asked = ("compare", str(scenario), "--seeds", "3-5", "-w", "1", "--quiet")
    murmur(*asked, "-p", "absent", "-p", "broadcast:posts_per_day=3,paid_reach=0.4", "--out", str(tmp_path / "one"))
    murmur("compare", "--from", str(tmp_path / "one"), "--out", str(tmp_path / "two"), "-w", "1", "--quiet")
    one, two = ((tmp_path / name / "comparison.csv").read_bytes() for name in ("one", "two"))
    assert one == two
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert manifest["job"]["scenario"]["policy"][1]["paid_reach"] == 0.4


def test_files_are_found_from_anywhere(tmp_path: Path) -> None:
    """A network beside its scenario, the scenario by a relative path, its run repeated from another folder."""
    (tmp_path / "sc").mkdir()
    (tmp_path / "away").mkdir()
    (tmp_path / "sc" / "net.csv").write_text("from,to\n" + "".join(f"{i},{(i * 3 + 1) % 20}\n" for i in range(20)))
    (tmp_path / "sc" / "my.toml").write_text('days = 4\n[graph]\nfile = "net.csv"\n[[policy]]\nstrategy = "broadcast"\n')
    murmur("check", "sc/my.toml", cwd=tmp_path)
    murmur("run", "sc/my.toml", "--out", "out", cwd=tmp_path)
    again = murmur("run", "--from", "../out/manifest.json", "--out", "again", cwd=tmp_path / "away")
    assert "The same, to the bit" in again.stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("compare", "--seeds", "9-3"), "--seeds: '9-3' is no range of seeds. Write the smaller first, as in 1-20."),
        (("compare", "--seeds", "1-3", "-n", "4"), "--worlds: --seeds already says which worlds."),
        (("compare", "--set", "brand.qualty=0.6"), "command line: brand.qualty: unknown key. Did you mean 'quality'?"),
        (
            ("compare", "--set", "brand.quality=good"),
            "command line: brand.quality: needs a number, got 'good'. Write a number.",
        ),
        (("compare", "--direction", "follows"), "they say how a file is read, and there is none. Add --graph FILE."),
        (
            ("compare", "-p", "broadcast:posts=3"),
            "--policy broadcast:posts=3: posts: unknown key. Did you mean 'posts_per_day'?",
        ),
        (("run", "--seed", "99999999999999999999999"), "is not in the range"),
        (("run", "--resume", "--out", "nowhere"), "--resume: there is nothing to resume from."),
        (("compare", "net.csv"), "Scenarios are TOML files; a network is given with --graph."),
    ],
)
def test_wrong_options(args: tuple[str, ...], told: str, tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("a,b\nb,c\n")
    assert told in " ".join(murmur(*args, cwd=tmp_path, check=2).stderr.split())
    assert [path.name for path in tmp_path.iterdir()] == ["net.csv"], "nothing was begun"


def test_workers_do_not_matter(tmp_path: Path, scenario: Path) -> None:
    tables = []
    for workers in ("1", "2"):
        out = tmp_path / workers
        murmur("compare", str(scenario), "-n", "3", "--out", str(out), "--workers", workers, "--quiet")
        tables.append(
            [
                (out / name).read_bytes()
                for name in ("series/00000.parquet", "runs/00000.parquet", "comparison.csv", "comparison.png")
            ]
        )
    assert tables[0] == tables[1]


def test_interrupted_and_continued(tmp_path: Path, scenario: Path) -> None:
    """Terminated in the middle: finished runs are kept and whole, and the same command does the rest with the same result."""
    scenario.write_text(SMALL.replace("days = 25", "days = 700"))
    out, straight = tmp_path / "out", tmp_path / "straight"
    command = [sys.executable, "-m", "sim", "compare", str(scenario), "-n", "4", "--out"]
    process = subprocess.Popen([*command, str(out)], env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while len(list(out.glob("parts/[!.]*.npz"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Finished worlds are kept" in told
    kept = pq.read_table(out / "runs")
    assert 2 <= kept.num_rows < 12
    assert pq.read_table(out / "series").num_rows == 700 * kept.num_rows
    murmur(*command[3:], str(out))
    murmur(*command[3:], str(straight))
    for name in ("runs/00000.parquet", "series/00000.parquet"):
        assert (out / name).read_bytes() == (straight / name).read_bytes()


def test_run_from_manifest(tmp_path: Path, scenario: Path) -> None:
    first = json.loads(
        murmur("run", str(scenario), "--policy", "broadcast", "--seed", "7", "--out", str(tmp_path / "a"), "--json").stdout
    )
    again = murmur("run", "--from", str(tmp_path / "a"), "--out", str(tmp_path / "b"))
    assert "The same, to the bit" in again.stdout
    assert json.loads((tmp_path / "b" / "manifest.json").read_text())["result"]["digest"] == first["digest"]
    manifest = json.loads((tmp_path / "a" / "manifest.json").read_text())
    manifest["job"]["scenario"]["costs"]["post"] = 9.0
    (tmp_path / "a" / "manifest.json").write_text(json.dumps(manifest))
    other = murmur("run", "--from", str(tmp_path / "a" / "manifest.json"), "--out", str(tmp_path / "c"), check=1)
    assert "NOT the same" in other.stdout


def test_run_killed_and_resumed(tmp_path: Path, scenario: Path) -> None:
    """kill -9 in the middle of a run with checkpoints: --resume ends where an uninterrupted run ends."""
    scenario.write_text(SMALL.replace("days = 25", "days = 4000"))
    straight = json.loads(murmur("run", str(scenario), "--out", str(tmp_path / "straight"), "--json").stdout)
    out = tmp_path / "out"
    command = ["run", str(scenario), "--out", str(out), "--checkpoint-every", "50"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", *command], env=environment(), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not (out / "checkpoint.npz").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert (out / "checkpoint.npz").exists()
    assert not (out / "daily.parquet").exists()
    resumed = json.loads(murmur(*command, "--resume", "--json").stdout)
    assert resumed["digest"] == straight["digest"]
    assert not (out / "checkpoint.npz").exists()


def test_checkpoint_that_is_not_one(tmp_path: Path, scenario: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "checkpoint.npz").write_bytes(b"nonsense")
    told = murmur("run", str(scenario), "--out", str(out), "--resume", check=2).stderr
    assert "this checkpoint cannot be read" in told


def test_own_network(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("from,to\n" + "".join(f"u{i},u{(i * 7 + d) % 40}\n" for i in range(40) for d in (1, 2, 3)))
    done = murmur("compare", "--graph", "net.csv", "-n", "2", "--days", "10", "--out", "out", "-w", "1", cwd=tmp_path)
    assert "read as: the first of a pair follows the second" in done.stderr
    assert "40 members" in done.stdout
    told = murmur("compare", "--graph", "nothing.csv", cwd=tmp_path, check=2)
    assert told.stderr.endswith(
        "nothing.csv: there is no such file. Check the path; murmur list graphs shows the kinds that need none.\n"
    )
    assert "complete" in json.loads(murmur("list", "graphs", "--json").stdout)["graphs"][-2]["name"]


def test_check(tmp_path: Path, scenario: Path) -> None:
    assert "no faults" in murmur("check", str(scenario)).stdout
    scenario.write_text("dayz = 3\n[brand]\nquality = 2\n")
    told = murmur("check", str(scenario), check=2).stderr.splitlines()
    assert told == [
        f"{scenario}: brand.quality: must be at most 1, got 2. Lower it.",
        f"{scenario}: dayz: unknown key. Did you mean 'days'?",
    ]
    assert "[members]" in murmur("check", "default", "--resolved").stdout
    scenario.write_text('[study]\ndesign = "factorial"\npoints = 3\n')
    done = murmur("check", str(scenario))
    assert "no faults" in done.stdout
    assert done.stderr == f"{scenario}: study.points is not used by the design factorial.\n"


@pytest.mark.parametrize(
    "args",
    [
        ["compare", "--policy", "listen"],
        ["compare", "nothing.toml"],
        ["run", "--set", "brand.quality"],
        ["run", "--set", "brand.qualty=1.0"],
        ["compare", "--seeds", "1-x"],
        ["run", "--from", "nowhere"],
        ["run", "--resume"],
        ["compare", "--control", "nobody"],
        ["compare", "--worlds", "0"],
        ["frobnicate"],
        ["compare", "--graph", "holme_kim", "--set", "graph.members=1"],
    ],
)
def test_bad_input_is_one_sentence(args: list[str], tmp_path: Path) -> None:
    done = murmur(*args, cwd=tmp_path, check=2)
    assert done.stderr.strip()
    assert done.stdout == ""


@pytest.mark.parametrize("what", ["strategies", "metrics", "mechanisms", "graphs", "scenarios", "parameters", "events"])
def test_list(what: str) -> None:
    entries = json.loads(murmur("list", what, "--json").stdout)[what]
    assert entries
    assert all(entry["name"] and entry["about"] for entry in entries)
    assert entries[0]["name"] in murmur("list", what).stdout


@pytest.mark.parametrize("verb", [[], ["compare"], ["run"], ["check"], ["list"]])
def test_help_teaches(verb: list[str]) -> None:
    assert "Usage" in murmur(*verb, "--help").stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom sim.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('numba', 'mesa', 'numpy', 'pydantic', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.splitlines()[-1] == "[]"
