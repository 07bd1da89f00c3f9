"""Who did what to whom, and why: a log of what happens to some members or to all.

Kernels write notes for members who keep a diary (:mod:`sim.kernels.diary`); what can be read off the state from one phase to
the next is added here. To keep a diary changes nothing in the run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.event_rows import ROWS
from sim.state import (
    CUSTOMER_AT_FIRST,
    DOUBTED,
    FOLLOWED,
    FOLLOWER_AT_FIRST,
    HIDDEN,
    I64,
    KINDS,
    LEFT_BRAND_DISTRUST,
    LEFT_BRAND_DRIFT,
    MOVED,
    NOBODY,
    NOTE,
    SAID,
    SPACES,
    UNFOLLOWED_BRAND_DISTRUST,
    UNFOLLOWED_BRAND_DRIFT,
    UNFOLLOWED_BRAND_TIRED,
    UNFOLLOWED_DISTRUST,
    USED,
    Records,
)
from sim.world import World

if TYPE_CHECKING:
    import pandas as pd

_HAPPENINGS = (
    "posts_read",
    "said",
    "became_customer",
    "left_brand_drift",
    "left_brand_distrust",
    "complained",
    "followed_brand",
    "unfollowed_brand_drift",
    "unfollowed_brand_distrust",
    "unfollowed_brand_tired",
    "followed",
    "unfollowed_drift",
    "unfollowed_distrust",
    "unfollowed_annoyed",
    "moved",
    "doubted",
    "follower_at_first",
    "customer_at_first",
)
NAMES = {**{n: row.name for n, row in enumerate(ROWS)}, **{1000 + n: name for n, name in enumerate(_HAPPENINGS)}}
"""What a note's ``what`` is called."""


_WITH_TRUST = (
    UNFOLLOWED_BRAND_DRIFT,
    UNFOLLOWED_BRAND_DISTRUST,
    UNFOLLOWED_BRAND_TIRED,
    LEFT_BRAND_DRIFT,
    LEFT_BRAND_DISTRUST,
    UNFOLLOWED_DISTRUST,
    DOUBTED,
)
"""Happenings at which a note says what trust in the brand, or in the other member, was."""


