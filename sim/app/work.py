"""Long work of a visitor: in another thread, with its progress on the page, ended when she leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import solara

Found = TypeVar("Found")


async def follow(work: Callable[[Callable[[float], None], Callable[[], bool]], Found], progress: solara.Reactive[float]) -> Found:
    """What work finds. It is given a function to tell how much is done (0 to 1) and one that says whether to stop; neither
    touches the page, which is not for threads."""
    done = [0.0]
    ended = False

    def tell(share: float) -> None:
        done[0] = share

    progress.set(0.0)
    running: Any = asyncio.ensure_future(asyncio.to_thread(work, tell, lambda: ended))
    try:
        while not running.done():
            await asyncio.wait([running], timeout=0.25)
            progress.set(done[0])
        return running.result()  # type: ignore[no-any-return]
    finally:
        ended = True
