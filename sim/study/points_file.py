"""Points of a design in a CSV file: a column per dotted path, a line per point."""

from __future__ import annotations

import contextlib
import csv
import json
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import Fault, InputError

Point = dict[str, Any]
"""Dotted paths and the values that stand there at one point of a design."""


class Row(NamedTuple):
    """A line of a table: its number in the file, and its cells without the spaces around them."""

    line: int
    cells: list[str]


def csv_rows(path: Path, remedy: str) -> list[Row]:
    """The rows of a file of the user's own that are not empty. Raises InputError when it cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            rows = [Row(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
            return [row for row in rows if any(row.cells)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(Fault(str(path), f"cannot be read ({reason})", remedy)) from None


def read_points(path: Path) -> dict[str, Point]:
    """The points of a file, each with the place where it stands there. Raises InputError for what is none."""
    rows = csv_rows(path, "Give a CSV file with a column per path.")
    if len(rows) < 2:
        raise InputError(Fault(str(path), "has no points", "Write the paths in the first line and a point in each further one."))
    head, body = rows[0].cells, rows[1:]
    if not all(head):
        raise InputError(Fault(f"{path}:1", "a column has no name", "Name a path in each column."))
    if len(head) == 1 and ";" in head[0]:
        raise InputError(Fault(f"{path}:1", "its columns stand between semicolons", "Write the file with commas."))
    twice = next((name for n, name in enumerate(head) if name in head[:n]), None)
    if twice is not None:
        raise InputError(Fault(f"{path}:1", f"the column {twice!r} stands there twice", "Keep one of them."))
    faults = [
        Fault(f"{path}:{row.line}", f"has {len(row.cells)} cells, the first line {len(head)}", "Correct the line.")
        for row in body
        if len(row.cells) != len(head)
    ]
    if faults:
        raise InputError(faults)
    if head == [NUMBER]:
        raise InputError(Fault(f"{path}:1", "there is no column that varies", "Name a path in each column."))
    return {
        f"{path}:{row.line}": {key: read_cell(cell) for key, cell in zip(head, row.cells, strict=True) if key != NUMBER}
        for row in body
    }


NUMBER = "point"
"""The column of a written design that numbers its points."""


def written_cell(value: Any) -> str:
    """A value of a factor as it stands in a table of points: nothing is lost, and :func:`read_cell` reads it again."""
    plain = isinstance(value, str) and read_cell(value) == value == value.strip()
    return value if plain else json.dumps(value, ensure_ascii=False)


def read_cell(text: str) -> Any:
    """A cell as TOML or JSON would read it, or else the text itself."""
    if text in ("True", "False"):  # as pandas writes them
        return text == "True"
    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {text}")["value"]
    with contextlib.suppress(json.JSONDecodeError):
        return json.loads(text)
    return text
