import pytest

from service.filters import PATTERN, Filter, holds, parse_all

ITEM = {
    "level": 2,
    "price": 9.5,
    "free": False,
    "tag": ["数学", "a|b"],
    "since": "2024-03-01",
    "empty": None,
    "isbn": "0042",
}


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("level:2", True),
        ("level:1|2", True),
        ("level:1|3", False),
        ("level!=1|3", True),
        ("level!=2", False),
        ("level>=2", True),
        ("level>2", False),
        ("level<=2", True),
        ("level<2", False),
        ("price>9.4", True),
        ("price<1e1", True),
        ("free:false", True),
        ("free:False", False),
        ("free>=0", False),
        ("tag:数学", True),
        ("tag:a|b", True),
        ("tag:b|物理", False),
        ("tag!=数学", False),
        ("since>=2024-01-01", True),
        ("since<2024-03-01", False),
        ("since>=3", False),
        ("level>=abc", False),
        ("isbn:42", False),
        ("isbn>=42", True),
        ("empty:None", False),
        ("empty!=x", True),
        ("missing:x", False),
        ("missing!=x", True),
        ("missing<9", False),
        ("level:", False),
        ("tag:http://a:b", False),
    ],
)
def test_a_filter_says_what_it_means(written, answer):
    assert Filter.parse(written).holds(ITEM) is answer
    assert holds(ITEM, parse_all(["level:2", written])) is answer


def test_the_first_operator_ends_the_name():
    assert Filter.parse("a!=b:c>=d") == Filter("a", "!=", "b:c>=d")
    assert Filter.parse("a=b:c") == Filter("a=b", ":", "c")
    assert Filter.parse("时长>=30\n") == Filter("时长", ">=", "30\n")


@pytest.mark.parametrize("written", ["", "level", ":x", ">=3", "<", "level=2"])
def test_what_is_no_filter_is_an_error_and_does_not_match_the_pattern(written):
    import re

    with pytest.raises(ValueError, match="no filter"):
        Filter.parse(written)
    assert re.match(PATTERN, written) is None
