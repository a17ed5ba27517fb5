"""Laws of goals in words, and of what may stand beside them, for any catalogue."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import Analyzer
from service.catalogue import Entry
from service.errors import UnknownError
from service.paths.about import about
from service.paths.beside import HARDER, LEAST_NEAR, beside
from service.paths.curriculum import of_items
from service.paths.goals import resolve
from service.paths.matching import Index
from service.paths.syllabus import syllabus

SUBJECTS = ("历史", "心理学", "急救", "机器学习")
VALUES = (*SUBJECTS, "急救与常见病", "历史地理", "机器学习、统计", "生活")
TITLES = ("{}入门", "走近{}", "实用工具：{}与方法", "生活里的{}", "一封家书", "{}")


def item(title, values=(), *, level=3, kind="course", tags=(), topics=()):
    summary = {
        "tags": [{"text": text, "weight": weight} for text, weight in tags],
        "topics": {"domain": [{"label": f"教育/{t}", "probability": p} for t, p in topics]},
    }
    attributes = {"level": level, "subject": list(values)}
    return syllabus(Entry(title, kind, attributes, None), summary, 0)


@st.composite
def items(draw):
    title = draw(st.sampled_from(TITLES)).format(draw(st.sampled_from(SUBJECTS)))
    tags = draw(st.dictionaries(st.sampled_from(SUBJECTS), st.floats(0.05, 1.0), max_size=2))
    topics = draw(st.dictionaries(st.sampled_from(SUBJECTS), st.floats(0.3, 1.0), max_size=1))
    values = draw(st.lists(st.sampled_from(VALUES), max_size=2))
    return item(
        title, values, level=draw(st.integers(1, 5)), tags=tags.items(), topics=topics.items()
    )


catalogues = st.lists(items(), min_size=1, max_size=8).map(
    lambda found: {f"i{k}": one for k, one in enumerate(found)}
)
words = st.sampled_from((*SUBJECTS, "我想学心理学和急救", "统计", "心理"))
mastery = st.sets(st.integers(0, 7)).map(lambda found: {f"i{k}" for k in found})

#: many small catalogues; the first analysis is slow
few = settings(max_examples=25, deadline=None)


class Words:
    """The analyser, shown in a word where a law fails."""

    def __init__(self):
        self.analyzer = Analyzer.default()
        self.analyzer.analyze("")

    def analyze(self, text):
        return self.analyzer.analyze(text)

    def __repr__(self):
        return "analyzer"


@pytest.fixture(scope="module")
def analyzer():
    return Words()


def chosen(syllabi, phrase, analyzer, known=frozenset()):
    """The goal, or nothing."""
    try:
        (goal,) = resolve(
            of_items(syllabi),
            [phrase],
            analyzer=analyzer,
            rank=lambda i: (i in known, syllabi[i].level, 0.0),
            pointer=str,
        )
    except UnknownError:
        return None
    return goal


@few
@given(catalogues, st.sampled_from(SUBJECTS))
def test_a_value_that_is_the_words_never_loses_to_a_title_that_only_holds_them(
    analyzer, syllabi, phrase
):
    titled = [i for i, own in syllabi.items() if own.title == phrase]
    filed = [i for i, own in syllabi.items() if phrase in own.values]
    if filed and not titled:
        values = syllabi[chosen(syllabi, phrase, analyzer).item].values
        assert any(phrase in value.replace("、", "与").split("与") for value in values)


@few
@given(catalogues, words, mastery)
def test_what_is_chosen_is_no_harder_than_what_matches_as_well(analyzer, syllabi, phrase, known):
    goal = chosen(syllabi, phrase, analyzer, known)
    if goal is None or (goal.score == 1.0 and syllabi[goal.item].title == phrase):
        return
    found = about(Index.of(syllabi), phrase, analyzer)
    assert goal.score == found[goal.item].score
    place = (goal.item in known, syllabi[goal.item].level)
    for other, match in found.items():
        assert 0 < match.score <= 1
        if match.score >= goal.score:
            assert place <= (other in known, syllabi[other].level)


@few
@given(catalogues, words, st.randoms(use_true_random=False))
def test_the_order_of_the_catalogue_changes_nothing(analyzer, syllabi, phrase, shuffle):
    ids = list(syllabi)
    shuffle.shuffle(ids)
    again = chosen({i: syllabi[i] for i in ids}, phrase, analyzer)
    first = chosen(syllabi, phrase, analyzer)
    assert again == first


@few
@given(catalogues, words)
def test_ids_and_titles_win(analyzer, syllabi, phrase):
    assert chosen(syllabi, "i0", analyzer).item == "i0"
    syllabi = syllabi | {"exact": item(phrase, level=5)}
    assert syllabi[chosen(syllabi, phrase, analyzer).item].title == phrase


@few
@given(catalogues, words)
def test_what_stands_beside_a_goal_is_about_it_and_a_step_at_most(analyzer, syllabi, phrase):
    goal = chosen(syllabi, phrase, analyzer)
    if goal is None:
        return
    curriculum = of_items(syllabi)
    near, level = curriculum.index.nearness([goal.item]), syllabi[goal.item].level
    found = beside(curriculum, [goal])
    assert goal.item not in found
    for other, why in found.items():
        assert level <= syllabi[other].level <= level + HARDER
        assert why.found is not None or why.near == near[other] >= LEAST_NEAR
        assert why.found is None or other in goal.peers


def test_a_latin_word_is_not_found_inside_another(analyzer):
    syllabi = {"js": item("JavaScript 入门"), "java": item("学Java编程")}
    assert chosen(syllabi, "java", analyzer).item == "java"
    assert chosen({"js": syllabi["js"]}, "java", analyzer) is None


def test_a_film_under_a_subject_gives_way_to_a_course_that_names_it(analyzer):
    syllabi = {"film": item("小店", ["短视频"], kind="film"), "course": item("短视频策划")}
    assert chosen(syllabi, "短视频", analyzer).item == "course"
    assert chosen({"film": syllabi["film"]}, "短视频", analyzer).item == "film"


def test_the_last_words_of_a_sentence_say_most(analyzer):
    syllabi = {"who": item("客户来信"), "what": item("谈判入门")}
    assert chosen(syllabi, "我想学会和客户谈判", analyzer).item == "what"
