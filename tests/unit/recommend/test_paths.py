from dataclasses import replace

import numpy as np
import pytest

from recommend import (
    Budget,
    ConfigError,
    Edges,
    PrerequisiteGraph,
    ShapeError,
    Situation,
    Source,
    UnknownItemError,
    plan,
)

# 0 -> 1 -> 3, 2 -> 3 (prerequisites), 4 -> 3 only an order, 5 is on its own
GRAPH = PrerequisiteGraph.build(
    6, [Edges.of([0, 1, 2, 4], [1, 3, 3, 3], [1.0, 0.8, 0.6, 0.2], Source.TEXT)]
)
ONES, NONE = np.ones(6), np.zeros(6, bool)
NOVICE = Situation(np.zeros(6), ONES, ONES, 60 * ONES, ONES, NONE, NONE)


def only(*rows):
    return np.isin(np.arange(6), rows)


def items(path):
    return [step.item for step in path.steps]


def test_what_a_goal_needs_comes_before_it_and_nothing_else_is_taken():
    path = plan(GRAPH, [3], NOVICE, Budget(120))
    assert items(path) == [0, 1, 2, 3]
    assert [step.role for step in path.steps] == ["prerequisite"] * 3 + ["goal"]
    assert path.steps[0].needed_by == (1,)
    assert path.is_reachable
    assert path.needed_minutes == 240


def test_levels_and_taste_settle_what_nothing_else_orders():
    easier = replace(NOVICE, level=np.array([3.0, 3, 1, 5, 1, 1]))
    assert items(plan(GRAPH, [3], easier, Budget(120)))[0] == 2
    liked = replace(NOVICE, taste=np.array([0.1, 0.1, 0.9, 0.1, 0, 0]))
    assert items(plan(GRAPH, [3], liked, Budget(120)))[0] == 2


def test_mastered_prerequisites_are_skipped_and_named():
    knows = replace(NOVICE, mastery=np.array([0.0, 0.7, 0.2, 0, 0, 0]))
    path = plan(GRAPH, [3], knows, Budget(120))
    assert items(path) == [2, 3]
    assert path.mastered == (1,)
    assert path.steps[1].readiness == pytest.approx((1 - 0.8 * 0.3) * (1 - 0.6 * 0.8))


def test_a_mastered_goal_needs_no_path():
    path = plan(GRAPH, [3], replace(NOVICE, mastery=only(3).astype(float)), Budget(60))
    assert (path.steps, path.mastered, path.is_reachable) == ((), (3,), True)


def test_without_a_blocked_item_the_goal_is_out_of_reach():
    path = plan(GRAPH, [3], replace(NOVICE, blocked=only(0)), Budget(120))
    assert items(path) == [2]
    assert path.missing == (0,)
    assert not path.is_reachable


def test_steps_are_laid_out_in_the_minutes_given():
    path = plan(GRAPH, [3], NOVICE, Budget(90, weeks=2))
    assert items(path) == [0, 1, 2]
    assert path.beyond == (3,)
    assert [(s.begins, s.ends) for s in path.steps] == [(0, 60), (60, 120), (120, 180)]
    assert items(plan(GRAPH, [3], NOVICE, Budget(100, n=2))) == [0, 1]


def test_a_step_that_the_weeks_end_in_is_begun_and_says_what_is_left():
    optional = replace(NOVICE, optional=only(5))
    path = plan(GRAPH, [3], optional, Budget(40, weeks=1))
    assert items(path) == [0]
    assert [(s.begins, s.ends, s.left) for s in path.steps] == [(0, 40, 20)]
    assert (path.beyond, path.left, path.is_reachable) == ((1, 2, 3), 20, False)
    longer = plan(GRAPH, [0], optional, Budget(40, weeks=2))
    assert [(s.begins, s.ends, s.left) for s in longer.steps] == [(0, 60, 0)]
    assert longer.is_reachable


def test_what_is_left_of_the_last_week_goes_to_what_is_liked_and_near():
    optional = replace(
        NOVICE, optional=only(4, 5), relevance=np.array([0, 0, 0, 0, 0.2, 0.9]), minutes=50 * ONES
    )
    assert items(plan(GRAPH, [2], optional, Budget(100))) == [2, 5]
    assert items(plan(GRAPH, [2], optional, Budget(100, weeks=2))) == [2, 4, 5]
    assert items(plan(GRAPH, [2], optional, Budget(50))) == [2]
    unrelated = replace(optional, relevance=np.zeros(6))
    assert items(plan(GRAPH, [2], unrelated, Budget(100, weeks=9))) == [2]


def test_an_optional_item_is_not_taken_before_what_it_needs():
    optional = replace(NOVICE, optional=only(1))
    assert items(plan(GRAPH, [2], optional, Budget(120))) == [2]
    assert items(plan(GRAPH, [0], optional, Budget(120))) == [0, 1]


def test_weak_order_counts_among_what_is_taken():
    both = plan(GRAPH, [3, 4], NOVICE, Budget(120))
    assert items(both).index(4) < items(both).index(3)


def test_bad_questions_are_refused():
    with pytest.raises(UnknownItemError):
        plan(GRAPH, [6], NOVICE, Budget(60))
    with pytest.raises(ShapeError):
        plan(GRAPH, [0], replace(NOVICE, taste=np.ones(5)), Budget(60))
    for bad in ({"minutes_per_week": 0}, {"minutes_per_week": 60, "n": 0}):
        with pytest.raises(ConfigError):
            Budget(**bad)
