"""What can be played where, and which traits items have."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from nlp import Features, FeatureSpace
from service.insight.item_traits import main_topics, trait_matrix, traits
from service.playing import Playing, Situation, situation

ITEMS = {
    0: {"minutes": 400, "session_minutes": 15},
    1: {"minutes": 90, "devices": ["tv", "Computer"]},
    2: {"regions": "广东"},
    3: {"minutes": "long", "devices": [], "regions": [None]},
    4: {},
}
PLAYING = Playing.of(5, ITEMS)

situations = st.builds(
    Situation,
    device=st.sampled_from([None, "tv", "phone"]),
    region=st.sampled_from([None, "广东", "北京"]),
    minutes=st.one_of(st.none(), st.floats(0, 500)),
)


def test_each_rule_alone():
    def left_out(**said):
        return np.flatnonzero(PLAYING.impossible(Situation(**said))).tolist()

    assert left_out() == []
    assert left_out(minutes=20) == [1]
    assert left_out(minutes=10) == [0, 1]
    assert left_out(device="phone") == [1, 3]
    assert left_out(device="computer") == [3]
    assert left_out(region="广东") == [3]
    assert left_out(region="北京") == [2, 3]


@given(situations, st.floats(0, 500))
def test_more_time_and_less_said_never_leave_out_more(where, minutes):
    out = PLAYING.impossible(where)
    more = None if where.minutes is None else where.minutes + minutes
    assert not (
        PLAYING.impossible(Situation(where.device, where.region, minutes=more)) & ~out
    ).any()
    assert not (
        PLAYING.impossible(Situation(region=where.region, minutes=where.minutes)) & ~out
    ).any()
    assert not out[4]  # what says nothing needs nothing


def test_a_request_is_told_as_events_tell_theirs():
    found = situation(" Phone", "广东", "https://www.zhihu.com/", 21, 30)
    assert found.contexts == ("device:phone", "region:广东", "channel:forum", "part:晚间")
    assert situation(None, None, None, None, None) == Situation()


def test_traits_come_from_attributes_and_from_the_text_otherwise():
    features = [
        Features({"矩阵": 1.0}, {"domain:教育": 0.7, "domain:教育/数学": 0.6}, {}, None, None),
        Features({"菜": 1.0}, {"subject:农林园艺": 0.5, "subject:理学": 0.2}, {}, None, None),
        Features({}, {}, {}, None, None),
    ]
    space = FeatureSpace.fit(features, min_df=1)
    topics = main_topics(csr_array(space.transform(features)), space)
    assert topics == ["教育", "农林园艺", None]
    assert traits("course", {}, topics[0]) == ("kind:course", "topic:教育")
    names = ["kind:course", "topic:教育"]
    matrix = trait_matrix([traits("course", {}, t) for t in topics], names)
    assert matrix.toarray().tolist() == [[1, 1], [1, 0], [1, 0]]
