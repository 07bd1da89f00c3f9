"""The page: what a visitor sees. Everything it shows is read off her :class:`~sim.app.visit.Visit`."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace

import solara
import solara.lab

from sim.app.downloads import Downloads
from sim.app.duel import Duel
from sim.app.knobs import groups
from sim.app.lessons_view import Lessons
from sim.app.member import Log, MemberStory
from sim.app.panels import moments, panels
from sim.app.parts import WIDGETS, Address, Charts, Choice, Knobs, Sentences, WorldPicture, about_picture, escaped
from sim.app.settings import MOST_BYTES, MOST_SEED, Settings, parse_upload
from sim.app.variants import VARIANTS
from sim.app.visit import EXPLORE, FRAMES, LESSONS, MECHANISM, PACES, POLICIES, TABS, Visit
from sim.errors import InputError
from sim.mechanisms import ESSAYS, MECHANISMS
from sim.report.words import spoken
from sim.scenario import Scenario, shipped_scenarios
from sim.scenario.tables import as_dict
from sim.strategies import STRATEGIES

_WELCOME = (
    "Each dot is a member, among those she is tied to most. Press Play: colours, marks and curves show what happens once the "
    "brand is there. Click a dot to ask one member why."
)
_SETTLE = 0.35
"""Seconds without another change after which the world is made anew, so that a slider can be dragged."""


class START:
    """Where visitors begin whose address says nothing."""

    settings = Settings()


@solara.component
def Page() -> None:
    """A visitor's page."""
    router = solara.use_router()

    def begin() -> Visit:
        started_with = START.settings.own is not None and "own=yes" in (router.search or "")
        return Visit.of(router.search) if router.search and not started_with else Visit(START.settings)

    visit = solara.use_memo(begin, [])
    with solara.AppBar():
        solara.AppBarTitle("Murmur")
    with solara.Sidebar():
        Controls(visit)
    with solara.Div(classes=["murmur-unseen"]):
        solara.Style(WIDGETS / "page.css")
        solara.Title("Murmur")
        Address(query=visit.query())
        Life(visit)
    with solara.lab.Tabs(value=visit.tab, background_color="#f4f4f8", color="#20204a"):
        for name in TABS:
            solara.lab.Tab(name)
    if visit.problems.value:
        with solara.Error(dense=True, classes=["murmur-problems"]):
            Sentences(list(visit.problems.value))
    tab, _ = visit.tab.value, visit.made.value
    making = visit.building.value or not (visit.ready or visit.problems.value)
    if making and tab != LESSONS:
        solara.ProgressLinear(True)
        solara.HTML(tag="p", classes=["murmur-making"], attributes={"role": "status"}, unsafe_innerHTML="Making the community …")
    with solara.Div(classes=["murmur-stale"] if making and tab != LESSONS else []):  # what is still there is of the world before
        if tab == LESSONS:
            Lessons(visit)
        elif visit.stages:
            (Explore if tab == EXPLORE else Duel)(visit)


@solara.component
def Life(visit: Visit) -> None:
    """Makes the worlds when they are other ones, and lets them play. Shows nothing."""

    async def make() -> None:
        if visit.tab.value == LESSONS:
            visit.playing.set(False)
            return
        if visit.take_up_again():
            return
        visit.building.set(True)
        if visit.stages and not visit.ready:
            await asyncio.sleep(_SETTLE)
        await visit.build()

    async def play() -> None:
        stages = visit.stages
        while visit.playing.value and visit.stages is stages:
            began = time.monotonic()
            pace = visit.pace.value
            days = max(1, round(pace / FRAMES))
            more = await visit.step(days)
            if visit.stages is not stages:  # made anew meanwhile: whether those play is no longer this loop's to say
                return
            if not more:
                visit.playing.set(False)
            took = time.monotonic() - began
            visit.reached.set(round(days / took, 1) if took > 1.2 * days / pace else 0.0)
            await asyncio.sleep(max(0.02, days / pace - took))

    solara.lab.use_task(make, dependencies=[visit.world(), visit.tab.value == LESSONS, visit.resets.value])

    async def one() -> None:
        await visit.catch_up()

    # Begun by each click on Play, and ended by itself: a loop that is cut off in the middle of a day would not draw it.
    solara.lab.use_task(play, dependencies=[visit.plays.value])
    solara.lab.use_task(one, dependencies=[visit.steps.value])


