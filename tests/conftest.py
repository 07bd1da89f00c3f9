"""Shared by all tests: kernels compiled once, small communities, Hypothesis profiles."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from sim.scenario import Scenario, parse_scenario

REPOSITORY = Path(__file__).parent.parent
GRAPHS = REPOSITORY.parent / "shared" / "graphs"
NO_JIT = os.environ.get("NUMBA_DISABLE_JIT") == "1"

settings.register_profile(
    "murmur",
    max_examples=8 if NO_JIT else 100,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
settings.load_profile("murmur")

if NO_JIT:
    np.seterr(over="ignore")  # the hash wraps around, and numpy's scalars say so


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """Compile under the lock, so that parallel test processes do not compile the same thing at once."""
    if not NO_JIT:
        from sim.warm import compile_kernels

        compile_kernels()


@pytest.fixture(scope="session")
def small() -> Scenario:
    """Two hundred members, two months."""
    return parse_scenario({"graph": {"kind": "holme_kim", "members": 200, "ties": 5}, "days": 60, "burn_in": 5})


def real_graph(name: str) -> Path:
    """A network file of the shared folder; the test is skipped where it is absent."""
    path = GRAPHS / name
    if not path.exists():
        pytest.skip(f"{name} is not here: the project ships no network files")
    return path
