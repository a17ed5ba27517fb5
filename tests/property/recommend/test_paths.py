"""Laws of paths over random graphs, and of mastery over random histories."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommend import (
    MASTERED,
    Budget,
    Edges,
    PrerequisiteGraph,
    Situation,
    Source,
    estimate_mastery,
    metrics,
    plan,
    surmised,
)
from recommend.mastery import Mastery
from recommend.path_values import LONGEST_WEEKS

DAY = 86_400.0
TYPES = ("complete", "play", "exercise", "view")


@st.composite
def problems(draw):
    n = draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_edges = draw(st.integers(0, 40))
    edges = [
        Edges.of(
            rng.integers(0, n, n_edges), rng.integers(0, n, n_edges),
            rng.integers(1, 11, n_edges) / 10, source,
        )
        for source in (Source.MANUAL, Source.TEXT, Source.ORDER)
    ]  # fmt: skip
    graph = PrerequisiteGraph.build(n, edges[draw(st.integers(0, 2)) :])
    situation = Situation(
        mastery=rng.random(n) * rng.integers(0, 2, n),
        taste=rng.random(n),
        relevance=rng.random(n),
        minutes=rng.integers(1, 300, n).astype(float),
        level=np.where(rng.random(n) < 0.2, np.nan, rng.integers(1, 6, n)),
        blocked=rng.random(n) < 0.1,
        optional=rng.random(n) < 0.7,
    )
    weeks = draw(st.none() | st.integers(1, 8))
    budget = Budget(draw(st.integers(1, 500)), n=draw(st.integers(1, 12)), weeks=weeks)
    return graph, rng.integers(0, n, draw(st.integers(1, 3))).tolist(), situation, budget


@given(problems())
def test_no_prerequisite_is_ever_violated(problem):
    graph, goals, situation, budget = problem
    path = plan(graph, goals, situation, budget)
    place = {step.item: k for k, step in enumerate(path.steps)}
    assert len(place) == len(path.steps)
    for step in path.steps:
        for before in graph.before(step.item):
            known = situation.mastery[before] >= MASTERED
            assert known or place.get(before, len(place)) < place[step.item]
        for before in graph.before(step.item, least=0.0):
            assert place.get(before, -1) < place[step.item]
    lists = np.array([list(place)], dtype=np.int64).reshape(1, -1)
    known = csr_array((situation.mastery >= MASTERED).astype(float)[None, :])
    rate = metrics.prerequisite_violations(lists, graph.matrix(), known, n=len(place))
    assert not np.any(rate > 0)


@given(problems())
def test_minutes_places_and_blocks_are_kept(problem):
    graph, goals, situation, budget = problem
    path = plan(graph, goals, situation, budget)
    assert len(path.steps) <= budget.n
    minutes = 0.0
    for step in path.steps:
        assert step.begins == minutes
        minutes += situation.minutes[step.item] - step.left
        assert step.ends == minutes
        assert step.ends > step.begins
        assert step.left == 0 or step is path.steps[-1]
        assert not situation.blocked[step.item]
        assert situation.mastery[step.item] < MASTERED
        assert 0 <= step.readiness <= 1
    if budget.weeks is not None:
        assert minutes <= budget.weeks * budget.minutes_per_week
    if path.left:
        assert minutes == (budget.weeks or LONGEST_WEEKS) * budget.minutes_per_week
    assert path.steps or path.is_reachable or path.missing  # nobody is left without a first step
    if path.is_reachable:
        done = {step.item for step in path.steps} | set(path.mastered)
        assert set(goals) <= done


@given(problems())
def test_a_path_is_the_same_every_time(problem):
    assert plan(*problem) == plan(*problem)


@given(problems())
def test_a_graph_has_no_cycle_and_every_cycle_is_told(problem):
    graph = problem[0]
    todo, done = set(range(graph.n_items)), set()
    while todo:
        free = {i for i in todo if set(graph.before(i, least=0.0)) <= done}
        assert free
        todo -= free
        done |= free
    cycles = graph.cycles()
    assert len(cycles) == len(graph.broken)
    for cycle in cycles:
        for a, b in zip(cycle.items, cycle.items[1:], strict=False):
            assert a in graph.before(b, least=0.0)
            place = graph.into(b, least=0.0)[graph.before(b, least=0.0).index(a)]
            manual = graph.edges.sources[place] & Source.MANUAL
            assert manual or graph.edges.confidence[place] >= cycle.confidence
    for group in graph.conflicts:
        assert any(set(cycle.items) <= set(group) for cycle in cycles)


@st.composite
def histories(draw):
    n = draw(st.integers(1, 12))
    types = draw(st.lists(st.sampled_from(TYPES), min_size=n, max_size=n))
    values = draw(st.lists(st.floats(0, 1), min_size=n, max_size=n))
    days = draw(st.lists(st.floats(0, 2000), min_size=n, max_size=n))
    items = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    return items, types, values, np.array(days) * DAY


def levels(history, now):
    return estimate_mastery(*history, n_items=3, now=now).level


@given(histories(), st.data())
def test_a_better_score_never_lowers_mastery(history, data):
    items, types, values, times = history
    which = data.draw(st.integers(0, len(items) - 1))
    better = list(values)
    better[which] = data.draw(st.floats(values[which], 1))
    now = data.draw(st.floats(0, 3000)) * DAY
    before, after = levels(history, now), levels((items, types, better, times), now)
    assert np.all(after >= before - 1e-12)
    assert np.all((after >= 0) & (after <= 1))


@given(histories(), st.floats(0, 1000), st.floats(0, 1000))
def test_time_never_raises_mastery(history, first, more):
    start = float(history[3].max())
    sooner = levels(history, start + first * DAY)
    later = levels(history, start + (first + more) * DAY)
    assert np.all(later <= sooner + 1e-12)


@given(problems())
def test_surmising_never_lowers_and_knows_no_more_than_the_harder_item(problem):
    graph, _, situation, _ = problem
    known = surmised(graph, Mastery(situation.mastery))
    assert np.all(known.level >= situation.mastery)
    for item, harder in known.surmised.items():
        assert situation.mastery[item] < known.level[item] <= situation.mastery[harder]
