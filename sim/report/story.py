"""A member's story in sentences: what she read, what it did to her trust, what she found out, and why she left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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
    "overacted_read": "posts of {brand} that were too familiar",
    "norm_breached": "selling for {brand} where it is not done",
}
_SAID = {
    "praise": "praised {brand}",
    "criticism": "criticised {brand}",
    "expose": "wrote that {other} speaks for {brand} in secret",
    "disclosed": "praised {brand} on its behalf, and said so",
    "hidden": "praised {brand} on its behalf, and did not say so",
    "used": "had praise of {brand} posted in her name, without knowing",
    "entry": "entered a contest of {brand}",
}
_WHERE = {"refuge": "left the platform for the refuge", "gone": "left the platform for good", "platform": "came in"}
_OFTEN = {
    "unfollowed_brand_tired": " (some {weight:.0f} of its posts were on her mind)",
    "unfollowed_brand_distrust": " (trust {trust_after:.3f})",
    "left_brand_distrust": " (trust {trust_after:.3f})",
}
_REASONS = 3
COMPLAINTS = ("complained", "complaint_ignored", "complaint_unresolved", "complaint_resolved")
FROM_AFAR = ", as a customer who has left the platform"
"""What is added to a complaint of one who has."""


def story(notes: pd.DataFrame) -> Iterator[str]:
    """The sentences of one member's notes (rows of :meth:`sim.diary.Diary.table`), in order. Reading is summed up between the
    things that mattered, and so is what happens several times a day; whoever stops following or buying is told what had cost most
    trust until then."""
    reading: list[Any] = []
    alike: list[Any] = []
    so_far: list[Any] = []
    for note in notes.itertuples(index=False):
        sentence = _sentence(note)
        if sentence is None and note.event not in _READING and note.event != "posts_read":
            so_far.append(note)
            continue
        if alike and (note.day, sentence) != (alike[0].day, _sentence(alike[0])):
            yield _told(alike, so_far)
            alike = []
        if sentence is None:
            reading.append(note)
        else:
            yield from _read(reading)
            reading = []
            alike.append(note)
        so_far.append(note)
    if alike:
        yield _told(alike, so_far)
    yield from _read(reading)


def happening(note: Any) -> str:
    """What one note says, as words that follow a member's name."""
    return _sentence(note) or f"read {_READING[note.event].format(brand=note.brand)}"


def standing(run: Run, member: str) -> str:
    """Where a member stands today: on the platform or not, and with each brand."""
    world, i = run.world, run.graph.index(member)
    told = [f"in the community: {SPACES[world.members.space[i]]}", f"follows {world.ties.living[i]}"]
    for brand, b in zip(run.brand_names, run.brand_rows, strict=True):
        relations = world.relations
        trust = (relations.good[i, b] + 1) / (relations.good[i, b] + relations.bad[i, b] + 2)
        is_what = ("no customer", "customer", "former customer")[relations.customer[i, b]]
        told.append(f"{brand}: trust {trust:.3f}, {is_what}{', follower' if relations.follows[i, b] else ''}")
    return "; ".join(told) + "."


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
        return _SAID[note.detail].format(**names) if note.detail in _SAID else None
    if note.event == "moved":
        where, _, why = note.detail.partition("; ")
        return _WHERE[where] + (f": {why}" if why else "")
    if note.event not in _TOLD:
        return None
    return _TOLD[note.event].format(**names) + _OFTEN.get(note.event, "").format(**note._asdict())


def _trust(note: Any) -> str:
    changed = note.trust_before == note.trust_before and abs(note.trust_after - note.trust_before) >= 0.0005
    return f" (trust in {note.brand} {note.trust_before:.3f} → {note.trust_after:.3f})" if changed else ""


def _read(reading: list[Any]) -> Iterator[str]:
    """What was read since the last thing that mattered, in one sentence."""
    if not reading:
        return
    posts = sum(int(note.weight) for note in reading if note.event == "posts_read")
    counts = Counter(_READING[note.event].format(brand=note.brand) for note in reading if note.event != "posts_read")
    told = "; ".join([f"{posts:,} post{'s' * (posts != 1)}"] * (posts > 0) + [f"{what} ({n:,})" for what, n in counts.items()])
    first, last = (f"{note.day}".replace("-", "−") for note in (reading[0], reading[-1]))
    days = f"Day {first}" if first == last else f"Days {first} to {last}"
    moves = []
    for brand in dict.fromkeys(note.brand for note in reading if note.trust_before == note.trust_before):
        moved = [note for note in reading if note.brand == brand and note.trust_before == note.trust_before]
        moves.append(f"trust in {brand} {moved[0].trust_before:.3f} → {moved[-1].trust_after:.3f}")
    yield f"{days}: read {told}{' (' + ', '.join(moves) + ')' if moves else ''}."


def _why(note: Any, so_far: list[Any]) -> str:
    """For an end of trust, what had cost most of it."""
    if note.event in ("unfollowed_brand_distrust", "left_brand_distrust"):
        losses: dict[str, list[float]] = {}
        for earlier in so_far:
            if earlier.brand == note.brand and earlier.trust_after < earlier.trust_before:
                losses.setdefault(happening(earlier), []).append(earlier.trust_before - earlier.trust_after)
        worst = sorted(losses.items(), key=lambda item: -sum(item[1]))[:_REASONS]
        told = [f"{what}{f', {len(lost)} times' if len(lost) > 1 else ''} (−{sum(lost):.3f})" for what, lost in worst]
        return f" What had cost most trust: {'; '.join(told)}." if told else ""
    if note.event == "unfollowed_distrust":
        known = [n for n in so_far if n.other == note.other and n.event in ("seen_through", "expose_read")]
        return f" Since day {known[-1].day} she knew for whom that account speaks." if known else ""
    return ""
