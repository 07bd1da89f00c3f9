"""Users' networks: the four shapes of edge lists, the formats of networkx, and everything that can be wrong with a file."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from sim.errors import InputError
from sim.graph import Graph, read_graph
from tests.conftest import real_graph


def write(folder: Path, text: str, name: str = "net.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def ties(graph: Graph) -> set[tuple[str, str]]:
    return {(str(a), str(b)) for a, b in graph.to_networkx().edges()}


def test_facebook() -> None:
    graph = read_graph(real_graph("facebook_combined.txt"))
    assert (graph.n_members, graph.n_ties, graph.reciprocity) == (4039, 2 * 88234, 1.0)
    assert graph.summary()["clustering"] == pytest.approx(0.6055, abs=1e-4)
    assert "direction recognised: a comment says undirected" in graph.notes


def test_collegemsg() -> None:
    """Header with a time: messages, so content flows; the same community as the built-in one."""
    from sim.graph.kinds import CollegeMsg

    graph = read_graph(real_graph("CollegeMsg.txt"))
    assert (graph.n_members, graph.n_ties) == (1899, 20296)
    assert "content flows" in graph.notes[0]
    built_in = CollegeMsg().generate(0)
    assert ties(graph) == ties(built_in)


def test_bitcoin() -> None:
    graph = read_graph(real_graph("soc-sign-bitcoinotc.csv"))
    assert (graph.n_members, graph.n_ties) == (5881, 35592)
    assert graph.source["direction"] == "follows"


def test_twitch() -> None:
    """Nothing in the file says that ties are mutual, but no pair stands in both directions."""
    graph = read_graph(real_graph("twitch_ENGB_edges.csv"))
    assert (graph.n_members, graph.n_ties, graph.reciprocity) == (7126, 2 * 35324, 1.0)
    directed = read_graph(real_graph("twitch_ENGB_edges.csv"), direction="follows")
    assert (directed.n_ties, directed.reciprocity) == (35324, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "a b\nb c\n",
        "a,b\nb,c\n",
        "a\tb\nb\tc\n",
        "a;b\nb;c\n",
        "# x\n% y\na  b\n\nb   c\n",
        "\ufeffa,b\nb,c\n",
        "a,b\r\nb,c\r\n",
        '"a","b"\n"b","c"\n',
    ],
)
def test_separators(tmp_path: Path, text: str) -> None:
    assert ties(read_graph(write(tmp_path, text))) == {("a", "b"), ("b", "c")}


def test_direction(tmp_path: Path) -> None:
    """i follows j: content flows j → i."""
    path = write(tmp_path, "a,b\n")
    assert ties(read_graph(path, "follows")) == {("a", "b")}
    assert ties(read_graph(path, "flows")) == {("b", "a")}
    assert ties(read_graph(path, "mutual")) == {("a", "b"), ("b", "a")}
    assert ties(read_graph(write(tmp_path, "sender,receiver\na,b\n"))) == {("b", "a")}
    assert ties(read_graph(write(tmp_path, "follower,followed\na,b\n"))) == {("a", "b")}
    assert ties(read_graph(write(tmp_path, "# Undirected graph\na b\n"))) == {("a", "b"), ("b", "a")}


def test_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "id,from,to,weight\n1,a,b,3\n2,b,c,4\n")
    assert ties(read_graph(path)) == {("a", "b"), ("b", "c")}
    assert ties(read_graph(path, columns=["to", "from"])) == {("b", "a"), ("c", "b")}
    assert ties(read_graph(path, columns=["3", "2"])) == {("b", "a"), ("c", "b")}
    with pytest.raises(InputError, match="Did you mean 'from'"):
        read_graph(path, columns=["form", "to"])
    with pytest.raises(InputError, match="1 column"):
        read_graph(path, columns=["from"])


def test_names_are_kept(tmp_path: Path) -> None:
    graph = read_graph(write(tmp_path, "Ann,Bob\nBob,Éloïse\n007,Ann\n"))
    assert list(graph.names or ()) == ["007", "Ann", "Bob", "Éloïse"]
    assert graph.name(graph.index("Éloïse")) == "Éloïse"
    with pytest.raises(InputError, match="there is no member 'Zoe'"):
        graph.index("Zoe")


@pytest.mark.parametrize("text", ['{"nodes": [], "links": []}', "[1, 2]", "<html>", "u0 u5 u9\nu1 u2\nu2 u0 u1\n"])
def test_other_formats_are_not_taken_for_edge_lists(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"JSON or XML|same columns"):
        read_graph(write(tmp_path, text))


def test_the_order_of_lines_changes_nothing(tmp_path: Path) -> None:
    lines = [f"{a},{b}" for a, b in [(10, 9), (9, 2), (2, 10), (100, 2), (7, 100)]]
    one = read_graph(write(tmp_path, "\n".join(lines)))
    two = read_graph(write(tmp_path, "\n".join(reversed(lines))))
    assert list(one.names or ()) == ["2", "7", "9", "10", "100"]
    assert one.digest == two.digest


def test_hash_sign_in_a_name(tmp_path: Path) -> None:
    assert ties(read_graph(write(tmp_path, "a,b#1\nb#1,c\n"))) == {("a", "b#1"), ("b#1", "c")}


def test_self_loops_repetitions_and_isolates(tmp_path: Path) -> None:
    graph = read_graph(write(tmp_path, "a,b\na,b\na,a\nc,c\n"))
    assert (graph.n_members, graph.n_ties) == (3, 1)
    assert "2 self-loop(s) dropped" in graph.notes
    assert "1 repetition(s) of a tie merged" in graph.notes


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "the file is empty. Give one tie a line"),
        ("comments.txt", b"# nothing\n# here\n", "there are no ties in it"),
        ("header.csv", b"from,to\n", "only a header"),
        ("one.txt", b"alone\n", "line 1 has one column ('alone'), and a tie needs two"),
        ("late.txt", b"a b\nalone\n", "tie 2 has nothing in column 2"),
        ("gap.csv", b"a,b\n,c\n", "tie 2 has nothing in column 1"),
        ("decimals.csv", b"0.5,1.5\n0.25,2.5\n", "column 1 holds decimal numbers, not names of members"),
        ("binary.bin", b"a b\x00\x01\x02", "this is a binary file"),
        ("latin.txt", "é à\n".encode("latin-1"), "this is not text in UTF-8"),
        ("graph.pkl", b"anything", "pickled graphs are not opened"),
        ("graph.dat", pickle.dumps(nx.path_graph(3)), "pickled graphs are not opened"),
        ("loops.txt", b"a a\nb b\n", "there are no ties between members in it"),
        ("bad.graphml", b"<graphml><graph", "this is not a valid graphml file"),
        ("bad.gml", b"graph [ node [", "this is not a valid gml file"),
        ("bad.gexf", b"<gexf></gexf>", "this is not a valid gexf file"),
        ("broken.gz", gzip.compress(b"a b\n" * 100, mtime=0)[:18], "it cannot be read"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_graph(path)
    assert len(caught.value.faults) == 1
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("head", ["person,friend", "a,b", "Wer,Wem"])
def test_words_above_numbers_are_a_header(tmp_path: Path, head: str) -> None:
    graph = read_graph(write(tmp_path, f"{head}\n1,2\n2,3\n3,1\n"))
    assert (graph.n_members, graph.n_ties) == (3, 3)
    assert list(graph.names or ()) == ["1", "2", "3"]
    named = read_graph(write(tmp_path, f"{head}\nada,bob\nbob,cy\n"), columns=["2", "1"])
    assert named.n_members == 5, "among names nothing tells"


@pytest.mark.parametrize(
    ("text", "members", "ties"),
    [
        (",who,whom\n0,11,12\n1,12,13\n2,13,11\n", ["11", "12", "13"], 3),  # as pandas writes it
        ("alice,bob\n7,8\nbob,7\nalice,8\n", ["7", "8", "alice", "bob"], 4),  # no header: they come again
        ("# of friends\nwho,whom\n# more\n1,2\n2,3\n", ["1", "2", "3"], 2),
        ("who,whom\n-1,2\n2,3\n", ["-1", "2", "3"], 2),
    ],
)
def test_what_is_a_header(tmp_path: Path, text: str, members: list[str], ties: int) -> None:
    graph = read_graph(write(tmp_path, text))
    assert sorted(graph.names or ()) == sorted(members)
    assert graph.n_ties == ties


def test_columns_are_called_by_the_first_line(tmp_path: Path) -> None:
    graph = read_graph(write(tmp_path, "x,who,whom\nfollow,1,2\nfollow,2,3\n"), columns=["who", "whom"])
    assert sorted(graph.names or ()) == ["1", "2", "3"]


def test_huge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.graph import read

    monkeypatch.setattr(read, "MOST_BYTES", 10)
    with pytest.raises(InputError, match=r"more than the .* GB that are read"):
        read_graph(write(tmp_path, "a b\n" * 10))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_graph(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="this is a folder"):
        read_graph(tmp_path)


@pytest.mark.parametrize(("suffix", "save"), [("graphml", nx.write_graphml), ("gexf", nx.write_gexf), ("gml", nx.write_gml)])
@pytest.mark.parametrize("directed", [True, False])
def test_networkx_formats(tmp_path: Path, suffix: str, save, directed: bool) -> None:  # type: ignore[no-untyped-def]
    original = nx.relabel_nodes(nx.gnp_random_graph(20, 0.2, seed=1, directed=directed), lambda i: f"m{i}")
    original.add_node("alone")
    path = tmp_path / f"net.{suffix}"
    save(original, path)
    graph = read_graph(path)
    both = original if directed else original.to_directed()
    assert ties(graph) == {(a, b) for a, b in both.edges()}
    assert graph.n_members == 21
    assert "1 member(s) without any tie kept" in graph.notes


def test_gzip(tmp_path: Path) -> None:
    path = tmp_path / "net.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\nb,c\n"))
    assert ties(read_graph(path)) == {("a", "b"), ("b", "c")}


@pytest.mark.parametrize(
    "kind",
    [
        nx.les_miserables_graph,
        nx.karate_club_graph,
        lambda: nx.gn_graph(30, seed=2),
        lambda: nx.MultiDiGraph([(0, 1), (0, 1), (1, 1)]),
    ],
)
def test_any_networkx_graph(kind) -> None:  # type: ignore[no-untyped-def]
    """There and back again, self-loops and parallel edges apart."""
    original = kind()
    graph = Graph.from_networkx(original)
    expected = nx.DiGraph(original if original.is_directed() else original.to_directed())
    expected.remove_edges_from(list(nx.selfloop_edges(expected)))
    back = graph.to_networkx()
    assert {(str(a), str(b)) for a, b in back.edges()} == {(str(a), str(b)) for a, b in expected.edges()}
    assert graph.reciprocity == pytest.approx(nx.overall_reciprocity(expected) if expected.number_of_edges() else 0)
    assert graph.summary()["clustering"] == pytest.approx(nx.average_clustering(expected.to_undirected()))


def test_rows_are_sorted_and_reciprocals_right() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 50, (2, 600)).astype(np.int32)
    graph = Graph.from_ties(50, a, b)
    owner = np.repeat(np.arange(50), np.diff(graph.start))
    assert set(zip(owner.tolist(), graph.target.tolist(), strict=True)) == {
        (int(i), int(j)) for i, j in zip(a, b, strict=True) if i != j
    }
    for k in range(graph.n_ties):
        row = graph.target[graph.start[graph.target[k]] : graph.start[graph.target[k] + 1]]
        found = np.flatnonzero(row == owner[k])
        assert graph.reciprocal[k] == (graph.start[graph.target[k]] + found[0] if found.size else -1)
