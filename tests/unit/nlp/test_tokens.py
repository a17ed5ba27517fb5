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
        "B站",
        "K线图",
        "t检验",
        "HTTP/2",
        "iPhone 15 Pro",
        "WiFi-6",
        "5G",
        "a_{ij}",
        "\\sum_{i=1}^{n}",
        "\\alpha_1",
        "f'(x)",
        "p<0.05",
        "x∈R",
        "Ca(OH)2",
        "Fe3+",
        "3.5kg",
        "1,000km",
        "120km/h",
        "10-20kg",
        "10~20",
        "10%-20%",
        "1,000,000.5",
        "14:00-16:30",
        "Navier–Stokes",
    ],
)
def test_terms_stay_whole(term):
    assert term in cut(f"我们用{term}来学习")
    assert term in cut(f"，{term}。")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("售价$199，1/2，3.5万", ["1/2", "3.5"]),
        ("速度3×10^8m/s，16GB内存", ["3×10^8m/s", "16GB"]),
        ("a≤b，x+y=1；f(x,y)=x", ["a≤b", "x+y=1", "f(x,y)=x"]),
        ("Newton：F=ma", ["Newton", "F=ma"]),
        ("p<0.05，O(n log n)，P(A|B)", ["p<0.05", "O(n log n)", "P(A|B)"]),
        ("14:00-16:30，2024/05/01", ["14:00-16:30", "2024/05/01"]),
        ("见https://a.com/x，https://b.com/y。", ["https://a.com/x", "https://b.com/y"]),
        ("见www.example.com/path，或者", ["www.example.com/path"]),
        ("见https://a.com/x,y?b=1;c=2。", ["https://a.com/x,y?b=1;c=2"]),
        ("（iPhone 15、iPad Air）", ["iPhone 15", "iPad Air"]),
    ],
)
def test_a_comma_of_the_sentence_ends_what_stands_before_it(text, terms):
    assert [w for w in cut(text) if w in terms] == terms


@pytest.mark.parametrize("emoji", ["👍🏽", "👨‍👩‍👧‍👦", "🇨🇳", "1️⃣", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏽‍💻"])
def test_an_emoji_of_several_characters_stays_whole(emoji):
    text = normalize(f"好课{emoji}{emoji}。")
    assert [t.text for t in tokens(words(text, default_engine()), text)][-3:] == [
        emoji,
        emoji,
        "。",
    ]


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


@pytest.mark.parametrize(
    "piece",
    [
        "_",
        "a__",
        "a_",
        "f(",
        "`",
        "\\frac{",
        "x::",
        "$",
        ",a",
        "(a,",
        "a_{",
        "1-",
        "1,000,",
        "❤\ufe0f",
    ],
)
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
