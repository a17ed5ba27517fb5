"""Every row of the table of vocabularies, with the value it is read with."""

import pytest
from pydantic import TypeAdapter, ValidationError

from service.schemas.caliper import CaliperEvent
from service.schemas.events import EVENT_TYPES
from service.schemas.xapi import StatementIn
from service.vocabularies import names_of, table
from service.vocabularies.caliper import of_caliper
from service.vocabularies.xapi import of_xapi

ADL, CMI5 = "http://adlnet.gov/expapi/verbs/", "https://w3id.org/xapi/adl/verbs/"
VIDEO, TINCAN = "https://w3id.org/xapi/video/verbs/", "http://id.tincanapi.com/verb/"
STREAMS = "http://activitystrea.ms/schema/1.0/"
EXTENSION = "https://w3id.org/xapi/video/extensions/"

#: base of the IRI -> type -> verbs; written apart from the table
XAPI = {
    ADL: {
        "enrol": "launched registered",
        "view": "initialized experienced interacted",
        "exercise": "attempted answered scored passed failed",
        "play": "progressed suspended resumed terminated",
        "complete": "completed",
        "review": "commented",
        "share": "shared",
        "favourite": "preferred",
    },
    CMI5: {"abandon": "abandoned", "complete": "satisfied", "other": "waived"},
    VIDEO: {"play": "played paused seeked"},
    TINCAN: {
        "view": "viewed",
        "favourite": "bookmarked",
        "rate": "rated",
        "review": "reviewed",
        "skip": "skipped",
    },
    STREAMS: {
        "play": "watch",
        "complete": "complete",
        "favourite": "favorite like",
        "dislike": "dislike",
        "share": "share",
        "search": "search",
        "purchase": "purchase",
    },
}
CALIPER = {
    "AnnotationEvent": {"favourite": "Bookmarked", "share": "Shared", "view": "Highlighted Tagged"},
    "AssessmentEvent": {
        "view": "Started Resumed Restarted",
        "other": "Paused Reset",
        "exercise": "Submitted",
    },
    "AssessmentItemEvent": {"view": "Started", "skip": "Skipped", "exercise": "Completed"},
    "AssignableEvent": {
        "other": "Activated Deactivated",
        "enrol": "Started",
        "complete": "Completed",
        "exercise": "Submitted",
        "view": "Reviewed",
    },
    "FeedbackEvent": {"review": "Commented", "rate": "Ranked"},
    "GradeEvent": {"exercise": "Graded"},
    "MediaEvent": {
        "play": "Started Paused Resumed Restarted ForwardedTo JumpedTo",
        "complete": "Ended",
        "other": "ChangedResolution ChangedSize ChangedSpeed ChangedVolume EnabledClosedCaptioning "
        "DisabledClosedCaptioning EnteredFullScreen ExitedFullScreen Muted Unmuted OpenedPopout "
        "ClosedPopout",
    },
    "NavigationEvent": {"view": "NavigatedTo"},
    "SearchEvent": {"search": "Searched"},
    "SessionEvent": {"other": "LoggedIn LoggedOut TimedOut"},
    "SurveyEvent": {"other": "OptedIn OptedOut"},
    "ToolUseEvent": {"view": "Used"},
    "ViewEvent": {"view": "Viewed"},
}


def rows(groups, join):
    return [
        (join(group, name), type_)
        for group, types in groups.items()
        for type_, names in types.items()
        for name in names.split()
    ]


XAPI_ROWS = rows(XAPI, lambda base, name: (base + name,))
CALIPER_ROWS = rows(CALIPER, lambda group, name: (group, name))
#: what a statement that says everything has for a value
VALUES = {"play": 0.4, "exercise": 0.8, "rate": 0.5}


def xapi(verb, **others):
    raw = {
        "id": "6F3C1D52-7f3b-4f0f-9d34-0c9a4a2b7c11",
        "actor": {"account": {"homePage": "https://a.example", "name": "小林"}},
        "verb": {"id": verb, "display": {"zh": "做"}},
        "object": {"id": "https://a.example/items/%E5%BE%AE", "definition": {"type": "urn:x"}},
        "timestamp": "2026-03-01T08:00:00+08:00",
        **others,
    }
    return raw, of_xapi(TypeAdapter(StatementIn).validate_python(raw, strict=True))


