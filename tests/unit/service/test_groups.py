"""Groups with names, none too small to be shown or to be told from the others."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from service.insight.groups import JOINT, by_attribute, by_profile, partition

labels = st.lists(
    st.one_of(
        st.just(()),
        st.tuples(st.sampled_from("甲乙丙"), st.sampled_from("高低"), st.sampled_from("早晚")),
    ),
    max_size=60,
)


@given(labels, st.integers(1, 12))
def test_no_group_is_below_the_floor_nor_follows_from_the_others(people, floor):
    groups = partition(people, floor)
    assert all(size >= floor for group, size in Counter(groups).items() if group)
    hidden = [tuple(p[:1]) for p, group in zip(people, groups, strict=True) if not group]
    told = any(groups) and len(set(hidden)) == 1
    assert not told or len(hidden) >= floor


@given(labels, st.integers(1, 12))
def test_everybody_fits_the_name_of_their_group(people, floor):
    for label, group in zip(people, partition(people, floor), strict=True):
        assert not group or JOINT.join(label).startswith(group)


@given(labels, st.integers(1, 12))
def test_segments_add_up_and_are_bounded(people, floor):
    inside = people[: len(people) // 2]
    segments = by_profile(inside, people, max(len(people), 1), floor)
    assert sum(s.size for s in segments) <= len(inside)
    for segment in segments:
        assert segment.size >= floor
        assert 0 < segment.share <= 1
        assert 0 < segment.usual <= 1
        assert segment.low <= segment.lift <= segment.high


def test_an_attribute_that_would_single_people_out_is_not_shown():
    everybody = {f"u{n}": {"gender": "女" if n % 30 else "男"} for n in range(60)}
    inside = {user: everybody[user] for user in list(everybody)[:30]}
    assert by_attribute(inside, everybody, 30, 60, 10) == []  # 29 of 30 would tell of the one
    shown = by_attribute(everybody, everybody, 60, 60, 2)
    assert {s.name: s.size for s in shown} == {"gender=女": 58, "gender=男": 2}
    assert all(s.share == s.usual and s.low < 1 < s.high for s in shown)


def test_a_group_denser_than_usual_has_a_lift_above_one():
    everybody = [("数学",)] * 20 + [("烹饪",)] * 80
    segments = by_profile([("数学",)] * 18 + [("烹饪",)] * 12, everybody, 100, 10)
    assert [s.name for s in segments] == ["数学", "烹饪"]
    assert segments[0].low > 1 > segments[1].lift
