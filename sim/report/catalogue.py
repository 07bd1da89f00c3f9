"""What there is to choose from, read off the declarations."""

from __future__ import annotations

import tomllib
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sim.declare import Parameter, declarations
from sim.event_rows import ROWS
from sim.events import FACTOR_NAMES, HEARD
from sim.graph import GRAPH_KINDS
from sim.laws import Costs, Laws, MemberTraits
from sim.mechanisms import MECHANISMS
from sim.metrics import METRICS
from sim.scenario import shipped_scenarios
from sim.scenario.tables import defaults_of
from sim.strategies import PRIMITIVES, STRATEGIES, Schedule
from sim.world import Brand, ScheduledPost

SECTIONS: dict[str, type] = {
    "members": MemberTraits,
    **{name: law for name, law in get_type_hints(Laws).items() if name != "events"},
    "costs": Costs,
    "brand": Brand,
    "post": ScheduledPost,
}
"""The sections of a scenario file that hold declared parameters."""


def entries(what: str) -> list[dict[str, Any]]:
    """Everything of a sort: name, one line about it, its options."""
    return _LISTS[what]()


def first_line(owner: type) -> str:
    """The first sentence of a docstring."""
    text = " ".join((owner.__doc__ or "").split())
    return text.split(". ")[0].rstrip(".").replace("``", "").replace("*", "") + "."


def option_lines(owner: type) -> list[str]:
    """One line per declared option of a class: name = default, range, unit, meaning."""
    defaults = defaults_of(owner)
    return [
        f"{name} = {_shown(defaults.get(name))}{_range(p)}: {p.about}{_choices(kind)} [{p.source}]"
        for name, kind, p in declarations(owner, Parameter)
    ]


def _choices(kind: Any) -> str:
    return f" ({', '.join(map(repr, get_args(kind)))})" if get_origin(kind) is Literal else ""


def _shown(value: Any) -> str:
    return (
        "…"
        if value is None
        else str(value).lower()
        if isinstance(value, bool)
        else repr(value)
        if not isinstance(value, float)
        else f"{value:g}"
    )


def _range(parameter: Parameter) -> str:
    unit = "" if parameter.unit == "–" else f" {parameter.unit}"
    if parameter.low is None or parameter.high is None:
        return unit
    return f"{unit} ({parameter.low:g} … {parameter.high:g})"


def _classes(table: dict[str, type[Any]]) -> list[dict[str, Any]]:
    return [{"name": name, "about": first_line(owner), "options": option_lines(owner)} for name, owner in table.items()]


def _metrics() -> list[dict[str, Any]]:
    return [{"name": name, "about": f"{m.about} [{m.group}, {m.unit}]"} for name, m in METRICS.items()]


def _mechanisms() -> list[dict[str, Any]]:
    return [{"name": name, "about": m.about} for name, m in MECHANISMS.items()]


def _scenarios() -> list[dict[str, Any]]:
    found = []
    for name, path in shipped_scenarios().items():
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append({"name": name, "about": data.get("title", ""), "options": []})
    return found


def _parameters() -> list[dict[str, Any]]:
    return [{"name": f"[{name}]", "about": first_line(owner), "options": option_lines(owner)} for name, owner in SECTIONS.items()]


def _events() -> list[dict[str, Any]]:
    rows = []
    for row in ROWS:
        kappa = " × κ_w" if row.loss_kind == HEARD else " × κ"
        weighed = {"loss": kappa, "relief": " × κ", "betrayal": " × κ", "tie_loss": " × κ"}
        numbers = [
            f"{name} = {value:g}{weighed.get(name, '')}{_factors(getattr(row, f'{name}_by', 0))}"
            for name, value in row.defaults._asdict().items()
            if value
        ]
        rows.append({"name": row.name, "about": row.about, "options": [", ".join(numbers)]})
    return rows


def _factors(bits: int) -> str:
    return "".join(f" × {name}" for bit, name in FACTOR_NAMES.items() if bits & bit)


_LISTS = {
    "strategies": lambda: _classes(STRATEGIES),
    "actions": lambda: [*_classes(PRIMITIVES), *_classes({"(when)": Schedule})],
    "graphs": lambda: _classes(GRAPH_KINDS),
    "metrics": _metrics,
    "mechanisms": _mechanisms,
    "scenarios": _scenarios,
    "parameters": _parameters,
    "events": _events,
}
