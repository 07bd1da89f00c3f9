"""The scenarios that come with Murmur, found from any folder."""

from __future__ import annotations

from pathlib import Path

from sim.errors import Fault, InputError, suggestion

_PACKAGE = Path(__file__).parent.parent


def scenario_folder() -> Path:
    """Where the shipped scenarios are: inside the installed package, or beside it in the repository."""
    inside = _PACKAGE / "shipped"
    return inside if inside.is_dir() else _PACKAGE.parent / "scenarios"


def shipped_scenarios() -> dict[str, Path]:
    """The shipped scenarios by name."""
    return {path.stem: path for path in sorted(scenario_folder().glob("*.toml"))}


def find_scenario(source: str | Path) -> Path:
    """The file of that path, or the shipped scenario of that name. Raises InputError when there is neither."""
    path = Path(source)
    if path.is_file():
        return path
    known = shipped_scenarios()
    if str(source) in known:
        return known[str(source)]
    if (path / "manifest.json").exists():
        raise InputError(Fault(str(source), "this is a folder of results", "Read it with murmur compare, or name a scenario."))
    what = "this is a folder" if path.is_dir() else "there is no such file, and no shipped scenario of that name"
    raise InputError(Fault(str(source), what, suggestion(path.stem, known)))
