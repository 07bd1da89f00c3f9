"""The numbers of README.md from the folders of the two sweeps:

python experiments/listen_first/finding.py results/listen_first results/listen_first_again results/equal results/equal_again
"""

from __future__ import annotations

import sys

import numpy as np

import sim
from sim.study.robustness import above_zero

FACTORS = ("brand.quality", "policy.listen_first.coverage", "costs.answer", "costs.impression", "costs.margin")


def share(part: np.ndarray) -> str:
    """How many of some points, with the half-width of a 95 % interval in percent."""
    mean = part.mean()
    return f"{mean:.0%} ± {196 * np.sqrt(mean * (1 - mean) / part.size):.0f}"


def by_horizon(found: sim.StudyResults, at: np.ndarray) -> None:
    """How many of the points ``at`` which policy is surely better at, and by how much on the average, at each horizon."""
    for day in found.study.horizons:
        npv, trust = (
            (found.values(metric, "listen_first", day) - found.values(metric, "broadcast", day))[at]
            for metric in ("npv", "brand_trust")
        )
        here, there, everybody = (found.values("present", policy, day)[at] for policy in ("listen_first", "broadcast", "absent"))
        print(
            f"  day {day}: better {above_zero(npv).mean():.0%}, worse {above_zero(-npv).mean():.0%}; npv {npv.mean():+,.0f}, "
            f"trust {trust.mean():+.3f}, present {((here - there) / everybody).mean():+.1%}"
        )


def main() -> None:
    for folder in sys.argv[1:]:
        found = sim.load_study(folder)
        print(folder)
        everywhere = np.ones(len(found.study.points), bool)
        by_horizon(found, everywhere)
        if "equal_budget" in found.design:
            for budget in sorted(set(found.design["equal_budget"])):
                print(f"  at {budget:,.0f}:")
                by_horizon(found, found.design["equal_budget"].to_numpy() == budget)
            continue
        ahead = (found.values("npv", "listen_first") - found.values("npv", "broadcast")).mean(axis=1) > 0
        for path in FACTORS:
            thirds = np.array_split(ahead[np.argsort(found.design[path].to_numpy())], 3)
            print(f"  ahead in the lower, middle, upper third of {path}: {', '.join(map(share, thirds))}")
        for kind in sorted(set(found.design["graph"])):
            print(f"  ahead in {kind}: {share(ahead[found.design['graph'] == kind])}")


if __name__ == "__main__":
    main()
