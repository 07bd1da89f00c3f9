"""One world on the page: a :class:`~sim.community.CommunityModel`, what of it is drawn, and what of note has happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.app.layout import Layout, layout
from sim.app.settings import MOST_MEMBERS, Settings, too_many
from sim.community import CommunityModel
from sim.engine import Run
from sim.metrics import BRAND_METRICS, METRICS
from sim.report.story import happening, standing, story
from sim.state import F64, GONE, I64, OUTSIDE, PLANTED, REFUGE, ROLES, SPACES

EVENTS = (
    "seen_through",
    "used_unasked",
    "deletion_seen",
    "complained",
    "complaint_ignored",
    "became_customer",
    "left_brand_distrust",
    "unfollowed_brand_distrust",
    "unfollowed_brand_tired",
    "unfollowed_distrust",
    "unfollowed_annoyed",
    "moved",
)
"""What the log tells of."""
KINDS = {
    "found out": ("seen_through", "used_unasked", "deletion_seen"),
    "unfollowed": ("unfollowed_brand_distrust", "unfollowed_brand_tired", "unfollowed_distrust", "unfollowed_annoyed"),
    "customers": ("became_customer", "left_brand_distrust"),
    "complaints": ("complained", "complaint_ignored"),
    "left": ("moved",),
}
"""How the log can be filtered."""
SERIES = (
    "brand_trust",
    "customers",
    "praise",
    "criticism",
    "brand_unfollows_overexposure",
    "brand_unfollows_distrust",
    "organic_posts",
    "commercial_share",
    "npv",
)
_WHERE = {"platform": "here", "refuge": "in the refuge", "gone": "gone", "outside": "not here yet"}
_UNFOLLOWED = ("unfollowed_distrust", "unfollowed_annoyed")
_MOST_LOGGED = 5000
_MOST_CUT = 200
"""Ended ties that are drawn of a day."""
_TIES_DRAWN = 400
"""Members up to which all ties are drawn."""
_CASCADE = 5
"""Members who learn of a secret on one day, from which on it is called a cascade."""

# How a member looks: bits of what the picture is told.
_ROLE, _EXPOSED, _AWAY, _REFUGE, _SAID, _SOLD, _CUSTOMER = 0, 8, 16, 32, 64, 128, 256


@dataclass(frozen=True)
class Moment:
    """A day on which something began that matters."""

    day: int
    what: str


@dataclass(frozen=True)
class Told:
    """An entry of the log."""

    day: int
    kind: str
    member: str
    sentence: str


class Stage:
    """A world under one policy, from the brand's first day on. ``name``: what it is called beside another."""

    def __init__(self, settings: Settings, policy: str, name: str = "") -> None:
        self.settings, self.policy, self.name = settings, policy, name or policy
        scenario = settings.resolved
        graph = scenario.make_graph(settings.seed)
        if graph.n_members > MOST_MEMBERS:
            raise too_many(graph.n_members)
        scenario.check_names(graph)
        self.model = CommunityModel(scenario, policy, rng=settings.seed, graph=graph, diary="all", events=EVENTS)
        self.layout: Layout = layout(graph)
        self.log: list[Told] = []
        self.moments: list[Moment] = []
        self._followed: I64 | None = None
        self.cut: list[tuple[int, int]] = []
        """Ties that ended today, as pairs of members, those for a reason that the model knows first."""
        self.ended, self.reasoned = 0, 0
        """How many ended, and how many of them for such a reason."""
        self._seen: set[str] = set()

    @property
    def run(self) -> Run:
        """The engine below the Mesa model."""
        return self.model.engine

    @property
    def day(self) -> int:
        """Days lived since the brand entered."""
        return self.model.day

    @property
    def finished(self) -> bool:
        return self.run.finished

    def step(self) -> None:
        """Live a day, and note what happened."""
        before = self._pairs() if self.run.graph.n_members <= MOST_MEMBERS else None
        self.model.step()
        if before is not None:
            n = self.run.graph.n_members
            gone = np.setdiff1d(before, self._pairs(), assume_unique=True)
        known = self._take_notes()
        if before is not None:
            pairs = [(int(pair // n), int(pair % n)) for pair in gone]
            why = [pair for pair in pairs if pair in known]
            self.ended, self.reasoned = len(pairs), len(why)
            self.cut = [*why, *(pair for pair in pairs if pair not in known)][:_MOST_CUT]

    def _pairs(self) -> I64:
        """Living ties, as one number each, sorted."""
        ties, n = self.run.world.ties, self.run.graph.n_members
        alive = np.flatnonzero(ties.target >= 0)
        owner = np.searchsorted(ties.start, alive, side="right") - 1
        return np.sort(owner.astype(np.int64) * n + ties.target[alive])

    def _take_notes(self) -> set[tuple[int, int]]:
        """Note what happened today; returns who unfollowed whom for a reason."""
        diary, day = self.run.diary, self.day - 1
        assert diary is not None
        notes = diary.table(EVENTS, diary.tear_out())
        kinds = {event: kind for kind, events in KINDS.items() for event in events}
        for note in notes.itertuples(index=False):
            self.log.append(Told(int(note.day), kinds[note.event], note.member, happening(note)))
        del self.log[: max(0, len(self.log) - _MOST_LOGGED)]
        found = int((notes["event"] == "seen_through").sum())
        if found:
            self._mark("found", day, f"first discovery: {found} member{'s' * (found > 1)} saw through ordered praise")
        exposed = int(self._latest("exposes"))
        if exposed:
            self._mark("exposed", day, "first exposé: the secret is told")
        if exposed >= _CASCADE:
            self._mark("cascade", day, f"exposé cascade: {exposed} posts in one day")
        left = int((notes["event"] == "moved").sum())
        if left:
            self._mark("moved", day, "the first members leave the platform")
        switch = self.run.policy.switch_day
        if self.run.policy.switch_to and day == switch:
            self._mark("switch", day, f"the brand switches to {self.run.policy.switch_to}")
        confessed = bool(self.run.world.brand_day.confesses.any())
        if confessed:
            self._mark("confess", day, "the brand owns up in public")
        ended = notes[notes["event"].isin(_UNFOLLOWED) & (notes["other"] != "")]
        index = self.run.graph.index
        return {(index(a), index(b)) for a, b in zip(ended["member"], ended["other"], strict=True)}

    def _mark(self, key: str, day: int, what: str) -> None:
        if key not in self._seen:
            self._seen.add(key)
            self.moments.append(Moment(day, what))

    def _latest(self, metric: str) -> float:
        if not self.run.brand_names and metric in BRAND_METRICS:
            return 0.0
        value = self.model.measure(metric)
        return value if value == value else 0.0

    def series(self, metric: str) -> F64:
        """The days of a metric so far."""
        if metric in BRAND_METRICS and not self.run.brand_names:
            return np.full(self.day, np.nan)
        return self.run.series(metric)

    # What the picture is told

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
        if self.day:  # before that, it is what was said when the brand was not there yet
            look |= np.where(outbox.said > 0, _SAID, 0)
            look |= np.where(outbox.said > outbox.plain, _SOLD, 0)
        if self.run.brand_rows:
            look |= np.where(world.relations.customer[:, self.run.brand_rows[0]] == 1, _CUSTOMER, 0)
        return look

    def place(self) -> dict[str, Any]:
        """What of the picture does not change: places, names, groups."""
        where, graph = self.layout, self.run.graph
        if not where.drawn_one_by_one:
            sizes = np.bincount(where.group)
            return {
                "x": np.round(where.centre[:, 0], 4).tolist(),
                "y": np.round(where.centre[:, 1], 4).tolist(),
                "r": np.round(where.radius, 4).tolist(),
                "names": [f"group {g + 1}: {size:,} members" for g, size in enumerate(sizes)],
                "groups": True,
            }
        return {
            "x": np.round(where.xy[:, 0], 4).tolist(),
            "y": np.round(where.xy[:, 1], 4).tolist(),
            "r": [],
            "names": [graph.name(i) for i in range(graph.n_members)],
            "groups": False,
        }

    def frame(self, picked: str = "") -> dict[str, Any]:
        """What of the picture changes from day to day. ``picked``: whose ties are drawn."""
        ties = self.run.world.ties
        if not self.layout.drawn_one_by_one:
            group, value = self.layout.group, self.trust()
            here = ~np.isin(self.run.world.members.space, (GONE, OUTSIDE))
            weight = np.bincount(group, here)
            mean = np.bincount(group, np.where(here, value, 0.0)) / np.maximum(weight, 1)
            return {
                "trust": np.round(mean * 100).astype(int).tolist(),
                "look": [0] * len(mean),
                "ties": [],
                "cut": [],
                "reasoned": 0,
                "picked": -1,
            }
        chosen = self.run.graph.index(picked) if picked else -1
        if self.run.graph.n_members <= _TIES_DRAWN:
            alive = np.flatnonzero(ties.target >= 0)
            owner = np.searchsorted(ties.start, alive, side="right") - 1
            drawn = np.stack([owner, ties.target[alive]], axis=1)
        elif chosen >= 0:
            drawn = self._ties_of(chosen)
        else:
            drawn = np.empty((0, 2), np.int64)
        return {
            "trust": np.round(self.trust() * 100).astype(int).tolist(),
            "look": self.looks().tolist(),
            "ties": drawn.ravel().tolist(),
            "cut": [end for pair in self.cut for end in pair],
            "reasoned": min(self.reasoned, _MOST_CUT),
            "picked": chosen,
        }

    def _ties_of(self, i: int) -> I64:
        """Whom a member follows and who follows her, as pairs."""
        ties = self.run.world.ties
        followed = ties.target[ties.start[i] : ties.start[i] + ties.living[i]].astype(np.int64)
        slots = np.flatnonzero(ties.target == i)
        followers = np.searchsorted(ties.start, slots, side="right") - 1
        return np.concatenate(
            [np.stack([np.full(followed.size, i), followed], axis=1), np.stack([followers, np.full(followers.size, i)], axis=1)]
        )

    def summary(self) -> str:
        """The picture in words, for those who do not see it."""
        world = self.run.world
        here = ~np.isin(world.members.space, (GONE, OUTSIDE))
        value = self.trust()[here]
        low, high = int((value < 0.45).sum()), int((value > 0.55).sum())
        planted = int(((world.members.role == PLANTED) & here).sum())
        days = f"After {self.day} day{'s' * (self.day != 1)}"
        return (
            f"{days}: {int(here.sum()):,} members present, {high:,} trust the brand, {low:,} distrust it; "
            f"{planted} planted accounts, {int(world.members.exposed.sum())} exposed; {self.ended} ties ended today, "
            f"{self.reasoned} of them for a reason that the model knows."
        )

    # One member

    def story(self, member: str) -> tuple[list[str], list[tuple[int, float]], str]:
        """(a member's story until today, her trust in the brand on days it moved, where she stands). Her world is lived once more
        with her diary, which changes nothing in it."""
        scenario = self.settings.resolved
        again = Run(scenario, self.policy, self.settings.seed, self.run.graph, diary=[member])
        while again.days_done < self.day:
            again.step()
        assert again.diary is not None
        table = again.diary.table()
        name = self.run.brand_names[0] if self.run.brand_names else ""
        moved = table[(table["brand"] == name) & table["trust_after"].notna()]
        curve = [(int(day), float(value)) for day, value in zip(moved["day"], moved["trust_after"], strict=True)]
        return list(story(table)), curve, standing(again, member)

    def about(self, member: str) -> str:
        """Who a member is, in a line."""
        world, i = self.run.world, self.run.graph.index(member)
        role = ROLES[int(world.members.role[i])] if world.members.sponsor[i] >= 0 else "herself"
        speaks = {
            "herself": "speaks for herself",
            "planted": "is an account that the brand runs",
            "covert": "is a covert ambassador",
            "open": "is an open ambassador",
            "unaware": "is used by the brand without knowing",
        }[role]
        followers = int((world.ties.target == i).sum())
        where, follows = SPACES[int(world.members.space[i])], int(world.ties.living[i])
        return (
            f"{member} {speaks}; is {_WHERE.get(where, where)}; follows {follows}, is followed by {followers}; how well she "
            f"recognises selling, from 0 to 1: {world.members.knowledge[i]:.2f}"
        )


def csv_of(stages: list[Stage]) -> str:
    """Every metric of every day of some worlds, as CSV; *world* is what each is called on the page."""
    lines = [",".join(("world", "policy", "seed", "day", *METRICS_BY_DAY))]
    for stage in stages:
        columns = [stage.series(metric) for metric in METRICS_BY_DAY]
        lines += [
            ",".join(
                (stage.name, stage.policy, str(stage.settings.seed), str(day), *(f"{column[day]:.10g}" for column in columns))
            )
            for day in range(stage.day)
        ]
    return "\n".join([*lines, ""])


METRICS_BY_DAY = tuple(name for name, metric in METRICS.items() if metric.run is None)
"""Metrics that have days."""
