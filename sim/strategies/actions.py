"""What a brand can see and what a brand can do: the whole interface between a strategy and the community."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from sim.declare import Parameter as P
from sim.declare import declarations


@dataclass(frozen=True, slots=True)
class BrandView:
    """What a brand observes in the morning: public numbers, its own books, never anybody's state of mind.

    Counts are yesterday's unless they say otherwise; on the brand's first day they are 0.
    """

    day: int
    """Days since the brand entered; 0 on its first."""
    brand: str
    members: int
    """Members of the community."""
    followers: int
    """Accounts that follow the brand."""
    customers: int
    """The brand's own customers."""
    impressions: int
    """Showings of the brand's posts."""
    praise: int
    """Posts in public that speak well of the brand."""
    criticism: int
    """Posts in public that speak badly of it."""
    questions: int
    """Questions about the category asked in public."""
    complaints: int
    """Complaints by customers."""
    exposes: int
    """Posts that name an account that speaks for the brand in secret; word of them gets around, wherever they are made."""
    spent: float
    """Money spent so far."""


MOST_POSTS = 20
PerDay = Annotated[float, P("how many a day, on average", "per day", 0, MOST_POSTS)]
Share = Annotated[float, P("which share", "–", 0, 1)]
Capacity = Annotated[int, P("how many a day at most", "per day", 0, 100_000)]
Tone = Annotated[float, P("how familiar it sounds: 0 plain, 1 as to an old friend", "–", 0, 1)]
Worth = Annotated[float, P("in the unit of evidence, one good experience", "experiences", 0, 10)]


@dataclass(frozen=True, slots=True)
class Post:
    """Post on the brand's account: ``rate`` posts a day on average, a share ``duplicate`` of them repeats; ``tone`` from 0
    (plain) to 1 (as if everybody were an old friend)."""

    rate: PerDay
    duplicate: Share = 0.0
    tone: Tone = 0.0


@dataclass(frozen=True, slots=True)
class Reach:
    """Pay for each post to be shown to this ``share`` of the members who do not follow the brand."""

    share: Share


@dataclass(frozen=True, slots=True)
class Target:
    """Pay for one more advertisement a day to be shown to members singled out ``by`` what they asked yesterday (*need*), by
    events in their lives (*life_event*), or by *both*; to this ``share`` of them."""

    by: Annotated[Literal["need", "life_event", "both"], P("what singles them out")] = "need"
    share: Share = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer up to ``capacity`` questions a day; a share ``pitch`` of the answers tries to sell.

    ``first``: whom to answer when there are more questions than capacity: anyone, or those with most followers in their
    circle.
    """

    capacity: Capacity
    useful: Share = 1.0
    pitch: Share = 0.0
    first: Annotated[Literal["anyone", "influential"], P("whom first")] = "anyone"


@dataclass(frozen=True, slots=True)
class Reply:
    """Reply to up to ``capacity`` complaints a day, the oldest first, of which a share ``coverage`` is noticed at all."""

    capacity: Capacity
    coverage: Share = 0.45


@dataclass(frozen=True, slots=True)
class Intrude:
    """Reply, unasked, to this ``share`` of the posts that praise or criticise the brand."""

    share: Share


@dataclass(frozen=True, slots=True)
class Debate:
    """Reply in public to up to ``capacity`` of the day's criticisms, before they are read."""

    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Censor:
    """Have this ``share`` of the day's criticisms deleted in the course of the day."""

    share: Share


@dataclass(frozen=True, slots=True)
class Ask:
    """Post ``rate`` open questions a day; an answer is given ``credit`` and takes ``effort``."""

    rate: PerDay
    credit: Worth = 0.0
    effort: Worth = 0.3


@dataclass(frozen=True, slots=True)
class Contest:
    """Hold a contest today, of which followers hear and whoever the brand pays to reach: an entry is promised a
    ``reward``, is given ``credit`` and takes ``effort``."""

    reward: Worth = 0.3
    effort: Worth = 0.3
    credit: Worth = 0.0


