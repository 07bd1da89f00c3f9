"""From pairs of members to rows of slots, and what can be read off the rows."""

from __future__ import annotations

import numpy as np

from sim.kernels.jit import builder
from sim.state import I32, I64


@builder
def rows_from_pairs(n: int, follower: I32, followed: I32, start: I64, target: I32) -> tuple[int, int, int]:
    """Sort ties into rows: row i holds whom i follows, in ascending order, without self-loops and repetitions.

    ``follower``, ``followed``: int32, one tie per pair. ``start`` (int64, n + 1) and ``target`` (int32, as long as the
    pairs) are written. Returns (slots used, self-loops dropped, repetitions dropped). Two counting sorts: O(n + ties).
    """
    loops = 0
    size = np.zeros(n + 1, np.int64)
    for e in range(follower.size):
        if follower[e] == followed[e]:
            loops += 1
        else:
            size[followed[e] + 1] += 1
    for i in range(n):
        size[i + 1] += size[i]
    by_target = np.empty(follower.size - loops, np.int32)  # followers, sorted by whom they follow
    place = size.copy()
    for e in range(follower.size):
        if follower[e] != followed[e]:
            by_target[place[followed[e]]] = follower[e]
            place[followed[e]] += 1

    start[:] = 0
    for e in range(by_target.size):
        start[by_target[e] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    place = start.copy()
    for j in range(n):
        for e in range(size[j], size[j + 1]):
            i = by_target[e]
            target[place[i]] = j
            place[i] += 1

    used = 0
    row = start[0]
    for i in range(n):
        end = start[i + 1]
        first = used
        for k in range(row, end):
            if used == first or target[used - 1] != target[k]:
                target[used] = target[k]
                used += 1
        row = end
        start[i + 1] = used
    return used, loops, by_target.size - used


@builder
def find_reciprocals(start: I64, target: I32, reciprocal: I32) -> None:
    """``reciprocal[k]`` = the slot of the tie in the other direction, or −1. Rows must be in ascending order. O(ties)."""
    n = start.size - 1
    place = start[:-1].copy()
    for i in range(n):
        for k in range(start[i], start[i + 1]):
            j = target[k]
            while place[j] < start[j + 1] and target[place[j]] < i:
                place[j] += 1
            if place[j] < start[j + 1] and target[place[j]] == i:
                reciprocal[k] = place[j]
            else:
                reciprocal[k] = -1


@builder
def find_followers(start: I64, target: I32, first: I64, follower: I32) -> None:
    """The rows turned around: j's followers are ``follower[first[j]:first[j + 1]]``.

    ``first`` int64, n + 1; ``follower`` int32, as long as ``target``.
    """
    n = start.size - 1
    first[:] = 0
    for j in target:
        first[j + 1] += 1
    for i in range(n):
        first[i + 1] += first[i]
    place = first[:-1].copy()
    for i in range(n):
        for k in range(start[i], start[i + 1]):
            j = target[k]
            follower[place[j]] = i
            place[j] += 1


@builder
def neighbours(start: I64, living: I32, target: I32, reciprocal: I32, near_start: I64, near: I32) -> int:
    """Undirected neighbourhoods without repetition: whom i follows, and who follows i without being followed back.

    Row i's ties are its first ``living[i]`` slots. Writes ``near_start`` (int64, n + 1) and ``near`` (int32, at most twice
    the ties); returns the length used.
    """
    n = start.size - 1
    near_start[:] = 0
    for i in range(n):
        near_start[i + 1] += living[i]
        for k in range(start[i], start[i] + living[i]):
            if reciprocal[k] < 0:
                near_start[target[k] + 1] += 1
    for i in range(n):
        near_start[i + 1] += near_start[i]
    place = near_start[:-1].copy()
    for i in range(n):
        for k in range(start[i], start[i] + living[i]):
            j = target[k]
            near[place[i]] = j
            place[i] += 1
            if reciprocal[k] < 0:
                near[place[j]] = i
                place[j] += 1
    return near_start[n]


@builder
def mean_clustering(near_start: I64, near: I32, stride: int) -> float:
    """Mean local clustering coefficient of an undirected graph over every ``stride``-th member.

    Members with fewer than two neighbours count as 0 (Watts & Strogatz 1998; networkx.average_clustering).
    """
    n = near_start.size - 1
    marked = np.full(n, -1, np.int64)
    total = 0.0
    counted = 0
    for i in range(0, n, stride):
        counted += 1
        degree = near_start[i + 1] - near_start[i]
        if degree < 2:
            continue
        for k in range(near_start[i], near_start[i + 1]):
            marked[near[k]] = i
        links = 0
        for k in range(near_start[i], near_start[i + 1]):
            j = near[k]
            for e in range(near_start[j], near_start[j + 1]):
                links += marked[near[e]] == i
        total += links / (degree * (degree - 1))
    return total / counted


@builder
def largest_component(start: I64, living: I32, target: I32) -> int:
    """Members of the largest weakly connected component, by union–find with path halving (Tarjan & van Leeuwen 1984)."""
    n = start.size - 1
    parent = np.arange(n)
    size = np.ones(n, np.int64)
    largest = 0
    for i in range(n):
        a = i
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        for k in range(start[i], start[i] + living[i]):
            b = np.int64(target[k])
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            if a != b:
                if size[a] < size[b]:
                    a, b = b, a
                parent[b] = a
                size[a] += size[b]
        largest = max(largest, size[a])
    return largest


@builder
def find_circles(near_start: I64, near: I32, order: I64, rounds: int, circle: I32) -> int:
    """Circles by local moving of modularity, the first level of Louvain (Blondel et al. 2008): everybody joins the circle
    that holds most more of her neighbours than its size would lead one to expect, in the given ``order`` (int64), until
    nobody moves or ``rounds`` are over. Whole numbers only, and equal gains go to the circle that began earliest in the
    order, so the result does not depend on how members are numbered. Writes ``circle`` (int32); returns the rounds needed.
    """
    n = near_start.size - 1
    votes = np.zeros(n, np.int64)
    weight = np.empty(n, np.int64)  # of each circle: neighbours of its members
    for q in range(n):
        circle[order[q]] = q
        weight[q] = near_start[order[q] + 1] - near_start[order[q]]
    total = np.int64(near.size)
    for turn in range(rounds):
        moved = 0
        for q in range(n):
            i = order[q]
            own = circle[i]
            degree = near_start[i + 1] - near_start[i]
            weight[own] -= degree
            for k in range(near_start[i], near_start[i + 1]):
                votes[circle[near[k]]] += 1
            best = own
            most = votes[own] * total - degree * weight[own]
            for k in range(near_start[i], near_start[i + 1]):
                label = circle[near[k]]
                gain = votes[label] * total - degree * weight[label]
                if gain > most or (gain == most and label < best and best != own):
                    best = label
                    most = gain
            for k in range(near_start[i], near_start[i + 1]):
                votes[circle[near[k]]] = 0
            weight[best] += degree
            if best != own:
                circle[i] = best
                moved += 1
        if moved == 0:
            return turn + 1
    return rounds
