"""What events say of a person, and how sure that is."""

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.context import PARTS_OF_DAY, clock, local_hours, part_of_day
from service.insight.facts import Facts, ItemFact, item_fact
from service.insight.profile import N_INTERESTS, portrait
from service.insight.rows import profile_features
from service.insight.traits import N_EVIDENCE
from service.insight.weighing import Weighing
from service.schemas.events import EVENT_TYPES
from service.store import StoredEvent
from service.store.readings import ItemSummary

few = settings(deadline=None, max_examples=50)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, tzinfo=UTC).timestamp()


def fact(topic: str, kind: str = "course", level: float | None = 2, minutes: float | None = 60):
    return ItemFact(topic, kind, {f"domain:{topic}": 1.0}, level, minutes, None, {})


FACTS = Facts(
    1,
    {
        "calculus": fact("教育"),
        "algebra": fact("教育", level=4, minutes=400),
        "soup": fact("健康", kind="film", minutes=20),
        "bread": fact("健康", level=None, minutes=None),
    },
)
NUMBER = itertools.count()


def event(item: str, type: str = "enrol", value=None, hour: float = 20, context=None, text=None):
    n = next(NUMBER)
    moment = NOW - 8 * 3600 + hour * 3600 - 86400 * (1 + n % 7)
    return StoredEvent(f"e{n}", "u", item, type, value, moment, context, text, "")


def drawn(events, facts=FACTS, **attributes):
    return portrait("u", attributes, events, facts, ZONE, Weighing(NOW))


events = st.lists(
    st.builds(
        event,
        st.sampled_from([*FACTS.by_id, "gone"]),
        st.sampled_from(EVENT_TYPES),
        st.one_of(st.none(), st.floats(-1, 1)),
        st.floats(0, 23.9),
        st.sampled_from([None, '{"device": "phone", "region": "广东"}', '{"device": "tv"}']),
    ),
    max_size=30,
)


@few
@given(events)
def test_a_portrait_is_bounded_and_rests_on_events_of_the_person(found):
    profile = drawn(found)
    ids = {e.id for e in found}
    traits = [
        *(profile.interests + profile.kinds + profile.lengths + profile.parts),
        *(profile.devices + profile.regions),
    ]
    for trait in traits:
        assert 0 <= trait.share <= 1
        assert 0 <= trait.usual <= 1
        assert 0 <= trait.confidence < 1
        assert len(trait.evidence) <= N_EVIDENCE
        assert set(trait.evidence) <= ids
    assert len(profile.interests) <= N_INTERESTS
    for whole in (profile.kinds, profile.lengths, profile.parts, profile.devices, profile.regions):
        assert not whole or sum(t.share for t in whole) == pytest.approx(1)
    assert not profile.hours or sum(profile.hours) == pytest.approx(1)


@few
@given(events, st.randoms())
def test_a_portrait_does_not_depend_on_the_order_of_events(found, random):
    shuffled = found.copy()
    random.shuffle(shuffled)
    assert drawn(found) == drawn(shuffled)


@few
@given(events)
def test_the_row_of_features_is_named_bounded_and_the_same_again(found):
    features = profile_features(drawn(found, vip=True, likes=["数学", "烹饪"]))
    assert features == profile_features(drawn(found, vip=True, likes=["数学", "烹饪"]))
    assert list(features) == sorted(features)
    assert all(0 < value <= 1 for value in features.values())
    assert features["attribute:vip=True"] == features["attribute:likes=数学"] == 1


def test_a_person_without_events_has_attributes_only():
    profile = drawn([], level=2)
    assert (profile.n_events, profile.interests, profile.level, profile.parts) == (0, (), None, ())
    assert profile_features(profile) == {"attribute:level=2": 1.0}


def test_interest_follows_what_was_taken_and_more_of_it_is_surer():
    once, more = drawn([event("calculus")]), drawn([event("calculus"), event("algebra")])
    assert [t.name for t in once.interests] == ["domain:教育"]
    assert more.interests[0].share > once.interests[0].share > once.interests[0].usual == 0.5
    assert more.interests[0].confidence > once.interests[0].confidence


