"""Counts of a day and sums over the members, declared like the arrays of :mod:`sim.state`.

Counts and sums are taken per chunk of members and added up in the order of the chunks, so that totals do not depend on the
number of threads.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from sim.declare import Array
from sim.state import F64, I64, Records


class CommunityTally(NamedTuple):
    """What happened in the community today, counted per chunk of members."""

    offered: Annotated[I64, Array("items offered to members", ("chunks",), "i8", "items", 0)]
    reads: Annotated[I64, Array("items read", ("chunks",), "i8", "items", 0)]
    commercial_reads: Annotated[I64, Array("commercial items read", ("chunks",), "i8", "items", 0)]
    organic_posts: Annotated[
        I64, Array("posts that are nobody's marketing: plain posts and questions", ("chunks",), "i8", "posts", 0)
    ]
    questions: Annotated[I64, Array("questions asked", ("chunks",), "i8", "posts", 0)]
    reposts: Annotated[I64, Array("messages passed on", ("chunks",), "i8", "posts", 0)]
    deep_reposts: Annotated[I64, Array("messages passed on three or more steps from the author", ("chunks",), "i8", "posts", 0)]
    unfollows_drift: Annotated[I64, Array("ties dropped for no reason", ("chunks",), "i8", "ties", 0)]
    unfollows_distrust: Annotated[I64, Array("ties dropped for distrust", ("chunks",), "i8", "ties", 0)]
    unfollows_annoyance: Annotated[I64, Array("ties dropped for commercial posts", ("chunks",), "i8", "ties", 0)]
    ties_formed: Annotated[I64, Array("new ties", ("chunks",), "i8", "ties", 0)]
    spam_posts: Annotated[I64, Array("members' promotions of something of their own", ("chunks",), "i8", "posts", 0)]
    removed_posts: Annotated[I64, Array("members' commercial messages that moderators removed", ("chunks",), "i8", "posts", 0)]
    left_pressure: Annotated[I64, Array("members who left for too much selling", ("chunks",), "i8", "members", 0)]
    left_pull: Annotated[I64, Array("members who left because others had", ("chunks",), "i8", "members", 0)]
    admitted: Annotated[I64, Array("newcomers let in", ("chunks",), "i8", "members", 0)]
    refused: Annotated[I64, Array("requests to be let in that too few vouched for", ("chunks",), "i8", "members", 0)]


class BrandTally(NamedTuple):
    """What happened between the community and each brand today, counted per chunk of members."""

    impressions: Annotated[I64, Array("showings of the brand's posts", ("chunks", "brands"), "i8", "items", 0)]
    paid_impressions: Annotated[I64, Array("… of which paid for", ("chunks", "brands"), "i8", "items", 0)]
    ad_reads: Annotated[I64, Array("commercial messages of the brand read", ("chunks", "brands"), "i8", "items", 0)]
    praise: Annotated[I64, Array("positive word of mouth posted", ("chunks", "brands"), "i8", "posts", 0)]
    criticism: Annotated[I64, Array("negative word of mouth posted", ("chunks", "brands"), "i8", "posts", 0)]
    adoptions: Annotated[I64, Array("members who became customers for the first time", ("chunks", "brands"), "i8", "members", 0)]
    returns: Annotated[I64, Array("former customers who came back", ("chunks", "brands"), "i8", "members", 0)]
    churned: Annotated[I64, Array("customers who left", ("chunks", "brands"), "i8", "members", 0)]
    churned_distrust: Annotated[I64, Array("… of which for distrust", ("chunks", "brands"), "i8", "members", 0)]
    complaints: Annotated[I64, Array("complaints made in public", ("chunks", "brands"), "i8", "complaints", 0)]
    ignored: Annotated[I64, Array("complaints that ran out of patience", ("chunks", "brands"), "i8", "complaints", 0)]
    secret_reads: Annotated[
        I64, Array("reads of praise ordered in secret and taken for honest", ("chunks", "brands"), "i8", "items", 0)
    ]
    discoveries: Annotated[I64, Array("… and reads of it that are seen through", ("chunks", "brands"), "i8", "items", 0)]
    exposes: Annotated[
        I64, Array("posts that name an account that speaks for the brand in secret", ("chunks", "brands"), "i8", "posts", 0)
    ]
    contributions: Annotated[I64, Array("answers to the brand's open questions", ("chunks", "brands"), "i8", "posts", 0)]
    witnessed: Annotated[I64, Array("deletions noticed by readers", ("chunks", "brands"), "i8", "items", 0)]
    found: Annotated[I64, Array("planted accounts the platform closed", ("chunks", "brands"), "i8", "accounts", 0)]
    follows: Annotated[I64, Array("members who began to follow the brand", ("chunks", "brands"), "i8", "members", 0)]
    brand_unfollows_drift: Annotated[I64, Array("followers lost for no reason", ("chunks", "brands"), "i8", "members", 0)]
    brand_unfollows_distrust: Annotated[I64, Array("followers lost for distrust", ("chunks", "brands"), "i8", "members", 0)]
    brand_unfollows_overexposure: Annotated[
        I64, Array("followers lost for too many posts", ("chunks", "brands"), "i8", "members", 0)
    ]


class CommunitySums(NamedTuple):
    """Sums over the members at the end of the day, per chunk."""

    knowledge: Annotated[F64, Array("persuasion knowledge", ("chunks",), "f8")]
    clutter: Annotated[F64, Array("commercial share of what is read", ("chunks",), "f8")]
    in_refuge: Annotated[F64, Array("members in the refuge", ("chunks",), "f8")]
    gone: Annotated[F64, Array("members who have left for good", ("chunks",), "f8")]
    outside: Annotated[F64, Array("members who are not there yet", ("chunks",), "f8")]


class BrandSums(NamedTuple):
    """Sums over the members at the end of the day, per chunk and brand."""

    trust: Annotated[F64, Array("trust", ("chunks", "brands"), "f8")]
    familiarity: Annotated[F64, Array("familiarity", ("chunks", "brands"), "f8")]
    distrusting: Annotated[F64, Array("members with trust below .35", ("chunks", "brands"), "f8")]
    aware: Annotated[F64, Array("members who know the brand", ("chunks", "brands"), "f8")]
    followers: Annotated[F64, Array("members who follow it", ("chunks", "brands"), "f8")]
    customers: Annotated[F64, Array("customers", ("chunks", "brands"), "f8")]


Kind = TypeVar("Kind", bound=tuple[Any, ...])


class Tally(Generic[Kind]):
    """The numbers of one kind (a named tuple above): one record per chunk, or per chunk and brand.

    ``rows[c]`` or ``rows[c, b]`` is the record that kernels write; one array of records takes less handing over than an
    array per number. ``block`` is the same memory, the numbers along its last axis.
    """

    def __init__(self, kind: type[Kind], *shape: int) -> None:
        self.kind = kind
        dtype = np.float64 if kind in (CommunitySums, BrandSums) else np.int64
        self.block: npt.NDArray[Any] = np.zeros((*shape, len(kind._fields)), dtype)  # type: ignore[attr-defined]
        self._look()

    def _look(self) -> None:
        fields = [(name, self.block.dtype) for name in self.kind._fields]  # type: ignore[attr-defined]
        self.rows: Records = self.block.view(np.dtype((np.record, fields)))[..., 0]

    def clear(self) -> None:
        self.block[:] = 0

    def totals(self) -> Any:
        """A ``kind`` whose numbers are added up over the chunks (for brands: a list, one per brand)."""
        return self.kind(*self.block.sum(axis=0).T.tolist())

    def __getstate__(self) -> dict[str, Any]:
        return {"kind": self.kind, "block": self.block}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._look()  # rows are a view of the block
