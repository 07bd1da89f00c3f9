"""``murmur export``."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.exits import OK
from sim.errors import Fault, InputError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to (default: the folder itself).")
@click.option("--days", is_flag=True, help="Also every day of every run (series.csv), which may be large.")
def export(folder: Path, out: Path | None, days: bool) -> int:
    """Write the tables of a study as CSV: runs.csv, and with --days series.csv; of a single run daily.csv.

    FOLDER holds a sweep, a comparison or a run. Numbers are written to the last digit.
    """
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    from sim.study.outcome import load_study
    from sim.study.store import Folder, read_manifest

    kind = read_manifest(folder)["job"].get("kind")
    target = Folder(out or folder)
    try:
        target.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise InputError(Fault(str(target.path), what, "Choose another folder with --out.")) from None
    if kind == "run":
        try:
            daily = pq.read_table(folder / "daily.parquet")
        except (OSError, pq.lib.ArrowException) as error:
            what = f"cannot be read ({error})"
            raise InputError(Fault(str(folder / "daily.parquet"), what, "Repeat the run: murmur run --from.")) from None
        click.echo(str(target.write("daily.csv", lambda path: csv.write_csv(daily, path))))
        return OK
    results = load_study(folder)
    missing = len(results.study.jobs()) - len(results.jobs)
    if missing:
        click.echo(f"{missing:,} of {len(results.study.jobs()):,} runs are missing in what is written.", err=True)
    for name in ("runs", "series") if days and results.study.series else ("runs",):

        def save(path: Path, name: str = name) -> None:
            blocks = iter(results.read(name))
            first = next(blocks)
            with csv.CSVWriter(path, first.schema) as writer:
                for table in (first, *blocks):
                    writer.write_table(table)

        click.echo(str(target.write(f"{name}.csv", save)))
    return OK
