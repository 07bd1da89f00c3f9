"""What goes wrong because of what a user gave us: one sentence each, never a traceback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches

_MOST_MEANT = 3
"""Names of which one may have been meant."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: where it is, what is wrong, what to do about it."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.remedy}"


class InputError(Exception):
    """Input that cannot be used. Carries every fault that was found, not just the first."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: Sequence[Fault] = [faults] if isinstance(faults, Fault) else list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[Sequence[Fault]]]:
        return type(self), (self.faults,)


@contextmanager
def within(where: str) -> Iterator[None]:
    """Faults found inside are told with the name of the file, or the part of one, that they are in."""
    try:
        yield
    except InputError as error:
        raise InputError([replace(fault, where=f"{where}: {fault.where}") for fault in error.faults]) from None


def suggestion(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name: those of which it is a part, the nearest known one, or the list of them."""
    known = sorted(known)
    longer = [name for name in known if word in name.split("_")]
    near = longer if 0 < len(longer) <= _MOST_MEANT else get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean {' or '.join(map(repr, near))}?" if near else f"Use one of: {', '.join(known)}."
