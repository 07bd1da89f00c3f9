"""``murmur export``."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.exits import OK


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to (default: the folder itself).")
@click.option("--days", is_flag=True, help="Also every day of every run (series.csv), which may be large.")
def export(folder: Path, out: Path | None, days: bool) -> int:
    """Write the tables of a study as CSV: runs.csv, and with --days series.csv.

    FOLDER holds a sweep or a comparison. Numbers are written to the last digit.
    """
    import pyarrow.csv as csv

    from sim.study.outcome import load_study
    from sim.study.store import Folder

    results = load_study(folder)
    target = Folder(out or folder)
    target.path.mkdir(parents=True, exist_ok=True)
    for name in ("runs", "series") if days and results.study.series else ("runs",):

        def save(path: Path, name: str = name) -> None:
            blocks = iter(results.read(name))
            first = next(blocks)
            with csv.CSVWriter(path, first.schema) as writer:
                for table in (first, *blocks):
                    writer.write_table(table)

        click.echo(str(target.write(f"{name}.csv", save)))
    return OK
