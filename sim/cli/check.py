"""``murmur check``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli.exits import OK
from sim.cli.options import load_plugins, plugin_option
from sim.errors import Fault, InputError


@click.command()
@click.argument("scenario", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON schema of scenario files, for completion in editors.")
@click.option("--resolved", is_flag=True, help="Print the scenario with nothing left to defaults, as TOML.")
@plugin_option
def check(scenario: str | None, schema: bool, resolved: bool, plugins: tuple[Path, ...]) -> int:
    """Check a scenario file completely; print all its faults, or that there are none."""
    load_plugins(plugins)
    from sim.scenario import dump_toml, json_schema, load_scenario

    if schema:
        click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))
        return OK
    if scenario is None:
        raise InputError(Fault("check", "no scenario given", "Name a TOML file, or a shipped scenario."))
    found = load_scenario(scenario)
    found.check_names(found.make_graph(found.seed))
    click.echo(dump_toml(found) if resolved else f"{scenario}: no faults. {found.title}".rstrip())
    return OK