class Diary:
    """The diaries of some members of a world, from its first day on. ``events``: what is kept of them, by name; default: all."""

    def __init__(self, world: World, members: Sequence[int], events: Collection[str] | None = None) -> None:
        self.world = world
        self._wanted = None if events is None else np.array([n for n, name in NAMES.items() if name in events])
        self.members: I64 = np.array(sorted(members), np.int64)
        self._pages: list[Records] = []
        world.members.keeps_diary[self.members] = 1
        self._make_room(1)

    def before(self, phase: str) -> None:
        """Make room for what the phase may bring, and remember what it is going to change."""
        world = self.world
        if phase == "read":
            targets = [world.ties.target[first : first + n] for first, n in self._rows()]
            heard = sum(int(world.outbox.said[row].sum()) for row in targets)
            posts = int((world.brand_day.posts + world.brand_day.questions + 1).sum())
            self._make_room(5 * (heard * (1 + len(world.brands)) + posts * len(self.members)))
        elif phase == "moderate":  # the platform may close accounts, whose followers all see through them
            self._make_room(2 * sum(n for _, n in self._rows()))
        elif phase == "leave":
            self._make_room(len(self.members) * (4 + 2 * len(world.brands)) + sum(n for _, n in self._rows()))
            if self._wants(FOLLOWED):
                self._followed = [set(world.ties.target[first : first + n].tolist()) for first, n in self._rows()]
            self._space = world.members.space[self.members].copy()

    def after(self, phase: str) -> None:
        """Take up what was written, and add what can be seen."""
        world = self.world
        n = int(world.members.n_notes[0])
        assert n < world.members.diary.size, "a diary that is full has lost something"
        page = world.members.diary[:n]
        page = page.copy() if self._wanted is None else page[np.isin(page["what"], self._wanted)]
        page["step"] = world.step
        world.members.n_notes[0] = 0
        seen = {"decide": self._at_first, "moderate": self._said, "leave": self._changes}.get(phase)
        more = list(seen()) if seen is not None else []
        self._pages += [page, np.array(more, NOTE)] if more else [page]

    def _wants(self, what: int) -> bool:
        return self._wanted is None or what in self._wanted

    def _rows(self) -> Iterator[tuple[int, int]]:
        ties = self.world.ties
        return zip(ties.start[self.members].tolist(), ties.living[self.members].tolist(), strict=True)

    def _make_room(self, notes: int) -> None:
        world = self.world
        wanted = notes + 64 * len(self.members) * (1 + len(world.brands))
        if world.members.diary.size < wanted:
            world.members = world.members._replace(diary=np.zeros(2 * wanted, NOTE))

    def _at_first(self) -> Iterator[tuple[Any, ...]]:
        """Which brands she follows and buys from on the day on which they enter."""
        relations = self.world.relations
        for what, has in ((FOLLOWER_AT_FIRST, relations.follows), (CUSTOMER_AT_FIRST, relations.customer)):
            if self.world.day == 0 and self._wants(what):
                for place, b in np.argwhere(has[self.members] == 1).tolist():
                    yield self.world.step, int(self.members[place]), what, b, NOBODY, 1.0, 0.0, 0.0

    def _said(self) -> Iterator[tuple[Any, ...]]:
        """What she has posted, and passed on."""
        world = self.world
        if not self._wants(SAID):
            return
        for i in self.members[world.outbox.said[self.members] > 0].tolist():
            first = world.messages.first[i]
            for item in world.messages.item[first : first + int(world.outbox.said[i])]:
                whose = int(item["origin"]) if item["origin"] != i else NOBODY
                used = item["flags"] & USED if item["kind"] == HIDDEN else 0
                yield world.step, i, SAID, item["brand"], whose, item["kind"], item["depth"], used

    def _changes(self) -> Iterator[tuple[Any, ...]]:
        """Whom she has begun to follow, and where she has gone."""
        world = self.world
        new: dict[int, list[int]] = {}
        if self._wants(FOLLOWED):
            for i, (first, living), before in zip(self.members.tolist(), self._rows(), self._followed, strict=True):
                found = set(world.ties.target[first : first + living].tolist()) - before
                if found:
                    new[i] = sorted(found)
        moved = set()
        if self._wants(MOVED):
            moved = set(self.members[world.members.space[self.members] != self._space].tolist())
        for i in sorted({*new, *moved}):
            for j in new.get(i, ()):
                yield world.step, i, FOLLOWED, NOBODY, j, 0.0, 0.0, 0.0
            if i in moved:
                clutter, tolerance = world.members.clutter[i], world.members.tolerance[i]
                yield world.step, i, MOVED, NOBODY, NOBODY, world.members.space[i], clutter, tolerance

    @property
    def notes(self) -> Records:
        """All that has been written so far, day by day, and within a day in the order of its phases."""
        return np.concatenate([np.zeros(0, NOTE), *self._pages])

    def tear_out(self) -> Records:
        """All that has been written since this was last called, which then is forgotten here."""
        notes, self._pages = self.notes, []
        return notes

    def table(self, events: Collection[str] = tuple(NAMES.values()), notes: Records | None = None) -> pd.DataFrame:
        """The notes of these ``events`` with names instead of numbers: day, member, event, brand, other, detail, weight, trust
        before and after: in the brand, or where none is named in the other member. ``notes``: other than those written so far."""
        import pandas as pd

        world, notes = self.world, self.notes if notes is None else notes
        notes = notes[np.isin(notes["what"], [number for number, name in NAMES.items() if name in events])]
        brands = np.array([*(brand.name for brand in world.brands), ""], object)
        name = np.vectorize(lambda i: "" if i < 0 else world.graph.name(int(i)), otypes=[object])
        what = notes["what"]
        event = np.array([NAMES[int(number)] for number in what], object)
        detail = np.full(notes.size, "", object)
        said = what == SAID
        detail[said] = [
            ("used" if used and not depth else KINDS[int(kind)]) + (" passed on" if depth else "")
            for kind, depth, used in zip(notes["weight"][said], notes["before"][said], notes["after"][said], strict=True)
        ]
        moved = what == MOVED
        with_trust = (what < 1000) | np.isin(what, _WITH_TRUST)
        detail[moved] = [
            SPACES[int(space)] + (f"; {_reason(clutter, most)}" if space else "")
            for space, clutter, most in zip(notes["weight"][moved], notes["before"][moved], notes["after"][moved], strict=True)
        ]
        doubted = what == DOUBTED
        detail[doubted] = [
            ": ".join(filter(None, (NAMES[int(row)], str(brands[brand]))))
            for row, brand in zip(notes["weight"][doubted], notes["brand"][doubted], strict=True)
        ]
        about = (what < 1000) | ~np.isin(what, [SAID, FOLLOWED, MOVED, DOUBTED])
        about_brand = (notes["brand"] >= 0) & ~doubted
        about_brand[said] = [KINDS[int(kind)] not in ("organic", "question", "spam") for kind in notes["weight"][said]]
        return pd.DataFrame(
            {
                "day": notes["step"] - world.burn_in,
                "member": name(notes["member"]) if notes.size else [],
                "event": event,
                "brand": brands[np.where(about_brand, notes["brand"], -1)],
                "other": name(notes["other"]) if notes.size else [],
                "detail": detail,
                "weight": np.where(about, notes["weight"], np.nan),
                "trust_before": np.where(with_trust, notes["before"], np.nan),
                "trust_after": np.where(with_trust, notes["after"], np.nan),
            }
        )


def _reason(clutter: float, most: float) -> str:
    """Why a member has left the platform: for too much selling, or, where she bears so much, because others had left."""
    if clutter > most:
        return f"lately {clutter:.0%} of what she read was recognisably selling, and above {most:.0%} she may leave on any day"
    return "some of those she followed had left"
