"""A study as one page that needs nothing else, and the same as Markdown with its figures beside it."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import InputError
from sim.report import answer_sheets, answers, clauses, study_figures
from sim.report.figures import STYLE, comparison_figure
from sim.report.sensitivity import draw as draw_tornado
from sim.report.sensitivity import told as told_sensitivity
from sim.report.sheet import Sheet
from sim.report.words import answer, conditions, warnings
from sim.study.compare import Comparison
from sim.study.outcome import StudyResults
from sim.study.pairs import LEADING, box_of, factors_of, pairs, weights
from sim.study.robustness import standings
from sim.study.sensitivity import DESIGNS, sensitivity

_NAMED = 3
"""Policies that a heading names."""


class Figure(NamedTuple):
    """A figure of the page: its file name, what it shows, its picture (PNG)."""

    name: str
    caption: str
    picture: bytes


class Page(NamedTuple):
    """What a report says."""

    title: str
    question: str
    short: list[str]
    answer: list[str]
    sheets: list[Sheet]
    figures: list[Figure]
    method: list[str]
    manifest: dict[str, Any]


def compose(results: StudyResults, manifest: dict[str, Any]) -> Page:
    """The report of a study."""
    scenario = results.study.scenario
    kept = {key: manifest.get(key) for key in ("created", "versions", "commit", "machine", "seeds", "result")}
    kept["code"] = manifest["job"].get("code")
    heading = scenario.title or f"{_listed(results.study.policies)} compared"
    question = scenario.description or answers.question(results)
    if len(results.study.points) == 1:
        found = Comparison(results)
        told = [*answer(found), *warnings(found)]
        caption = "Above: mean over worlds and the band of 90 % of them. Below: every world's difference to the control."
        pictures = [Figure("comparison", caption, picture(comparison_figure(found)))]
        return Page(heading, question, [], told, [], pictures, [conditions(found)], kept)
    told = answers.sentences(results)
    method = [answers.study_conditions(results)]
    figures = [*_figures(results)]
    if scenario.study.design in DESIGNS:
        try:
            figure, words = _tornado(results)
            figures.append(figure)
            told += words
        except InputError as error:  # a run is missing, or nothing differs: that is the answer
            told.append(f"What it hangs on cannot be told. {error}")
    sheets = answer_sheets.sheets(results)
    return Page(heading, question, answers.in_short(results), told, sheets, figures, method, kept)


def _listed(policies: Sequence[str]) -> str:
    """Some of the policies in a heading."""
    shown = ", ".join(policies[:_NAMED])
    return shown + (f" and {len(policies) - _NAMED} more" if len(policies) > _NAMED else "")


def _figures(results: StudyResults) -> list[Figure]:
    import matplotlib.pyplot as plt

    found = []

    def add(name: str, caption: str, size: tuple[float, float], draw: Callable[..., Any], *args: Any) -> None:
        with plt.rc_context(STYLE):
            figure, ax = plt.subplots(figsize=size, layout="constrained")
            draw(results, *args, ax=ax)
            found.append(Figure(name, caption, picture(figure)))

    compared = pairs(results)
    if len(compared) > clauses.MANY:
        caption = f"Share of the points of the design at which each policy does surely better or worse than {compared[0][1]}."
        add("shares", caption, (8.5, 1.6 + 0.55 * len(compared)), study_figures.draw_all_shares)
        compared = []
    for n, (ours, theirs) in enumerate(compared):
        rows = len(results.study.horizons)
        caption = f"Share of the points of the design at which {ours} does surely better or worse than {theirs}."
        add(f"shares-{n}", caption, (8.5, 1.4 + 0.5 * rows), study_figures.draw_shares, ours, theirs)
        if LEADING in results.study.series:
            caption = "Paired difference on the average over all points"
            caption += ", with the 95 % interval over worlds." if len(results.study.seeds) > 1 else "."
            add(f"difference-{n}", caption, (8.5, 3.6), study_figures.draw_difference, ours, theirs)
        factors = _leading_factors(results, ours, theirs)
        if len(factors) == 2 and results.study.scenario.study.design != "one_at_a_time":  # which is a cross, not a plane
            caption = (
                f"Every point of the design over two factors: green where {ours} does surely better, wine where surely worse, "
                "grey where it is too close to call; the larger a dot, the larger the difference. Values that are no numbers are "
                "spread a little, so that dots do not lie on each other."
            )
            add(f"phases-{n}", caption, (8.5, 5.2), study_figures.draw_phases, ours, theirs, *factors)
    if not standings(results, LEADING):
        return found
    caption = "Money against trust; the size of a dot says how many members are present."
    add("frontier", caption, (8.5, 4.6), study_figures.draw_frontier)
    if len(results.study.seeds) < 2:
        return found
    caption = "What is given up by whoever chooses one policy for all points."
    add("regret", caption, (8.5, 1.4 + 0.45 * len(results.study.policies)), study_figures.draw_regret)
    return found


def _leading_factors(results: StudyResults, ours: str, theirs: str) -> list[str]:
    """Two factors to draw over: those that surely make most of the difference, those the box of conditions restrains, then the
    others, numbers first."""
    found = weights(results, ours, theirs, LEADING)
    sure = [weight.path for weight in found if weight.is_no_chance(len(found))]
    heavy = [weight.path for weight in found if weight.share >= 0.05]
    box = box_of(results, ours, theirs, LEADING) or box_of(results, theirs, ours, LEADING)
    limited = [limit.path for limit in box.limits] if box is not None else []
    design = factors_of(results, (ours, theirs))
    varying = [path for path in design if len(set(map(str, design[path]))) > 1]
    numbers = [path for path in varying if design[path].dtype.kind in "iuf"]
    return list(dict.fromkeys([*sure, *limited, *heavy, *numbers, *varying]))[:2]


def _tornado(results: StudyResults) -> tuple[Figure, list[str]]:
    import matplotlib.pyplot as plt

    ours, theirs = pairs(results)[0] if len(results.study.policies) > 1 else (results.study.policies[0], "")
    found = sensitivity(results, LEADING, ours, theirs)
    with plt.rc_context(STYLE):
        figure, ax = plt.subplots(figsize=(8.5, 1.4 + 0.4 * len(found.effects)), layout="constrained")
        draw_tornado(found, ax)
        return Figure("tornado", "What the outcome hangs on.", picture(figure)), told_sensitivity(found)


def picture(figure: Any) -> bytes:
    """A figure as PNG; the same figure gives the same bytes."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, metadata={"Software": None})
    plt.close(figure)
    return buffer.getvalue()


