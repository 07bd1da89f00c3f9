"""From a TOML file to a scenario: read, extend, check everything at once, report each fault with its place and remedy."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Fault, InputError, suggestion
from sim.graph import GRAPH_KINDS
from sim.scenario.model import CONTROL, Scenario
from sim.scenario.shipped import find_scenario
from sim.scenario.tables import Policy
from sim.strategies import STRATEGIES

_TAGS = {"graph": ("kind", GRAPH_KINDS), "policy": ("strategy", STRATEGIES)}


def load_scenario(source: str | Path, changes: Mapping[str, Any] | None = None) -> Scenario:
    """The scenario in a TOML file, or a shipped one by name; ``changes`` are dotted paths and their new values.

    Raises InputError with every fault of the file.
    """
    path = find_scenario(source)
    data = _read_toml(path, ())
    for key, value in (changes or {}).items():
        _set(data, key, value, str(path))
    return parse_scenario(data, str(path), path.parent)


def parse_scenario(data: Mapping[str, Any], where: str = "scenario", folder: Path | None = None) -> Scenario:
    """A scenario from plain data. ``where`` names it in messages; files it mentions are looked up from ``folder``."""
    data = _with_folder(_with_kind(dict(data)), folder)
    faults = _cross_faults(data, where)
    scenario = None
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        faults = [*(_fault(detail, data, where) for detail in error.errors()), *faults]
    if faults or scenario is None:
        raise InputError(faults)
    return scenario


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The scenario with some values replaced: dotted paths, as ``members.attention_median`` or ``brand.0.quality``."""
    data = scenario.model_dump()
    own = {policy.name: policy for policy in scenario.policy if type(policy.strategy) not in STRATEGIES.values()}
    for key, value in changes.items():
        _set(data, key, value, "scenario")
    data["policy"] = tuple(own.get(policy["name"], policy) if isinstance(policy, dict) else policy for policy in data["policy"])
    return parse_scenario(data)


def json_schema() -> dict[str, Any]:
    """JSON schema of scenario files, for completion and underlining in editors."""
    schema = Scenario.model_json_schema(mode="validation")
    properties = schema["properties"]
    properties["extends"] = {"type": "string", "description": "another scenario file, or a shipped one by name, to start from"}
    for name in ("brand", "policy", "post"):  # one table may stand for a list of one
        properties[name] = {**properties[name], "anyOf": [properties[name]["items"], {"type": "array", "items": properties[name]["items"]}]}
        for key in ("type", "items", "maxItems"):
            properties[name].pop(key, None)
    schema["title"] = "Murmur scenario"
    return schema


def _read_toml(path: Path, via: tuple[Path, ...]) -> dict[str, Any]:
    """The tables of a file on top of those of the file it extends."""
    if path in via:
        raise InputError(Fault(str(path), "extends itself, by way of " + " → ".join(p.name for p in via), "Break the circle."))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(Fault(str(path), f"not valid TOML: {error}", "Correct that line.")) from None
    except UnicodeDecodeError:
        raise InputError(Fault(str(path), "this is not a text file", "Give a scenario in TOML.")) from None
    except OSError as error:
        raise InputError(Fault(str(path), f"cannot be read ({error.strerror})", "Check the file.")) from None
    base = data.pop("extends", None)
    if base is None:
        return _with_folder(_with_kind(data), path.parent)
    if not isinstance(base, str):
        raise InputError(Fault(f"{path}: extends", "needs the name of a scenario in quotes", "Write for example extends = \"base.toml\"."))
    beside = path.parent / base
    below = _read_toml(beside if beside.exists() else find_scenario(base), (*via, path))
    return _merged(below, _with_folder(_with_kind(data), path.parent))


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key, everything else (lists of brands and policies too) is replaced; so is a graph of
    another kind."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        other_kind = key == "graph" and isinstance(value, dict) and isinstance(old, dict) and "kind" in value and value["kind"] != old.get("kind")
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) and not other_kind else value
    return merged


