"""From a TOML file to a scenario: read, extend, check everything at once, report each fault with its place and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from sim.errors import Fault, InputError, suggestion, within
from sim.scenario.faults import cross_faults, declared, explain
from sim.scenario.model import Scenario
from sim.scenario.shipped import find_scenario, shipped_scenarios
from sim.strategies import STRATEGIES

_FILES = (("graph", "file"), ("study", "points_file"), ("calibration", "file"))
"""Where a scenario may name files: sections (of a calibration its targets) and keys."""


def load_scenario(source: str | Path, changes: Mapping[str, Any] | None = None) -> Scenario:
    """The scenario in a TOML file, or a shipped one by name; ``changes`` are dotted paths and their new values.

    Raises InputError with every fault of the file.
    """
    path = find_scenario(source)
    data = _read_toml(path, ())
    for key, value in (changes or {}).items():
        _set(data, key, value, str(path))
        if key == "graph":
            data.pop("description", None)  # of another community
    return parse_scenario(data, str(path))


def parse_text(text: str, where: str) -> Scenario:
    """A scenario from the text of a TOML file of somebody else's: it may extend shipped scenarios, and no file is opened for it.

    Raises InputError with every fault.
    """
    data = _parsed(text, where, "Correct that line.")
    base = data.pop("extends", None)
    shipped = shipped_scenarios()
    if base is not None and (not isinstance(base, str) or base not in shipped):
        known = ", ".join(shipped)
        raise InputError(Fault(f"{where}: extends", f"there is no shipped scenario {base!r}", f"Use one of: {known}."))
    data = _with_kind(data)
    if base is not None:
        data = _merged(_without_words(_read_toml(shipped[base], ())), data)
    for section, key in _FILES:
        table = data.get(section)
        entries = table.get("target", ()) if section == "calibration" and isinstance(table, dict) else [table]
        if any(isinstance(entry, dict) and entry.get(key) for entry in entries):
            raise InputError(Fault(f"{where}: {section}", f"names a {key}, and none is opened here", "Leave it out."))
    return parse_scenario(data, where)


def parse_scenario(data: Mapping[str, Any], where: str = "scenario") -> Scenario:
    """A scenario from plain data. ``where`` names it in messages; files it mentions are looked up from here."""
    data = _with_folder(_with_kind(dict(data)), Path())
    faults = cross_faults(data, where)
    scenario = None
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        faults = [*explain(error, data, where), *faults]
    if faults or scenario is None:
        raise InputError(faults)
    for policy in scenario.policy:  # some would go round in circles for ever
        with within(where):
            scenario.strategy_of(policy)
    return scenario


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The scenario with some values replaced: dotted paths, as ``members.attention_median`` or ``brand.0.quality``."""
    data = scenario.model_dump()
    own = {policy.name: policy for policy in scenario.policy if type(policy.strategy) not in STRATEGIES.values()}
    for key, value in changes.items():
        _set(data, key, value, "scenario")
    data["policy"] = tuple(own.get(p.get("name", ""), p) if isinstance(p, dict) else p for p in data["policy"])
    return parse_scenario(data)


def _read_toml(path: Path, via: tuple[Path, ...]) -> dict[str, Any]:
    """The tables of a file on top of those of the file it extends."""
    if path in via:
        raise InputError(Fault(str(path), "extends itself, by way of " + " → ".join(p.name for p in via), "Break the circle."))
    remedy = "Correct that line." if path.suffix == ".toml" else "Scenarios are TOML files; a network is given with --graph."
    try:
        data = _parsed(path.read_text(encoding="utf-8"), str(path), remedy)
    except UnicodeDecodeError:
        raise InputError(Fault(str(path), "this is not a text file", "Give a scenario in TOML.")) from None
    except OSError as error:
        raise InputError(Fault(str(path), f"cannot be read ({error.strerror})", "Check the file.")) from None
    base = data.pop("extends", None)
    if base is None:
        return _with_folder(_with_kind(data), path.parent)
    if not isinstance(base, str):
        raise InputError(
            Fault(f"{path}: extends", "needs the name of a scenario in quotes", 'Write for example extends = "base.toml".')
        )
    beside = path.parent / base
    try:
        found = beside if beside.exists() else find_scenario(base)
    except InputError as error:
        raise InputError([replace(fault, where=f"{path}: extends: {fault.where}") for fault in error.faults]) from None
    below = _without_words(_read_toml(found, (*via, path)))
    return _merged(below, _with_folder(_with_kind(data), path.parent))


def _without_words(below: dict[str, Any]) -> dict[str, Any]:
    """A scenario without what it says of itself, which need not hold of one that extends it."""
    return {key: value for key, value in below.items() if key not in ("title", "description", "references")}


