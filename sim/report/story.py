"""A member's story in sentences: what she read, what it did to her trust, what she found out, and why she left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

from sim.event_rows import ROWS
from sim.state import SPACES

if TYPE_CHECKING:
    import pandas as pd

    from sim.engine import Run

_TOLD = {
    "seen_through": "saw through a post by {other}: it was ordered by {brand}",
    "expose_read": "read that {other} speaks for {brand} in secret",
    "rival_exposed": "thought worse of {brand} too, after what came out about its rival",
    "confession_read": "read that what was said for {brand} had been ordered",
    "used_unasked": "learned that {brand} had posted in her name without asking",
    "deletion_seen": "noticed that criticism of {brand} had been deleted",
    "answered": "got an answer to her question from {brand}",
    "pitched": "got a sales pitch from {brand} in answer to her question",
    "intruded": "got a reply from {brand} that she had not asked for",
    "took_part": "took part in what {brand} had asked for",
    "bad_experience": "had a bad experience with the product of {brand}",
    "good_experience": "had a good experience with the product of {brand}",
    "complained": "complained to {brand}",
    "complaint_resolved": "had her complaint resolved by {brand}",
    "complaint_unresolved": "got a reply from {brand} that resolved nothing",
    "complaint_ignored": "was left without a reply by {brand}, and was angry",
    "became_customer": "became a customer of {brand}",
    "left_brand_drift": "ceased to be a customer of {brand}, for no reason that the model knows",
    "left_brand_distrust": "ceased to be a customer of {brand}, because she did not trust it",
    "follower_at_first": "is a follower of {brand} from its first day",
    "customer_at_first": "is a customer of {brand} from its first day",
    "followed_brand": "began to follow {brand}",
    "unfollowed_brand_drift": "unfollowed {brand}, for no reason that the model knows",
    "unfollowed_brand_distrust": "unfollowed {brand}, because she did not trust it",
    "unfollowed_brand_tired": "unfollowed {brand}, because it posted too much",
    "followed": "began to follow {other}",
    "unfollowed_drift": "unfollowed {other}, for no reason that the model knows",
    "unfollowed_distrust": "unfollowed {other}, whom she no longer trusted",
    "unfollowed_annoyed": "unfollowed {other}, because of commercial posts",
}
_READING = {
    "praise_read": "praise of {brand}",
    "criticism_read": "criticism of {brand}",
    "debate_read": "criticism of {brand} with its reply",
    "hidden_read": "ordered praise of {brand}, taken for honest",
    "disclosed_read": "praise of {brand} by its ambassadors",
    "entry_read": "contest entries for {brand}",
    "ad_read": "advertisements of {brand}",
    "duplicate_read": "repeated advertisements of {brand}",
    "question_read": "open questions of {brand}",
    "targeted_read": "advertisements of {brand} meant for her",
    "life_event_read": "advertisements of {brand} that knew too much",
    "spam_read": "promotions by members",
    "organic_read": "posts that sell nothing",
}
_OF_THEM = {"overacted_read": "too familiar", "norm_breached": "where selling is not done"}
_AMISS = {"overacted_read": "was too familiar", "norm_breached": "sold where it is not done"}
"""What is held against something read, besides, or against an answer."""
_SAID = {
    "praise": "praised {brand}",
    "criticism": "criticised {brand}",
    "expose": "wrote that {other} speaks for {brand} in secret",
    "entry": "entered a contest of {brand}",
    "disclosed": "praised {brand} on its behalf, and said so",
    "hidden": "praised {brand} on its behalf, and did not say so",
    "used": "had praise of {brand} posted in her name, without knowing",
}
_DUTY = ("disclosed", "hidden", "used")
"""What is said for a brand day after day: summed up, as reading is."""
_WHERE = {"refuge": "left the platform for the refuge", "gone": "left the platform for good", "platform": "came in"}
_OFTEN = {
    "became_customer": " (the chance was {weight:.2%})",
    "unfollowed_brand_tired": " (some {weight:.0f} of its posts were on her mind)",
    "unfollowed_brand_distrust": " (trust {trust_after:.3f})",
    "left_brand_distrust": " (trust {trust_after:.3f})",
    "unfollowed_distrust": " (trust {trust_after:.3f})",
    "unfollowed_annoyed": " ({weight:.0%} of that day's posts by {other} was selling)",
}
_REASONS = 3
_SLIGHT = 0.1
"""Part of the strongest reason from which on another one is told."""
_ENDED = ("unfollowed_drift", "unfollowed_distrust", "unfollowed_annoyed")
_NOTABLE = 0.005
"""What forgetting must do to trust to be told."""
_WRITTEN = ("answered", "pitched", "intruded")
"""What a brand writes to one member, who then decides anew."""
_DRAWS = {row.name: row.defaults.adoption for row in ROWS if row.defaults.adoption}
"""What may make somebody a customer, and by how much unless a scenario says otherwise."""
COMPLAINTS = ("complained", "complaint_ignored", "complaint_unresolved", "complaint_resolved")
FROM_AFAR = ", as a customer who has left the platform"
"""What is added to a complaint of one who has."""


def story(notes: pd.DataFrame, cuts: Collection[int] = ()) -> Iterator[str]:
    """The sentences of one member's notes (rows of :meth:`sim.diary.Diary.table`), in order. What she reads, and says because it
    is her task, is summed up between the things that mattered, and so is what happens several times a day; whoever stops
    following or buying is told what had cost most trust until then, whoever begins to buy what had drawn her. ``cuts``: days from
    which on something is different that notes do not know of, so that nothing is summed up across them."""
    passing: list[Any] = []
    alike: list[Any] = []
    so_far: list[Any] = []
    for note in notes.itertuples(index=False):
        sentence, passes = _sentence(note), _passes(note)
        if passing and any(passing[-1].day < day <= note.day for day in cuts):
            yield from _summed_up(passing)
            passing = []
        if sentence is None and not passes:
            so_far.append(note)
            continue
        if alike and (note.day, sentence) != (alike[0].day, _sentence(alike[0])):
            yield _told(alike, so_far)
            alike = []
        if passes:
            passing.append(note)
        else:
            yield from _summed_up(passing)
            passing = []
            alike.append(note)
        so_far.append(note)
    if alike:
        yield _told(alike, so_far)
    yield from _summed_up(passing)


def happening(note: Any) -> str:
    """What one note says, as words that follow a member's name."""
    if note.event in _OF_THEM:
        return f"{note.brand} {_AMISS[note.event]}"
    return _sentence(note) or f"read {_read(note)}"


