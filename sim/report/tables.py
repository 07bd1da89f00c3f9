"""Comparisons and runs as tables: for the terminal, as Markdown, as CSV."""

from __future__ import annotations

import csv
from math import isfinite
from pathlib import Path
from typing import Any

from rich.table import Table

from sim.metrics import HEADLINES, METRICS
from sim.report.words import OF_BRAND, answer, conditions, interval, number, title, verdict, warnings
from sim.study.compare import Comparison
from sim.study.results import Result
from sim.study.statistics import Estimate


def headline_table(comparison: Comparison) -> Table:
    """Per headline metric and policy: mean with interval, and the paired difference to the control; then the same for the other
    brands, whom the policies of the first concern all the same (externality)."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "policy"):
        table.add_column(heading, no_wrap=True)
    for heading in ("mean [95 %]", f"minus {comparison.control} [95 %]", "better in"):
        table.add_column(heading, justify="right", no_wrap=True)
    for brand in range(max(1, len(comparison.scenario.brand))):
        for row in _rows(comparison, OF_BRAND if brand else HEADLINES, brand):
            table.add_row(row["title"], row["policy"], row["mean"], row["difference"], row["better_in"], end_section=row["last"])
    return table


def _rows(comparison: Comparison, metrics: tuple[str, ...], brand: int = 0) -> list[dict[str, Any]]:
    brands = comparison.scenario.brand
    whose = f"{brands[brand].name}: " if len(brands) > 1 and METRICS[metrics[0]].scope == "brand" else ""
    rows = []
    for metric in metrics:
        for n, policy in enumerate(comparison.policies):
            mean = comparison.mean(policy, metric, brand)
            row: dict[str, Any] = {
                "metric": metric,
                "title": whose + title(metric) if n == 0 else "",
                "policy": policy,
                "mean": interval(mean),
            }
            row |= {"difference": "", "better_in": "", "verdict": "control", "last": policy == comparison.policies[-1]}
            if policy != comparison.control:
                contrast = comparison.against(policy, comparison.control, metric, brand)
                row["difference"] = interval(contrast.difference, sign=True)
                row["verdict"] = verdict(contrast)
                if METRICS[metric].better and contrast.worlds > 1 and row["verdict"] != "no difference in any world":
                    row["better_in"] = f"{contrast.superiority:.0%}"
            rows.append(row)
    return rows


def write_csv(comparison: Comparison, path: Path) -> None:
    """Every metric of every policy, with intervals and paired differences to the control, as numbers."""
    fields = [
        "metric",
        "unit",
        "brand",
        "policy",
        "mean",
        "low",
        "high",
        "control",
        "difference",
        "difference_low",
        "difference_high",
        "superiority",
        "worlds",
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(fields)
        brands = [brand.name for brand in comparison.scenario.brand] or [""]
        everything = [(metric, b) for metric in METRICS for b in range(len(brands) if METRICS[metric].scope == "brand" else 1)]
        for metric, b in everything:
            for policy in comparison.policies:
                mean = comparison.mean(policy, metric, b)
                whose = brands[b] if METRICS[metric].scope == "brand" else ""
                row: list[Any] = [metric, METRICS[metric].unit_of_run, whose, policy, mean.mean, mean.low, mean.high]
                if policy != comparison.control:
                    found = comparison.against(policy, comparison.control, metric, b)
                    row += [
                        comparison.control,
                        found.difference.mean,
                        found.difference.low,
                        found.difference.high,
                        found.superiority,
                        found.worlds,
                    ]
                writer.writerow(row)


def as_data(comparison: Comparison, folder: Path) -> dict[str, Any]:
    """The comparison as plain data: headline metrics, what it did to other brands, answer, conditions."""
    others = list(enumerate(comparison.scenario.brand))[1:]
    return {
        "policies": list(comparison.policies),
        "control": comparison.control,
        "seeds": list(comparison.seeds),
        "failures": len(comparison.failures),
        "metrics": _measured(comparison, HEADLINES, 0),
        "other_brands": {brand.name: _measured(comparison, OF_BRAND, b) for b, brand in others},
        "answer": [sentence for b in range(max(1, len(comparison.scenario.brand))) for sentence in answer(comparison, b)],
        "warnings": warnings(comparison),
        "conditions": conditions(comparison),
        "folder": str(folder),
    }


def _measured(comparison: Comparison, metrics: tuple[str, ...], brand: int) -> dict[str, Any]:
    measured: dict[str, Any] = {metric: {} for metric in metrics}
    for metric, entries in measured.items():
        for policy in comparison.policies:
            entries[policy] = {"mean": _plain(comparison.mean(policy, metric, brand))}
            if policy != comparison.control:
                found = comparison.against(policy, comparison.control, metric, brand)
                entries[policy] |= {
                    "difference": _plain(found.difference),
                    "superiority": _known(found.superiority),
                    "verdict": verdict(found),
                }
    return measured


def _plain(estimate: Estimate) -> dict[str, float | None]:
    return {name: _known(getattr(estimate, name)) for name in ("mean", "low", "high")}


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def markdown(comparison: Comparison) -> str:
    """The comparison as a page of Markdown: the answer, its conditions, the headlines, then every metric."""
    scenario = comparison.scenario
    lines = [f"# {scenario.title or 'Comparison of policies'}", ""]
    for brand in range(max(1, len(scenario.brand))):
        lines += [f"- {sentence}" for sentence in answer(comparison, brand)]
    lines += ["", *(f"**{told}**\n" for told in warnings(comparison)), conditions(comparison), ""]
    lines += ["![Comparison](comparison.png)", ""]
    rest = tuple(metric for metric in METRICS if metric not in HEADLINES)
    others = [(f"What it did to {brand.name}", OF_BRAND, b) for b, brand in enumerate(scenario.brand) if b]
    for heading, metrics, b in (("In short", HEADLINES, 0), *others, ("Everything measured", rest, 0)):
        lines += [
            f"## {heading}",
            "",
            f"| | policy | mean [95 %] | minus {comparison.control} [95 %] | better in | |",
            "|---|---|--:|--:|--:|---|",
        ]
        for row in _rows(comparison, metrics, b):
            what = _named(row["metric"]) if row["title"] else ""
            lines.append(
                f"| {what} | {row['policy']} | {row['mean']} | {row['difference']} | {row['better_in']} | {row['verdict']} |"
            )
        lines.append("")
    lines += [
        "What is counted daily is summed over the whole run. *Better in*: share of the worlds, ties counting half. Each verdict "
        "is at 95 % for itself: of twenty on metrics that do not differ, one is expected to say that they do.",
        "",
        *_gaps(comparison),
    ]
    return "\n".join(lines)


def _named(metric: str) -> str:
    """A metric as a page names it: by its title, or by its column and what that means; with its unit."""
    found = METRICS[metric]
    name = title(metric) if metric in HEADLINES else f"`{metric}` {found.about}"
    return f"{name} ({found.unit_of_run})" if found.unit_of_run != "–" else name


def _gaps(comparison: Comparison) -> list[str]:
    """Whether what is easy to count ranks the policies as money and trust do; nothing with fewer than five policies."""
    vanity = [name for name, metric in METRICS.items() if metric.group == "vanity"]
    rows = [(name, comparison.gap(name, "npv"), comparison.gap(name, "brand_trust")) for name in vanity]
    rows = [row for row in rows if isfinite(row[1]) or isfinite(row[2])]
    if not rows:
        return []
    return [
        "## Does what is easy to count tell the truth?",
        "",
        f"Rank correlation across the {len(comparison.policies)} policies: 1 where the easy number orders them like the other, "
        "−1 where it orders them the wrong way round.",
        "",
        "| | with net present value | with trust in the brand |",
        "|---|--:|--:|",
        *(f"| {title(name)} | {number(npv)} | {number(trust)} |" for name, npv, trust in rows),
        "",
    ]


def run_table(result: Result) -> Table:
    """A single run: the headline metrics on some of its days."""
    days = len(result.community)
    shown = sorted({0, days // 4, days // 2, 3 * days // 4, days - 1})
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("day", justify="right")
    for metric in HEADLINES:
        table.add_column(title(metric), justify="right")
    for day in shown:
        table.add_row(
            str(day),
            *(
                number(result.series(metric)[day]) if result.brand_names or METRICS[metric].scope == "community" else "–"
                for metric in HEADLINES
            ),
        )
    return table