def _with_kind(data: dict[str, Any]) -> dict[str, Any]:
    """A graph with a file is of kind "file", and a policy without a strategy is the strategy it is named after."""
    graph = data.get("graph")
    if isinstance(graph, dict) and "file" in graph and "kind" not in graph:
        data["graph"] = {"kind": "file", **graph}
    policies = data.get("policy")
    if isinstance(policies, dict):
        policies = [policies]
    if isinstance(policies, list | tuple):
        data["policy"] = [
            {"strategy": policy["name"], **policy} if isinstance(policy, dict) and "strategy" not in policy and policy.get("name") in STRATEGIES else policy
            for policy in policies
        ]
    return data


def _with_folder(data: dict[str, Any], folder: Path | None) -> dict[str, Any]:
    """A network file is looked for beside the scenario that names it."""
    graph = data.get("graph")
    if folder is not None and isinstance(graph, dict) and isinstance(graph.get("file"), str):
        data["graph"] = {**graph, "file": str(folder / graph["file"])}
    return data


def _set(data: dict[str, Any], path: str, value: Any, where: str) -> None:
    """Put a value at a dotted path; numbers count brands, policies and posts."""
    *parents, last = path.split(".")
    at: Any = data
    for n, name in enumerate(parents):
        if isinstance(at, tuple):
            at = list(at)
        if name == "brand" and n == 0 and len(parents) == 1 and not last.isdecimal():
            entries = at.setdefault(name, {})
            at = entries[0] if isinstance(entries, list | tuple) and entries else entries
            continue
        if isinstance(at, list | tuple):
            if not name.isdecimal() or int(name) >= len(at):
                raise InputError(Fault(f"{where}: {path}", f"there is no entry {name!r}", f"Count from 0 to {len(at) - 1}."))
            at = at[int(name)]
        else:
            at = at.setdefault(name, {})
        if not isinstance(at, dict | list | tuple):
            raise InputError(Fault(f"{where}: {path}", f"{name!r} is not a table", "Check the path; murmur list parameters shows them all."))
    at[last] = value


def _cross_faults(data: Mapping[str, Any], where: str) -> list[Fault]:
    """What no single table can tell: names that must be unique, and names that must exist."""
    faults = []
    policies = [p.name if isinstance(p, Policy) else p.get("name", p.get("strategy")) for p in _tables(data.get("policy"), Policy)]
    brands = [b.get("name", "Brand") if isinstance(b, dict) else b.name for b in _tables(data.get("brand", {}), tuple)]
    for kind, names in (("policy", policies), ("brand", brands)):
        for name in sorted({str(name) for name in names if names.count(name) > 1}):
            faults.append(Fault(f"{where}: {kind}", f"two are called {name!r}", "Give each its own name."))
    for n, brand in enumerate(_tables(data.get("brand", {}), tuple)):
        policy = brand.get("policy", CONTROL) if isinstance(brand, dict) else brand.policy
        if isinstance(policy, str) and policy not in {*policies, *STRATEGIES}:
            known = {str(name) for name in policies} | set(STRATEGIES)
            faults.append(Fault(f"{where}: brand.{n}.policy", f"there is no policy {policy!r}", suggestion(policy, known)))
    for n, post in enumerate(_tables(data.get("post"), tuple)):
        brand_name = post.get("brand", "") if isinstance(post, dict) else post.brand
        if isinstance(brand_name, str) and brand_name and brand_name not in brands:
            faults.append(Fault(f"{where}: post.{n}.brand", f"there is no brand {brand_name!r}", suggestion(brand_name, map(str, brands))))
    return faults


def _tables(value: Any, ready: type) -> list[Any]:
    """The tables (or ready-made objects) among what may be one table or a list of them."""
    entries: Sequence[Any] = [value] if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
    return [entry for entry in entries if isinstance(entry, dict | ready)]


def _fault(detail: ErrorDetails, data: Mapping[str, Any], where: str) -> Fault:
    """One of pydantic's findings as a sentence with a remedy."""
    path = _path(detail["loc"])
    what, remedy = _explained(detail, path, data)
    return Fault(f"{where}: {'.'.join(path)}" if path else where, what, remedy)