def standing(run: Run, member: str) -> str:
    """Where a member stands today: on the platform or not, and with each brand."""
    world, i = run.world, run.graph.index(member)
    here = [f"in the community: {SPACES[world.members.space[i]]}", f"follows {world.ties.living[i]}"]
    return "; ".join([*here, *opinions(run, member)]) + "."


def opinions(run: Run, member: str) -> list[str]:
    """What she thinks of each brand today, and is to it."""
    world, i = run.world, run.graph.index(member)
    told = []
    for brand, b in zip(run.brand_names, run.brand_rows, strict=True):
        relations = world.relations
        trust = (relations.good[i, b] + 1) / (relations.good[i, b] + relations.bad[i, b] + 2)
        is_what = ("not a customer", "customer", "former customer")[relations.customer[i, b]]
        told.append(f"{brand}: trust {trust:.3f}, {is_what}{', follower' if relations.follows[i, b] else ''}")
    return told


def _told(alike: list[Any], so_far: list[Any]) -> str:
    """What happened, once or several times on one day."""
    first, last = alike[0], alike[-1]
    times = f", {len(alike)} times" if len(alike) > 1 else ""
    whole = last._replace(trust_before=first.trust_before)
    where = next((note.detail for note in reversed(so_far) if note.event == "moved"), "")
    afar = FROM_AFAR if where.startswith("gone") and first.event in COMPLAINTS else ""
    return f"Day {str(first.day).replace('-', '−')}: {_sentence(first)}{afar}{times}{_trust(whole)}.{_why(last, so_far)}"


def _sentence(note: Any) -> str | None:
    names = {"brand": note.brand, "other": note.other}
    if note.event == "said":
        return _SAID[note.detail].format(**names) if note.detail in _SAID and note.detail not in _DUTY else None
    if note.event == "moved":
        where, _, why = note.detail.partition("; ")
        return _WHERE[where] + (f": {why}" if why else "")
    if note.event not in _TOLD:
        return None
    return _TOLD[note.event].format(**names) + _OFTEN.get(note.event, "").format(**note._asdict())


def _passes(note: Any) -> bool:
    """Whether it is told only in sum."""
    return note.event == "posts_read" or note.event in _READING or note.event in _OF_THEM or note.detail in _DUTY


def _trust(note: Any) -> str:
    changed = note.brand and note.trust_before == note.trust_before and abs(note.trust_after - note.trust_before) >= 0.0005
    return f" (trust in {note.brand} {note.trust_before:.3f} → {note.trust_after:.3f})" if changed else ""