@solara.component
def Controls(visit: Visit) -> None:
    """The sidebar: play, scenario, policies, seed, knobs, upload."""
    settings, tab = visit.settings.value, visit.tab.value

    def choose(**changes: object) -> None:
        visit.choose(replace(settings, **changes))

    if tab == LESSONS:
        with solara.Card("Lessons", margin=0, elevation=0):
            Sentences(["They are lived in the hobby forum, in worlds that count on from this seed."])
            solara.InputInt("Seed of the first world", value=settings.seed, on_value=lambda seed: _seed(visit, seed))
        return
    Player(visit)
    names = list(shipped_scenarios())
    with solara.Card("Community", margin=0, elevation=0):
        if settings.own is not None:
            solara.Text(f"Your own: {settings.title}")
            solara.Button("Back to the shipped ones", text=True, on_click=lambda: visit.choose(Settings()))
        else:
            Choice("Scenario", settings.scenario, names, lambda name: _other(visit, name))
        solara.HTML(tag="p", classes=["murmur-help"], unsafe_innerHTML=escaped(settings.plain.title))
        own = [policy.name for policy in settings.plain.policy]
        policies = [*own, *(name for name in (*STRATEGIES, *VARIANTS) if name not in own)]
        brands = [brand.name for brand in settings.plain.brand]
        does = f"What {brands[0] if len(brands) > 1 else 'the brand'} does"
        Choice(does, settings.policy, policies, lambda name: choose(policy=name))
        _about(settings.plain, settings.policy)
        if tab == POLICIES:
            rival = Choice("… and in the second world", settings.rival, policies, lambda name: choose(rival=name))
            rival.key("rival")  # else the two selections are taken for one
            _about(settings.plain, settings.rival)
        if tab == MECHANISM:
            Choice("Switched off in the second world", visit.without.value, list(MECHANISMS), visit.without.set).key("without")
        solara.InputInt("Seed of the world", value=settings.seed, on_value=lambda seed: _seed(visit, seed))
        solara.InputInt("Days", value=settings.value("days"), on_value=lambda days: _days(visit, days))
        if settings.changes:
            changed = ", ".join(spoken(path.replace(".0.", ".").replace(".", ": ")) for path, _ in settings.changes)
            solara.HTML(tag="p", classes=["murmur-help"], unsafe_innerHTML=escaped(f"Changed: {changed}."))
            solara.Button("All back to default", on_click=lambda: choose(changes=()), outlined=True, small=True)
    solara.HTML(tag="p", classes=["murmur-help"], unsafe_innerHTML="A change starts the world anew, with the same luck.")
    shown = (settings.policy, settings.rival) if tab == POLICIES else (settings.policy,)
    for group in groups(settings.plain, shown):
        Drawer(group, visit).key(group.title)
    Upload(visit)


@solara.component
def Drawer(group: object, visit: Visit) -> None:
    """A group of knobs, shown when opened."""
    opened, set_opened = solara.use_state(False)
    title = getattr(group, "title", "")
    with solara.Div(classes=["murmur-drawer"]):
        solara.Button(
            title,
            icon_name="mdi-chevron-down" if opened else "mdi-chevron-right",
            text=True,
            on_click=lambda: set_opened(not opened),
            attributes={"aria-expanded": str(opened).lower()},
            classes=["murmur-drawer-title"],
        )
        if opened:
            Knobs(group, visit.settings.value, visit.choose)


@solara.component
def Player(visit: Visit) -> None:
    """Play, step, reset, pace."""
    _ = visit.frame.value
    day = visit.stages[0].day if visit.stages else 0
    last = visit.stages[0].run.scenario.days if visit.stages else 0
    done = bool(visit.stages) and visit.stages[0].finished

    def more(count: solara.Reactive[int]) -> None:
        count.set(count.value + 1)

    def toggle() -> None:
        visit.playing.set(not visit.playing.value)
        if visit.playing.value:
            more(visit.plays)

    idle = done or not visit.ready or visit.building.value
    with solara.Div(classes=["murmur-player"]):
        solara.HTML(tag="div", classes=["murmur-day"], unsafe_innerHTML=f"{day} of {last} days" if visit.stages else "…")
        upto = f"days 0 to {day - 1} are lived" if day else "before the brand's first day, day 0"
        solara.HTML(tag="p", classes=["murmur-help"], unsafe_innerHTML=upto)
        with solara.Row(gap="6px"):
            playing = visit.playing.value
            solara.Button("Pause" if playing else "Play", on_click=toggle, color="primary", disabled=idle)
            solara.Button("Step", on_click=lambda: more(visit.steps), disabled=idle or playing)
            solara.Button("Reset", on_click=visit.reset)
        solara.ToggleButtonsSingle(visit.pace, list(PACES), dense=True, classes=["murmur-pace"])
        reached = visit.reached.value if playing else 0.0
        slower = f" (now {reached:g}: no faster here)" if reached else ""
        solara.HTML(tag="span", classes=["murmur-help"], unsafe_innerHTML=f"days a second{slower}")


