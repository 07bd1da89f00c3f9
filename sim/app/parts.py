"""Small parts of the page: the picture, the charts, the address, knobs, sentences."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

from sim.app.knobs import Group, Knob
from sim.app.settings import Settings
from sim.app.stage import Stage
from sim.report.words import spoken

WIDGETS = Path(__file__).parent / "widgets"


@solara.component_vue(str(WIDGETS / "network.vue"))
def NetworkPicture(
    place: dict[str, Any],
    frame: dict[str, Any],
    summary: str,
    legend: bool = True,
    event_pick: Callable[[str], None] = lambda name: None,
) -> None:
    """The network: every member who is drawn a dot, coloured by trust; circles around communities where it is a sample."""


@solara.component
def WorldPicture(stage: Stage, day: int, picked: solara.Reactive[str], legend: bool = True) -> None:
    """A world as it is on a day, its last; a click picks a member. (A part is drawn anew when what it is given changes.)"""
    name = picked.value
    NetworkPicture(
        place=stage.picture.place(name),
        frame=stage.picture.frame(name),
        summary=stage.picture.in_words(),
        legend=legend,
        event_pick=picked.set,
    )


def about_picture(stage: Stage) -> list[str]:
    """What must be known of a picture and its charts."""
    told, drawn, n = [], len(stage.picture.layout.sample), stage.run.graph.n_members
    if stage.picture.layout.is_sample:
        told.append(
            f"{drawn:,} of the {n:,} members are drawn, a sample of all ranks, each in the circle of her community. Charts and "
            "log are about all; a member who is picked by name is drawn too, with those she is tied to."
        )
    ours, *rivals = stage.run.brand_names or [""]
    compete = "competes" if len(rivals) == 1 else "compete"
    if rivals:
        others = f"{' and '.join(rivals)} {compete} with it here, as the scenario says"
        told.append(f"Trust, customers and money are those of {ours}; {others}.")
    return told


@solara.component_vue(str(WIDGETS / "charts.vue"))
def Charts(panels: list[dict[str, Any]], days: int) -> None:
    """Small charts of series by day."""


@solara.component_vue(str(WIDGETS / "log.vue"))
def LogList(entries: list[dict[str, Any]], event_pick: Callable[[str], None] = lambda name: None) -> None:
    """What happened; a click on a name picks her."""


@solara.component_vue(str(WIDGETS / "address.vue"))
def Address(query: str) -> None:
    """Puts the choices into the address of the page."""


@solara.component
def Choice(label: str, value: str, names: list[str], on_value: Callable[[str], Any]) -> None:
    """One of several names, shown as words."""
    words = {name: spoken(name) for name in names}
    if len(set(words.values())) < len(names):
        words = {name: name for name in names}
    back = {word: name for name, word in words.items()}
    solara.Select(label, value=words.get(value, value), values=list(back), on_value=lambda word: on_value(back[word]))


@solara.component
def Sentences(lines: list[str], kind: str = "murmur-told") -> None:
    """Lines of text, each a paragraph."""
    with solara.Div(classes=[kind]):
        for line in lines:
            solara.HTML(tag="p", unsafe_innerHTML=escaped(line))


def escaped(text: str) -> str:
    """Text that is safe inside a page."""
    import html

    return html.escape(text)


@solara.component
def Knobs(group: Group, settings: Settings, choose: Callable[[Settings], bool]) -> None:
    """The knobs of a group, each with its help and a way back to its default."""
    for knob in group.knobs:
        OneKnob(knob, settings, choose).key(knob.path)


@solara.component
def OneKnob(knob: Knob, settings: Settings, choose: Callable[[Settings], bool]) -> None:
    """A slider with its number, a switch, or a choice. ``choose`` says whether settings can be lived."""
    value, default = settings.value(knob.path), settings.default(knob.path)
    changed = value != default
    refused, set_refused = solara.use_state(0)

    def turn(new: Any) -> None:
        choose(settings.change(knob.path, new))

    def typed(text: str) -> None:
        new: Any = text
        with contextlib.suppress(ValueError):
            new = int(text) if knob.whole else float(text)
        if not choose(settings.change(knob.path, new)):
            set_refused(refused + 1)  # a new field, with the value that holds

    with solara.Div(classes=["murmur-knob"]):
        if knob.switch:
            solara.Switch(label=knob.label, value=bool(value), on_value=turn)
        elif knob.choices:
            solara.Select(label=knob.label, value=str(value), values=list(knob.choices), on_value=turn)
        else:
            named = f"{knob.label}{f' ({knob.unit})' if knob.unit else ''}"
            solara.InputText(named, value=f"{value:.10g}", on_value=typed).key(f"typed {refused}")
            place = round(1000 * knob.place(float(value)))
            solara.SliderInt(
                label=knob.label,
                value=place,
                min=0,
                max=1000,
                step=1,
                thumb_label=False,
                on_value=lambda new: turn(knob.at(new / 1000)),
            )
        with solara.Div(classes=["murmur-help"]):
            text = knob.about if knob.path.startswith("mechanisms.") else f"{knob.about} ({knob.origin})"
            solara.HTML(tag="span", unsafe_innerHTML=escaped(text[0].upper() + text[1:]))
            if changed:
                number = isinstance(default, int | float) and not knob.switch
                shown = f"{default:g}" if number else str(default).lower()
                solara.Button(f"back to {shown}", text=True, dense=True, on_click=lambda: turn(default), classes=["murmur-back"])