def caliper(event, action, **others):
    raw = {
        "id": "urn:uuid:1",
        "type": event,
        "actor": {"id": "https://a.example/users/%E5%B0%8F%E6%9E%97", "type": "Person"},
        "action": action,
        "object": {"id": "https://a.example/items/a", "duration": "PT10M"},
        "eventTime": "2026-03-01T00:00:00Z",
        **others,
    }
    return raw, of_caliper(TypeAdapter(CaliperEvent).validate_python(raw, strict=True))


def test_the_table_has_these_rows_and_no_others():
    assert {key: row.type for key, row in table("xapi").items()} == dict(XAPI_ROWS)
    assert {key: row.type for key, row in table("caliper").items()} == dict(CALIPER_ROWS)
    assert {row.type for v in ("xapi", "caliper") for row in table(v).values()} <= set(EVENT_TYPES)


@pytest.mark.parametrize(("key", "type_"), XAPI_ROWS)
def test_each_verb_of_xapi_is_its_event(key, type_):
    result = {
        "score": {"scaled": 0.8, "raw": 4, "min": 1, "max": 5}
        if type_ == "rate"
        else {"scaled": 0.8},
        "response": "讲得清楚",
        "extensions": {EXTENSION + "progress": 0.4},
    }
    raw, found = xapi(key[0], result=result, context={"platform": "app", "language": "zh-CN"})
    event = found.event("微")
    assert (event.type, event.value) == (type_, VALUES.get(type_))
    assert (event.user, event.item) == ("小林", "微")
    assert event.id == "6f3c1d52-7f3b-4f0f-9d34-0c9a4a2b7c11"
    assert event.time == 1772323200.0
    assert event.context == {"platform": "app", "language": "zh-CN"}
    assert event.text == ("讲得清楚" if type_ == "review" else None)
    assert event.original.statement == raw


@pytest.mark.parametrize(("key", "type_"), CALIPER_ROWS)
def test_each_action_of_caliper_is_its_event(key, type_):
    others = {"target": {"currentTime": "PT4M"}}
    if key[0] == "GradeEvent":
        learner = {"id": "https://a.example/users/%E5%B0%8F%E6%9E%97"}
        others = {
            "actor": "https://a.example/users/teacher",
            "object": {
                "id": "urn:attempt",
                "assignee": learner,
                "assignable": "https://a.example/items/a",
            },
            "generated": {"scoreGiven": 8, "maxScore": 10},
        }
    if type_ == "rate":
        scale = {"minValue": 1, "maxValue": 5}
        others["generated"] = {"selections": ["4"], "question": {"scale": scale}}
    if type_ == "review":
        others["generated"] = {"value": "讲得清楚"}
    raw, found = caliper(*key, **others)
    event = found.event("a")
    is_graded = key[0] == "GradeEvent"
    value = None if type_ == "exercise" and not is_graded else VALUES.get(type_)
    assert (event.type, event.value) == (type_, value)
    assert (event.id, event.user) == ("urn:uuid:1", "小林")
    assert "a" in found.items
    assert event.text == ("讲得清楚" if type_ == "review" else None)
    assert event.original.statement == raw


def test_an_unknown_verb_counts_nothing_and_loses_nothing():
    raw, found = xapi("https://w3id.org/xapi/dod-isd/verbs/drew")
    assert (found.event("微").type, found.event("微").original.statement) == ("other", raw)
    raw, found = caliper("ForumEvent", "Subscribed")
    assert (found.event("a").type, found.event("a").original.statement) == ("other", raw)


@pytest.mark.parametrize(
    ("extensions", "progress"),
    [
        ({"progress": 1}, 1.0),
        ({"played-segments": "0[.]30[,]20[.]60", "length": 120}, 0.5),
        ({"time": 30, "length": 120}, 0.25),
        ({"time": 30}, None),
        ({"progress": 1.003}, 1.0),
        ({"progress": None}, None),
        ({}, None),
    ],
)
def test_progress_is_told_or_covered_or_reached(extensions, progress):
    told = {EXTENSION + name: value for name, value in extensions.items()}
    _, found = xapi(VIDEO + "paused", result={"extensions": told})
    assert found.event("微").value == progress


