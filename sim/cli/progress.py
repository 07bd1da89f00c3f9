"""What the terminal sees while work is going on."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sim.graph import Graph
    from sim.scenario import Scenario
    from sim.study.conduct import Headway
    from sim.study.outcome import StudyResults
    from sim.study.study import Job


_STEADY = 30
"""Runs from which on the time to start is left out of the rate, and what is left is told."""
_LONG = 60.0
"""Seconds after which it is told anyway."""


class Progress:
    """A bar on a terminal; elsewhere a plain line now and then. On stderr, so that results can be piped."""

    def __init__(self, what: str, quiet: bool) -> None:
        self._what, self._quiet = what, quiet
        self._bar: Any = None
        self._task: Any = None
        self._started = self._last = time.monotonic()
        self._seen: int | None = None
        self._before: tuple[float, int] | None = None
        """When the first came, and how many there were then: to start is not to be counted."""

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich import progress
            from rich.console import Console

            columns = (
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TextColumn("{task.fields[failed]}"),
                progress.TextColumn("{task.fields[rate]}"),
                progress.TimeRemainingColumn(),
            )
            self._bar = progress.Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=None, failed="", rate="")
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def follow(self, headway: Headway) -> None:
        """Show how far a study is; name what was damaged, and say what is worth a line."""
        for path in headway.damaged:
            click.echo(f"{path} was damaged; its runs are made again.", err=True)
        headway.damaged.clear()
        if not self._quiet:
            for remark in headway.remarks:
                click.echo(remark, err=True)
        headway.remarks.clear()
        self.tell(headway.done, headway.total, headway.failed)

    def tell(self, done: int, total: int, failed: int = 0) -> None:
        now = time.monotonic()
        if self._seen is None:
            self._seen = done + failed
        elif self._before is None and done + failed > self._seen:
            self._before = now, done + failed
        since, before = self._before or (now, done + failed)
        steady = done + failed - self._seen >= _STEADY
        if not steady:  # the first of several processes come together
            since, before = self._started, self._seen
        rate = (done + failed - before) / max(now - since, 1e-9)
        lost = f"{failed} failed" if failed else ""
        if self._bar is not None:
            shown = f"{rate:,.1f}/s" if rate else ""
            self._bar.update(self._task, completed=done + failed, total=total, failed=lost, rate=shown)
        elif not self._quiet and now - self._last > 10:
            self._last = now
            known = rate and (steady or now - self._started > _LONG)
            left = f", {(total - done - failed) / rate:.0f} s left" if known else ""
            told = ", ".join([f"{done} of {total}", *([lost] if lost else [])])
            click.echo(f"{self._what}: {told}, after {now - self._started:.0f} s{left}", err=True)


def tell_failures(results: StudyResults) -> None:
    """Which runs failed, and why: one line for each reason."""
    alike: dict[tuple[str, str], list[Job]] = {}
    for failure in results.failures:
        alike.setdefault((failure.job.policy, failure.short), []).append(failure.job)
    for (policy, why), jobs in alike.items():
        seeds = f"seed {_first_of(job.seed for job in jobs)}"
        at = f"point {_first_of(job.point for job in jobs)}; {seeds}" if len(results.study.points) > 1 else seeds
        click.echo(f"{policy}: {len(jobs)} run{'s' * (len(jobs) > 1)} failed ({at}): {why}", err=True)


def _first_of(numbers: Iterable[int]) -> str:
    """Numbers in order; of many the first."""
    each = sorted(set(numbers))
    return ", ".join(map(str, each[:5])) + (" …" if len(each) > 5 else "")


def compile_first(quiet: bool) -> None:
    """Compile the kernels before anything else is shown, and say so when it takes its time."""
    from sim.warm import compile_kernels

    compile_kernels((lambda text: None) if quiet else lambda text: click.echo(text + " …", err=True))


def spoken(seconds: float) -> str:
    """A time one can grasp."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def console() -> Any:
    """Where tables go: wide enough that no number is cut, whatever the terminal."""
    from rich.console import Console

    return Console(highlight=False, width=max(120, Console().width), soft_wrap=True)


@contextlib.contextmanager
def finish_on_interrupt() -> Iterator[None]:
    """Terminate like Ctrl-C, so that both leave finished work readable."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def tell_notes(scenario: Scenario, graph: Graph) -> None:
    """How a network was read, in the words of its reader."""
    name = getattr(scenario.graph, "file", None) or "graph"
    for note in (*graph.notes, f"{graph.n_members:,} members, {graph.n_ties:,} ties"):
        click.echo(f"{name}: {note}", err=True)
