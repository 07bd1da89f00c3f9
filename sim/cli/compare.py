"""``murmur compare``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from click.core import ParameterSource

from sim.cli.exits import INTERRUPTED, OK, SOME_FAILED
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
from sim.cli.progress import Progress, compile_first, console, finish_on_interrupt, tell_failures
from sim.errors import Fault, InputError


@click.command()
@scenario_options
@output_options
@click.option(
    "--policy",
    "-p",
    "policies",
    multiple=True,
    help="A policy of the scenario, or a strategy by name, with settings: broadcast:posts_per_day=3 (repeatable; "
    "default: the scenario's).",
)
@click.option("--control", help="The policy all others are held against (default: absent).")
@click.option("--worlds", "-n", type=click.IntRange(1), default=20, show_default=True, help="Worlds; every policy lives in each.")
@click.option("--seeds", metavar="A-B|A,B,…", help="The worlds by seed, instead of --worlds.")
@out_option
@click.option(
    "--from",
    "manifest",
    type=click.Path(path_type=Path),
    metavar="MANIFEST",
    help="Repeat the comparison of a manifest: the same scenario, policies and seeds.",
)
@click.option("--workers", "-w", type=click.IntRange(1), help="Processes (default: all cores).")
@click.option("--metric", "-m", help="Of a study that is there: by which metric (default: money, trust and health).")
@click.option(
    "--horizon", type=int, metavar="DAY", help="Of a study that is there: on which of its horizons (default: the last)."
)
def compare(
    asked: Asked,
    as_json: bool,
    quiet: bool,
    policies: tuple[str, ...],
    control: str | None,
    worlds: int,
    seeds: str | None,
    out: Path | None,
    manifest: Path | None,
    workers: int | None,
    metric: str | None,
    horizon: int | None,
) -> int:
    """Compare policies in the same worlds.

    SCENARIO may also be the folder of a sweep or an earlier comparison: then nothing is run, and its answer is told, for the
    policies chosen with --policy and --control, by --metric, on the day --horizon.

    SCENARIO is a TOML file or the name of a shipped scenario; without one, a real online community of 1,899 members and
    the policies absent, broadcast and listen_first. Leaves a figure, tables (Markdown, CSV), all data (Parquet) and a
    manifest in the results folder.
    """
    asked.load_plugins()  # before anything is imported that must know them
    if asked.source is not None and Path(asked.source).is_dir():
        _only_reading({"source", "plugins", "as_json", "quiet", "policies", "control", "metric", "horizon"})
        return _of_study(Path(asked.source), policies, control, metric or "", horizon, as_json)
    if metric is not None or horizon is not None:
        what = "they choose among the results of a study, and none is named"
        raise InputError(Fault("--metric, --horizon", what, "Name the folder of a sweep or comparison."))
    if manifest is not None:
        from sim.study.outcome import recorded_study

        if not asked.nothing or policies or control or seeds:
            raise InputError(Fault("--from", "a manifest leaves nothing to choose", "Leave out the scenario and its options."))
        recorded, _ = recorded_study(manifest)
        chosen, policies, control, named = recorded.scenario, recorded.policies, recorded.control, recorded.seeds
    else:
        chosen, named = asked.scenario(), chosen_seeds(seeds)
        policies = tuple(chosen_policy(chosen, text) for text in policies)
    if named:
        worlds_by_seed_alone("--from" if manifest is not None else "--seeds")
    compile_first(quiet)
    from sim.report import figures, tables, words
    from sim.study.compare import compare as run_comparison

    folder = out or new_folder("compare")
    network = chosen.make_graph((named or (chosen.seed,))[0])
    if not quiet and chosen.equal_budget > 0:
        click.echo("Scaling the policies to the same spend …", err=True)
    try:
        with Progress("Living", quiet) as progress, finish_on_interrupt():
            found = run_comparison(
                chosen,
                policies,
                control=control,
                worlds=worlds,
                seeds=named,
                graph=None if chosen.graph_varies else network,
                folder=folder,
                workers=workers or os.cpu_count() or 1,
                tell=progress.follow,
            )
    except KeyboardInterrupt:
        click.echo(f"Stopped. Finished worlds are kept; the same command with --out {folder} goes on.", err=True)
        return INTERRUPTED
    tell_failures(found.results)
    if not found.seeds:
        raise InputError(Fault("compare", "there is no world that all policies have lived through", "See the messages above."))
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
        for brand in range(max(1, len(found.scenario.brand))):
            for sentence in words.answer(found, brand):
                click.echo(sentence)
        for told in words.warnings(found):
            click.echo(told)
        click.echo(words.conditions(found))
        click.echo(f"\nFigure, tables, data and manifest: {folder}")
    return SOME_FAILED if found.failures else OK


def _only_reading(allowed: set[str]) -> None:
    """Refuse options that say how to run, where nothing is run."""
    context = click.get_current_context()
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if given and option.name not in allowed:
            what = "it says what to run, and of a folder only the answer is told"
            raise InputError(Fault(option.opts[0], what, "Leave it out, or name a scenario."))


def _of_study(
    folder: Path, policies: tuple[str, ...], control: str | None, metric: str, horizon: int | None, as_json: bool
) -> int:
    """The answer of a study that is there: over all its points, or of the only one."""
    from sim.report import answer_sheets, answers, clauses, tables, words
    from sim.study.compare import Comparison
    from sim.study.outcome import load_study
    from sim.study.pairs import LEADING, pairs

    results = load_study(folder)
    if metric:
        results.cube(metric)  # refuses what is no metric
    if policies or control:
        results = results.only(policies or results.study.policies, control)
    if len(results.study.points) == 1:
        if metric:
            remedy = "Leave out --metric: a comparison tells them all."
            raise InputError(Fault("--metric", "the study has one point only", remedy))
        found = Comparison(results, horizon=horizon)
        if as_json:
            click.echo(json.dumps(tables.as_data(found, folder), indent=1, ensure_ascii=False))
            return OK
        console().print(tables.headline_table(found))
        click.echo()
        told = [*words.answer(found), *words.warnings(found), words.conditions(found)]
    else:
        if as_json:
            click.echo(json.dumps(answer_sheets.as_data(results, metric, horizon), indent=1, ensure_ascii=False))
            return OK
        for sheet in answer_sheets.sheets(results, metric, horizon):
            console().print(sheet.rich())
            click.echo()
        short = answers.in_short(results, metric or LEADING, horizon) if len(pairs(results)) > clauses.MANY else []
        told = [*short, *answers.sentences(results, metric, horizon), answers.study_conditions(results)]
    for sentence in told:
        click.echo(sentence)
    return OK
