import pytest

from nlp.engines import default_engine
from nlp.text import normalize
from nlp.tokens import tokens, words


def cut(text):
    return [w.text for w in words(normalize(text), default_engine())]


@pytest.mark.parametrize(
    "term",
    [
        "3.14%",
        "scikit-learn",
        "Python3.11",
        "E=mc^2",
        "C++",
        "C#",
        ".NET",
        "f(x)=x^2+1",
        "2024-05-01",
        "np.array",
        "https://example.org/a?b=1",
        "someone@example.org",
        "$\\alpha+\\beta$",
        "$$\\int_0^1 x dx$$",
        "\\(a+b\\)",
        "\\frac{1}{2}",
        "P(A|B)",
        "O(n log n)",
        "sin(x)",
        "np.zeros((3,4))",
        "std::vector<int>",
        "TCP/IP",
        "C语言",
        "X射线",
    ],
)
def test_terms_stay_whole(term):
    assert term in cut(f"我们用{term}来学习")
    assert term in cut(f"，{term}。")


def test_lists_of_terms_are_taken_apart():
    assert cut("Java/Python") == ["Java", "/", "Python"]


def test_a_gloss_in_brackets_is_no_argument():
    assert cut("numpy(np)") == ["numpy", "(", "np", ")"]


def test_marked_code_is_one_word_between_its_marks():
    assert cut("`print('你好')`输出") == ["`", "print('你好')", "`", "输出"]


def test_a_dictionary_word_with_a_letter_needs_its_own_letters():
    assert "C语言" not in cut("ABC语言")


def test_a_run_without_punctuation_is_cut_in_linear_pieces():
    assert "".join(cut("龘靐齉" * 1000)) == "龘靐齉" * 1000


@pytest.mark.parametrize("piece", ["_", "a__", "a_", "f(", "`", "\\frac{", "x::", "$"])
def test_a_run_of_signs_takes_time_in_proportion(piece):
    # square time would be a minute
    assert "".join(cut(piece * 50_000)) == piece * 50_000


def test_tokens_of_one_original_character_are_joined():
    text = normalize("重½")
    found = tokens(words(text, default_engine()), text)
    assert [(t.text, t.start, t.end) for t in found] == [
        ("重", 0, 1),
        ("½", 1, 2),
    ]
