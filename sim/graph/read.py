"""A user's own network: edge lists (:mod:`sim.graph.edge_list`), and the XML and GML formats networkx reads. What was concluded
about the file is kept in the graph's notes."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.graph.csr import Graph
from sim.graph.edge_list import Direction, fault_in, read_edge_list
from sim.state import I32

MOST_BYTES = 4_000_000_000


def read_graph(path: str | Path, direction: Direction = "auto", columns: Sequence[str] = ()) -> Graph:
    """Read a network file. ``columns``: the two columns that hold the ties, by header name or by number from 1.

    Raises InputError with one sentence for whatever cannot be read. Pickled graphs are refused: opening one runs the code
    of whoever made it.
    """
    path = Path(path)
    if not path.exists():
        raise fault_in(path, "there is no such file", "Check the path; murmur list graphs shows the kinds that need none.")
    if path.is_dir():
        raise fault_in(path, "this is a folder", "Name a file: an edge list, GraphML, GEXF or GML.")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise fault_in(
            path,
            f"the file has {size / 1e9:.1f} GB, more than the {MOST_BYTES / 1e9:.0f} GB that are read",
            "Take a sample of it.",
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if path.suffix.lower() in {".pkl", ".pickle", ".gpickle"} or head[:1] == b"\x80":
        raise fault_in(
            path,
            "pickled graphs are not opened, since that would run code from the file",
            "Save it as GraphML or as an edge list.",
        )
    compressed = head[:2] == b"\x1f\x8b"
    inner = Path(path.stem) if compressed else path
    if not head:
        raise fault_in(path, "the file is empty", "Give one tie a line: two names.")
    if not compressed and b"\0" in head:
        raise fault_in(path, "this is a binary file", "Give a text file: an edge list, GraphML, GEXF or GML.")
    source = {"kind": "file", "file": str(path), "sha256": _sha256(path)}
    reader = _NETWORKX_FORMATS.get(inner.suffix.lower())
    if reader is not None:
        return _read_networkx(path, reader, direction, source)
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig") if compressed else path.open(encoding="utf-8-sig") as file:
            found = read_edge_list(path, file, direction, columns)
    except UnicodeDecodeError:
        raise fault_in(path, "this is not text in UTF-8", "Save the edge list as UTF-8 text.") from None
    except (OSError, EOFError) as error:
        raise fault_in(path, f"it cannot be read ({error})", "Check the file.") from None
    source["direction"] = found.direction
    return _tied(path, found.a, found.b, found.names, found.direction, source, found.notes)


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
        raise fault_in(
            path, f"this is not a valid {path.suffix[1:]} file ({detail})", "Export it again, or save it as an edge list."
        ) from None
    if graph.number_of_nodes() == 0:
        raise fault_in(path, "there are no members in it", "Check the export.")
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
        raise fault_in(path, "there are no ties between members in it", "Give one tie a line: two names.")
    return graph


def _in_order(names: list[str], a: I32, b: I32) -> tuple[list[str], I32, I32]:
    """Members by name (numbers by size), so that the order of the lines in a file changes nothing."""
    numbers = all(name.isascii() and name.isdecimal() and len(name) < 19 for name in names)
    order = np.argsort(np.array(names).astype(np.int64) if numbers else np.array(names), kind="stable")
    place = np.empty(order.size, np.int32)
    place[order] = np.arange(order.size)
    return [names[i] for i in order.tolist()], place[a], place[b]
