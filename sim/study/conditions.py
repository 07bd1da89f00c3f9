"""Under which conditions something holds: boxes of assumptions found by PRIM (Friedman & Fisher 1999), the patient rule
induction of scenario discovery (Bryant & Lempert 2010).

From the box of all points, one face after the other is moved in by a small share of the points, always that which raises the
share of points at which it holds most. The trajectory trades coverage for density; one box of it is chosen, and what restrains
nothing is let go. Such a search finds something in noise too: a factor whose limits do hardly better than the best limits on its
values shuffled is let go as well, and so is one whose limits do not help in other worlds.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.state import F64, I64

_WORTH = 0.5
"""How much coverage counts beside density."""
_SHUFFLES = 20
"""Shuffles per one over the chance that is allowed."""
_CHANCE = 0.05
"""How often the limits of some factor that does not matter may be kept."""
_PLACES = 50
"""Places at most at which a limit is tried when values are shuffled."""
_SIMPLER = 0.99
"""A limit is given up when the box is hardly worse without it."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Limit:
    """A restriction of one factor: a range (``low`` and ``high``, infinite where there is none), or the values allowed."""

    path: str
    low: float = -np.inf
    high: float = np.inf
    values: tuple[Any, ...] = ()

    def holds(self, column: npt.NDArray[Any]) -> Mask:
        """At which of the points."""
        if self.values:
            return np.isin(column, np.array(self.values, column.dtype))
        return np.asarray((column >= self.low) & (column <= self.high))

    def __str__(self) -> str:
        if self.values:
            return f"{self.path} is {' or '.join(map(str, self.values))}"
        if np.isinf(self.low):
            return f"{self.path} ≤ {_number(self.high)}"
        if np.isinf(self.high):
            return f"{self.path} ≥ {_number(self.low)}"
        return f"{self.path} from {_number(self.low)} to {_number(self.high)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


@dataclass(frozen=True)
class Box:
    """A box of assumptions. ``density``: share of its points at which it holds; ``coverage``: share of all points at which it
    holds that are in the box; ``mass``: share of all points that are in it; ``everywhere``: share of all at which it holds;
    ``size``: how many points are in it."""

    limits: tuple[Limit, ...]
    density: float
    coverage: float
    mass: float
    everywhere: float
    size: int

    def __str__(self) -> str:
        return " and ".join(map(str, self.limits)) or "everywhere"


def find_box(
    factors: Mapping[str, npt.NDArray[Any]], holds: Mask, peel: float = 0.05, least: float = 0.05, worth: float = _WORTH
) -> Box:
    """The box in which something holds as often as possible without losing most of the points at which it does.

    ``factors``: the value of every factor at each point (numbers, or anything else as categories); ``holds``: whether it holds
    there. ``peel``: share of the box's points taken away in a step; ``least``: share of all points a box must keep. Of the
    trajectory that box is chosen for which density^(1 − worth) · coverage^worth is largest.
    """
    columns = {path: _column(values) for path, values in factors.items()}
    n, total = holds.size, int(holds.sum())
    inside = np.ones(n, bool)
    best, best_value = inside, _value(inside, holds, total, worth)
    while True:
        candidates = [cut for values in columns.values() for cut in _cuts(values, inside, peel) if cut.sum() >= least * n]
        if not candidates:
            break
        # The steepest rise per point given up: a small step that helps as much is preferred to a large one.
        before = holds[inside].mean()
        gains = [(holds[cut].mean() - before) / (inside.sum() - cut.sum()) for cut in candidates]
        k = int(np.argmax(gains))
        if gains[k] <= 0 and before in (0.0, 1.0):
            break
        inside = candidates[k]
        value = _value(inside, holds, total, worth)
        if value > best_value:
            best, best_value = inside, value
    return _described(columns, best, holds, total, worth)


