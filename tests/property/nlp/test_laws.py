import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp import Analyzer, Features, FeatureSpace, UserDictionary, analyze, extract
from nlp.text import normalize, sentences

PIECES = st.sampled_from(
    [
        "矩阵分解",
        "老师讲得很清楚",
        "声音太差",
        "本课介绍微积分",
        "，",
        "。",
        "！",
        "\n",
        " ",
        "<p>",
        "</b>",
        "&amp;",
        "&lt;",
        "Python3.11",
        "E=mc^2",
        "$x$",
        "《红楼梦》",
        "…",
        "㎏",
        "½",
        "\u200b",
        "\ud800",
        "\x00",
        "👩‍👩‍👧",
        "e\u0301",
        "ｶﾞ",
        "需要掌握线性代数",
        "ＡＢ",
        "不",
        "C++",
        "http://a.b",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join))
REVIEWS = st.lists(
    st.sampled_from(
        ["讲得很好。", "收获很大！", "声音太差。", "本课介绍微积分。", "一般般？", "没有浪费时间。"]
    ),
    min_size=1,
    max_size=6,
).map("".join)
few = settings(max_examples=120, deadline=None)


@few
@given(TEXTS)
def test_every_offset_maps_back(text):
    found = analyze(text)
    spans = [*found.tokens, *found.key_points, *found.aspects, *found.entities, *found.concepts]
    assert all(text[s.start : s.end] == s.text and s.text for s in spans)
    ends = [0, *(t.end for t in found.tokens)]
    assert all(t.start >= end for t, end in zip(found.tokens, ends, strict=False))


@few
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C", "M", "Z"))))
def test_tokens_of_text_without_markup_join_back(text):
    normal = normalize(text)
    if "<" not in text and "&" not in text and normal.text:
        found = analyze(text).tokens
        gaps = text
        for token in reversed(found):
            gaps = gaps[: token.start] + gaps[token.end :]
        assert not normalize(gaps).text.strip()


@few
@given(TEXTS, TEXTS)
def test_analysis_is_total_deterministic_and_in_range(text, title):
    found = analyze(text, title=title)
    assert found == analyze(text, title=title)
    assert all(0.0 <= t.weight <= 1.0 for t in found.tags)
    assert [t.weight for t in found.tags] == sorted((t.weight for t in found.tags), reverse=True)
    assert len({t.text.lower() for t in found.tags}) == len(found.tags)
    source = f"{normalize(title).text}\n{normalize(text).text}"
    assert all(t.text in source for t in found.tags)
    assert all(0.0 <= k.weight <= 1.0 for k in found.key_points)
    assert all(0.0 <= a.polarity <= 1.0 for a in found.aspects)
    for topics in found.topics.values():
        # what begins a path has the sum of what follows, so each depth sums to at most 1
        for depth in range(2):
            level = [t.probability for t in topics if t.label.count("/") == depth]
            assert sum(level) <= 1.0 + 1e-9
        assert [t.probability for t in topics] == sorted(
            (t.probability for t in topics), reverse=True
        )
    if found.sentiment is not None:
        assert 0.0 <= found.sentiment.polarity <= 1.0
        assert 0.0 <= found.sentiment.confidence <= 1.0
        assert len(found.sentiment.arc) == len(sentences(normalize(text).text))
    if found.difficulty is not None:
        assert 1 <= found.difficulty.level <= 5


@few
@given(TEXTS)
def test_the_map_of_the_normal_form_never_falls(text):
    n = normalize(text)
    assert len(n.starts) == len(n.ends) == len(n.text)
    for i in range(len(n.text)):
        a, b = n.to_original(i, i + 1)
        assert 0 <= a < b <= len(text)
        assert i == 0 or (n.starts[i - 1] <= a and n.ends[i - 1] <= b)


