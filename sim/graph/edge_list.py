"""Edge lists as people have them.

A text file with one tie a line: two names, separated by commas, tabs, semicolons or spaces; comment lines start with # or %; a
first line with column names is recognised, and so are the usual names of columns. What else stands in a line (a time, a weight)
is passed over.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import numpy as np

from sim.errors import Fault, InputError, suggestion
from sim.state import I32

Direction = Literal["auto", "follows", "flows", "mutual"]
"""How a pair *a b* is read: a follows b; content flows from a to b (b follows a); or both; auto: recognised."""

# Column names that say which column is which, and with them how content flows.
_KNOWN_COLUMNS: dict[tuple[str, str], Direction] = {
    ("follower", "followed"): "follows",
    ("follower", "followee"): "follows",
    ("user", "follows"): "follows",
    ("from", "to"): "auto",
    ("source", "target"): "auto",
    ("src", "dst"): "flows",
    ("sender", "receiver"): "flows",
    ("sender", "recipient"): "flows",
    ("author", "reader"): "flows",
}
_NUMBER = re.compile(r"-?\d+(\.0*)?")
_TIMES = {"time", "timestamp", "date", "datetime"}


class Pairs(NamedTuple):
    """What an edge list holds: both ends of each pair as places in ``names``, how a pair is read, and what was concluded."""

    a: I32
    b: I32
    names: list[str]
    direction: Direction
    notes: tuple[str, ...]


def fault_in(path: Path, what: str, remedy: str) -> InputError:
    """What is wrong with a file, to be raised."""
    return InputError(Fault(str(path), what, remedy))


def read_edge_list(path: Path, file: IO[str], direction: Direction, columns: Sequence[str]) -> Pairs:
    """The pairs in an open text file. Raises InputError with one sentence for what cannot be read."""
    import pandas

    comments, first, offset = _preamble(file)
    if first is None:
        raise fault_in(path, "there are no ties in it", "Give one tie a line: two names.")
    if first.lstrip()[:1] in "{[<":
        raise fault_in(path, "this is JSON or XML, not an edge list", "Save it as an edge list, GraphML, GEXF or GML.")
    separator = _separator(first)
    fields = _split(first, separator)
    if len(fields) < 2:
        raise fault_in(
            path,
            f"line {offset} has one column ({first.strip()[:40]!r}), and a tie needs two",
            "Separate the names by a comma, a tab or a space.",
        )
    second = next((line for line in file if line.strip() and not (comments and line.lstrip().startswith(("#", "%")))), "")
    above = _stands_above(fields, _split(second.rstrip("\n"), separator))
    header = _is_header(fields) or above or _are_named(columns, fields)
    at, by_name = _choose_columns(path, fields, header, columns)
    guessed, why = _guess_direction(comments, by_name)
    body = io.StringIO(("" if header else first + "\n") + second)
    chunks = _Chain(body, file)
    try:
        table = pandas.read_csv(
            chunks,
            sep=separator,
            header=None,
            comment=_comment_sign(comments),
            usecols=sorted({*at, len(fields) - 1}),
            dtype=str,
            engine="c",
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=True,
            skipinitialspace=True,
            encoding_errors="strict",
        )
    except (pandas.errors.ParserError, pandas.errors.EmptyDataError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        if isinstance(error, pandas.errors.EmptyDataError):
            raise fault_in(path, "there are no ties in it, only a header", "Give one tie a line: two names.") from None
        raise fault_in(
            path, "its lines do not have the same columns", "Check the separator, and add a header if names hold one in quotes."
        ) from None
    last = table[len(fields) - 1].isna()
    if len(fields) > 2 and last.any() and not last.all():
        raise fault_in(path, "its lines do not have the same columns", "Give one tie a line; an adjacency list is not read.")
    sides = [table[at[0]], table[at[1]]]
    for side, column in zip(sides, at, strict=True):
        missing = side.isna().to_numpy()
        if missing.any():
            raise fault_in(
                path, f"tie {int(missing.argmax()) + 1} has nothing in column {column + 1}", "Give both names in every line."
            )
    decimals = [
        column for side, column in zip(sides, at, strict=True) if side.head(1000).str.fullmatch(r"-?\d+\.\d*[1-9]\d*").all()
    ]
    if decimals:
        raise fault_in(
            path,
            f"column {decimals[0] + 1} holds decimal numbers, not names of members",
            "Say which columns to use with columns = [...].",
        )
    if above and not _is_header(fields) and {fields[column] for column in at} & set(pandas.concat(sides)):
        header = False  # they are members, who come again
        sides = [pandas.concat([pandas.Series([fields[column]]), side]) for side, column in zip(sides, at, strict=True)]
    codes, names = pandas.factorize(pandas.concat(sides, ignore_index=True))
    a, b = (half.astype(np.int32) for half in np.split(codes, 2))
    used = f"{len(fields)} columns, of which {_spoken(fields, at, header)} are the ties; the others are not used"
    notes = [f"the first line is taken for names of columns: {', '.join(fields)}"] if header and not _is_header(fields) else []
    notes += [used] if len(fields) > 2 else []
    if direction == "auto":
        direction = guessed
        if guessed == "auto":
            direction, why = ("mutual", "no pair stands in both directions") if _all_one_way(a, b) else ("follows", "")
        if why:
            notes.append(f"direction recognised: {why}")
        notes.append("to read it otherwise, say --direction follows, flows or mutual (direction = … in a scenario)")
    return Pairs(a, b, [str(name) for name in names], direction, tuple(notes))


class _Chain:
    """The line already read, put back in front of the file."""

    def __init__(self, first: IO[str], rest: IO[str]) -> None:
        self._first, self._rest = first, rest

    def read(self, size: int = -1) -> str:
        return self._first.read(size) or self._rest.read(size)

    def __iter__(self) -> Any:
        yield from self._first
        yield from self._rest


def _preamble(file: IO[str]) -> tuple[list[str], str | None, int]:
    """Leading comments, the first other line, and its number."""
    comments: list[str] = []
    for number, line in enumerate(file, 1):
        text = line.strip()
        if text.startswith(("#", "%")):
            comments.append(text)
        elif text:
            return comments, line.rstrip("\n"), number
    return comments, None, 0


def _separator(line: str) -> str:
    for sign in (",", ";", "\t"):
        if sign in line:
            return sign
    return r"\s+"


def _split(line: str, separator: str) -> list[str]:
    parts = line.split() if separator == r"\s+" else line.split(separator)
    return [part.strip().strip('"') for part in parts]


def _comment_sign(comments: list[str]) -> str | None:
    """What starts a comment; nothing does in a file without any, where # may be part of a name."""
    return comments[0][0] if comments else None


