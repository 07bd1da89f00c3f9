"""What to say when an extra is not installed."""

from __future__ import annotations

from sim.errors import Fault, InputError


def install(extra: str) -> str:
    """The command that installs an extra, as the README does: from this copy, since the name alone is another package's."""
    return f"python3 -m pip --python .venv install -c constraints.txt '.[{extra}]'"


def not_installed(where: str, what: str, extra: str) -> InputError:
    """The refusal of what needs an extra."""
    return InputError(Fault(where, what, f"Install it, in a copy of the repository: {install(extra)}."))
