"""The event table: what one thing that happens to a member does to her opinion of a brand, to the tie it came through, to
her persuasion knowledge and to her chance of adopting. Data, not code: one row each.

The unit of evidence is one good first-hand experience. A number is multiplied by what its ``…_by`` column names. Losses
from own experience are multiplied by ``trust.asymmetry`` (κ), losses from word of mouth by ``trust.asymmetry_wom`` (κ_w).
A scenario overrides single numbers under ``[events.NAME]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import numpy as np

from sim.declare import Parameter as P
from sim.state import BRAND_POST, CRITICISM, DISCLOSED, ENTRY, EXPOSE, F64, HIDDEN, KINDS, PRAISE, U8, U16

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
    OPENNESS: "1 − PK",
    USE: "max(0, useful)",
    UNFAIR: "max(0, −useful)",
    DOUBT: "1 − τ",
    TIRED: "if E > θ_E",
    WARM: "1 + min(tone, f)",
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
        others = [name for name in ("unmask", "betrayal", "tie_gain", "tie_loss") if getattr(self.defaults, name)]
        return tuple(name for name in Event._fields if name in {*about_brand, *others})


ROWS = (
    Row("organic_read", "a member's post is read", "A", Event(tie_gain=0.02), about_brand=False),
    Row(
        "praise_read",
        "positive word of mouth is read",
        "A",
        Event(gain=0.3, tie_gain=0.01, adoption=0.02),
        gain_by=TIE,
        adoption_by=TIE | TRUST,
        informs=True,
    ),
    Row(
        "criticism_read",
        "negative word of mouth is read",
        "A",
        Event(loss=0.3, tie_gain=0.01),
        loss_by=TIE,
        loss_kind=HEARD,
        informs=True,
    ),
    Row(
        "ad_read",
        "a brand's post is read",
        "Sethuraman, Tellis & Briesch 2011",
        Event(gain=0.03, loss=0.02, knowledge=1.0, adoption=0.003),
        gain_by=EFFECT | WARM,
        loss_by=TIRED,
        adoption_by=EFFECT | TRUST,
        informs=True,
    ),
    Row(
        "duplicate_read",
        "a brand's post is read that repeats an earlier one",
        "A",
        Event(loss=0.02, knowledge=1.0),
        informs=True,
    ),
    Row(
        "answered",
        "a brand answers my question",
        "A",
        Event(gain=1.0, adoption=0.03),
        gain_by=USE,
        adoption_by=TRUST,
        informs=True,
    ),
    Row(
        "pitched",
        "… and uses the answer to sell",
        "A",
        Event(gain=0.5, loss=0.3, knowledge=3.0, adoption=0.06),
        gain_by=USE | OPENNESS,
        informs=True,
    ),
    Row("good_experience", "the product does well", "unit", Event(gain=1.0)),
    Row("bad_experience", "the product does badly", "Slovic 1993", Event(loss=1.0)),
    Row(
        "complaint_resolved",
        "a complaint is answered and resolved",
        "de Matos, Henrique & Rossi 2007",
        Event(gain=0.3, relief=0.7),
    ),
    Row("complaint_ignored", "a complaint gets no answer", "A", Event(loss=0.5)),
    Row("overacted_read", "… in a tone that claims more familiarity than there is", "A", Event(loss=0.03), loss_by=OVER),
    Row("complaint_unresolved", "a complaint is answered, but not resolved", "A", Event(loss=0.5)),
    Row(
        "hidden_read",
        "praise is read that a brand has ordered and nobody says so",
        "A",
        Event(gain=0.3, tie_gain=0.01, adoption=0.02),
        gain_by=TIE,
        adoption_by=TIE | TRUST,
        informs=True,
    ),
    Row(
        "disclosed_read",
        "praise is read that says on whose behalf",
        "Eisend et al. 2020",
        Event(gain=0.24, tie_loss=0.02, knowledge=1.0, adoption=0.016),
        gain_by=TIE,
        adoption_by=TIE | TRUST,
        informs=True,
    ),
    Row(
        "seen_through",
        "praise is seen through: it was ordered",
        "Ashley & Leonard 2009",
        Event(loss=0.5, unmask=1.0, betrayal=1.0, tie_loss=1.0, knowledge=5.0),
    ),
    Row(
        "expose_read",
        "a post is read that names who speaks for a brand in secret",
        "A",
        Event(loss=0.5, unmask=1.0, betrayal=1.0, tie_loss=1.0, knowledge=5.0),
        loss_by=TIE,
        loss_kind=HEARD,
        unmask_by=TIE,
        informs=True,
    ),
    Row(
        "rival_exposed",
        "… and another brand falls under the same suspicion",
        "Roehm & Tybout 2006",
        Event(loss=0.05),
        loss_by=TIE,
        loss_kind=HEARD,
    ),
    Row(
        "confession_read",
        "somebody who spoke for a brand in secret now says so",
        "A",
        Event(unmask=1.0, betrayal=0.3),
    ),
    Row(
        "used_unasked",
        "I learn that a brand has posted in my name",
        "A",
        Event(loss=0.5, knowledge=5.0),
        loss_by=TRUST,
    ),
    Row(
        "took_part",
        "I took part in a contest or answered a brand's open question; useful: reward + credit − effort",
        "A",
        Event(gain=0.5, loss=0.5),
        gain_by=USE,
        loss_by=UNFAIR,
    ),
    Row(
        "entry_read",
        "a member's contest entry is read",
        "A",
        Event(gain=0.15, tie_loss=0.02, knowledge=1.0, adoption=0.01),
        gain_by=TIE,
        informs=True,
    ),
    Row("question_read", "a brand's open question is read", "A", Event(knowledge=1.0), informs=True),
    Row(
        "debate_read",
        "negative word of mouth is read, and the brand's public reply with it",
        "Allen 1991; A",
        Event(gain=0.1, loss=0.3, tie_gain=0.01),
        loss_by=TIE,
        loss_kind=HEARD,
        informs=True,
    ),
    Row("deletion_seen", "I notice that criticism has been deleted", "A", Event(loss=0.5, knowledge=5.0)),
    Row(
        "intruded",
        "a brand replies to what I said of it, unasked",
        "A",
        Event(gain=0.03, loss=0.3, knowledge=2.0, adoption=0.003),
        gain_by=EFFECT,
        loss_by=DOUBT,
    ),
    Row(
        "targeted_read",
        "an advertisement is read that follows from a question I asked",
        "Aguirre et al. 2015; A",
        Event(gain=0.03, loss=0.1, knowledge=2.0, adoption=0.03),
        gain_by=EFFECT | WARM,
        loss_by=DOUBT,
        adoption_by=EFFECT | TRUST,
        informs=True,
    ),
    Row(
        "life_event_read",
        "… or from what has happened in my life",
        "Aguirre et al. 2015; A",
        Event(gain=0.03, loss=0.2, knowledge=2.0, adoption=0.06),
        gain_by=EFFECT | WARM,
        loss_by=DOUBT,
        adoption_by=EFFECT | TRUST,
        informs=True,
    ),
)

(
    ORGANIC_READ,
    PRAISE_READ,
    CRITICISM_READ,
    AD_READ,
    DUPLICATE_READ,
    ANSWERED,
    PITCHED,
    GOOD_EXPERIENCE,
    BAD_EXPERIENCE,
    COMPLAINT_RESOLVED,
    COMPLAINT_IGNORED,
    OVERACTED_READ,
    COMPLAINT_UNRESOLVED,
    HIDDEN_READ,
    DISCLOSED_READ,
    SEEN_THROUGH,
    EXPOSE_READ,
    RIVAL_EXPOSED,
    CONFESSION_READ,
    USED_UNASKED,
    TOOK_PART,
    ENTRY_READ,
    QUESTION_READ,
    DEBATE_READ,
    DELETION_SEEN,
    INTRUDED,
    TARGETED_READ,
    LIFE_EVENT_READ,
) = range(len(ROWS))


# What is true of a message because of its kind, as arrays that kernels take in as constants.
READ_AS = np.zeros(len(KINDS), np.int64)
"""The row of the table that happens to whoever reads a message of a kind."""
READ_AS[[PRAISE, CRITICISM, BRAND_POST, HIDDEN, DISCLOSED, EXPOSE, ENTRY]] = [
    PRAISE_READ,
    CRITICISM_READ,
    AD_READ,
    HIDDEN_READ,
    DISCLOSED_READ,
    EXPOSE_READ,
    ENTRY_READ,
]
COMMERCIAL = np.isin(np.arange(len(KINDS)), [BRAND_POST, DISCLOSED, ENTRY])
"""Whether a message of a kind is recognised as selling."""


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


def event_table(numbers: Mapping[str, Event], asymmetry: float, asymmetry_wom: float, criticism_informs: bool) -> EventTable:
    """Compile the table from the numbers of a scenario (by row name) and the two asymmetries."""
    events = [numbers.get(row.name, row.defaults) for row in ROWS]
    columns: dict[str, Any] = {name: np.array([getattr(event, name) for event in events], np.float64) for name in Event._fields}
    columns["loss"] *= [asymmetry if row.loss_kind == OWN else asymmetry_wom for row in ROWS]
    for name in ("relief", "betrayal", "tie_loss"):
        columns[name] *= asymmetry
    masks: dict[str, Any] = {name: np.array([getattr(row, name) for row in ROWS], np.uint16) for name in _MASKS}
    flags: dict[str, Any] = {name: np.array([getattr(row, name) for row in ROWS], np.uint8) for name in ("informs",)}
    flags["informs"][[CRITICISM_READ, DEBATE_READ]] = criticism_informs
    return EventTable(**columns, **masks, **flags)
