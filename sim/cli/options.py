"""From a command line to a scenario."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sim.errors import Fault, InputError


def chosen_scenario(
    source: str | None, graph: str | None, direction: str | None, columns: str | None, sets: tuple[str, ...], days: int | None
) -> Any:
    """The scenario a command line describes."""
    from sim.scenario import load_scenario

    changes: dict[str, Any] = {}
    if graph is not None:
        from sim.graph import GRAPH_KINDS

        named = graph in GRAPH_KINDS and graph != "file"
        changes["graph"] = {"kind": graph} if named else {"kind": "file", "file": str(Path(graph).resolve())}
    if direction is not None:
        changes["graph.direction"] = direction
    if columns is not None:
        changes["graph.columns"] = [name.strip() for name in columns.split(",")]
    if days is not None:
        changes["days"] = days
    for item in sets:
        key, equals, text = item.partition("=")
        if not equals:
            raise InputError(Fault("--set", f"{item!r} has no value", "Write --set members.attention_median=50."))
        changes[key.strip()] = _value(text.strip())
    return load_scenario(source or "default", changes)


def _value(text: str) -> Any:
    """A value as TOML would read it, or else the text itself."""
    import tomllib

    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {text}")["value"]
    return text


def scenario_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and options that describe a scenario, shared by the verbs."""
    options = [
        click.argument("scenario", required=False),
        click.option(
            "--graph",
            metavar="FILE|KIND",
            help="A network file (edge list, GraphML, GEXF, GML) or a kind of graph (murmur list graphs).",
        ),
        click.option(
            "--direction",
            type=click.Choice(["auto", "follows", "flows", "mutual"]),
            help="How a pair a b in the file is read: a follows b; content flows from a to b; mutual.",
        ),
        click.option("--columns", metavar="A,B", help="The two columns of the file that hold the ties, by name or number."),
        click.option("--days", type=click.IntRange(1), help="Days to simulate after the brands enter."),
        click.option(
            "--set",
            "sets",
            multiple=True,
            metavar="PATH=VALUE",
            help="Change one value of the scenario, e.g. --set brand.quality=0.6 (repeatable).",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout."),
        click.option("--quiet", is_flag=True, help="No progress, no remarks."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def chosen_seeds(text: str | None) -> tuple[int, ...]:
    """Seeds from a text such as 1-20 or 1,5,9; none for None."""
    if text is None:
        return ()
    seeds: list[int] = []
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        if not low.isdecimal() or (dash and not high.isdecimal()):
            raise InputError(Fault("--seeds", f"{part!r} is not a seed", "Write --seeds 1-20 or --seeds 1,5,9."))
        seeds += range(int(low), int(high if dash else low) + 1)
    return tuple(seeds)
