"""How each fact is measured: a function from a laboratory to one value per world."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from sim.engine import Run
from sim.graph import GRAPH_KINDS
from sim.scenario import Policy
from sim.state import CRITICISM, DISCLOSED, F64, HIDDEN, I64
from sim.strategies import Post, Schedule, Scheduled
from sim.strategies.broadcasting import Broadcast, Overacted
from sim.strategies.recruiting import AmbassadorProgramme
from sim.validation.lab import Lab, once


@once
def bass(lab: Lab) -> tuple[F64, F64]:
    """(p, q) per year of a Bass curve fitted to six yearly counts of first adoptions, m free."""
    from scipy import optimize

    found = []
    for result in lab.results("broadcast", {"days": 2160}):
        counted = result.series("adopters")
        adopters = np.concatenate([[0.0], counted[359::360] - counted[0]])
        years = np.arange(adopters.size, dtype=np.float64)

        def miss(log: F64, adopters: F64 = adopters, years: F64 = years) -> F64:
            p, q, m = np.exp(log)
            curve = m * (1 - np.exp(-(p + q) * years)) / (1 + q / p * np.exp(-(p + q) * years))
            return np.asarray(curve - adopters)

        fit = optimize.least_squares(miss, np.log([0.03, 0.4, max(10.0, 1.2 * adopters[-1])]), bounds=(-12, 12))
        found.append(np.exp(fit.x[:2]))
    p, q = np.array(found).T
    return p, q


@once
def cascades(lab: Lab) -> tuple[F64, F64]:
    """(share of originals never passed on, share passed on three or more steps), over all originals of a year."""

    def watch(run: Run) -> tuple[int, Any, Any]:
        posted = run.world.messages.item[: run.world.n_posted]
        passed = posted[posted["depth"] > 0]
        return int((posted["depth"] == 0).sum()), passed["cascade"].copy(), passed["cascade"][passed["depth"] > 2].copy()

    shares = []
    for days in lab.watched("absent", watch):
        originals = sum(n for n, _, _ in days)
        passed, deep = (np.unique(np.concatenate([day[k] for day in days])).size for k in (1, 2))
        shares.append((1 - passed / originals, deep / originals))
    single, deeper = np.array(shares).T
    return single, deeper


def volume_elasticity(lab: Lab) -> F64:
    """Adoptions against word of mouth of both signs, a tenth more."""
    speech = lab.scenario.speech
    rates = ("praise_rate", "criticism_rate_angry", "criticism_rate_distrust")
    return _wom_elasticity(lab, {f"speech.{name}": getattr(speech, name) * 1.1 for name in rates}, _volume)


def valence_elasticity(lab: Lab) -> F64:
    """Adoptions against the praising share of word of mouth: a tenth more praise, and less criticism."""
    speech = lab.scenario.speech
    less = {f"speech.{name}": getattr(speech, name) * 0.7 for name in ("criticism_rate_angry", "criticism_rate_distrust")}
    return _wom_elasticity(lab, {"speech.praise_rate": speech.praise_rate * 1.1, **less}, _valence)


def _volume(praise: F64, criticism: F64) -> F64:
    return praise + criticism


def _valence(praise: F64, criticism: F64) -> F64:
    return praise / (praise + criticism)


def _wom_elasticity(lab: Lab, changes: dict[str, float], cause: Any) -> F64:
    counts = [[lab.total(metric, "broadcast", c) for metric in ("adoptions", "praise", "criticism")] for c in (changes, None)]
    (more, *said), (base, *base_said) = counts
    return elasticity(more, base, cause(*said), cause(*base_said))


def elasticity(outcome: F64, base_outcome: F64, cause: F64, base_cause: F64) -> F64:
    """Relative change of an outcome per relative change of a cause (logarithms). Worlds are pooled, each left out once
    (jackknife): the ratio of two small differences in one world is no number to average."""

    def pooled(kept: I64) -> float:
        def change(now: F64, before: F64) -> np.float64:
            return np.float64(np.log(now[kept].sum() / before[kept].sum()))

        return change(outcome, base_outcome) / change(cause, base_cause)

    n = outcome.size
    everything = pooled(np.arange(n))
    return np.array([n * everything - (n - 1) * pooled(np.delete(np.arange(n), k)) for k in range(n)])


def long_advertising_elasticity(lab: Lab) -> F64:
    """Adoptions of a year against posts: two a day, the default, against one."""
    base, more = broadcasting(1.0), broadcasting(2.0)
    return elasticity(*(lab.total(metric, policy) for metric in ("adoptions", "brand_posts") for policy in (more, base)))


def short_advertising_elasticity(lab: Lab) -> F64:
    """Adoptions of one month against its posts: two a day against one, after half a year of one a day."""
    begin, end = 180, 210
    base = broadcasting(1.0)
    month = Scheduled(Post(2.0), Schedule(from_day=begin, until_day=end))
    more = Policy("a louder month", base.strategy, actions=(month,))
    counts = []
    for metric in ("adoptions", "brand_posts"):
        counts += [np.array([r.series(metric)[begin:end].sum() for r in lab.results(policy)]) for policy in (more, base)]
    return elasticity(*counts)


def broadcasting(rate: float) -> Policy:
    """Broadcasting at another rate."""
    return Policy(f"broadcast {rate}", Broadcast(posts_per_day=rate))


def viral_criticism(lab: Lab) -> F64:
    """Share of criticisms that at least two members passed on."""

    def watch(run: Run) -> tuple[int, Any]:
        posted = run.world.messages.item[: run.world.n_posted]
        critical = posted[posted["kind"] == CRITICISM]
        return int((critical["depth"] == 0).sum()), critical["cascade"][critical["depth"] > 0].copy()

    shares = []
    for days in lab.watched("absent", watch):
        _, times = np.unique(np.concatenate([passed for _, passed in days]), return_counts=True)
        shares.append((times >= 2).sum() / sum(n for n, _ in days))
    return np.array(shares)


def top_writers(lab: Lab) -> F64:
    """Share of a year's own posts that the most active 1 % wrote."""
    shares = []
    for days in lab.watched("absent", lambda run: run.world.outbox.own.astype(np.int64)):
        written = np.sort(np.sum(days, axis=0))[::-1]
        shares.append(written[: max(1, written.size // 100)].sum() / written.sum())
    return np.array(shares)


@once
def unfollowing(lab: Lab) -> dict[str, F64]:
    """What became of the ties of day 0 by day 51, when nobody follows anew."""

    def watch(run: Run) -> Any:
        if run.world.day not in (0, 51):
            return None
        ties = run.world.ties
        alive = np.flatnonzero(ties.target >= 0)
        owner = np.searchsorted(ties.start, alive, side="right") - 1
        return owner.astype(np.int64) * run.world.n_members + ties.target[alive], ties.reciprocal[alive] >= 0

    values: dict[str, list[float]] = {name: [] for name in ("ties", "members", "one_way", "ratio")}
    for days in lab.watched("absent", watch, {"mechanisms.refollow": False, "days": 52}):
        (before, mutual), (after, _) = days[0], days[51]
        gone = ~np.isin(before, after)
        follower = before // lab.graph.n_members
        values["ties"].append(gone.mean())
        values["members"].append(np.unique(follower[gone]).size / np.unique(follower).size)
        values["one_way"].append(gone[~mutual].mean())
        values["ratio"].append(gone[mutual].mean() / gone[~mutual].mean())
    return {name: np.array(found) for name, found in values.items()}


def promotional_unfollows(lab: Lab) -> F64:
    """Share of a broadcasting brand's lost followers that it lost for too many posts."""
    causes = [lab.total(f"brand_unfollows_{why}", "broadcast") for why in ("overexposure", "drift", "distrust")]
    return causes[0] / sum(causes)


def weight_of_bad(lab: Lab) -> F64:
    """κ times the row of the event table: an input, held against data."""
    numbers = lab.scenario.events
    weight = lab.scenario.trust.asymmetry * numbers.bad_experience.loss / numbers.good_experience.gain
    return np.full(len(lab.seeds), weight)


def clustering_of_criticism(lab: Lab) -> F64:
    """Chance of another criticism among the next five words of mouth read after a first, per the chance from its share."""
    ratios = []
    for heard in lab.told(("praise_read", "criticism_read"), "absent", {"days": 180}):
        share = (heard.event == "criticism_read").mean()
        again = []
        for _, mine in heard.groupby("member"):
            critical = (mine.event == "criticism_read").to_numpy()
            first = int(np.argmax(critical))
            if critical.any() and critical.size >= first + 6:
                again.append(critical[first + 1 : first + 6].any())
        ratios.append(sum(again) / len(again) / (1 - (1 - share) ** 5) if again else np.nan)
    return np.array(ratios)


@once
def disclosure(lab: Lab) -> tuple[F64, F64]:
    """(trust under disclosed less covert ambassadors, reposts per post of the first per the second); nobody finds out."""
    found = {}
    modes: tuple[tuple[Literal["disclosed", "covert"], np.uint8], ...] = (("disclosed", DISCLOSED), ("covert", HIDDEN))
    for mode, kind in modes:

        def watch(run: Run, kind: np.uint8 = kind) -> tuple[int, int, float]:
            posted = run.world.messages.item[: run.world.n_posted]
            ours = posted["depth"][posted["kind"] == kind]
            return int((ours == 0).sum()), int((ours > 0).sum()), float(run.series("brand_trust")[-1])

        found[mode] = lab.watched(Policy(mode, AmbassadorProgramme(mode=mode)), watch, {"mechanisms.discovery": False})
    trust = {mode: np.array([days[-1][2] for days in worlds]) for mode, worlds in found.items()}
    relayed = {
        mode: np.array([sum(d[1] for d in days) / sum(d[0] for d in days) for days in worlds]) for mode, worlds in found.items()
    }
    return trust["disclosed"] - trust["covert"], relayed["disclosed"] / relayed["covert"]


def betrayal(lab: Lab) -> F64:
    """Mean fall of trust on seeing through: those who trusted most less those who trusted least."""
    differences = []
    for seen in lab.told(("seen_through",), "astroturf", {"discovery.chance": 0.003}):
        fall = (seen.trust_before - seen.trust_after).to_numpy()
        before = seen.trust_before.to_numpy()
        low, high = np.quantile(before, [1 / 3, 2 / 3])
        differences.append(fall[before >= high].mean() - fall[before <= low].mean())
    return np.array(differences)


def tone(lab: Lab, evidence: float) -> F64:
    """Mean trust after 30 days of posts in a warm tone less in a plain one; everybody begins with this much good evidence."""
    known = {"brand.initial_good": evidence, "brand.initial_bad": evidence / 4, "brand.initial_aware": 1.0}
    changes = {"days": 30, "brand.initial_followers": 0.5, **known}
    warm = lab.last("brand_trust", Policy("warm", Overacted(tone=0.5)), changes)
    return np.asarray(warm - lab.last("brand_trust", "broadcast", changes))


def best_rate(lab: Lab) -> F64:
    """Posts a day with the best NPV."""
    rates = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
    npv = np.stack([lab.last("npv", broadcasting(rate)) for rate in rates])
    best: F64 = np.array(rates)[npv.argmax(axis=0)]
    return best


@once
def synthetic(lab: Lab) -> dict[str, F64]:
    """The default synthetic community, one per world."""
    graphs = [GRAPH_KINDS["holme_kim"]().generate(seed) for seed in lab.seeds]
    plain = [GRAPH_KINDS["erdos_renyi"]().generate(seed) for seed in lab.seeds]

    def top(graph: Any) -> float:
        followers = np.sort(graph.n_followers)[::-1]
        return float(followers[: followers.size // 100].sum() / followers.sum())

    return {
        "clustering": np.array([graph.summary()["clustering"] for graph in graphs]),
        "reciprocity": np.array([graph.reciprocity for graph in graphs]),
        "tail": np.array([top(graph) / top(other) for graph, other in zip(graphs, plain, strict=True)]),
    }
