"""The one place that knows how kernels are compiled and where the machine code is kept.

No fastmath anywhere: results must not depend on how the compiler orders a sum. Kernels release the interpreter lock, so
that one compiled version serves one thread and many.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs

Function = TypeVar("Function", bound=Callable[..., Any])


def cache_folder() -> Path:
    """Where compiled kernels are kept: one folder per version of the kernels' sources, of numba and of Python.

    Numba notices an edit only in the file of the function it loads, not in the files that one calls into or takes constants
    from; so the folder is named after the content of all that kernels import.
    """
    here = Path(__file__).parent
    beside = ("declare", "event_rows", "events", "laws", "state")
    sources = sorted([*here.glob("*.py"), *(here.parent / f"{name}.py" for name in beside)])
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    version = f"py{sys.version_info.major}.{sys.version_info.minor}-numba{numba.__version__}"
    asked = os.environ.get("MURMUR_CACHE_DIR") or os.environ.get("NUMBA_CACHE_DIR")
    base = asked or platformdirs.user_cache_dir("murmur")
    return Path(base) / f"{version}-{digest}"


_numba: Any = numba  # its type information leaves out the configuration and the option _nrt

_numba.config.CACHE_DIR = str(cache_folder())


def kernel(function: Function) -> Function:
    """Compile an entry point of the daily loop: arrays in, arrays out, cached on disk, allocating nothing.

    Without allocation there is no need to count references to arrays, which otherwise happens at every ``ties.target[k]``
    and makes the loops several times slower.
    """
    return cast(Function, _numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))


def builder(function: Function) -> Function:
    """Compile an entry point that needs scratch arrays of its own: building and measuring graphs."""
    return cast(Function, _numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def part(function: Function) -> Function:
    """Compile a piece of a kernel; it becomes part of the entry points that call it."""
    return cast(Function, _numba.njit(nogil=True, error_model="numpy", _nrt=False)(function))


def inlined(function: Function) -> Function:
    """Compile a piece that becomes part of its callers before anything is optimised: for the few that are called for each
    item read, where handing over some dozens of arrays costs more than the work."""
    return cast(Function, _numba.njit(nogil=True, error_model="numpy", _nrt=False, inline="always")(function))


def compiled_to() -> Path | None:
    """The folder in use for machine code; None when compilation is off."""
    return Path(_numba.config.CACHE_DIR) if not _numba.config.DISABLE_JIT else None
