"""The model held against published numbers."""

from sim.validation.facts import FACTS, TUNED_ON, Fact
from sim.validation.lab import Lab
from sim.validation.verdicts import Verdict, validate

__all__ = ["FACTS", "TUNED_ON", "Fact", "Lab", "Verdict", "validate"]
