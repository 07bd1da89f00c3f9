"""Step 6: adoption, and what customers live through with the product."""

from __future__ import annotations

import numpy as np

from sim.event_rows import BAD_EXPERIENCE, COMPLAINT_IGNORED, GOOD_EXPERIENCE
from sim.kernels.diary import note
from sim.kernels.draws import absorb, unit
from sim.kernels.evidence import experience
from sim.kernels.jit import kernel, part
from sim.laws import Laws
from sim.state import (
    BECAME_CUSTOMER,
    COMPLAINED,
    FOLLOWED_BRAND,
    NOBODY,
    PLANTED,
    PLATFORM,
    BrandDay,
    Members,
    Records,
    Relations,
)


@part
def adopt_if(
    i: int, b: int, coin: np.uint64, c: int, members: Members, relations: Relations, laws: Laws, brands: Records
) -> None:
    """Member i becomes a customer of b with the chance built up so far today (then cleared). Accounts that only
    pose as members buy nothing."""
    chance = np.float64(relations.chance[i, b])
    relations.chance[i, b] = 0.0
    if chance > 0.0 and relations.customer[i, b] != 1 and members.role[i] != PLANTED and unit(coin) < chance:
        if relations.customer[i, b] == 0:
            brands[c, b].adoptions += 1
        else:
            brands[c, b].returns += 1
        relations.customer[i, b] = 1
        if members.diary.size > 0:
            note(BECAME_CUSTOMER, i, b, NOBODY, chance, 0.0, 0.0, members)
        if not relations.follows[i, b] and unit(absorb(coin, 1)) < laws.customers.follow_share:
            relations.follows[i, b] = 1
            brands[c, b].follows += 1
            if members.diary.size > 0:
                note(FOLLOWED_BRAND, i, b, NOBODY, 1.0, 0.0, 0.0, members)


@kernel
def adopt(
    c: int,
    lo: int,
    hi: int,
    key: np.uint64,
    members: Members,
    relations: Relations,
    day: BrandDay,
    numbers: Records,
    brands: Records,
) -> None:
    """Members lo … hi − 1 adopt (L3), use the product, complain, and lose patience.

    ``key``: the day's key of stream ADOPT. Writes relations.customer, .follows, .chance, .good, .bad, .complaint, .angry;
    the tallies of adoption, complaints and follows.
    """
    laws = numbers[0]
    law = laws.customers
    for i in range(lo, hi):
        for b in range(relations.good.shape[1]):
            if not relations.aware[i, b]:
                continue
            mine = absorb(absorb(key, members.key[i]), relations.brand_key[b])
            if relations.angry[i, b] > 0:
                relations.angry[i, b] -= 1
            if relations.complaint[i, b] > 0:
                relations.complaint[i, b] += 1
                if relations.complaint[i, b] > law.patience_days:
                    relations.complaint[i, b] = 0
                    relations.angry[i, b] = law.anger_days
                    brands[c, b].ignored += 1
                    experience(COMPLAINT_IGNORED, i, b, 1.0, 1.0, 0.0, NOBODY, members, relations, laws)
            if relations.customer[i, b] == 1:
                relations.chance[i, b] = 0.0
                if unit(mine) < law.experience_rate:
                    coin = absorb(mine, 1)
                    if unit(coin) < day.quality[b]:
                        experience(GOOD_EXPERIENCE, i, b, 1.0, 1.0, 0.0, NOBODY, members, relations, laws)
                    else:
                        experience(BAD_EXPERIENCE, i, b, 1.0, 1.0, 0.0, NOBODY, members, relations, laws)
                        if relations.complaint[i, b] == 0 and unit(absorb(coin, 1)) < law.complaint_share:
                            relations.complaint[i, b] = 1
                            brands[c, b].complaints += members.space[i] == PLATFORM
                            if members.diary.size > 0:
                                note(COMPLAINED, i, b, NOBODY, 1.0, 0.0, 0.0, members)
            else:
                adopt_if(i, b, absorb(mine, 2), c, members, relations, laws, brands)
