"""Pages of the documentation whose Python is run: ``python -m tests.pages`` runs them all and records what they print and draw.

A page is Markdown. Its Python blocks run in order, in one namespace, in an empty folder; a block of text that follows one is what
that block prints; a picture ``images/NAME.png`` is a file NAME.png that it saves.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parent.parent / "docs"
PAGES = tuple(DOCS / name for name in ("for-strategists.md", "for-students.md", "for-researchers.md"))
_BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", flags=re.S)


class Block(NamedTuple):
    """A block of a page: what runs, what the page says it prints, what it prints."""

    code: str
    recorded: str
    printed: str


def run(page: Path) -> Iterator[Block]:
    """Run the blocks of a page, here."""
    names: dict[str, object] = {"__name__": "__page__"}
    for code, recorded in _BLOCK.findall(page.read_text(encoding="utf-8")):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, str(page), "exec"), names)
        yield Block(code, recorded, out.getvalue())


def record(page: Path) -> None:
    """Write down what the blocks of a page print and draw."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        blocks = iter(list(run(page)))
        for picture in Path().glob("*.png"):
            shutil.copy(picture, DOCS / "images" / picture.name)

    def told(match: re.Match[str]) -> str:
        printed = next(blocks).printed
        return f"```python\n{match[1]}```\n" + (f"\n```text\n{printed}```\n" if printed else "")

    page.write_text(_BLOCK.sub(told, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "Agg")
    for one in PAGES:
        record(one)
        print(one)
