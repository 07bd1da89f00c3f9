"""The ``murmur`` command: the verbs, and nothing else. What is heavy is imported by the verb that needs it."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sim.cli.options import chosen_scenario, chosen_seeds, scenario_options
from sim.cli.progress import Progress, compile_first, console, finish_on_interrupt
from sim.errors import Fault, InputError

OK, SOME_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class Murmur(click.Group):
    """Turns what went wrong into one sentence and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except InputError as error:
            for fault in error.faults:
                click.echo(str(fault), err=True)
            sys.exit(BAD_INPUT)
        except click.ClickException as error:
            error.show()
            sys.exit(BAD_INPUT)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Stopped.", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(OK)
        sys.exit(code if isinstance(code, int) else OK)


@click.group(cls=Murmur, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="murmur", message="murmur %(version)s")
def main() -> None:
    """Murmur simulates an online community absorbing marketing: who trusts, who tires, who leaves, and what it earns.

    \b
    murmur compare                          broadcast against listening first, in a real community
    murmur compare --graph friends.csv      the same in your own network
    murmur compare my.toml --worlds 50      in your own scenario
    murmur run my.toml --policy broadcast   one world, day by day
    murmur check my.toml                    is this scenario right?
    murmur list strategies                  what can be tried
    """


@main.command()
@scenario_options
@click.option(
    "--policy",
    "-p",
    "policies",
    multiple=True,
    help="A policy of the scenario, or a strategy by name (repeatable; default: the scenario's).",
)
@click.option("--control", help="The policy all others are held against (default: absent).")
@click.option("--worlds", "-n", type=click.IntRange(1), default=20, show_default=True, help="Worlds; every policy lives in each.")
@click.option("--seeds", metavar="A-B|A,B,…", help="The worlds by seed, instead of --worlds.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Results folder (default: a new one under results/). Given again, it goes on with what is missing.",
)
@click.option("--workers", "-w", type=click.IntRange(1), help="Processes (default: all cores).")
def compare(
    scenario: str | None,
    graph: str | None,
    direction: str | None,
    columns: str | None,
    days: int | None,
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    policies: tuple[str, ...],
    control: str | None,
    worlds: int,
    seeds: str | None,
    out: Path | None,
    workers: int | None,
) -> int:
    """Compare policies in the same worlds.

    SCENARIO is a TOML file or the name of a shipped scenario; without one, a real online community of 1,899 members and
    the policies absent, broadcast and listen_first. Leaves a figure, tables (Markdown, CSV), all data (Parquet) and a
    manifest in the results folder.
    """
    import os

    chosen = chosen_scenario(scenario, graph, direction, columns, sets, days)
    named = chosen_seeds(seeds)
    compile_first(quiet)
    from sim.report import figures, tables, words
    from sim.study.compare import compare as run_comparison

    folder = out or _new_folder("compare")
    network = chosen.make_graph((named or (chosen.seed,))[0])
    if not quiet:
        for note in network.notes:
            click.echo(f"{_graph_name(chosen)}: {note}", err=True)
    try:
        with Progress("Living", quiet) as progress, finish_on_interrupt():
            found = run_comparison(
                chosen, policies, control=control, worlds=worlds, seeds=named, graph=network, folder=folder,
                workers=workers or os.cpu_count() or 1, tell=progress.tell,
            )  # fmt: skip
    except KeyboardInterrupt:
        click.echo(f"Stopped. Finished worlds are kept; the same command with --out {folder} goes on.", err=True)
        return INTERRUPTED
    for failure in found.failures:
        click.echo(
            f"{failure.job.policy.name}, seed {failure.job.seed}, failed: {failure.reason.strip().splitlines()[-1]}", err=True
        )
    if not found.results:
        raise InputError(Fault("compare", "every run failed", "See the messages above."))
    from sim.study.store import Folder

    store = Folder(folder)
    store.write("comparison.md", lambda path: path.write_text(tables.markdown(found), encoding="utf-8"))
    store.write("comparison.csv", lambda path: tables.write_csv(found, path))
    store.write("comparison.png", lambda path: figures.save(figures.comparison_figure(found), path))
    if as_json:
        click.echo(json.dumps(tables.as_data(found, folder), indent=1, ensure_ascii=False))
    else:
        console().print(tables.headline_table(found))
        click.echo()
        for sentence in words.answer(found):
            click.echo(sentence)
        click.echo(words.conditions(found))
        click.echo(f"\nFigure, tables, data and manifest: {folder}")
    return SOME_FAILED if found.failures else OK


