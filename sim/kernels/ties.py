"""One tie: where it stands in its row, and what is thought of whom it leads to."""

from __future__ import annotations

import numpy as np

from sim.kernels.jit import part
from sim.state import NOBODY, SOUR, Ties


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
def doubt(i: int, k: int, loss: float, ties: Ties) -> None:
    """Bad evidence on member i's tie in slot k, in stored units; trust that falls below one half turns it sour."""
    ties.bad[k] = np.float64(ties.bad[k]) + loss
    if ties.bad[k] > ties.good[k]:
        ties.status[k] |= SOUR
        ties.marked[i] = 1