def _is_header(fields: list[str]) -> bool:
    lowered = [field.lower() for field in fields]
    known = {name for pair in _KNOWN_COLUMNS for name in pair} | _TIMES | {"weight", "id", "node1", "node2", "u", "v"}
    return any(name in known for name in lowered[:2]) or (lowered[-1] in _TIMES | {"weight"})


def _stands_above(fields: list[str], below: list[str]) -> bool:
    """Whether words stand above numbers: names of columns, whatever they are."""
    first = 1 if fields[0] == "" else 0  # a table with a number for each of its rows
    words = [name for name in fields[first : first + 2] if name and not _NUMBER.fullmatch(name)]
    return len(words) == 2 and len(below) >= 2 and all(map(_NUMBER.fullmatch, below[first : first + 2]))


def _are_named(columns: Sequence[str], fields: list[str]) -> bool:
    """Whether the user calls the columns by what stands in the first line."""
    lowered = [field.lower() for field in fields]
    return bool(columns) and all(not str(column).isdecimal() and str(column).lower() in lowered for column in columns)


def _choose_columns(
    path: Path, fields: list[str], header: bool, columns: Sequence[str]
) -> tuple[list[int], tuple[str, str] | None]:
    """The two columns to use, and their names where the header says which is which."""
    lowered = [field.lower() for field in fields]
    if columns:
        if len(columns) != 2:
            raise fault_in(
                path, f"{len(columns)} column(s) named, and a tie needs two", "Write for example columns = ['from', 'to']."
            )
        at = []
        for column in map(str, columns):
            if column.isdecimal() and 1 <= int(column) <= len(fields):
                at.append(int(column) - 1)
            elif header and column.lower() in lowered:
                at.append(lowered.index(column.lower()))
            else:
                known = [*(fields if header else []), *(str(n + 1) for n in range(len(fields)))]
                raise fault_in(path, f"there is no column {column!r}", suggestion(column, known))
        return at, None
    if header:
        for pair in _KNOWN_COLUMNS:
            if set(pair) <= set(lowered):
                return [lowered.index(pair[0]), lowered.index(pair[1])], pair
        if fields[0] == "" and len(fields) > 2:  # numbers of rows stand below it
            return [1, 2], None
    return [0, 1], None


def _guess_direction(comments: list[str], names: tuple[str, str] | None) -> tuple[Direction, str]:
    if re.search(r"\bundirected\b", " ".join(comments).lower()):
        return "mutual", "a comment says undirected"
    if names is not None and _KNOWN_COLUMNS[names] != "auto":
        return _KNOWN_COLUMNS[names], f"columns {names[0]!r} and {names[1]!r}"
    return "auto", ""


def _all_one_way(a: Any, b: Any) -> bool:
    """A social network of some size in which nobody returns a tie is one whose ties were listed once per pair."""
    forth = a.astype(np.int64) << 32 | b
    back = b.astype(np.int64) << 32 | a
    return forth.size >= 100 and not np.isin(forth[a != b], back[a != b]).any()


def _spoken(fields: list[str], at: list[int], header: bool) -> str:
    return " and ".join(repr(fields[column]) if header else f"number {column + 1}" for column in at)
