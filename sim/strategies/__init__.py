"""What brands do. A strategy is a frozen dataclass with one method; its fields are its settings in a scenario file."""

from sim.strategies.actions import Actions, Ambassadors, Answer, BrandView, Improve, Plant, Post, Reach, Reply, Strategy
from sim.strategies.broadcasting import Absent, Broadcast, Overacted, Pulsed, Rebroadcast
from sim.strategies.listening import Advocate, Ethnographer, ListenFirst, PitchingManager
from sim.strategies.recruiting import AmbassadorProgramme, Astroturf, Incoherent, Infiltration

STRATEGIES: dict[str, type[Strategy]] = {
    "absent": Absent,
    "broadcast": Broadcast,
    "rebroadcast": Rebroadcast,
    "overacted": Overacted,
    "pulsed": Pulsed,
    "astroturf": Astroturf,
    "infiltration": Infiltration,
    "ambassadors": AmbassadorProgramme,
    "listen_first": ListenFirst,
    "advocate": Advocate,
    "ethnographer": Ethnographer,
    "pitching_manager": PitchingManager,
    "incoherent": Incoherent,
}
"""Every strategy a scenario can name. The one place where a strategy is registered."""

__all__ = [
    "STRATEGIES",
    "Actions",
    "Ambassadors",
    "Answer",
    "BrandView",
    "Improve",
    "Plant",
    "Post",
    "Reach",
    "Reply",
    "Strategy",
]
