"""What brands do. A strategy is a frozen dataclass with one method; its fields are its settings in a scenario file."""

from sim.strategies.actions import Actions, Answer, BrandView, Improve, Post, Reach, Reply, Strategy
from sim.strategies.broadcasting import Absent, Broadcast, Overacted, Pulsed, Rebroadcast
from sim.strategies.listening import Advocate, Ethnographer, ListenFirst, PitchingManager

STRATEGIES: dict[str, type[Strategy]] = {
    "absent": Absent,
    "broadcast": Broadcast,
    "rebroadcast": Rebroadcast,
    "overacted": Overacted,
    "pulsed": Pulsed,
    "listen_first": ListenFirst,
    "advocate": Advocate,
    "ethnographer": Ethnographer,
    "pitching_manager": PitchingManager,
}
"""Every strategy a scenario can name. The one place where a strategy is registered."""

__all__ = ["STRATEGIES", "Actions", "Answer", "BrandView", "Improve", "Post", "Reach", "Reply", "Strategy"]
