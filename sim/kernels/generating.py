"""Synthetic communities written straight into pairs of members, each undirected pair once.

The generators draw from one counter per graph: draw t is a hash of (key, t). Definitions follow networkx, which the tests
use as the oracle for degrees, clustering and reciprocity.
"""

from __future__ import annotations

import math

import numpy as np

from sim.kernels.draws import absorb, below, unit
from sim.kernels.jit import builder, part
from sim.state import F64, I32, I64


@builder
def preferential(n: int, m: int, closure: float, key: np.uint64, a: I32, b: I32) -> int:
    """Holme & Kim (2002): each newcomer makes m ties, to members in proportion to their degree, and after each such tie
    closes a triangle with probability ``closure``. closure = 0 is Barabási & Albert (1999). Writes m·(n − m) pairs.

    Neighbour lists live in one pool and double when full, so that a random neighbour costs the same for a hub.
    """
    pairs = m * (n - m)
    ends = np.empty(2 * pairs, np.int32)  # every member as often as she has ties: a uniform pick is by degree
    n_ends = 0
    degree = np.zeros(n, np.int64)
    room = np.zeros(n, np.int64)
    place = np.zeros(n, np.int64)
    pool = np.empty(8 * pairs + 4 * n if closure > 0.0 else 1, np.int32)
    pool_used = 0
    chosen = np.empty(m, np.int64)
    e = 0
    t = 0
    for newcomer in range(m, n):
        made = 0
        last = -1
        while made < m:
            j = -1
            if last >= 0 and closure > 0.0 and degree[last] > 0:
                t += 1
                if unit(absorb(key, t)) < closure:
                    t += 1  # a neighbour of the last contact that is not yet mine, if a few tries find one
                    coin = absorb(key, t)
                    for attempt in range(8):
                        candidate = np.int64(pool[place[last] + below(absorb(coin, attempt), degree[last])])
                        fresh = True
                        for q in range(made):
                            fresh = fresh and chosen[q] != candidate
                        if fresh:
                            j = candidate
                            break
            if j < 0:
                if newcomer == m:
                    j = made  # the first newcomer ties to all m founders
                else:
                    t += 1
                    j = np.int64(ends[below(absorb(key, t), n_ends)])
                    fresh = True
                    for q in range(made):
                        fresh = fresh and chosen[q] != j
                    if not fresh:
                        continue
                last = j
            chosen[made] = j
            made += 1
        for q in range(m):
            j = chosen[q]
            a[e] = newcomer
            b[e] = j
            e += 1
            ends[n_ends] = newcomer
            ends[n_ends + 1] = j
            n_ends += 2
            if closure > 0.0:
                for side in range(2):
                    i = newcomer if side == 0 else j
                    if degree[i] == room[i]:
                        larger = max(np.int64(2), 2 * room[i]) if side == 1 or room[i] > 0 else np.int64(m)
                        for k in range(degree[i]):
                            pool[pool_used + k] = pool[place[i] + k]
                        place[i] = pool_used
                        room[i] = larger
                        pool_used += larger
                    pool[place[i] + degree[i]] = j if side == 0 else newcomer
                    degree[i] += 1
    return e


@builder
def random_pairs(n: int, p: float, key: np.uint64, a: I32, b: I32) -> int:
    """Erdős–Rényi: every pair with probability p (0 < p < 1), by skipping (Batagelj & Brandes 2005).

    Writes as many pairs as fit and returns how many there are; call again with larger arrays when they did not fit.
    """
    log_q = math.log1p(-p)
    e = 0
    i = 1
    j = -1
    t = 0
    while i < n:
        t += 1
        j += 1 + int(min(math.log1p(-unit(absorb(key, t))) / log_q, float(n) * n))  # never past the last pair
        while j >= i and i < n:
            j -= i
            i += 1
        if i < n:
            if e < a.size:
                a[e] = i
                b[e] = j
            e += 1
    return e


@builder
def small_world(n: int, k: int, rewiring: float, key: np.uint64, a: I32, b: I32) -> int:
    """Watts & Strogatz (1998): a ring of n members tied to their k (even) nearest, each tie moved with probability
    ``rewiring`` to a random other member. Writes n·k/2 pairs."""
    half = k // 2
    for i in range(n):
        for d in range(half):
            a[i * half + d] = i
            b[i * half + d] = (i + d + 1) % n
    t = 0
    for d in range(half):
        for i in range(n):
            t += 1
            if unit(absorb(key, t)) >= rewiring:
                continue
            for _ in range(64):
                t += 1
                j = below(absorb(key, t), n)
                taken = j == i
                for q in range(half):  # a tie stands once, with one of its two ends
                    taken = taken or b[i * half + q] == j or b[j * half + q] == i
                if not taken:
                    b[i * half + d] = j
                    break
    return n * half


@part
def pick(cumulative: F64, lo: int, hi: int, u: float) -> int:
    """The index in lo … hi − 1 whose share of the cumulative weights contains u (in weight units)."""
    while lo < hi - 1:
        middle = (lo + hi) // 2
        if cumulative[middle] <= u:
            lo = middle
        else:
            hi = middle
    return lo


@builder
def planted_circles(
    cumulative: F64, circle_of: I32, circle_start: I64, inside: int, outside: int, key: np.uint64, a: I32, b: I32
) -> int:
    """Degree-corrected stochastic blocks (Karrer & Newman 2011): ``inside`` ties within circles, ``outside`` across.

    ``cumulative`` (float64, n + 1): running sum of the members' weights, members sorted by circle; ``circle_of`` (int32, n);
    ``circle_start`` (int64, circles + 1). Returns the pairs written; a pair may repeat.
    """
    n = circle_of.size
    total = cumulative[n]
    e = 0
    t = 0
    for tie in range(inside + outside):
        for _ in range(64):
            t += 1
            i = pick(cumulative, 0, n, unit(absorb(key, t)) * total)
            lo = np.int64(0)
            hi = np.int64(n)
            if tie < inside:
                lo = circle_start[circle_of[i]]
                hi = circle_start[circle_of[i] + 1]
            t += 1
            j = pick(cumulative, lo, hi, cumulative[lo] + unit(absorb(key, t)) * (cumulative[hi] - cumulative[lo]))
            if i != j and (tie < inside or circle_of[i] != circle_of[j]):
                a[e] = i
                b[e] = j
                e += 1
                break
    return e


@builder
def orient(a: I32, b: I32, mutual: float, key: np.uint64, follower: I32, followed: I32) -> int:
    """Undirected pairs become ties: both ways with probability ``mutual``, else one way, by a fair coin. Returns the ties."""
    e = 0
    for q in range(a.size):
        coin = absorb(key, q)
        both = unit(coin) < mutual
        first = both or unit(absorb(coin, 1)) < 0.5
        if first:
            follower[e] = a[q]
            followed[e] = b[q]
            e += 1
        if both or not first:
            follower[e] = b[q]
            followed[e] = a[q]
            e += 1
    return e
