import numpy as np
import pytest

from recommend import Edges, PrerequisiteGraph, ShapeError, Source, UnknownItemError, sources_of
from recommend.errors import ConfigError


def graph(*edges, n=6):
    return PrerequisiteGraph.build(n, [Edges.of([a], [b], c, source) for a, b, c, source in edges])


def pairs(edges):
    return list(zip(edges.before.tolist(), edges.after.tolist(), strict=True))


def test_the_strongest_evidence_counts_and_all_sources_are_kept():
    found = graph((0, 1, 0.6, Source.TEXT), (0, 1, 0.2, Source.ORDER), (0, 1, 0.4, Source.ORDER))
    assert found.edges.confidence.tolist() == [0.6]
    assert sources_of(int(found.edges.sources[0])) == ("text", "order")


def test_a_cycle_is_broken_at_its_weakest_edge_and_told():
    found = graph((0, 1, 0.9, Source.TEXT), (1, 2, 0.3, Source.ORDER), (2, 0, 0.7, Source.TEXT))
    assert pairs(found.broken) == [(1, 2)]
    (cycle,) = found.cycles()
    assert cycle.items == (2, 0, 1)
    assert cycle.confidence == 0.3
    assert found.conflicts == ()


def test_a_manual_edge_is_never_the_one_to_go():
    found = graph((0, 1, 0.1, Source.MANUAL), (1, 0, 1.0, Source.TEXT))
    assert pairs(found.edges) == [(0, 1)]
    assert pairs(found.broken) == [(1, 0)]


def test_a_cycle_of_manual_edges_is_a_conflict():
    edges = [(0, 1), (1, 2), (2, 0), (3, 4)]
    found = graph(*((a, b, 1.0, Source.MANUAL) for a, b in edges))
    assert found.conflicts == ((0, 1, 2),)
    assert len(found.broken) == 1


def test_one_cycle_more_or_less_breaks_no_other_edge():
    strong = [(0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.9)]
    back = [(3, 0, 0.5), (2, 0, 0.4), (3, 1, 0.3)]
    found = graph(*((a, b, c, Source.TEXT) for a, b, c in strong + back))
    assert sorted(pairs(found.broken)) == [(2, 0), (3, 0), (3, 1)]
    assert len(found.cycles()) == 3
    assert len(found.cycles(np.array([False, True, False, False, False, False]))) == 1


def test_the_closure_asks_nothing_for_what_is_known():
    found = graph(
        (0, 1, 1.0, Source.TEXT), (1, 2, 0.5, Source.TEXT), (3, 2, 0.8, Source.TEXT),
        (4, 2, 0.4, Source.ORDER),
    )  # fmt: skip
    assert found.closure([2]).tolist() == [0, 1, 2, 3]
    known = np.array([False, True, False, False, False, False])
    assert found.closure([2], known).tolist() == [2, 3]
    assert found.closure([1], known).tolist() == []


def test_an_item_is_not_its_own_prerequisite():
    assert len(graph((2, 2, 1.0, Source.MANUAL)).edges) == 0


def test_the_matrix_has_the_prerequisites_of_an_item_in_its_row():
    matrix = graph((0, 1, 0.9, Source.TEXT), (2, 1, 0.2, Source.ORDER)).matrix()
    assert matrix.shape == (6, 6)
    assert matrix[[1]].indices.tolist() == [0]


def test_what_is_no_edge_is_refused():
    with pytest.raises(UnknownItemError):
        graph((0, 6, 1.0, Source.TEXT))
    with pytest.raises(ShapeError):
        Edges.of([0, 1], [1], 1.0, Source.TEXT)
    with pytest.raises(ConfigError):
        Edges.of([0], [1], 0.0, Source.TEXT)


def test_a_large_tangle_is_untangled(rng):
    n = 300
    edges = Edges.of(
        rng.integers(0, n, 4000),
        rng.integers(0, n, 4000),
        rng.random(4000) * 0.9 + 0.1,
        Source.ORDER,
    )
    found = PrerequisiteGraph.build(n, [edges])
    again = PrerequisiteGraph.build(n, [found.edges])
    assert pairs(again.edges) == pairs(found.edges)
    assert len(again.broken) == 0
    assert 0 < len(found.broken) < 4000