def find_sure_box(factors: Mapping[str, npt.NDArray[Any]], holds: Mask, again: Mask | None = None) -> Box:
    """:func:`find_box` without what may be chance: first whole factors are let go, the least sure first, then single ends.

    Two kinds of chance are asked: that of the points (:func:`_chance`), and that of the worlds, which all points share.
    ``again``: whether it holds at each point in resampled sets of worlds (sets × points).
    """
    columns = {path: _column(values) for path, values in factors.items()}
    left, enough = dict(factors), _CHANCE / max(1, len(factors))

    def unsure(limits: Sequence[Limit], k: int, within: Sequence[Limit] = ()) -> float:
        """How unsure it is that a limit helps, beside the others and those ``within`` which it lies."""
        others = [*limits[:k], *limits[k + 1 :], *within]
        lost = 0.0 if again is None else 1 - _lasting(limits[k], others, columns, again) > _CHANCE / 2
        return max(float(lost), _chance(others, limits[k].path, columns, holds, enough))

    while True:
        box = find_box(left, holds)
        limits = list(box.limits)
        doubts = [unsure(limits, k) for k in range(len(limits))]
        if max(doubts, default=0.0) <= enough:
            break
        del left[limits[int(np.argmax(doubts))].path]
    for k, limit in enumerate(limits):
        if np.isfinite(limit.low) and np.isfinite(limit.high):
            low, high = Limit(limit.path, low=limit.low), Limit(limit.path, high=limit.high)
            of_low, of_high = (
                unsure([*limits[:k], one, *limits[k + 1 :]], k, [other]) for one, other in ((low, high), (high, low))
            )
            if max(of_low, of_high) > enough:
                limits[k] = low if of_high >= of_low else high
    return _box(limits, columns, holds)


def _lasting(limit: Limit, others: Sequence[Limit], columns: Mapping[str, npt.NDArray[Any]], again: Mask) -> float:
    """In which share of resampled sets of worlds it holds more often with the limit than without it."""
    n = again.shape[1]
    without = _inside(others, columns, n)
    inside = without & limit.holds(columns[limit.path])
    return float((again[:, inside].mean(axis=1) > again[:, without].mean(axis=1)).mean())


def _chance(within: Sequence[Limit], path: str, columns: Mapping[str, npt.NDArray[Any]], holds: Mask, enough: float) -> float:
    """How often the best limits on a factor do as well inside other limits when its values are shuffled: a permutation test,
    which allows for the search. It stops once that is known to be more than ``enough``."""
    here = _inside(within, columns, holds.size)
    groups, held = _grouped(columns[path][here]), holds[here]
    reached = _best_limits(*groups, held)
    rng, most = np.random.default_rng(0), math.ceil(_SHUFFLES / enough)
    as_good = 0
    for shuffles in range(1, most + 1):
        as_good += _best_limits(*groups, rng.permutation(held)) >= reached
        if (1 + as_good) / (1 + most) > enough:
            return (1 + as_good) / (1 + shuffles)
    return (1 + as_good) / (1 + most)


def _grouped(values: npt.NDArray[Any]) -> tuple[I64, I64, bool]:
    """(the group of each point, the size of each group, whether groups have an order): by value, or where there are many in equal
    parts."""
    unlike, group = np.unique(values, return_inverse=True)
    if unlike.size > _PLACES and values.dtype.kind in "iuf":
        group = group * _PLACES // unlike.size
    return group, np.bincount(group), values.dtype.kind in "iuf"


def _best_limits(group: I64, size: I64, ordered: bool, held: Mask) -> float:
    """What :func:`_value` the best range of ordered groups reaches, or the best choice of others (up to a constant)."""
    hits = np.bincount(group, weights=held, minlength=size.size)
    if not ordered:
        first = np.argsort(-hits / np.maximum(size, 1), kind="stable")
        return float((np.cumsum(hits[first]) / np.cumsum(size[first]) ** (1 - _WORTH)).max())
    upto, many = np.concatenate([[0.0], np.cumsum(hits)]), np.concatenate([[0], np.cumsum(size)])
    low, high = np.triu_indices(upto.size, 1)
    return float(((upto[high] - upto[low]) / np.maximum(many[high] - many[low], 1) ** (1 - _WORTH)).max())


