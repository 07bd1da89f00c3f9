"""The reduction to an independent cascade beside other programs, on the same graph in one run (extra ``bench``).

    python -m tests.benchmarks.peers [--members 10000 100000] [--markdown]

Everybody passes a post on once, to each follower with probability .1, from the oldest member of a Barabási–Albert graph
with ten undirected ties per member. Only the cascade is timed: not the graph, and not the set-up of a model, which most
peers can use again. Murmur goes through its real kernels with everything else switched off. Sizes are printed so that one
can see that all do the same thing. A peer that is not installed is left out.
"""

from __future__ import annotations

import argparse
import array
import contextlib
import random
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import numpy as np

from sim.engine import Run
from sim.graph import Graph
from sim.mechanisms import PHASES
from sim.scenario import parse_scenario
from sim.warm import compile_kernels
from tests.test_limits import percolation

P = 0.1
SLOW = {"EoN", "NDlib", "Mesa"}

Cascade = Callable[[int], Callable[[], int]]
"""Given a seed, set up a cascade; the function returned lives it and returns how many were reached."""


def murmur(graph: Graph) -> Cascade:
    return _murmur(graph, measured=False)


def murmur_measured(graph: Graph) -> Cascade:
    return _murmur(graph, measured=True)


def _murmur(graph: Graph, measured: bool) -> Cascade:
    scenario = percolation(None, P, 200)

    def ready(seed: int) -> Callable[[], int]:
        run = Run(scenario, "absent", seed, graph)
        world = run.world

        def live() -> int:
            reached = 1
            while True:
                if measured:
                    run.step()
                else:
                    world.step += 1
                    for phase in PHASES:
                        phase.run(world)
                reached += int(world.community_tally.totals().reposts)
                if not world.outbox.fresh.any():
                    return reached

        return live

    return ready


def scipy(graph: Graph) -> Cascade:
    from scipy.sparse import csr_array

    first, follower = graph.followers
    reaches = csr_array((np.ones(follower.size, np.bool_), follower, first), shape=(graph.n_members,) * 2)

    def ready(seed: int) -> Callable[[], int]:
        rng = np.random.default_rng(seed)

        def live() -> int:
            active = np.zeros(graph.n_members, np.bool_)
            new = np.array([0])
            while new.size:
                active[new] = True
                reached = reaches[new].indices
                hit = reached[rng.random(reached.size) < P]
                new = np.unique(hit[~active[hit]])
            return int(active.sum())

        return live

    return ready


def cynetdiff(graph: Graph) -> Cascade:
    from cynetdiff.models import IndependentCascadeModel

    first, follower = graph.followers
    starts, edges = array.array("I", first[:-1].astype(np.uint32)), array.array("I", follower.astype(np.uint32))
    model = IndependentCascadeModel(starts, edges, activation_prob=P)
    model.set_seeds([0])

    def ready(seed: int) -> Callable[[], int]:
        model.set_rng(seed)
        model.reset_model()

        def live() -> int:
            model.advance_until_completion()
            return int(model.get_num_activated_nodes())

        return live

    return ready


def pynetim(graph: Graph) -> Cascade:
    from pynetim import IMGraph, IndependentCascadeModel

    owner = np.repeat(np.arange(graph.n_members), np.diff(graph.start))
    edges = list(zip(graph.target.tolist(), owner.tolist(), strict=True))
    model = IndependentCascadeModel(IMGraph(edges, weights=P, directed=True), {0})
    return lambda seed: lambda: int(model.run_single_simulation(random_seed=seed))


def eon(graph: Graph) -> Cascade:
    import EoN

    network = undirected(graph)

    def ready(seed: int) -> Callable[[], int]:
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002  (EoN draws from the global generators)
        return lambda: int(EoN.basic_discrete_SIR(network, P, initial_infecteds=0)[3][-1])

    return ready


def ndlib(graph: Graph) -> Cascade:
    import ndlib.models.epidemics as epidemics
    from ndlib.models.ModelConfig import Configuration

    network = undirected(graph)
    settings = Configuration()
    settings.add_model_initial_configuration("Infected", [0])
    for edge in network.edges():
        settings.add_edge_configuration("threshold", edge, P)

    def ready(seed: int) -> Callable[[], int]:
        model = epidemics.IndependentCascadesModel(network, seed=seed)
        model.set_initial_status(settings)

        def live() -> int:
            while True:
                count = model.iteration(node_status=False)["node_count"]
                if count[1] == 0:
                    return int(count[2])

        return live

    return ready


def mesa(graph: Graph) -> Cascade:
    import mesa

    class Person(mesa.Agent):
        def __init__(self, model: Any) -> None:
            super().__init__(model)
            self.followers: list[Person] = []
            self.told_on: int | None = None

        def step(self) -> None:
            if self.told_on != self.model.day:
                return
            for follower in self.followers:
                if follower.told_on is None and self.random.random() < P:
                    follower.told_on = self.model.day + 1
                    self.model.reached += 1

    class Cascading(mesa.Model):
        def __init__(self, seed: int) -> None:
            super().__init__(seed=seed)
            people = list(Person.create_agents(self, graph.n_members))
            first, follower = (values.tolist() for values in graph.followers)
            for i, person in enumerate(people):
                person.followers = [people[j] for j in follower[first[i] : first[i + 1]]]
            people[0].told_on = 0
            self.day, self.reached = 0, 1

        def step(self) -> None:
            self.agents.do("step")
            self.day += 1

    def ready(seed: int) -> Callable[[], int]:
        model = Cascading(seed)

        def live() -> int:
            before = 0
            while model.reached > before:
                before = model.reached
                model.step()
            return model.reached

        return live

    return ready


def undirected(graph: Graph) -> nx.Graph:
    return nx.Graph(graph.to_networkx())


PEERS = {
    "Murmur": murmur,
    "… with its metrics": murmur_measured,
    "SciPy": scipy,
    "CyNetDiff": cynetdiff,
    "pynetim": pynetim,
    "EoN": eon,
    "Mesa": mesa,
    "NDlib": ndlib,
}


def measure(ready: Cascade, repetitions: int) -> tuple[float, float]:
    """(seconds of the fastest cascade, mean number reached)."""
    seconds, sizes = [], []
    for seed in range(repetitions + 1):
        live = ready(seed)
        started = time.perf_counter()
        sizes.append(live())
        seconds.append(time.perf_counter() - started)
    return min(seconds[1:]), float(np.mean(sizes))


def rows(members: int) -> Iterator[tuple[str, float, float]]:
    graph = parse_scenario(
        {"graph": {"kind": "barabasi_albert", "members": members, "ties": 5, "reciprocity": 1.0, "seed": 1}}
    ).make_graph(1)
    for name, peer in PEERS.items():
        with contextlib.suppress(ImportError):
            yield name, *measure(peer(graph), 2 if name in SLOW else 15)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--markdown", action="store_true", help="print Markdown tables")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    compile_kernels(print)
    for members in chosen.members:
        print(f"\nAn independent cascade, p = {P}, {members:,} members × 10 undirected ties\n")
        if chosen.markdown:
            print("| program | ms | Murmur's time is | reached |\n|---|---|---|---|")
        base = 0.0
        for name, seconds, reached in rows(members):
            base = base or seconds
            figures = f"{seconds * 1e3:,.2f}", f"{base / seconds:.3g} × this" if name != "Murmur" else "–", f"{reached:,.0f}"
            print(
                f"| {name} | {' | '.join(figures)} |"
                if chosen.markdown
                else f"{name:<20}{figures[0]:>12}  {figures[1]:<14}{figures[2]:>10}"
            )


if __name__ == "__main__":
    main()
