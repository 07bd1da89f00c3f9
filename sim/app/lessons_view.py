"""The lessons on the page: a question, a prediction, a run, what it says, the caveat."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import solara
import solara.lab

from sim.app.lessons import LESSONS, Lesson, Outcome, judged, run, told
from sim.app.parts import Sentences, escaped
from sim.app.settings import Settings
from sim.app.visit import POLICIES, Taken, Visit
from sim.app.work import follow
from sim.metrics import METRICS
from sim.report.figures import COLOURS, NUMBER, STYLE
from sim.report.words import spoken, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@solara.component
def Lessons(visit: Visit) -> None:
    """All lessons, one open at a time."""
    chosen = visit.lesson.value
    names = {lesson.key: f"{n}. {lesson.title}" for n, lesson in enumerate(LESSONS, 1)}
    with solara.Row(gap="6px", classes=["murmur-lessons"]):
        for key, name in names.items():
            here = key == chosen
            solara.Button(
                name, on_click=lambda key=key: visit.lesson.set(key), color="primary" if here else None, outlined=not here
            )
    lesson = next(lesson for lesson in LESSONS if lesson.key == chosen)
    OneLesson(lesson, visit).key(lesson.key)


@solara.component
def OneLesson(lesson: Lesson, visit: Visit) -> None:
    """A lesson from its question to its caveat. It can be run only after a prediction, which then stands."""
    before = visit.taken.get(lesson.key)
    guess, set_guess = solara.use_state(before.guess if before else -1)
    why, set_why = solara.use_state(before.why if before else "")
    taken, set_taken = solara.use_state(before)
    asked, set_asked = solara.use_state(0)
    progress = solara.use_reactive(0.0)
    seed = visit.settings.value.seed

    async def live() -> None:
        if asked:
            outcomes = await follow(lambda tell, stopped: run(lesson, seed, tell, stopped), progress)
            visit.taken[lesson.key] = Taken(guess, why, outcomes)
            set_taken(visit.taken[lesson.key])

    task = solara.lab.use_task(live, dependencies=[asked])
    pending = asked > 0 and task.pending

    def explore() -> None:
        visit.choose(replace(Settings.from_query(lesson.link), seed=seed))
        visit.tab.set(POLICIES)

    def again() -> None:
        visit.taken.pop(lesson.key, None)
        set_taken(None)
        set_asked(0)
        set_guess(-1)

    with solara.Column(classes=["murmur-lesson"], gap="10px"):
        solara.HTML(tag="h2", unsafe_innerHTML=escaped(lesson.title))
        Sentences([lesson.question])
        solara.HTML(tag="h3", unsafe_innerHTML="1. Predict")
        with solara.Column(gap="4px"):
            for n, prediction in enumerate(lesson.predictions):
                mark = "mdi-radiobox-marked" if guess == n else "mdi-radiobox-blank"
                solara.Button(
                    prediction,
                    icon_name=mark,
                    text=True,
                    on_click=lambda n=n: set_guess(n),
                    attributes={"role": "radio", "aria-checked": str(guess == n).lower()},
                    classes=["murmur-choice"],
                    disabled=pending or taken is not None,
                )
        standing = pending or taken is not None
        solara.InputTextArea("Why? Write it down before you run it.", value=why, on_value=set_why, rows=2, disabled=standing)
        solara.HTML(tag="h3", unsafe_innerHTML="2. Run")
        solara.Button(
            f"Live {lesson.worlds} worlds under each condition",
            on_click=lambda: set_asked(asked + 1),
            color="primary",
            disabled=guess < 0 or standing,
        )
        if guess < 0:
            Sentences(["Choose a prediction first."])
        if pending:
            solara.ProgressLinear(100 * progress.value)
        elif task.error:
            solara.Error(str(task.exception), dense=True)
        elif taken is not None:
            Found(lesson, taken.outcomes, taken.guess, taken.why)
            solara.HTML(tag="h3", unsafe_innerHTML="4. Beware")
            Sentences([lesson.caveat, lesson.look])
            with solara.Row(gap="6px"):
                solara.Button("Look at two of these, day by day", on_click=explore, outlined=True)
                solara.Button("Predict anew", on_click=again, outlined=True)


@solara.component
def Found(lesson: Lesson, outcomes: list[Outcome], guess: int, why: str) -> None:
    """What came out, beside what was predicted."""
    solara.HTML(tag="h3", unsafe_innerHTML="3. What came out")
    words = told(lesson, outcomes)
    svg = solara.use_memo(lambda: _chart(lesson, outcomes), [lesson.key, [o.values.tobytes() for o in outcomes]])
    read_out = {"role": "img", "aria-label": " ".join(words)}
    solara.HTML(tag="div", classes=["murmur-lesson-chart"], attributes=read_out, unsafe_innerHTML=svg)
    Sentences(["Bars: 95 % intervals of the mean over worlds; dots: single worlds.", *words])
    mine = f"You predicted: “{lesson.predictions[guess]}”" + (f" Because: “{why.strip()}”" if why.strip() else "")
    Sentences([mine, judged(lesson, outcomes, guess)], "murmur-verdict")


def _chart(lesson: Lesson, outcomes: list[Outcome]) -> str:
    """What came out as a picture (SVG)."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    days = list(dict.fromkeys(outcome.condition.day for outcome in outcomes))  # what differs in size has its own axis
    with rc_context({**STYLE, "svg.fonttype": "none", "svg.hashsalt": lesson.key}):
        figure = Figure(figsize=(8.5, 0.6 + 0.5 * len(outcomes) + 0.6 * len(days)), layout="constrained")
        FigureCanvasAgg(figure)
        for ax, day in zip(figure.subplots(len(days), squeeze=False)[:, 0], days, strict=True):
            _rows(lesson, [outcome for outcome in outcomes if outcome.condition.day == day], ax)
        first = lesson.conditions[0]
        unit = METRICS[lesson.metric].unit
        minus = f", {spoken(first.policy)} minus {spoken(first.against)}" if first.against else ""
        ax.set_xlabel(f"{title(lesson.metric)}{minus}" + ("" if unit == "–" else f" ({unit})"))
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().partition("<svg")[1] + buffer.getvalue().partition("<svg")[2]


def _rows(lesson: Lesson, outcomes: list[Outcome], ax: Axes) -> None:
    """Every world a dot, the mean with its interval, a row for each condition."""
    for row, outcome in enumerate(outcomes):
        ax.plot(outcome.values, [row + 0.25] * outcome.values.size, ".", color=COLOURS[0], alpha=0.4)
        e = outcome.estimate
        ax.errorbar(e.mean, row, xerr=[[e.mean - e.low], [e.high - e.mean]], fmt="|", color=COLOURS[0], capsize=5, linewidth=2)
    if lesson.conditions[0].against:
        ax.axvline(0, color="black", linewidth=1)
    ax.set_yticks(range(len(outcomes)), [o.condition.name for o in outcomes])
    ax.set_ylim(len(outcomes) - 0.5, -0.5)
    ax.xaxis.set_major_formatter(NUMBER)
