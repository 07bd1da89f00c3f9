"""The mechanisms that can be switched off, each to see what it was responsible for.

A switch is data: the numbers that make the mechanism vanish. Nothing else in the code asks whether a mechanism is on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sim.event_rows import CRITICISM_READ, DEBATE_READ, ROWS
from sim.events import Event, event_table
from sim.laws import Laws, TrustLaw


class Mechanism(NamedTuple):
    """One switch: what it does in a sentence, the numbers that turn it off, and the arrays that then never change."""

    about: str
    off: Mapping[str, Any]
    idle: tuple[str, ...] = ()
    essay: str = ""
    source: str = "A"
    """The work its form is taken from; A for an assumption."""


ESSAYS = {
    "E1": "E1 (Tara Hunt, « Où est ma communauté ? »)",
    "E2": "E2 (« Désillusion 2.0 (3) : de la communauté à la cible »)",
    "E3": "E3 (a note after a #tuttleparis meeting)",
    "E4": "E4 (on conversation, trust management and debate)",
    "E5": "E5 (« community manager – ethnographe – commercial »)",
}
"""The essays that the claims come from, as docs/bibliography.md has them."""

MECHANISMS: dict[str, Mechanism] = {
    "trust": Mechanism(
        "Members learn whom and which brand to believe; off: everybody is believed alike and nothing is learned.",
        {"trust.learned": False},
        ("relations.good", "relations.bad", "relations.hidden"),
        "E4",
        source="Jøsang & Ismail 2002",
    ),
    "asymmetry": Mechanism(
        "Bad news weighs more than good; off: one bad experience weighs as much as one good.",
        {"trust.asymmetry": 1.0, "trust.asymmetry_wom": 1.0},
        essay="E4",
        source="Slovic 1993",
    ),
    "forgetting": Mechanism(
        "Evidence fades with time; off: nothing is forgotten.",
        {"trust.memory_brand": 1.0, "trust.memory_tie": 1.0},
        source="Jøsang & Ismail 2002",
    ),
    "attention": Mechanism(
        "Members read a limited number of items a day, so posts compete; off: everything offered is read.",
        {"attention.limited": False},
        essay="E2",
        source="Gomez-Rodriguez, Gummadi & Schölkopf 2014",
    ),
    "fatigue": Mechanism(
        "Repeated exposure wears out and annoys; off: the hundredth message works like the first.",
        {"persuasion.wearout": 0.0, "persuasion.tolerated_exposure": 1e9, "leaving.overexposure": 0.0, "trust.repetition": 0.0},
        essay="E3",
        source="Naik, Mantrala & Sawyer 1998",
    ),
    "persuasion_knowledge": Mechanism(
        "Members learn to recognise and discount selling, whoever sells; off: nobody ever does.",
        {"persuasion.learning": 0.0},
        ("members.knowledge",),
        "E1 E3",
        source="Friestad & Wright 1994",
    ),
    "discovery": Mechanism(
        "Praise ordered in secret can be seen through, and betrays; off: nobody ever finds out.",
        {"discovery.chance": 0.0, "discovery.by_platform": 0.0},
        ("members.exposed",),
        "E1 E4",
        source="Ashley & Leonard 2009",
    ),
    "tone": Mechanism(
        "A warm tone helps a familiar brand and unsettles about an unfamiliar one; off: tone has no effect.",
        {"persuasion.tone_matters": False},
        essay="E4",
        source="Gretry et al. 2017",
    ),
    "unfollow": Mechanism(
        "Members drop ties and brands; off: all ties last.",
        {"leaving.ties_end": False},
        ("ties.living", "ties.target", "ties.reciprocal"),
        "E3",
        source="Kwak, Chun & Moon 2011",
    ),
    "refollow": Mechanism(
        "Freed slots find new ties; off: what is lost stays lost.",
        {"leaving.refill": 0.0},
    ),
    "migration": Mechanism(
        "Members leave a platform on which too much is sold, and follow each other; off: everybody stays.",
        {"migration.pressure": 0.0, "migration.pull": 0.0},
        essay="E4",
    ),
    "gate": Mechanism(
        "Newcomers need members who vouch for them; off: whoever asks is let in.",
        {"space.vouchers": 0, "refuge.vouchers": 0},
        essay="E3",
    ),
    "silence": Mechanism(
        "Members post less in a commercial space; off: they post as ever.",
        {"speech.silence": 0.0},
        essay="E1 E3",
    ),
    "complaints": Mechanism(
        "Bad experiences become complaints that can be answered or ignored; off: nobody complains.",
        {"customers.complaint_share": 0.0},
        ("relations.complaint", "relations.angry"),
        "E3",
        source="de Matos, Henrique & Rossi 2007",
    ),
    "quality_feedback": Mechanism(
        "Customers judge the product by using it; off: quality has no effect.",
        {"customers.experience_rate": 0.0},
        ("relations.complaint", "relations.angry"),
        "E1",
    ),
    "negative_wom_awareness": Mechanism(
        "Criticism also tells the unaware that the brand exists; off: it does not.",
        {"speech.criticism_informs": False},
        source="Berger, Sorensen & Rasmussen 2010",
    ),
    "repost": Mechanism(
        "Members pass on what they read; off: messages reach only the author's followers.",
        {
            "speech.repost_organic": 0.0,
            "speech.repost_wom": 0.0,
            "speech.repost_brand": 0.0,
            "speech.repost_disclosed": 0.0,
            "speech.repost_expose": 0.0,
        },
        essay="E1",
        source="Goel, Watts & Goldstein 2012",
    ),
}
"""Mechanisms by the name of their switch in ``[mechanisms]``."""


def compile_laws(sections: Mapping[str, Any], events: Mapping[str, Event], off: Collection[str] = ()) -> Laws:
    """The laws as the kernels need them: sections by name, the numbers of the event table by row, mechanisms that are off."""
    numbers = dict(sections)
    for name in off:
        for path, value in MECHANISMS[name].off.items():
            section, field = path.split(".")
            numbers[section] = numbers[section]._replace(**{field: value})
    trust: TrustLaw = numbers["trust"]
    table = event_table(ROWS, events, trust.asymmetry, trust.asymmetry_wom)
    table.informs[[CRITICISM_READ, DEBATE_READ]] = numbers["speech"].criticism_informs
    return Laws(**numbers, events=table)
