"""The form and the length of a film, by rule and by data."""

import pytest

from service.forms import LEAST_SHOWN, Film, Topic, advise_form, advise_length, topic_of
from service.packs import read_pack

RULES = read_pack("default").forms


def works(form, share, *, n=6, viewings=50, minutes=20.0):
    return [Film(form, minutes + i, viewings, share * viewings) for i in range(n)]


def test_the_rule_decides_while_there_is_no_data():
    advice = advise_form(("微课", "短剧"), [])
    assert (advice.form, advice.by, advice.others) == ("微课", "rule", ("短剧",))
    assert "0 次观看" in advice.why.say("zh")


def test_a_form_that_is_watched_further_wins_by_data_with_its_figures():
    seen = works("微课", 0.4) + works("短剧", 0.8)
    advice = advise_form(("微课", "短剧"), seen)
    assert (advice.form, advice.by) == ("短剧", "data")
    figures = {f.form: f for f in advice.figures}
    assert figures["短剧"].completion == pytest.approx(0.8)
    assert 0.6 < figures["短剧"].shrunk < 0.8
    assert figures["短剧"].low > figures["微课"].high
    assert f"规则首选微课的区间上限 {figures['微课'].high:.2f}" in advice.why.say("zh")


def test_a_form_beside_an_unwatched_first_is_compared_with_all():
    advice = advise_form(("微课", "短剧"), works("纪录片", 0.2) + works("短剧", 0.8))
    assert (advice.form, advice.by) == ("短剧", "data")
    assert "高于全部形式的平均完成度 0.50；规则首选微课观看不足" in advice.why.say("zh")


@pytest.mark.parametrize("few", [works("短剧", 1.0, n=2), works("短剧", 1.0, n=6, viewings=4)])
def test_a_few_viewings_do_not_turn_the_rule(few):
    assert advise_form(("微课", "短剧"), works("微课", 0.4) + few).by == "rule"


def test_the_share_of_a_few_people_is_not_shown():
    for viewings in range(1, LEAST_SHOWN + 2):
        advice = advise_form(("微课",), works("微课", 0.4, n=1, viewings=viewings))
        assert (advice.figures[0].completion is None) == (viewings < LEAST_SHOWN)
        assert (advice.figures[0].shrunk is None) == (viewings < LEAST_SHOWN)


def test_a_small_lead_does_not_turn_the_rule():
    seen = [Film("微课", 9, 40, 40 * s) for s in (0.3, 0.5, 0.7)]
    seen += [Film("短剧", 9, 40, 40 * s) for s in (0.35, 0.55, 0.75)]
    assert advise_form(("微课", "短剧"), seen).by == "rule"


def test_a_form_outside_the_rule_is_shown_and_never_chosen():
    advice = advise_form(("微课", "短剧"), works("微课", 0.2) + works("纪录片", 0.9))
    assert advice.form == "微课"
    assert [(f.form, f.in_rule) for f in advice.figures] == [
        ("微课", True),
        ("短剧", True),
        ("纪录片", False),
    ]


def test_shrinking_draws_to_the_mean_of_all_and_less_with_more_viewings():
    for viewings in (5, 50, 500):
        seen = works("微课", 0.9, n=3, viewings=viewings) + works("短剧", 0.5, n=3, viewings=500)
        shrunk = advise_form(("微课",), seen).figures[0].shrunk
        assert 0.5 < shrunk < 0.9
    few, many = (
        advise_form(("微课",), works("微课", 0.9, viewings=v) + works("短剧", 0.5, viewings=500))
        for v in (5, 500)
    )
    assert few.figures[0].shrunk < many.figures[0].shrunk


def test_lengths_come_from_the_better_watched_works():
    short, long = works("动画", 0.9, minutes=5.0), works("动画", 0.3, minutes=60.0)
    advice = advise_length("动画", RULES, short + long)
    assert advice.by == "data"
    assert 5.0 <= advice.low <= advice.high <= 10.0
    by_rule = advise_length("动画", RULES, short[:3])
    assert (by_rule.by, (by_rule.low, by_rule.high)) == ("rule", RULES.minutes["动画"])


def test_a_topic_is_the_attribute_else_the_surest_label_with_a_rule():
    sure = [("健康生活/睡眠", 0.8)]
    assert topic_of(RULES, {"domain": "教育/数学"}, sure) == Topic("教育", None, "attribute")
    assert topic_of(RULES, {"domain": "别的"}, sure) == Topic("健康生活", 0.8, "topics")
    assert topic_of(RULES, {"domain": 1}, [("园艺", 0.9)]) == Topic("", None, "unsure")


def test_every_form_of_the_rules_has_a_length():
    named = {form for forms in (*RULES.rules.values(), RULES.otherwise) for form in forms}
    assert named <= set(RULES.minutes)


def test_a_first_form_that_nobody_watched_is_not_said_to_have_been_compared():
    why = advise_form(("微课", "短剧"), works("短剧", 0.4)).why.say("zh")
    assert "微课只有 0 次观看" in why
    assert "高于微课" not in why
