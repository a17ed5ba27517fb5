import jieba
import pytest

from nlp.errors import DictionaryError
from nlp.text import normalize
from nlp.tokens import UserDictionary, default_engine, default_rarity, words


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
        "C语言",
        "X射线",
    ],
)
def test_terms_stay_whole(term):
    assert term in cut(f"我们用{term}来学习")
    assert term in cut(f"，{term}。")


def test_lists_of_terms_are_taken_apart():
    assert cut("Java/Python") == ["Java", "/", "Python"]


def test_a_dictionary_word_with_a_letter_needs_its_own_letters():
    assert "C语言" not in cut("ABC语言")


def test_han_text_is_cut_as_jieba_does():
    own = default_engine()._tokenizer
    reference = jieba.Tokenizer()
    # a tokenizer of our own: the default one writes a cache file
    reference.FREQ, reference.total, reference.initialized = own.FREQ, own.total, True
    text = "概率矩阵分解是推荐系统的常用方法。他来到了网易杭研大厦。"
    assert cut(text) == reference.lcut(text)


def test_the_dictionary_is_the_one_jieba_builds():
    with open(f"{jieba.__path__[0]}/dict.txt", "rb") as file:
        freq, total = jieba.Tokenizer.gen_pfdict(file)
    tokenizer = default_engine()._tokenizer
    assert tokenizer.total == total
    assert freq == tokenizer.FREQ


def test_a_run_without_punctuation_is_cut_in_linear_pieces():
    assert "".join(cut("龘靐齉" * 1000)) == "龘靐齉" * 1000


def test_tokens_of_one_original_character_are_joined():
    found = words(normalize("重½"), default_engine())
    assert [(w.token.text, w.token.start, w.token.end) for w in found] == [
        ("重", 0, 1),
        ("½", 1, 2),
    ]


@pytest.mark.parametrize(
    ("word", "pos"),
    [("矩阵", "n"), ("王小明", "nr"), ("第十二章", "m"), ("\ud800", "x")],
)
def test_part_of_speech(word, pos):
    assert default_engine().pos(word)[: len(pos)] == pos


def test_a_user_dictionary_makes_a_new_engine_and_leaves_the_old():
    text = "深度强化学习"
    before = cut(text)
    engine = default_engine().with_dictionary(UserDictionary((("深度强化学习", "n"),)))
    assert list(engine.cut(text)) == ["深度强化学习"]
    assert engine.pos("深度强化学习") == "n"
    assert engine.version != default_engine().version
    assert cut(text) == before


@pytest.mark.parametrize("word", ["", " ", "两 词"])
def test_a_user_word_must_be_one_word(word):
    with pytest.raises(DictionaryError, match="dictionary word"):
        UserDictionary(((word, "n"),))


def test_an_unknown_word_has_the_median_rarity():
    rarity = default_rarity()
    assert rarity.idf("龘靐齉") == rarity.median
    assert rarity.idf("我们") < rarity.idf("协方差")
