"""Step 8: who leaves the platform (L4), and who vouches for whom."""

from __future__ import annotations

import numpy as np

from sim.kernels.draws import absorb, fires, unit
from sim.kernels.jit import kernel
from sim.state import GONE, I32, I64, PLATFORM, REFUGE, Members, Records, Ties

_MOVE = 1 << 44
"""Number of a member's draw of the day on stream LEAVE."""


@kernel
def move(
    c: int,
    lo: int,
    hi: int,
    key: np.uint64,
    followed: bool,
    members: Members,
    ties: Ties,
    numbers: Records,
    movers: I32,
) -> int:
    """Members lo … hi − 1 who want to leave the platform are listed in ``movers`` (int32) from place lo on, as i when too much
    is sold there and as −1 − i when others have left; returns how many.

    ``followed``: somebody has left before, so that others may follow. Writes movers.
    """
    law = numbers[0].migration
    n = 0
    for i in range(lo, hi):
        if members.space[i] != PLATFORM:
            continue
        pressure = law.pressure * max(0.0, np.float64(members.clutter[i]) - np.float64(members.tolerance[i]))
        most = pressure + law.pull if followed else pressure
        if most <= 0.0:
            continue
        coin = absorb(absorb(key, members.key[i]), _MOVE)
        if unit(coin) >= most:
            continue
        pull = 0.0
        if followed and ties.living[i] > 0:
            away = 0
            for k in range(ties.start[i], ties.start[i] + ties.living[i]):
                j = ties.target[k]
                space = members.space[j]
                away += (space == REFUGE) | ((space == GONE) & (members.exposed[j] == 0))  # nobody misses a closed account
            pull = law.pull * (away / ties.living[i])
        if fires(coin, pressure + pull):
            pressed = unit(absorb(coin, 1)) * (pressure + pull) < pressure
            movers[lo + n] = i if pressed else -1 - i
            n += 1
    return n


@kernel
def vouch(
    candidates: I64, space: int, key: np.uint64, first: I64, follower: I32, members: Members, numbers: Records, vouchers: I32
) -> None:
    """``vouchers[q]`` (int32) = how many in ``space`` vouch for candidate q: who has followed her from the start, unless she
    promotes and they mind. ``first``, ``follower``: the graph's followers; ``key``: the world's key of stream GATE."""
    law = numbers[0].space
    for q in range(candidates.size):
        i = candidates[q]
        n = 0
        for e in range(first[i], first[i + 1]):
            j = follower[e]
            if members.space[j] == space:
                minds = members.promotion[i] > 0.0 and unit(absorb(absorb(key, members.key[i]), members.key[j])) < law.vigilance
                n += not minds
        vouchers[q] = n