@dataclass(frozen=True, slots=True)
class Improve:
    """Send up to ``capacity`` of yesterday's criticisms and complaints back into the product; each takes away a share ``gain``
    of what is still bad about it."""

    capacity: Capacity
    gain: Share


@dataclass(frozen=True, slots=True)
class Plant:
    """Keep ``accounts`` that pose as members; each praises the brand ``rate`` times a day (at most once), in this ``tone``."""

    accounts: Annotated[int, P("how many", "accounts", 0, 10_000_000)]
    rate: Share = 0.5
    tone: Tone = 0.0


@dataclass(frozen=True, slots=True)
class Ambassadors:
    """Recruit ``number`` members who praise the brand ``rate`` times a day (at most once), in this ``tone``.

    ``mode``: they say that they are paid (*disclosed*), they do not (*covert*), or the brand posts in their name without
    asking (*unaware*; whoever has praised it in public). ``target``: whom to recruit: anyone, those with most followers,
    those with most followers in their circle, the brand's own customers.
    """

    number: Annotated[int, P("how many", "members", 0, 10_000_000)]
    rate: Share = 0.2
    mode: Annotated[Literal["disclosed", "covert", "unaware"], P("what others are told")] = "disclosed"
    target: Annotated[Literal["anyone", "popular", "influential", "customers"], P("whom")] = "customers"
    tone: Tone = 0.0


@dataclass(frozen=True, slots=True)
class Confess:
    """Own up, in all that the brand posts, to what was said for it in secret."""


@dataclass(frozen=True, slots=True)
class Actions:
    """What a brand does today. Nothing, unless said."""

    post: Post | None = None
    reach: Reach | None = None
    target: Target | None = None
    answer: Answer | None = None
    reply: Reply | None = None
    intrude: Intrude | None = None
    debate: Debate | None = None
    censor: Censor | None = None
    ask: Ask | None = None
    contest: Contest | None = None
    improve: Improve | None = None
    plant: Plant | None = None
    ambassadors: Ambassadors | None = None
    confess: Confess | None = None

    def with_(self, other: Actions) -> Actions:
        """Both at once; what both do, ``other`` decides."""
        given = {field.name: getattr(other, field.name) for field in fields(other)}
        return replace(self, **{name: action for name, action in given.items() if action is not None})


PRIMITIVES: dict[str, type[Any]] = {
    "post": Post,
    "reach": Reach,
    "target": Target,
    "answer": Answer,
    "reply": Reply,
    "intrude": Intrude,
    "debate": Debate,
    "censor": Censor,
    "ask": Ask,
    "contest": Contest,
    "improve": Improve,
    "plant": Plant,
    "ambassadors": Ambassadors,
    "confess": Confess,
}
"""What a brand can do, by the name of the field of :class:`Actions`."""


@lru_cache(4096)
def checked(actions: Any) -> Actions:
    """What a strategy has decided, if it is what a brand can do. Raises TypeError or ValueError with what is wrong."""
    if not isinstance(actions, Actions):
        raise TypeError(f"decide must return Actions, not {actions!r}")
    for name, kind in PRIMITIVES.items():
        action = getattr(actions, name)
        if action is None:
            continue
        if not isinstance(action, kind):
            raise TypeError(f"Actions.{name} must be {kind.__name__}(…), not {action!r}")
        for field, hint, declared in declarations(kind, P):
            value = getattr(action, field)
            if hint in (int, float) and not (isinstance(value, int | float) and declared.low <= value <= declared.high):
                raise ValueError(f"{kind.__name__}.{field} must be from {declared.low:g} to {declared.high:g}, not {value!r}")
    return actions


@runtime_checkable
class Strategy(Protocol):
    """How a brand behaves: a frozen dataclass whose fields are its settings, and one method."""

    def decide(self, view: BrandView) -> Actions:
        """What to do today, given what can be seen. No memory, no chance: the same view, the same actions."""
        ...
