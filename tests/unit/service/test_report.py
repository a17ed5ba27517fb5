"""Reports: aspects with their words, trend, completion, and what to change."""

import itertools
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import Analyzer
from recommend.shrinkage import QualityScale
from service.insight.disclosure import Disclosure
from service.insight.marks import Marks
from service.insight.report import _rules, changes, completion, report
from service.insight.reviews import by_aspect, quotes
from service.store import StoredEvent

few = settings(deadline=None, max_examples=50)

NUMBER = itertools.count()
ZONE = ZoneInfo("Asia/Shanghai")
FAST = "节奏太快了，跟不上。"
CLEAR = "老师讲得非常清楚。"


def event(
    type: str,
    value: float | None = None,
    text: str | None = None,
    user: str | None = None,
    time: float | None = None,
):
    n = next(NUMBER)
    when = 1e9 + n * 86400 if time is None else time
    return StoredEvent(f"e{n}", user or f"u{n}", "i", type, value, when, None, text, "")


def told(events, **options):
    scale = QualityScale(0.2, 5.0)
    given = {"zone": ZONE, "disclosure": Disclosure(10, 5.0), "scale": scale} | options
    return report(events, Analyzer.default(), **given)


def test_an_item_of_which_nobody_spoke_has_an_empty_report():
    found = told([])
    assert (found.polarity, found.quality, found.trend, found.completion) == (None,) * 4
    assert "10" in found.short_reason.say("zh")
    assert found.aspects == found.months == found.changes == ()


def test_quotes_are_spans_of_the_reviews():
    reviews = [event("review", text="开头。" + FAST), event("review", text=CLEAR)]
    found = quotes(reviews, Analyzer.default())
    texts = {r.id: r.text for r in reviews}
    assert {q.aspect for q in found} == {"节奏", "讲师"}
    assert all(texts[q.event][q.start : q.end] == q.text for q in found)
    assert all((q.polarity < 0) == (q.aspect == "节奏") for q in found)


def test_a_review_counts_once_for_an_aspect_and_sides_add_up():
    (aspect,) = by_aspect(quotes([event("review", text=FAST * 3)], Analyzer.default()))
    assert (aspect.name, aspect.count, aspect.positive, aspect.negative) == ("节奏", 1, 0, 1)
    assert aspect.praise == ()
    assert sorted(q.text for q in aspect.blame) == ["节奏太快了", "跟不上"]


def test_many_complaints_become_advice_with_evidence_and_few_do_not():
    few, many = (
        told([event("review", -0.9, FAST) for _ in range(2)]),
        [event("review", -0.9, FAST) for _ in range(5)],
    )
    assert few.changes == ()
    (change,) = told(many).changes
    assert change.about == "节奏"
    assert change.evidence
    assert "节奏" in change.text.message.zh
    praised = told([*many, *[event("review", 0.9, "节奏刚刚好。") for _ in range(60)]])
    assert praised.changes == ()


def test_every_aspect_that_the_analysis_knows_has_advice_in_both_languages():
    import json
    from importlib.resources import files

    known = json.loads(files("nlp").joinpath("data/aspects.json").read_text())["terms"]
    assert set(_rules()["aspects"]) == set(known)
    assert all(rule["en"] and rule["zh"] for rule in _rules()["aspects"].values())


@few
@given(st.lists(st.floats(0, 1), max_size=40))
def test_fewer_and_fewer_people_stay(played):
    done = completion([event("play", share) for share in played], Disclosure(1))
    if len(played) < 2:
        assert done is None
        return
    assert done.starters == len(played)
    assert all(a >= b for a, b in itertools.pairwise((1.0, *done.staying)))
    assert done.finished.low <= done.finished.mean <= done.finished.high


def test_completion_of_few_is_not_shown_and_one_who_finished_is_not_told_of():
    plays = [event("play", 0.34, user=f"u{n}") for n in range(40)]
    assert completion(plays[:9], Disclosure(5)) is None
    done = completion([*plays, event("complete", user="u0")], Disclosure(5))
    assert done == completion(plays, Disclosure(5))
    assert done.starters == 40
    assert done.staying[2:4] == (1.0, 0.0)
    (change,) = changes((), done)
    assert change.text.facts == {"start": 0.3, "end": 0.4}
    assert "30%" in change.text.say("zh")


def trend(values, type="review"):
    return Marks.of([event(type, value) for value in values], Disclosure(10)).trend()


def test_marks_that_rise_are_told_apart_from_marks_that_do_not():
    assert trend([0.0] * 7) is None
    assert trend([-0.5] * 20 + [0.5] * 20).direction == "up"
    assert trend([0.5] * 20 + [-0.5] * 20).direction == "down"
    assert trend([0.5, -0.5] * 4).direction == "unclear"
    assert trend([0.4] * 4 + [0.5] * 4).direction == "unclear"


def test_ratings_have_a_trend_once_enough_people_gave_them():
    assert trend([-0.9] * 15 + [0.9] * 15, "rate") is None
    assert trend([-0.9] * 60 + [0.9] * 60, "rate").direction == "up"
    assert trend([0.4] * 120, "rate").direction == "unclear"


def test_a_rating_more_is_not_told_and_a_person_has_one_voice():
    hours = 1_710_000_000.0 + 3600.0 * np.arange(41)  # of one month
    ratings = [event("rate", 0.5, user=f"u{n}", time=hours[n]) for n in range(40)]
    before, after = told(ratings), told([*ratings, event("rate", -1.0, time=hours[40])])
    assert before == after
    again = told([*ratings, event("rate", 1.0, user="u3"), event("rate", 0.5, user="u3")])
    assert (again.n_ratings, again.polarity) == (before.n_ratings, before.polarity)
    assert before.n_ratings == 40
    assert before.quality > 0
    assert told(ratings[:14]).polarity is None
    spoken = told([event("review", -0.5, FAST, user="u3"), *ratings])
    assert (spoken.n_reviews, spoken.n_ratings) == (1, 40)


def test_months_are_those_of_the_clock():
    late = 1_704_038_400.0 - 3600  # an hour before 2024 in Shanghai: still 2023 there
    mark = StoredEvent("e", "u", "i", "review", 1.0, late, None, None, "")
    assert [m.month for m in told([mark]).months] == ["2023-12"]
    assert [m.month for m in told([mark], zone=ZoneInfo("Asia/Tokyo")).months] == ["2024-01"]


def test_only_the_newest_reviews_are_read():
    found = told([event("review", text=FAST), event("review", text=CLEAR)], n_reviews=1)
    assert (found.n_reviews, found.n_read) == (2, 1)
    assert [a.name for a in found.aspects] == ["讲师"]