@few
@given(TEXTS)
def test_sentences_are_in_order_and_say_where_they_stand(text):
    found = sentences(text)
    assert all(text[s.start : s.end] == s.text for s in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@few
@given(TEXTS, st.sampled_from(["", "\n", " "]))
@example("¼", "")
@example("很好。很差", "")
def test_repeating_a_text_does_not_move_its_polarity(text, between):
    once = analyze(text).sentiment
    many = analyze(between.join([text] * 10)).sentiment
    if once is not None and not any(ch in text for ch in "<&\u0301\u200b") and text.isprintable():
        assert many.polarity == pytest.approx(once.polarity, abs=0.02)


@few
@given(REVIEWS, REVIEWS)
def test_joining_texts_gives_their_mean_weighted_by_sentences(a, b):
    left, right = analyze(a).sentiment, analyze(b).sentiment
    both = analyze(a + b).sentiment
    n, m = len(left.arc), len(right.arc)
    mean = (n * left.polarity + m * right.polarity) / (n + m)
    assert both.polarity == pytest.approx(mean, abs=1e-9)


@few
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_one_row_equals_the_batch_and_rows_are_unit_or_zero(texts):
    features = [extract(analyze(t)) for t in texts]
    space = FeatureSpace.fit(features, min_df=1)
    batch = space.transform(features)
    norms = np.sqrt((batch.toarray() ** 2).sum(axis=1))
    assert all(n == 0.0 or abs(n - 1.0) < 1e-12 for n in norms)
    for i, one in enumerate(features):
        np.testing.assert_array_equal(space.transform([one]).toarray()[0], batch.toarray()[i])
    again = FeatureSpace.from_arrays(space.to_arrays())
    np.testing.assert_array_equal(again.transform(features).toarray(), batch.toarray())
    assert all(Features.from_json(f.to_json()) == f for f in features)


@few
@given(TEXTS)
def test_features_can_be_written_as_utf8(text):
    extract(analyze(text)).to_json().encode("utf-8")


HARD = st.text(
    alphabet=st.sampled_from(
        "矩阵分解学习课 \n，。Aa1+#.$\\=^%°½㎏ﷺ𠀀𪜶😀<>/&;b"
        "\u200d\ufe0f\u0301\u064b\u05d0\u202e\u200b\ud800\udfff\x00"
    ),
    max_size=40,
)


@few
@given(HARD, st.booleans(), st.sampled_from(["fine", "search"]))
def test_hard_characters_keep_their_offsets_in_every_reading(text, simplify, granularity):
    found = analyze(text, simplify=simplify, granularity=granularity)
    spans = [*found.tokens, *found.key_points, *found.aspects, *found.entities, *found.concepts]
    assert all(text[s.start : s.end] == s.text and s.text for s in spans)


WHOLE = st.sampled_from(
    ["3.14%", "36.5°C", "Python3.11", "E=mc^2", "C++", "scikit-learn", "$\\alpha+1$", "a@b.org",
     "https://a.org/b?c=1", "C语言", "np.array", "2024-05-01"]
)  # fmt: skip
HAN = st.text(alphabet="的一是在学习矩阵分解课程我们讲不", max_size=8)


@few
@given(st.lists(st.tuples(HAN, WHOLE), min_size=1, max_size=5), HAN)
def test_formulas_numbers_and_terms_stay_whole_between_han(parts, end):
    text = "".join(han + "用" + term for han, term in parts) + "来" + end
    found = {t.text for t in analyze(text).tokens}
    assert {term for _, term in parts} <= found


@few
@given(HAN, st.text(alphabet="的一是在学习矩阵AI+3课", min_size=1, max_size=6), HAN)
def test_a_forced_term_is_a_token_wherever_it_stands(before, term, after):
    analyzer = Analyzer.default().with_dictionary(UserDictionary(force=((term, "nz"),)))
    text = f"{before}，{term}。{after}"
    found = analyzer.analyze(text).tokens
    assert (len(before) + 1, len(before) + 1 + len(term), "nz") in {
        (t.start, t.end, t.pos) for t in found
    }


@pytest.mark.parametrize(
    "piece",
    ["矩阵分解把", "，。！", "fox dog ", "a=", "<p>", "<b <!-- <script", "e\u0301", "讲矩阵。"],
)
def test_the_work_grows_as_the_text_does(piece):
    """Lines of Python run, counted: no clock, so no other load can fail it."""

    def lines_run(text):
        count = 0

        def trace(frame, event, argument):
            nonlocal count
            count += event == "line"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            analyze(text)
        finally:
            sys.settrace(before)
        return count

    size = 3000
    once, four = (lines_run((piece * n * size)[: n * size]) for n in (1, 4))
    assert four <= 5 * once
