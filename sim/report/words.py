"""Numbers and findings in words that do not overstate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from sim.laws import Laws
from sim.metrics import HEADLINES, METRICS
from sim.scenario import Scenario
from sim.study.compare import Comparison
from sim.study.statistics import ENOUGH, Contrast, Estimate

OF_BRAND = tuple(metric for metric in HEADLINES if METRICS[metric].scope == "brand")
"""Headlines that each brand has."""

TITLES = {
    "npv": "net present value",
    "customers": "active customers",
    "brand_trust": "trust in the brand",
    "present": "members present",
    "organic_posts": "organic posts",
}


def title(metric: str) -> str:
    """What a metric is called in a table."""
    return TITLES.get(metric, metric.replace("_", " "))


def number(value: float, like: float | None = None, sign: bool = False) -> str:
    """A number with the decimals its size (or that of ``like``) calls for."""
    if not math.isfinite(value):
        return "–"
    size = abs(value if like is None else like)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("+-")


def interval(estimate: Estimate, sign: bool = False) -> str:
    """Mean [low, high]; only the mean when nothing is known about its spread."""
    largest = max((abs(v) for v in (estimate.mean, estimate.low, estimate.high) if math.isfinite(v)), default=0.0)
    mean = number(estimate.mean, largest, sign)
    if not math.isfinite(estimate.low):
        return mean
    return f"{mean} [{number(estimate.low, largest, sign)}, {number(estimate.high, largest, sign)}]"


def verdict(contrast: Contrast) -> str:
    """What a paired difference allows to be said."""
    if contrast.worlds == 0:
        return "not defined for both"
    if contrast.worlds < 2:
        return "one world: nothing can be concluded"
    difference = contrast.difference
    if difference.low == difference.high == 0:
        return "no difference in any world"
    if not difference.decided:
        return "too close to call"
    better = METRICS[contrast.metric].better
    if better == 0:
        return "more" if difference.mean > 0 else "less"
    return "better" if difference.mean * better > 0 else "worse"


def answer(comparison: Comparison, brand: int = 0) -> list[str]:
    """The comparison in sentences: one per pair of policies, over the headline metrics; for another brand than the first only
    those with the control, over what is the brand's."""
    sentences = []
    for policy, control in comparison.pairs:
        if brand and control != comparison.control:
            continue
        found: dict[str, list[str]] = {}
        for metric in HEADLINES if brand == 0 else OF_BRAND:
            contrast = comparison.against(policy, control, metric, brand)
            word = verdict(contrast)
            size = f" ({interval(contrast.difference, sign=True)})" if word in ("better", "worse") else ""
            found.setdefault(word, []).append(title(metric) + size)
        parts = [
            f"{word} on {', '.join(metrics)}" if word in ("better", "worse") else f"{', '.join(metrics)}: {word}"
            for word, metrics in found.items()
        ]
        whom = f"{comparison.scenario.brand[brand].name} beside {policy}" if brand else policy
        sentences.append(f"{whom} against {control}: {'; '.join(parts)}.")
    return sentences


def changes(scenario: Scenario, most: int = 8) -> list[str]:
    """What a scenario assumes otherwise than the defaults, as ``costs.answer = 3``: the laws, costs, brands and switches."""
    sections = {*Laws._fields, "members", "costs", "mechanisms", "brand", "post", "burn_in"}
    found = list(_unlike(scenario.model_dump(include=sections), Scenario().model_dump(include=sections)))
    return found if len(found) <= most else [*found[:most], f"{len(found) - most} more"]


def _unlike(value: Any, default: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, dict) and isinstance(default, dict):
        for key in value:
            yield from _unlike(value[key], default.get(key), f"{at}.{key}" if at else key)
    elif isinstance(value, tuple | list) and isinstance(default, tuple | list):
        if len(value) == len(default) == 1:
            yield from _unlike(value[0], default[0], at)
        elif value != default:
            yield f"{len(value)} entries of {at}"
    elif value != default:
        yield f"{at} = {value}"


def _scaled(comparison: Comparison) -> str:
    """At what each policy was scaled to spend the same, and which of them could not."""
    budget = comparison.scenario.equal_budget
    spent = {policy: float(comparison.values(policy, "cost").mean()) for policy in comparison.policies}
    factors = ", ".join(
        f"{policy} × {scale:.3g}" + (f" (spends only {number(spent[policy])})" if spent[policy] < 0.95 * budget else "")
        for policy, scale in comparison.scales.items()
    )
    return f"each policy scaled to spend {number(budget)} ({factors})"


def conditions(comparison: Comparison) -> str:
    """What the answer holds for."""
    scenario, graph = comparison.scenario, comparison.graph
    worlds = len(comparison.seeds)
    size = f"{graph['members']:,} members, {graph['ties']:,} ties"
    lived = f"{worlds} paired world{'s' if worlds != 1 else ''}, {scenario.days} days, {size}"
    if not scenario.brand:
        return f"{lived}; no brand."
    different = changes(scenario)
    beside = f"the defaults but for {', '.join(different)}" if different else "the defaults"
    assumed = f"one set of assumptions ({beside}), not varied here"
    shared = "" if graph["varies"] else ", one network"
    if comparison.scales:
        shared += f"; {_scaled(comparison)}"
    how = "bootstrap over worlds" if worlds >= ENOUGH else "Student's t over worlds"
    return f"{lived}{shared}; {assumed}. Intervals: 95 %, {how}."
