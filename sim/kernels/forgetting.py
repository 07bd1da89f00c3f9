"""Step 1: what fades overnight."""

from __future__ import annotations

import numpy as np

from sim.kernels.jit import kernel
from sim.state import Members, Records, Relations, Ties


@kernel
def forget(c: int, lo: int, hi: int, members: Members, relations: Relations, numbers: Records) -> None:
    """Members lo … hi − 1: evidence about brands, exposure and persuasion knowledge fade by a day.

    Writes relations.good, .bad, .hidden, .scandal, .exposure; members.knowledge. Ties fade through the
    run's ``tie_scale`` instead.
    """
    laws = numbers[0]
    memory = laws.trust.memory_brand if laws.trust.learned else 1.0
    carryover = laws.persuasion.carryover
    keep = 1.0 - laws.persuasion.decay
    for i in range(lo, hi):
        members.knowledge[i] = np.float64(members.knowledge[i]) * keep
        for b in range(relations.good.shape[1]):
            relations.good[i, b] = np.float64(relations.good[i, b]) * memory
            relations.bad[i, b] = np.float64(relations.bad[i, b]) * memory
            relations.hidden[i, b] = np.float64(relations.hidden[i, b]) * memory
            relations.exposure[i, b] = np.float64(relations.exposure[i, b]) * carryover
            if relations.scandal[i, b] > 0.0:
                relations.scandal[i, b] = np.float64(relations.scandal[i, b]) * memory


@kernel
def rescale(lo: int, hi: int, scale: float, ties: Ties) -> None:
    """Slots lo … hi − 1: bring evidence back to today's units (``scale`` true units per stored unit)."""
    for k in range(lo, hi):
        ties.good[k] = np.float64(ties.good[k]) * scale
        ties.bad[k] = np.float64(ties.bad[k]) * scale
        ties.told[k] = np.float64(ties.told[k]) * scale
