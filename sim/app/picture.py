"""The picture of a world's network: who is drawn where, how each looks today, which ties live and which ended."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.app.layout import layout
from sim.engine import Run
from sim.state import F64, GONE, I64, OUTSIDE, PLANTED, REFUGE

_MOST_CUT = 200
"""Ended ties that are drawn of a day."""
_TIES_DRAWN = 400
"""Members up to which all ties are drawn."""

# How a member looks: her role, and bits of what the picture is told.
_EXPOSED, _AWAY, _REFUGE, _SAID, _SOLD, _CUSTOMER = 8, 16, 32, 64, 128, 256


class Picture:
    """The network of a run. ``ended``, ``reasoned``: how many ties ended today, and how many of them for a reason that the model
    knows."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.layout = layout(run.graph)
        self.cut: list[tuple[int, int]] = []
        """Ties that ended today, as pairs of members, those for a reason that the model knows first."""
        self.ended, self.reasoned = 0, 0

    def pairs(self) -> I64:
        """Living ties, as one number each, sorted."""
        owner, target = self._living()
        return np.sort(owner * self.run.graph.n_members + target)

    def note_ended(self, before: I64, known: set[tuple[int, int]]) -> None:
        """Compare with the ties of the day before; ``known``: those that ended for a reason."""
        n = self.run.graph.n_members
        pairs = [(int(pair // n), int(pair % n)) for pair in np.setdiff1d(before, self.pairs(), assume_unique=True)]
        why = [pair for pair in pairs if pair in known]
        self.ended, self.reasoned = len(pairs), len(why)
        self.cut = [*why, *(pair for pair in pairs if pair not in known)][:_MOST_CUT]

    def trust(self) -> F64:
        """Members' trust in the first brand (one half where there is none)."""
        relations = self.run.world.relations
        if not self.run.brand_rows:
            return np.full(self.run.graph.n_members, 0.5)
        b = self.run.brand_rows[0]
        good, bad = relations.good[:, b].astype(np.float64), relations.bad[:, b].astype(np.float64)
        return np.asarray((good + 1.0) / (good + bad + 2.0))

    def looks(self) -> I64:
        """How each member looks today, as bits."""
        world = self.run.world
        members, outbox = world.members, world.outbox
        ours = members.sponsor >= 0
        look = np.where(ours, members.role, 0).astype(np.int64)
        look |= np.where(members.exposed > 0, _EXPOSED, 0)
        look |= np.where(np.isin(members.space, (GONE, OUTSIDE)), _AWAY, 0)
        look |= np.where(members.space == REFUGE, _REFUGE, 0)
        if self.run.days_done:  # before that, it is what was said when the brand was not there yet
            look |= np.where(outbox.said > 0, _SAID, 0)
            look |= np.where(outbox.said > outbox.plain, _SOLD, 0)
        if self.run.brand_rows:
            look |= np.where(world.relations.customer[:, self.run.brand_rows[0]] == 1, _CUSTOMER, 0)
        return look

    def drawn(self, picked: str = "") -> I64:
        """The members who are drawn: all, or of a large community a sample, with the picked one and whom she is tied to."""
        sample = self.layout.sample
        if not picked or not self.layout.is_sample:
            return sample
        i = self.run.graph.index(picked)
        return np.union1d(sample, np.append(self._ties_of(i).ravel(), i))

    def place(self, picked: str = "") -> dict[str, Any]:
        """What of the picture seldom changes: places, names, the circles of communities where only a sample is drawn."""
        where, graph, drawn = self.layout, self.run.graph, self.drawn(picked)
        circles = np.column_stack([where.centre, where.radius]) if where.is_sample else np.empty((0, 3))
        return {
            "x": np.round(where.xy[drawn, 0], 4).tolist(),
            "y": np.round(where.xy[drawn, 1], 4).tolist(),
            "names": [graph.name(i) for i in drawn],
            "circles": np.round(circles, 4).tolist(),
            "brand": self.run.brand_names[0] if len(self.run.brand_names) > 1 else "the brand",
        }

    def frame(self, picked: str = "") -> dict[str, Any]:
        """What of the picture changes from day to day. ``picked``: whose ties are drawn where there are too many."""
        drawn, n = self.drawn(picked), self.run.graph.n_members
        place = np.full(n, -1, np.int64)
        place[drawn] = np.arange(drawn.size)
        chosen = self.run.graph.index(picked) if picked else -1
        if n <= _TIES_DRAWN:
            ties = np.column_stack(self._living())
        else:
            ties = self._ties_of(chosen) if chosen >= 0 else np.empty((0, 2), np.int64)
        cut = place[np.array(self.cut, np.int64).reshape(-1, 2)]
        seen = np.flatnonzero((cut >= 0).all(axis=1))
        return {
            "trust": np.round(self.trust()[drawn] * 100).astype(int).tolist(),
            "look": self.looks()[drawn].tolist(),
            "ties": place[ties].ravel().tolist(),
            "cut": cut[seen].ravel().tolist(),
            "reasoned": int((seen < self.reasoned).sum()),
            "picked": int(place[chosen]) if chosen >= 0 else -1,
        }

    def _living(self) -> tuple[I64, I64]:
        """Living ties: who follows, who is followed."""
        ties = self.run.world.ties
        alive = np.flatnonzero(ties.target >= 0)
        owner = np.searchsorted(ties.start, alive, side="right") - 1
        return owner.astype(np.int64), ties.target[alive].astype(np.int64)

    def _ties_of(self, i: int) -> I64:
        """Whom a member follows and who follows her, as pairs."""
        owner, target = self._living()
        hers = (owner == i) | (target == i)
        return np.column_stack([owner[hers], target[hers]])

    def in_words(self) -> str:
        """The picture for those who do not see it."""
        members = self.run.world.members
        here = ~np.isin(members.space, (GONE, OUTSIDE))
        value = self.trust()[here]
        low, high = int((value < 0.45).sum()), int((value > 0.55).sum())
        planted, day = int(((members.role == PLANTED) & here).sum()), self.run.days_done
        return (
            f"After {day} day{'s' * (day != 1)}: {int(here.sum()):,} members present, {high:,} trust the brand, {low:,} distrust "
            f"it; {planted} planted accounts, {int(members.exposed.sum())} exposed; {self.ended} ties ended today, "
            f"{self.reasoned} of them for a reason that the model knows."
        )
