"""Step 1: what fades overnight."""

from __future__ import annotations

from sim.kernels import forgetting as kernels
from sim.world import World

_RENEW_BELOW = 1e-3
"""Stored tie evidence grows as 1/tie_scale; below this it is brought back to true units, long before single precision suffers."""


def forget(world: World) -> None:
    """Evidence, exposure stock and persuasion knowledge decay by one day."""
    laws = world.laws
    world.crew.each(kernels.forget, world.members, world.relations, world.numbers)
    if laws.trust.learned:
        world.tie_scale *= laws.trust.memory_tie
    if world.tie_scale < _RENEW_BELOW:
        kernels.rescale(0, world.graph.n_ties, world.tie_scale, world.ties)
        world.tie_scale = 1.0
