"""L1 and the event table: how one event moves one member's opinion of one brand."""

from __future__ import annotations

import math

import numpy as np

from sim.events import DOUBT, EFFECT, OPENNESS, OVER, TIE, TIRED, TRUST, UNFAIR, USE, WARM
from sim.kernels.diary import note
from sim.kernels.jit import inlined, part
from sim.laws import Laws, PersuasionLaw
from sim.state import Members, Relations


@part
def trust(good: float, bad: float) -> float:
    """Trust τ or x from evidence: (r + 1)/(r + s + 2), one half when nothing is known."""
    return (good + 1.0) / (good + bad + 2.0)


@part
def effect(knowledge: float, exposure: float, law: PersuasionLaw) -> float:
    """What is left of a commercial message: (1 − PK)·exp(−ω·max(0, E − 1)). ``law``: PersuasionLaw."""
    fresh = 1.0 - knowledge
    return fresh * math.exp(-law.wearout * (exposure - 1.0)) if exposure > 1.0 else fresh


@part
def factor(
    bits: int,
    x: float,
    tau: float,
    two_tau: float,
    eff: float,
    knowledge: float,
    useful: float,
    tired: float,
    tone: float,
    known: float,
) -> float:
    """Product of the multipliers named by ``bits`` (see :mod:`sim.events`)."""
    product = x if bits & TIE else 1.0
    if bits & TRUST:
        product *= two_tau
    if bits & EFFECT:
        product *= eff
    if bits & OPENNESS:
        product *= 1.0 - knowledge
    if bits & USE:
        product *= max(0.0, useful)
    if bits & UNFAIR:
        product *= max(0.0, -useful)
    if bits & DOUBT:
        product *= 1.0 - tau
    if bits & TIRED:
        product *= tired
    if bits & WARM:
        product *= 1.0 + min(tone, known)
    if bits & OVER:
        product *= max(0.0, tone - known)
    return product


@inlined
def experience(
    event: int,
    i: int,
    b: int,
    x: float,
    useful: float,
    tone: float,
    source: int,
    members: Members,
    relations: Relations,
    laws: Laws,
) -> None:
    """Row ``event`` of the table happens to member i about brand b, through a tie of trust x, in this tone. ``source``: the
    member it came from, −1 for none.

    Writes relations.good, .bad, .chance, .aware and members.knowledge of member i. Multipliers are those before the event.
    """
    table = laws.events
    good = np.float64(relations.good[i, b])
    bad = np.float64(relations.bad[i, b])
    knowledge = np.float64(members.knowledge[i])
    exposure = np.float64(relations.exposure[i, b])
    tau = trust(good, bad)
    known = (good + bad) / (good + bad + 2.0)
    two_tau = 2.0 * tau if laws.trust.learned else 1.0
    eff = 1.0
    if (table.gain_by[event] | table.adoption_by[event]) & EFFECT:
        eff = effect(knowledge, exposure, laws.persuasion)
    tired = 1.0 if exposure > laws.persuasion.tolerated_exposure else 0.0

    if laws.trust.learned:
        gain = table.gain[event]
        if gain > 0.0:
            gain *= factor(table.gain_by[event], x, tau, two_tau, eff, knowledge, useful, tired, tone, known)
        loss = table.loss[event]
        if loss > 0.0:
            loss *= factor(table.loss_by[event], x, tau, two_tau, eff, knowledge, useful, tired, tone, known)
        if laws.trust.confirmation:
            gain *= 2.0 * tau
            loss *= 2.0 * (1.0 - tau)
        relations.good[i, b] = good + gain
        relations.bad[i, b] = max(0.0, bad - table.relief[event]) + loss

    adoption = table.adoption[event]
    if adoption > 0.0:
        adoption = min(
            1.0, adoption * factor(table.adoption_by[event], x, tau, two_tau, eff, knowledge, useful, tired, tone, known)
        )
        chance = np.float64(relations.chance[i, b])
        relations.chance[i, b] = chance + adoption * (1.0 - chance)

    steps = table.knowledge[event]
    if steps > 0.0:
        members.knowledge[i] = min(1.0, knowledge + steps * laws.persuasion.learning * (1.0 - knowledge))
    if table.informs[event]:
        relations.aware[i, b] = 1
    if members.diary.size > 0:
        after = trust(np.float64(relations.good[i, b]), np.float64(relations.bad[i, b]))
        note(event, i, b, source, x, tau, after, members)


@part
def in_secret(event: int, i: int, b: int, x: float, source: int, members: Members, relations: Relations, laws: Laws) -> None:
    """:func:`experience` of praise that was ordered: what it gains is written down as gained in secret.

    Writes relations.hidden besides.
    """
    before = np.float64(relations.good[i, b])
    experience(event, i, b, x, 1.0, 0.0, source, members, relations, laws)
    gain = np.float64(relations.good[i, b]) - before
    relations.hidden[i, b] = np.float64(relations.hidden[i, b]) + gain


@part
def uncover(event: int, i: int, b: int, x: float, source: int, members: Members, relations: Relations, laws: Laws) -> None:
    """:func:`experience` of something that comes to light: what was gained in secret is taken back, and betrays (L6).

    Apart from :func:`experience` because it is rare, and what is often called must stay small. Writes relations.hidden
    besides.
    """
    before = trust(np.float64(relations.good[i, b]), np.float64(relations.bad[i, b]))
    if laws.trust.learned:
        table = laws.events
        hidden = np.float64(relations.hidden[i, b])
        taken = hidden * table.unmask[event]
        if table.unmask_by[event] & TIE:
            taken *= x
        relations.hidden[i, b] = hidden - taken
        relations.good[i, b] = np.float64(relations.good[i, b]) - taken
        relations.bad[i, b] = np.float64(relations.bad[i, b]) + taken * table.betrayal[event]
    experience(event, i, b, x, 1.0, 0.0, source, members, relations, laws)
    if members.diary.size > 0 and members.keeps_diary[i]:
        members.diary[members.n_notes[0] - 1]["before"] = before  # all of it is one event to her
