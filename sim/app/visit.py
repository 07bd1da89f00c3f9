"""What one visitor has before her: settings, one or two worlds, whether they are playing, whom she has picked."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import solara

from sim.app.lessons import LESSONS as ALL_LESSONS
from sim.app.lessons import Outcome
from sim.app.settings import Settings
from sim.app.stage import Stage
from sim.app.worlds import Side, Verdict
from sim.errors import Fault, InputError, suggestion
from sim.mechanisms import MECHANISMS
from sim.report.words import spoken
from sim.scenario import CONTROL

EXPLORE, POLICIES, MECHANISM, LESSONS = range(4)
TABS = ("Explore", "Two policies", "Without a mechanism", "Lessons")
LESSONS_KEYS = tuple(lesson.key for lesson in ALL_LESSONS)
PACES = (1, 2, 5, 10, 30)
"""Days a second that can be chosen."""
FRAMES = 4.0
"""Pictures a second at most; faster paces live several days for one."""


@dataclass
class Taken:
    """A lesson that was run: the prediction and its reason, as they stood before, and what came out."""

    guess: int
    why: str
    outcomes: list[Outcome]


class Visit:
    """A visitor's page. Made once for each; what is reactive belongs to her alone.

    What is reactive is read and set in her own context only. Worlds are made and stepped in other threads, one at a time
    (:attr:`lock`), which see nothing of it (:func:`make`, :func:`advance`).
    """

    def __init__(self, settings: Settings | None = None, problems: Sequence[str] = ()) -> None:
        self.lock = threading.Lock()
        self.settings = solara.reactive(settings or Settings())
        self.problems = solara.reactive(tuple(problems))
        """What is wrong with what was chosen, in sentences."""
        self.tab = solara.reactive(EXPLORE)
        self.playing = solara.reactive(False)
        self.pace = solara.reactive(2)
        self.frame = solara.reactive(0)
        """Grows with every change of what is to be drawn."""
        self.plays = solara.reactive(0)
        """How often it was made to play."""
        self.steps = solara.reactive(0)
        self.resets = solara.reactive(0)
        """How often a step and a new start were asked for."""
        self.made = solara.reactive(0)
        """Grows with every making of the worlds."""
        self.building = solara.reactive(False)
        self.reached = solara.reactive(0.0)
        """Days a second that are reached while playing, when that is less than was chosen; else 0."""
        self.steps_done = 0
        """The steps that were lived, or asked for in worlds of before."""
        self.picked = solara.reactive("")
        self.without = solara.reactive("persuasion_knowledge")
        """The mechanism that is switched off in the second world."""
        self.lesson = solara.reactive(LESSONS_KEYS[0])
        self.taken: dict[str, Taken] = {}
        """What she has predicted, and what came out, by lesson."""
        self.many: dict[Any, list[Verdict]] = {}
        """What many worlds have said, by the worlds of a tab."""
        self.unfinished: set[Any] = set()
        """Of which worlds many were being lived, and are not done."""
        self.stages: list[Stage] = []
        self._of: Any = None
        """What makes them these worlds: :meth:`world`, when they were asked for."""
        self._shelf: dict[Any, list[Stage]] = {}
        """The last worlds of each tab, as they were left."""
        self._wanted = 0

    def query(self) -> str:
        """What was chosen, as the query of an address: the settings, the tab, and on its tab the mechanism."""
        tab = self.tab.value
        more = {} if tab == EXPLORE else {"tab": str(tab)}
        if tab == MECHANISM:
            more["without"] = self.without.value
        if tab == LESSONS:
            more["lesson"] = self.lesson.value
        return "&".join(filter(None, (self.settings.value.query(), urlencode(more))))

    @classmethod
    def of(cls, query: str) -> Visit:
        """The visit that an address asks for; what is wrong with it is told on the page."""
        try:
            visit = cls(Settings.from_query(query))
        except InputError as error:
            return cls(problems=[str(fault) for fault in error.faults])
        problems = []
        for key, text in parse_qsl(query.lstrip("?")):
            known = {"tab": [str(tab) for tab in range(len(TABS))], "without": list(MECHANISMS), "lesson": list(LESSONS_KEYS)}
            if key in known and text not in known[key]:
                problems.append(str(Fault(f"address: {key}", f"there is no {text!r}", suggestion(text, known[key]))))
            elif key == "tab":
                visit.tab.set(int(text))
            elif key == "without":
                visit.without.set(text)
            elif key == "lesson":
                visit.lesson.set(text)
        visit.problems.set(tuple(problems))
        return visit

    def toml(self) -> str:
        """What is lived here as a scenario file: the policies of the tab (and doing nothing beside a single one), and with a
        mechanism less a study with and without it."""
        settings, tab = self.settings.value, self.tab.value
        policies = {POLICIES: (settings.policy, settings.rival), MECHANISM: (settings.policy,)}
        off = self.without.value if tab == MECHANISM else ""
        text: str = settings.toml(policies.get(tab, (CONTROL, settings.policy)), off)
        return text

    def choose(self, settings: Settings) -> bool:
        """Change the settings, if they can be lived; else say why not and keep the old ones. Whether they were changed."""
        try:
            _ = settings.resolved
        except InputError as error:
            self.problems.set(tuple(map(str, error.faults)))
            return False
        self.problems.set(())
        if settings != self.settings.value:
            self._shelf.clear()  # a change starts worlds anew, also one back to what was before
        self.settings.set(settings)
        return True

    def reset(self) -> None:
        """Have the worlds of the tab made anew."""
        self._shelf.pop(self.world(), None)
        self.resets.set(self.resets.value + 1)

    def sides(self) -> tuple[Side, ...]:
        """The worlds of the tab: settings, policy, and what to call it."""
        settings, tab = self.settings.value, self.tab.value
        first = (settings, settings.policy, spoken(settings.policy))
        if tab == POLICIES:
            again = " (again)" if settings.rival == settings.policy else ""
            return first, (settings, settings.rival, spoken(settings.rival) + again)
        if tab == MECHANISM:
            off = replace(settings, changes=(*settings.changes, (f"mechanisms.{self.without.value}", False)))
            return (settings, settings.policy, "as it is"), (
                off,
                settings.policy,
                f"without {spoken(self.without.value)}",
            )
        return (first,)

    async def build(self) -> None:
        """Make the worlds anew, on their first day. A later call overtakes this one."""
        self._wanted += 1
        mine, world = self._wanted, self.world()
        self.playing.set(False)
        self.building.set(True)
        try:
            stages = await asyncio.to_thread(_locked, self.lock, make, self.sides())
        except InputError as error:
            stages = []
            self.problems.set(tuple(map(str, error.faults)))
        finally:
            if mine == self._wanted:
                self.building.set(False)
        if mine != self._wanted:
            return
        self._shelf.pop(world, None)
        self._shelf = dict([*self._shelf.items(), (world, stages)][-len(TABS) :])
        self.playing.set(False)  # it may have been clicked meanwhile
        self._take_up(world, stages)

    def take_up_again(self) -> bool:
        """Go on with worlds that were left, if there are such; whether there are."""
        world = self.world()
        stages = self._shelf.get(world)
        if not stages:
            return False
        self._wanted += 1  # whatever is being made is not wanted any more
        self.building.set(False)
        if stages is not self.stages:
            self.playing.set(False)
            self._take_up(world, stages)
        return True

    def _take_up(self, world: Any, stages: list[Stage]) -> None:
        self.stages, self._of = stages, world
        self.steps_done = self.steps.value
        self.made.set(self.made.value + 1)
        if self.picked.value and stages:
            try:
                stages[0].run.graph.index(self.picked.value)
            except InputError:
                self.picked.set("")
        self.redraw()

    @property
    def ready(self) -> bool:
        """Whether the worlds that are there are those of what is chosen now."""
        return bool(self.stages) and self._of == self.world()

    async def step(self, days: int = 1) -> bool:
        """Live so many days in all worlds, in step; whether there are more to come."""
        stages = self.stages
        more: bool = await asyncio.to_thread(_locked, self.lock, advance, stages, days)
        if stages is self.stages:
            self.redraw()
        return more

    async def catch_up(self) -> None:
        """Live a day for each step that was asked for, also when clicks come faster than days. Each click ends the task of the
        one before it: a day is counted where it is lived, so that none is lost with a task and none lived twice."""
        wanted = self.steps.value
        if self.playing.value or not self.ready:
            self.steps_done = wanted
        while self.steps_done < wanted:
            stages = self.stages
            await asyncio.to_thread(_locked, self.lock, self._one_more, stages, wanted)
            if stages is self.stages:
                self.redraw()

    def _one_more(self, stages: Sequence[Stage], wanted: int) -> None:
        if self.steps_done < wanted:
            self.steps_done += 1
            advance(stages, 1)

    def redraw(self) -> None:
        """Show what has changed."""
        self.frame.set(self.frame.value + 1)

    def world(self) -> Any:
        """What makes the worlds other ones: of each its settings, policy, and name."""
        return tuple((replace(settings, policy=policy, rival=policy), policy, name) for settings, policy, name in self.sides())


def make(sides: Sequence[Side]) -> list[Stage]:
    """The worlds of a page, on their first day."""
    gc.collect()  # worlds of before are circles of references with large arrays, which Python would keep for long
    return [Stage(settings, policy, name) for settings, policy, name in sides]


def advance(stages: Sequence[Stage], days: int) -> bool:
    """Live so many days in all worlds, in step; whether there are more to come."""
    for _ in range(days):
        if not stages or any(stage.finished for stage in stages):
            break
        for stage in stages:
            stage.step()
    return bool(stages) and not any(stage.finished for stage in stages)


def _locked(lock: threading.Lock, work: Callable[..., Any], *arguments: Any) -> Any:
    with lock:
        return work(*arguments)