@main.command()
@scenario_options
@click.option("--policy", "-p", default=None, help="What the first brand does (default: the scenario's last policy).")
@click.option("--seed", type=click.IntRange(0), help="The world (default: the scenario's seed).")
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
    scenario: str | None,
    graph: str | None,
    direction: str | None,
    columns: str | None,
    days: int | None,
    sets: tuple[str, ...],
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
    from sim.study.single import SingleRun

    if manifest is not None:
        if any([scenario, graph, direction, columns, days, sets, policy, seed is not None, resume]):
            raise InputError(Fault("--from", "a manifest leaves nothing to choose", "Leave out the scenario and its options."))
        job = SingleRun.from_manifest(manifest)
    else:
        job = SingleRun.of(chosen_scenario(scenario, graph, direction, columns, sets, days), policy, seed)
    if resume and out is None:
        raise InputError(Fault("--resume", "there is nothing to resume from", "Name the folder of the run with --out."))
    folder = out or _new_folder("run")
    compile_first(quiet)
    from sim.report import figures, tables

    if not quiet:
        for note in job.graph.notes:
            click.echo(f"{_graph_name(job.scenario)}: {note}", err=True)
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
                    "same": same,
                    "folder": str(folder),
                    "summary": _finite(result.summary()),
                },
                indent=1,
            )
        )
    else:
        console().print(tables.run_table(result))
        if job.recorded_digest is not None:
            click.echo("The same, to the bit, as the recorded run." if same else "NOT the same as the recorded run.")
        click.echo(f"\nFigure, data and manifest: {folder}")
    return OK if same else SOME_FAILED


@main.command()
@click.argument("scenario", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON schema of scenario files, for completion in editors.")
@click.option("--resolved", is_flag=True, help="Print the scenario with nothing left to defaults, as TOML.")
def check(scenario: str | None, schema: bool, resolved: bool) -> int:
    """Check a scenario file completely; print all its faults, or that there are none."""
    from sim.scenario import dump_toml, json_schema, load_scenario

    if schema:
        click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))
        return OK
    if scenario is None:
        raise InputError(Fault("check", "no scenario given", "Name a TOML file, or a shipped scenario."))
    found = load_scenario(scenario)
    if found.graph.__class__.__name__ == "File":
        found.make_graph(found.seed)
    click.echo(dump_toml(found) if resolved else f"{scenario}: no faults. {found.title}".rstrip())
    return OK


@main.command("list")
@click.argument(
    "what",
    type=click.Choice(["strategies", "metrics", "mechanisms", "graphs", "scenarios", "parameters", "events"]),
    required=False,
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON on stdout.")
def list_things(what: str | None, as_json: bool) -> int:
    """List what there is: strategies, metrics, mechanisms, graphs, scenarios, parameters, events."""
    from sim.report import catalogue

    chosen = [what] if what else ["strategies", "metrics", "mechanisms", "graphs", "scenarios"]
    if as_json:
        click.echo(json.dumps({name: catalogue.entries(name) for name in chosen}, indent=1, ensure_ascii=False))
        return OK
    for n, name in enumerate(chosen):
        if n:
            click.echo()
        if len(chosen) > 1:
            click.echo(f"{name.upper()}")
        for entry in catalogue.entries(name):
            click.echo(f"{entry['name']:<24} {entry['about']}")
            for option in entry.get("options", []):
                click.echo(f"    {option}")
    return OK


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    return {name: value if value == value else None for name, value in values.items()}


def _new_folder(verb: str) -> Path:
    return Path("results") / f"{verb}-{datetime.now():%Y%m%d-%H%M%S}"


def _graph_name(scenario: Any) -> str:
    return str(getattr(scenario.graph, "file", None) or "graph")