@pytest.mark.parametrize(
    ("result", "progress"),
    [
        ({"duration": "PT1M", "extensions": {EXTENSION + "length": 120}}, 0.5),
        ({"duration": "PT1M"}, None),
        ({"completion": True}, 1.0),
        ({"completion": False}, None),
    ],
)
def test_progress_is_the_duration_or_the_whole_where_no_place_is_told(result, progress):
    assert xapi(VIDEO + "paused", result=result)[1].event("微").value == progress


def test_extensions_named_like_fields_of_ours_say_nothing():
    told = {"video_progress": 7, "cmi5_progress": 700}
    assert xapi(VIDEO + "paused", result={"extensions": told})[1].event("微").value is None


def test_progress_of_cmi5_is_in_percent():
    told = {"https://w3id.org/xapi/cmi5/result/extensions/progress": 40}
    assert xapi(ADL + "progressed", result={"extensions": told})[1].event("微").value == 0.4


@pytest.mark.parametrize(
    ("result", "score"),
    [
        ({"score": {"scaled": -0.5}}, 0.0),
        ({"score": {"raw": 15, "min": 10, "max": 20}}, 0.5),
        ({"score": {"raw": 15}, "success": True}, 1.0),
        ({"success": False}, 0.0),
        ({}, None),
    ],
)
def test_a_score_is_scaled_or_placed_or_success(result, score):
    assert xapi(ADL + "answered", result=result)[1].event("微").value == score


def test_a_rating_without_a_scale_counts_nothing():
    assert xapi(TINCAN + "rated")[1].event("微").type == "other"
    assert xapi(TINCAN + "rated", result={"score": {"scaled": -0.4}})[1].event("微").value == -0.4
    likert = {"selections": ["差"], "question": {"scale": {"itemValues": ["差", "中", "好"]}}}
    assert caliper("FeedbackEvent", "Ranked", generated=likert)[1].event("a").value == -1.0
    assert caliper("FeedbackEvent", "Ranked")[1].event("a").type == "other"


def test_a_grade_of_nobody_is_not_the_teachers():
    _, found = caliper("GradeEvent", "Graded", generated={"scoreGiven": 8, "maxScore": 10})
    assert found.event("a").type == "other"


@pytest.mark.parametrize(
    ("actor", "user"),
    [
        ({"mbox": "mailto:lin@a.example"}, "lin@a.example"),
        ({"mbox_sha1sum": "A" * 40}, "a" * 40),
        ({"openid": "https://lin.example/"}, "https://lin.example/"),
        ({"account": {"name": "小林", "homePage": "x"}, "objectType": "Agent"}, "小林"),
    ],
)
def test_an_actor_is_one_user(actor, user):
    assert xapi(ADL + "completed", actor=actor)[1].event("微").user == user


@pytest.mark.parametrize(
    "actor",
    [
        {},
        {"mbox": "mailto:a@b.example", "openid": "https://a.example"},
        {"objectType": "Group", "mbox": "mailto:a@b.example"},
        {"mbox": "a@b.example"},
    ],
)
def test_nobody_and_a_group_are_no_user(actor):
    with pytest.raises(ValidationError):
        xapi(ADL + "completed", actor=actor)


@pytest.mark.parametrize(
    ("iri", "names"),
    [
        ("a", ("a",)),
        ("urn:course:a", ("urn:course:a",)),
        ("https://a.example/x/b/", ("https://a.example/x/b/", "b")),
        ("https://a.example/x%2Fy?q=1", ("https://a.example/x%2Fy?q=1", "x/y")),
        ("https://a.example", ("https://a.example",)),
        ("https://a.example/%00", ("https://a.example/%00",)),
        ("https://[a", ("https://[a",)),
    ],
)
def test_an_iri_is_its_own_name_before_the_last_step_of_its_path(iri, names):
    assert names_of(iri) == names


def test_originals_are_json_as_it_came():
    raw, found = xapi(ADL + "completed", custom={"nested": [1, 2.5, None, "字"]})
    original = found.event("微").original
    assert (original.form, original.statement, original.voided_by) == ("xapi", raw, None)