def as_html(page: Page) -> str:
    """One HTML page that needs nothing else."""

    def paragraph(text: str) -> str:
        return f'<p class="{"sub" if text.startswith(" ") else "told"}">{html.escape(text.strip())}</p>'

    figures = [
        f'<figure><img alt="{html.escape(f.caption)}" src="data:image/png;base64,{base64.b64encode(f.picture).decode()}">'
        f"<figcaption>{html.escape(f.caption)}</figcaption></figure>"
        for f in page.figures
    ]
    return "\n".join(
        [
            _HEAD.format(title=html.escape(page.title)),
            f"<h1>{html.escape(page.title)}</h1>",
            *([f"<p>{html.escape(page.question)}</p>"] if page.question else []),
            "<h2>The answer</h2>",
            *(f'<p class="short">{html.escape(sentence)}</p>' for sentence in page.short),
            *([f'<p class="gloss">{html.escape(answers.GLOSS)}</p>'] if page.short else []),
            *(sheet.html() for sheet in page.sheets),
            *(["<h3>In detail</h3>"] if page.short else []),
            *map(paragraph, page.answer),
            "<h2>Figures</h2>",
            *figures,
            "<h2>What it holds for</h2>",
            *map(paragraph, page.method),
            "<h2>How it was made</h2>",
            f"<pre>{html.escape(json.dumps(page.manifest, indent=1, ensure_ascii=False))}</pre>",
            "</body></html>",
        ]
    )


def as_markdown(page: Page) -> str:
    """The same as Markdown; figures are files beside it, under ``figures/``."""
    lines = [f"# {page.title}", "", *([page.question, ""] if page.question else []), "## The answer", ""]
    lines += [line for sentence in page.short for line in (sentence, "")]
    lines += [f"*{answers.GLOSS}*", ""] if page.short else []
    for sheet in page.sheets:
        lines += [*sheet.markdown(), ""]
    lines += ["### In detail", ""] if page.short else []
    lines += [f"{'  ' if text.startswith(' ') else ''}- {text.strip()}" for text in page.answer]
    lines += ["", "## Figures", ""]
    for figure in page.figures:
        lines += [f"![{figure.caption}](figures/{figure.name}.png)", "", figure.caption, ""]
    lines += ["## What it holds for", "", *page.method, "", "## How it was made", "", "```json"]
    return "\n".join([*lines, json.dumps(page.manifest, indent=1, ensure_ascii=False), "```", ""])


def write(page: Page, folder: Path) -> tuple[Path, Path]:
    """report.html, report.md and figures/ in a folder; returns the paths of the first two."""
    from sim.study.store import Folder

    store = Folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for figure in page.figures:

        def save(path: Path, picture: bytes = figure.picture) -> None:
            path.write_bytes(picture)

        store.write(f"figures/{figure.name}.png", save)
    markdown = store.write("report.md", lambda path: path.write_text(as_markdown(page), encoding="utf-8"))
    return store.write("report.html", lambda path: path.write_text(as_html(page), encoding="utf-8")), markdown


_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem }}
body {{ color: #1a1a1a; background: #fff }}
h1 {{ font-size: 1.7rem; line-height: 1.2 }}
h2 {{ font-size: 1.2rem; margin-top: 2rem; border-top: 1px solid #ccc; padding-top: .6rem }}
p {{ margin: .5rem 0 }} p.sub {{ margin-left: 1.5rem }} p.short {{ font-size: 1.1rem }} p.gloss {{ color: #444 }}
h3 {{ font-size: 1rem }}
figure {{ margin: 1.2rem 0; break-inside: avoid }} img {{ width: 100% }} figcaption {{ color: #444; font-size: .9rem }}
table {{ border-collapse: collapse; margin: 1rem 0; font-size: .9rem; font-variant-numeric: tabular-nums }}
th, td {{ text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid #ddd; vertical-align: top }}
th.number, td.number {{ text-align: right }} caption {{ text-align: left; font-weight: 600 }}
pre {{ background: #f4f4f4; padding: .8rem; overflow-x: auto; font-size: .8rem; white-space: pre-wrap }}
@media print {{ body {{ margin: 0; max-width: none; font-size: 11pt }} h2, h3 {{ break-after: avoid }}
tr {{ break-inside: avoid }} img {{ width: auto; max-width: 100%; max-height: 10cm }} }}
</style></head><body>"""
