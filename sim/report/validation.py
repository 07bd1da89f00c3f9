"""Facts and verdicts as a table, as Markdown and as one self-contained page with a small figure for each."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.sheet import Sheet
from sim.report.words import interval
from sim.scenario import Scenario
from sim.validation import TUNED_ON, Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def sheet(verdicts: Sequence[Verdict], with_source: bool = False) -> Sheet:
    """One line per fact."""
    rows = [
        (
            v.fact.name,
            v.fact.about,
            v.fact.published,
            *([v.fact.source] if with_source else []),
            band(v),
            interval(v.estimate),
            _word(v),
        )
        for v in verdicts
    ]
    source = ("source ",) if with_source else ()
    return Sheet((" ", "fact ", "published ", *source, "band", "model [95 %]", " "), rows)


def band(verdict: Verdict) -> str:
    """The target band of a verdict."""
    return f"{verdict.fact.low:g} … {verdict.fact.high:g}"


def _word(verdict: Verdict) -> str:
    notes = ["tuned"] * verdict.fact.tuned + ["built in"] * bool(verdict.fact.built_in)
    return verdict.word + (f" ({', '.join(notes)})" if notes else "")


def summary(verdicts: Sequence[Verdict]) -> str:
    """How many were met, of those that defaults were tuned on and of those held out."""
    built_in = [verdict for verdict in verdicts if verdict.fact.built_in]
    tested = [verdict for verdict in verdicts if not verdict.fact.built_in]
    groups = (
        ([verdict for verdict in tested if not verdict.fact.tuned], "held out"),
        ([verdict for verdict in tested if verdict.fact.tuned], f"that defaults may be tuned on ({', '.join(TUNED_ON)})"),
        (built_in, "built into the model, of which a pass says little"),
    )
    parts = [f"{sum(v.passed for v in some)} of {len(some)} {what}" for some, what in groups]
    return f"In their band: {'; '.join(parts)}."


def markdown(verdicts: Sequence[Verdict], scenario: Scenario) -> str:
    """The verdicts as a page of Markdown."""
    lines = [
        f"# Held against published numbers: {scenario.title}",
        "",
        summary(verdicts),
        "",
        *sheet(verdicts, with_source=True).markdown(),
    ]
    return "\n".join([*lines, ""])


def as_data(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The verdicts as plain data."""
    return [
        {
            "name": v.fact.name,
            "fact": v.fact.about,
            "published": v.fact.published,
            "source": v.fact.source,
            "reading": v.fact.reading,
            "tuned": v.fact.tuned,
            "built_in": v.fact.built_in,
            "band": [v.fact.low, v.fact.high],
            "mean": v.estimate.mean if isfinite(v.estimate.mean) else None,
            "interval": [v.estimate.low, v.estimate.high] if isfinite(v.estimate.low) else None,
            "verdict": v.word,
        }
        for v in verdicts
    ]


def draw(ax: Axes, verdict: Verdict) -> None:
    """The target band, a dot per world, and the mean with its interval."""
    fact, estimate = verdict.fact, verdict.estimate
    known = verdict.values[np.isfinite(verdict.values)]
    ax.axvspan(fact.low, fact.high, color="#009E73", alpha=0.18, lw=0)
    offsets = np.linspace(-0.15, 0.15, known.size) if known.size > 1 else np.zeros(known.size)
    ax.plot(known, offsets, "o", color="#999999", ms=3.5)
    color = "#0072B2" if verdict.passed else "#D55E00"
    ax.plot([estimate.low, estimate.high], [0, 0], color=color, lw=2)
    ax.plot(estimate.mean, 0, "D", color=color, ms=6)
    values = [fact.low, fact.high, *known, estimate.low, estimate.high]
    values = [value for value in values if isfinite(value)]
    centre = max(abs(float(np.min(known))), abs(float(np.max(known)))) if known.size else 1.0
    reach = max(centre * 2.0, 1e-9)
    low, high = max(min(values), -reach), min(max(values), max(reach, fact.low * 1.5))
    margin = 0.06 * (high - low) or 0.1
    ax.set_xlim(low - margin, high + margin)
    ax.set_ylim(-0.5, 0.5)
    ax.set_yticks([])
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)


def page(verdicts: Sequence[Verdict], scenario: Scenario) -> str:
    """One HTML page that needs nothing else."""
    parts = [_HEAD.format(title=html.escape(scenario.title), summary=html.escape(summary(verdicts)))]
    for v in verdicts:
        fact = v.fact
        reading = fact.reading + (f" (built in: {fact.built_in})" if fact.built_in else "")
        told = [html.escape(text) for text in (fact.name, fact.about, fact.published, fact.source, reading)]
        parts.append(
            _FACT.format(
                *told,
                css="pass" if v.passed else "miss",
                word=html.escape(_word(v)),
                band=band(v),
                value=html.escape(interval(v.estimate)),
                image=_picture(v),
                alt=html.escape(f"band {band(v)}, model {interval(v.estimate)}"),
            )
        )
    return "\n".join([*parts, "</body></html>"])


def _picture(verdict: Verdict) -> str:
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(4.6, 0.9), layout="constrained")
    draw(ax, verdict)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=160)
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Validation</title><style>
body {{ font: 16px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }}
section {{ display: grid; grid-template-columns: 1fr 24rem; gap: 1rem; border-top: 1px solid #ccc; padding: .8rem 0 }}
h2 {{ font-size: 1.05rem; margin: 0 }} p {{ margin: .2rem 0 }} img {{ width: 100% }} small {{ color: #555 }}
.pass {{ color: #00573f }} .miss {{ color: #a03c00 }}
@media print {{ section {{ break-inside: avoid }} }}
@media (max-width: 50rem) {{ section {{ grid-template-columns: 1fr }} }}
</style></head><body>
<h1>Held against published numbers</h1><p>{title}</p><p><strong>{summary}</strong></p>
<p>Green: the target band. Dots: one world each. Diamond and line: the mean and its 95 % interval. How a fact is read into the
model is this project's own reading. <em>Tuned</em> marks facts that defaults were allowed to be adjusted to; the list was
written down before anything was adjusted, and the other facts were held out.</p>"""

_FACT = """<section><div><h2>{0} {1}: <span class="{css}">{word}</span></h2>
<p>{2} <small>({3})</small></p><p><small>Here: {4}.</small></p></div>
<div><img alt="{alt}" src="data:image/png;base64,{image}"><p><small>band {band}; model {value}</small></p></div></section>"""
