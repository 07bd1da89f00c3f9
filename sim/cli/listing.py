"""``murmur list``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli.exits import OK
from sim.cli.options import load_plugins, plugin_option


@click.command("list")
@click.argument(
    "what",
    type=click.Choice(["strategies", "actions", "metrics", "mechanisms", "graphs", "scenarios", "parameters", "events"]),
    required=False,
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON on stdout.")
@plugin_option
def list_things(what: str | None, as_json: bool, plugins: tuple[Path, ...]) -> int:
    """List what there is: strategies, actions, metrics, mechanisms, graphs, scenarios, parameters, events."""
    load_plugins(plugins)
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
