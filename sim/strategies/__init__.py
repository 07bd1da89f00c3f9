"""What brands do. A strategy is a frozen dataclass with one method; its fields are its settings in a scenario file."""

from sim.strategies.actions import (
    PRIMITIVES,
    Actions,
    Ambassadors,
    Answer,
    Ask,
    BrandView,
    Censor,
    Confess,
    Contest,
    Debate,
    Improve,
    Intrude,
    Plant,
    Post,
    Reach,
    Reply,
    Strategy,
    Target,
    checked,
)
from sim.strategies.broadcasting import Absent, Broadcast, Overacted, Pulsed, Rebroadcast
from sim.strategies.campaigning import (
    CensoredDebate,
    Collaborative,
    ContestCampaign,
    Intrusive,
    Monitoring,
    OpenDebate,
)
from sim.strategies.composing import Composed, Scaled, Schedule, Scheduled
from sim.strategies.listening import Advocate, Ethnographer, ListenFirst, PitchingManager
from sim.strategies.recruiting import AmbassadorProgramme, Astroturf, Incoherent, Infiltration, Repentant

STRATEGIES: dict[str, type[Strategy]] = {
    "absent": Absent,
    "broadcast": Broadcast,
    "rebroadcast": Rebroadcast,
    "overacted": Overacted,
    "pulsed": Pulsed,
    "intrusive": Intrusive,
    "contest": ContestCampaign,
    "monitoring": Monitoring,
    "astroturf": Astroturf,
    "infiltration": Infiltration,
    "ambassadors": AmbassadorProgramme,
    "listen_first": ListenFirst,
    "advocate": Advocate,
    "ethnographer": Ethnographer,
    "pitching_manager": PitchingManager,
    "collaborative": Collaborative,
    "open_debate": OpenDebate,
    "censored_debate": CensoredDebate,
    "incoherent": Incoherent,
    "repentant": Repentant,
}
"""Every strategy a scenario can name. The one place where a strategy is registered."""

__all__ = [
    "PRIMITIVES",
    "STRATEGIES",
    "Actions",
    "Ambassadors",
    "Answer",
    "Ask",
    "BrandView",
    "Censor",
    "Composed",
    "Confess",
    "Contest",
    "Debate",
    "Improve",
    "Intrude",
    "Plant",
    "Post",
    "Reach",
    "Reply",
    "Scaled",
    "Schedule",
    "Scheduled",
    "Strategy",
    "Target",
    "checked",
]
