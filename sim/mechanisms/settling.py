"""Step 9, the books: what the day cost and earned."""

from __future__ import annotations

import numpy as np

from sim.world import World


def settle(world: World) -> None:
    """Pay for posts, ambassadors, paid impressions, answers, replies and improvements; take the margin on customers; discount."""
    if world.day < 0:
        return
    books, day, costs = world.books, world.brand_day, world.costs
    rewards = [actions.contest.reward if actions.contest is not None else 0.0 for actions in world.actions]
    paid = world.brand_tally.rows["paid_impressions"].sum(axis=0)
    customers = np.count_nonzero(world.relations.customer == 1, axis=0)
    books.spent_today[:] = (
        (day.posts + day.questions) * costs.post
        + day.planted_posts * costs.planted_post
        + day.ambassador_posts * costs.ambassador_post
        + paid * costs.impression
        + day.answers * costs.answer
        + (day.replies + day.debates + day.intrusions) * costs.reply
        + day.deletions * costs.deletion
        + day.entries * np.array(rewards) * costs.prize
        + day.improvements * costs.improvement
    )
    books.earned_today[:] = customers * costs.margin
    books.spent[:] += books.spent_today
    books.earned[:] += books.earned_today
    books.value[:] += (books.earned_today - books.spent_today) * (1.0 - costs.discount) ** world.day
    books.adopters[:] += world.brand_tally.rows["adoptions"].sum(axis=0)
