"""How a number is declared: once, with everything a reader, a checker or a slider needs.

A *parameter* (something a scenario sets) or an *array* (something a run changes) is a field of a ``NamedTuple`` whose
type is ``Annotated`` with its declaration. Named tuples go into compiled kernels as they are, so the name in the scenario
file, in the documentation and in the inner loop is the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a number in a scenario means.

    ``source`` names where the default comes from: a reference, or ``"A"`` for an assumption that is meant to be swept.
    ``likely``: between what it is swept when nobody says otherwise, where half to double the default would not do.
    """

    about: str
    unit: str = "–"
    low: float | None = None
    high: float | None = None
    source: str = "A"
    likely: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """What an array holds. ``dims`` are names of sizes (see :mod:`sim.state`); the range is inclusive."""

    about: str
    dims: tuple[str, ...]
    dtype: str
    unit: str = "–"
    low: float | None = None
    high: float | None = None


def declarations(owner: type, kind: type[Parameter] | type[Array]) -> Iterator[tuple[str, Any, Any]]:
    """Yield ``(name, python type, declaration)`` for each field of ``owner`` that carries a declaration of ``kind``."""
    for name, hint in get_type_hints(owner, include_extras=True).items():
        for note in getattr(hint, "__metadata__", ()):
            if isinstance(note, kind):
                yield name, hint.__origin__, note
