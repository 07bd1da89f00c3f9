"""The model once more, the slow way: objects and plain loops, no arrays, no shortcuts, its own hash on Python integers.

Written from docs/odd.md, for one purpose: on small communities every array of the engine must equal this to the bit, with
the same coins. Single precision is kept where the engine stores single precision; arithmetic is double, in the same order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np

from sim.event_rows import ROWS
from sim.events import DOUBT, EFFECT, HEARD, OPENNESS, OVER, TIE, TIRED, TRUST, UNFAIR, USE, WARM
from sim.kernels import draws as streams
from sim.state import SPACES
from sim.world import brand_key

MASK = 2**64 - 1
ROW = {row.name: row for row in ROWS}


def f32(value: float) -> float:
    return float(np.float32(value))


# Chance -------------------------------------------------------------------------------------------------------------


def absorb(key: int, number: int) -> int:
    z = ((key ^ (number * 0xD1342543DE82EF95 & MASK)) + 0x9E3779B97F4A7C15) & MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def unit(key: int) -> float:
    return (key >> 11) / 2**53


def chance(p: float) -> int:
    return int(min(1.0, max(0.0, p)) * 2**32)


def halves(key: int) -> tuple[int, int]:
    return key >> 32, key & 0xFFFFFFFF


def poisson(u: float, rate: float, most: int) -> int:
    n, term = 0, math.exp(-rate)
    total = term
    while u >= total and n < most:
        n += 1
        term *= rate / n
        total += term
    return n


def hits(key: int, numbers: int, hazard: float, n: int) -> list[int]:
    """Places 0 … n − 1 on which an event of this hazard falls, by gaps between them; draws are numbered from ``numbers`` on."""
    found, k = [], 0
    while hazard > 0 and (k := k + int(min(n, -math.log1p(-unit(absorb(key, numbers + k))) / hazard))) < n:
        found.append(k)
        k += 1
    return found


def below(key: int, n: int) -> int:
    return (key >> 32) * n >> 32


# Who and what ---------------------------------------------------------------------------------------------------------


@dataclass
class Tie:
    target: int
    good: float
    bad: float
    sour: bool = False
    annoyed: bool = False
    known: bool = False
    told: float = 0.0


@dataclass
class Opinion:
    good: float = 0.0
    bad: float = 0.0
    hidden: float = 0.0
    exposure: float = 0.0
    scandal: float = 0.0
    chance: float = 0.0
    aware: bool = False
    follows: bool = False
    customer: int = 0
    complaint: int = 0
    angry: int = 0
    targeted: str = ""

    @property
    def trust(self) -> float:
        return (self.good + 1) / (self.good + self.bad + 2)

    @property
    def familiarity(self) -> float:
        return (self.good + self.bad) / (self.good + self.bad + 2)


@dataclass
class Message:
    cascade: int
    origin: int
    kind: str
    brand: int = 0
    depth: int = 0
    used: bool = False
    debated: bool = False
    deleted: bool = False
    confessing: bool = False

    @property
    def plain(self) -> bool:
        return self.kind in ("organic", "question")

    @property
    def selling(self) -> bool:
        return self.kind in ("brand_post", "disclosed", "entry", "spam")


@dataclass
class Person:
    key: int
    activity: float
    attention: float
    frailty: float
    avoidance: float
    ties: list[Tie]
    capacity: int
    opinions: list[Opinion]
    knowledge: float = 0.0
    clutter: float = 0.0
    role: str = "herself"
    sponsor: int = -1
    exposed: bool = False
    secretive: bool = False
    space: str = "platform"
    tolerance: float = 0.0
    promotion: float = 0.0
    promotes: bool = False
    voice: dict[int, str] = field(default_factory=dict)
    asks: bool = False
    offered: int = 0
    said: list[Message] = field(default_factory=list)
    relays: list[Message | None] = field(default_factory=lambda: [None] * 8)
    fresh: set[int] = field(default_factory=set)


class Textbook:
    """A community under the given strategies; ``live()`` a day."""

    def __init__(self, run) -> None:  # type: ignore[no-untyped-def]
        world = run.world
        self.scenario = run.scenario
        self.laws = run.scenario.laws
        self.numbers = {row.name: getattr(run.scenario.events, row.name) for row in ROWS}
        self.strategies = world.strategies
        self.seed, self.burn_in = run.seed, run.scenario.burn_in
        self.brands = world.brands
        self.brand_keys = [brand_key(brand.name) for brand in self.brands]
        self.step = -1
        self.scale = 1.0
        self.next_cascade = 0
        self.cascade_starts: list[int] = []
        self.members = []
        graph, traits = run.graph, world.members
        self.standing = graph.standing
        self.n_followers = graph.n_followers
        trust = self.laws.trust
        for i in range(graph.n_members):
            ties = [
                Tie(int(j), f32(trust.prior_good), f32(trust.prior_bad), trust.prior_bad > trust.prior_good)
                for j in graph.target[graph.start[i] : graph.start[i + 1]]
            ]
            drawn = (float(getattr(traits, name)[i]) for name in ("activity", "attention", "frailty", "avoidance"))
            person = Person(int(graph.keys[i]), *drawn, ties, len(ties), [Opinion() for _ in self.brands])
            person.tolerance, person.promotion = float(traits.tolerance[i]), float(traits.promotion[i])
            person.space = SPACES[traits.space[i]]
            self.members.append(person)
        self.first_ties = [{tie.target for tie in person.ties} for person in self.members]
        self.value = [0.0] * len(self.brands)
        self.quality = [brand.quality for brand in self.brands]
        self.heard = [0] * len(self.brands)

    def key(self, stream: int, ago: int = 0) -> int:
        return absorb(absorb(absorb(0x6D75726D7572, self.seed), stream), self.step - ago)

    @property
    def day(self) -> int:
        return self.step - self.burn_in

    def live(self) -> None:
        self.step += 1
        self.forget()
        self.decide()
        self.speak()
        self.moderate()
        self.read()
        self.adopt()
        self.serve()
        self.leave()
        self.settle()

    # L1 and the event table -------------------------------------------------------------------------------------------

    def happen(self, event: str, person: Person, b: int, x: float = 1.0, useful: float = 1.0, tone: float = 0.0) -> None:
        row, numbers, opinion = ROW[event], self.numbers[event], person.opinions[b]
        laws, learned = self.laws, self.laws.trust.learned
        if numbers.unmask and learned:
            taken = opinion.hidden * numbers.unmask * (x if row.unmask_by & TIE else 1.0)
            opinion.hidden, opinion.good = f32(opinion.hidden - taken), f32(opinion.good - taken)
            opinion.bad = f32(opinion.bad + taken * (numbers.betrayal * laws.trust.asymmetry))
        tau = opinion.trust
        eff = 1.0
        if (row.gain_by | row.adoption_by) & EFFECT:
            eff = (1.0 - person.knowledge) * math.exp(-laws.persuasion.wearout * max(0.0, opinion.exposure - 1.0))
        factors = {
            TIE: x,
            TRUST: 2.0 * tau if learned else 1.0,
            EFFECT: eff,
            OPENNESS: 1.0 - person.knowledge,
            USE: max(0.0, useful),
            UNFAIR: max(0.0, -useful),
            DOUBT: 1.0 - tau,
            TIRED: float(opinion.exposure > laws.persuasion.tolerated_exposure),
            WARM: 1.0 + min(tone, opinion.familiarity),
            OVER: max(0.0, tone - opinion.familiarity),
        }

        def times(bits: int) -> float:
            product = 1.0
            for bit, value in factors.items():
                if bits & bit:
                    product *= value
            return product

        if learned:
            kappa = laws.trust.asymmetry_wom if row.loss_kind == HEARD else laws.trust.asymmetry
            gain = numbers.gain * times(row.gain_by) if numbers.gain else 0.0
            loss = numbers.loss * kappa * times(row.loss_by) if numbers.loss else 0.0
            if laws.trust.confirmation:
                gain *= 2.0 * tau
                loss *= 2.0 * (1.0 - tau)
            before = opinion.good
            opinion.good = f32(opinion.good + gain)
            opinion.bad = f32(max(0.0, opinion.bad - numbers.relief * laws.trust.asymmetry) + loss)
            if event == "hidden_read":
                opinion.hidden = f32(opinion.hidden + opinion.good - before)
        if numbers.adoption:
            h = min(1.0, numbers.adoption * times(row.adoption_by))
            opinion.chance = f32(opinion.chance + h * (1.0 - opinion.chance))
        if numbers.knowledge:
            step = numbers.knowledge * laws.persuasion.learning * (1.0 - person.knowledge)
            person.knowledge = f32(min(1.0, person.knowledge + step))
        informs = laws.speech.criticism_informs if event in ("criticism_read", "debate_read") else row.informs
        opinion.aware |= informs

    def tie_trust(self, tie: Tie) -> float:
        if not self.laws.trust.learned:
            return 1.0
        good, bad = tie.good * self.scale, tie.bad * self.scale
        return (good + 1.0) / (good + bad + 2.0)

    # 1 and 2 ------------------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        laws = self.laws
        for person in self.members:
            person.knowledge = f32(person.knowledge * (1.0 - laws.persuasion.decay))
            for opinion in person.opinions:
                if laws.trust.learned:
                    opinion.good = f32(opinion.good * laws.trust.memory_brand)
                    opinion.bad = f32(opinion.bad * laws.trust.memory_brand)
                    opinion.hidden = f32(opinion.hidden * laws.trust.memory_brand)
                    opinion.scandal = f32(opinion.scandal * laws.trust.memory_brand)
                opinion.exposure = f32(opinion.exposure * laws.persuasion.carryover)
        if laws.trust.learned:
            self.scale *= laws.trust.memory_tie
        if self.scale < 1e-3:
            for person in self.members:
                for tie in person.ties:
                    tie.good, tie.bad = f32(tie.good * self.scale), f32(tie.bad * self.scale)
                    tie.told = f32(tie.told * self.scale)
            self.scale = 1.0

    def decide(self) -> None:
        if self.day == 0:
            self.launch()
        seen = SimpleNamespace(day=self.day, members=len(self.members))
        self.actions = [strategy.decide(seen) if self.day >= 0 else None for strategy in self.strategies]
        self.posts: list[tuple[int, int]] = []
        self.questions = []
        self.divided = any(person.space != "platform" for person in self.members)  # may be wrong after recruiting: no
        for b, actions in enumerate(self.actions):
            posts = duplicates = 0
            questions = self.whole(b, actions.ask.rate, 2**20)[0] if actions is not None and actions.ask else 0
            self.single_out(b, actions.target if actions is not None else None)
            if actions is not None and actions.improve is not None:
                issues = min(actions.improve.capacity, self.heard[b] if self.day > 0 else 0)
                self.quality[b] = 1.0 - (1.0 - self.quality[b]) * (1.0 - actions.improve.gain) ** issues
            if actions is not None and actions.post is not None:
                posts, coins = self.whole(b, actions.post.rate, 0)
                duplicates = sum(coins[n] < actions.post.duplicate for n in range(posts))
            stands = [
                unit(absorb(absorb(self.key(streams.BRAND), (self.brand_keys[b] + 2**21 + n) & MASK), 0))
                >= self.laws.space.moderation
                for n in range(posts + questions)
            ]
            self.posts.append((sum(stands[:posts]), sum(stands[posts - duplicates : posts])))
            self.questions.append(sum(stands[posts:]))

        lots = [absorb(absorb(self.key(streams.RECRUIT), key), 0) for key in self.brand_keys]
        for b in sorted(range(len(self.brands)), key=lambda b: lots[b]):
            if self.actions[b] is not None:
                self.recruit(b, self.actions[b])

    def whole(self, b: int, rate: float, first: int) -> tuple[int, list[float]]:
        key = self.key(streams.BRAND)
        coin = [unit(absorb(absorb(key, (self.brand_keys[b] + first + n) & MASK), 0)) for n in range(30)]
        return math.floor(rate) + (coin[0] < rate - math.floor(rate)), coin[1:]

    def single_out(self, b: int, action) -> None:  # type: ignore[no-untyped-def]
        law = self.laws.customers
        for person in self.members:
            reason = ""
            if action is not None and action.by in ("life_event", "both"):
                window = (self.step + person.key % law.life_event_days) // law.life_event_days
                key = absorb(absorb(absorb(0x6D75726D7572, self.seed), streams.LIFE), window)
                if unit(absorb(absorb(key, person.key), 0)) < 1.0 - np.exp(-law.life_event_rate * law.life_event_days):
                    reason = "life_event"
            if action is not None and action.by in ("need", "both") and person.asks:
                reason = "need"
            if reason and unit(absorb(absorb(self.key(streams.TARGET), person.key ^ self.brand_keys[b]), 0)) >= action.share:
                reason = ""
            if unit(absorb(absorb(self.key(streams.TARGET), person.key ^ self.brand_keys[b]), 1)) < self.laws.space.moderation:
                reason = ""
            person.opinions[b].targeted = reason if person.space == "platform" else ""

    def recruit(self, b: int, actions) -> None:  # type: ignore[no-untyped-def]
        lots = absorb(absorb(absorb(0x6D75726D7572, self.seed), streams.RECRUIT), self.brand_keys[b] >> 1)

        def lot(i: int) -> float:
            return unit(absorb(absorb(lots, self.members[i].key), 0))

        def dismiss(i: int) -> None:
            self.members[i].role, self.members[i].sponsor = "herself", -1

        def bring(role: str, planted: bool, wanted: int, target: str) -> None:
            everybody = range(len(self.members))
            serving = [i for i in everybody if self.members[i].sponsor == b and (self.members[i].role == "planted") == planted]
            for i in sorted(serving, key=lot)[wanted:]:
                dismiss(i)
            if len(serving) >= wanted:
                return
            free = [i for i in everybody if self.members[i].sponsor == -1 and not self.members[i].exposed]
            found = [i for i in free if self.members[i].space == "platform"]
            if role == "planted":
                found = [i for i in found if all(opinion.customer != 1 for opinion in self.members[i].opinions)]
            if role == "unaware":
                found = [i for i in found if self.members[i].voice.get(b) == "praise"]
            ranks = {
                "anyone": lambda i: 0,
                "popular": lambda i: -self.n_followers[i],
                "influential": lambda i: self.standing[i],
                "customers": lambda i: self.members[i].opinions[b].customer != 1,
            }
            found.sort(key=lambda i: (ranks[target](i), lot(i)))
            for i in found[: wanted - len(serving)]:
                self.members[i].role, self.members[i].sponsor, self.members[i].opinions[b].aware = role, b, True
                self.members[i].secretive |= role in ("planted", "covert")

        for i, person in enumerate(self.members):
            if person.sponsor == b and (person.exposed or person.space == "gone"):
                dismiss(i)
        bring("planted", True, actions.plant.accounts if actions.plant else 0, "anyone")
        programme = actions.ambassadors
        if programme is None:
            bring("", False, 0, "anyone")
        else:
            role = {"disclosed": "open", "covert": "covert", "unaware": "unaware"}[programme.mode]
            for person in self.members:
                if person.sponsor == b and person.role != "planted":
                    person.role = role
                    person.secretive |= role == "covert"
            bring(role, False, programme.number, programme.target)

    def launch(self) -> None:
        for b, brand in enumerate(self.brands):
            key = absorb(absorb(absorb(0x6D75726D7572, self.seed), streams.LAUNCH), self.brand_keys[b] >> 1)
            for person in self.members:
                coin = [unit(absorb(absorb(key, person.key), which)) for which in range(3)]
                opinion = person.opinions[b]
                if person.space == "outside":
                    continue
                opinion.follows = coin[0] < brand.initial_followers
                opinion.customer = int(coin[1] < brand.initial_customers)
                opinion.aware = opinion.follows or opinion.customer == 1 or coin[2] < brand.initial_aware
                opinion.good = f32(brand.initial_good) if opinion.aware else 0.0
                opinion.bad = f32(brand.initial_bad) if opinion.aware else 0.0

    # 3 ------------------------------------------------------------------------------------------------------------------

    def speak(self) -> None:
        self.heard = [0] * len(self.brands)
        law, key = self.laws.speech, self.key(streams.SPEAK)
        wanted = []
        for person in self.members:
            mine = absorb(key, person.key)
            if person.space in ("gone", "outside"):
                person.asks, person.voice, person.promotes = False, {}, False
                person.fresh = set()
                wanted.append(([], [], []))
                continue
            first, second = halves(mine)
            person.asks = second < chance(law.question_rate)
            posts = poisson(first / 2**32, person.activity * (1.0 - law.silence * person.clutter), 200)
            word_of_mouth = []
            for b, opinion in enumerate(person.opinions):
                coin = unit(absorb(mine, self.brand_keys[b]))
                if not opinion.aware:
                    continue
                if opinion.angry:
                    speaks = "criticism" if coin < law.criticism_rate_angry else ""
                elif opinion.trust < law.criticism_below:
                    speaks = "criticism" if coin < law.criticism_rate_distrust else ""
                else:
                    satisfied = opinion.customer == 1 and (opinion.trust > law.praise_above or not self.laws.trust.learned)
                    speaks = "praise" if satisfied and coin < law.praise_rate else ""
                if speaks:
                    word_of_mouth.append((speaks, b))
            passed_on = [(q, person.relays[q]) for q in sorted(person.fresh)]
            person.fresh = set()
            for b, opinion in enumerate(person.opinions):
                contest = self.actions[b].contest if self.actions[b] is not None else None
                if contest is None or person.space != "platform" or person.role == "planted":
                    continue
                coins = absorb(self.key(streams.CONTEST), person.key ^ self.brand_keys[b])
                if not opinion.follows and unit(absorb(coins, 1)) >= self.reach(b):
                    continue
                offer = contest.reward + contest.credit
                if offer and unit(absorb(coins, 0)) < law.entry_rate * offer / (offer + contest.effort):
                    opinion.aware = True
                    word_of_mouth = sorted(
                        [*((kind, c) for kind, c in word_of_mouth if c != b), ("entry", b)], key=lambda s: s[1]
                    )
                    self.happen("took_part", person, b, useful=contest.reward + contest.credit - contest.effort)
            if person.sponsor >= 0 and person.role != "unaware":
                word_of_mouth = [said for said in word_of_mouth if said != ("criticism", person.sponsor)]
            order = self.actions[person.sponsor] if person.sponsor >= 0 else None
            if order is not None:
                action = order.plant if person.role == "planted" else order.ambassadors
                if action is not None and unit(absorb(absorb(self.key(streams.SPONSOR), person.key), 0)) < action.rate:
                    word_of_mouth = [(kind, b) for kind, b in word_of_mouth if b != person.sponsor]
                    word_of_mouth.append(("disclosed" if person.role == "open" else "hidden", person.sponsor))
                    word_of_mouth.sort(key=lambda said: said[1])
            promotes = unit(absorb(absorb(self.key(streams.PROMOTE), person.key), 0))
            person.promotes = promotes < person.promotion
            word_of_mouth, passed_on = self.moderated(person, word_of_mouth, passed_on)
            person.voice = {b: kind for kind, b in word_of_mouth}
            if person.promotes:
                word_of_mouth.append(("spam", 0))
            wanted.append((["organic"] * posts + ["question"] * person.asks, passed_on, word_of_mouth))

        self.cascade_starts = [*self.cascade_starts, self.next_cascade][-law.cascade_days :]
        self.brand_cascades = []
        for posts, _ in self.posts:
            self.brand_cascades.append(self.next_cascade)
            self.next_cascade += posts
        for i, (person, (own, passed_on, word_of_mouth)) in enumerate(zip(self.members, wanted, strict=True)):
            person.said = []
            plain = [m for m in passed_on if m.plain]
            others = [m for m in passed_on if not m.plain]
            for kind in own:
                person.said.append(Message(self.next_cascade + len(person.said), i, kind))
            person.said += plain + others
            for kind, b in word_of_mouth:
                used = kind == "hidden" and person.role == "unaware"
                person.said.append(Message(self.next_cascade + len(person.said), i, kind, b, 0, used))
            self.next_cascade += len(person.said)
            if person.space == "platform":
                for kind, b in [*word_of_mouth, *((m.kind, m.brand) for m in passed_on if m.depth == 0)]:
                    if kind == "criticism":
                        self.heard[b] += 1
        self.was_in = [person.space if self.divided else "platform" for person in self.members]
        self.first_reply = self.next_cascade
        self.next_cascade += len(self.members) * len(self.brands)

    def moderated(self, person: Person, word_of_mouth: list, passed_on: list) -> tuple[list, list]:
        refuge = self.laws.refuge
        chance_ = {"platform": self.laws.space.moderation, "refuge": refuge.moderation if refuge.exists else 0.0}[person.space]
        key = self.key(streams.MODERATE)

        def stands(which: int, brand: int = 0) -> bool:
            return unit(absorb(absorb(key, person.key ^ brand), which)) >= chance_

        person.promotes &= stands(1)
        said = [(k, b) for k, b in word_of_mouth if k not in ("disclosed", "entry") or stands(0, self.brand_keys[b])]
        return said, [m for q, m in passed_on if not m.selling or stands(2 + q)]

    # 4 ------------------------------------------------------------------------------------------------------------------

    def moderate(self) -> None:
        key = self.key(streams.CRITICS)
        for b, actions in enumerate(self.actions):
            if actions is None:
                continue
            critical = [
                (person, message)
                for person in self.members
                for message in person.said
                if message.kind == "criticism" and message.depth == 0 and message.brand == b and person.space == "platform"
            ]
            lot = {
                id(p): (absorb(absorb(key, p.key ^ self.brand_keys[b]), 0), absorb(absorb(key, p.key ^ self.brand_keys[b]), 1))
                for p, _ in critical
            }
            if actions.censor is not None:
                for person, message in critical:
                    if unit(lot[id(person)][0]) < actions.censor.share:
                        message.deleted = True
                        self.happen("deletion_seen", person, b)
            if actions.debate is not None:
                left = [(person, message) for person, message in critical if not message.deleted]
                for person, message in sorted(left, key=lambda pair: unit(lot[id(pair[0])][1]))[: actions.debate.capacity]:
                    message.debated = True
                    self.happen("debate_read", person, b, 0.0)
        self.find_out()

    def find_out(self) -> None:
        named = {(m.origin, m.brand, m.used) for p in self.members for m in p.said if m.kind == "expose" and m.depth == 0}
        for accused, b, used in sorted(named):
            person = self.members[accused]
            if used:
                self.happen("used_unasked", person, b)
                person.opinions[b].angry = self.laws.customers.anger_days
                if person.sponsor == b:
                    person.role, person.sponsor = "herself", -1
            else:
                person.exposed = True
        key = self.key(streams.SEARCH)
        for i, account in enumerate(self.members):
            if account.role == "planted" and unit(absorb(absorb(key, account.key), 0)) < self.laws.discovery.by_platform:
                for person in self.members:
                    for tie in person.ties:
                        if tie.target == i:
                            if not tie.known:
                                self.learn(person, account.sponsor)
                                self.happen("seen_through", person, account.sponsor)
                                self.doubt(tie, "seen_through")
                            tie.known = True
                account.exposed, account.role, account.sponsor, account.space = True, "herself", -1, "gone"
                for opinion in account.opinions:
                    opinion.follows = False

    # 5 ------------------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        oldest = self.cascade_starts[0]
        key = self.key(streams.READ)
        # Relays decided today only go out tomorrow, so members can read one after the other.
        for i, person in enumerate(self.members):
            person.offered = 0
            if person.space in ("platform", "refuge"):
                self.read_feed(i, person, absorb(key, person.key), oldest)

    def shown(self, person: Person, b: int, q: int, mine: int) -> bool:
        if person.opinions[b].follows:
            return True
        return unit(absorb(absorb(mine, 2**40 + q), self.brand_keys[b])) < self.reach(b)

    def reach(self, b: int) -> float:
        action = self.actions[b].reach if self.actions[b] is not None else None
        return action.share if action is not None else 0.0

    def learn(self, person: Person, b: int) -> float:
        """How much one more secret of a brand weighs."""
        opinion = person.opinions[b]
        weight = 1.0 / (1.0 + self.laws.trust.repetition * opinion.scandal)
        opinion.scandal = f32(opinion.scandal + 1.0)
        return weight

    def read_feed(self, i: int, person: Person, mine: int, oldest: int) -> None:
        law = self.laws.speech
        ads = [
            (b, q)
            for b, (posts, _) in enumerate(self.posts)
            if person.space == "platform"
            for q in [*range(posts + self.questions[b]), -1]
            if (person.opinions[b].targeted if q < 0 else self.shown(person, b, q, mine))
        ]
        speaking = [
            (k, tie)
            for k, tie in enumerate(person.ties)
            if self.members[tie.target].said and self.was_in[tie.target] == person.space
        ]
        offered = len(ads) + sum(len(self.members[tie.target].said) for _, tie in speaking)
        person.offered = offered
        if offered == 0:
            return
        share = chance(person.attention / offered) if self.laws.attention.limited else 2**32
        reads = commercial = 0
        for k, tie in speaking:
            plain = [m for m in self.members[tie.target].said if m.plain]
            seen = sum(halves(absorb(mine, k * 256 + q))[0] < share for q in range(len(plain)))
            reads += seen
            self.believe(tie, seen * self.numbers["organic_read"].tie_gain)
        for k, tie in speaking:
            friend = self.members[tie.target]
            n_plain = sum(m.plain for m in friend.said)
            x = self.tie_trust(tie)
            each = min(chance(law.repost_organic * x), 2**32 // max(1, n_plain))
            luck = halves(absorb(mine, k * 256))[1]
            if luck < n_plain * each:
                q = luck // each
                if halves(absorb(mine, k * 256 + q))[0] < share:
                    self.pass_on(i, person, friend.said[q], oldest)
            for q, message in enumerate(friend.said):
                coin = absorb(mine, k * 256 + q)
                if message.plain or halves(coin)[0] >= share:
                    continue
                became = self.hear(i, person, tie, message, coin, x, oldest)
                if became == "skipped":
                    continue
                commercial += became != "read"
                reads += 1
                if message.deleted or became == "seen through":
                    continue
                repost = {
                    "entry": law.repost_brand,
                    "spam": law.repost_brand,
                    "expose": law.repost_expose,
                    "disclosed": law.repost_disclosed,
                    "brand_post": law.repost_wom if message.confessing else law.repost_brand,
                }
                if halves(coin)[1] < chance(repost.get(message.kind, law.repost_wom) * x):
                    self.pass_on(i, person, message, oldest)
        for b, q in ads:
            coin = absorb(absorb(mine, 2**42 if q < 0 else 2**41 + q), self.brand_keys[b])
            if halves(coin)[0] >= share:
                continue
            posts, duplicates = self.posts[b]
            tau = person.opinions[b].trust if self.laws.trust.learned else 1.0
            if self.avoids(person, coin):
                continue
            if q < 0:
                self.see_ad(person, b, "targeted_read" if person.opinions[b].targeted == "need" else "life_event_read")
                reads += 1
                commercial += 1
                continue
            kind = "question_read" if q >= posts else "duplicate_read" if q >= posts - duplicates else "ad_read"
            self.see_ad(person, b, kind)
            if self.actions[b].confess is not None and person.opinions[b].hidden > 0:
                self.happen("confession_read", person, b)
            reads += 1
            commercial += 1
            if kind == "question_read":
                self.contribute(i, person, b, coin, oldest)
                continue
            post = Message(self.brand_cascades[b] + q, -2 - b, "brand_post", b, 1)
            post.confessing = self.actions[b].confess is not None
            if halves(coin)[1] < chance((law.repost_wom if post.confessing else law.repost_brand) * tau):
                self.remember(person, post, oldest)
        if reads:
            memory = self.laws.attention.clutter_memory
            person.clutter = f32(memory * person.clutter + (1.0 - memory) * (commercial / reads))

    def believe(self, tie: Tie, gain: float) -> None:
        if self.laws.trust.learned and gain > 0:
            tie.good = f32(tie.good + gain * (1.0 / self.scale))

    def contribute(self, i: int, person: Person, b: int, coin: int, oldest: int) -> None:
        opinion, law = person.opinions[b], self.laws.persuasion
        willing = (1.0 - person.knowledge) * math.exp(-law.wearout * max(0.0, opinion.exposure - 1.0))
        if unit(absorb(coin, 2)) < self.laws.speech.contribution_rate * willing:
            tau = opinion.trust if self.laws.trust.learned else 0.5
            kind = "praise" if unit(absorb(coin, 3)) < tau else "criticism"
            ask = self.actions[b].ask
            if self.remember(person, Message(self.first_reply + i * len(self.brands) + b, i, kind, b), oldest):
                self.happen("took_part", person, b, useful=ask.credit - ask.effort)

    def doubt(self, tie: Tie, event: str, weight: float = 1.0) -> None:
        loss = self.numbers[event].tie_loss * self.laws.trust.asymmetry
        if self.laws.trust.learned and loss > 0:
            tie.bad = f32(tie.bad + loss * weight * (1.0 / self.scale))
            tie.sour |= tie.bad > tie.good

    def hear(self, i: int, person: Person, tie: Tie, message: Message, coin: int, x: float, oldest: int) -> str:
        b, kind = message.brand, message.kind
        opinion = person.opinions[b] if kind != "spam" else None
        source = next((t for t in person.ties if t.target == message.origin), None)
        knew = source is not None and source.known
        known = kind == "hidden" and knew
        event = "debate_read" if message.debated else f"{kind}_read"
        if message.deleted and unit(absorb(coin, 4)) >= self.laws.censorship.seen:
            return "skipped"
        if kind == "spam":
            if self.avoids(person, coin):
                return "skipped"
            numbers = self.numbers["spam_read"]
            step = numbers.knowledge * self.laws.persuasion.learning * (1.0 - person.knowledge)
            person.knowledge = f32(min(1.0, person.knowledge + step))
            self.doubt(tie, "spam_read")
            tie.annoyed = True
            return "selling"
        if message.selling or known:
            if self.avoids(person, coin):
                return "skipped"
            tie.annoyed = True
        if kind == "brand_post" or known:
            self.see_ad(person, b, "ad_read")
            if message.confessing and person.opinions[b].hidden > 0:
                self.happen("confession_read", person, b)
            return "selling"
        became = "selling" if message.selling else "read"
        if kind != "expose":
            self.believe(tie, self.numbers[event].tie_gain)
            self.doubt(tie, event)
        if message.origin == i:
            return became
        if kind != "expose":
            per_scale, told = 1.0 / self.scale, tie.told
            tie.told = f32(told + per_scale)
            x *= 1.0 / (1.0 + self.laws.trust.repetition * told / per_scale)
        if kind == "hidden":
            law = self.laws.discovery
            p = law.chance * (1.0 + law.by_knowledge * person.knowledge)
            order = self.actions[b]
            tones = [action.tone for action in (order.plant, order.ambassadors) if action is not None] if order else []
            tone = max(tones, default=0.0) if self.laws.persuasion.tone_matters else 0.0
            if tone > 0:
                p *= 1.0 + law.by_tone * max(0.0, tone - opinion.familiarity)
            insider = person.sponsor == b and person.role != "unaware"
            if insider or unit(absorb(coin, 2)) >= p:
                self.happen("hidden_read", person, b, x)
            else:
                became = "seen through"
                self.happen("seen_through", person, b)
                self.learn(person, b)
                used = message.used
                if source is not None:
                    source.known = True
                    if not used:
                        self.doubt(source, "seen_through")
                if unit(absorb(coin, 3)) < law.exposing:
                    cascade = self.first_reply + i * len(self.brands) + b
                    self.remember(person, Message(cascade, message.origin, "expose", b, 0, used), oldest)
        elif kind == "expose":
            if any(m is not None and m.cascade == message.cascade for m in person.relays):
                return became
            weight = x * self.learn(person, b)
            self.happen("expose_read", person, b, weight)
            for other, another in enumerate(person.opinions):
                if other != b and another.aware:
                    self.happen("rival_exposed", person, other, weight)
            if source is not None:
                source.known = True
                if not knew and not message.used:
                    self.doubt(source, "expose_read", x)
        else:
            if kind == "disclosed" and opinion.hidden > 0 and self.members[message.origin].secretive:
                self.happen("confession_read", person, b, x)
            self.happen(event, person, b, x)
            if message.selling:
                opinion.exposure = f32(opinion.exposure + 1.0)
                self.offend(person, b)
            if message.deleted and unit(absorb(coin, 5)) < self.laws.censorship.noticed:
                self.happen("deletion_seen", person, b)
                if unit(absorb(coin, 6)) < self.laws.censorship.protest:
                    self.remember(person, Message(self.first_reply + i * len(self.brands) + b, i, "criticism", b), oldest)
        return became

    def offend(self, person: Person, b: int) -> None:
        norm = self.laws.refuge.norm if person.space == "refuge" else self.laws.space.norm
        if norm > 0:
            self.happen("norm_breached", person, b, useful=-norm)

    def avoids(self, person: Person, coin: int) -> bool:
        return unit(absorb(coin, 1)) < person.avoidance * person.knowledge

    def see_ad(self, person: Person, b: int, event: str) -> None:
        post = self.actions[b].post if self.actions[b] is not None else None
        tone = post.tone if post is not None and self.laws.persuasion.tone_matters else 0.0
        self.happen(event, person, b, tone=tone)
        if tone > 0:
            self.happen("overacted_read", person, b, tone=tone)
        self.offend(person, b)
        person.opinions[b].exposure = f32(person.opinions[b].exposure + 1.0)

    def pass_on(self, i: int, person: Person, message: Message, oldest: int) -> None:
        if message.origin != i:
            depth = message.depth + 1
            passed_on = replace(message, depth=depth)
            self.remember(person, passed_on, oldest)

    def remember(self, person: Person, message: Message, oldest: int) -> bool:
        known = [-1 if m is None else m.cascade for m in person.relays]
        if message.cascade in known or message.cascade < oldest:
            return False
        free = [q for q in range(8) if known[q] < oldest and q not in person.fresh]
        if free:
            person.relays[free[-1]] = message
            person.fresh.add(free[-1])
        return bool(free)

    # 6 ------------------------------------------------------------------------------------------------------------------

    def adopt(self) -> None:
        law, key = self.laws.customers, self.key(streams.ADOPT)
        for person in self.members:
            for b, opinion in enumerate(person.opinions):
                if not opinion.aware:
                    continue
                mine = absorb(absorb(key, person.key), self.brand_keys[b])
                opinion.angry = max(0, opinion.angry - 1)
                if opinion.complaint:
                    opinion.complaint += 1
                    if opinion.complaint > law.patience_days:
                        opinion.complaint, opinion.angry = 0, law.anger_days
                        self.happen("complaint_ignored", person, b)
                if opinion.customer == 1:
                    opinion.chance = 0.0
                    if unit(mine) < law.experience_rate:
                        coin = absorb(mine, 1)
                        if unit(coin) < self.quality[b]:
                            self.happen("good_experience", person, b)
                        else:
                            self.happen("bad_experience", person, b)
                            if not opinion.complaint and unit(absorb(coin, 1)) < law.complaint_share:
                                opinion.complaint = 1
                                self.heard[b] += person.space == "platform"
                else:
                    self.maybe_buy(person, opinion, absorb(mine, 2))

    def maybe_buy(self, person: Person, opinion: Opinion, coin: int) -> None:
        p, opinion.chance = opinion.chance, 0.0
        if opinion.customer != 1 and person.role != "planted" and unit(coin) < p:
            opinion.customer = 1
            opinion.follows |= unit(absorb(coin, 1)) < self.laws.customers.follow_share

    # 7 ------------------------------------------------------------------------------------------------------------------

    def serve(self) -> None:
        key = self.key(streams.SERVE)
        self.served = []
        for b, actions in enumerate(self.actions):
            answered = replied = 0
            if actions is not None and actions.answer is not None:
                askers = [i for i, person in enumerate(self.members) if person.asks and person.space == "platform"]
                if len(askers) > actions.answer.capacity:
                    lots = {i: absorb(absorb(absorb(key, self.members[i].key), self.brand_keys[b]), 4) for i in askers}
                    influential = actions.answer.first == "influential"
                    askers.sort(key=lambda i: (self.standing[i] if influential else 0, lots[i]))
                    askers = sorted(askers[: actions.answer.capacity])
                for i in askers:
                    person = self.members[i]
                    coin = absorb(absorb(key, person.key), self.brand_keys[b])
                    if not self.sees(person, absorb(coin, 5)):
                        continue
                    event = "pitched" if unit(coin) < actions.answer.pitch else "answered"
                    if event == "pitched":
                        if unit(absorb(coin, 7)) < self.laws.space.moderation:
                            continue
                        self.offend(person, b)
                    self.happen(event, person, b, 1.0, actions.answer.useful)
                    self.maybe_buy(person, person.opinions[b], absorb(coin, 2))
                answered = len(askers)
            if actions is not None and actions.reply is not None:
                replied = self.reply(b, actions.reply, key)
            if actions is not None and actions.intrude is not None:
                self.intrude(b, actions.intrude, key)
            self.served.append((answered, replied))

    def sees(self, person: Person, coin: int) -> bool:
        return not self.laws.attention.limited or unit(coin) * (person.offered + 1.0) < person.attention

    def intrude(self, b: int, action, key: int) -> None:  # type: ignore[no-untyped-def]
        for person in self.members:
            if person.voice.get(b) in ("praise", "criticism") and person.space == "platform":
                if unit(absorb(absorb(key, person.key ^ self.brand_keys[b]), 7)) >= action.share:
                    continue
                coin = absorb(absorb(absorb(key, person.key), self.brand_keys[b]), 6)
                removed = unit(absorb(coin, 7)) < self.laws.space.moderation
                if not removed and self.sees(person, absorb(coin, 1)):
                    self.offend(person, b)
                    self.happen("intruded", person, b)
                    person.opinions[b].exposure = f32(person.opinions[b].exposure + 1.0)
                    self.maybe_buy(person, person.opinions[b], absorb(coin, 2))

    def reply(self, b: int, action, key: int) -> int:  # type: ignore[no-untyped-def]
        noticed = []
        for i, person in enumerate(self.members):
            age = person.opinions[b].complaint
            if age and person.space == "platform":
                coin = unit(absorb(absorb(self.key(streams.NOTICE, age - 1), person.key ^ self.brand_keys[b]), 0))
                if coin < action.coverage:
                    lot = absorb(absorb(absorb(key, person.key), self.brand_keys[b]), 4)
                    noticed.append((-age, lot, i))
        if len(noticed) > action.capacity:
            noticed = sorted(noticed)[: action.capacity]
        for _, _, i in sorted(noticed, key=lambda entry: entry[2]):
            person = self.members[i]
            coin = absorb(absorb(absorb(key, person.key), self.brand_keys[b]), 3)
            if self.sees(person, absorb(coin, 1)):
                person.opinions[b].complaint = 0
                resolved = unit(coin) < self.laws.customers.resolved_share
                self.happen("complaint_resolved" if resolved else "complaint_unresolved", person, b)
        return len(noticed)

    # 8 ------------------------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        key = self.key(streams.LEAVE)
        for person in self.members:
            for b, opinion in enumerate(person.opinions):
                self.leave_brand(person, opinion, absorb(absorb(absorb(key, person.key), 2**40), self.brand_keys[b]))
        if self.laws.leaving.ties_end:
            self.leave_ties(key)
        self.move(key)

    def move(self, key: int) -> None:
        law, there = self.laws.migration, "refuge" if self.laws.refuge.exists else "gone"
        movers = []
        for i, person in enumerate(self.members):
            if person.space != "platform":
                continue
            hazard = law.pressure * max(0.0, person.clutter - person.tolerance)
            friends = [self.members[tie.target] for tie in person.ties]
            away = sum(f.space == "refuge" or (f.space == "gone" and not f.exposed) for f in friends)
            if self.divided and friends:
                hazard += law.pull * (away / len(friends))
            if unit(absorb(absorb(key, person.key), 2**44)) < -math.expm1(-hazard):
                movers.append(i)
        admitted = [i for i in movers if self.vouched(i, there, self.laws.refuge.vouchers if there == "refuge" else 0)]
        for i in admitted:
            self.members[i].space = there
            for opinion in self.members[i].opinions:
                opinion.follows = False
        gate, space = self.key(streams.GATE), self.laws.space
        waiting = [i for i, p in enumerate(self.members) if p.space == "outside" and space.outside > 0]
        asking = [i for i in waiting if unit(absorb(absorb(gate, self.members[i].key), 0)) < space.arrival_rate]
        for i in [i for i in asking if self.vouched(i, "platform", space.vouchers)]:
            self.members[i].space = "platform"

    def vouched(self, i: int, there: str, needed: int) -> bool:
        key, person = absorb(absorb(absorb(0x6D75726D7572, self.seed), streams.GATE), 0), self.members[i]
        insiders = [p for j, p in enumerate(self.members) if p.space == there and i in self.first_ties[j]]
        minding = [unit(absorb(absorb(key, person.key), p.key)) < self.laws.space.vigilance for p in insiders]
        return sum(not (mind and person.promotion > 0) for mind in minding) >= needed

    def leave_brand(self, person: Person, opinion: Opinion, mine: int) -> None:
        law = self.laws.leaving
        was_customer = opinion.customer == 1
        doubt = max(0.0, 0.5 - opinion.trust)
        if opinion.follows and law.ties_end:
            over = law.overexposure * max(0.0, opinion.exposure - self.laws.persuasion.tolerated_exposure)
            hazard = person.frailty * law.drift + law.distrust * doubt + over
            opinion.follows = not unit(absorb(mine, 1)) < -math.expm1(-hazard)
        if was_customer and unit(absorb(mine, 2)) < -math.expm1(-(law.churn + law.churn_distrust * doubt)):
            opinion.customer, opinion.complaint = 2, 0

    def leave_ties(self, key: int) -> None:
        law = self.laws.leaving
        ended, seekers = [], []
        for i, person in enumerate(self.members):
            if person.space in ("gone", "outside"):
                continue
            mine = absorb(key, person.key)
            refill = -math.log1p(-law.refill) if law.refill < 1 else math.inf
            seekers += [i for _ in hits(mine, 2**41, refill, person.capacity - len(person.ties))]
            drift = person.frailty * law.drift
            drifting = set(hits(mine, 2**42, drift, len(person.ties)))
            for k, tie in enumerate(person.ties):
                mutual = any(back.target == i for back in self.members[tie.target].ties)
                hazard = drift * law.mutual_factor if mutual else drift
                if not tie.sour and not tie.annoyed:
                    if k in drifting and (
                        hazard == drift or unit(absorb(mine, 2**43 + k)) < math.expm1(-hazard) / math.expm1(-drift)
                    ):
                        ended.append((i, k))
                    continue
                if tie.sour:
                    x = (tie.good * self.scale + 1.0) / (tie.good * self.scale + tie.bad * self.scale + 2.0)
                    hazard += law.distrust * max(0.0, 0.5 - x)
                    tie.sour = x < 0.5
                if tie.annoyed:
                    said = self.members[tie.target].said
                    hazard += law.annoyance * (sum(m.selling or (tie.known and m.kind == "hidden") for m in said) / len(said))
                    tie.annoyed = False
                if unit(absorb(mine, k)) < -math.expm1(-hazard):
                    ended.append((i, k))
        for i, k in reversed(ended):
            last = self.members[i].ties.pop()
            if k < len(self.members[i].ties):
                self.members[i].ties[k] = last
        self.follow(seekers)

    def follow(self, seekers: list[int]) -> None:
        key, trust = self.key(streams.FOLLOW), self.laws.trust
        choices = []
        for q, i in enumerate(seekers):
            coin = absorb(absorb(key, self.members[i].key), seekers[:q].count(i))
            choice = -1
            friend = self.somebody(i, absorb(coin, 1))
            if friend >= 0 and self.members[friend].space == self.members[i].space:
                relayed = [m.origin for m in self.members[friend].said if m.plain and m.depth > 0]
                choice = relayed[0] if relayed else self.somebody(friend, absorb(coin, 2))
                elsewhere = choice >= 0 and self.members[choice].space != self.members[i].space
                if elsewhere or (choice >= 0 and self.members[choice].exposed):
                    choice = -1
            choices.append(choice)
        for i, j in zip(seekers, choices, strict=True):
            if j >= 0 and j != i and j not in {tie.target for tie in self.members[i].ties}:
                good, bad = f32(trust.prior_good / self.scale), f32(trust.prior_bad / self.scale)
                self.members[i].ties.append(Tie(j, good, bad, trust.prior_bad > trust.prior_good))

    def somebody(self, i: int, coin: int) -> int:
        ties = self.members[i].ties
        return ties[below(coin, len(ties))].target if ties else -1

    # 9 ------------------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        if self.day < 0:
            return
        self.customers = [sum(p.opinions[b].customer == 1 for p in self.members) for b in range(len(self.brands))]
