"""Numbers and findings in words that do not overstate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.laws import Laws
from sim.metrics import HEADLINES, METRICS
from sim.scenario import Scenario
from sim.scenario.tables import as_dict
from sim.strategies import STRATEGIES
from sim.study.compare import Comparison
from sim.study.statistics import ENOUGH, Contrast, Estimate

FEW = 10
"""Worlds below which an answer is called a hint."""

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
    return TITLES.get(metric, spoken(metric))


def spoken(name: str) -> str:
    """A name of a scenario or of the code as words."""
    return name.replace("_", " ")


def number(value: float, like: float | None = None, sign: bool = False) -> str:
    """A number with the decimals its size (or that of ``like``) calls for."""
    if not math.isfinite(value):
        return "–"
    if value == 0 and like is None:
        return "0"
    size = abs(value if like is None else like)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.01 or size == 0 else 5
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


def changes(scenario: Scenario, policies: Sequence[str], most: int = 8) -> list[str]:
    """What a scenario assumes otherwise than the defaults, as ``costs.answer = 3``: the laws, costs, brands and switches, and
    settings of these policies whose names do not say them."""
    sections = {*Laws._fields, "members", "costs", "mechanisms", "brand", "post", "burn_in"}
    found = list(_unlike(scenario.model_dump(include=sections), Scenario().model_dump(include=sections)))
    for policy in scenario.policy:
        kind = type(policy.strategy)
        if policy.name in policies and ":" not in policy.name and kind in STRATEGIES.values():
            found += _unlike(as_dict(policy.strategy), as_dict(kind()), f"policy.{policy.name}")
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


def network(graph: Mapping[str, Any]) -> str:
    """What community a result was found in, and how large it is."""
    file = graph.get("file")
    name = Path(str(file)).name if file else str(graph.get("kind", "a graph of your own")).replace("_", " ")
    size = f"{graph['members']:,} members, {graph['ties']:,} ties"
    return f"a network in each world ({name}; the first: {size})" if graph["varies"] else f"one network ({name}: {size})"


def _scaled(comparison: Comparison) -> str:
    """What each policy was multiplied by to spend the same."""
    factors = ", ".join(f"{policy} × {scale:.3g}" for policy, scale in comparison.scales.items())
    return f"each policy scaled to spend {number(comparison.scenario.equal_budget)} ({factors})"


def warnings(comparison: Comparison) -> list[str]:
    """What must be known before the answer is believed."""
    told = []
    left_out = len(comparison.results.study.seeds) - len(comparison.seeds)
    if left_out:
        who = ", ".join(sorted({failure.job.policy for failure in comparison.failures})) or "a run that is missing"
        told.append(
            f"{left_out} of {len(comparison.results.study.seeds)} worlds are left out, because not every policy lived through "
            f"them ({who}): what is left may not be a fair choice of worlds."
        )
    budget = comparison.scenario.equal_budget
    spent = {policy: float(comparison.values(policy, "cost").mean()) for policy in comparison.scales if comparison.seeds}
    short = [f"{policy} {number(cost)}" for policy, cost in spent.items() if 0 < cost < 0.9 * budget]
    if short:
        told.append(
            f"Not at equal spend: at 64 times what it does (no more is tried) or at its own limits, a policy spends "
            f"less than {number(budget)} ({', '.join(short)})."
        )
    if 1 < len(comparison.seeds) < FEW:
        told.append(f"{len(comparison.seeds)} worlds are few: take this as a hint, and live {ENOUGH} or more.")
    others = len(comparison.policies) - 1
    if len(comparison.pairs) == others > 1:
        told.append(f"Differences are to {comparison.control} only; --control shows them to another policy.")
    return told


def conditions(comparison: Comparison) -> str:
    """What the answer holds for."""
    scenario, graph = comparison.scenario, comparison.graph
    worlds = len(comparison.seeds)
    horizon = scenario.days if comparison.horizon is None else comparison.horizon
    lived = f"{worlds} paired world{'s' if worlds != 1 else ''}, {horizon} days, {network(graph)}"
    if not scenario.brand:
        return f"{lived}; no brand."
    different = changes(scenario, comparison.policies)
    beside = f"laws and costs as by default but for {', '.join(different)}" if different else "laws and costs as by default"
    assumed = f"one set of assumptions ({beside}), not varied here"
    shared = f"; {_scaled(comparison)}" if comparison.scales else ""
    how = "bootstrap over worlds" if worlds >= ENOUGH else "Student's t over worlds"
    return f"{lived}{shared}; {assumed}. Intervals: 95 % each, {how}."
