"""``murmur validate``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli.exits import OK
from sim.cli.options import new_folder, output_options
from sim.cli.progress import Progress, compile_first, console


@click.command()
@click.argument("source", metavar="[SCENARIO]", required=False)
@output_options
@click.option(
    "--worlds", "-n", type=click.IntRange(2), default=8, show_default=True, help="Worlds in which each fact is measured."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Results folder (default: a new one under results/).")
def validate(source: str | None, as_json: bool, quiet: bool, worlds: int, out: Path | None) -> int:
    """Hold the model against published numbers.

    Measures each stylised fact in the shipped default (or another scenario), prints what was published, what the model gives
    and whether it lies in the target band, and writes a page with a figure for each. Takes a few minutes. Misses are
    results: they say what this model cannot tell you.
    """
    compile_first(quiet)
    from sim.report import validation as report
    from sim.scenario import load_scenario
    from sim.study.store import Folder
    from sim.validation import validate as hold_against

    scenario = load_scenario(source or "default")
    with Progress("Measuring", quiet) as progress:
        verdicts = hold_against(scenario, range(scenario.seed, scenario.seed + worlds), progress.tell)
    folder = Folder(out or new_folder("validate"))
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.write("validation.html", lambda path: path.write_text(report.page(verdicts, scenario), encoding="utf-8"))
    folder.write("validation.md", lambda path: path.write_text(report.markdown(verdicts, scenario), encoding="utf-8"))
    if as_json:
        click.echo(json.dumps(report.as_data(verdicts), indent=1, ensure_ascii=False))
    else:
        console().print(report.sheet(verdicts).rich())
        click.echo()
        click.echo(report.summary(verdicts))
        click.echo(f"\nPage: {folder.path / 'validation.html'}")
    return OK
