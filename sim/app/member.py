"""One member's story, and the log of what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import solara
import solara.lab

from sim.app.parts import Charts, LogList, Sentences
from sim.app.stage import KINDS, Stage
from sim.app.visit import Visit
from sim.errors import InputError
from sim.report.figures import COLOURS

_SHOWN = 60
"""Entries of the log that are shown at first, the latest first."""
_EVERYTHING = "all of these"


@solara.component
def NameField(name: str, on_name: Callable[[str], None]) -> None:
    """A field for a member's name. What is typed is never written back, so that nothing comes into a name while its first letters
    are on the way."""
    field = solara.v.TextField(label="Click a dot, or type a member's name", v_model=name)
    for event in ("keyup.enter", "focusout"):
        solara.v.use_event(field, event, lambda widget, event, data: on_name(widget.v_model or ""))


@solara.component
def MemberStory(visit: Visit, stage: Stage, beside: bool = False) -> None:
    """Why did she unfollow? Pick a member by a click, the arrow keys, or her name. ``beside``: this is one of two worlds."""
    picked, _ = visit.picked.value, visit.frame.value
    day = stage.day
    wrong, set_wrong = solara.use_state("")
    typed, seen, shown, fields = solara.use_ref(""), solara.use_ref(""), solara.use_ref(""), solara.use_ref(0)

    def pick(name: str) -> None:
        typed.current = name = name.strip()
        try:
            if name:
                stage.run.graph.index(name)
            visit.picked.set(name)
            set_wrong("")
        except InputError as error:
            typed.current = ""
            visit.picked.set("")
            fault = error.faults[0]
            set_wrong(f"{fault.what[0].upper()}{fault.what[1:]}. {fault.remedy}")

    async def tell() -> tuple[str, int, list[str], list[float], str] | None:
        if not picked or visit.playing.value:
            return None
        found = await asyncio.to_thread(stage.story, picked)
        return picked, day, *found

    task = solara.lab.use_task(tell, dependencies=[picked, day, id(stage), visit.playing.value], raise_error=False)
    with solara.Card(
        f"One member{f', {stage.name}' if beside and picked else ''}: why did she do that?",
        margin=0,
        elevation=1,
        classes=["murmur-member"],
    ):
        if picked != seen.current:
            if picked != typed.current:  # picked elsewhere: a new field, with her name
                shown.current = picked
                fields.current += 1
            seen.current = picked
        NameField(shown.current, pick).key(f"field {fields.current}")
        if wrong:
            solara.Error(wrong, dense=True)
        if not picked:
            return
        Sentences([stage.about(picked)])
        if visit.playing.value:
            Sentences(["Pause, to read her story."])
            return
        if task.error:
            solara.Error(f"Her story cannot be told: {task.exception!r}", dense=True)
            return
        found = task.value
        if found is None or found[:2] != (picked, day):
            solara.ProgressLinear(True)
            return
        _, _, story, curve, standing = found
        line = {"name": "her trust", "colour": COLOURS[0], "dash": "", "values": curve or [None]}
        panel = {"title": "Her trust in the brand", "unit": "", "lines": [line], "range": (0, 1), "zero": False, "moments": []}
        Charts(panels=[panel], days=stage.run.scenario.days)
        fades = stage.run.scenario.laws.trust.memory_brand < 1
        Sentences([standing, *["Between events trust goes back towards ½: she forgets."] * fades])
        if any(sentence.partition(" ")[2].startswith("−") for sentence in story):
            Sentences(["Days before 0: the community settles, and no brand is there yet."])
        Sentences(story[::-1] or ["Nothing that concerns a brand has happened to her yet."], "murmur-story")


@solara.component
def Log(visit: Visit, stage: Stage) -> None:
    """What happened, the latest first; a click on a name picks her."""
    kind, set_kind = solara.use_state(_EVERYTHING)
    most, set_most = solara.use_state(_SHOWN)
    _ = visit.frame.value
    entries = [entry for entry in reversed(stage.log) if kind in (_EVERYTHING, entry.kind)]
    told = [
        {"day": entry.day, "member": entry.member, "sentence": entry.sentence, "other": entry.other} for entry in entries[:most]
    ]
    with solara.Card("What happened", margin=0, elevation=1):
        solara.Select("Show", value=kind, values=[_EVERYTHING, *KINDS], on_value=set_kind)
        LogList(entries=told, event_pick=visit.picked.set)
        if not entries:
            Sentences(["Nothing of that kind yet."])
        Sentences(["Who said what to whom stands in a member's story; ties that end for no known reason are in the charts only."])
        if len(entries) > most:
            more = f"… and {len(entries) - most:,} earlier: show more"
            solara.Button(more, text=True, on_click=lambda: set_most(most + 5 * _SHOWN))
