"""``murmur run``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli.exits import INTERRUPTED, OK, SOME_FAILED
from sim.cli.options import MOST_SEED, Asked, new_folder, output_options, scenario_options
from sim.cli.progress import Progress, compile_first, console, tell_notes
from sim.errors import Fault, InputError


@click.command()
@scenario_options
@output_options
@click.option("--policy", "-p", default=None, help="What the first brand does (default: the scenario's last policy).")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), help="The world (default: the scenario's seed).")
@click.option(
    "--threads",
    "-t",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Threads for a large community; the result is the same.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Results folder (default: a new one under results/).")
@click.option(
    "--checkpoint-every", type=click.IntRange(1), metavar="DAYS", help="Keep the whole state every so many days, to resume from."
)
@click.option("--resume", is_flag=True, help="Go on from the checkpoint in --out.")
@click.option(
    "--from",
    "manifest",
    type=click.Path(path_type=Path),
    metavar="MANIFEST",
    help="Repeat the run of a manifest and say whether it came out the same.",
)
def run(
    asked: Asked,
    as_json: bool,
    quiet: bool,
    policy: str | None,
    seed: int | None,
    threads: int,
    out: Path | None,
    checkpoint_every: int | None,
    resume: bool,
    manifest: Path | None,
) -> int:
    """Live one world under one policy, day by day."""
    asked.load_plugins()  # before anything is imported that must know them
    from sim.study.single import SingleRun

    nothing_else = asked.nothing and policy is None and seed is None
    if resume and out is not None and nothing_else and (out / "manifest.json").exists():
        job = SingleRun.from_manifest(out)
    elif manifest is not None:
        if not nothing_else or resume:
            raise InputError(Fault("--from", "a manifest leaves nothing to choose", "Leave out the scenario and its options."))
        job = SingleRun.from_manifest(manifest)
    else:
        job = SingleRun.of(asked.scenario(), policy, seed)
    if resume and (out is None or not out.exists()):
        raise InputError(Fault("--resume", "there is nothing to resume from", "Name the folder of the run with --out."))
    folder = out or new_folder("run")
    if job.scenario.equal_budget > 0 and not quiet:
        click.echo("equal_budget is for comparisons; a single run is lived as it is.", err=True)
    compile_first(quiet)
    from sim.report import figures, tables

    if not quiet:
        if policy is None and manifest is None and not resume and len(job.scenario.policy) > 1:
            others = ", ".join(other.name for other in job.scenario.policy if other.name != job.policy)
            click.echo(f"Under {job.policy}, the last of its policies; --policy chooses another: {others}.", err=True)
        tell_notes(job.scenario, job.graph)
    try:
        with Progress("Living", quiet) as progress:
            result = job.execute(folder, threads=threads, checkpoint_every=checkpoint_every, resume=resume, tell=progress.tell)
    except KeyboardInterrupt:
        kept = (folder / "checkpoint.npz").exists()
        click.echo("Stopped." + (f" Go on with --resume --out {folder}." if kept else ""), err=True)
        return INTERRUPTED
    from sim.study.store import Folder

    Folder(folder).write("run.png", lambda path: figures.save(figures.run_figure(result, job.scenario.title or "Run"), path))
    same = job.recorded_digest is None or job.recorded_digest == result.digest
    if as_json:
        click.echo(
            json.dumps(
                {
                    "policy": result.policy,
                    "seed": result.seed,
                    "digest": result.digest,
                    **({} if job.recorded_digest is None else {"same": same}),
                    "folder": str(folder),
                    "summary": _finite(result.summary()),
                },
                indent=1,
            )
        )
    else:
        click.echo(f"{result.policy}, seed {result.seed}, {job.graph.n_members:,} members, {job.graph.n_ties:,} ties")
        console().print(tables.run_table(result))
        if job.recorded_digest is not None:
            click.echo("The same, to the bit, as the recorded run." if same else "NOT the same as the recorded run.")
        click.echo(f"\nFigure, data and manifest: {folder}")
    return OK if same else SOME_FAILED


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    return {name: value if value == value else None for name, value in values.items()}
