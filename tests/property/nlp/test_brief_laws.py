"""Laws of beats and cast that hold for any text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import analyze, beats, cast, tone

_PIECES = (
    *("为什么会失败？", "但是很多人误以为简单。", "先听，再写。", "例如一只猫。", "因此更好。"),
    *("适合零基础的学员。", "<b>竟然</b>如此！", "学完你能画画。", "\n", "梯度是指导数的推广。"),
)
texts = st.one_of(
    st.text(max_size=80), st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
)


@given(text=texts)
@settings(max_examples=60, deadline=None)
def test_beats_are_different_spans_of_the_text_and_turns_keep_its_order(text):
    analysis = analyze(text)
    found = beats(text, analysis)
    spans = [(b.start, b.end) for b in found.found]
    assert len(set(spans)) == len(spans)
    assert all(text[b.start : b.end] == b.text and b.text for b in found.found)
    turns = [b.start for b in found.found if b.name == "turn"]
    assert turns == sorted(turns)
    assert len(turns) <= 3
    for name in ("hook", "conflict", "resolution"):
        has = sum(b.name == name for b in found.found)
        assert has + sum(m.name == name for m in found.missing) == 1
    assert (len(turns) < 3) == any(m.name == "turn" for m in found.missing)
    assert beats(text, analyze(text)) == found


@given(text=texts)
@settings(max_examples=30, deadline=None)
def test_names_and_tone_are_of_the_text(text):
    analysis = analyze(text)
    found = cast(text, analysis)
    for names in (found.people, found.roles, found.organisations, found.places, found.works):
        assert all(text[n.start : n.end] == n.text for n in names)
        assert [n.count for n in names] == sorted((n.count for n in names), reverse=True)
    assert all(text[n.start : n.end] == n.text for n in found.learners)
    mood = tone(analysis.sentiment)
    assert (mood is None) == (analysis.sentiment is None)
    if mood is not None:
        arc = analysis.sentiment.arc
        assert (arc[mood.low_sentence], arc[mood.high_sentence]) == (mood.low, mood.high)
