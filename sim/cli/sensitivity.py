"""``murmur sensitivity``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from sim.cli.exits import OK
from sim.cli.progress import console


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--metric", "-m", default="npv", show_default=True, help="The outcome (murmur list metrics).")
@click.option("--policy", "-p", help="Under which policy (default: the last of the study).")
@click.option("--against", "-a", help="Take away the outcome under this policy, world by world.")
@click.option("--horizon", type=int, help="The day at which it is taken (default: the study's last).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON on stdout.")
def sensitivity(folder: Path, metric: str, policy: str | None, against: str | None, horizon: int | None, as_json: bool) -> int:
    """Say what an outcome of a study hangs on.

    FOLDER holds a sweep whose design is sobol (shares of the variance), morris (elementary effects, to screen many factors with
    few runs) or one_at_a_time (changes from the scenario). Refused when a run is missing.
    """
    from sim.report.sensitivity import sheet, told
    from sim.study.outcome import load_study
    from sim.study.sensitivity import sensitivity as indices

    results = load_study(folder)
    found = indices(results, metric, policy or results.study.policies[-1], against or "", horizon)
    if as_json:
        click.echo(json.dumps({**asdict(found), "told": told(found)}, indent=1, ensure_ascii=False).replace("NaN", "null"))
        return OK
    console().print(sheet(found).rich())
    click.echo()
    for sentence in told(found):
        click.echo(sentence)
    return OK
