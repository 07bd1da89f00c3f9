"""What must hold after every step, whatever the scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given

from sim.engine import Run
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS
from sim.scenario import changed, parse_scenario
from sim.state import ANNOYED, MUTUAL, NOBODY, OUTSIDE, RELAYS, SOUR, out_of_range
from tests.worlds import busy_scenarios


def check(run: Run) -> None:
    world = run.world
    for group in (world.members, world.ties, world.relations, world.outbox, world.brand_day, world.books):
        assert out_of_range(group) == [], type(group).__name__
    relations, tally = world.relations, world.community_tally.totals()
    for evidence in (relations.good, relations.bad):
        assert (evidence >= 0).all()
    assert (relations.hidden <= relations.good).all(), "what was gained in secret is a part of what was gained"
    assert ((world.members.sponsor >= 0) == (world.members.role > 0)).all()
    last = dict(zip(COMMUNITY_METRICS, run.community[world.day], strict=True)) if world.day >= 0 else {}
    outside = int((world.members.space == OUTSIDE).sum())
    assert not last or last["present"] + last["gone"] + outside == world.n_members, "everybody is somewhere"
    tau = (relations.good + 1) / (relations.good + relations.bad + 2)
    assert ((tau > 0) & (tau < 1)).all()
    assert tally.reads <= tally.offered
    assert tally.commercial_reads <= tally.reads
    assert (world.brand_tally.rows["paid_impressions"] <= world.brand_tally.rows["impressions"]).all()
    assert (relations.chance[relations.customer == 1] == 0).all()
    assert (relations.aware >= (relations.customer > 0)).all()
    assert (relations.aware >= (relations.complaint > 0)).all()
    books = world.books
    if world.costs.discount == 0:
        np.testing.assert_allclose(books.value, books.earned - books.spent)
    check_ties(run)
    check_messages(run)


def check_ties(run: Run) -> None:
    world = run.world
    ties = world.ties
    alive = ties.target >= 0
    owner = np.repeat(np.arange(world.n_members), np.diff(ties.start))
    assert (ties.target[alive] != owner[alive]).all(), "nobody follows herself"
    pairs = owner[alive].astype(np.int64) * world.n_members + ties.target[alive]
    assert np.unique(pairs).size == pairs.size, "nobody is followed twice by the same"
    places = np.arange(ties.target.size) - ties.start[owner]
    assert (alive == (places < ties.living[owner])).all(), "living ties fill the first slots of a row"
    assert (ties.status[~alive] == 0).all()
    marked = np.bincount(owner[ties.status & (SOUR | ANNOYED) > 0], minlength=world.n_members) > 0
    assert (ties.marked >= marked).all()
    mutual = ties.reciprocal >= 0
    assert ((ties.status & MUTUAL > 0) == mutual).all()
    slots = np.flatnonzero(mutual)
    back = ties.reciprocal[slots]
    assert (ties.reciprocal[back] == slots).all()
    assert (ties.target[back] == owner[slots]).all()
    assert (owner[back] == ties.target[slots]).all()
    returned = np.isin(ties.target[alive].astype(np.int64) * world.n_members + owner[alive], pairs)
    assert (returned == mutual[alive]).all(), "a tie is mutual exactly when it is returned"
    assert (ties.reciprocal[~alive] == NOBODY).all()


def ties_to(run: Run, members: Any) -> set[tuple[int, int]]:
    """(follower, followed) for each living tie to one of ``members``."""
    ties = run.world.ties
    slots = np.flatnonzero((ties.target >= 0) & members[ties.target])
    owner = np.searchsorted(ties.start, slots, side="right") - 1
    return set(zip(owner.tolist(), ties.target[slots].tolist(), strict=True))


def check_messages(run: Run) -> None:
    outbox, messages = run.world.outbox, run.world.messages
    assert (outbox.own <= outbox.plain).all()
    assert (outbox.plain <= outbox.said).all()
    assert (messages.first == np.cumsum(outbox.said, dtype=np.int64) - outbox.said).all()
    remembered = outbox.relay["cascade"]
    for row in remembered:
        known = row[row >= 0]
        assert np.unique(known).size == known.size, "a cascade is remembered once"
    assert (outbox.fresh < 1 << RELAYS).all()


@given(busy_scenarios())
def test_invariants(plan: dict[str, Any]) -> None:
    scenario = parse_scenario(plan["scenario"])
    run = Run(scenario, plan["policy"], plan["seed"])
    posted: dict[tuple[int, int], int] = {}
    while not run.finished:
        exposed = run.world.members.exposed > 0
        followed = ties_to(run, exposed)
        run.step()
        assert ties_to(run, exposed) <= followed, "nobody who is exposed finds a new follower"
        check(run)
        for i in range(run.graph.n_members):
            first = run.world.messages.first[i]
            for message in run.world.messages.item[first : first + int(run.world.outbox.said[i])]:
                said = (i, int(message["cascade"]))
                posted[said] = posted.get(said, 0) + 1
    assert all(times == 1 for times in posted.values()), "each member posts a cascade at most once"
    if run.days_done:
        brands = dict(zip(BRAND_METRICS, np.moveaxis(run.brands, 2, 0), strict=True))
        community = dict(zip(COMMUNITY_METRICS, run.community.T, strict=True))
        for values in (brands["brand_trust"], brands["distrust_share"], brands["familiarity"], brands["awareness"]):
            assert ((values >= 0) & (values <= 1)).all()
        assert (community["questions"] <= community["organic_posts"]).all()
        started = brands["adopters"][0] - brands["adoptions"][0] if scenario.brand else 0
        flow = np.cumsum(brands["adoptions"] - brands["churned"], axis=0)
        first = brands["customers"][0] - flow[0] if scenario.brand else 0
        np.testing.assert_array_equal(brands["customers"], first + flow)
        assert (np.asarray(started) <= run.graph.n_members).all()
        lost = community["unfollows_drift"] + community["unfollows_distrust"] + community["unfollows_annoyance"]
        np.testing.assert_array_equal(np.diff(community["ties_lost"]), lost[1:])


def test_ties_balance(small: Any) -> None:
    """Ties alive = ties at first − lost + formed."""
    run = Run(changed(small, {"mechanisms.migration": False}), "broadcast", 3)
    for _ in range(small.burn_in):
        run.step()
    before = int((run.world.ties.target >= 0).sum())
    run.to_the_end()
    assert run.series("ties_alive")[-1] == before - run.series("ties_lost")[-1] + run.series("ties_formed").sum()
