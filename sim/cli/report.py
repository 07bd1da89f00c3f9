"""``murmur report``."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.exits import OK


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to (default: the folder itself).")
def report(folder: Path, out: Path | None) -> int:
    """Write a study or comparison as one page: question, answer, figures, method, manifest.

    Leaves report.html (needs nothing else, prints well), report.md and its figures.
    """
    from sim.report import page
    from sim.study.outcome import load_study, recorded_study

    results = load_study(folder)
    _, manifest = recorded_study(folder, to_read=True)
    for path in page.write(page.compose(results, manifest), out or folder):
        click.echo(str(path))
    return OK