def _parsed(text: str, where: str, remedy: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(Fault(where, f"not valid TOML: {error}", remedy)) from None


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key, everything else (lists of brands and policies too) is replaced; so is a graph of
    another kind."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        other_kind = (
            key == "graph"
            and isinstance(value, dict)
            and isinstance(old, dict)
            and "kind" in value
            and value["kind"] != old.get("kind")
        )
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) and not other_kind else value
    return merged


def _with_kind(data: dict[str, Any]) -> dict[str, Any]:
    """A graph with a file is of kind "file"; a policy's strategy is found out."""
    graph = data.get("graph")
    if isinstance(graph, dict) and "file" in graph and "kind" not in graph:
        data["graph"] = {"kind": "file", **graph}
    policies = data.get("policy")
    if isinstance(policies, dict):
        policies = [policies]
    if isinstance(policies, list | tuple):
        data["policy"] = [_with_strategy(policy) if isinstance(policy, dict) else policy for policy in policies]
    return data


def _with_strategy(policy: dict[str, Any]) -> dict[str, Any]:
    """A policy without a strategy is the strategy it is named after, or does nothing but its actions and what else it
    follows."""
    if "strategy" in policy:
        return policy
    if policy.get("name") in STRATEGIES:
        return {"strategy": policy["name"], **policy}
    return {"strategy": "absent", **policy} if {"action", "also", "switch_to"} & policy.keys() else policy


def _with_folder(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Files are looked for beside the scenario that names them; their full path is kept, so that a run can be repeated."""
    for section, key in _FILES:
        table = data.get(section)
        if section == "calibration":
            if isinstance(table, dict) and isinstance(table.get("target"), list | tuple):
                data[section] = {**table, "target": [_beside(target, key, folder) for target in table["target"]]}
        elif section in data:
            data[section] = _beside(table, key, folder)
    return data


def _beside(table: Any, key: str, folder: Path) -> Any:
    """A table with the full path of the file it names."""
    if isinstance(table, dict) and isinstance(table.get(key), str) and table[key]:
        return {**table, key: str((folder / table[key]).resolve())}
    return table


def _set(data: dict[str, Any], path: str, value: Any, where: str) -> None:
    """Put a value at a dotted path."""
    *parents, last = path.split(".")
    at: Any = data
    for n, name in enumerate(parents):
        if name == "brand" and n == 0 and len(parents) == 1 and not last.isdecimal():
            entries = at.setdefault(name, {})
            at = entries[0] if isinstance(entries, list | tuple) and entries else entries
            continue
        at = at[_entry(at, name, f"{where}: {path}")] if isinstance(at, list | tuple) else at.setdefault(name, {})
        if not isinstance(at, dict | list | tuple):
            raise InputError(
                Fault(f"{where}: {path}", f"{name!r} is not a table", "Check the path; murmur list parameters shows them all.")
            )
    at[last] = value


def _entry(entries: Sequence[Any], name: str, where: str) -> int:
    """The place of an entry of a list, given by number or by name."""
    names = [entry.get("name", entry.get("strategy")) if isinstance(entry, dict) else None for entry in entries]
    if name in names:
        return names.index(name)
    if not name.isdecimal() or int(name) >= len(entries):
        remedy = f"Count from 0 to {len(entries) - 1}" + (f", or name one: {', '.join(map(str, names))}." if any(names) else ".")
        raise InputError(Fault(where, f"there is no entry {name!r}", remedy))
    return int(name)


def value_at(scenario: Scenario, path: str, where: str) -> tuple[Any, dict[str, Any]]:
    """What stands at a dotted path, and how it is declared (its entry in the JSON schema: type, minimum, maximum, unit …).

    Raises InputError when there is nothing.
    """
    data = scenario.dump()
    at: Any = data
    keys: list[str] = []
    names = path.split(".")
    if names[0] == "brand" and len(names) == 2 and not names[1].isdecimal():
        names.insert(1, "0")
    for name in names:
        key = str(_entry(at, name, f"{where}: {path}")) if isinstance(at, list) else name
        if isinstance(at, dict) and key not in at:
            raise InputError(Fault(f"{where}: {path}", f"there is no {name!r}", suggestion(name, at)))
        if not isinstance(at, dict | list):
            raise InputError(Fault(f"{where}: {path}", f"{keys[-1]!r} is not a table", "Check the path."))
        at = at[int(key)] if isinstance(at, list) else at[key]
        keys.append(key)
    return at, declared(keys, data)


def dump_toml(scenario: Scenario) -> str:
    """The scenario as a TOML file with nothing left to defaults."""
    return tomli_w.dumps(scenario.dump())
