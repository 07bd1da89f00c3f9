"""From a command line to a scenario."""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from sim.scenario import Scenario


MOST_SEED = 2**53


@dataclass(frozen=True)
class Asked:
    """The scenario a command line asks for."""

    source: str | None
    graph: str | None
    direction: str | None
    columns: str | None
    days: int | None
    sets: tuple[str, ...]
    plugins: tuple[Path, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether neither a scenario nor any change to it was given."""
        return not any([self.source, self.graph, self.direction, self.columns, self.days, self.sets])

    def scenario(self) -> Scenario:
        """The scenario, checked."""
        self.load_plugins()
        from sim.scenario import load_scenario

        changes: dict[str, Any] = {}
        if self.graph is not None:
            from sim.graph import GRAPH_KINDS

            named = self.graph in GRAPH_KINDS and self.graph != "file"
            changes["graph"] = {"kind": self.graph} if named else {"kind": "file", "file": str(Path(self.graph).resolve())}
        if self.direction is not None:
            changes["graph.direction"] = self.direction
        if self.columns is not None:
            changes["graph.columns"] = [name.strip() for name in self.columns.split(",")]
        if self.days is not None:
            changes["days"] = self.days
        for item in self.sets:
            key, equals, text = item.partition("=")
            if not equals:
                raise InputError(
                    Fault(
                        "--set",
                        f"{item!r} has no value",
                        f"Write --set {item.split()[0] if item.split() else 'brand.quality'}=VALUE.",
                    )
                )
            changes[key.strip()] = _value(text.strip())
        plain = load_scenario(self.source or "default")
        if (self.direction or self.columns) and self.graph is None and not hasattr(plain.graph, "file"):
            raise InputError(
                Fault("--direction, --columns", "they say how a file is read, and there is none", "Add --graph FILE.")
            )
        try:
            return load_scenario(self.source or "default", changes)
        except InputError as error:  # what is wrong then, the options have brought in
            raise InputError(
                [replace(fault, where=f"command line: {fault.where.partition(': ')[2]}") for fault in error.faults]
            ) from None

    def load_plugins(self) -> None:
        """Make the strategies of the user's own files known, before anything is read that may name them."""
        load_plugins(self.plugins)


def load_plugins(plugins: Sequence[Path]) -> None:
    """Make the strategies of the user's own files known; to be called before a scenario is read."""
    if not plugins:
        return
    from sim.scenario import know
    from sim.strategies import STRATEGIES
    from sim.strategies.plugins import load_plugin

    for path in plugins:
        know(load_plugin(path, STRATEGIES))


plugin_option = click.option(
    "--plugin",
    "plugins",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A Python file with strategies of your own (repeatable). Its code is run.",
)


def _value(text: str) -> Any:
    """A value as TOML would read it, or else the text itself."""
    import tomllib

    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {text}")["value"]
    with contextlib.suppress(ValueError):  # .6 is no number in TOML
        return float(text)
    return text


def scenario_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and options that describe a scenario; the verb gets them as one argument ``asked`` (:class:`Asked`)."""
    options = [
        click.argument("source", metavar="[SCENARIO]", required=False),
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
        plugin_option,
    ]

    @functools.wraps(command)
    def verb(**given: Any) -> Any:
        return command(asked=Asked(**{field.name: given.pop(field.name) for field in fields(Asked)}), **given)

    for option in reversed(options):
        verb = option(verb)
    return verb


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options on what is printed, for verbs that run something."""
    command = click.option("--quiet", is_flag=True, help="No progress, no remarks.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")(command)


out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Results folder (default: a new one under results/). Given again, it goes on with what is missing.",
)


def new_folder(verb: str) -> Path:
    """Where results go when no folder is named."""
    plain = Path("results") / f"{verb}-{datetime.now():%Y%m%d-%H%M%S}"
    numbered = (plain.with_name(f"{plain.name}-{n}") for n in itertools.count(2))
    return next(path for path in itertools.chain([plain], numbered) if not path.exists())


def chosen_policy(scenario: Scenario, text: str) -> Any:
    """A policy from a text such as ``broadcast`` or ``broadcast:posts_per_day=3,paid_reach=0.2``."""
    from sim.scenario import parse_scenario
    from sim.strategies import STRATEGIES

    name, colon, settings = text.partition(":")
    if not colon:
        return text
    if not settings.strip():
        raise InputError(Fault(f"--policy {text}", "there are no settings after the colon", f"Write {name}:setting=value."))
    pairs = [setting.partition("=") for setting in settings.split(",")]
    table = {key.strip(): _value(value.strip()) for key, _, value in pairs}
    based = {"strategy": name} if not any(policy.name == name for policy in scenario.policy) else None
    if based is None:
        kept = next(policy for policy in scenario.dump()["policy"] if policy["name"] == name)
        based = dict(kept)
    try:
        others = [policy for policy in scenario.dump()["policy"] if policy["strategy"] in STRATEGIES]
        return parse_scenario({"policy": [{**based, **table, "name": text}, *others]}).policy[0]
    except InputError as error:
        raise InputError(
            [replace(fault, where=f"--policy {text}: {fault.where.rpartition('.')[2]}") for fault in error.faults]
        ) from None


def worlds_by_seed_alone(which: str) -> None:
    """Refuse --worlds where something else says which worlds."""
    if click.get_current_context().get_parameter_source("worlds") is ParameterSource.COMMANDLINE:
        raise InputError(Fault("--worlds", f"{which} already says which worlds", f"Leave out --worlds or {which}."))


def chosen_seeds(text: str | None) -> tuple[int, ...]:
    """Seeds from a text such as 1-20 or 1,5,9; none for None."""
    if text is None:
        return ()
    seeds: list[int] = []
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        if not low.isdecimal() or (dash and not high.isdecimal()):
            raise InputError(Fault("--seeds", f"{part!r} is not a seed", "Write --seeds 1-20 or --seeds 1,5,9."))
        first, last = int(low), int(high if dash else low)
        if last < first or last - first >= 1_000_000 or last > MOST_SEED:
            raise InputError(Fault("--seeds", f"{part!r} is no range of seeds", "Write the smaller first, as in 1-20."))
        seeds += range(first, last + 1)
    return tuple(seeds)
