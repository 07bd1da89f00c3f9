"""Murmur: an online community absorbing marketing infiltration.

::

    import sim
    found = sim.compare(sim.load_scenario("default"), ["absent", "broadcast", "listen_first"], worlds=5)
    model = sim.CommunityModel(policy="broadcast")        # the same as a Mesa model

Names are imported when they are first used, so that ``import sim`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.community import CommunityModel
    from sim.engine import Run
    from sim.errors import InputError
    from sim.graph import Graph, read_graph
    from sim.scenario import Policy, Scenario, load_scenario, parse_scenario
    from sim.study.compare import Comparison, compare
    from sim.study.conduct import sweep
    from sim.study.outcome import StudyResults, load_study
    from sim.study.study import Study

__version__ = "0.1.0"

_HOMES = {
    "CommunityModel": "sim.community",
    "Comparison": "sim.study.compare",
    "Graph": "sim.graph",
    "InputError": "sim.errors",
    "Policy": "sim.scenario",
    "Run": "sim.engine",
    "Scenario": "sim.scenario",
    "compare": "sim.study.compare",
    "Study": "sim.study.study",
    "StudyResults": "sim.study.outcome",
    "load_scenario": "sim.scenario",
    "load_study": "sim.study.outcome",
    "parse_scenario": "sim.scenario",
    "read_graph": "sim.graph",
    "sweep": "sim.study.conduct",
}

__all__ = [
    "CommunityModel",
    "Comparison",
    "Graph",
    "InputError",
    "Policy",
    "Run",
    "Scenario",
    "Study",
    "StudyResults",
    "__version__",
    "compare",
    "load_scenario",
    "load_study",
    "parse_scenario",
    "read_graph",
    "sweep",
]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
