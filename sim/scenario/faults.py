"""What is wrong with a scenario file, in sentences: where, what, what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Fault, suggestion
from sim.graph import GRAPH_KINDS
from sim.scenario.model import CONTROL, Scenario
from sim.scenario.policies import Policy
from sim.strategies import PRIMITIVES, STRATEGIES
from sim.strategies.composing import NEVER

MOST_SCHEDULED = 20
"""Scheduled posts of one member on one day: with all else she may say, they fit the byte that counts her messages."""

_TAGS = {"graph": ("kind", GRAPH_KINDS), "policy": ("strategy", STRATEGIES)}


def cross_faults(data: Mapping[str, Any], where: str) -> list[Fault]:
    """What no single table can tell: names that must be unique, and names that must exist."""
    faults: list[Fault] = []
    policies = [
        p.name if isinstance(p, Policy) else p.get("name", p.get("strategy")) for p in _tables(data.get("policy"), Policy)
    ]
    brands = [b.get("name", "Brand") if isinstance(b, dict) else b.name for b in _tables(data.get("brand", {}), tuple)]
    for kind, names in (("policy", policies), ("brand", brands)):
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        faults += [Fault(f"{where}: {kind}", f"two are called {name!r}", "Give each its own name.") for name in twice]
    for kind, names in (("policy", policies), ("brand", brands)):
        for name in names:
            if isinstance(name, str) and not (0 < len(name) <= 100 and name.isprintable()):
                faults.append(Fault(f"{where}: {kind}", f"{name!r} is no name", "Use 1 to 100 characters that can be printed."))
    for n, policy in enumerate(_tables(data.get("policy"), Policy)):
        name, strategy = (policy.get("name"), policy.get("strategy")) if isinstance(policy, dict) else (policy.name, None)
        if isinstance(name, str) and name in STRATEGIES and strategy not in (None, name):
            what = f"a policy that follows {strategy!r} has the name of another strategy, {name!r}"
            faults.append(Fault(f"{where}: policy.{n}.name", what, "Give it another name."))
    for n, brand in enumerate(_tables(data.get("brand", {}), tuple)):
        policy = brand.get("policy", CONTROL) if isinstance(brand, dict) else brand.policy
        if isinstance(policy, str) and policy not in {*policies, *STRATEGIES}:
            known = {str(name) for name in policies} | set(STRATEGIES)
            faults.append(Fault(f"{where}: brand.{n}.policy", f"there is no policy {policy!r}", suggestion(policy, known)))
    first: Any = next(iter(_tables(data.get("brand", {}), tuple)), {})
    limit = first.get("total_budget") if isinstance(first, dict) else first.total_budget
    equal = data.get("equal_budget", 0)
    if isinstance(limit, int | float) and isinstance(equal, int | float) and limit < equal:
        what = f"every policy is to spend {equal:g}, but the brand may not spend more than {limit:g}"
        faults.append(Fault(f"{where}: equal_budget", what, "Lower it, or raise brand.0.total_budget."))
    faults += _composition_faults(data, where, {str(name) for name in policies} | set(STRATEGIES))
    for n, post in enumerate(_tables(data.get("post"), tuple)):
        brand_name = post.get("brand", "") if isinstance(post, dict) else post.brand
        if isinstance(brand_name, str) and brand_name and brand_name not in brands:
            faults.append(
                Fault(f"{where}: post.{n}.brand", f"there is no brand {brand_name!r}", suggestion(brand_name, map(str, brands)))
            )
    return [*faults, *_post_faults(data, where)]


def _composition_faults(data: Mapping[str, Any], where: str, known: set[str]) -> list[Fault]:
    """Policies that mention policies which are not there, or a day of switching to nothing."""
    faults = []
    for n, policy in enumerate(_tables(data.get("policy"), Policy)):
        if isinstance(policy, Policy):
            policy = policy._asdict()
        also, switch_to = policy.get("also", ()), policy.get("switch_to", "")
        mentioned = [("also", name) for name in also] if isinstance(also, list | tuple) else []
        mentioned += [("switch_to", switch_to)] if switch_to else []
        for key, name in mentioned:
            if isinstance(name, str) and name not in known:
                faults.append(Fault(f"{where}: policy.{n}.{key}", f"there is no policy {name!r}", suggestion(name, known)))
        if not switch_to and policy.get("switch_day", NEVER) != NEVER:
            faults.append(Fault(f"{where}: policy.{n}.switch_day", "there is nothing to switch to", "Add switch_to."))
        if switch_to and policy.get("switch_day", NEVER) == NEVER:
            faults.append(Fault(f"{where}: policy.{n}.switch_to", "there is no day of switching", "Add switch_day."))
        actions = policy.get("action", ())
        for a, action in enumerate(actions if isinstance(actions, list | tuple) else [actions]):
            if isinstance(action, dict):
                faults += _schedule_faults(action, f"{where}: policy.{n}.action.{a}")
    return faults


def _schedule_faults(action: Mapping[str, Any], where: str) -> list[Fault]:
    """Schedules that never come due, or say something that has no effect."""
    begin, end = action.get("from_day", 0), action.get("until_day", NEVER)
    every, lasting = action.get("every_days", 1), action.get("for_days", 1)
    if not all(isinstance(number, int) for number in (begin, end, every, lasting)):
        return []  # said elsewhere
    faults = []
    if begin >= end:
        faults.append(Fault(where, f"ends on day {end} before it begins on day {begin}", "Correct from_day or until_day."))
    if lasting > every > 1:
        faults.append(Fault(where, f"lasts {lasting} days and begins anew after {every}", "Correct every_days or for_days."))
    if action.get("above", 0) and not action.get("when"):
        faults.append(Fault(f"{where}.above", "there is nothing that could be above it", "Add when."))
    return faults


def _post_faults(data: Mapping[str, Any], where: str) -> list[Fault]:
    """Scheduled posts on days that do not come, about a brand that is not there yet, or too many at once."""
    faults = []
    last, burn_in = data.get("days", 360), data.get("burn_in", 30)
    said: dict[tuple[Any, Any], int] = {}
    for n, post in enumerate(_tables(data.get("post"), tuple)):
        read = post.get if isinstance(post, dict) else post._asdict().get
        day, member, kind = read("day"), read("member"), read("kind", "organic")
        if not (isinstance(day, int) and isinstance(last, int) and isinstance(burn_in, int)):
            continue  # said elsewhere
        if not -burn_in <= day < last:
            faults.append(Fault(f"{where}: post.{n}.day", f"day {day} does not come", f"Days go from {-burn_in} to {last - 1}."))
        elif day < 0 and kind in ("praise", "criticism"):
            faults.append(Fault(f"{where}: post.{n}.day", "there is no brand to speak of before day 0", "Choose a later day."))
        said[day, member] = said.get((day, member), 0) + 1
        if said[day, member] == MOST_SCHEDULED + 1:
            what = f"{member!r} has more than {MOST_SCHEDULED} posts on day {day}"
            faults.append(Fault(f"{where}: post.{n}", what, "Spread them over days or members."))
    return faults


def _tables(value: Any, ready: type) -> list[Any]:
    """The tables (or ready-made objects) among what may be one table or a list of them."""
    entries: Sequence[Any] = [value] if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
    return [entry for entry in entries if isinstance(entry, dict | ready)]


def explain(error: ValidationError, data: Mapping[str, Any], where: str) -> list[Fault]:
    """What pydantic found, as sentences with remedies, once per place."""
    faults: dict[str, Fault] = {}
    for detail in error.errors():
        fault = _fault(detail, data, where)
        faults.setdefault(fault.where, fault)
    return list(faults.values())


def _fault(detail: ErrorDetails, data: Mapping[str, Any], where: str) -> Fault:
    path = _path(detail["loc"])
    what, remedy = _explained(detail, path, data)
    if path[1:2] == ["0"] and isinstance(data.get(path[0]), Mapping):
        del path[1]  # the only one, written without a number
    return Fault(f"{where}: {'.'.join(path)}" if path else where, what, remedy)


def _path(loc: tuple[int | str, ...]) -> list[str]:
    """The keys as they stand in the file, without the names of alternatives that pydantic puts in between."""
    path: list[str] = []
    for n, part in enumerate(loc):
        if n > 0 and str(loc[0]) in _TAGS and part in _TAGS[str(loc[0])][1] and n == (1 if loc[0] == "graph" else 2):
            continue
        if n >= 2 and loc[n - 2] == "action" and part in PRIMITIVES:
            continue
        if n == len(loc) - 1 and isinstance(part, str) and ("[" in part or part in ("int", "constrained-int")):
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
        quoted = isinstance(given, str) and _is_value(given)
        return f"needs {_WANTED[kind]}, got {given!r}", "Remove the quotes." if quoted else f"Write {_WANTED[kind]}."
    if kind == "int_from_float":
        return f"needs a whole number, got {given!r}", "Drop the decimals."
    if isinstance(given, float) and math.isnan(given):
        return "must be a number, got nan", "Write a number."
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']:g}, got {given!r}", "Raise it."
    if kind == "less_than_equal":
        return f"must be at most {context['le']:g}, got {given!r}", "Lower it."
    if kind == "finite_number":
        return f"must be a finite number, got {given!r}", "Write a number."
    if kind == "union_tag_not_found":
        tag, choices = _tag(path)
        return f"{tag} is missing", f"Choose one: {', '.join(sorted(choices))}."
    if kind == "union_tag_invalid":
        tag, choices = _tag(path)
        what = "action" if tag == "do" else tag
        remedy = suggestion(str(context["tag"]), choices)
        if tag == "strategy" and not remedy.startswith("Did"):
            remedy += " One of your own: --plugin FILE."
        return f"there is no {what} {context['tag']!r}", remedy
    if kind == "literal_error":
        expected = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return f"{given!r} is not one of the choices", suggestion(str(given), expected)
    if kind == "too_long":
        return f"has {context['actual_length']} entries, and at most {context['max_length']} are allowed", "Remove some."
    return detail["msg"][0].lower() + detail["msg"][1:], "Correct it."


def _tag(path: Sequence[str]) -> tuple[str, Mapping[str, Any]]:
    """The key that chooses among the tables that may stand at ``path``, and the choices."""
    return ("do", PRIMITIVES) if "action" in path else _TAGS[path[0]]


def _is_value(text: str) -> bool:
    """Whether a text would be a number or a truth value without its quotes."""
    if text in ("true", "false"):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def known_keys(path: Sequence[str], data: Mapping[str, Any]) -> list[str]:
    """The keys a scenario file may have in the table at ``path``."""
    return list(_walk(path, data).get("properties", {}))


def declared(path: Sequence[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """How what stands at ``path`` is declared: its entry in the JSON schema, empty for an entry of a list."""
    found: dict[str, Any] = _walk(path[:-1], data).get("properties", {}).get(path[-1], {})
    return found


def _walk(path: Sequence[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of the table at ``path``."""
    schema = json_schema()
    at: Any = schema
    value: Any = data
    for name in path:
        value = value[int(name)] if isinstance(value, list | tuple) else value.get(name, {})
        inside = at.get("items", at) if name.isdecimal() else at.get("properties", {}).get(name, {})
        at = _table_at(inside, schema, value)
    return _table_at(at, schema, value)


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


def json_schema() -> dict[str, Any]:
    """JSON schema of scenario files, for completion and underlining in editors."""
    return _json_schema(tuple(STRATEGIES))


@cache
def _json_schema(strategies: tuple[str, ...]) -> dict[str, Any]:
    schema = Scenario.model_json_schema(mode="validation")
    properties = schema["properties"]
    properties["extends"] = {"type": "string", "description": "another scenario file, or a shipped one by name, to start from"}
    for name in ("brand", "policy", "post"):  # one table may stand for a list of one
        properties[name] = {
            **properties[name],
            "anyOf": [properties[name]["items"], {"type": "array", "items": properties[name]["items"]}],
        }
        for key in ("type", "items", "maxItems"):
            properties[name].pop(key, None)
    schema["title"] = "Murmur scenario"
    return schema
