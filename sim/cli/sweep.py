"""``murmur sweep``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.exits import ENGINE_LOST, INTERRUPTED, OK, SOME_FAILED
from sim.cli.options import Asked, chosen_policy, chosen_seeds, new_folder, output_options, scenario_options
from sim.cli.progress import Progress, compile_first, console, finish_on_interrupt, tell_failures
from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from sim.study.executor import Executor
    from sim.study.study import Study

_ROWS = 5
"""Points of the design that a dry run shows."""


@click.command()
@scenario_options
@output_options
@click.option("--policy", "-p", "policies", multiple=True, help="A policy of the scenario, or a strategy (repeatable).")
@click.option("--worlds", "-n", type=click.IntRange(1), help="Worlds at each point (default: study.worlds).")
@click.option("--seeds", metavar="A-B|A,B,…", help="The worlds by seed, instead of --worlds.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Results folder (default: a new one under results/). Given again, it goes on with what is missing.",
)
@click.option("--workers", "-w", type=click.IntRange(1), help="Processes (default: all cores).")
@click.option(
    "--executor",
    type=click.Choice(["processes", "dask"]),
    default="processes",
    show_default=True,
    help="Who makes the runs: processes of this machine, or Dask (pip install 'murmur[dask]').",
)
@click.option("--scheduler", metavar="ADDRESS", help="The Dask scheduler that makes the runs, e.g. tcp://host:8786.")
@click.option("--dry-run", is_flag=True, help="Say what would be run, how long it would take and how large it would be.")
def sweep(
    asked: Asked,
    as_json: bool,
    quiet: bool,
    policies: tuple[str, ...],
    worlds: int | None,
    seeds: str | None,
    out: Path | None,
    workers: int | None,
    executor: str,
    scheduler: str | None,
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
    from sim.study.study import Study

    study = Study.of(chosen, tuple(chosen_policy(chosen, text) for text in policies), worlds=worlds, seeds=named)
    n_workers = workers or os.cpu_count() or 1
    compile_first(quiet)
    if dry_run:
        return _preview(study, n_workers, as_json)
    from sim.study.conduct import TooManyFailures, conduct

    folder = out or new_folder("sweep")
    try:
        with Progress("Living", quiet) as progress, finish_on_interrupt():
            found = conduct(study, folder, n_workers, progress.follow, _executor(executor, scheduler, n_workers))
    except KeyboardInterrupt:
        click.echo(f"Stopped. Finished runs are kept; the same command with --out {folder} goes on.", err=True)
        return INTERRUPTED
    except ConnectionAbortedError as error:
        click.echo(f"Stopped: {error}. Finished runs are kept; the same command with --out {folder} goes on.", err=True)
        return ENGINE_LOST
    except TooManyFailures as error:
        last = error.failures[-1]
        click.echo(
            f"Stopped after {len(error.failures)} failed runs (study.most_failures = {chosen.study.most_failures}); the last: "
            f"point {last.job.point}, {last.job.policy}, seed {last.job.seed}: {last.short}. Finished runs are kept, reasons are "
            f"in {folder / 'failures'}; correct the cause and run the same command with --out {folder}.",
            err=True,
        )
        return SOME_FAILED
    tell_failures(found)
    total = len(study.jobs())
    if as_json:
        told = {"folder": str(folder), "runs": total, "failed": len(found.failures), "points": len(study.points)}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        click.echo(f"{total - len(found.failures):,} of {total:,} runs: {folder}")
        click.echo(f"The answer: murmur compare {folder}; the tables: {folder / 'runs'} and {folder / 'series'} (Parquet).")
    return SOME_FAILED if found.failures else OK


def _executor(kind: str, scheduler: str | None, workers: int) -> Executor | None:
    """What makes the runs; None for processes of this machine."""
    if kind == "processes" and scheduler is None:
        return None
    try:
        from sim.study.cluster import Cluster
    except ImportError:
        raise InputError(
            Fault("--executor dask", "Dask is not installed", "Install it: python3 -m pip install 'murmur[dask]'.")
        ) from None
    return Cluster(scheduler, workers)


def _preview(study: Study, workers: int, as_json: bool) -> int:
    """What a sweep would be, from a run of each policy at the first point."""
    from rich.table import Table

    from sim.study.design import axes, label
    from sim.study.preview import preview

    found = preview(study, workers)
    if as_json:
        click.echo(
            json.dumps({**found._asdict(), "first": list(study.points[:_ROWS])}, indent=1, ensure_ascii=False, default=str)
        )
        return OK
    click.echo(
        f"{found.points:,} points × {len(study.policies)} policies × {len(study.seeds)} worlds = {found.runs:,} runs, "
        f"some {_spoken(found.seconds)} on {workers} process{'es' * (workers > 1)}, {found.megabytes:,.1f} MB"
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


def _spoken(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
