"""The numbers of README.md from the folders of the sweeps:

python experiments/listen_first/finding.py results/listen_first results/listen_first_again results/equal results/equal_again
"""

from __future__ import annotations

import sys

import numpy as np

import sim
from sim.errors import InputError
from sim.report.words import interval
from sim.study.crossing import crossing
from sim.study.pairs import average
from sim.study.robustness import above_zero, standings

FACTORS = ("brand.quality", "policy.listen_first.coverage", "costs.answer", "costs.impression", "costs.margin")


def share(part: np.ndarray) -> str:
    """How many of some points, with the half-width of a 95 % interval in percent."""
    mean = part.mean()
    return f"{mean:.0%} ± {196 * np.sqrt(mean * (1 - mean) / part.size):.0f}"


def by_horizon(found: sim.StudyResults, at: np.ndarray) -> None:
    """How many of the points ``at`` which policy is surely better at, and by how much on the average, at each horizon; and the
    day on which listening overtakes on the average over them."""
    for day in found.study.horizons:
        npv, trust = (
            (found.values(metric, "listen_first", day) - found.values(metric, "broadcast", day))[at]
            for metric in ("npv", "brand_trust")
        )
        here, there, everybody = (found.values("present", policy, day)[at] for policy in ("listen_first", "broadcast", "absent"))
        print(
            f"  day {day}: better {above_zero(npv).mean():.0%}, worse {above_zero(-npv).mean():.0%}; npv "
            f"{interval(average(npv), sign=True)}, trust {trust.mean():+.3f}, present {((here - there) / everybody).mean():+.1%}"
        )
    print(f"  overtakes {overtaking(found, at)}")


def overtaking(found: sim.StudyResults, at: np.ndarray) -> str:
    """When listening overtakes on the average over the points ``at``."""
    mine, other = (found.all_days("npv", policy) for policy in ("listen_first", "broadcast"))
    assert mine is not None
    assert other is not None
    day = crossing((mine - other)[at].mean(axis=0), np.zeros(mine.shape[1:]))
    return f"on day {day.day:.0f} [{day.low:.0f}, {day.high:.0f}] ({day.word})"


def main() -> None:
    for folder in sys.argv[1:]:
        try:
            found = sim.load_study(folder)
        except InputError as error:
            sys.exit(f"{error} Make it with the commands in README.md.")
        print(folder)
        everywhere = np.ones(len(found.study.points), bool)
        by_horizon(found, everywhere)
        for day in found.study.horizons:
            best = {standing.policy: f"{standing.best:.0%} ({standing.surely:.0%})" for standing in standings(found, "npv", day)}
            print(f"  best (surely) on day {day}: {best}")
        if "equal_budget" in found.design:
            for budget in sorted(set(found.design["equal_budget"])):
                print(f"  at {budget:,.0f}:")
                by_horizon(found, found.design["equal_budget"].to_numpy() == budget)
            continue
        ahead = (found.values("npv", "listen_first") - found.values("npv", "broadcast")).mean(axis=1) > 0
        for path in FACTORS:
            thirds = np.array_split(np.argsort(found.design[path].to_numpy()), 3)
            print(f"  ahead in the lower, middle, upper third of {path}: {', '.join(share(ahead[third]) for third in thirds)}")
            print(f"    overtakes there: {', '.join(overtaking(found, third) for third in thirds)}")
        for kind in sorted(set(found.design["graph"])):
            print(f"  ahead in {kind}: {share(ahead[found.design['graph'] == kind])}")


if __name__ == "__main__":
    main()
