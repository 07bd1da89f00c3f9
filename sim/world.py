"""The world of a run: the graph, the laws, and every array that changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.crew import Crew
from sim.declare import Parameter
from sim.graph import Graph
from sim.kernels import draws
from sim.laws import Costs, Laws, MemberTraits, packed
from sim.state import (
    F32,
    F64,
    I32,
    I64,
    MUTUAL,
    OUTSIDE,
    REFUGE,
    RELAYS,
    SOUR,
    U8,
    Books,
    BrandDay,
    Members,
    Messages,
    Outbox,
    Relations,
    Ties,
    allocate,
)
from sim.strategies import Actions, Strategy
from sim.tallies import BrandSums, BrandTally, CommunitySums, CommunityTally, Tally

MOST_ACTIVITY = 150.0
"""Posts a day above which no member's activity is drawn; one in a million would be."""

NO_LIMIT = 1e12
"""A budget that never binds."""

_CHANGING = ("members", "ties", "relations", "outbox", "brand_day", "books")


class Brand(NamedTuple):
    """What a brand is, apart from what it does."""

    name: Annotated[str, Parameter("name of the brand")] = "Brand"
    quality: Annotated[float, Parameter("chance that an experience of the product is good (Q)", "–", 0, 1)] = 0.8
    initial_followers: Annotated[float, Parameter("share of the members who follow it on its first day", "–", 0, 1)] = 0.1
    initial_customers: Annotated[float, Parameter("share of the members who are customers on its first day", "–", 0, 1)] = 0.02
    initial_aware: Annotated[float, Parameter("share of the other members who have heard of it on its first day", "–", 0, 1)] = (
        0.1
    )
    initial_good: Annotated[float, Parameter("good evidence of those who know it on its first day", "experiences", 0, 1000)] = 0.0
    initial_bad: Annotated[float, Parameter("bad evidence of those who know it on its first day", "experiences", 0, 1000)] = 0.0
    daily_budget: Annotated[float, Parameter("most it can spend in a day; 1e12: no limit", "money/day", 0, NO_LIMIT)] = NO_LIMIT
    total_budget: Annotated[float, Parameter("most it can spend in all; 1e12: no limit", "money", 0, NO_LIMIT)] = NO_LIMIT
    policy: Annotated[str, Parameter("policy it follows, unless it is the first brand, whose policies are compared")] = "absent"


class ScheduledPost(NamedTuple):
    """Something a member says on a given day, whatever else happens: a rumour, a scandal, the seed of a cascade."""

    day: Annotated[int, Parameter("day on which it is said; the brand enters on day 0", "day", -100_000, 1_000_000)]
    member: Annotated[str, Parameter("who says it, as the graph calls her")]
    kind: Annotated[Literal["organic", "question", "praise", "criticism"], Parameter("what it is")] = "organic"
    brand: Annotated[str, Parameter("the brand it is about, for praise and criticism; empty: the first")] = ""


