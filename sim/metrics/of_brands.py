"""What is measured of each brand."""

from __future__ import annotations

import numpy as np

from sim.metrics.metric import Metric, Series, share

SHOCK = 0.02
"""Falls of mean trust below this are noise, from which nothing recovers."""


def fall(days: Series) -> tuple[float, float]:
    """(depth of the deepest fall of mean brand trust, days it spends below the middle of that fall).

    A fall is deep against the highest day before it; there is nothing to recover from when it is below :data:`SHOCK`.
    """
    trust = days("brand_trust")
    before = np.maximum.accumulate(trust)
    low = int(np.argmax(before - trust))
    depth = float(before[low] - trust[low])
    if not depth >= SHOCK:
        return depth, depth * 0.0  # unknown stays unknown
    middle = before[low] - depth / 2
    onset = low - int(np.argmax(trust[low::-1] >= middle)) + 1
    after = trust[low:] >= middle
    end = low + int(np.argmax(after)) if after.any() else trust.size
    return depth, float(end - onset)


OF_BRANDS: dict[str, Metric] = {
    # the brand's own affairs
    "npv": Metric(
        "net present value since entry: margin on customers less costs, discounted; what customers bring later is not counted",
        "money",
        "brand",
        "last",
        brand=lambda b: b.value,
        better=+1,
    ),
    "customers": Metric("active customers", "members", "brand", "last", brand=lambda b: b.sums.customers, better=+1),
    "adopters": Metric("members who have ever been customers", "members", "brand", "last", brand=lambda b: b.adopters, better=+1),
    "adoptions": Metric(
        "members who became customers today, returns included",
        "members/day",
        "brand",
        "sum",
        brand=lambda b: b.count.adoptions + b.count.returns,
    ),
    "churned": Metric("customers lost today", "members/day", "brand", "sum", brand=lambda b: b.count.churned),
    "churned_distrust": Metric("… of whom for distrust", "members/day", "brand", "sum", brand=lambda b: b.count.churned_distrust),
    "revenue": Metric("margin on customers today", "money/day", "brand", "sum", brand=lambda b: b.earned_today, better=+1),
    "cost": Metric("money spent today", "money/day", "brand", "sum", brand=lambda b: b.spent_today),
    "roi": Metric(
        "earned less spent since entry, per money spent",
        "–",
        "brand",
        "last",
        brand=lambda b: share(b.earned - b.spent, b.spent),
    ),
    "brand_trust": Metric(
        "mean trust in the brand over all members (one half: neutral)",
        "–",
        "brand",
        "last",
        brand=lambda b: b.sums.trust / b.n,
        better=+1,
    ),
    "distrust_share": Metric(
        "share of the members with trust below .35", "–", "brand", "last", brand=lambda b: b.sums.distrusting / b.n, better=-1
    ),
    "familiarity": Metric(
        "mean familiarity with the brand", "–", "brand", "last", brand=lambda b: b.sums.familiarity / b.n, better=+1
    ),
    "praise": Metric("positive word of mouth", "posts/day", "brand", "sum", brand=lambda b: b.count.praise, better=+1),
    "criticism": Metric("negative word of mouth", "posts/day", "brand", "sum", brand=lambda b: b.count.criticism, better=-1),
    "wom_ratio": Metric(
        "positive word of mouth per negative over the run, one added to each so that it is known without any",
        "–",
        "brand",
        "run",
        run=lambda days: (days("praise").sum() + 1.0) / (days("criticism").sum() + 1.0),
        better=+1,
    ),
    "trust_fall": Metric(
        "deepest fall of trust in the brand below an earlier day's",
        "–",
        "brand",
        "run",
        run=lambda days: fall(days)[0],
        better=-1,
    ),
    "recovery_days": Metric(
        "days trust spends below the middle of that fall, if it is at least .02 deep; to the end of the run if it stays there",
        "days",
        "brand",
        "run",
        run=lambda days: fall(days)[1],
        better=-1,
    ),
    "complaints": Metric("complaints in public", "per day", "brand", "sum", brand=lambda b: b.count.complaints),
    "complaints_ignored": Metric(
        "complaints that ran out of patience", "per day", "brand", "sum", brand=lambda b: b.count.ignored
    ),
    "complaints_resolved": Metric("complaints resolved by a reply", "per day", "brand", "sum", brand=lambda b: b.resolved),
    "contributions": Metric(
        "answers to the brand's open questions", "posts/day", "brand", "sum", brand=lambda b: b.count.contributions
    ),
    "debates": Metric("criticisms the brand replied to in public", "per day", "brand", "sum", brand=lambda b: b.debates),
    "deletions": Metric("criticisms the brand had deleted", "per day", "brand", "sum", brand=lambda b: b.deletions),
    "deletions_seen": Metric(
        "deletions that readers noticed", "per day", "brand", "sum", brand=lambda b: b.count.witnessed, better=-1
    ),
    "intrusions": Metric("mentions the brand replied to unasked", "per day", "brand", "sum", brand=lambda b: b.intrusions),
    "secret_reads": Metric(
        "reads of praise that was ordered in secret and taken for honest",
        "items/day",
        "brand",
        "sum",
        brand=lambda b: b.count.secret_reads,
    ),
    "discoveries": Metric(
        "… and reads of it that are seen through", "per day", "brand", "sum", brand=lambda b: b.count.discoveries
    ),
    "exposes": Metric(
        "posts that name an account that speaks for the brand in secret",
        "posts/day",
        "brand",
        "sum",
        brand=lambda b: b.count.exposes,
        better=-1,
    ),
    "accounts_closed": Metric(
        "planted accounts closed by the platform", "per day", "brand", "sum", brand=lambda b: b.count.found
    ),
    "quality": Metric(
        "chance that an experience of the product is good", "–", "brand", "last", brand=lambda b: b.quality, better=+1
    ),
    "improvements": Metric("issues taken up in the product", "per day", "brand", "sum", brand=lambda b: b.improvements),
    "answers": Metric("questions the brand answered", "per day", "brand", "sum", brand=lambda b: b.answers),
    "replies": Metric("complaints the brand replied to", "per day", "brand", "sum", brand=lambda b: b.replies),
    # what is easy to count
    "followers": Metric("members who follow the brand", "members", "vanity", "last", brand=lambda b: b.sums.followers),
    "impressions": Metric("showings of the brand's posts", "items/day", "vanity", "sum", brand=lambda b: b.count.impressions),
    "mentions": Metric(
        "posts that mention the brand, good or bad, ordered or not",
        "posts/day",
        "vanity",
        "sum",
        brand=lambda b: b.count.praise + b.count.criticism + b.count.complaints + b.planted_posts + b.ambassador_posts,
    ),
    "contest_entries": Metric("entries to the brand's contests", "posts/day", "vanity", "sum", brand=lambda b: b.entries),
    "sponsored_posts": Metric(
        "posts by planted accounts and ambassadors",
        "posts/day",
        "vanity",
        "sum",
        brand=lambda b: b.planted_posts + b.ambassador_posts,
    ),
    "awareness": Metric(
        "share of the members who know the brand (saturates: never a measure of success)",
        "–",
        "vanity",
        "last",
        brand=lambda b: b.sums.aware / b.n,
    ),
    "brand_posts": Metric("posts on the brand's account", "posts/day", "vanity", "sum", brand=lambda b: b.posts),
    "brand_unfollows_drift": Metric(
        "followers the brand lost for no reason",
        "members/day",
        "brand",
        "sum",
        brand=lambda b: b.count.brand_unfollows_drift,
    ),
    "brand_unfollows_distrust": Metric(
        "followers the brand lost for distrust",
        "members/day",
        "brand",
        "sum",
        brand=lambda b: b.count.brand_unfollows_distrust,
    ),
    "brand_unfollows_overexposure": Metric(
        "followers the brand lost for too many posts",
        "members/day",
        "brand",
        "sum",
        brand=lambda b: b.count.brand_unfollows_overexposure,
    ),
}
"""Metrics with a value per brand: its own affairs, and what is easy to count."""
