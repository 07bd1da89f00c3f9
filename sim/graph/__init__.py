"""Social graphs: read from files, generated, or installed with a package; the arrays of ties everything runs on."""

from sim.graph.csr import Graph
from sim.graph.edge_list import Direction
from sim.graph.kinds import GRAPH_KINDS
from sim.graph.read import read_graph

__all__ = ["GRAPH_KINDS", "Direction", "Graph", "read_graph"]
