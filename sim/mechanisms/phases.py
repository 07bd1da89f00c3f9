"""The phases of a day, in order, and what each may write."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sim.mechanisms.adopting import adopt
from sim.mechanisms.deciding import decide
from sim.mechanisms.forgetting import forget
from sim.mechanisms.leaving import leave
from sim.mechanisms.moderating import moderate
from sim.mechanisms.reading import read
from sim.mechanisms.serving import serve
from sim.mechanisms.settling import settle
from sim.mechanisms.speaking import speak
from sim.world import World


class Phase(NamedTuple):
    """One phase: its function, and the arrays (``group.array``) it may write. Tests hold it to that."""

    run: Callable[[World], None]
    writes: frozenset[str]

    @property
    def name(self) -> str:
        return self.run.__name__


def _arrays(**groups: str) -> frozenset[str]:
    return frozenset(f"{group}.{name}" for group, names in groups.items() for name in names.split())


PHASES = (
    Phase(forget, _arrays(members="knowledge", relations="good bad hidden scandal exposure", ties="good bad told")),
    Phase(
        decide,
        _arrays(
            members="role sponsor secretive",
            brand_day="posts duplicates questions removed question_return tone reach quality improvements"
            " secret_tone targets confesses planted recruited",
            relations="follows customer aware good bad targeted",
            books="adopters",
        ),
    ),
    Phase(
        speak,
        _arrays(
            outbox="said plain own asks promotes voice fresh",
            brand_day="cascade planted_posts ambassador_posts entries",
            relations="good bad aware",
        ),
    ),
    Phase(
        moderate,
        _arrays(
            members="knowledge role sponsor exposed space",
            ties="bad status marked",
            brand_day="debates deletions",
            relations="good bad hidden scandal angry follows",
        ),
    ),
    Phase(
        read,
        _arrays(
            members="knowledge clutter",
            ties="good bad told status marked",
            relations="good bad hidden scandal exposure chance aware",
            outbox="fresh relay",
        ),
    ),
    Phase(adopt, _arrays(relations="good bad chance customer follows complaint angry")),
    Phase(
        serve,
        _arrays(
            members="knowledge",
            relations="good bad aware customer follows complaint exposure",
            brand_day="answers replies resolved intrusions",
        ),
    ),
    Phase(
        leave,
        _arrays(
            ties="living marked target reciprocal good bad told status", relations="follows customer complaint", members="space"
        ),
    ),
    Phase(settle, _arrays(books="spent earned value spent_today earned_today adopters")),
)
"""A day, in order; metrics are taken after the last."""
