"""A user's own network: edge lists as people have them, and the XML and GML formats networkx reads.

An edge list is a text file with one tie a line: two names, separated by commas, tabs, semicolons or spaces; comment lines
start with # or %; a first line with column names is recognised, and so are the usual names of columns. What else stands
in a line (a time, a weight) is passed over. What was concluded about the file is kept in the graph's notes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from sim.errors import Fault, InputError, suggestion
from sim.graph.csr import Graph
from sim.state import I32

Direction = Literal["auto", "follows", "flows", "mutual"]
"""How a pair *a b* is read: a follows b; content flows from a to b (b follows a); or both; auto: recognised."""

MOST_BYTES = 4_000_000_000

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
_TIMES = {"time", "timestamp", "date", "datetime"}


def read_graph(path: str | Path, direction: Direction = "auto", columns: Sequence[str] = ()) -> Graph:
    """Read a network file. ``columns``: the two columns that hold the ties, by header name or by number from 1.

    Raises InputError with one sentence for whatever cannot be read. Pickled graphs are refused: opening one runs the code
    of whoever made it.
    """
    path = Path(path)
    if not path.exists():
        raise _fault(path, "there is no such file", "Check the path; murmur list graphs shows the kinds that need none.")
    if path.is_dir():
        raise _fault(path, "this is a folder", "Name a file: an edge list, GraphML, GEXF or GML.")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise _fault(
            path,
            f"the file has {size / 1e9:.1f} GB, more than the {MOST_BYTES / 1e9:.0f} GB that are read",
            "Take a sample of it.",
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if path.suffix.lower() in {".pkl", ".pickle", ".gpickle"} or head[:1] == b"\x80":
        raise _fault(
            path,
            "pickled graphs are not opened, since that would run code from the file",
            "Save it as GraphML or as an edge list.",
        )
    compressed = head[:2] == b"\x1f\x8b"
    inner = Path(path.stem) if compressed else path
    if not head:
        raise _fault(path, "the file is empty", "Give one tie a line: two names.")
    if not compressed and b"\0" in head:
        raise _fault(path, "this is a binary file", "Give a text file: an edge list, GraphML, GEXF or GML.")
    source = {"kind": "file", "file": str(path), "sha256": _sha256(path)}
    reader = _NETWORKX_FORMATS.get(inner.suffix.lower())
    if reader is not None:
        return _read_networkx(path, reader, direction, source)
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig") if compressed else path.open(encoding="utf-8-sig") as file:
            return _read_edge_list(path, file, direction, columns, source)
    except UnicodeDecodeError:
        raise _fault(path, "this is not text in UTF-8", "Save the edge list as UTF-8 text.") from None
    except (OSError, EOFError) as error:
        raise _fault(path, f"it cannot be read ({error})", "Check the file.") from None


def _fault(path: Path, what: str, remedy: str) -> InputError:
    return InputError(Fault(str(path), what, remedy))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _graphml(path: Path) -> Any:
    import networkx

    return networkx.read_graphml(path)


def _gexf(path: Path) -> Any:
    import networkx

    return networkx.read_gexf(path)


def _gml(path: Path) -> Any:
    import networkx

    try:
        return networkx.read_gml(path)
    except networkx.NetworkXError as error:
        if "duplicate" in str(error) or "label" in str(error):
            return networkx.read_gml(path, label="id")
        raise


_NETWORKX_FORMATS: dict[str, Callable[[Path], Any]] = {".graphml": _graphml, ".gexf": _gexf, ".gml": _gml}


def _read_networkx(path: Path, reader: Callable[[Path], Any], direction: Direction, source: dict[str, Any]) -> Graph:
    import xml.etree.ElementTree as ElementTree

    import networkx

    try:
        graph = reader(path)
    except (networkx.NetworkXException, ElementTree.ParseError, ValueError, KeyError, TypeError, OSError, EOFError) as error:
        detail = " ".join(str(error).split()) or type(error).__name__
        raise _fault(
            path, f"this is not a valid {path.suffix[1:]} file ({detail})", "Export it again, or save it as an edge list."
        ) from None
    if graph.number_of_nodes() == 0:
        raise _fault(path, "there are no members in it", "Check the export.")
    if direction == "auto":
        direction = "follows" if graph.is_directed() else "mutual"
    nodes = list(graph)
    number = {node: i for i, node in enumerate(nodes)}
    ends = np.array([(number[u], number[v]) for u, v in graph.edges()], np.int32).reshape(-1, 2)
    names = [str(graph.nodes[node].get("label", node)) for node in nodes]
    if len(set(names)) < len(names):
        names = [str(node) for node in nodes]
    isolated = sum(1 for _ in networkx.isolates(graph))
    notes = (f"{isolated:,} member(s) without any tie kept",) if isolated else ()
    return _tied(path, ends[:, 0], ends[:, 1], names, direction, {**source, "direction": direction}, notes)


def _tied(
    path: Path, a: Any, b: Any, names: list[str], direction: Direction, source: dict[str, Any], notes: tuple[str, ...]
) -> Graph:
    said = {
        "follows": "the first of a pair follows the second",
        "flows": "content flows from the first of a pair to the second, who follows",
        "mutual": "every pair is a mutual tie",
    }[direction]
    names, a, b = _in_order(names, a, b)
    follower, followed = (b, a) if direction == "flows" else (a, b)
    if direction == "mutual":
        follower, followed = np.concatenate([a, b]), np.concatenate([b, a])
    graph = Graph.from_ties(
        len(names), follower.astype(np.int32), followed.astype(np.int32), names, source, (f"read as: {said}", *notes)
    )
    if graph.n_ties == 0:
        raise _fault(path, "there are no ties between members in it", "Give one tie a line: two names.")
    return graph


def _in_order(names: list[str], a: I32, b: I32) -> tuple[list[str], I32, I32]:
    """Members by name (numbers by size), so that the order of the lines in a file changes nothing."""
    numbers = all(name.isascii() and name.isdecimal() and len(name) < 19 for name in names)
    order = np.argsort(np.array(names).astype(np.int64) if numbers else np.array(names), kind="stable")
    place = np.empty(order.size, np.int32)
    place[order] = np.arange(order.size)
    return [names[i] for i in order.tolist()], place[a], place[b]


def _read_edge_list(path: Path, file: IO[str], direction: Direction, columns: Sequence[str], source: dict[str, Any]) -> Graph:
    import pandas

    comments, first, offset = _preamble(file)
    if first is None:
        raise _fault(path, "there are no ties in it", "Give one tie a line: two names.")
    if first.lstrip()[:1] in "{[<":
        raise _fault(path, "this is JSON or XML, not an edge list", "Save it as an edge list, GraphML, GEXF or GML.")
    separator = _separator(first)
    fields = _split(first, separator)
    if len(fields) < 2:
        raise _fault(
            path,
            f"line {offset} has one column ({first.strip()[:40]!r}), and a tie needs two",
            "Separate the names by a comma, a tab or a space.",
        )
    header = _is_header(fields)
    at, by_name = _choose_columns(path, fields, header, columns)
    guessed, why = _guess_direction(comments, by_name)
    body = io.StringIO("" if header else first + "\n")
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
            raise _fault(path, "there are no ties in it, only a header", "Give one tie a line: two names.") from None
        raise _fault(
            path, "its lines do not have the same columns", "Check the separator, and add a header if names hold one in quotes."
        ) from None
    last = table[len(fields) - 1].isna()
    if len(fields) > 2 and last.any() and not last.all():
        raise _fault(path, "its lines do not have the same columns", "Give one tie a line; an adjacency list is not read.")
    sides = [table[at[0]], table[at[1]]]
    for side, column in zip(sides, at, strict=True):
        missing = side.isna().to_numpy()
        if missing.any():
            raise _fault(
                path, f"tie {int(missing.argmax()) + 1} has nothing in column {column + 1}", "Give both names in every line."
            )
    decimals = [
        column for side, column in zip(sides, at, strict=True) if side.head(1000).str.fullmatch(r"-?\d+\.\d*[1-9]\d*").all()
    ]
    if decimals:
        raise _fault(
            path,
            f"column {decimals[0] + 1} holds decimal numbers, not names of members",
            "Say which columns to use with columns = [...].",
        )
    codes, names = pandas.factorize(pandas.concat(sides, ignore_index=True))
    a, b = codes[: len(table)].astype(np.int32), codes[len(table) :].astype(np.int32)
    used = f"{len(fields)} columns, of which {_spoken(fields, at, header)} are the ties; the others are not used"
    notes = [used] if len(fields) > 2 else []
    if direction == "auto":
        direction = guessed
        if guessed == "auto":
            direction, why = ("mutual", "no pair stands in both directions") if _all_one_way(a, b) else ("follows", "")
        if why:
            notes.append(f"direction recognised: {why}")
        notes.append("to read it otherwise, say --direction follows, flows or mutual (direction = … in a scenario)")
    return _tied(path, a, b, [str(name) for name in names], direction, {**source, "direction": direction}, tuple(notes))


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


def _choose_columns(
    path: Path, fields: list[str], header: bool, columns: Sequence[str]
) -> tuple[list[int], tuple[str, str] | None]:
    """The two columns to use, and their names where the header says which is which."""
    lowered = [field.lower() for field in fields]
    if columns:
        if len(columns) != 2:
            raise _fault(
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
                raise _fault(path, f"there is no column {column!r}", suggestion(column, known))
        return at, None
    if header:
        for pair in _KNOWN_COLUMNS:
            if set(pair) <= set(lowered):
                return [lowered.index(pair[0]), lowered.index(pair[1])], pair
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
