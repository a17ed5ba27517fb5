"""What numbers of people tell of a single one: the laws of rounding, on made logs."""

import itertools
from collections import Counter
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import Analyzer
from recommend.shrinkage import QualityScale
from service.insight.disclosure import Disclosure
from service.insight.promotion import Promotion, promotion
from service.insight.report import Report, report
from service.store import StoredEvent

few = settings(deadline=None, max_examples=25)
ZONE = ZoneInfo("Asia/Shanghai")
FLOOR = 10

shares = st.integers(0, 2**20 - 1).map(lambda k: k / 2**20)
disclosures = shares.map(lambda share: Disclosure(FLOOR, share * FLOOR))
acts = st.tuples(
    st.sampled_from(["impression", "view", "enrol", "play", "complete", "rate"]),
    st.floats(0, 1),
    st.sampled_from(["/", "https://weibo.com/", "https://www.zhihu.com/q/1"]),
)
#: what each of up to 60 people did
logs = st.lists(st.lists(acts, min_size=1, max_size=4), max_size=60)


def events(log):
    number = itertools.count()
    for user, done in enumerate(log):
        for type, value, referrer in done:
            n = next(number)
            context = orjson.dumps({"referrer": referrer}).decode()
            kept = 2 * value - 1 if type == "rate" else value
            yield StoredEvent(
                f"e{n}", f"u{user}", "i", type, kept, 1e9 + 5e4 * n, context, None, ""
            )


def answers(log, disclosure) -> tuple[Report, Promotion]:
    found = list(events(log))
    scale = QualityScale(0.1, 8.0)
    told = report(found, Analyzer.default(), zone=ZONE, disclosure=disclosure, scale=scale)
    return told, promotion(found, {}, zone=ZONE, disclosure=disclosure)


def people(told: Report, plan: Promotion) -> list[float]:
    """Every number of people that the two answers tell, or that their shares are made of."""
    numbers = [told.n_ratings, *(month.n for month in told.months)]
    if told.completion is not None:
        starters = told.completion.starters
        numbers += [starters, told.completion.finished.successes]
        numbers += [starters * share for share in told.completion.staying]
    numbers += [plan.overall.trials, plan.overall.successes]
    for channel in plan.channels:
        numbers += [
            channel.reached or 0,
            channel.brought or 0,
            channel.rate.trials if channel.rate else 0,
        ]
    if plan.timing is not None:
        numbers += [plan.timing.n, plan.timing.n * plan.timing.weekend]
    return numbers


@few
@given(logs, disclosures)
def test_any_two_numbers_of_people_differ_by_nothing_or_by_the_floor_at_least(log, disclosure):
    numbers = sorted(people(*answers(log, disclosure)))
    for a, b in itertools.pairwise(numbers):
        assert b - a < 1e-6 or b - a > FLOOR - 1e-6


@few
@given(logs, disclosures)
def test_no_group_that_is_shown_is_as_small_as_the_floor(log, disclosure):
    told, plan = answers(log, disclosure)
    played = sum(any(a[0] in ("play", "complete") for a in done) for done in log)
    assert told.completion is None or played > FLOOR
    took = sum(any(a[0] == "enrol" for a in done) for done in log)
    assert plan.timing is None or took > FLOOR
    rated = sum(any(a[0] == "rate" for a in done) for done in log)
    assert told.polarity is None or rated > FLOOR


@few
@given(st.integers(0, 10_000), st.integers(2, 200), shares)
def test_more_people_never_read_as_fewer_and_are_nearly_as_many_as_told(n, floor, share):
    disclosure = Disclosure(floor, share * floor)
    assert abs(disclosure.told(n) - n) < floor
    assert disclosure.told(n) <= disclosure.told(n + 1) <= disclosure.told(n) + floor
    assert disclosure.shown(n) is None or n > floor
    assert disclosure.shown(n) is not None or n < 2 * floor


@few
@given(st.floats(0, 1000), st.integers(2, 50))
def test_one_person_more_changes_a_number_for_one_threshold_of_as_many_as_the_floor(n, floor):
    thresholds = floor * (np.arange(2000) + 0.5) / 2000
    told = np.array(
        [(d.told(n), d.told(n + 1)) for d in (Disclosure(floor, t) for t in thresholds)]
    )
    assert (told[:, 0] != told[:, 1]).mean() == pytest.approx(1 / floor, abs=2e-3)
    assert told[:, 0].mean() == pytest.approx(n, abs=floor / 500)


@settings(deadline=None, max_examples=6)
@given(logs, st.lists(acts, min_size=1, max_size=3))
def test_answers_are_seldom_others_for_one_person_more(log, one):
    """The share of thresholds that tell of the one is bounded by how many numbers have them."""
    apart, n = 0, 20
    for k in range(n):
        disclosure = Disclosure(FLOOR, FLOOR * (k + 0.5) / n)
        apart += people(*answers(log, disclosure)) != people(*answers([*log, one], disclosure))
    # starters, finishers, ten steps, raters, their month, and of three channels and all of them
    # two numbers each, takers, the weekend: each moves at one threshold in ten, many at the same
    kinds = len({a[0] for a in one}) + 2 * len({a[2] for a in one}) + 14
    assert apart / n <= min(1.0, (kinds + 1) / FLOOR)


def test_thresholds_are_drawn_evenly_for_each_item_and_each_database():
    items = [f"item-{n}" for n in range(2000)]
    drawn = [Disclosure.of(item, FLOOR, b"one").threshold for item in items]
    assert all(0 <= threshold < FLOOR for threshold in drawn)
    counts = Counter(int(threshold) for threshold in drawn)
    assert min(counts.values()) > 140
    other = [Disclosure.of(item, FLOOR, b"two").threshold for item in items]
    assert abs(np.corrcoef(drawn, other)[0, 1]) < 0.1
    assert drawn == [Disclosure.of(item, FLOOR, b"one").threshold for item in items]