def _summed_up(passing: list[Any]) -> Iterator[str]:
    """What was read since the last thing that mattered, and said as a task, in one sentence."""
    if not passing:
        return
    posts = sum(int(note.weight) for note in passing if note.event == "posts_read")
    read = Counter(_read(note) for note in passing if note.event in _READING)
    judged = Counter((note.event, note.brand) for note in passing if note.event in _OF_THEM)
    several = len({note.brand for note in passing if note.event in _READING}) > 1
    said = Counter(_SAID[note.detail].format(brand=note.brand) for note in passing if note.event == "said")
    told = [f"{posts:,} plain post{'s' * (posts != 1)}"] * (posts > 0) + [f"{what} ({n:,})" for what, n in read.items()]
    of_them = [
        f", {'all' if n == read.total() else f'{n:,} of them'}{f' for {brand}' * several} {_OF_THEM[event]}"
        for (event, brand), n in judged.items()
    ]
    parts = [f"read {'; '.join(told)}{''.join(of_them)}"] if read else [f"read {'; '.join(told)}"] * bool(told)
    parts += [] if read else [f"took it amiss that {brand} {_AMISS[event]}" for event, brand in judged]
    parts += [f"{what}{f' ({n:,} times)' if n > 1 else ''}" for what, n in said.items()]
    moves = [_moved(brand, passing) for brand in dict.fromkeys(n.brand for n in passing if n.trust_before == n.trust_before)]
    first, last = (f"{note.day}".replace("-", "−") for note in (passing[0], passing[-1]))
    days = f"Day {first}" if first == last else f"Days {first} to {last}"
    yield f"{days}: {'; '.join(parts)}{' (' + ', '.join(moves) + ')' if moves else ''}."


def _read(note: Any) -> str:
    if note.event == "ad_read" and note.other:
        return f"praise of {note.brand} by accounts of which she knew that they speak for it"
    return _READING[note.event].format(brand=note.brand)


def _moved(brand: str, notes: list[Any]) -> str:
    """How trust in a brand went, and what of it was forgetting, which draws it back to one half."""
    moved = [note for note in notes if note.brand == brand and note.trust_before == note.trust_before]
    first, last = moved[0].trust_before, moved[-1].trust_after
    reading = sum(note.trust_after - note.trust_before for note in moved)
    told = f"trust in {brand} {first:.3f} → {last:.3f}"
    forgetting = last - first - reading
    if abs(forgetting) < _NOTABLE:
        return told
    return f"{told}: reading {reading:+.3f}, forgetting {forgetting:+.3f}".replace("-", "−")


def _why(note: Any, so_far: list[Any]) -> str:
    """For an end of trust what had cost most of it, for a beginning what had drawn her."""
    if note.event in ("unfollowed_brand_distrust", "left_brand_distrust"):
        return _costs([n for n in so_far if n.brand == note.brand], happening)
    if note.event == "unfollowed_distrust":
        since = [n for n in so_far if n.other == note.other]
        begun = max((k for k, n in enumerate(since) if n.event == "followed"), default=-1)
        known = [n.day for n in since[begun + 1 :] if n.event in ("seen_through", "expose_read")][:1]
        knew = "".join(f" Since day {day} she knew for whom that account speaks." for day in known)
        return knew + _costs([n for n in since[begun + 1 :] if n.event == "doubted"], _doubt)
    if note.event == "became_customer":
        today = [n for n in so_far if (n.day, n.brand) == (note.day, note.brand) and n.event in _DRAWS]
        if today and today[-1].event in _WRITTEN:
            today = today[-1:]
        drew: dict[str, list[float]] = {}
        for n in today:
            drew.setdefault(happening(n), []).append(_DRAWS[n.event])
        most = sorted(drew.items(), key=lambda item: -sum(item[1]))[:_REASONS]
        most = [(what, each) for what, each in most if sum(each) > _SLIGHT * sum(most[0][1])]
        told = "; ".join(f"{what}{f', {len(each)} times' if len(each) > 1 else ''}" for what, each in most)
        return f" What had drawn her: {told}." if told else ""
    if note.event == "followed" and any(n.event in _ENDED and n.other == note.other for n in so_far):
        return " She had done so before; nothing is kept of a tie that has ended, and trust begins at ½ again."
    return ""


def _costs(notes: list[Any], what: Callable[[Any], str]) -> str:
    losses: dict[str, list[float]] = {}
    for note in notes:
        if note.trust_after < note.trust_before:
            losses.setdefault(what(note), []).append(note.trust_before - note.trust_after)
    worst = sorted(losses.items(), key=lambda item: -sum(item[1]))[:_REASONS]
    worst = [(what, lost) for what, lost in worst if sum(lost) > _SLIGHT * sum(worst[0][1])]
    reasons = [f"{what}{f', {len(lost)} times' if len(lost) > 1 else ''} (−{sum(lost):.3f})" for what, lost in worst]
    return f" What had cost most trust: {'; '.join(reasons)}." if reasons else ""


def _doubt(note: Any) -> str:
    """What made her doubt another member."""
    event, _, brand = note.detail.partition(": ")
    return happening(note._replace(event=event, brand=brand))
