"""Studies on a Dask cluster: the same bytes, whoever is lost on the way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from tests.test_cli import environment, murmur
from tests.test_plugins import GOOD, SCENARIO
from tests.test_study import _children, assert_interrupted, files, in_a_terminal, plan, press_ctrl_c

pytest.importorskip("distributed")
POINTS = 60


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "mine.toml"
    path.write_text(sim.scenario.dump_toml(plan(design="random", points=POINTS)))
    return path


@pytest.fixture(scope="module")
def straight(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("straight")
    sim.sweep(scenario, folder)
    return files(folder)


def sweeping(scenario: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sim", "sweep", str(scenario), "--out", str(out), "--quiet", *options]
    return subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def wait_for_parts(out: Path, n: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 90
    while len(list(out.glob("parts/[!.]*.npz"))) < n and not list(out.glob("runs/*")) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)


def test_a_local_cluster_survives_the_loss_of_a_worker(scenario: Path, straight: dict[str, bytes], tmp_path: Path) -> None:
    process = sweeping(scenario, tmp_path / "out", "--executor", "dask", "--workers", "2")
    wait_for_parts(tmp_path / "out", 5, process)
    os.kill(_children(process.pid)[0], signal.SIGKILL)
    told, complained = process.communicate(timeout=120)
    assert process.returncode == 0, complained
    assert f"{4 * POINTS} of {4 * POINTS} runs" in told
    assert files(tmp_path / "out") == straight


def test_ctrl_c_is_for_the_sweep_not_for_its_workers(scenario: Path, straight: dict[str, bytes], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "sweep", str(scenario), "--out", str(tmp_path / "out"), "--quiet", "-w", "2"]
    process = in_a_terminal([*command, "--executor", "dask"])
    wait_for_parts(tmp_path / "out", 5, process)
    press_ctrl_c(process)
    _, complained = process.communicate(timeout=120)
    assert_interrupted(process.returncode, complained)
    assert len(complained.splitlines()) == 1, complained
    murmur(*command[3:])
    assert files(tmp_path / "out") == straight


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers as they would run on other machines."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    commands = [
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
        *([*dask, "worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"] for _ in range(2)),
    ]
    elsewhere = tmp_path_factory.mktemp("elsewhere")  # as on another machine, none of our files is beside them
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment(), "cwd": elsewhere}
    processes = [subprocess.Popen(command, **silent) for command in commands]  # type: ignore[call-overload]
    yield address, processes
    for process in processes:
        process.kill()
        process.wait()


def test_a_cluster_that_goes_away(
    scenario: Path, straight: dict[str, bytes], tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    """A worker is lost and the sweep goes on; the scheduler is lost and it ends with code 3; the same command, here without the
    cluster, does the rest, and the bytes are those of an undisturbed sweep."""
    address, (scheduler, worker, _) = cluster
    process = sweeping(scenario, tmp_path / "out", "--scheduler", address)
    wait_for_parts(tmp_path / "out", 3, process)
    worker.kill()
    wait_for_parts(tmp_path / "out", 12, process)
    scheduler.kill()
    _, complained = process.communicate(timeout=120)
    assert process.returncode == 3, complained
    assert "Finished runs are kept; the same command" in complained
    assert "Traceback" not in complained
    done = murmur("sweep", str(scenario), "--out", str(tmp_path / "out"), "--workers", "2", "--quiet")
    assert f"{4 * POINTS} of {4 * POINTS} runs" in done.stdout
    assert files(tmp_path / "out") == straight


def test_plugins_travel_to_the_workers(tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    (tmp_path / "mine.py").write_text(GOOD)
    (tmp_path / "mine.toml").write_text(SCENARIO)
    given = ("sweep", str(tmp_path / "mine.toml"), "--plugin", str(tmp_path / "mine.py"), "--quiet", "--out")
    for folder, options in (("far", ("--scheduler", cluster[0])), ("near", ("--workers", "1"))):
        command = [sys.executable, "-m", "sim", *given, str(tmp_path / folder), *options]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    assert files(tmp_path / "far") == files(tmp_path / "near")


def test_no_cluster(scenario: Path, tmp_path: Path) -> None:
    refused = murmur("sweep", str(scenario), "--out", str(tmp_path), "--scheduler", "nonsense", check=2)
    assert "there is no Dask scheduler" in refused.stderr
