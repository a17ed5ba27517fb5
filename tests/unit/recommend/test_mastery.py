import numpy as np
import pytest

from recommend import (
    ConfigError,
    Edges,
    Mastery,
    MasteryModel,
    PrerequisiteGraph,
    ShapeError,
    Source,
    estimate_mastery,
    surmised,
)

DAY = 86_400.0
NAN = float("nan")


MODEL = MasteryModel()


def level(*events, now=0.0, model=MODEL):
    """Mastery of item 0 after events (type, value, day)."""
    types, values, days = zip(*events, strict=True)
    times = np.array(days) * DAY
    known = estimate_mastery(
        [0] * len(types), types, values, times, n_items=1, now=now * DAY, model=model
    )
    return float(known.level[0])


def test_finishing_an_item_counts_as_the_model_says():
    assert level(("complete", NAN, 0)) == 0.8
    assert level(("play", 0.5, 0)) == pytest.approx(0.4)
    assert level(("play", 0.5, 0), ("play", 0.3, 1), now=1) == pytest.approx(0.4, abs=0.01)


def test_an_exercise_corrects_what_completion_supposed():
    assert level(("complete", NAN, 0), ("exercise", 0.1, 0)) < 0.5 < level(("exercise", 0.9, 0))


def test_a_late_success_repairs_early_failures():
    assert level(("exercise", 0.0, 0), ("exercise", 0.0, 1), ("exercise", 1.0, 2), now=2) >= 0.8


def test_mastery_halves_in_a_half_life_that_success_makes_longer():
    model = MasteryModel(half_life_days=100)
    assert level(("complete", NAN, 0), now=200, model=model) == pytest.approx(0.4)
    twice = level(("complete", NAN, 0), ("exercise", 1.0, 0), now=300, model=model)
    assert twice == pytest.approx(0.96 / 2)


def test_other_events_and_exercises_without_a_score_say_nothing():
    assert level(("enrol", NAN, 0), ("rate", 1.0, 0), ("exercise", NAN, 0), ("play", NAN, 0)) == 0


def test_the_events_it_rests_on_are_named_oldest_first():
    known = estimate_mastery(
        [2, -1, 2],
        ["exercise", "complete", "complete"],
        [0.4, NAN, NAN],
        [5, 1, 3],
        n_items=3,
        now=9,
    )
    assert known.evidence == {2: (2, 0)}
    assert known.level[:2].tolist() == [0, 0]


def test_who_knows_the_harder_item_knows_what_it_rests_on():
    graph = PrerequisiteGraph.build(
        4, [Edges.of([0, 1, 2], [1, 2, 3], [1.0, 0.9, 0.4], Source.TEXT)]
    )
    known = surmised(graph, Mastery(np.array([0.0, 0.1, 0.8, 0.0])))
    assert known.level.round(6).tolist() == [0.72, 0.72, 0.8, 0.0]
    assert known.surmised == {1: 2, 0: 2}
    assert surmised(graph, Mastery(np.array([0.0, 0, 0, 1.0]))).level.tolist() == [0, 0, 0, 1]


def test_parameters_and_shapes_are_checked():
    with pytest.raises(ConfigError):
        MasteryModel(half_life_days=0)
    with pytest.raises(ConfigError):
        MasteryModel(rise=1.5)
    with pytest.raises(ShapeError):
        estimate_mastery([0, 1], ["complete"], [NAN], [0], n_items=2, now=0)