def _path(loc: tuple[int | str, ...]) -> list[str]:
    """The keys as they stand in the file, without the names of alternatives that pydantic puts in between."""
    path: list[str] = []
    for n, part in enumerate(loc):
        if n > 0 and str(loc[0]) in _TAGS and part in _TAGS[str(loc[0])][1] and n == (1 if loc[0] == "graph" else 2):
            continue
        if isinstance(part, str) and ("[" in part or part in ("int", "float", "str", "literal['world']")) and n == len(loc) - 1:
            continue
        path.append(str(part))
    return path


_WANTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "tuple_type": "a list in brackets",
    "model_type": "a table of keys",
    "model_attributes_type": "a table of keys",
    "dict_type": "a table of keys",
}


def _explained(detail: ErrorDetails, path: list[str], data: Mapping[str, Any]) -> tuple[str, str]:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key", suggestion(path[-1], [key for key in known_keys(path[:-1], data) if key != path[-1]])
    if kind == "missing":
        return "is missing", "Add it."
    if kind in _WANTED:
        quoted = isinstance(given, str) and kind in ("int_type", "float_type", "bool_type")
        return f"needs {_WANTED[kind]}, got {given!r}", "Remove the quotes." if quoted else f"Write {_WANTED[kind]}."
    if kind == "int_from_float":
        return f"needs a whole number, got {given!r}", "Drop the decimals."
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']:g}, got {given!r}", "Raise it."
    if kind == "less_than_equal":
        return f"must be at most {context['le']:g}, got {given!r}", "Lower it."
    if kind == "finite_number":
        return f"must be a finite number, got {given!r}", "Write a number."
    if kind == "union_tag_not_found":
        tag, choices = _TAGS[path[0]]
        return f"{tag} is missing", f"Choose one: {', '.join(sorted(choices))}."
    if kind == "union_tag_invalid":
        tag, choices = _TAGS[path[0]]
        return f"there is no {tag} {context['tag']!r}", suggestion(str(context["tag"]), choices)
    if kind == "literal_error":
        expected = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return f"{given!r} is not one of the choices", suggestion(str(given), expected)
    if kind == "too_long":
        return f"has {context['actual_length']} entries, and at most {context['max_length']} are allowed", "Remove some."
    return detail["msg"][0].lower() + detail["msg"][1:], "Correct it."


def known_keys(path: Sequence[str], data: Mapping[str, Any]) -> list[str]:
    """The keys a scenario file may have in the table at ``path``."""
    schema = json_schema()
    at: Any = schema
    value: Any = data
    for name in path:
        value = value[int(name)] if isinstance(value, list | tuple) else value.get(name, {})
        at = _table_at(at if name.isdecimal() else at.get("properties", {}).get(name, {}), schema, value)
    return list(_table_at(at, schema, value).get("properties", {}))


def _table_at(at: dict[str, Any], schema: dict[str, Any], value: Any) -> dict[str, Any]:
    """Follow references and alternatives of a JSON schema to the table that describes ``value``."""
    while True:
        if "$ref" in at:
            at = schema["$defs"][at["$ref"].rsplit("/", 1)[1]]
        elif "discriminator" in at:
            mapping = at["discriminator"]["mapping"]
            tag = value.get(at["discriminator"]["propertyName"]) if isinstance(value, Mapping) else None
            if tag not in mapping:
                return at
            at = {"$ref": mapping[tag]}
        elif "anyOf" in at:
            at = at["anyOf"][0]
        elif "allOf" in at:
            at = at["allOf"][0]
        else:
            return at


def dump_toml(data: Mapping[str, Any]) -> str:
    """Plain data of a scenario as TOML text."""
    lines: list[str] = []
    for key, value in data.items():
        if not _is_table(value):
            lines.append(f"{key} = {_toml_value(value)}")
    for key, value in data.items():
        for table in [value] if isinstance(value, Mapping) else value if _is_table(value) else []:
            bracket = ("[", "]") if isinstance(value, Mapping) else ("[[", "]]")
            plain = {k: v for k, v in table.items() if not isinstance(v, Mapping)}
            if plain:
                lines += ["", f"{bracket[0]}{key}{bracket[1]}", *(f"{k} = {_toml_value(v)}" for k, v in plain.items())]
            for name, inner in table.items():
                if isinstance(inner, Mapping):
                    lines += ["", f"[{key}.{name}]", *(f"{k} = {_toml_value(v)}" for k, v in inner.items())]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping))


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return repr(value)
