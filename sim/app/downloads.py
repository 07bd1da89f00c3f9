"""What can be taken away: the scenario, the data, the figure."""

from __future__ import annotations

import io

import solara

from sim.app.figure import stage_figure
from sim.app.stage import csv_of
from sim.app.visit import MECHANISM, POLICIES, Visit


@solara.component
def Downloads(visit: Visit, difference: bool = False) -> None:
    """Scenario as TOML, data as CSV, figure as PNG or SVG: of ``difference``, as the charts on the page."""
    settings, stages, tab = visit.settings.value, visit.stages, visit.tab.value
    second = {POLICIES: f"-{settings.rival}", MECHANISM: f"-without-{visit.without.value}"}.get(tab, "")
    whose = settings.scenario or "own"
    name = f"murmur-{whose}-{settings.policy}{second}-{settings.seed}".replace("/", "-").replace(" ", "-")

    def picture(kind: str) -> bytes:
        buffer = io.BytesIO()
        with visit.lock:
            figure = stage_figure(stages, difference)
        figure.savefig(buffer, format=kind, dpi=150)
        return buffer.getvalue()

    with solara.Card("Take it away", margin=0, elevation=1):
        with solara.Row(gap="6px", classes=["murmur-downloads"]):
            for label, ending, data, mime in (
                ("Scenario (TOML)", "toml", visit.toml, "application/toml"),
                ("Data (CSV)", "csv", lambda: csv_of(stages), "text/csv"),
                ("Figure (PNG)", "png", lambda: picture("png"), "image/png"),
                ("Figure (SVG)", "svg", lambda: picture("svg"), "image/svg+xml"),
            ):
                button = solara.FileDownload(data, f"{name}.{ending}", label=label, mime_type=mime)
                button.key(f"{ending} {visit.made.value} {visit.frame.value}")  # else it keeps what it once gave
        solara.HTML(
            tag="p",
            classes=["murmur-help"],
            unsafe_innerHTML="The scenario runs with <code>murmur compare FILE</code>"
            + (" (with and without: <code>murmur sweep FILE</code>)" if tab == MECHANISM else "")
            + ". The address of this page holds your "
            "choices: copy it to share them.",
        )
