"""Chance, as a pure function of who decides what, when.

A draw is a hash of (seed, stream, step, who, which). It does not depend on the order in which members are visited, on the
number of threads, or on how many draws anybody else made. So results repeat to the bit, a run can be resumed anywhere,
and two policies tried with the same seed differ only where the policy made a difference (common random numbers).

The hash absorbs one number of the key at a time through the full finaliser of splitmix64 (Steele, Lea & Flood 2014).
"""

from __future__ import annotations

import numpy as np

from sim.kernels.jit import kernel, part
from sim.state import F64, U64

# Streams: what a draw decides. The number is part of every key, so it never changes once released.
TRAITS = 1
SPEAK = 2
READ = 3
REACH = 4
ADOPT = 5
SERVE = 6
LEAVE = 7
FOLLOW = 8
BRAND = 9
LAUNCH = 10
GRAPH = 11
NOTICE = 12
RECRUIT = 13
SPONSOR = 14
SEARCH = 15
CRITICS = 16
CONTEST = 17
TARGET = 18
LIFE = 19
PROMOTE = 20
MODERATE = 21
GATE = 22

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STIR_1 = np.uint64(0xBF58476D1CE4E5B9)
_STIR_2 = np.uint64(0x94D049BB133111EB)
_SPREAD = np.uint64(0xD1342543DE82EF95)
_S30 = np.uint64(30)
_S27 = np.uint64(27)
_S31 = np.uint64(31)
_S11 = np.uint64(11)
_S32 = np.uint64(32)
_LOW_HALF = np.uint64(0xFFFFFFFF)
_UNIT_53 = 1.0 / (1 << 53)
_TWO_32 = 4294967296.0


@part
def absorb(key: np.uint64, number: int) -> np.uint64:
    """A new 64-bit key that depends on every bit of ``key`` (uint64) and of ``number`` (any integer)."""
    z = (key ^ (np.uint64(number) * _SPREAD)) + _GOLDEN
    z = (z ^ (z >> _S30)) * _STIR_1
    z = (z ^ (z >> _S27)) * _STIR_2
    return z ^ (z >> _S31)


@part
def unit(key: np.uint64) -> float:
    """The key as a number in [0, 1), 53 bits."""
    return np.float64(key >> _S11) * _UNIT_53


@part
def chance(p: float) -> np.uint64:
    """A probability as the whole number that 32 random bits must stay below: 2³² for certainty."""
    return np.uint64(min(1.0, max(0.0, p)) * _TWO_32)


@part
def first_half(key: np.uint64) -> np.uint64:
    """The upper 32 bits: one of two independent coins in a key, to be compared with a :func:`chance`."""
    return key >> _S32


@part
def second_half(key: np.uint64) -> np.uint64:
    """The lower 32 bits: the other coin."""
    return key & _LOW_HALF


@part
def below(key: np.uint64, n: int) -> int:
    """The key as a whole number in 0 … n − 1 (n under 2³²: bias below n/2³²)."""
    return np.int64(((key >> _S32) * np.uint64(n)) >> _S32)


@part
def fires(key: np.uint64, hazard: float) -> bool:
    """Whether an event of this hazard (per day) happens today: probability 1 − exp(−hazard).

    The bound 1 − exp(−h) ≤ h spares the exponential in all but the close calls.
    """
    u = unit(key)
    return u < hazard and u < -np.expm1(-hazard)


@part
def skip(key: np.uint64, hazard: float, n: int) -> int:
    """How many of ``n`` places in a row are passed over before the first on which an event of this hazard falls; n if none.

    The geometric law of the gaps between successes: one draw does for a whole row of places on most of which nothing
    happens (Devroye 1986, ch. X.2). The bound −log(1 − u) ≥ u spares the logarithm in all but the close calls.
    """
    u = unit(key)
    if n == 0 or u >= hazard * n:
        return n
    passed = -np.log1p(-u) / hazard
    return np.int64(passed) if passed < n else n


@part
def poisson(key: np.uint64, rate: float, limit: int) -> int:
    """A Poisson number with this mean, by inversion of the key's first half, at most ``limit``."""
    u = np.float64(first_half(key)) / _TWO_32
    if u < 1.0 - rate * (1.0 - rate * (0.5 - rate / 6.0)):  # below exp(−rate): most say nothing, and need no exponential
        return 0
    term = np.exp(-rate)
    total = term
    n = 0
    while u >= total and n < limit:
        n += 1
        term *= rate / n
        total += term
    return n


@kernel
def stream_key(seed: int, stream: int, step: int) -> int:
    """The key shared by all draws of one stream on one step."""
    return absorb(absorb(absorb(np.uint64(0x6D75726D7572), seed), stream), step)


@kernel
def uniforms(key: np.uint64, who: U64, which: int, out: F64) -> None:
    """``out[i]`` (float64) = the draw of ``who[i]`` (uint64 keys) number ``which``."""
    for i in range(out.size):
        out[i] = unit(absorb(absorb(key, who[i]), which))


def uniform(key: np.uint64, who: U64, which: int = 0) -> F64:
    """Draw number ``which`` of each of ``who``, in [0, 1)."""
    out = np.empty(who.size)
    uniforms(key, np.array(who), which, out)  # a copy that can be written: the one type the kernel is compiled for
    return out
