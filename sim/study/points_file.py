"""Points of a design in a CSV file: a column per dotted path, a line per point."""

from __future__ import annotations

import contextlib
import csv
import json
import tomllib
from pathlib import Path
from typing import Any

from sim.errors import Fault, InputError

Point = dict[str, Any]
"""Dotted paths and the values that stand there at one point of a design."""


def csv_rows(path: Path, remedy: str) -> list[list[str]]:
    """The rows of a file of the user's own that are not empty. Raises InputError when it cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(Fault(str(path), f"cannot be read ({reason})", remedy)) from None


def read_points(path: Path) -> list[Point]:
    """The points of a file. Raises InputError for what is none."""
    rows = csv_rows(path, "Give a CSV file with a column per path.")
    if len(rows) < 2:
        raise InputError(Fault(str(path), "has no points", "Write the paths in the first line and a point in each further one."))
    head, *body = rows
    head = [name.strip() for name in head]
    if not all(head):
        raise InputError(Fault(f"{path}:1", "a column has no name", "Name a path in each column."))
    if len(head) == 1 and ";" in head[0]:
        raise InputError(Fault(f"{path}:1", "its columns stand between semicolons", "Write the file with commas."))
    twice = next((name for n, name in enumerate(head) if name in head[:n]), None)
    if twice is not None:
        raise InputError(Fault(f"{path}:1", f"the column {twice!r} stands there twice", "Keep one of them."))
    for n, row in enumerate(body, 2):
        if len(row) != len(head):
            raise InputError(Fault(f"{path}:{n}", f"has {len(row)} cells, the first line {len(head)}", "Correct the line."))
    points = [{key: read_cell(cell.strip()) for key, cell in zip(head, row, strict=True)} for row in body]
    for point in points:
        point.pop(NUMBER, None)
    if not points[0]:
        raise InputError(Fault(f"{path}:1", "there is no column that varies", "Name a path in each column."))
    return points


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
