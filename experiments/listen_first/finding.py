"""The numbers of README.md from the folders of the two sweeps:

python experiments/listen_first/finding.py results/listen_first results/listen_first_again
"""

from __future__ import annotations

import sys

import numpy as np

import sim
from sim.report.answers import shares

FACTORS = ("brand.quality", "policy.listen_first.coverage", "costs.answer", "costs.impression", "costs.margin")


def share(part: np.ndarray) -> str:
    """How many of some points, with the half-width of a 95 % interval in percent."""
    mean = part.mean()
    return f"{mean:.0%} ± {196 * np.sqrt(mean * (1 - mean) / part.size):.0f}"


def main() -> None:
    for folder in sys.argv[1:]:
        found = sim.load_study(folder)
        print(folder)
        for day in found.study.horizons:
            better, worse, _ = shares(found, "listen_first", "broadcast", "npv", day)
            npv, trust = (
                (found.values(metric, "listen_first", day) - found.values(metric, "broadcast", day)).mean()
                for metric in ("npv", "brand_trust")
            )
            here, there, everybody = (found.values("present", policy, day) for policy in ("listen_first", "broadcast", "absent"))
            stay = ((here - there) / everybody).mean()
            print(
                f"  day {day}: better {better:.0%}, worse {worse:.0%}; npv {npv:+,.0f}, trust {trust:+.3f}, present {stay:+.1%}"
            )
        ahead = (found.values("npv", "listen_first") - found.values("npv", "broadcast")).mean(axis=1) > 0
        for path in FACTORS:
            thirds = np.array_split(ahead[np.argsort(found.design[path].to_numpy())], 3)
            print(f"  ahead in the lower, middle, upper third of {path}: {', '.join(map(share, thirds))}")
        for kind in sorted(set(found.design["graph"])):
            print(f"  ahead in {kind}: {share(ahead[found.design['graph'] == kind])}")


if __name__ == "__main__":
    main()
