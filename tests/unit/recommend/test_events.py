import numpy as np
import pytest

from recommend import EVENT_WEIGHTS, UnknownEventError, event_weights


@pytest.mark.parametrize(
    ("kind", "value", "weight"),
    [
        ("impression", None, 0),
        ("search", None, 0),
        ("view", None, 0.2),
        ("play", 0, 0.2),
        ("play", 0.5, 0.6),
        ("play", 7, 1.0),
        ("play", None, 0.2),
        ("complete", None, 1),
        ("favourite", None, 0.8),
        ("share", None, 0.8),
        ("cart", None, 0.6),
        ("purchase", 199, 1.5),
        ("enrol", None, 1),
        ("exercise", 0.9, 0.5),
        ("rate", 1, 1.5),
        ("rate", -1, -1.5),
        ("rate", None, 0),
        ("review", 0.5, 0.5),
        ("review", -3, -1),
        ("dislike", None, -1),
        ("skip", None, -0.2),
        ("refund", 199, -1.5),
        ("abandon", None, -0.5),
    ],
)
def test_an_event_weighs_what_the_table_says(kind, value, weight):
    assert event_weights([kind], [value])[0] == pytest.approx(weight)


def test_codes_and_names_weigh_the_same():
    codes = np.arange(len(EVENT_WEIGHTS))
    np.testing.assert_array_equal(event_weights(codes), event_weights(EVENT_WEIGHTS.names))


@pytest.mark.parametrize("types", [["view", "teleport"], np.array([0, 99]), np.array([-1])])
def test_an_unknown_type_is_an_error(types):
    with pytest.raises(UnknownEventError):
        event_weights(types)


def test_the_table_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        EVENT_WEIGHTS.line[0, 0] = 1