@solara.component
def Upload(visit: Visit) -> None:
    """A scenario of the visitor's own, from a file or pasted."""
    text, set_text = solara.use_state("")

    def take(toml: str) -> None:
        if not toml.strip():
            visit.problems.set(("your scenario: there is nothing to use. Paste its text, or drop its file.",))
            return
        try:
            visit.choose(Settings.of(parse_upload(toml), toml))
        except InputError as error:
            visit.problems.set(tuple(map(str, error.faults)))

    def dropped(file: dict[str, object]) -> None:
        if int(str(file["size"])) > MOST_BYTES:
            visit.problems.set((f"{file['name']}: is larger than a megabyte. Shorten it.",))
            return
        data = file["data"]
        assert isinstance(data, bytes)
        take(data.decode("utf-8", errors="replace"))

    with solara.Details("Your own scenario"):
        solara.FileDrop(label="Drop a scenario (TOML) here", on_file=dropped, lazy=False)
        solara.InputTextArea("… or paste it", value=text, on_value=set_text, rows=4)
        solara.Button("Use it", on_click=lambda: take(text), small=True, outlined=True)


def _about(scenario: Scenario, policy: str) -> None:
    """What the strategy of a policy does, in a line."""
    strategy = scenario.find_policy(policy).strategy
    text = (type(strategy).__doc__ or "").split("\n\n")[0].replace("\n", " ")
    plain = as_dict(type(strategy)())
    chosen = {name: value for name, value in as_dict(strategy).items() if value != plain[name]}
    text += f" Here: {', '.join(f'{spoken(name)} {value}' for name, value in chosen.items())}." if chosen else ""
    text = re.sub(r"Essays? (?=E\d)", "From ", text)
    text = re.sub(r"\bE\d\b", lambda found: ESSAYS.get(found[0], found[0]), text)
    solara.HTML(tag="p", classes=["murmur-help"], unsafe_innerHTML=escaped(text))


def _other(visit: Visit, name: str) -> None:
    """Another community: policies that it does not have are replaced by its own, changes are dropped."""
    plain = Settings(scenario=name)
    known = {policy.name for policy in plain.plain.policy} | {*STRATEGIES, *VARIANTS}
    settings = visit.settings.value
    policy = settings.policy if settings.policy in known else plain.policy
    rival = settings.rival if settings.rival in known else plain.rival
    visit.choose(replace(plain, policy=policy, rival=rival, seed=settings.seed))


def _seed(visit: Visit, seed: int | None) -> None:
    if seed is None or not 0 <= seed <= MOST_SEED:
        visit.problems.set((f"seed: {seed} is no seed. Use a whole number from 0 to {MOST_SEED:,}.",))
        return
    visit.choose(replace(visit.settings.value, seed=seed))


def _days(visit: Visit, days: int | None) -> None:
    visit.choose(visit.settings.value.change("days", days))


@solara.component
def Explore(visit: Visit) -> None:
    """One world: the network, its series, what happened today, one member's story."""
    _ = visit.frame.value
    stage = visit.stages[0]
    with solara.Div(classes=["murmur-explore", *(["murmur-picked"] if visit.picked.value else [])]):
        with solara.Div(classes=["murmur-left"]):
            WorldPicture(stage, stage.day, visit.picked).key(f"network {id(stage)}")
            Sentences(about_picture(stage))
            if not stage.day:
                Sentences([_WELCOME])
            MemberStory(visit, stage)
        with solara.Div(classes=["murmur-right"]):
            with solara.Div(classes=["murmur-series"]):
                Sentences(moments([stage]), "murmur-moments")
                Charts(panels=panels([stage]), days=stage.run.scenario.days)
            Log(visit, stage)
            Downloads(visit)
