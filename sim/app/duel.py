"""Two worlds with the same members and the same luck, stepping together: under two policies, or with and without a mechanism."""

from __future__ import annotations

import time

import solara
import solara.lab

from sim.app.downloads import Downloads
from sim.app.knobs import explained
from sim.app.member import MemberStory
from sim.app.panels import difference_panels, moments, panels, since_when
from sim.app.parts import Charts, Sentences, WorldPicture, about_picture, escaped
from sim.app.visit import MECHANISM, Visit
from sim.app.work import follow
from sim.app.worlds import Verdict, many_worlds
from sim.report.figures import COLOURS

_WORLDS = 50
_BOTH, _DIFFERENCE = "both", "second minus first"


@solara.component
def Duel(visit: Visit) -> None:
    """The two worlds side by side."""
    shown, set_shown = solara.use_state(_BOTH)
    _ = visit.frame.value
    if len(visit.stages) < 2:
        solara.Text("Making the second world …")
        return
    stages = visit.stages
    if visit.tab.value == MECHANISM:
        Sentences([explained(visit.without.value)])
        if not getattr(visit.settings.value.resolved.mechanisms, visit.without.value):
            Sentences(["It is switched off in both worlds: turn it on (Mechanisms, in the sidebar) to see what it does."])
    with solara.Div(classes=["murmur-duel"]):
        for s, stage in enumerate(stages):
            with solara.Div():
                title = f'<span aria-hidden="true" style="color:{COLOURS[s]}">■</span> {escaped(stage.name)}'
                solara.HTML(tag="h3", unsafe_innerHTML=title)
                WorldPicture(stage, stage.day, visit.picked, legend=s == 0).key(f"network {s} {id(stage)}")
    Sentences(about_picture(stages[0]))
    with solara.Div(classes=["murmur-duel"]):
        for s, stage in enumerate(stages):
            if visit.picked.value or s == 0:
                MemberStory(visit, stage, beside=len(stages) > 1).key(f"member {s}")
    with solara.Div(classes=["murmur-explore"]):
        with solara.Div(classes=["murmur-right"]):
            solara.ToggleButtonsSingle(shown, [_BOTH, _DIFFERENCE], on_value=set_shown, dense=True)
            told = panels(stages) if shown == _BOTH else difference_panels(stages)
            Sentences(moments(stages), "murmur-moments")
            Charts(panels=told, days=stages[0].run.scenario.days)
        with solara.Div(classes=["murmur-left"]):
            with solara.Card("What has differed, and since when", margin=0, elevation=1):
                Sentences(since_when(stages))
                Sentences(["One world is not an answer: the same two in fifty other worlds can come out otherwise."])
            ManyWorlds(visit).key(str(hash(visit.world())))
            Downloads(visit, difference=shown == _DIFFERENCE)


@solara.component
def ManyWorlds(visit: Visit) -> None:
    """Fifty worlds under both, with their interval."""
    asked, set_asked = solara.use_state(0)
    progress = solara.use_reactive(0.0)
    began = solara.use_ref(0.0)
    sides, world = visit.sides(), visit.world()

    async def live() -> list[Verdict]:
        if not asked:
            return []
        began.current = time.monotonic()
        visit.unfinished.add(world)
        visit.many[world] = await follow(
            lambda tell, stopped: many_worlds((sides[0], sides[1]), _WORLDS, tell, stopped), progress
        )
        visit.unfinished.discard(world)
        return visit.many[world]

    task = solara.lab.use_task(live, dependencies=[asked], raise_error=False)
    with solara.Card(f"{sides[1][2]} against {sides[0][2]}: many worlds", margin=0, elevation=1):
        running = bool(asked) and task.pending
        with solara.Row(gap="6px"):
            solara.Button(f"Live {_WORLDS} worlds", on_click=lambda: set_asked(asked + 1), disabled=running)
            if running:
                solara.Button("Stop", on_click=task.cancel, outlined=True)
        if running:
            solara.ProgressLinear(100 * progress.value)
            solara.Text(f"{round(progress.value * _WORLDS)} of {_WORLDS} worlds{_left(progress.value, began.current)}")
        elif asked and task.cancelled:
            Sentences(["Stopped: nothing can be concluded."])
        elif not asked and world in visit.unfinished:
            Sentences(["They ended when you left this tab: nothing can be concluded."])
        elif task.error:
            solara.Error(str(task.exception), dense=True)
        elif found := task.value or visit.many.get(world):
            with solara.Div(classes=["murmur-table"]):
                rows = "".join(
                    f"<tr><th scope='row'>{escaped(v.metric)}</th><td>{escaped(v.difference)}</td><td>{escaped(v.better_in)}</td>"
                    f"<td>{escaped(v.word)}</td></tr>"
                    for v in found
                )
                head = "<tr><th></th><th>difference [95 %]</th><th>better in</th><th></th></tr>"
                solara.HTML(tag="table", unsafe_innerHTML=f"<thead>{head}</thead><tbody>{rows}</tbody>")
            Sentences(
                [
                    f"At the end of {sides[0][0].resolved.days} days, {sides[1][2]} minus {sides[0][2]}, in {_WORLDS} paired "
                    "worlds; too close to call where the interval holds zero."
                ]
            )


def _left(done: float, began: float) -> str:
    """How long it still takes, once that can be told."""
    seconds = (time.monotonic() - began) * (1 - done) / done if done > 0.05 else 0.0
    return f", some {max(1, round(seconds))} s left" if seconds else ""
