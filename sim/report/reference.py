"""The reference pages of the documentation, read off the declarations: ``python -m sim.report.reference > docs/reference.md``."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.declare import Array, Parameter, declarations
from sim.event_rows import ROWS
from sim.events import FACTOR_NAMES, HEARD
from sim.graph import GRAPH_KINDS
from sim.mechanisms import MECHANISMS, PHASES
from sim.metrics import METRICS
from sim.report.catalogue import SECTIONS, first_line
from sim.scenario import Scenario
from sim.scenario.plan import CalibrationPlan, Factor, Plan, Target
from sim.scenario.tables import defaults_of
from sim.state import Books, BrandDay, Members, Messages, Outbox, Relations, Ties
from sim.strategies import PRIMITIVES, STRATEGIES, Schedule

_OWN = """A policy of one's own is put together from `[[policy.action]]` with `do = "…"` and these keys; see also *also*,
*switch_day* and *switch_to* in the [README](../README.md#your-own-scenario)."""
_GROUPS = (Members, Ties, Relations, Outbox, Messages, BrandDay, Books)


def markdown() -> str:
    """Parameters, state, phases, events, mechanisms and metrics as Markdown tables."""
    parts = [
        "# Reference",
        "Made by `python -m sim.report.reference`; do not edit.",
        _parameters(),
        _choices(),
        _state(),
        _phases(),
        _events(),
        _mechanisms(),
    ]
    return "\n\n".join([*parts, _metrics()]) + "\n"


def _table(header: str, rows: list[str]) -> str:
    columns = header.count("|") + 1
    return "\n".join([f"| {header} |", "|" + "---|" * columns, *(f"| {row} |" for row in rows)])


def _parameters() -> str:
    parts = ["## Parameters", "Sections of a scenario file. Source A: an assumption, meant to be swept."]
    parts += ["### Before the first section", _read(Scenario, plain=True)]
    for name, owner in SECTIONS.items():
        parts += _declared(f"[{name}]", owner)
    sections: tuple[tuple[str, type[BaseModel]], ...] = (
        ("[study]", Plan),
        ("[[study.factor]], [[calibration.parameter]]", Factor),
        ("[calibration]", CalibrationPlan),
        ("[[calibration.target]]", Target),
    )
    for heading, model in sections:
        parts += [f"### `{heading}`", " ".join((model.__doc__ or "").split()), _read(model)]
    return "\n\n".join(parts)


def _choices() -> str:
    """What a scenario names: graphs, strategies, and the actions strategies are put together from."""
    kinds: tuple[tuple[str, str, dict[str, type]], ...] = (
        ("Graphs", '`[graph]` with `kind = "…"` and these keys.', GRAPH_KINDS),
        ("Strategies", '`[[policy]]` with `strategy = "…"` and these keys.', STRATEGIES),
        ("Actions", _OWN, {**PRIMITIVES, "when, in any of them": Schedule}),
    )
    parts = []
    for heading, use, table in kinds:
        parts += [f"## {heading}", use]
        for name, owner in table.items():
            parts += _declared(name, owner)
    return "\n\n".join(parts)


def _declared(name: str, owner: type) -> list[str]:
    """A heading, what it is, and a table of its declared parameters."""
    defaults = defaults_of(owner)
    rows = []
    for key, kind, p in declarations(owner, Parameter):
        bounds = "" if p.low is None or p.high is None else f"{p.low:g} … {p.high:g}"
        default = defaults.get(key, "required")
        shown = (
            str(default).lower()
            if isinstance(default, bool)
            else f"{default:.4g}"
            if isinstance(default, float)
            else str(default)
        )
        among = f" ({', '.join(f'`{choice}`' for choice in get_args(kind) if choice)})" if get_origin(kind) is Literal else ""
        rows.append(f"`{key}` | {shown or '–'} | {bounds} | {p.unit} | {p.about}{among} | {p.source}")
    about = [f"### `{name}`", " ".join((owner.__doc__ or "").split())]
    return [*about, _table("key | default | range | unit | meaning | source", rows)] if rows else about


def _read(model: type[BaseModel], plain: bool = False) -> str:
    """A table of a model's fields; ``plain``: those only that are no sections."""
    rows = [
        f"`{name}` | {_default(field)} | {' … '.join(f'{m:g}' for m in _bounds(field))} | – | {field.description} | –"
        for name, field in model.model_fields.items()
        if not (plain and isinstance(field.get_default(call_default_factory=True), tuple | BaseModel))
    ]
    return _table("key | default | range | unit | meaning | source", rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    return "–" if value in (None, "", ()) else ", ".join(value) if isinstance(value, tuple) else str(value)


def _bounds(field: FieldInfo) -> list[float]:
    """The lowest and highest value allowed, where they are said."""
    return [
        bound for note in field.metadata for bound in (getattr(note, "ge", None), getattr(note, "le", None)) if bound is not None
    ]


def _state() -> str:
    parts = ["## State", "Every array that changes during a run."]
    for group in _GROUPS:
        rows = [
            f"`{name}` | {a.dtype} | {' × '.join(a.dims)} | {a.unit} | {a.about}" for name, _, a in declarations(group, Array)
        ]
        parts += [f"### {group.__name__}", first_line(group), _table("array | type | shape | unit | meaning", rows)]
    return "\n\n".join(parts)


def _phases() -> str:
    rows = [
        f"{n} | **{phase.name}** | {', '.join(f'`{name}`' for name in sorted(phase.writes))}" for n, phase in enumerate(PHASES, 1)
    ]
    return "\n\n".join(["## Phases of a day", _table(" | phase | may write", rows)])


def _events() -> str:
    rows = []
    for row in ROWS:
        e = row.defaults
        kappa = "κ_w" if row.loss_kind == HEARD else "κ"
        cells = [
            f"`{row.name}`: {row.about}",
            _term(e.gain, row.gain_by),
            _term(e.loss, row.loss_by, kappa) + (f"; −{e.relief:g}·{kappa}" if e.relief else ""),
            ", ".join([f"{e.tie_gain:g}"] * (e.tie_gain > 0) + [f"−{e.tie_loss:g}·κ"] * (e.tie_loss > 0)) or "–",
            f"{_term(e.unmask, row.unmask_by)} of h, betrays {e.betrayal:g}·κ" if e.unmask else "–",
            f"+{e.knowledge:g}η" if e.knowledge else "–",
            _term(e.adoption, row.adoption_by),
            "yes" if row.informs else "",
        ]
        rows.append(" | ".join(cells))
    return "\n\n".join(["## Event table", _table("event | gain | loss | tie | takes back | PK | adoption | makes aware", rows)])


def _term(value: float, by: int, kappa: str = "") -> str:
    if not value:
        return "–"
    factors = [f"{value:g}", *([kappa] if kappa else []), *(name for bit, name in FACTOR_NAMES.items() if by & bit)]
    return "·".join(factors)


def _mechanisms() -> str:
    rows = [
        f"`{name}` | {m.about} | {', '.join(f'`{path}` = {value}' for path, value in m.off.items())} | {m.essay or '–'}"
        for name, m in MECHANISMS.items()
    ]
    return "\n\n".join(["## Mechanisms", _table("switch | what it is | what off means | essay", rows)])


def _metrics() -> str:
    rows = [
        f"`{name}` | {m.about} | {m.unit} | {m.group} | {m.summary} | {('–', 'more', 'less')[m.better]}"
        for name, m in METRICS.items()
    ]
    return "\n\n".join(["## Metrics", _table("metric | meaning | unit | group | summary of a run | better", rows)])


if __name__ == "__main__":
    print(markdown(), end="")
