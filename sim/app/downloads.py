"""What can be taken away: the scenario, the data, the figure."""

from __future__ import annotations

import io

import solara

from sim.app.figure import stage_figure
from sim.app.stage import csv_of
from sim.app.visit import Visit


@solara.component
def Downloads(visit: Visit) -> None:
    """Scenario as TOML, data as CSV, figure as PNG or SVG."""
    settings, stages = visit.settings.value, visit.stages
    name = f"murmur-{settings.scenario}-{settings.policy}-{settings.seed}".replace("/", "-")

    def picture(kind: str) -> bytes:
        buffer = io.BytesIO()
        with visit.lock:
            figure = stage_figure(stages)
        figure.savefig(buffer, format=kind, dpi=150)
        return buffer.getvalue()

    with solara.Card("Take it away", margin=0, elevation=1):
        with solara.Row(gap="6px", classes=["murmur-downloads"]):
            solara.FileDownload(settings.toml, f"{name}.toml", label="Scenario (TOML)", mime_type="application/toml")
            solara.FileDownload(lambda: csv_of(stages), f"{name}.csv", label="Data (CSV)", mime_type="text/csv")
            solara.FileDownload(lambda: picture("png"), f"{name}.png", label="Figure (PNG)", mime_type="image/png")
            solara.FileDownload(lambda: picture("svg"), f"{name}.svg", label="Figure (SVG)", mime_type="image/svg+xml")
        solara.HTML(
            tag="p",
            classes=["murmur-help"],
            unsafe_innerHTML="The scenario runs with <code>murmur compare FILE</code>. The address of this page holds your "
            "choices: copy it to share them.",
        )
