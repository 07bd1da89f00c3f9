"""``murmur check``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.exits import OK
from sim.cli.options import load_plugins, plugin_option
from sim.errors import Fault, InputError, within

if TYPE_CHECKING:
    from sim.scenario import Scenario


@click.command()
@click.argument("scenario", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON schema of scenario files, for completion in editors.")
@click.option("--resolved", is_flag=True, help="Print the scenario with nothing left to defaults, as TOML.")
@plugin_option
def check(scenario: str | None, schema: bool, resolved: bool, plugins: tuple[Path, ...]) -> int:
    """Check a scenario file completely, its [study] and [calibration] too; print all its faults, or that there are none."""
    load_plugins(plugins)
    from sim.scenario import dump_toml, json_schema, load_scenario
    from sim.study.design import remarks

    if schema:
        click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))
        return OK
    if scenario is None:
        raise InputError(Fault("check", "no scenario given", "Name a TOML file, or a shipped scenario."))
    found = load_scenario(scenario)
    with within(scenario):
        _check_plans(found)
    for remark in remarks(found.study):
        click.echo(f"{scenario}: {remark}", err=True)
    click.echo(dump_toml(found) if resolved else f"{scenario}: no faults. {found.title}".rstrip())
    return OK


def _check_plans(scenario: Scenario) -> None:
    """Raises InputError when its community, or what the scenario would have varied or fitted, cannot be."""
    from sim.calibration import parameters, statistics
    from sim.study.conduct import communities
    from sim.study.executor import Bench
    from sim.study.study import Study

    parts: list[Callable[[], object]] = [
        lambda: scenario.check_names(scenario.make_graph(scenario.seed)),
        lambda: communities(Bench(Study.of(scenario))),
    ]
    if scenario.calibration.parameter or scenario.calibration.target:
        parts += [lambda: parameters(scenario), lambda: statistics(scenario)]
    faults: dict[Fault, None] = {}
    for part in parts:
        try:
            part()
        except InputError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise InputError(faults)
