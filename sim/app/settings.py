"""What a visitor has chosen: a scenario, two policies, a seed, and what she has changed. Fits into an address and into a file."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sim.app.variants import policy_of
from sim.errors import Fault, InputError, suggestion
from sim.scenario import CONTROL, Scenario, changed, dump_toml, load_scenario, parse_text, shipped_scenarios, value_at
from sim.scenario.plan import Factor, Plan

MOST_MEMBERS = 20_000
"""Members of a community that a page shows at most."""
MOST_BYTES = 1_000_000
"""Size of a scenario that may be uploaded."""
MOST_SEED = 2**31
_OWN = "your own"
_MOST_PACKED = 4000
"""Characters of an address that a scenario may take."""
PAGE_KEYS = ("tab", "without", "lesson")
"""Keys of an address that say what of the page is shown."""


@dataclass(frozen=True)
class Settings:
    """A visitor's choices.

    ``policy`` is what the brand does, ``rival`` what it does in the second world of a comparison. ``changes``: dotted paths and
    values, in the order in which they were changed. ``own``: a scenario of her own, used instead of the shipped one; ``text``:
    the file it came from, where it may be passed on in an address.
    """

    scenario: str = "hobby_forum"
    policy: str = "broadcast"
    rival: str = "listen_first"
    seed: int = 1
    changes: tuple[tuple[str, Any], ...] = ()
    own: Scenario | None = None
    text: str = ""

    @cached_property
    def plain(self) -> Scenario:
        """The scenario without her changes. Raises InputError for what is wrong with it."""
        if self.own is not None:
            base = self.own
        elif self.scenario in shipped_scenarios():
            base = load_scenario(self.scenario)
        else:
            known = ", ".join(shipped_scenarios())
            raise InputError(Fault("scenario", f"there is no shipped scenario {self.scenario!r}", f"Use one of: {known}."))
        names = dict.fromkeys((self.policy, self.rival))
        return base.with_policies([policy_of(base, name) for name in names])

    @cached_property
    def resolved(self) -> Scenario:
        """The scenario with her changes. Raises InputError for what cannot be lived, or not on a page."""
        scenario = changed(self.plain, dict(self.changes)) if self.changes else self.plain
        members = getattr(scenario.graph, "members", 0)
        if members > MOST_MEMBERS:
            raise too_many(members)
        return scenario

    def change(self, path: str, value: Any) -> Settings:
        """With one value changed; back at its default it is no change."""
        others = tuple(pair for pair in self.changes if pair[0] != path)
        same = not isinstance(value, bool) and isinstance(value, int | float) and value == self.default(path)
        return replace(self, changes=others if same or value is self.default(path) else (*others, (path, value)))

    def default(self, path: str) -> Any:
        """What the scenario itself has there."""
        return value_at(self.plain, path, "page")[0]

    def value(self, path: str) -> Any:
        """What stands there now."""
        return dict(self.changes).get(path, self.default(path))

    def query(self) -> str:
        """The choices as the query of an address, without what is left as it is. A short scenario of her own fits into one."""
        plain, first = Settings(), {}
        if self.own is not None:
            plain, packed = Settings.of(self.own, self.text), _packed(self.text)
            first = {"own": packed if packed and len(packed) <= _MOST_PACKED else "yes"}
        chosen = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("changes", "own", "text") and getattr(self, field.name) != getattr(plain, field.name)
        }
        return urlencode({**first, **chosen, **{path: json.dumps(value) for path, value in self.changes}})

    @classmethod
    def of(cls, scenario: Scenario, text: str = "") -> Settings:
        """A scenario of the visitor's own (from this ``text``), under the first of its policies that does anything."""
        acting = [policy.name for policy in scenario.policy if policy.name != CONTROL]
        policy = acting[0] if acting else CONTROL
        return cls("", policy, acting[1] if len(acting) > 1 else CONTROL, scenario.seed, (), scenario, text)

    @classmethod
    def from_query(cls, query: str) -> Settings:
        """The choices in an address. Raises InputError for what is none."""
        found = cls()
        for key, text in parse_qsl(query.lstrip("?")):
            if key == "own" and text != "yes":
                own = _unpacked(text)
                found = cls.of(parse_upload(own), own)
            elif key == "own":
                what = "the scenario of whoever shared this address is not in it"
                raise InputError(Fault("address", what, "Ask for its file (Take it away: Scenario), and drop it onto the page."))
            elif key == "scenario":
                found = replace(found, scenario=text)
            elif key == "policy":
                found = replace(found, policy=text)
            elif key == "rival":
                found = replace(found, rival=text)
            elif key == "seed":
                if not text.isdecimal() or int(text) > MOST_SEED:
                    raise InputError(Fault("address: seed", f"{text!r} is no seed", f"Use a whole number up to {MOST_SEED:,}."))
                found = replace(found, seed=int(text))
            elif "." in key or key == "days":
                try:
                    found = replace(found, changes=(*found.changes, (key, json.loads(text))))
                except ValueError:
                    raise InputError(Fault(f"address: {key}", f"{text!r} is no value", "Write a number or true.")) from None
            elif key not in PAGE_KEYS:
                known = ("scenario", "policy", "rival", "seed", "days", *PAGE_KEYS)
                raise InputError(Fault(f"address: {key}", "there is no such choice", suggestion(key, known)))
        _ = found.resolved
        return found

    def toml(self, policies: Sequence[str], without: str = "") -> str:
        """The scenario as a file for ``murmur compare`` under these policies, with nothing left to defaults; ``without``: a
        mechanism that a study has and has not."""
        scenario = self.resolved.with_policies([self.resolved.find_policy(name) for name in dict.fromkeys(policies)])
        needed = scenario.followed(policies)
        changes: dict[str, Any] = {
            "seed": self.seed,
            "policy": tuple(policy for policy in scenario.policy if policy.name in needed),
        }
        if without:
            both = Factor(path=f"mechanisms.{without}", values=(True, False))
            changes["study"] = Plan(worlds=50, factor=(both,))
        return dump_toml(scenario.model_copy(update=changes))

    @property
    def title(self) -> str:
        """What the scenario is called."""
        return self.plain.title or self.scenario or _OWN


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=") if text else ""


def _unpacked(packed: str) -> str:
    """The text in an address. Raises InputError when there is none, or too much."""
    try:
        reading = zlib.decompressobj()
        raw = reading.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MOST_BYTES + 1)
        return raw.decode()
    except (ValueError, zlib.error):
        raise InputError(Fault("address: own", "is no scenario", "Copy the whole address, or drop the file.")) from None


def parse_upload(text: str) -> Scenario:
    """A scenario from the text of a file. Raises InputError with every fault."""
    if len(text.encode()) > MOST_BYTES:
        raise InputError(Fault("your scenario", "is larger than a megabyte", "Shorten it."))
    return parse_text(text, "your scenario")


def too_many(members: int) -> InputError:
    """What is said of a community that is too large for a page."""
    what = f"{members:,} members are more than a page can show ({MOST_MEMBERS:,})"
    return InputError(Fault("graph", what, "Choose a smaller community, or use murmur compare."))
