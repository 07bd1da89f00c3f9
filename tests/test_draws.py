"""Chance: uniform, independent along every part of the key, and of the laws it is put to.

Each statistical test has a false-alarm rate of 1e-6 or less for a perfect generator (seeds are fixed, so it either passes
for ever or does not).
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.kernels import draws
from sim.kernels.jit import kernel
from tests.conftest import NO_JIT

N = 2_000 if NO_JIT else 200_000
ALARM = 1e-6


@kernel
def _keys(seeds, streams, steps, who, which, out):
    for n in range(out.size):
        key = draws.absorb(draws.absorb(draws.absorb(np.uint64(0x6D75726D7572), seeds[n]), streams[n]), steps[n])
        out[n] = draws.absorb(draws.absorb(key, who[n]), which[n])


@kernel
def _poisson(keys, rate, out):
    for n in range(out.size):
        out[n] = draws.poisson(keys[n], rate, 200)


@kernel
def _fires(keys, hazard, out):
    for n in range(out.size):
        out[n] = draws.fires(keys[n], hazard)


@kernel
def _below(keys, limit, out):
    for n in range(out.size):
        out[n] = draws.below(keys[n], limit)


PARTS = ("seed", "stream", "step", "who", "which")


def keys(vary: str, n: int = N, stride: int = 1) -> np.ndarray:
    """Keys in which one part counts up and the others stay."""
    parts = [np.full(n, value, np.int64) for value in (12, 3, 40, 77, 5)]
    parts[PARTS.index(vary)] = np.arange(n, dtype=np.int64) * stride
    out = np.empty(n, np.uint64)
    _keys(*parts, out)
    return out


@pytest.mark.parametrize("stride", [1, 256, 1 << 32])
@pytest.mark.parametrize("vary", PARTS)
def test_uniform_and_independent(vary: str, stride: int) -> None:
    """Counting along one part of the key: uniform, no serial correlation, pairs and triples fill their squares and cubes."""
    u = (keys(vary, stride=stride) >> np.uint64(11)).astype(np.float64) / 2**53
    assert stats.kstest(u, "uniform").pvalue > ALARM
    for lag in (1, 2, 20, 256):
        r = np.corrcoef(u[:-lag], u[lag:])[0, 1]
        assert abs(r) < 5 / np.sqrt(u.size)
    for dimension, bins in ((2, 16), (3, 6)):
        tuples = u[: u.size // dimension * dimension].reshape(-1, dimension)
        cells = (tuples * bins).astype(int) @ (bins ** np.arange(dimension))
        assert stats.chisquare(np.bincount(cells, minlength=bins**dimension)).pvalue > ALARM


@pytest.mark.parametrize("vary", PARTS)
def test_every_bit(vary: str) -> None:
    """Each of the 64 bits is fair, and the two 32-bit halves are independent coins."""
    z = keys(vary)
    bits = (z[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    ones = bits.sum(axis=0)
    assert (np.abs(ones - N / 2) < 5.5 * np.sqrt(N) / 2).all()
    halves = np.stack([z >> np.uint64(32), z & np.uint64(0xFFFFFFFF)]).astype(np.float64)
    assert abs(np.corrcoef(halves)[0, 1]) < 5 / np.sqrt(N)


@pytest.mark.parametrize("vary", PARTS)
def test_avalanche(vary: str) -> None:
    """Flipping any one bit of a part flips each output bit half of the time."""
    n = 200 if NO_JIT else 4000
    base = np.random.default_rng(1).integers(0, 2**40, (5, n))
    start = np.empty(n, np.uint64)
    _keys(*base, start)
    for bit in (0, 1, 7, 20, 39):
        flipped = base.copy()
        flipped[PARTS.index(vary)] ^= 1 << bit
        out = np.empty(n, np.uint64)
        _keys(*flipped, out)
        changed = ((start ^ out)[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        assert (np.abs(changed.mean(axis=0) - 0.5) < 5.5 * 0.5 / np.sqrt(n)).all()


def test_streams_do_not_meet() -> None:
    """Who × step × stream on a grid: no two keys alike, and neighbours uncorrelated across streams."""
    grid = np.stack(np.meshgrid(np.arange(40), np.arange(1, 13), np.arange(50), indexing="ij")).reshape(3, -1)
    out = np.empty(grid.shape[1], np.uint64)
    _keys(np.zeros(out.size, np.int64), grid[1], grid[2], grid[0], np.zeros(out.size, np.int64), out)
    assert np.unique(out).size == out.size
    by_stream = out.reshape(40, 12, 50).astype(np.float64)
    correlations = np.corrcoef(by_stream.transpose(1, 0, 2).reshape(12, -1))
    assert np.abs(correlations - np.eye(12)).max() < 5 / np.sqrt(2000)


@pytest.mark.parametrize("rate", [0.01, 0.18, 1.0, 7.5, 40.0])
def test_poisson(rate: float) -> None:
    out = np.empty(N, np.int64)
    _poisson(keys("who"), rate, out)
    top = int(stats.poisson.ppf(1 - 30 / N, rate))
    observed = np.bincount(np.minimum(out, top), minlength=top + 1)
    expected = stats.poisson.pmf(np.arange(top + 1), rate) * N
    expected[top] = N - expected[:top].sum()
    keep = expected > 5
    if keep.sum() < 2:
        pytest.skip("too few draws without compilation to fill two cells")
    assert stats.chisquare(observed[keep], expected[keep] * observed[keep].sum() / expected[keep].sum()).pvalue > ALARM


@pytest.mark.parametrize("hazard", [0.0, 1e-3, 0.3, 2.0])
def test_hazards(hazard: float) -> None:
    out = np.empty(N, np.bool_)
    _fires(keys("step"), hazard, out)
    p = -np.expm1(-hazard)
    assert abs(out.mean() - p) <= 5 * np.sqrt(p * (1 - p) / N)


def test_whole_numbers_below() -> None:
    out = np.empty(N, np.int64)
    _below(keys("which"), 10, out)
    assert stats.chisquare(np.bincount(out, minlength=10)).pvalue > ALARM
