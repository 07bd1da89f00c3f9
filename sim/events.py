"""The event table: what one thing that happens to a member does to her opinion of a brand, to the tie it came through, to
her persuasion knowledge and to her chance of adopting. Data, not code: one row each.

The unit of evidence is one good first-hand experience. A number is multiplied by what its ``…_by`` column names. Losses
from own experience are multiplied by ``trust.asymmetry`` (κ), losses from word of mouth by ``trust.asymmetry_wom`` (κ_w).
A scenario overrides single numbers under ``[events.NAME]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np

from sim.declare import Parameter as P
from sim.state import F64, U8, U16

# What a number of the table is multiplied by; bits, so that several can apply.
TIE = 1  # trust x in the member it came from
TRUST = 2  # 2τ: one when the member is neutral about the brand
EFFECT = 4  # (1 − persuasion knowledge)·exp(−wear-out)
OPENNESS = 8  # 1 − persuasion knowledge
USE = 16  # how useful an answer is, or what taking part gives beyond what it costs; nothing when it is less
TIRED = 32  # 1 when exposure is above the tolerated, else 0
UNFAIR = 256  # how much more it costs than it gives
DOUBT = 512  # 1 − τ
WARM = 64  # 1 + min(tone, familiarity): a warm tone helps as far as one knows each other
OVER = 128  # max(0, tone − familiarity): … and beyond that it is overacted
FACTOR_NAMES = {
    TIE: "x",
    TRUST: "2τ",
    EFFECT: "eff",
    OPENNESS: "(1 − PK)",
    USE: "max(0, useful)",
    UNFAIR: "max(0, −useful)",
    DOUBT: "(1 − τ)",
    TIRED: "[E > θ_E]",
    WARM: "(1 + min(tone, f))",
    OVER: "max(0, tone − f)",
}

OWN = 1  # a loss from own experience: × κ
HEARD = 2  # a loss from word of mouth: × κ_w


class Event(NamedTuple):
    """One row of the table: its numbers (a scenario may change them) …"""

    gain: Annotated[float, P("good evidence about the brand", "experiences", 0, 100)] = 0.0
    loss: Annotated[float, P("bad evidence about the brand, before κ or κ_w", "experiences", 0, 100)] = 0.0
    relief: Annotated[float, P("bad evidence taken back, before κ", "experiences", 0, 100)] = 0.0
    unmask: Annotated[float, P("share of what was gained in secret that is taken back", "–", 0, 1)] = 0.0
    betrayal: Annotated[float, P("bad evidence for each unit of it, before κ", "experiences", 0, 100)] = 0.0
    tie_gain: Annotated[float, P("good evidence about the member it came from", "experiences", 0, 100)] = 0.0
    tie_loss: Annotated[float, P("bad evidence about a member, before κ", "experiences", 0, 100)] = 0.0
    knowledge: Annotated[float, P("recognised as commercial: steps of persuasion.learning", "steps", 0, 100)] = 0.0
    adoption: Annotated[float, P("chance of adopting because of it", "–", 0, 1)] = 0.0


_MASKS = ("gain_by", "loss_by", "unmask_by", "adoption_by")


class Row(NamedTuple):
    """… and its form, which is the model."""

    name: str
    about: str
    source: str
    defaults: Event
    gain_by: int = 0
    loss_by: int = 0
    loss_kind: int = OWN
    unmask_by: int = 0
    adoption_by: int = 0
    informs: bool = False
    about_brand: bool = True

    @property
    def takes(self) -> tuple[str, ...]:
        """The numbers that mean something in this row: about a brand if it is, about a member if one is concerned, about what
        was gained in secret if it comes to light."""
        about_brand = ("gain", "loss", "relief", "knowledge", "adoption") if self.about_brand else ()
        others = [name for name in ("unmask", "betrayal", "tie_gain", "tie_loss", "knowledge") if getattr(self.defaults, name)]
        return tuple(name for name in Event._fields if name in {*about_brand, *others})


class EventTable(NamedTuple):
    """The table as the kernels see it: a column per array, κ and κ_w multiplied in."""

    gain: F64
    loss: F64
    relief: F64
    unmask: F64
    betrayal: F64
    tie_gain: F64
    tie_loss: F64
    knowledge: F64
    adoption: F64
    gain_by: U16
    loss_by: U16
    unmask_by: U16
    adoption_by: U16
    informs: U8


def event_table(rows: Sequence[Row], numbers: Mapping[str, Event], asymmetry: float, asymmetry_wom: float) -> EventTable:
    """Compile the rows with the numbers of a scenario (by row name) and the two asymmetries."""
    events = [numbers.get(row.name, row.defaults) for row in rows]
    columns: dict[str, Any] = {name: np.array([getattr(event, name) for event in events], np.float64) for name in Event._fields}
    columns["loss"] *= [asymmetry if row.loss_kind == OWN else asymmetry_wom for row in rows]
    for name in ("relief", "betrayal", "tie_loss"):
        columns[name] *= asymmetry
    masks: dict[str, Any] = {name: np.array([getattr(row, name) for row in rows], np.uint16) for name in _MASKS}
    informs = np.array([row.informs for row in rows], np.uint8)
    return EventTable(**columns, **masks, informs=informs)