def test_a_preferred_form_is_that_of_what_was_taken():
    forms = {"a": {"form": "视频"}, "b": {"form": "直播"}, "c": {}}
    facts = {i: ItemFact(i, "course", {}, 2, 60, None, form) for i, form in forms.items()}
    facts = Facts(1, facts)
    found = drawn([event("a"), event("c")], facts)
    assert [t.name for t in found.forms] == ["视频", "直播"]
    assert profile_features(found)["form:视频"] > 0
    assert drawn([event("c")], facts).forms == ()


def test_what_was_turned_down_is_no_interest():
    profile = drawn([event("soup", "dislike"), event("calculus")])
    assert [t.name for t in profile.interests] == ["domain:教育"]
    assert profile.n_items == 1


def test_level_counts_what_was_managed_only():
    begun = drawn([event("algebra", "play", 0.3)])
    assert begun.level is None
    finished = drawn([event("algebra", "play", 0.9)])
    assert pytest.approx(FACTS.usual_level, abs=0.4) == 3
    assert finished.level.value > FACTS.usual_level
    assert drawn([event("algebra", "exercise", 1.0)]).mastery.value == pytest.approx(3.5 / 6)


def test_hours_are_told_on_the_clock_that_was_asked_for():
    evening = drawn([event("calculus", hour=20)] * 5)
    assert evening.parts[0].name == "晚间"
    assert int(np.argmax(evening.hours)) == 20
    found = portrait(
        "u", {}, [event("calculus", hour=20)] * 5, FACTS, clock("+00:00", ""), Weighing(NOW)
    )
    assert found.parts[0].name == "下午"
    assert clock(" 05:30", "UTC") == clock("+05:30", "UTC") != clock("-05:30", "UTC")


def test_impressions_and_searches_say_nothing_of_hours():
    assert drawn([event("calculus", "impression")]).parts == ()


def test_every_hour_belongs_to_a_part_of_the_day():
    assert {part_of_day(hour) for hour in range(24)} == set(PARTS_OF_DAY.values())


def test_summer_time_is_respected():
    zone = ZoneInfo("Europe/Berlin")
    times = [datetime(2026, month, 1, 12, tzinfo=UTC).timestamp() for month in (1, 7)]
    assert local_hours(np.array(times), zone)[0].tolist() == [13, 14]


def test_what_the_platform_says_of_an_item_wins_over_its_analysis():
    summary = {"topics": {"domain": [{"label": "教育", "probability": 0.6}]}, "difficulty": 4}
    attributes = {"domain": "文化", "leaf": "电影", "level": 2, "minutes": "long"}
    found = item_fact(ItemSummary("a", "", "film", attributes, summary), "film")
    assert (found.topics, found.level) == ({"domain:文化": 1.0, "domain:文化/电影": 1.0}, 2)
    assert found.minutes is None
    plain = item_fact(ItemSummary("a", "", "film", {}, summary), "film")
    assert (plain.topics, plain.level, plain.length) == ({"domain:教育": 0.6}, 4, None)


def test_sentiment_is_that_of_reviews():
    profile = drawn([event("soup", "review", -0.8, text="难喝"), event("soup", "rate", 1.0)])
    assert profile.sentiment.value == pytest.approx(-0.8 / 6)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], "没有存下"),
        ([("soup", "impression")], "1 次行为"),
        ([("gone", "enrol")], "1 次行为"),
        ([("calculus", "enrol"), ("soup", "enrol")], "2 个条目"),
        ([("calculus", "enrol")], None),
    ],
)
def test_a_portrait_without_interests_says_why(events, said):
    log = [
        StoredEvent(str(n), "u", item, kind, None, NOW, None, None, "")
        for n, (item, kind) in enumerate(events)
    ]
    found = portrait("u", {}, log, FACTS, ZONE, Weighing(NOW))
    assert bool(found.interests) == (said is None)
    assert said is None or said in found.short_reason.say("zh")
