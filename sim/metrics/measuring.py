"""The measuring itself: once a day over the members, now and then over the ties."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from sim.graph.csr import neighbours_of
from sim.kernels import measuring, rows
from sim.metrics.metric import BrandToday, Structure, Today, share
from sim.metrics.table import METRICS
from sim.state import BrandDay
from sim.tallies import BrandSums, BrandTally
from sim.world import World

STRUCTURE_EVERY = 30
"""Days between two measurements of the graph's structure; the first and the last day are always measured."""

CLUSTERING_SAMPLE = 10_000
"""Members whose neighbourhoods are looked at for clustering; evenly spaced ones when there are at least twice as many."""

_DONE_TODAY = tuple(field.name for field in fields(BrandToday) if field.name in BrandDay._fields)
_OF_COMMUNITY = {name: metric.community for name, metric in METRICS.items() if metric.community is not None}
_OF_BRAND = {name: metric.brand for name, metric in METRICS.items() if metric.brand is not None}
COMMUNITY_METRICS = tuple(_OF_COMMUNITY)
BRAND_METRICS = tuple(_OF_BRAND)


def measure_structure(world: World) -> Structure:
    """Walk the living ties (and, for clustering, the neighbourhoods of at most twice :data:`CLUSTERING_SAMPLE` members)."""
    ties = world.ties
    parts = world.crew.each(measuring.measure_ties, world.tie_scale, world.members, ties)
    alive = sum(part[0] for part in parts)
    neighbours = neighbours_of(ties.start, ties.living, ties.target, ties.reciprocal)
    said = np.sort(world.outbox.said)[::-1]
    top = max(1, world.n_members // 100)
    return Structure(
        alive=alive,
        mutual=sum(part[1] for part in parts),
        tie_trust=share(sum(part[2] for part in parts), alive),
        clustering=rows.mean_clustering(*neighbours, max(1, world.n_members // CLUSTERING_SAMPLE)),
        largest_component=rows.largest_component(ties.start, ties.living, ties.target),
        top_share=share(int(said[:top].sum(dtype=np.int64)), int(said.sum(dtype=np.int64))),
    )


def measure(world: World, lost: int, structure: Structure | None) -> tuple[list[float], list[list[float]], int]:
    """The day's values: community metrics, and brand metrics for each brand, in the order of their names; and the ties lost
    so far, ``lost`` before today."""
    world.crew.each(measuring.measure, world.members, world.relations, world.community_sums.rows, world.brand_sums.rows)
    day, books, n = world.brand_day, world.books, world.n_members
    count = world.community_tally.totals()
    lost += count.unfollows_drift + count.unfollows_distrust + count.unfollows_annoyance
    today = Today(
        n=n,
        count=count,
        sums=world.community_sums.totals(),
        lost=lost,
        answered=int(day.answers.sum()),
        structure=structure,
    )
    counts, sums = world.brand_tally.totals(), world.brand_sums.totals()
    per_brand = []
    for b in range(len(world.brands)):
        brand = BrandToday(
            n=n,
            count=BrandTally(*(column[b] for column in counts)),
            sums=BrandSums(*(column[b] for column in sums)),
            **{name: array[b].item() for name, array in books._asdict().items()},
            **{name: getattr(day, name)[b].item() for name in _DONE_TODAY},
        )
        per_brand.append([value(brand) for value in _OF_BRAND.values()])
    return [value(today) for value in _OF_COMMUNITY.values()], per_brand, lost
