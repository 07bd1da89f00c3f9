"""Writing down what happens to members who keep a diary. Nobody does unless asked to, and then nothing is written."""

from __future__ import annotations

from sim.kernels.jit import part
from sim.state import Members


@part
def note(what: int, i: int, b: int, other: int, weight: float, before: float, after: float, members: Members) -> None:
    """Member i notes, if she keeps a diary, what has happened (see :data:`sim.state.NOTE`). Callers look first whether there is
    a diary at all."""
    n = members.n_notes[0]
    if members.keeps_diary[i] and n < members.diary.size:
        entry = members.diary[n]
        entry["member"] = i
        entry["what"] = what
        entry["brand"] = b
        entry["other"] = other
        entry["weight"] = weight
        entry["before"] = before
        entry["after"] = after
        members.n_notes[0] = n + 1
