"""What is measured.

A metric is one entry of :data:`METRICS`: what it means, its unit, how a run is summed up in one number, and how to compute
it from the day's counts, or from the days of a run. Metrics about brands have a value per brand.
"""

from __future__ import annotations

import numpy as np

from sim.metrics.metric import NAN, Metric, Series
from sim.metrics.of_brands import OF_BRANDS
from sim.metrics.of_community import OF_COMMUNITY

METRICS: dict[str, Metric] = {**OF_BRANDS, **OF_COMMUNITY}
"""Every metric, by the name of its column."""

HEADLINES = ("npv", "customers", "brand_trust", "present", "organic_posts")
"""What a comparison shows first: money, customers, trust, and two signs of the community's health."""


def summarise(name: str, days: Series) -> float:
    """A run in one number; ``days(metric)`` gives the days of any metric."""
    metric = METRICS[name]
    if metric.run is not None:
        return metric.run(days)
    series = days(name)
    known = series[np.isfinite(series)]
    if known.size == 0:
        return NAN
    return float(known[-1] if metric.summary == "last" else known.sum() if metric.summary == "sum" else known.mean())
