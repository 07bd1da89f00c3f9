"""What a brand can see and what a brand can do: the whole interface between a strategy and the community."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal, Protocol, runtime_checkable


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
    spent: float
    """Money spent so far."""


@dataclass(frozen=True, slots=True)
class Post:
    """Post on the brand's account: ``rate`` posts a day on average, a share ``duplicate`` of them repeats; ``tone`` from 0
    (plain) to 1 (as if everybody were an old friend)."""

    rate: float
    duplicate: float = 0.0
    tone: float = 0.0


@dataclass(frozen=True, slots=True)
class Reach:
    """Pay for each post to be shown to this ``share`` of the members who do not follow the brand."""

    share: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer up to ``capacity`` questions a day; a share ``pitch`` of the answers tries to sell.

    ``first``: whom to answer when there are more questions than capacity: anyone, or those with most followers in their
    circle.
    """

    capacity: int
    useful: float = 1.0
    pitch: float = 0.0
    first: Literal["anyone", "influential"] = "anyone"


@dataclass(frozen=True, slots=True)
class Reply:
    """Reply to up to ``capacity`` complaints a day, the oldest first, of which a share ``coverage`` is noticed at all."""

    capacity: int
    coverage: float = 0.45


@dataclass(frozen=True, slots=True)
class Improve:
    """Send up to ``capacity`` of yesterday's criticisms and complaints back into the product; each takes away a share ``gain``
    of what is still bad about it."""

    capacity: int
    gain: float


@dataclass(frozen=True, slots=True)
class Plant:
    """Keep ``accounts`` that pose as members; each praises the brand ``rate`` times a day, in this ``tone``."""

    accounts: int
    rate: float
    tone: float = 0.0


@dataclass(frozen=True, slots=True)
class Ambassadors:
    """Recruit ``number`` members who praise the brand ``rate`` times a day (at most once), in this ``tone``.

    ``mode``: they say that they are paid (*disclosed*), they do not (*covert*), or the brand posts in their name without
    asking (*unaware*; whoever has praised it in public). ``target``: whom to recruit: anyone, those with most followers,
    those with most followers in their circle, the brand's own customers.
    """

    number: int
    rate: float
    mode: Literal["disclosed", "covert", "unaware"] = "disclosed"
    target: Literal["anyone", "popular", "influential", "customers"] = "customers"
    tone: float = 0.0


@dataclass(frozen=True, slots=True)
class Actions:
    """What a brand does today. Nothing, unless said."""

    post: Post | None = None
    reach: Reach | None = None
    answer: Answer | None = None
    reply: Reply | None = None
    improve: Improve | None = None
    plant: Plant | None = None
    ambassadors: Ambassadors | None = None

    def with_(self, other: Actions) -> Actions:
        """Both at once; what both do, ``other`` decides."""
        given = {field.name: getattr(other, field.name) for field in fields(other)}
        return replace(self, **{name: action for name, action in given.items() if action is not None})


@runtime_checkable
class Strategy(Protocol):
    """How a brand behaves: a frozen dataclass whose fields are its settings, and one method."""

    def decide(self, view: BrandView) -> Actions:
        """What to do today, given what can be seen. No memory, no chance: the same view, the same actions."""
        ...