@dataclass
class World:
    """Everything that changes during a run, and what it changes by. Built by :func:`create`."""

    graph: Graph
    laws: Laws
    costs: Costs
    brands: Sequence[Brand]
    strategies: Sequence[Strategy]
    scheduled: Mapping[int, Sequence[tuple[int, str, int]]]
    """Step → (member, kind, brand) said on it."""
    seed: int
    burn_in: int
    crew: Crew
    members: Members
    ties: Ties
    relations: Relations
    outbox: Outbox
    messages: Messages
    brand_day: BrandDay
    books: Books
    community_tally: Tally[CommunityTally]
    brand_tally: Tally[BrandTally]
    community_sums: Tally[CommunitySums]
    brand_sums: Tally[BrandSums]
    offered: I32
    """Items in each member's feed today."""
    ended: I32
    seekers: I32
    movers: I32
    """Scratch, one per slot: ties to end and members who look for a new one (while feeds are read, the ties that speak); and
    one per member, who want to leave the platform."""
    step: int = -1
    """Days lived, burn-in included, counting from 0; −1 before the first."""
    tie_scale: float = 1.0
    """True evidence per stored unit of tie evidence."""
    next_cascade: int = 0
    first_cascade: int = 0
    """Cascade number of today's first message by a member."""
    first_reply: int = 0
    """… and of the first that may be said tomorrow because of what is read today, one for each member and brand."""
    n_posted: int = 0
    """Messages posted today."""
    purse: F64 = field(default_factory=lambda: np.empty(0))
    """What each brand may still spend today."""
    divided: bool = False
    """Whether anybody is elsewhere than on the platform."""
    audible: U8 = field(default_factory=lambda: np.zeros((1, 0), np.uint8))
    """Messages of each member heard in each space today (spaces × members)."""
    sponsored: bool = False
    """Whether anybody speaks for a brand today."""
    cascade_starts: list[int] = field(default_factory=list)
    """First cascade number of each of the last days on which messages are still passed on."""
    actions: list[Actions] = field(default_factory=list)
    """What each brand does today."""

    def __post_init__(self) -> None:
        self.promoters = np.flatnonzero(self.members.promotion)
        """Members with something of their own to promote."""
        self.numbers = packed(self.laws)
        """The laws as kernels take them."""
        self.asked: dict[tuple[int, str], I64] = {}
        """The members in the order in which a brand recruits, by brand and target, once somebody has had to know."""

    @property
    def n_members(self) -> int:
        return self.graph.n_members

    @property
    def day(self) -> int:
        """Days since the brands entered; negative during the burn-in."""
        return self.step - self.burn_in

    def key(self, stream: int, days_ago: int = 0) -> np.uint64:
        """Today's key of a stream of draws."""
        return np.uint64(draws.stream_key(self.seed, stream, self.step - days_ago))

    def arrays(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Every array that changes from day to day, by its name ``group.array``."""
        for group in _CHANGING:
            for name, array in getattr(self, group)._asdict().items():
                yield f"{group}.{name}", array

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "numbers": None, "promoters": None, "asked": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()


def create(
    graph: Graph,
    laws: Laws,
    traits: MemberTraits,
    costs: Costs,
    brands: Sequence[Brand],
    strategies: Sequence[Strategy],
    scheduled: Sequence[ScheduledPost] = (),
    *,
    seed: int,
    burn_in: int,
    threads: int = 1,
) -> World:
    """A world on the eve of its first day. Nobody knows any brand until :func:`launch`."""
    crew = Crew(graph.start, threads)
    sizes = {
        "members": graph.n_members,
        "rows": graph.n_members + 1,
        "slots": graph.n_ties,
        "brands": len(brands),
        "one": 1,
        "relays": RELAYS,
        "messages": graph.n_members,
    }
    n_chunks = len(crew.bounds)
    relations = allocate(Relations, sizes)
    relations.brand_key[:] = [brand_key(brand.name) for brand in brands]
    brand_day = allocate(BrandDay, sizes)
    brand_day.quality[:] = [brand.quality for brand in brands]
    return World(
        graph=graph,
        laws=laws,
        costs=costs,
        brands=brands,
        strategies=strategies,
        scheduled=_by_step(scheduled, graph, brands, burn_in),
        seed=seed,
        burn_in=burn_in,
        crew=crew,
        members=draw_members(graph.keys, traits, laws, seed),
        ties=_initial_ties(graph, laws),
        relations=relations,
        outbox=allocate(Outbox, sizes),
        messages=allocate(Messages, sizes),
        brand_day=brand_day,
        books=allocate(Books, sizes),
        community_tally=Tally(CommunityTally, n_chunks),
        brand_tally=Tally(BrandTally, n_chunks, len(brands)),
        community_sums=Tally(CommunitySums, n_chunks),
        brand_sums=Tally(BrandSums, n_chunks, len(brands)),
        offered=np.zeros(graph.n_members, np.int32),
        ended=np.empty(graph.n_ties, np.int32),
        seekers=np.empty(graph.n_ties, np.int32),
        movers=np.empty(graph.n_members, np.int32),
        purse=np.zeros(len(brands)),
    )


def brand_key(name: str) -> int:
    """A brand's identity in random draws: its name, so that adding a rival does not change anybody else's luck."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


def draw_members(keys: npt.NDArray[np.uint64], traits: MemberTraits, laws: Laws, seed: int) -> Members:
    """Draw each member's traits, and where she is at first, from her own key, by inversion: a change of a median or a shape
    moves everybody alike."""
    from scipy import special

    key = np.uint64(draws.stream_key(seed, draws.TRAITS, 0))

    def lognormal(median: float, spread: float, which: int) -> F64:
        drawn: F64 = median * np.exp(spread * special.ndtri(np.maximum(draws.uniform(key, keys, which), 1e-300)))
        return drawn

    members = allocate(Members, {"members": keys.size, "one": 1})
    members.key[:] = keys
    members.activity[:] = np.minimum(lognormal(traits.activity_median, traits.activity_spread, 0), MOST_ACTIVITY)
    members.attention[:] = lognormal(traits.attention_median, traits.attention_spread, 1)
    members.frailty[:] = special.gammaincinv(traits.frailty_shape, draws.uniform(key, keys, 2)) / traits.frailty_shape
    members.avoidance[:] = special.betaincinv(traits.avoidance_a, traits.avoidance_b, draws.uniform(key, keys, 3))
    members.tolerance[:] = special.betaincinv(traits.tolerance_a, traits.tolerance_b, draws.uniform(key, keys, 4))
    members.promotion[:] = laws.space.promotion_rate * (draws.uniform(key, keys, 5) < laws.space.promoters)
    if laws.refuge.exists:
        members.space[draws.uniform(key, keys, 6) < laws.refuge.founders] = REFUGE
    members.space[draws.uniform(key, keys, 7) < laws.space.outside] = OUTSIDE
    return members


def _initial_ties(graph: Graph, laws: Laws) -> Ties:
    good: F32 = np.full(graph.n_ties, laws.trust.prior_good, np.float32)
    bad: F32 = np.full(graph.n_ties, laws.trust.prior_bad, np.float32)
    sour = laws.trust.prior_bad > laws.trust.prior_good
    status = np.where(graph.reciprocal >= 0, MUTUAL, np.uint8(0)) | (SOUR if sour else np.uint8(0))
    living = np.diff(graph.start).astype(np.int32)
    marked = np.full(graph.n_members, sour, np.uint8)
    return Ties(graph.start, living, marked, graph.target.copy(), graph.reciprocal.copy(), good, bad, np.zeros_like(good), status)


def _by_step(
    scheduled: Sequence[ScheduledPost], graph: Graph, brands: Sequence[Brand], burn_in: int
) -> dict[int, list[tuple[int, str, int]]]:
    names = [brand.name for brand in brands]
    steps: dict[int, list[tuple[int, str, int]]] = {}
    for post in scheduled:
        brand = names.index(post.brand) if post.brand else 0
        steps.setdefault(post.day + burn_in, []).append((graph.index(post.member), post.kind, brand))
    return steps


def launch(world: World) -> None:
    """The brands enter: some members know them, follow them, are customers already."""
    for b, brand in enumerate(world.brands):
        key = np.uint64(draws.stream_key(world.seed, draws.LAUNCH, int(world.relations.brand_key[b] >> np.uint64(1))))
        coins = [draws.uniform(key, world.members.key, which) for which in range(3)]
        relations = world.relations
        there = world.members.space != OUTSIDE
        relations.follows[:, b] = (coins[0] < brand.initial_followers) & there
        relations.customer[:, b] = (coins[1] < brand.initial_customers) & there
        heard = (coins[2] < brand.initial_aware) & there
        relations.aware[:, b] = relations.follows[:, b] | relations.customer[:, b] | heard
        relations.good[:, b] = brand.initial_good * relations.aware[:, b]
        relations.bad[:, b] = brand.initial_bad * relations.aware[:, b]
        world.books.adopters[b] = relations.customer[:, b].sum()


_NOT_KEPT = ("members.keeps_diary", "members.diary", "members.n_notes")


def checkpoint(world: World) -> dict[str, npt.NDArray[Any]]:
    """All that is needed to go on from here (copies)."""
    saved = {name: array.copy() for name, array in world.arrays() if name not in _NOT_KEPT}
    saved["world.step"] = np.array(world.step)
    saved["world.tie_scale"] = np.array(world.tie_scale)
    saved["world.next_cascade"] = np.array(world.next_cascade)
    saved["world.cascade_starts"] = np.array(world.cascade_starts, np.int64)
    saved["world.community_tally"] = world.community_tally.block.copy()
    saved["world.brand_tally"] = world.brand_tally.block.copy()
    return saved


def restore(world: World, saved: Mapping[str, npt.NDArray[Any]]) -> None:
    """Put a world back to a checkpoint of the same run."""
    for name, array in world.arrays():
        if array.flags.writeable and name in saved:
            array[...] = saved[name]
    world.step = int(saved["world.step"])
    world.tie_scale = float(saved["world.tie_scale"])
    world.next_cascade = int(saved["world.next_cascade"])
    world.cascade_starts = saved["world.cascade_starts"].tolist()
    world.community_tally.block[...] = saved["world.community_tally"]
    world.brand_tally.block[...] = saved["world.brand_tally"]
