"""A run as a moving picture, for reading and slides."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.app.figure import draw_network, draw_panel, draw_trust_scale
from sim.app.panels import PANELS, panels
from sim.app.stage import Stage
from sim.errors import Fault, InputError
from sim.report.figures import STYLE

KINDS = (".gif", ".mp4", ".html")
_SHOWN = ("Trust in the brand", "Customers", "Followers lost", "Net present value")
_DPI = 100
_SIGNS = {
    "minus": "−",
    "fast-backward": "|◂",
    "step-backward": "◂",
    "play fa-flip-horizontal": "◀",
    "pause": "||",
    "play": "▶",
    "step-forward": "▸",
    "fast-forward": "▸|",
    "plus": "+",
}
"""What stands on the buttons of an animation, by the name of Matplotlib's icons."""


def check_kind(path: Path) -> None:
    """Raises InputError for a file of another kind, or where there is no ffmpeg to write an MP4."""
    from matplotlib import animation

    if path.suffix not in KINDS:
        raise InputError(Fault(str(path), f"there is no animation of kind {path.suffix!r}", f"End it in {', '.join(KINDS)}."))
    if path.suffix == ".mp4" and not animation.FFMpegWriter.isAvailable():
        raise InputError(Fault(str(path), "ffmpeg, which writes MP4, is not installed", "Install it, or write a .gif or .html."))


def animate(
    stage: Stage, path: Path, every: int, frames_a_second: int, tell: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Live a stage to its end and draw every so many days: the network beside four charts. The kind of file follows from the
    ending of ``path``: a GIF, an MP4, or a page with buttons that needs nothing else (:func:`check_kind`).
    """
    import matplotlib.pyplot as plt
    from matplotlib import animation, rc_context

    days = stage.run.scenario.days
    shown = [n for n, panel in enumerate(PANELS) if panel.title in _SHOWN]
    with rc_context({**STYLE, "animation.embed_limit": 200.0}):
        figure = plt.figure(figsize=(11, 6), layout="constrained", dpi=_DPI)
        parts: Any = figure.subfigures(1, 2, width_ratios=[1, 1.05])
        left, right = parts
        network, grid = left.subplots(), right.subplots(2, 2)
        draw_trust_scale(left, network)
        settings = stage.settings
        figure.suptitle(f"{settings.title}. Policy: {stage.name}, seed {settings.seed}", x=0.01, ha="left", fontweight="bold")
        ticks = list(range(1, days + 1, every))
        if ticks[-1] != days:
            ticks.append(days)

        def draw(day: int) -> None:
            while stage.day < day:
                stage.step()
            for ax in (network, *grid.ravel()):
                ax.clear()
            draw_network(stage, network)
            told = panels([stage])
            for n, ax in zip(shown, grid.ravel(), strict=True):
                draw_panel(told[n], days, ax)
            tell(day, days)

        moving = animation.FuncAnimation(figure, draw, frames=ticks, init_func=lambda: None, interval=1000 / frames_a_second)
        if path.suffix == ".html":
            path.write_text(_alone(moving.to_jshtml(fps=frames_a_second, default_mode="once")), encoding="utf-8")
        else:
            writer = animation.PillowWriter if path.suffix == ".gif" else animation.FFMpegWriter
            moving.save(path, writer=writer(fps=frames_a_second))
        plt.close(figure)


def _alone(page: str) -> str:
    """Matplotlib's page without what it would fetch from the internet: the signs on its buttons."""
    page = re.sub(r"<link[^>]*font-awesome[^>]*>", "", page)
    return re.sub(r'<i class="fa fa-([a-z -]+)"></i>', lambda found: _SIGNS[found.group(1)], page)
