"""Which channel a referrer is, who is credited, and what may be said of it."""

import itertools
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.insight.channels import (
    OTHER,
    Tally,
    channel_of,
    channels,
    credit,
    credits_of,
    tallies,
)
from service.insight.disclosure import Disclosure
from service.insight.promotion import promotion
from service.store import StoredEvent

few = settings(deadline=None, max_examples=50)

NUMBER = itertools.count()
ZONE = ZoneInfo("Asia/Shanghai")
WEIBO, ZHIHU = "https://weibo.com/a", "https://www.zhihu.com/q/1"


def event(type: str, referrer: str | None = None, user="u", hour: float = 20):
    n = next(NUMBER)
    context = None if referrer is None else orjson.dumps({"referrer": referrer}).decode()
    return StoredEvent(
        f"e{n}", user, "i", type, None, n * 86400 + (hour - 8) * 3600, context, None, ""
    )


@few
@given(st.text(max_size=60))
def test_every_referrer_is_one_of_the_channels(referrer):
    assert channel_of(referrer) in channels()


@pytest.mark.parametrize(
    ("referrer", "channel"),
    [
        ("/", "home"),
        ("/index", "home"),
        ("/channel/maths", "channel"),
        ("/course/3", OTHER),
        ("weibo.com", "social"),
        ("https://m.weibo.cn/status/1?x=y", "social"),
        ("https://evilweibo.com/", OTHER),
        ("https://live.douyin.com/1", "kol"),
        ("https://www.douyin.com/1", "social"),
        ("https://tieba.baidu.com/p/1", "forum"),
        ("https://www.baidu.com/s?wd=x", OTHER),
        ("https://weibo.com/?utm_medium=KOL", "kol"),
        ("论坛", "forum"),
        ("KOL", "kol"),
        ("http://[", OTHER),
        ("", OTHER),
    ],
)
def test_a_referrer_is_read_as_a_person_would(referrer, channel):
    assert channel_of(referrer) == channel


def test_the_last_touch_before_the_taking_is_credited():
    touched = [event("impression", WEIBO), event("view", ZHIHU), event("enrol")]
    found = credit(touched)
    assert (found.reached, found.brought) == ({"social", "forum"}, "forum")
    assert credit([*touched, event("view", "/")]) == found  # what comes after counts no more
    assert credit([event("view", WEIBO), event("enrol", "/")]).brought == "home"
    assert credit([event("view", WEIBO)]).brought is None
    assert credit([event("enrol")]).brought is None


@few
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["impression", "view", "enrol", "purchase", "play"]),
            st.sampled_from([None, "/", WEIBO, ZHIHU]),
            st.sampled_from("abc"),
        )
    )
)
def test_nobody_is_brought_who_was_not_reached_and_each_person_only_once(rows):
    events = sorted((event(*row) for row in rows), key=lambda e: e.user)
    found = list(credits_of(events))
    counts = tallies(found)
    assert len(found) == len({e.user for e in events})
    assert all(0 <= t.brought <= t.reached <= len(found) for t in counts.values())
    assert sum(t.brought for t in counts.values()) <= sum(c.time is not None for c in found)


def plan(events, usual=None, floor=10):
    return promotion(events, usual or {}, zone=ZONE, disclosure=Disclosure(floor))


def people(n: int, referrer: str, taking: int, hour: float = 20):
    for user in range(n):
        name = f"{referrer}{user}"
        yield event("view", referrer, name, hour)
        if user < taking:
            yield event("enrol", None, name, hour)


def test_few_people_are_not_enough_and_their_number_is_not_told():
    found = plan(list(people(19, WEIBO, 9)))
    assert {c.verdict for c in found.channels} == {"not_enough"}
    assert {c.reached for c in found.channels} == {None}
    assert found.timing is None
    assert found.overall.trials == 0
    assert "10" in found.short_reason.say("zh")


def test_a_channel_that_brings_more_is_better_and_comes_first():
    found = plan([*people(60, ZHIHU, 40), *people(60, WEIBO, 3)])
    first, second = found.channels[:2]
    assert (first.name, first.verdict, first.reached, first.brought) == ("forum", "better", 60, 40)
    assert (second.reached, second.brought) == (60, 0)
    assert (second.name, second.verdict) == ("social", "worse")
    assert found.short_reason is None


def test_little_evidence_stays_near_the_catalogue_and_much_leaves_it():
    usual = {"social": Tally(1000, 100), "forum": Tally(1000, 300)}
    rates = []
    for n in (20, 60, 400):
        social = next(
            c for c in plan(list(people(n, WEIBO, n // 2)), usual).channels if c.name == "social"
        )
        assert social.rate is not None
        assert social.rate.low <= social.rate.mean <= social.rate.high
        rates.append(social.rate.mean)
    assert 0.1 < rates[0] < rates[1] < rates[2] < 0.5


def test_timing_is_that_of_takings_on_the_clock():
    found = plan([*people(30, WEIBO, 20, hour=21), *people(30, ZHIHU, 0, hour=9)])
    assert found.timing.best_hours == (21,)
    assert max(found.timing.parts, key=found.timing.parts.get) == "晚间"
    assert sum(found.timing.hours) == pytest.approx(1)
    assert sum(found.timing.parts.values()) == pytest.approx(1)
