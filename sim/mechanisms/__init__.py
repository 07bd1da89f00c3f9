"""What happens to people: the phases of a day and the mechanisms that can be switched off."""

from sim.mechanisms.phases import PHASES, Phase
from sim.mechanisms.switches import ESSAYS, MECHANISMS, Mechanism, compile_laws

__all__ = ["ESSAYS", "MECHANISMS", "PHASES", "Mechanism", "Phase", "compile_laws"]
