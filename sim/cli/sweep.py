"""``murmur sweep``."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.exits import OK, SOME_FAILED
from sim.cli.options import (
    Asked,
    chosen_policy,
    chosen_seeds,
    new_folder,
    out_option,
    output_options,
    scenario_options,
    worlds_by_seed_alone,
)
from sim.cli.progress import compile_first, console, spoken, tell_failures
from sim.cli.workers import Workers, lived, worker_options
from sim.errors import Fault, InputError, within

if TYPE_CHECKING:
    from sim.study.study import Study

_ROWS = 5
"""Points of the design that a dry run shows."""


@click.command()
@scenario_options
@output_options
@click.option("--policy", "-p", "policies", multiple=True, help="A policy of the scenario, or a strategy (repeatable).")
@click.option("--worlds", "-n", type=click.IntRange(1), help="Worlds at each point (default: study.worlds).")
@click.option("--seeds", metavar="A-B|A,B,…", help="The worlds by seed, instead of --worlds.")
@out_option
@worker_options
@click.option("--dry-run", is_flag=True, help="Say what would be run, how long it would take and how large it would be.")
def sweep(
    asked: Asked,
    as_json: bool,
    quiet: bool,
    policies: tuple[str, ...],
    worlds: int | None,
    seeds: str | None,
    out: Path | None,
    crew: Workers,
    dry_run: bool,
) -> int:
    """Live the study that a scenario's [study] section describes.

    Every policy lives in the same worlds at every point of the design. Results are kept as they come; whatever stops the sweep,
    the same command with the same --out does only what is missing, and ends with the same bytes.

    \b
    [study]
    design = "latin_hypercube"     # factorial, list, one_at_a_time, random, sobol, morris
    points = 200
    worlds = 5
    horizons = [90, 360]
    [[study.factor]]
    path = "brand.quality"
    low = 0.5
    high = 0.95
    """
    asked.load_plugins()
    chosen = asked.scenario()
    named = chosen_seeds(seeds)
    if named:
        worlds_by_seed_alone("--seeds")
    from sim.study.study import Study

    asked_for = tuple(chosen_policy(chosen, text) for text in policies)
    with within(asked.source) if asked.source else contextlib.nullcontext():
        study = Study.of(chosen, asked_for, worlds=worlds, seeds=named)
    _check_sets(study, asked)
    if not quiet:
        for remark in _remarks(study):
            click.echo(remark, err=True)
    compile_first(quiet)
    if dry_run:
        return _preview(study, crew.n, as_json)
    from sim.study.conduct import conduct

    folder = out or new_folder("sweep")
    found = lived("Living", folder, quiet, lambda progress: conduct(study, folder, crew.n, progress.follow, crew.executor()))
    if isinstance(found, int):
        return found
    tell_failures(found)
    total = len(study.jobs())
    if as_json:
        told = {"folder": str(folder), "runs": total, "failed": len(found.failures), "points": len(study.points)}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    elif len(found.failures) == total:
        click.echo(f"No run could be made: {folder}")
    else:
        click.echo(f"{total - len(found.failures):,} of {total:,} runs: {folder}")
        click.echo(f"The answer: murmur compare {folder}; the tables: {folder / 'runs'} and {folder / 'series'} (Parquet).")
        if _is_old(folder / "report.html", folder):
            click.echo(f"The report in it is of before: murmur report {folder} makes it anew.")
    return SOME_FAILED if found.failures else OK


def _remarks(study: Study) -> list[str]:
    """What may not be as it was meant."""
    from sim.study.design import remarks
    from sim.study.statistics import FEWEST

    told = remarks(study.scenario.study)
    if len(study.policies) > 1 and len(study.seeds) < FEWEST:
        few = f"with fewer than {FEWEST} worlds at each point it is not said when one policy overtakes another"
        told.append(f"{few}, nor how surely a choice for all points is the best one: --worlds {FEWEST}.".capitalize())
    if not study.factors:
        told.append("Nothing varies: the scenario has no [[study.factor]] and no list of points, so it is lived as it is.")
    return told


def _check_sets(study: Study, asked: Asked) -> None:
    """Raises InputError when a value is set that the study varies, unless the design holds the others at it meanwhile."""
    named = {item.partition("=")[0].strip().replace("brand.0.", "brand.") for item in asked.sets}
    if study.scenario.study.design != "one_at_a_time":
        remedy = "Leave it out, or take the factor out of the study."
        faults = [
            Fault(f"--set {path}", "it varies in this study", remedy)
            for path in study.factors
            if path.replace("brand.0.", "brand.") in named
        ]
        if faults:
            raise InputError(faults)


def _is_old(report: Path, folder: Path) -> bool:
    """Whether runs have been added after a report was written."""
    return report.exists() and any(part.stat().st_mtime > report.stat().st_mtime for part in (folder / "runs").iterdir())


def _preview(study: Study, workers: int, as_json: bool) -> int:
    """What a sweep would be, from a run of each policy at the first point."""
    from rich.table import Table

    from sim.study.factors import axes, label
    from sim.study.preview import preview

    found = preview(study, workers)
    if as_json:
        click.echo(
            json.dumps({**found._asdict(), "first": list(study.points[:_ROWS])}, indent=1, ensure_ascii=False, default=str)
        )
        return OK
    click.echo(
        f"{found.points:,} points × {len(study.policies)} policies × {len(study.seeds)} worlds = {found.runs:,} runs, "
        f"some {spoken(found.seconds)} on {workers} process{'es' * (workers > 1)}, {_megabytes(found.megabytes)}"
    )
    for axis in axes(study.scenario):
        click.echo(f"  {axis.path}: {axis.about}")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("point", *study.factors):
        table.add_column(heading, justify="right")
    for p, point in enumerate(study.points[:_ROWS]):
        table.add_row(str(p), *map(label, point.values()))
    console().print(table)
    if found.points > _ROWS:
        click.echo(f"… and {found.points - _ROWS:,} more")
    return OK


def _megabytes(size: float) -> str:
    return f"{size:,.1f} MB" if size >= 0.1 else "less than 0.1 MB"
