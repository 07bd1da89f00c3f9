"""Step 9, the books: what the day cost and earned."""

from __future__ import annotations

import numpy as np

from sim.world import World


def settle(world: World) -> None:
    """Pay for all that was done; take the margin on customers; discount."""
    if world.day < 0:
        return
    books, costs = world.books, world.costs
    paid = world.brand_tally.totals()
    customers = np.count_nonzero(world.relations.customer == 1, axis=0).tolist()
    for b, actions in enumerate(world.actions):
        done = {name: array[b].item() for name, array in world.brand_day._asdict().items()}
        spent = (
            (done["posts"] + done["questions"] + done["removed"]) * costs.post
            + done["planted"] * costs.planted_account
            + done["recruited"] * costs.recruit
            + done["planted_posts"] * costs.planted_post
            + done["ambassador_posts"] * costs.ambassador_post
            + paid.paid_impressions[b] * costs.impression
            + done["answers"] * costs.answer
            + (done["replies"] + done["debates"] + done["intrusions"]) * costs.reply
            + done["deletions"] * costs.deletion
            + done["improvements"] * costs.improvement
        )
        if actions.contest is not None:
            spent += done["entries"] * actions.contest.reward * costs.prize
        earned = customers[b] * costs.margin
        books.spent_today[b] = spent
        books.earned_today[b] = earned
        books.spent[b] += spent
        books.earned[b] += earned
        books.value[b] += (earned - spent) * (1.0 - costs.discount) ** world.day
        books.adopters[b] += paid.adoptions[b]
