"""A figure that is long to count takes a bounded share of the time, whoever asks how often."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from service.kept import SHARE, Kept


@given(
    took=st.floats(0.001, 10.0),
    rest=st.floats(0.0, 100.0),
    pauses=st.lists(st.floats(0.0, 50.0), max_size=30),
)
def test_it_is_counted_within_its_share_and_never_told_for_longer_than_it_may(took, rest, pauses):
    now, counted = [0.0], []

    def count() -> float:
        counted.append(now[0])
        now[0] += took
        return counted[-1]

    kept = Kept[float](at_once_s=0.0, rest_s=rest, clock=lambda: now[0])
    longest = max(rest, SHARE * took)
    for pause in pauses:
        now[0] += pause
        asked_at = now[0]
        assert asked_at - kept.get(count) < longest + 1e-9
    for before, after in itertools.pairwise(counted):
        assert after - before >= longest - 1e-6


def test_one_that_is_quick_is_counted_each_time():
    numbers = iter(range(5))
    kept = Kept[int](at_once_s=1.0, rest_s=60.0, clock=lambda: 0.0)
    assert [kept.get(lambda: next(numbers)) for _ in range(5)] == list(range(5))
