"""``murmur calibrate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.exits import OK, SOME_FAILED
from sim.cli.extras import not_installed
from sim.cli.options import Asked, new_folder, out_option, output_options, scenario_options
from sim.cli.progress import compile_first, console, spoken
from sim.cli.workers import Workers, lived, worker_options

if TYPE_CHECKING:
    from sim.scenario import Scenario


@click.command()
@scenario_options
@output_options
@out_option
@worker_options
@click.option("--dry-run", is_flag=True, help="Say what would be fitted to what, and how long it would take.")
def calibrate(asked: Asked, as_json: bool, quiet: bool, out: Path | None, crew: Workers, dry_run: bool) -> int:
    """Fit numbers of a scenario to what was observed.

    The [calibration] section names the numbers and the targets: days of your own (CSV: a column day or date, columns named after
    metrics), ranges, or published facts. Says what is identified and what is not, and whether the model then gives what was
    observed, held-out targets included. Leaves a page, the scenario at the likeliest numbers (calibrated.toml) and draws
    (posterior.csv, which a [study] takes as points_file). Needs the extra calibrate.

    \b
    [[calibration.parameter]]
    path = "brand.quality"
    low = 0.4
    high = 1.0
    [[calibration.target]]
    file = "daily.csv"             # day,followers,mentions,sales
    policy = "broadcast"           # what the brand did meanwhile
    held_out_from = 120            # later days are only held against
    [[calibration.target]]
    fact = "S3"                    # or a fact of murmur validate
    """
    try:
        import emcee  # noqa: F401  # heavy, and an extra: asked for before anything is lived
        import sklearn  # noqa: F401
    except ImportError:
        raise not_installed("murmur calibrate", "scikit-learn and emcee are not installed", "calibrate") from None
    scenario = asked.scenario()
    from sim.calibration import Calibration
    from sim.calibration import calibrate as fit
    from sim.report import calibration as report
    from sim.report import page
    from sim.study.store import read_manifest

    compile_first(quiet)
    if dry_run:
        return _preview(scenario, crew.n, as_json)
    folder = out or new_folder("calibrate")
    found = lived(
        "Measuring",
        folder,
        quiet,
        lambda progress: fit(scenario, folder, workers=crew.n, tell=progress.follow, executor=crew.executor()),
    )
    if not isinstance(found, Calibration):
        return found
    report.write_results(found, folder)
    path, _ = page.write(report.compose(found, read_manifest(folder)), folder)
    if as_json:
        click.echo(json.dumps({**report.as_data(found), "folder": str(folder)}, indent=1, ensure_ascii=False))
    else:
        for sheet in (report.parameter_sheet(found), report.target_sheet(found)):
            console().print(sheet.rich())
            click.echo()
        for sentence in report.told(found):
            click.echo(sentence)
        click.echo(f"\nPage: {path}; the scenario fitted: {folder / 'calibrated.toml'}; draws: {folder / 'posterior.csv'}")
    return SOME_FAILED if found.failures else OK


def _preview(scenario: Scenario, workers: int, as_json: bool) -> int:
    """What a calibration would be, from a measurement at one point."""
    from sim.calibration import forecast, parameters, statistics

    found = forecast(scenario, workers)
    targets, _ = statistics(scenario)
    axes = parameters(scenario)
    if as_json:
        told = {"parameters": [axis.path for axis in axes], "targets": [target.name for target in targets], **found._asdict()}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return OK
    plan = scenario.calibration
    click.echo(
        f"{plan.waves} waves × {plan.points} points + {plan.predictive} draws = {found.measurements:,} measurements in "
        f"{plan.worlds} worlds each, some {spoken(found.seconds)} on {workers} process{'es' * (workers > 1)}"
    )
    for axis in axes:
        click.echo(f"  {axis.path}: {axis.about}")
    for target in targets:
        click.echo(f"  {'held out' if target.held_out else 'fitted to'}: {target.name}")
    return OK
