"""Groups with names: whole ones, none too small to be shown, none that is no denser than usual."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.insight.disclosure import Disclosure
from service.insight.groups import JOINT, by_attribute, by_profile, denser

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


def profiles(people, n, disclosure):
    """Groups of the first n of these people."""
    inside = people[:n]
    return by_profile(inside, people, len(inside), max(len(people), 1), disclosure)


@few
@given(labels, disclosures, st.integers(0, 60))
def test_a_group_is_everybody_its_name_fits_and_more_than_the_floor(people, disclosure, n):
    found = profiles(people, n, disclosure)
    sizes = {s.name: sum(JOINT.join(p).startswith(s.name) for p in people[:n]) for s in found}
    assert [s.size for s in found] == [disclosure.told(sizes[s.name]) for s in found]
    assert all(size > disclosure.floor for size in sizes.values())


@few
@given(labels, disclosures, st.integers(0, 60), st.integers(0, 60))
def test_a_group_of_a_larger_audience_is_never_smaller(people, disclosure, a, b):
    small, large = (
        {s.name: s.size for s in profiles(people, n, disclosure)} for n in sorted((a, b))
    )
    assert all(size <= large[name] for name, size in small.items())


@few
@given(labels, disclosures, st.integers(0, 60))
def test_shares_and_intervals_are_bounded_and_of_rounded_numbers(people, disclosure, n):
    for segment in profiles(people, n, disclosure):
        assert segment.size % disclosure.floor == 0
        assert segment.size >= 2 * disclosure.floor
        assert 0 < segment.share <= 1
        assert 0 < segment.usual <= 1
        assert segment.low <= segment.lift <= segment.high


@few
@given(labels, disclosures, st.integers(0, 60))
def test_what_is_told_is_denser_than_usual_and_details_than_what_they_are_of(people, disclosure, n):
    told = denser(profiles(people, n, disclosure))
    assert all(s.low > 1 for s in told)
    for one in told:
        inside = [s for s in told if s.name.startswith(one.name + JOINT)]
        assert all(s.lift > one.lift for s in inside)


def test_an_attribute_that_would_single_people_out_is_not_shown():
    everybody = {f"u{n}": {"gender": "女" if n % 30 else "男"} for n in range(60)}
    inside = {user: everybody[user] for user in list(everybody)[:30]}
    (shown,) = by_attribute(inside, everybody, 30, 60, Disclosure(10, 5.0))
    assert (shown.name, shown.size, shown.share) == ("gender=女", 30, 1.0)  # 29 of 30, as told
    both = by_attribute(everybody, everybody, 60, 60, Disclosure(1))
    assert {s.name: s.size for s in both} == {"gender=女": 58, "gender=男": 2}
    assert all(s.share == s.usual and s.low <= 1 <= s.high for s in both)
    assert denser(both) == []


def test_a_group_denser_than_usual_has_a_lift_above_one():
    everybody = [("数学",)] * 20 + [("烹饪",)] * 80
    audience = [("数学",)] * 18 + [("烹饪",)] * 12
    found = {s.name: s for s in by_profile(audience, everybody, 30, 100, Disclosure(2))}
    assert found["数学"].low > 1 > found["烹饪"].lift
    assert denser(found.values()) == [found["数学"]]


def test_groups_made_by_chance_are_seldom_told():
    rng, told, shown = np.random.default_rng(0), 0, 0
    people = [(name,) for name in "甲乙丙丁戊己庚辛壬癸" for _ in range(60)]
    for _ in range(100):
        some = [people[i] for i in rng.permutation(600)[:300]]
        found = by_profile(some, people, 300, 600, Disclosure(10, 10 * rng.random()))
        shown, told = shown + len(found), told + len(denser(found))
    assert shown > 900
    assert told < 0.025 * shown


def test_lifts_of_small_numbers_say_how_much_rounding_may_have_made():
    """Twenty of 300, of a group of twenty in 600, may be as many as chance would bring."""
    (small,) = by_attribute(
        {f"u{n}": {"city": "杭州"} for n in range(15)},
        {f"u{n}": {"city": "杭州"} for n in range(24)},
        *(300, 600),
        Disclosure(10, 5.0),
    )
    assert (small.size, small.share, small.usual) == (20, 20 / 300, 20 / 600)
    assert small.low < 1 < small.high
