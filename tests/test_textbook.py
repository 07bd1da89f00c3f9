"""The kernels against the slow textbook version: equal to the bit, day by day, on random small communities."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import Run
from sim.scenario import parse_scenario
from sim.state import KINDS, KNOWN, ROLES, SPACES
from tests.textbook import Textbook
from tests.worlds import busy_scenarios


def assert_same(run: Run, book: Textbook) -> None:
    world = run.world
    for i, person in enumerate(book.members):
        assert float(world.members.knowledge[i]) == person.knowledge, f"knowledge of {i}"
        assert float(world.members.clutter[i]) == person.clutter, f"clutter of {i}"
        assert ROLES[world.members.role[i]] == person.role
        assert SPACES[world.members.space[i]] == person.space
        assert (int(world.members.sponsor[i]), bool(world.members.exposed[i])) == (person.sponsor, person.exposed)
        first = world.ties.start[i]
        assert int(world.ties.living[i]) == len(person.ties)
        for k, tie in enumerate(person.ties):
            assert int(world.ties.target[first + k]) == tie.target, f"slot {k} of {i}"
            stored = float(world.ties.good[first + k]), float(world.ties.bad[first + k])
            assert stored == (tie.good, tie.bad), f"tie {i} → {tie.target}"
            assert bool(world.ties.status[first + k] & KNOWN) == tie.known
            back = int(world.ties.reciprocal[first + k])
            mutual = [k2 for k2, t in enumerate(book.members[tie.target].ties) if t.target == i]
            assert back == (world.ties.start[tie.target] + mutual[0] if mutual else -1)
        for b, opinion in enumerate(person.opinions):
            relations = world.relations
            for name in ("good", "bad", "hidden", "exposure", "scandal", "aware", "follows", "customer", "complaint", "angry"):
                assert float(getattr(relations, name)[i, b]) == float(getattr(opinion, name)), (
                    f"{name} of {i}, brand {b}, day {book.day}"
                )
        assert int(world.outbox.said[i]) == len(person.said)
        messages = world.messages.item[world.messages.first[i] :][: len(person.said)]
        for ours, theirs in zip(messages, person.said, strict=True):
            told = (int(ours["cascade"]), int(ours["origin"]), KINDS[ours["kind"]], int(ours["depth"]))
            assert told == (theirs.cascade, theirs.origin, theirs.kind, theirs.depth)
    assert world.brand_day.quality.tolist() == book.quality
    for b, (answered, replied) in enumerate(book.served):
        assert (int(world.brand_day.answers[b]), int(world.brand_day.replies[b])) == (answered, replied)


@given(busy_scenarios())
def test_kernels_equal_the_textbook(plan: dict) -> None:
    scenario = parse_scenario(plan["scenario"])
    run = Run(scenario, plan["policy"], plan["seed"])
    book = Textbook(run)
    for _ in range(scenario.burn_in + scenario.days):
        run.step()
        book.live()
        assert_same(run, book)


@given(st.integers(0, 2**53), st.integers(0, 40), st.integers(0, 10_000), st.integers(0, 2**62), st.integers(0, 2**40))
def test_the_hash_is_the_one_described(seed: int, stream: int, step: int, who: int, which: int) -> None:
    from sim.kernels import draws
    from tests import textbook

    key = draws.stream_key(seed, stream, step)
    assert int(key) == textbook.absorb(textbook.absorb(textbook.absorb(0x6D75726D7572, seed), stream), step)
    out = np.empty(1)
    draws.uniforms(np.uint64(key), np.array([who], np.uint64), which, out)
    assert out[0] == textbook.unit(textbook.absorb(textbook.absorb(int(key), who), which))
