"""Where members stand in the picture: communities apart, the most followed in their middle. Made once per network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.graph import Graph
from sim.state import F64, I32, I64

MOST_DRAWN = 2000
"""Members up to which all are drawn."""
_SAMPLE = 1500
"""Members who are drawn of a larger community."""
_SPRINGS = 400
"""Members up to which ties pull at the picture; beyond, the place in the group says enough."""
_ALL_LEVELS = 5000
"""Members up to which communities are searched at all levels; beyond, the first level, which is compiled, must do."""
_GOLDEN = np.pi * (3 - np.sqrt(5))
_GAP = 1.25


@dataclass(frozen=True, eq=False)
class Layout:
    """``xy`` (members × 2, in the unit square), ``group`` (members): the community each belongs to, the largest first;
    ``centre`` (groups × 2), ``radius`` (groups): the circle it fills; ``sample``: the members who are drawn, in order."""

    xy: F64
    group: I32
    centre: F64
    radius: F64
    sample: I64

    @property
    def is_sample(self) -> bool:
        """Whether not every member has a dot."""
        return len(self.sample) < len(self.xy)


@lru_cache(8)
def layout(graph: Graph) -> Layout:
    """The picture of a network; the same network gives the same picture."""
    group = _groups(graph)
    sizes = np.bincount(group)
    radius = np.sqrt(sizes.astype(np.float64))
    centre = _packed(_between(graph, group, len(sizes)), radius)
    xy = np.empty((graph.n_members, 2))
    share = 1.0 if graph.n_members <= MOST_DRAWN else _SAMPLE / graph.n_members
    sample = []
    for g in range(len(sizes)):
        inside = np.flatnonzero(group == g)
        ranked = inside[np.argsort(-graph.n_followers[inside], kind="stable")]
        chosen = ranked[(np.arange(np.ceil(ranked.size * share)) / share).astype(np.int64)]  # of all ranks as many
        for some in (ranked, chosen):  # those of a sample fill the circle as all would
            xy[some] = centre[g] + radius[g] * _disc(some.size)
        sample.append(chosen)
    if 2 < graph.n_members <= _SPRINGS:
        xy = _sprung(graph, xy)
    low = np.minimum(xy.min(axis=0), (centre - radius[:, None]).min(axis=0)) if graph.n_members > _SPRINGS else xy.min(axis=0)
    high = np.maximum(xy.max(axis=0), (centre + radius[:, None]).max(axis=0)) if graph.n_members > _SPRINGS else xy.max(axis=0)
    scale = 0.96 / max(float((high - low).max()), 1e-9)
    shift = 0.5 - scale * (low + high) / 2
    return Layout(xy * scale + shift, group, centre * scale + shift, radius * scale, np.sort(np.concatenate(sample)))


def _disc(n: int) -> F64:
    """n places that fill the unit disc evenly, from its middle on."""
    at = np.arange(n)
    return np.asarray(np.sqrt((at + 0.5) / n)[:, None] * np.stack([np.cos(at * _GOLDEN), np.sin(at * _GOLDEN)], axis=1))


def _groups(graph: Graph) -> I32:
    """Communities by modularity (Louvain: Blondel et al. 2008), the largest first; crumbs together in a last one."""
    found = _louvain(graph) if graph.n_members <= _ALL_LEVELS else graph.circles
    sizes = np.bincount(found)
    ranked = np.argsort(-sizes, kind="stable")
    large = int((sizes >= max(2, graph.n_members // 200)).sum())
    rank = np.empty(sizes.size, np.int32)
    rank[ranked] = np.minimum(np.arange(sizes.size), max(1, large))
    return np.asarray(np.unique(rank[found], return_inverse=True)[1], np.int32)


def _louvain(graph: Graph) -> I32:
    import networkx as nx

    start, neighbour = graph.neighbours
    owner = np.repeat(np.arange(graph.n_members), np.diff(start))
    network: nx.Graph[int] = nx.Graph()
    network.add_nodes_from(range(graph.n_members))
    network.add_edges_from(zip(owner.tolist(), neighbour.tolist(), strict=True))
    group = np.zeros(graph.n_members, np.int32)
    for n, members in enumerate(sorted(nx.community.louvain_communities(network, seed=1), key=min)):
        group[list(members)] = n
    return group


def _between(graph: Graph, group: I32, n: int) -> F64:
    """Ties between groups, both ways together."""
    ties: I64 = np.zeros((n, n), np.int64)
    np.add.at(ties, (group[graph.owner], group[graph.target]), 1)
    return (ties + ties.T).astype(np.float64)


def _packed(ties: F64, radius: F64) -> F64:
    """Centres of circles that do not overlap, those with many ties between them near each other."""
    import networkx as nx

    n = len(radius)
    if n == 1:
        return np.zeros((1, 2))
    weight = ties / np.sqrt(np.outer(radius, radius)) ** 2
    network = nx.from_numpy_array(weight * (1 - np.eye(n)))
    placed = nx.spring_layout(network, seed=1, weight="weight", iterations=200)
    centre = np.array([placed[k] for k in range(n)]) * radius.sum()
    least = _GAP * (radius[:, None] + radius[None, :])
    for _ in range(400):
        apart = centre[:, None] - centre[None, :]
        distance = np.linalg.norm(apart, axis=2) + np.eye(n)
        overlap = np.maximum(least - distance, 0.0) * (1 - np.eye(n))
        push = (apart / distance[:, :, None] * overlap[:, :, None]).sum(axis=1) * 0.5
        centre = centre * 0.985 + push  # drawn together, pushed apart
    return np.asarray(centre)


def _sprung(graph: Graph, xy: F64) -> F64:
    """The picture with ties as springs (Fruchterman & Reingold 1991), from where members stand."""
    import networkx as nx

    size = float(np.ptp(xy, axis=0).max()) or 1.0
    begin = {i: tuple(place / size) for i, place in enumerate(xy)}
    start, neighbour = graph.neighbours
    network: nx.Graph[int] = nx.Graph()
    network.add_nodes_from(range(graph.n_members))
    network.add_edges_from(zip(np.repeat(np.arange(graph.n_members), np.diff(start)).tolist(), neighbour.tolist(), strict=True))
    found = nx.spring_layout(network, pos=begin, seed=1, iterations=60, k=1.6 / np.sqrt(graph.n_members), scale=None)
    placed = np.array([found[i] for i in range(graph.n_members)])
    middle = np.median(placed, axis=0)
    far = np.linalg.norm(placed - middle, axis=1)
    reach = np.quantile(far, 0.98) or 1.0
    return np.asarray(middle + (placed - middle) * np.minimum(1.0, reach / np.maximum(far, 1e-9))[:, None])  # strays come nearer
