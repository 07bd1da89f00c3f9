"""Stylised facts of the literature, each with a target band and the way it is measured in the model.

Written down before any default was tuned: :data:`TUNED_ON` names the facts that defaults may be adjusted to, at most half of
all; the others are held out. A band is wider than the published figure where studies differ, and narrower nowhere. How a
fact is read into the model is our reading, and stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.state import F64
from sim.validation import measures
from sim.validation.lab import Lab

TUNED_ON = ("S2", "S3", "S6", "S8", "S9", "S11", "S12", "S16")
"""Facts that defaults may be adjusted to."""


@dataclass(frozen=True)
class Fact:
    """One published number: what it says, where it comes from, the band it is held to, and how it is measured here."""

    name: str
    about: str
    published: str
    source: str
    reading: str
    low: float
    high: float
    measure: Callable[[Lab], F64]
    """One value per world."""
    built_in: str = ""
    """Why a pass says little: what in the model's form or input already decides it."""

    @property
    def tuned(self) -> bool:
        return self.name.rstrip("ab") in TUNED_ON


FACTS = (
    Fact(
        "S1a",
        "Innovation in adoption curves",
        "p ≈ .03 per year",
        "Sultan, Farley & Lehmann 1990",
        "Bass curve fitted to yearly first adoptions over six years of broadcasting",
        0.01,
        0.06,
        lambda lab: measures.bass(lab)[0],
    ),
    Fact(
        "S1b",
        "Imitation in adoption curves",
        "q ≈ .38 per year",
        "Sultan, Farley & Lehmann 1990",
        "the same fit",
        0.2,
        0.6,
        lambda lab: measures.bass(lab)[1],
    ),
    Fact(
        "S2a",
        "Most cascades are one post",
        "73–95 % singletons",
        "Goel, Watts & Goldstein 2012",
        "share of all originals of a year without a repost, no brand active",
        0.73,
        0.95,
        lambda lab: measures.cascades(lab)[0],
    ),
    Fact(
        "S2b",
        "Deep cascades are rare",
        "under 1 % deeper than 2",
        "Goel, Watts & Goldstein 2012",
        "share of all originals passed on three or more steps",
        0.0,
        0.01,
        lambda lab: measures.cascades(lab)[1],
    ),
    Fact(
        "S3",
        "Good word of mouth outweighs bad about three to one",
        "1.5–6",
        "East, Hammond & Wright 2007",
        "praise per criticism over a year of a brand that does nothing",
        1.5,
        6.0,
        lambda lab: lab.total("praise", "absent") / lab.total("criticism", "absent"),
    ),
    Fact(
        "S5a",
        "Sales respond to the volume of word of mouth",
        "elasticity .236",
        "You, Vadakkepatt & Joshi 2015",
        "first adoptions of a year, word of mouth of both signs made a tenth more frequent",
        0.1,
        0.4,
        measures.volume_elasticity,
    ),
    Fact(
        "S5b",
        "Sales respond to the valence of word of mouth",
        "elasticity .417",
        "You, Vadakkepatt & Joshi 2015",
        "first adoptions of a year, the praising share of word of mouth raised at about the same volume",
        0.2,
        0.7,
        measures.valence_elasticity,
    ),
    Fact(
        "S6a",
        "Sales respond a little to advertising at once",
        "elasticity .12",
        "Sethuraman, Tellis & Briesch 2011",
        "adoptions of one month with two posts a day against one with one, after half a year of one",
        0.03,
        0.25,
        measures.short_advertising_elasticity,
    ),
    Fact(
        "S6b",
        "… and more in the long run",
        "elasticity .24",
        "Sethuraman, Tellis & Briesch 2011",
        "first adoptions of a year, two posts a day against one",
        0.1,
        0.4,
        measures.long_advertising_elasticity,
    ),
    Fact(
        "S8",
        "Few negative posts go viral",
        "3.3 % in 89 brand communities",
        "Herhausen et al. 2019",
        "share of criticisms passed on by at least two members, brand that does nothing",
        0.01,
        0.08,
        measures.viral_criticism,
    ),
    Fact(
        "S9",
        "A few write much",
        "the top 1 % write 18–24 % in messaging data",
        "CollegeMsg, Bitcoin-OTC; van Mierlo 2014",
        "share of a year's own posts by the most active 1 %",
        0.15,
        0.3,
        measures.top_writers,
    ),
    Fact(
        "S11a",
        "Ties end",
        "9–10 % in 51 days",
        "Kwak, Chun & Moon 2011",
        "share of the ties of day 0 that are gone on day 51, no refollowing",
        0.07,
        0.12,
        lambda lab: measures.unfollowing(lab)["ties"],
    ),
    Fact(
        "S11b",
        "Many unfollow somebody",
        "43 % in 51 days",
        "Kwak, Chun & Moon 2011",
        "share of the members who follow anybody who unfollow somebody",
        0.3,
        0.55,
        lambda lab: measures.unfollowing(lab)["members"],
    ),
    Fact(
        "S12a",
        "One-way ties end",
        "12.28 % in 51 days",
        "Kwak, Chun & Moon 2011",
        "the same, one-way ties",
        0.09,
        0.16,
        lambda lab: measures.unfollowing(lab)["one_way"],
    ),
    Fact(
        "S12b",
        "… clearly more than mutual ones",
        "clearly less for reciprocal ones",
        "Kwak, Chun & Moon 2011",
        "mutual per one-way rate of ending",
        0.2,
        0.75,
        lambda lab: measures.unfollowing(lab)["ratio"],
    ),
    Fact(
        "S15",
        "Too much promotion is why brands are unfollowed",
        "too promotional 46 %, too many posts 35 % (several answers allowed)",
        "Sprout Social 2016",
        "share of a broadcasting brand's lost followers lost for too many posts",
        0.25,
        0.6,
        measures.promotional_unfollows,
    ),
    Fact(
        "S16",
        "Bad weighs more than good",
        "3.2–3.85 times",
        "Bitcoin-OTC, Bitcoin-Alpha",
        "loss of a bad per gain of a good experience (an input: κ)",
        3.2,
        3.85,
        measures.weight_of_bad,
        "an input",
    ),
    Fact(
        "S17",
        "Distrust clusters",
        "another negative among the next five: .325, against .022 in general",
        "Bitcoin-OTC",
        "chance of another criticism among the next five words of mouth a member reads, per chance expected from its share",
        3.0,
        100.0,
        measures.clustering_of_criticism,
    ),
    Fact(
        "S21a",
        "Disclosure costs attitude",
        "attitude down",
        "Eisend et al. 2020",
        "trust under disclosed less trust under covert ambassadors, nobody finding out",
        -1.0,
        0.0,
        lambda lab: measures.disclosure(lab)[0],
        "a row of the event table",
    ),
    Fact(
        "S21b",
        "… and is passed on more",
        "relay up",
        "Carl 2006, 2008",
        "reposts of disclosed per reposts of covert praise, per post",
        1.0,
        3.0,
        lambda lab: measures.disclosure(lab)[1],
    ),
    Fact(
        "S22",
        "Betrayal is worst for the most attached",
        "strongest for the most attached",
        "Ashley & Leonard 2009",
        "fall of trust on discovery, upper third of trust before less lower third",
        0.0,
        1.0,
        measures.betrayal,
        "what was gained in secret is what betrays",
    ),
    Fact(
        "S23a",
        "An informal tone helps familiar brands",
        "trust up for familiar brands",
        "Gretry et al. 2017",
        "trust after 30 days of posts in a warm tone less in a plain one, brand known well",
        0.0,
        1.0,
        lambda lab: measures.tone(lab, 20.0),
        "rows of the event table",
    ),
    Fact(
        "S23b",
        "… and hurts unfamiliar ones",
        "trust down for unfamiliar brands",
        "Gretry et al. 2017",
        "the same, brand unknown",
        -1.0,
        0.0,
        lambda lab: measures.tone(lab, 0.0),
        "rows of the event table",
    ),
    Fact(
        "S25",
        "Pulsing is at least as good as even scheduling",
        "pulsing ≥ even",
        "Naik, Mantrala & Sawyer 1998",
        "adoptions under pulsed per even posting, as many posts",
        1.0,
        3.0,
        lambda lab: lab.total("adoptions", "pulsed") / lab.total("adoptions", "broadcast"),
    ),
    Fact(
        "S26",
        "Posting has an interior optimum",
        "interior optimum",
        "evidence of the field",
        "posts a day with the best NPV among 0, .1, .3, 1, 3, 10 (an end of the list is a miss)",
        0.05,
        5.0,
        measures.best_rate,
    ),
    Fact(
        "S28a",
        "Networks are clustered",
        ".06–.61",
        "19 real networks",
        "mean local clustering of the synthetic community at its defaults",
        0.06,
        0.61,
        lambda lab: measures.synthetic(lab)["clustering"],
        "of the generator, on the first day",
    ),
    Fact(
        "S28b",
        "Ties are partly returned",
        ".06–.83",
        "19 real networks",
        "reciprocity of the same",
        0.06,
        0.83,
        lambda lab: measures.synthetic(lab)["reciprocity"],
        "of the generator, on the first day",
    ),
    Fact(
        "S28c",
        "Few are followed by many",
        "heavy tails",
        "19 real networks",
        "share of all followers that the most followed 1 % have, per that of a random graph",
        1.5,
        50.0,
        lambda lab: measures.synthetic(lab)["tail"],
        "of the generator, on the first day",
    ),
)
