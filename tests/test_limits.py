"""Exact limits: the model, reduced by switches and numbers of a scenario, gives results known from theory.

Labels A1 … A21 are those of docs/odd.md, "Exact limits". Where chance is involved the seed is fixed and the tolerance is
stated as a number of standard errors: at 4 standard errors a correct model fails one such test in 15,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from sim.engine import Run
from sim.graph import Graph, read_graph
from sim.metrics import BRAND_METRICS, COMMUNITY_METRICS
from sim.scenario import Policy, parse_scenario
from sim.strategies import STRATEGIES, Absent, Actions, BrandView, Post, Reach
from tests.conftest import real_graph

SILENT: dict[str, Any] = {"activity_median": 0.0}
MUTE: dict[str, Any] = {
    "question_rate": 0.0,
    "praise_rate": 0.0,
    "criticism_rate_angry": 0.0,
    "criticism_rate_distrust": 0.0,
    "repost_organic": 0.0,
    "repost_wom": 0.0,
    "repost_brand": 0.0,
}
NOBODY_KNOWS: dict[str, Any] = {"initial_followers": 0.0, "initial_customers": 0.0, "initial_aware": 0.0}


def cascade_size(run: Run) -> int:
    """Members who have passed the seed on, the author included."""
    run.to_the_end()
    return 1 + int(run.series("reposts").sum())


def percolation(graph: dict[str, Any] | None, p: float, days: int, author: str = "0") -> Any:
    """The reduction to an independent cascade: one post on day 0, everybody passes on what she reads with probability p."""
    return parse_scenario(
        {
            "graph": graph or {"kind": "complete", "members": 2},
            "days": days,
            "burn_in": 0,
            "members": SILENT,
            "speech": {**MUTE, "repost_organic": p, "cascade_days": days + 1},
            "mechanisms": {"trust": False, "attention": False, "unfollow": False, "silence": False},
            "brand": [],
            "policy": [{"strategy": "absent"}],
            "post": [{"day": 0, "member": author}],
        }
    )


def cascade_sizes(scenario: Any, graph: Graph, seeds: range, authors: Any = None) -> np.ndarray:
    """Sizes of independent cascades; ``authors[n]`` starts the n-th."""
    sizes = []
    for n, seed in enumerate(seeds):
        plan = (
            scenario
            if authors is None
            else scenario.model_copy(update={"post": (scenario.post[0]._replace(member=graph.name(int(authors[n]))),)})
        )
        run = Run(plan, "absent", seed, graph)
        while not run.finished:
            run.step()
            if run.series("reposts")[-1] == 0 and run.days_done > 1:
                break
        sizes.append(1 + int(run.series("reposts").sum()))
    return np.array(sizes)


def test_a1_bass() -> None:
    """Complete graph, no trust, unlimited attention, nobody leaves: the discrete Bass recursion."""
    n, p, q, days, worlds = 600, 0.005, 0.06, 80, 6
    scenario = parse_scenario(
        {
            "graph": {"kind": "complete", "members": n},
            "days": days,
            "burn_in": 0,
            "members": SILENT,
            "speech": {**MUTE, "praise_rate": 1.0, "praise_above": 0.4},
            "customers": {"experience_rate": 0.0},
            "leaving": {"churn": 0.0, "churn_distrust": 0.0},
            "events": {"praise_read": {"adoption": q / n}, "ad_read": {"adoption": p}},
            "mechanisms": dict.fromkeys(("trust", "attention", "unfollow", "fatigue", "persuasion_knowledge", "repost"), False),
            "brand": NOBODY_KNOWS,
            "policy": [{"name": "advertise", "strategy": "broadcast", "posts_per_day": 1.0, "paid_reach": 1.0}],
        }
    )
    graph = scenario.make_graph(1)
    paths = np.array([Run(scenario, "advertise", seed, graph).to_the_end().series("adopters") / n for seed in range(worlds)])
    theory, f = [], 0.0
    for _ in range(days):
        f += (1 - f) * (1 - (1 - p) * (1 - q / n) ** (n * f))
        theory.append(f)
    spread = paths.std(axis=0, ddof=1) / np.sqrt(worlds)
    # The recursion is the law of the mean for n → ∞; at n = 600 early chance shifts paths by O(1/√(n·p)) days.
    assert np.abs(paths.mean(axis=0) - theory).max() < 4 * spread.max() + 0.01
    assert theory[-1] > 0.9


@pytest.mark.parametrize(("r", "s"), [(1.2, 0.314), (1.6, 0.642), (2.4, 0.879)])
def test_a3_percolation(r: float, s: float) -> None:
    """Erdős–Rényi: share S = 1 − exp(−R·S) of the members in a large cascade, which is also the chance of one; small
    ones have mean size 1 / (1 − R(1 − S))."""
    n, cascades = 2000, 250
    graph = parse_scenario(
        {"graph": {"kind": "erdos_renyi", "members": n, "mean_degree": 8.0, "reciprocity": 1.0, "seed": 5}}
    ).make_graph(0)
    scenario = percolation(None, r / (graph.n_ties / n), 200)
    assert s == pytest.approx(1 - np.exp(-r * s), abs=0.001)
    authors = np.random.default_rng(1).integers(0, n, cascades)
    sizes = cascade_sizes(scenario, graph, range(cascades), authors)
    large = sizes > 0.1 * n
    assert large.mean() == pytest.approx(s, abs=4 * np.sqrt(s * (1 - s) / cascades))
    assert sizes[large].mean() / n == pytest.approx(s, abs=0.02)
    expected = 1 / (1 - r * (1 - s))
    small = sizes[~large]
    assert small.mean() == pytest.approx(expected, abs=4 * small.std() / np.sqrt(small.size) + 0.02)


def test_a4_path() -> None:
    """A path: the message gets k steps far with probability p^k."""
    n, p, worlds = 30, 0.8, 2000
    follower = np.arange(1, n, dtype=np.int32)
    graph = Graph.from_ties(n, follower, follower - 1)  # i follows i − 1
    scenario = percolation(None, p, n + 2)
    sizes = cascade_sizes(scenario, graph, range(worlds))
    for k in (1, 3, 8):
        reached = (sizes > k).mean()
        assert reached == pytest.approx(p**k, abs=4 * np.sqrt(p**k * (1 - p**k) / worlds))
    assert sizes.mean() == pytest.approx((1 - p**n) / (1 - p), abs=4 * sizes.std() / np.sqrt(worlds))


def non_backtracking_radius(graph: Graph) -> float:
    """Largest eigenvalue of the non-backtracking matrix of an undirected graph, by the Ihara–Bass 2n × 2n matrix."""
    from scipy.sparse import block_array, csr_array, diags_array, eye_array
    from scipy.sparse.linalg import eigs

    n = graph.n_members
    ties = csr_array((np.ones(graph.n_ties), graph.target, graph.start), shape=(n, n))
    degree = diags_array(np.diff(graph.start).astype(float))
    unit = eye_array(n)
    return float(np.abs(eigs(block_array([[ties, unit - degree], [unit, None]]).tocsr(), k=1, v0=np.ones(2 * n))[0][0]))


@pytest.mark.parametrize("source", ["facebook", "synthetic"])
def test_a5_threshold(source: str) -> None:
    """Any graph: hardly any outbreak at p = 1/λ₁ of the non-backtracking matrix, outbreaks from 1.5 to 4 times that."""
    if source == "facebook":
        graph = read_graph(real_graph("facebook_combined.txt"))
        threshold = 1 / non_backtracking_radius(graph)
        assert threshold == pytest.approx(0.0062, abs=0.0001)
    else:
        graph = parse_scenario(
            {"graph": {"kind": "holme_kim", "members": 2000, "ties": 8, "reciprocity": 1.0, "seed": 2}}
        ).make_graph(0)
        threshold = 1 / non_backtracking_radius(graph)
    authors = np.random.default_rng(2).integers(0, graph.n_members, 80)
    mean_sizes = []
    for multiple in (0.5, 1.0, 2.0, 4.0):
        sizes = cascade_sizes(percolation(None, multiple * threshold, 120), graph, range(80), authors)
        mean_sizes.append(sizes.mean() / graph.n_members)
    assert mean_sizes[0] < 0.001
    assert mean_sizes[1] < 0.006
    assert mean_sizes[2] > 4 * mean_sizes[1]
    assert mean_sizes[3] > 0.05


def one_brand(g: float, memory: float, kappa: float, days: int, members: int = 2000, **brand: float) -> Run:
    """Everybody is a customer and has one experience of the product a day, good with probability g."""
    scenario = parse_scenario(
        {
            "graph": {"kind": "erdos_renyi", "members": members, "mean_degree": 0.0},
            "days": days,
            "burn_in": 0,
            "members": SILENT,
            "speech": MUTE,
            "trust": {"memory_brand": memory, "asymmetry": kappa},
            "customers": {"experience_rate": 1.0},
            "leaving": {"churn": 0.0, "churn_distrust": 0.0},
            "mechanisms": {"complaints": False},
            "brand": {"quality": g, "initial_customers": 1.0, "initial_good": 0.0, **brand},
        }
    )
    return Run(scenario, "absent", 3).to_the_end()


def test_a9_mean_evidence() -> None:
    """Good events i.i.d. with probability g: mean r = g/(1 − λ), mean s = κ(1 − g)/(1 − λ)."""
    g, memory, kappa = 0.7, 0.95, 3.5
    run = one_brand(g, memory, kappa, 300)
    relations = run.world.relations
    for evidence, mean, weight in ((relations.good, g, 1.0), (relations.bad, 1 - g, kappa)):
        expected = weight * mean / (1 - memory)
        error = weight * np.sqrt(g * (1 - g) / (1 - memory**2) / 2000)
        assert evidence.mean() == pytest.approx(expected, abs=4 * error)


def test_a10_balance() -> None:
    """Mean evidence balances, r̄ = s̄ and so τ = ½, exactly when g = κ/(1 + κ): above trust wins, below it loses."""
    kappa, memory = 3.0, 0.99
    at = kappa / (1 + kappa)
    tau = {}
    for g in (at - 0.1, at, at + 0.1):
        relations = one_brand(g, memory, kappa, 800).world.relations
        r, s = float(relations.good.mean()), float(relations.bad.mean())
        tau[g] = (r + 1) / (r + s + 2)
    error = np.sqrt(kappa**2 * at * (1 - at) / (1 - memory**2) / 2000) / (4 * 75)
    assert tau[at] == pytest.approx(0.5, abs=4 * error + 1e-3)
    assert tau[at - 0.1] < 0.45
    assert tau[at + 0.1] > 0.55


def test_a11_forgetting() -> None:
    """No events: evidence halves every ln 2/(−ln λ) days, and trust returns to ½."""
    memory = 0.5 ** (1 / 20)
    scenario = parse_scenario(
        {
            "graph": {"kind": "complete", "members": 10},
            "days": 400,
            "burn_in": 0,
            "members": SILENT,
            "speech": MUTE,
            "trust": {"memory_brand": memory},
            "brand": {
                "initial_aware": 1.0,
                "initial_customers": 0.0,
                "initial_followers": 0.0,
                "initial_good": 8.0,
                "initial_bad": 2.0,
            },
        }
    )
    run = Run(scenario, "absent", 1)
    for day in run:
        halvings = day.number / 20
        r, s = 8 * 0.5**halvings, 2 * 0.5**halvings
        assert day["brand_trust"] == pytest.approx((r + 1) / (r + s + 2), rel=1e-5)
        assert day["familiarity"] == pytest.approx((r + s) / (r + s + 2), rel=1e-5)
    assert run.series("brand_trust")[-1] == pytest.approx(0.5, abs=1e-5)


def test_a15_frailty() -> None:
    """Pure-death unfollowing with Gamma frailty of shape k: ties alive (1 + h0·t/k)^−k."""
    n, h0, k, days = 20_000, 0.01, 0.15, 120
    scenario = parse_scenario(
        {
            "graph": {"kind": "watts_strogatz", "members": n, "neighbours": 10, "reciprocity": 1.0, "seed": 1},
            "days": days,
            "burn_in": 0,
            "members": {**SILENT, "frailty_shape": k},
            "speech": MUTE,
            "leaving": {"drift": h0, "mutual_factor": 1.0, "refill": 0.0},
            "brand": [],
            "policy": [{"strategy": "absent"}],
        }
    )
    run = Run(scenario, "absent", 4).to_the_end()
    t = np.arange(1, days + 1)
    alive = 1 - run.series("ties_lost") / run.graph.n_ties
    expected = (1 + h0 * t / k) ** -k
    # Members, not ties, are the independent units: each keeps a share between 0 and 1 of her ties.
    error = np.sqrt(expected * (1 - expected) / n)
    assert (np.abs(alive - expected) < 4.5 * error + 1e-4).all()


def test_a16_exposure() -> None:
    """n exposures a day: the stock settles at n/(1 − δ)."""
    scenario = parse_scenario(
        {
            "graph": {"kind": "complete", "members": 5},
            "days": 120,
            "burn_in": 0,
            "members": SILENT,
            "speech": MUTE,
            "mechanisms": {"attention": False, "persuasion_knowledge": False, "unfollow": False, "migration": False},
            "persuasion": {"carryover": 0.85},
            "policy": [{"name": "loud", "strategy": "broadcast", "posts_per_day": 3.0, "paid_reach": 1.0}],
        }
    )
    run = Run(scenario, "loud", 1).to_the_end()
    assert run.world.relations.exposure == pytest.approx(3 / (1 - 0.85), rel=1e-5)


def test_a17_attention() -> None:
    """Attention m, M items offered: each is read with probability m/M, commercial or not."""
    n, days, attention = 200, 60, 20.0
    scenario = parse_scenario(
        {
            "graph": {"kind": "complete", "members": n},
            "days": days,
            "burn_in": 0,
            "members": {"activity_median": 0.5, "activity_spread": 0.0, "attention_median": attention, "attention_spread": 0.0},
            "speech": MUTE,
            "mechanisms": {"persuasion_knowledge": False, "silence": False, "unfollow": False},
            "policy": [{"name": "loud", "strategy": "broadcast", "posts_per_day": 20.0, "paid_reach": 1.0}],
        }
    )
    run = Run(scenario, "loud", 1)
    offered = reads = commercial_offered = commercial_reads = expected = 0
    for _ in run:
        community, brand = run.world.community_tally.totals(), run.world.brand_tally.totals()
        offered += community.offered
        reads += community.reads
        commercial_reads += community.commercial_reads
        commercial_offered += sum(brand.impressions)
        expected += n * attention
    assert offered > 4 * expected
    assert reads == pytest.approx(expected, abs=4 * np.sqrt(expected))
    share = commercial_offered / offered
    assert commercial_reads / reads == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / reads))


def test_a19_no_brand() -> None:
    """Nobody knows the brand and it does nothing: trust ½ and no adopters for ever, ties the same as without it."""
    base = {"graph": {"kind": "holme_kim", "members": 300, "ties": 4}, "days": 90, "policy": [{"strategy": "absent"}]}
    without = Run(parse_scenario({**base, "brand": []}), "absent", 7).to_the_end()
    unknown = Run(parse_scenario({**base, "brand": NOBODY_KNOWS}), "absent", 7).to_the_end()
    assert (unknown.series("brand_trust") == 0.5).all()
    assert (unknown.series("adopters") == 0).all()
    assert unknown.community.tobytes() == without.community.tobytes()
    for name, array in without.world.ties._asdict().items():
        assert array.tobytes() == getattr(unknown.world.ties, name).tobytes(), name


@dataclass(frozen=True)
class From:
    """Does nothing until a day, then advertises: for the test of common random numbers."""

    start: int

    def decide(self, view: BrandView) -> Actions:
        return Actions(post=Post(2.0), reach=Reach(0.5)) if view.day >= self.start else Actions()


def test_a20_common_random_numbers() -> None:
    """Two strategies give the same days until their first differing action, and not the same ones after it."""
    scenario = parse_scenario({"graph": {"kind": "holme_kim", "members": 300, "ties": 4}, "days": 60})
    silent = Run(scenario, Policy("silent", Absent()), 5).to_the_end()
    later = Run(scenario, Policy("later", From(40)), 5).to_the_end()
    for mine, theirs in ((silent.community, later.community), (silent.brands, later.brands)):
        assert mine[:40].tobytes() == theirs[:40].tobytes()
        assert mine[40:].tobytes() != theirs[40:].tobytes()


@pytest.mark.parametrize("policy", STRATEGIES)
def test_a21_relabelling_members(policy: str) -> None:
    """Renumbered members live the same lives under their new numbers."""
    scenario = parse_scenario(
        {"graph": {"kind": "holme_kim", "members": 250, "ties": 4, "seed": 3}, "days": 50, "speech": {"question_rate": 0.1}}
    )
    graph = scenario.make_graph(0)
    order = np.random.default_rng(0).permutation(graph.n_members)
    one = Run(scenario, policy, 9, graph).to_the_end()
    two = Run(scenario, policy, 9, graph.relabelled(order)).to_the_end()
    for group in ("members", "relations"):
        for name, array in getattr(one.world, group)._asdict().items():
            if name not in ("brand_key", "diary", "n_notes"):
                assert array[order].tobytes() == getattr(two.world, group)._asdict()[name].tobytes(), name
    for p, i in enumerate(order):
        mine = one.world.ties.target[graph.start[i] : graph.start[i + 1]]
        theirs = two.world.ties.target[two.graph.start[p] : two.graph.start[p + 1]]
        assert (np.where(mine >= 0, mine, -1) == np.where(theirs >= 0, order[theirs], -1)).all()
    np.testing.assert_allclose(one.community, two.community, rtol=1e-12)
    np.testing.assert_allclose(one.brands, two.brands, rtol=1e-12)


def test_a21_relabelling_brands() -> None:
    """Brands listed in another order fare the same."""
    first = {"name": "First", "quality": 0.9, "policy": "broadcast"}
    second = {"name": "Second", "quality": 0.6, "policy": "listen_first", "initial_customers": 0.1}
    base = {"graph": {"kind": "holme_kim", "members": 250, "ties": 4, "seed": 3}, "days": 50}
    one = Run(parse_scenario({**base, "brand": [first, second]}), "broadcast", 9).to_the_end()
    two = Run(parse_scenario({**base, "brand": [second, first]}), "listen_first", 9).to_the_end()
    for name in (*BRAND_METRICS, *COMMUNITY_METRICS):
        if name in BRAND_METRICS:
            for brand in ("First", "Second"):
                np.testing.assert_array_equal(one.series(name, brand), two.series(name, brand), err_msg=f"{name} of {brand}")
