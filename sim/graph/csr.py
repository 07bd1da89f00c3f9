"""The social graph: who follows whom, as rows of slots.

*i follows j* means that what j posts reaches i: content flows j → i. A mutual relation (a friendship) is two ties.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import Fault, InputError
from sim.kernels import draws, rows
from sim.state import I32, I64, NOBODY, U64

if TYPE_CHECKING:
    import networkx as nx

SMALLEST_CIRCLE = 5
"""Members a circle needs for anybody to be influential in it."""

MOST_SLOTS = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Graph:
    """A community's ties before the run.

    ``start`` (int64, n + 1), ``target`` (int32, ties): row i lists whom member i follows. ``reciprocal`` (int32): the slot
    of the tie back, or −1. ``names``: what the source calls each member, None for numbers. ``keys`` (uint64): the members'
    identity in random draws. ``source``: what made the graph. ``notes``: what was read into or left out of a file.
    All arrays are read-only.
    """

    start: I64
    target: I32
    reciprocal: I32
    keys: U64
    names: Sequence[str] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.start, self.target, self.reciprocal, self.keys):
            array.flags.writeable = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # or kernels would be compiled anew for arrays that can be written

    @property
    def n_members(self) -> int:
        return self.start.size - 1

    @property
    def n_ties(self) -> int:
        return self.target.size

    @property
    def reciprocity(self) -> float:
        """Share of the ties that are returned (as ``networkx.reciprocity``)."""
        return float((self.reciprocal >= 0).mean()) if self.n_ties else 0.0

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the ties: equal for equal graphs, whatever made them."""
        return hashlib.sha256(self.start.tobytes() + self.target.tobytes()).hexdigest()[:16]

    def name(self, i: int) -> str:
        """What member i is called."""
        return str(i) if self.names is None else self.names[i]

    def __repr__(self) -> str:
        return f"<Graph of {self.n_members:,} members and {self.n_ties:,} ties>"

    def index(self, name: str) -> int:
        """The member called ``name``. Raises InputError when there is none."""
        if self.names is None:
            known = name.isdecimal() and int(name) < self.n_members
            if known:
                return int(name)
        elif name in self._places:
            return self._places[name]
        raise InputError(
            Fault(
                "graph",
                f"there is no member {name!r}",
                f"Members are called {self.name(0)!r}, … {self.name(self.n_members - 1)!r}.",
            )
        )

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names or ())}

    @classmethod
    def from_ties(
        cls,
        n_members: int,
        follower: I32,
        followed: I32,
        names: Sequence[str] | None = None,
        source: Mapping[str, Any] | None = None,
        notes: tuple[str, ...] = (),
    ) -> Graph:
        """Build rows from pairs (int32): ``follower[e]`` follows ``followed[e]``. Self-loops and repetitions are dropped."""
        if follower.size > MOST_SLOTS:
            raise InputError(
                Fault("graph", f"{follower.size:,} ties are too many", f"Murmur holds up to {MOST_SLOTS:,}; take a sample.")
            )
        start = np.zeros(n_members + 1, np.int64)
        target = np.empty(follower.size, np.int32)
        used, loops, repeated = rows.rows_from_pairs(n_members, follower, followed, start, target)
        target = target[:used].copy() if used < target.size else target
        reciprocal = np.empty(used, np.int32)
        rows.find_reciprocals(start, target, reciprocal)
        if names is not None:  # a generator's own repetitions are nobody's concern
            notes += (f"{loops:,} self-loop(s) dropped",) if loops else ()
            notes += (f"{repeated:,} repetition(s) of a tie merged",) if repeated else ()
        return cls(start, target, reciprocal, np.arange(n_members, dtype=np.uint64), names, dict(source or {}), notes)

    @classmethod
    def from_networkx(cls, graph: nx.Graph[Hashable], source: Mapping[str, Any] | None = None) -> Graph:
        """Any networkx graph. Directed: edge u → v reads *u follows v*. Undirected: each edge is a mutual tie."""
        nodes = list(graph)
        number = {node: i for i, node in enumerate(nodes)}
        count = graph.number_of_edges()
        a = np.fromiter((number[u] for u, _ in graph.edges()), np.int32, count)
        b = np.fromiter((number[v] for _, v in graph.edges()), np.int32, count)
        if not graph.is_directed():
            a, b = np.concatenate([a, b]), np.concatenate([b, a])
        names = None if nodes == list(range(len(nodes))) else [str(node) for node in nodes]
        return cls.from_ties(len(nodes), a, b, names, source or {"kind": "networkx"})

    def to_networkx(self, target: I32 | None = None) -> nx.DiGraph[str | int]:
        """The ties as a networkx graph (edge i → j: i follows j); ``target`` replaces the ties, −1 for a free slot."""
        import networkx

        ends = self.target if target is None else target
        alive = np.flatnonzero(ends >= 0)
        owner = np.searchsorted(self.start, alive, side="right") - 1
        graph: nx.DiGraph[str | int] = networkx.DiGraph()
        names: Sequence[str | int] = range(self.n_members) if self.names is None else self.names
        graph.add_nodes_from(names)
        graph.add_edges_from((names[i], names[j]) for i, j in zip(owner.tolist(), ends[alive].tolist(), strict=True))
        return graph

    def relabelled(self, order: I64) -> Graph:
        """The same community with its members renumbered: new member p is old member ``order[p]``, key and all.

        Rows keep the order of their slots, so a run on it is the same run with rows permuted.
        """
        size = np.diff(self.start)[order]
        start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        slots = (
            np.concatenate([np.arange(self.start[i], self.start[i + 1]) for i in order]) if order.size else np.zeros(0, np.int64)
        )
        new_member = np.empty(order.size, np.int32)
        new_member[order] = np.arange(order.size)
        new_slot = np.empty(self.n_ties, np.int32)
        new_slot[slots] = np.arange(self.n_ties)
        reciprocal = self.reciprocal[slots]
        return Graph(
            start,
            new_member[self.target[slots]],
            np.where(reciprocal >= 0, new_slot[reciprocal], NOBODY).astype(np.int32),
            self.keys[order],
            None if self.names is None else [self.names[i] for i in order],
            self.source,
            self.notes,
        )

    @cached_property
    def owner(self) -> I32:
        """Who follows, for each tie: the row each slot belongs to before the run."""
        return np.repeat(np.arange(self.n_members, dtype=np.int32), np.diff(self.start))

    @cached_property
    def heard_in(self) -> I32:
        """Slots sorted by whom they point to: j is heard in ``heard_in[first[j]:first[j + 1]]``, ``first`` of followers."""
        return np.argsort(self.target, kind="stable").astype(np.int32)

    @cached_property
    def followers(self) -> tuple[I64, I32]:
        """(first, follower): j's followers before the run are ``follower[first[j]:first[j + 1]]``."""
        first = np.empty(self.start.size, np.int64)
        follower = np.empty(self.n_ties, np.int32)
        rows.find_followers(self.start, self.target, first, follower)
        return first, follower

    @cached_property
    def n_followers(self) -> I64:
        """How many follow each member before the run."""
        return np.diff(self.followers[0])

    @property
    def neighbours(self) -> tuple[I64, I32]:
        """(first, neighbour): whom i follows or is followed by, ``neighbour[first[i]:first[i + 1]]``."""
        living = np.diff(self.start).astype(np.int32)
        return neighbours_of(self.start, living, self.target.copy(), self.reciprocal.copy())

    @cached_property
    def circles(self) -> I32:
        """A number per circle for each member: groups with more ties inside than their sizes explain."""
        near_start, near = self.neighbours
        lots = draws.uniform(np.uint64(draws.stream_key(0, draws.GRAPH, 0)), self.keys)
        circle = np.empty(self.n_members, np.int32)
        rows.find_circles(near_start, near, np.argsort(lots, kind="stable"), 50, circle)
        return circle

    @cached_property
    def standing(self) -> I64:
        """How many in a member's circle have more followers in it than she: 0 for the most followed, who is influential
        there. Nobody is influential in a circle of fewer than :data:`SMALLEST_CIRCLE`."""
        circle = self.circles
        inside = circle[self.owner] == circle[self.target]
        followers = np.bincount(self.target[inside], minlength=self.n_members)
        order = np.lexsort((-followers, circle))
        alike = np.stack([circle[order], followers[order]])
        group = np.maximum.accumulate(np.where((np.diff(alike, prepend=-1) != 0).any(axis=0), np.arange(order.size), 0))
        standing = np.empty(self.n_members, np.int64)
        standing[order] = group - np.searchsorted(circle[order], circle[order])
        small = np.bincount(circle, minlength=self.n_members)[circle] < SMALLEST_CIRCLE
        standing[small] = self.n_members
        return standing

    def summary(self) -> dict[str, float]:
        """Size, ties per member, reciprocity and mean clustering of the graph."""
        return {
            "members": self.n_members,
            "ties": self.n_ties,
            "ties_per_member": self.n_ties / max(1, self.n_members),
            "reciprocity": self.reciprocity,
            "clustering": rows.mean_clustering(*self.neighbours, 1) if self.n_members else 0.0,
        }


def neighbours_of(start: I64, living: I32, target: I32, reciprocal: I32) -> tuple[I64, I32]:
    """(first, neighbour): undirected neighbourhoods of rows whose first ``living[i]`` slots hold ties."""
    first = np.empty(start.size, np.int64)
    neighbour = np.empty(2 * int(living.sum()), np.int32)
    used = rows.neighbours(start, living, target, reciprocal, first, neighbour)
    return first, neighbour[:used]
