"""Groups with names, none too small to be shown or to be told from the others."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from service.insight.disclosure import Disclosure
from service.insight.groups import JOINT, by_attribute, by_profile, partition

few = settings(deadline=None, max_examples=50)

labels = st.lists(
    st.one_of(
        st.just(()),
        st.tuples(st.sampled_from("甲乙丙"), st.sampled_from("高低"), st.sampled_from("早晚")),
    ),
    max_size=60,
)


disclosures = st.builds(
    lambda floor, share: Disclosure(floor, share * floor),
    st.integers(1, 12),
    st.integers(0, 2**20 - 1).map(lambda k: k / 2**20),
)


@few
@given(labels, disclosures)
def test_no_group_is_as_small_as_the_floor(people, disclosure):
    groups = Counter(partition(people, disclosure))
    assert all(size > disclosure.floor for group, size in groups.items() if group)


@few
@given(labels, disclosures)
def test_everybody_fits_the_name_of_their_group(people, disclosure):
    for label, group in zip(people, partition(people, disclosure), strict=True):
        assert not group or JOINT.join(label).startswith(group)


@few
@given(labels, disclosures)
def test_segments_are_bounded_and_what_is_left_over_is_rounded_too(people, disclosure):
    inside = people[: len(people) // 2]
    segments = by_profile(inside, people, max(len(people), 1), disclosure)
    left = disclosure.told(len(inside)) - sum(s.size for s in segments)
    assert left % disclosure.floor == 0
    for segment in segments:
        assert segment.size >= 2 * disclosure.floor
        assert 0 < segment.share <= 1
        assert 0 < segment.usual <= 1
        assert segment.low <= segment.lift <= segment.high


def test_an_attribute_that_would_single_people_out_is_not_shown():
    everybody = {f"u{n}": {"gender": "女" if n % 30 else "男"} for n in range(60)}
    inside = {user: everybody[user] for user in list(everybody)[:30]}
    (shown,) = by_attribute(inside, everybody, 30, 60, Disclosure(10, 5.0))
    assert (shown.name, shown.size, shown.share) == ("gender=女", 30, 1.0)  # 29 of 30, as told
    both = by_attribute(everybody, everybody, 60, 60, Disclosure(1))
    assert {s.name: s.size for s in both} == {"gender=女": 58, "gender=男": 2}
    assert all(s.share == s.usual and s.low < 1 < s.high for s in both)


def test_a_group_denser_than_usual_has_a_lift_above_one():
    everybody = [("数学",)] * 20 + [("烹饪",)] * 80
    segments = by_profile([("数学",)] * 18 + [("烹饪",)] * 12, everybody, 100, Disclosure(2))
    assert [s.name for s in segments] == ["数学", "烹饪"]
    assert segments[0].low > 1 > segments[1].lift
