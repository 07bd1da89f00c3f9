"""Options on who makes the runs of long work, and what to say when it ends early."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from sim.cli.exits import ENGINE_LOST, INTERRUPTED, SOME_FAILED
from sim.cli.extras import not_installed
from sim.cli.progress import Progress, finish_on_interrupt

if TYPE_CHECKING:
    from sim.study.executor import Executor

Found = TypeVar("Found")


class Workers(NamedTuple):
    """Who makes the runs: so many processes of this machine, or Dask."""

    n: int
    dask: bool
    scheduler: str | None

    def executor(self) -> Executor | None:
        """What makes the runs; None for processes of this machine."""
        if not self.dask and self.scheduler is None:
            return None
        try:
            from sim.study.cluster import Cluster
        except ImportError:
            raise not_installed("--executor dask", "Dask is not installed", "dask") from None
        return Cluster(self.scheduler, self.n)


def worker_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options on who makes the runs; the verb gets them as one argument ``crew`` (:class:`Workers`)."""
    options = [
        click.option("--workers", "-w", type=click.IntRange(1), help="Processes (default: all cores)."),
        click.option(
            "--executor",
            type=click.Choice(["processes", "dask"]),
            default="processes",
            show_default=True,
            help="Who makes the runs: processes of this machine, or Dask (the extra dask).",
        ),
        click.option("--scheduler", metavar="ADDRESS", help="The Dask scheduler that makes the runs, e.g. tcp://host:8786."),
    ]

    @functools.wraps(command)
    def verb(workers: int | None, executor: str, scheduler: str | None, **given: Any) -> Any:
        return command(crew=Workers(workers or os.cpu_count() or 1, executor == "dask", scheduler), **given)

    for option in reversed(options):
        verb = option(verb)
    return verb


def lived(what: str, folder: Path, quiet: bool, work: Callable[[Progress], Found]) -> Found | int:
    """What long work in a folder finds, or, when it ends early, an exit code: then it has been said why and how to go on."""
    from sim.study.conduct import TooManyFailures

    go_on = f"Finished runs are kept; the same command with --out {folder} goes on."
    try:
        with Progress(what, quiet) as progress, finish_on_interrupt():
            return work(progress)
    except KeyboardInterrupt:
        click.echo(f"Stopped. {go_on}", err=True)
        return INTERRUPTED
    except ConnectionAbortedError as error:
        click.echo(f"Stopped: {error}. {go_on}", err=True)
        return ENGINE_LOST
    except TooManyFailures as error:
        last = error.failures[-1]
        whose = f"{last.job.policy}, " if last.job.policy else ""
        click.echo(
            f"Stopped after {len(error.failures)} failed runs (most_failures); the last: point {last.job.point}, {whose}"
            f"seed {last.job.seed}: {last.short.rstrip('.')}. Correct the cause. {go_on}",
            err=True,
        )
        return SOME_FAILED
