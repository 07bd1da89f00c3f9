"""One tie: where it stands in its row, and what is thought of whom it leads to."""

from __future__ import annotations

import numpy as np

from sim.kernels.diary import note
from sim.kernels.evidence import trust
from sim.kernels.jit import part
from sim.state import DOUBTED, NOBODY, SOUR, Members, Ties


@part
def slot_to(i: int, j: int, ties: Ties) -> int:
    """The slot in which i follows j, or −1."""
    for k in range(ties.start[i], ties.start[i] + ties.living[i]):
        if ties.target[k] == j:
            return k
    return NOBODY


@part
def believe(k: int, gain: float, ties: Ties) -> None:
    """Good evidence on the tie in slot k, in stored units."""
    ties.good[k] = np.float64(ties.good[k]) + gain


@part
def doubt(event: int, i: int, b: int, k: int, loss: float, per_scale: float, members: Members, ties: Ties) -> None:
    """Bad evidence on member i's tie in slot k, in true units, because of ``event`` about brand b; trust that falls below one
    half turns it sour."""
    good = np.float64(ties.good[k]) / per_scale
    before = np.float64(ties.bad[k])
    ties.bad[k] = before + loss * per_scale
    if members.diary.size > 0:
        after = trust(good, np.float64(ties.bad[k]) / per_scale)
        note(DOUBTED, i, b, ties.target[k], event, trust(good, before / per_scale), after, members)
    if ties.bad[k] > ties.good[k]:
        ties.status[k] |= SOUR
        ties.marked[i] = 1
