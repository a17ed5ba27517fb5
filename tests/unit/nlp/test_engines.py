import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import jieba
import pytest
import rjieba

from nlp.dictionary import Terms, UserDictionary
from nlp.engines import JiebaEngine, RustEngine, default_engine
from nlp.errors import DictionaryError
from nlp.parsed import parse
from nlp.text import normalize
from nlp.tokens import words

TEXT = "概率矩阵分解是推荐系统的常用方法他来到了网易杭研大厦"
ENGINES = {"rust": RustEngine, "jieba": JiebaEngine}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    return ENGINES[request.param]()


def texts_of(text, engine):
    return [w.text for w in words(normalize(text), engine)]


def test_han_text_is_cut_as_jieba_does(engine):
    reference = jieba.Tokenizer()
    # a tokenizer of our own: the default one writes a cache file
    with open(f"{jieba.__path__[0]}/dict.txt", "rb") as file:
        reference.FREQ, reference.total = reference.gen_pfdict(file)
    reference.initialized = True
    assert list(engine.cut(TEXT)) == reference.lcut(TEXT)
    searched = [w.text for w in words(normalize(TEXT), engine, granularity="search")]
    assert searched == reference.lcut_for_search(TEXT)


def test_the_version_names_the_engine_and_the_dictionary():
    versions = {
        RustEngine().version,
        JiebaEngine().version,
        RustEngine(UserDictionary((("凸优化", "n"),))).version,
        RustEngine(UserDictionary((("凸优化", "v"),))).version,
        RustEngine(force := UserDictionary(force=(("凸优化", "n"),))).version,
    }
    assert len(versions) == 5
    assert RustEngine(force).version == RustEngine(force).version


def test_words_another_user_adds_to_the_module_change_nothing():
    before = default_engine().cut("学习凸优化")
    rjieba.add_word("学习凸优化", 10**9, "n")
    assert default_engine().cut("学习凸优化") == before
    assert RustEngine(UserDictionary((("研大厦", "n"),))).cut("学习凸优化") == before


def test_a_user_dictionary_makes_a_new_engine_and_leaves_the_old(engine):
    before = list(engine.cut("深度强化学习"))
    other = engine.with_dictionary(UserDictionary((("深度强化学习", "nz"),)))
    assert list(other.cut("深度强化学习")) == ["深度强化学习"]
    assert other.pos("深度强化学习") == "nz"
    assert other.knows("深度强化学习")
    assert not engine.knows("深度强化学习")
    assert list(engine.cut("深度强化学习")) == before != ["深度强化学习"]
    both = other.with_dictionary(UserDictionary((("网易杭研", "nt"),)))
    assert list(both.cut("网易杭研深度强化学习")) == ["网易杭研", "深度强化学习"]


def test_both_engines_agree_with_a_dictionary():
    dictionary = UserDictionary(
        (("推荐系统", "n"), ("矩阵分解是", "x"), ("了", "ul"), ("易杭", "nr"), ("凸优化", "n"))
    )
    rust, reference = RustEngine(dictionary), JiebaEngine(dictionary)
    for text in (TEXT, "凸优化与推荐系统", "学了凸优化了", "推荐系统化"):
        assert list(rust.cut(text)) == list(reference.cut(text))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("Transformer模型", "用Transformer模型翻译"),
        ("C++语言", "学C++语言，不难"),
        ("的是", "我要学的是这个"),  # the engine would never make it a word
        ("机器学习", "人机器学习"),
        ("f(x)", "已知f(x)=x^2"),
        ("Ｃ++", "Ｃ++很快"),
        ("矩阵分解", "$矩阵分解$"),
        ("学习", "https://a.org/学习"),
        ("𠮷野家", "在𠮷野家吃饭"),
        ("👩‍🏫课", "上👩‍🏫课了"),
    ],
)
def test_a_forced_term_always_survives(engine, term, text):
    forced = engine.with_dictionary(UserDictionary(force=((term, "nz"),)))
    found = [(w.text, w.pos) for w in parse(text, forced).words]
    assert (normalize(term).text, "nz") in found
    assert "".join(w for w, _ in found) == normalize(text).text.replace(" ", "")


def test_preferred_words_of_mixed_script_are_kept_whole(engine):
    other = engine.with_dictionary(UserDictionary((("卡拉OK厅", "n"),)))
    assert texts_of("去卡拉OK厅唱歌", other) == ["去", "卡拉OK厅", "唱歌"]


def test_of_overlapping_terms_the_first_and_longest_wins():
    terms = Terms(dict.fromkeys(["机器学习", "学习方法", "学习", "方法"], "n"))
    text = "机器学习方法，学习方法"
    assert [text[a:b] for a, b, _ in terms.spans(text)] == ["机器学习", "方法", "学习方法"]


@pytest.mark.parametrize("text", ["email", "AI2", "XAI", "éAI"])
def test_a_term_of_letters_needs_boundaries(text):
    assert list(Terms({"AI": "nz", "ai": "nz"}).spans(text)) == []


def test_the_engine_says_that_a_forced_term_is_one_word(engine):
    forced = engine.with_dictionary(UserDictionary(force=(("常用方法他", "n"),)))
    assert "常用方法他" in forced.cut(TEXT)
    assert "".join(forced.cut(TEXT)) == TEXT


@pytest.mark.parametrize("word", ["", " ", "两 词", "\u200b", "<br>"])
def test_a_user_word_must_be_one_word(word):
    with pytest.raises(DictionaryError, match="dictionary word"):
        UserDictionary(((word, "n"),))
    with pytest.raises(DictionaryError, match="dictionary word"):
        UserDictionary(force=((word, "n"),))


def test_many_threads_share_one_engine():
    engine = RustEngine()
    expected = engine.cut(TEXT)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: engine.cut(TEXT), range(2000)))
    assert all(one == expected for one in found)


def test_an_engine_built_before_a_fork_works_in_the_children():
    engine = RustEngine(UserDictionary((("凸优化", "n"),)))
    expected = engine.cut(TEXT)
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    children = [context.Process(target=lambda: queue.put(engine.cut(TEXT))) for _ in range(2)]
    for child in children:
        child.start()
    assert [queue.get() for _ in children] == [expected, expected]
    for child in children:
        child.join()
        assert child.exitcode == 0
