"""What is measured: the table of metrics, and the measuring."""

from sim.metrics.measuring import BRAND_METRICS, CLUSTERING_SAMPLE, COMMUNITY_METRICS, STRUCTURE_EVERY, measure, measure_structure
from sim.metrics.metric import Metric, Series
from sim.metrics.table import HEADLINES, METRICS, summarise

__all__ = [
    "BRAND_METRICS",
    "CLUSTERING_SAMPLE",
    "COMMUNITY_METRICS",
    "HEADLINES",
    "METRICS",
    "STRUCTURE_EVERY",
    "Metric",
    "Series",
    "measure",
    "measure_structure",
    "summarise",
]
