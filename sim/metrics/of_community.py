"""What is measured of the community."""

from __future__ import annotations

from collections.abc import Callable

from sim.metrics.metric import NAN, Metric, Structure, Today, share


def _of_structure(value: Callable[[Structure], float]) -> Callable[[Today], float]:
    return lambda today: NAN if today.structure is None else value(today.structure)


OF_COMMUNITY: dict[str, Metric] = {
    # the community's health
    "organic_posts": Metric(
        "posts that are nobody's marketing", "posts/day", "community", "sum", lambda c: c.count.organic_posts, better=+1
    ),
    "reposts": Metric("messages passed on", "posts/day", "community", "sum", lambda c: c.count.reposts),
    "deep_reposts": Metric(
        "messages passed on three or more steps from the author", "posts/day", "community", "sum", lambda c: c.count.deep_reposts
    ),
    "questions": Metric("questions asked", "per day", "community", "sum", lambda c: c.count.questions),
    "questions_answered": Metric("answers to questions, by any brand", "per day", "community", "sum", lambda c: c.answered),
    "reads": Metric("items read", "items/day", "community", "sum", lambda c: c.count.reads),
    "commercial_share": Metric(
        "share of what is read that is commercial",
        "–",
        "community",
        "mean",
        lambda c: share(c.count.commercial_reads, c.count.reads),
        better=-1,
    ),
    "persuasion_knowledge": Metric(
        "mean persuasion knowledge", "–", "community", "last", lambda c: c.sums.knowledge / c.n, better=-1
    ),
    "ties_lost": Metric("ties dropped since the brands entered", "ties", "community", "last", lambda c: c.lost, better=-1),
    "unfollows_drift": Metric("ties dropped for no reason", "ties/day", "community", "sum", lambda c: c.count.unfollows_drift),
    "unfollows_distrust": Metric(
        "ties dropped for distrust", "ties/day", "community", "sum", lambda c: c.count.unfollows_distrust, better=-1
    ),
    "unfollows_annoyance": Metric(
        "ties dropped for commercial posts", "ties/day", "community", "sum", lambda c: c.count.unfollows_annoyance, better=-1
    ),
    "spam_posts": Metric(
        "members' promotions of something of their own", "posts/day", "community", "sum", lambda c: c.count.spam_posts, better=-1
    ),
    "removed_posts": Metric(
        "members' commercial messages that moderators removed", "posts/day", "community", "sum", lambda c: c.count.removed_posts
    ),
    "present": Metric(
        "members who are there: all but those who have left for good and those who have not come yet",
        "members",
        "community",
        "last",
        lambda c: c.n - c.sums.gone - c.sums.outside,
        better=+1,
    ),
    "in_refuge": Metric("members in the refuge", "members", "community", "last", lambda c: c.sums.in_refuge),
    "gone": Metric(
        "members who have left for good; accounts that were closed are none",
        "members",
        "community",
        "last",
        lambda c: c.sums.gone,
        better=-1,
    ),
    "left_pressure": Metric(
        "members who left the platform for too much selling",
        "members/day",
        "community",
        "sum",
        lambda c: c.count.left_pressure,
        better=-1,
    ),
    "left_pull": Metric(
        "members who left the platform because others had",
        "members/day",
        "community",
        "sum",
        lambda c: c.count.left_pull,
        better=-1,
    ),
    "admitted": Metric("newcomers let in", "members/day", "community", "sum", lambda c: c.count.admitted, better=+1),
    "refused": Metric("requests to come in that too few vouched for", "per day", "community", "sum", lambda c: c.count.refused),
    "ties_formed": Metric("new ties", "ties/day", "community", "sum", lambda c: c.count.ties_formed),
    # its structure, every STRUCTURE_EVERY days
    "ties_alive": Metric(
        "living ties between members who are in the same space",
        "ties",
        "community",
        "last",
        _of_structure(lambda s: s.alive),
        better=+1,
    ),
    "tie_trust": Metric(
        "mean trust of the living ties", "–", "community", "last", _of_structure(lambda s: s.tie_trust), better=+1
    ),
    "reciprocity": Metric(
        "share of the living ties that are returned",
        "–",
        "community",
        "last",
        _of_structure(lambda s: share(s.mutual, s.alive)),
        better=+1,
    ),
    "clustering": Metric(
        "mean local clustering of the living ties", "–", "community", "last", _of_structure(lambda s: s.clustering), better=+1
    ),
    "largest_component": Metric(
        "members connected by living ties, largest group",
        "members",
        "community",
        "last",
        _of_structure(lambda s: s.largest_component),
        better=+1,
    ),
    "top_share": Metric(
        "share of today's messages written by the most active 1 % of that day",
        "–",
        "community",
        "last",
        _of_structure(lambda s: s.top_share),
    ),
}
"""Metrics of the community as a whole: its health, and its structure."""
