"""A results folder: written so that whatever is there under its final name is whole, by one process at a time."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import filelock

from sim.errors import Fault, InputError
from sim.scenario import Policy
from sim.strategies import STRATEGIES

MANIFEST = "manifest.json"
_LOCKED = ("parts", "runs", "series", "failures")
"""Where only he writes who has opened the folder."""
_WORDS = ("title", "description", "references")
_ASIDE = ".aside-"
"""How names of files begin that are being written."""


class Folder:
    """One results folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def open(self, manifest: Mapping[str, Any], seeds: Sequence[int] = ()) -> Iterator[None]:
        """Make the folder, or find it as an earlier attempt at the same job left it, and keep others out meanwhile. ``seeds``:
        worlds asked for, noted beside those of earlier attempts.

        Raises InputError when it belongs to another job, somebody is working in it, or it cannot be written.
        """
        with contextlib.ExitStack() as stack:
            try:
                self.path.mkdir(parents=True, exist_ok=True)
                stack.enter_context(filelock.FileLock(self.path / ".lock", timeout=0))
                self._remove_asides()
                old = self.manifest() if (self.path / MANIFEST).exists() else None
                if old is None and any(next((self.path / part).glob("[!.]*"), None) for part in _LOCKED):
                    what = f"holds results, and no {MANIFEST} that says of what"
                    raise InputError(Fault(str(self.path), what, "Put it back, or choose another folder with --out."))
                if old is None or _essence(old["job"]) == _essence(manifest["job"]):
                    asked = dict.fromkeys([*(old or {}).get("seeds", ()), *seeds])
                    self._write_manifest({**(old or {}), **manifest, **({"seeds": [*asked]} if asked else {})})
            except filelock.Timeout:
                raise InputError(
                    Fault(
                        str(self.path), "another process is working in this folder", "Wait for it, or choose another with --out."
                    )
                ) from None
            except OSError as error:
                raise InputError(
                    Fault(str(self.path), f"cannot be written ({error.strerror})", "Choose another folder with --out.")
                ) from None
            if old is not None and _essence(old["job"]) != _essence(manifest["job"]):
                differing = ", ".join(_told_apart(_essence(old["job"]), _essence(manifest["job"])))
                raise InputError(
                    Fault(
                        str(self.path),
                        f"holds results of another job (not the same: {differing})",
                        "Choose another folder with --out.",
                    )
                )
            yield

    def note(self, **entries: Any) -> None:
        """Put something into the manifest."""
        self._write_manifest({**self.manifest(), **entries})

    def finish(self, result: Mapping[str, Any]) -> None:
        """Note in the manifest what came out."""
        self.note(result=dict(result))

    def _remove_asides(self) -> None:
        """Remove what was being written when an earlier attempt was killed."""
        for part in _LOCKED:  # elsewhere reports and exports write, which ask for no lock
            for stray in (self.path / part).glob(f"{_ASIDE}*"):
                stray.unlink(missing_ok=True)

    def _write_manifest(self, manifest: Mapping[str, Any]) -> None:
        text = json.dumps(manifest, indent=1, ensure_ascii=False)
        self.write(MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))

    def manifest(self) -> dict[str, Any]:
        """What the folder says it holds."""
        return read_manifest(self.path / MANIFEST)

    def write(self, name: str, save: Callable[[Path], Any], lasting: bool = True) -> Path:
        """Write a file aside and put it in its place when it is whole: under its name it is never half a file. ``lasting``: wait
        until it is on the disk, so that this also holds when the machine goes down."""
        final = self.path / name
        aside = final.with_name(f"{_ASIDE}{os.getpid()}-{final.name}")
        try:
            final.parent.mkdir(exist_ok=True)
            save(aside)
            if lasting:
                with aside.open("rb") as file:
                    os.fsync(file.fileno())
            os.replace(aside, final)
        finally:
            with contextlib.suppress(FileNotFoundError):
                aside.unlink()
        return final


def _essence(job: Mapping[str, Any]) -> dict[str, Any]:
    """A job without the words about it, which do not change what comes of it."""
    scenario = {key: value for key, value in job.get("scenario", {}).items() if key not in _WORDS}
    return {**job, "scenario": scenario}


def _told_apart(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Where two jobs differ; that they have other communities only where nothing else says why."""
    found = list(_differing(old, new))
    others = [what for what in found if not what.startswith("graph.")]
    return others or ["what is in a network's file"]


def _differing(old: Mapping[str, Any], new: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Where two jobs differ, as dotted paths with both values where those are short."""
    for key in sorted({*old, *new}):
        a, b = old.get(key), new.get(key)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            yield from _differing(a, b, f"{at}{key}.")
        elif a != b:
            short = all(isinstance(value, int | float | bool) for value in (a, b))
            yield f"{at}{key} {a}, now {b}" if short else f"{at}{key}"


def read_manifest(path: Path) -> dict[str, Any]:
    """A manifest. Raises InputError for what is not one."""
    if path.is_dir():
        path = path / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            Fault(str(path), "there is no such file", "Give a results folder, or the manifest.json in one.")
        ) from None
    except (OSError, ValueError):
        raise InputError(Fault(str(path), "this is not a results folder or a manifest", "Give one that Murmur wrote.")) from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("job"), dict):
        raise InputError(Fault(str(path), "this is not a manifest", "Give a manifest.json that Murmur wrote."))
    return manifest


def provenance() -> dict[str, Any]:
    """When, by what versions and on what a result was made."""
    packages = ("murmur", "mesa", "networkx", "numpy", "numba", "scipy")
    versions = {}
    for package in packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **versions},
        "commit": _commit(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def code_digest() -> str:
    """A fingerprint of the code that makes results: runs of different code do not mix in one folder."""
    root = Path(__file__).parent.parent
    aside = {root / name for name in ("cli", "report", "study", "community.py", "warm.py", "__main__.py")}
    sources = sorted(path for path in root.rglob("*.py") if not aside & {path, *path.parents})
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def own_strategies(policies: Sequence[Policy]) -> dict[str, str]:
    """Fingerprints of the strategies that are not Murmur's own, by policy or name: an edited one is another one."""
    kinds = {**STRATEGIES, **{policy.name: type(policy.strategy) for policy in policies}}
    return {
        name: hashlib.sha256(_source(kind)).hexdigest()[:16]
        for name, kind in kinds.items()
        if not kind.__module__.startswith("sim.")
    }


def _source(strategy: Any) -> bytes:
    """The text of a strategy, or, where it was typed at a prompt and has none, what its decision compiles to."""
    try:
        return inspect.getsource(strategy).encode()
    except (OSError, TypeError):
        code = strategy.decide.__code__
        return bytes(code.co_code) + repr((code.co_consts, code.co_names)).encode()


def _commit() -> str | None:
    """The commit of the source, when it runs from a checkout."""
    here = Path(__file__).parent
    with contextlib.suppress(OSError):
        done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=here, capture_output=True, text=True, check=False)
        tracked = subprocess.run(["git", "ls-files", "--error-unmatch", __file__], cwd=here, capture_output=True, check=False)
        if done.returncode == 0 and tracked.returncode == 0:
            return done.stdout.strip()
    return None
