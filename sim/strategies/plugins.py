"""Strategies of the user's own, from a Python file named on the command line. Never from a scenario file: whoever sends
somebody a scenario must not be able to run code."""

from __future__ import annotations

import dataclasses
import importlib
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, get_type_hints

from sim.declare import Parameter, declarations
from sim.errors import Fault, InputError
from sim.strategies.actions import Strategy


def load_plugin(path: Path, known: Mapping[str, type[Strategy]]) -> dict[str, type[Strategy]]:
    """Import a Python file; returns its strategies by name, which must not be that of another one ``known``.

    A strategy is a frozen dataclass with a method ``decide`` and defaults for all its fields; it is called as its class, in
    snake case. Raises InputError when the file cannot be imported or holds none. The file is imported under its own name from its
    own folder, so that worker processes find it too.
    """
    where = str(path)
    if not path.is_file() or path.suffix != ".py" or not path.stem.isidentifier():
        raise InputError(Fault(where, "this is no Python file", "Name a file such as my_strategies.py."))
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        module = importlib.import_module(path.stem)
    except Exception as error:  # whatever the user's file raises
        raise InputError(Fault(where, f"cannot be imported ({type(error).__name__}: {error})", "Correct the file.")) from None
    if Path(module.__file__ or "").resolve() != path.resolve():
        raise InputError(Fault(where, f"there is another module called {path.stem!r}", "Give the file another name."))
    found: dict[str, type[Strategy]] = {}
    for kind in vars(module).values():
        if not (isinstance(kind, type) and kind.__module__ == module.__name__ and hasattr(kind, "decide")):
            continue
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
        if not (dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen):  # type: ignore[attr-defined]
            raise InputError(
                Fault(f"{where}: {kind.__name__}", "a strategy must be a frozen dataclass", "Write @dataclass(frozen=True).")
            )
        if any(field.default is dataclasses.MISSING for field in dataclasses.fields(kind)):
            raise InputError(Fault(f"{where}: {kind.__name__}", "a field has no default", "Give each field one."))
        declare_settings(kind, where)
        if known.get(name, kind) is not kind:
            raise InputError(Fault(f"{where}: {kind.__name__}", f"there is a strategy {name!r} already", "Give it another name."))
        found[name] = kind  # type: ignore[assignment]  # it has the method decide
    if not found:
        raise InputError(Fault(where, "there is no strategy in it", "Define a frozen dataclass with a method decide."))
    return found


def declare_settings(kind: type, where: str) -> None:
    """Fields without a declaration are settings without bounds. Raises InputError for what is no setting."""
    declared = {name for name, _, _ in declarations(kind, Parameter)}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if name in declared:
            continue
        if hint not in (int, float, bool, str):
            raise InputError(
                Fault(
                    f"{where}: {kind.__name__}.{name}", "a setting is a number, a switch or a text", "Annotate it so: x: float."
                )
            )
        kind.__annotations__[name] = Annotated[hint, Parameter("a setting of your own", source="–")]