def _column(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    values = np.asarray(values)
    if values.dtype.kind in "iuf":
        return values if values.dtype.kind in "iu" else values.astype(np.float64)
    return np.array([str(value) for value in values])


def _value(inside: Mask, holds: Mask, total: int, worth: float) -> float:
    if not total or not inside.any():
        return 0.0
    return float(holds[inside].mean() ** (1 - worth) * (holds[inside].sum() / total) ** worth)


def _cuts(values: npt.NDArray[Any], inside: Mask, peel: float) -> list[Mask]:
    """The boxes that are left when a face of this factor moves in."""
    here = values[inside]
    if values.dtype.kind != "f" and not (values.dtype.kind in "iu" and np.unique(values).size > _PLACES):
        return [inside & (values != value) for value in np.unique(here)] if np.unique(here).size > 1 else []
    low, high = np.quantile(here, [peel, 1 - peel])
    smallest, largest = here.min(), here.max()
    if smallest == largest:
        return []
    # With few distinct values a face moves in by one of them.
    above = inside & (values >= low if low > smallest else values > smallest)
    below = inside & (values <= high if high < largest else values < largest)
    return [above, below]


def _described(columns: Mapping[str, npt.NDArray[Any]], inside: Mask, holds: Mask, total: int, worth: float) -> Box:
    """The box around the points ``inside``, without limits that keep nothing out."""
    limits = {path: _limit(path, values, inside) for path, values in columns.items()}
    kept = {path: limit for path, limit in limits.items() if limit is not None}

    def mask(chosen: Mapping[str, Limit]) -> Mask:
        return _inside(chosen.values(), columns, holds.size)

    # What peeling took away without need is given back: a face that may move out, a value that may return, for as long as that
    # does not make the box worse. A little density is given for a limit less.
    while True:
        now = _value(mask(kept), holds, total, worth)
        relaxed = [(_value(mask(without), holds, total, worth), without) for without in _relaxed(kept, columns)]
        value, without = max(relaxed, key=lambda pair: pair[0], default=(-1.0, kept))
        if value < now * _SIMPLER:
            break
        kept = without
    return _box(kept.values(), columns, holds)


def _inside(limits: Iterable[Limit], columns: Mapping[str, npt.NDArray[Any]], n: int) -> Mask:
    """Which of n points keep within the limits."""
    points = np.ones(n, bool)
    for limit in limits:
        points &= limit.holds(columns[limit.path])
    return points


def _box(limits: Collection[Limit], columns: Mapping[str, npt.NDArray[Any]], holds: Mask) -> Box:
    """A box, with how much of what holds is in it."""
    points, total = _inside(limits, columns, holds.size), int(holds.sum())
    density = float(holds[points].mean()) if points.any() else float("nan")
    coverage = float(holds[points].sum() / total) if total else float("nan")
    return Box(tuple(limits), density, coverage, float(points.mean()), float(holds.mean()), int(points.sum()))


def _relaxed(kept: Mapping[str, Limit], columns: Mapping[str, npt.NDArray[Any]]) -> list[dict[str, Limit]]:
    """The boxes with one restriction less."""
    found = []
    for path, limit in kept.items():
        others = {other: kept[other] for other in kept if other != path}
        if limit.values:
            everything = np.unique(columns[path]).tolist()
            back = [tuple(v for v in everything if v in limit.values or v == value) for value in everything]
            wider = [Limit(path, values=values) for values in back if len(values) > len(limit.values)]
            found += [others if len(limit.values) == len(everything) else {**others, path: limit} for limit in wider]
        elif np.isfinite(limit.low) and np.isfinite(limit.high):
            found += [{**others, path: Limit(path, low=limit.low)}, {**others, path: Limit(path, high=limit.high)}]
        else:
            found.append(others)
    return found


def _limit(path: str, values: npt.NDArray[Any], inside: Mask) -> Limit | None:
    here = values[inside]
    if values.dtype.kind not in "iuf":
        allowed = np.unique(here)
        return None if allowed.size == np.unique(values).size else Limit(path, values=tuple(allowed.tolist()))
    low = -np.inf if here.min() == values.min() else _between(values, here.min(), -1)
    high = np.inf if here.max() == values.max() else _between(values, here.max(), +1)
    return None if np.isinf(low) and np.isinf(high) else Limit(path, low, high)


def _between(values: F64, edge: float, side: int) -> float:
    """Halfway from the outermost point inside to the next one outside; of whole numbers, the outermost inside."""
    if values.dtype.kind in "iu":
        return float(edge)
    outside = values[values < edge].max() if side < 0 else values[values > edge].min()
    return float((edge + outside) / 2)
