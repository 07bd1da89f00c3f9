"""Step 6: adoption (L3), experience of the product, complaints."""

from __future__ import annotations

from sim.kernels import adopting as kernels
from sim.kernels import draws
from sim.world import World


def adopt(world: World) -> None:
    """Members become customers; customers use the product, complain, and lose patience with silence."""
    world.crew.each(
        kernels.adopt,
        world.key(draws.ADOPT),
        world.members,
        world.relations,
        world.brand_day,
        world.numbers,
        world.brand_tally.rows,
    )
