"""Scenario files: read, checked, resolved."""

from sim.scenario.faults import json_schema
from sim.scenario.load import changed, dump_toml, load_scenario, parse_scenario, parse_text, value_at
from sim.scenario.model import CONTROL, Scenario, know
from sim.scenario.policies import COMPOSITION, Policy
from sim.scenario.shipped import find_scenario, shipped_scenarios

__all__ = [
    "COMPOSITION",
    "CONTROL",
    "Policy",
    "Scenario",
    "changed",
    "dump_toml",
    "find_scenario",
    "json_schema",
    "know",
    "load_scenario",
    "parse_scenario",
    "parse_text",
    "shipped_scenarios",
    "value_at",
]
