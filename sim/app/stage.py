"""One world on the page: a :class:`~sim.community.CommunityModel`, its picture, and what of note has happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.app.picture import Picture
from sim.app.settings import MOST_MEMBERS, Settings, too_many
from sim.community import CommunityModel
from sim.engine import Run
from sim.kernels.evidence import trust
from sim.metrics import BRAND_METRICS, METRICS
from sim.report.story import COMPLAINTS, FROM_AFAR, happening, opinions, story
from sim.report.words import spoken
from sim.state import EXPOSE, F64, GONE, PLANTED, ROLES, SPACES

EVENTS = (
    "seen_through",
    "used_unasked",
    "deletion_seen",
    "complained",
    "complaint_ignored",
    "became_customer",
    "left_brand_distrust",
    "left_brand_drift",
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
    "customers": ("became_customer", "left_brand_distrust", "left_brand_drift"),
    "complaints": ("complained", "complaint_ignored"),
    "left": ("moved",),
    "ambassadors": (),
}
"""How the log can be filtered; of ambassadors there are no notes, what they are is seen."""
_SPEAKS = {
    "planted": "gives place to an account that {brand} runs from now on and that poses as a member",
    "covert": "speaks for {brand} from now on, whatever she thinks of it, and does not say so",
    "open": "speaks for {brand} from now on, whatever she thinks of it, and says so",
    "unaware": "is used by {brand} from now on, without knowing",
}
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
_CASCADE = 5
"""Members who learn of a secret on one day, from which on it is called a cascade."""


@dataclass(frozen=True)
class Moment:
    """A day on which something began that matters."""

    day: int
    what: str


@dataclass(frozen=True)
class Told:
    """An entry of the log; ``other``: whom else it is about, and ``of_other`` what is told of her then."""

    day: int
    kind: str
    member: str
    sentence: str
    other: str = ""
    of_other: str = ""


class Stage:
    """A world under one policy, from the brand's first day on. ``name``: what it is called beside another."""

    def __init__(self, settings: Settings, policy: str, name: str = "") -> None:
        self.settings, self.policy, self.name = settings, policy, name or spoken(policy)
        scenario = settings.resolved
        graph = scenario.make_graph(settings.seed)
        if graph.n_members > MOST_MEMBERS:
            raise too_many(graph.n_members)
        scenario.check_names(graph)
        self.model = CommunityModel(scenario, policy, rng=settings.seed, graph=graph, diary="all", events=EVENTS)
        self.picture = Picture(self.model.engine)
        self.log: list[Told] = []
        self.moments: list[Moment] = []
        self._seen: set[str] = set()
        self._closed: set[str] = set()
        self._sponsor, self._role = self.run.world.members.sponsor.copy(), self.run.world.members.role.copy()

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
        before = self.picture.pairs()
        self.model.step()
        self.picture.note_ended(before, self._take_notes())

    def _take_notes(self) -> set[tuple[int, int]]:
        """Note what happened today; returns who unfollowed whom for a reason."""
        diary, day = self.run.diary, self.day - 1
        assert diary is not None
        notes = diary.table(EVENTS, diary.tear_out())
        kinds = {event: kind for kind, events in KINDS.items() for event in events}
        for note in notes.itertuples(index=False):
            sentence = happening(note)
            if note.event in COMPLAINTS and self._is_gone(note.member):
                sentence += FROM_AFAR
            seen = (note.other, f"{note.member} saw through a post of hers") if note.event == "seen_through" else ()
            self.log.append(Told(int(note.day), kinds[note.event], note.member, sentence, *seen))
        self.log += [*self._recruited(day), *self._told_on(day)]
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

    def _is_gone(self, member: str) -> bool:
        return bool(self.run.world.members.space[self.run.graph.index(member)] == GONE)

    def _recruited(self, day: int) -> Iterator[Told]:
        """Who speaks for a brand from today on, and who does no longer."""
        members, name = self.run.world.members, self.run.graph.name
        before, self._sponsor = self._sponsor, members.sponsor.copy()
        was, self._role = self._role, members.role.copy()
        for i in np.flatnonzero(members.sponsor != before).tolist():
            now = int(members.sponsor[i])
            brand = self.run.world.brands[now if now >= 0 else int(before[i])].name
            what = _SPEAKS[ROLES[int(members.role[i])]] if now >= 0 else "does not speak for {brand} any more"
            closed = ""
            if now < 0 and was[i] == PLANTED and members.exposed[i] and members.space[i] == GONE:
                closed = ": the account was closed"
                self._closed.add(name(i))
            yield Told(day, "ambassadors", name(i), what.format(brand=brand) + closed)

    def _told_on(self, day: int) -> Iterator[Told]:
        """Who wrote today that somebody speaks for a brand in secret."""
        messages, said = self.run.world.messages, self.run.world.outbox.said
        for i in np.flatnonzero(said > 0).tolist() if self._latest("exposes") else ():
            for item in messages.item[messages.first[i] : messages.first[i] + int(said[i])]:
                if item["kind"] == EXPOSE and item["depth"] == 0:
                    who, other = self.run.graph.name(i), self.run.graph.name(int(item["origin"]))
                    secret = f"speaks for {self.run.world.brands[int(item['brand'])].name} in secret"
                    yield Told(day, "found out", who, f"wrote that {other} {secret}", other, f"{who} wrote that she {secret}")

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

    # One member

    def story(self, member: str) -> tuple[list[str], list[float], str]:
        """(a member's story until today, her trust in the brand at the end of each day, what she thinks of each brand). Her world
        is lived once more with her diary, which changes nothing in it."""
        scenario = self.settings.resolved
        again = Run(scenario, self.policy, self.settings.seed, self.run.graph, diary=[member])
        curve = []
        while again.days_done < self.day:
            if again.step() is not None and again.brand_rows:
                one, relations = (again.graph.index(member), again.brand_rows[0]), again.world.relations
                curve.append(trust(float(relations.good[one]), float(relations.bad[one])))
        assert again.diary is not None
        taken = [entry.day for entry in self.log if entry.kind == "ambassadors" and entry.member == member]
        told = [*story(again.diary.table(), taken), *self._known_of(member)]
        return sorted(told, key=_last_day), curve, "; ".join(opinions(self.run, member))  # on day 0 the other has not settled yet

    def _known_of(self, member: str) -> Iterator[str]:
        """What the log knows of her that her diary does not: that she was recruited, seen through, told on."""
        for entry in self.log:
            if entry.kind == "ambassadors" and entry.member == member:
                yield f"Day {entry.day}: {entry.sentence}."
            elif entry.other == member:
                yield f"Day {entry.day}: {entry.of_other}."

    def about(self, member: str) -> str:
        """Who a member is, in a line."""
        world, i = self.run.world, self.run.graph.index(member)
        role = ROLES[int(world.members.role[i])] if world.members.sponsor[i] >= 0 else "herself"
        speaks = {
            "herself": "speaks for herself again, and was found out to have spoken for a brand in secret"
            if world.members.exposed[i]
            else "speaks for herself",
            "planted": "is an account that the brand runs",
            "covert": "is a covert ambassador",
            "open": "is an open ambassador",
            "unaware": "is used by the brand without knowing",
        }[role]
        if member in self._closed:
            return f"{member} was an account that the brand ran: it was found out and closed"
        followers = int((world.ties.target == i).sum())
        if world.members.space[i] == GONE:
            return f"{member} {speaks}; is gone"
        where, follows = SPACES[int(world.members.space[i])], int(world.ties.living[i])
        return (
            f"{member} {speaks}; is {_WHERE.get(where, where)}; follows {follows}, is followed by {followers}; how well she "
            f"recognises selling, from 0 to 1: {world.members.knowledge[i]:.2f}"
        )


def _last_day(sentence: str) -> int:
    """The day, or the last of the days, that a sentence of a story begins with."""
    days = sentence.partition(":")[0].replace("−", "-").split()
    return int(days[-1])


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
