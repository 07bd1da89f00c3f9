"""A small table, shown in a terminal, on a page and in Markdown."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

from rich.table import Table


class Sheet(NamedTuple):
    """Headings and rows of text. Columns whose heading ends in a space are words and stand left, like the first; the others are
    numbers and stand right."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    title: str = ""

    def _left(self, column: int) -> bool:
        return column == 0 or self.headings[column].endswith(" ")

    def rich(self) -> Table:
        """For a terminal."""
        title = {"title": self.title, "title_justify": "left"} if self.title else {}
        shown = Table(box=None, pad_edge=False, header_style="bold", **title)  # type: ignore[arg-type]
        for n, heading in enumerate(self.headings):
            shown.add_column(heading.strip(), justify="left" if self._left(n) else "right", no_wrap=True)
        for row in self.rows:
            shown.add_row(*row)
        return shown

    def markdown(self) -> list[str]:
        """Lines of a Markdown table."""
        rule = ["---" if self._left(n) else "--:" for n in range(len(self.headings))]
        head = [f"**{self.title}**", ""] if self.title else []
        rows = ([h.strip() for h in self.headings], rule, *self.rows)
        return [*head, *(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |" for cells in rows)]

    def html(self) -> str:
        """For a page."""

        def cells(kind: str, row: Sequence[str]) -> str:
            shown = (
                f"<{kind}{'' if self._left(n) else ' class=number'}>{html.escape(cell.strip())}</{kind}>"
                for n, cell in enumerate(row)
            )
            return f"<tr>{''.join(shown)}</tr>"

        caption = f"<caption>{html.escape(self.title)}</caption>" if self.title else ""
        body = "\n".join(cells("td", row) for row in self.rows)
        return f"<table>{caption}<thead>{cells('th', self.headings)}</thead><tbody>\n{body}\n</tbody></table>"
