"""``murmur trace``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli.exits import OK
from sim.cli.options import MOST_SEED, Asked, chosen_policy, new_folder, output_options, scenario_options
from sim.cli.progress import Progress, compile_first, tell_notes
from sim.errors import Fault, InputError


@click.command()
@scenario_options
@output_options
@click.option("--member", "-m", "members", multiple=True, help="Whose story, as the network calls her (repeatable).")
@click.option("--all", "everybody", is_flag=True, help="Write down what happens to everybody; stories of those named.")
@click.option("--policy", "-p", default=None, help="What the first brand does (default: the scenario's last policy).")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), help="The world (default: the scenario's seed).")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Results folder (default: a new one under results/).")
def trace(
    asked: Asked,
    as_json: bool,
    quiet: bool,
    members: tuple[str, ...],
    everybody: bool,
    policy: str | None,
    seed: int | None,
    out: Path | None,
) -> int:
    """Tell a member's story: what she read, what she found out, why she unfollowed.

    Lives one world, writes down everything that happens to the members named (or to all), prints their stories, and leaves
    the events as a table (events.parquet) in the results folder. With --json the events are printed, one a line.
    """
    if not members and not everybody:
        raise InputError(Fault("trace", "nobody is named", "Name a member with --member, or give --all."))
    chosen = asked.scenario()
    followed = chosen_policy(chosen, policy) if policy is not None else chosen.policy[-1]
    compile_first(quiet)
    from sim.engine import Run
    from sim.report.story import standing, story
    from sim.study.store import Folder

    run = Run(chosen, followed, seed, diary="all" if everybody else members)
    for name in members:
        run.graph.index(name)
    if not quiet:
        tell_notes(chosen, run.graph)
    with Progress("Living", quiet) as progress:
        first = dict.fromkeys(members, "")
        while not run.finished:
            run.step()
            if run.days_done == 1:
                first = {name: standing(run, name) for name in members}
            progress.tell(run.days_done, chosen.days)
    assert run.diary is not None
    events = run.diary.table()
    folder = Folder(out or new_folder("trace"))
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.write("events.parquet", lambda path: events.to_parquet(path, index=False))
    if as_json:
        for row in events.to_dict("records"):
            click.echo(
                json.dumps({key: value for key, value in row.items() if value == value and value != ""}, ensure_ascii=False)
            )
        return OK
    for name in members:
        click.echo(f"{name}, under {run.policy.name}, seed {run.seed}")
        click.echo(f"  At the end of day 0: {first[name]}")
        for sentence in story(events[events.member == name]):
            click.echo(f"  {sentence}")
        click.echo(f"  In the end: {standing(run, name)}")
        click.echo()
    click.echo(f"{len(events):,} events: {folder.path / 'events.parquet'}")
    return OK
