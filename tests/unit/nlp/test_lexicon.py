import importlib.resources

import numpy as np
import pytest

from nlp.errors import ModelFormatError
from nlp.lexicon import Lexicon, default_lexicon, default_rarity
from nlp.training.lexicon import main, pack


def test_the_packaged_lexicon_is_what_jieba_ships(tmp_path):
    assert main(["-o", str(tmp_path)]) == 0
    folder = importlib.resources.files("nlp").joinpath("data")
    with (
        np.load(tmp_path / "lexicon.npz") as made,
        folder.joinpath("lexicon.npz").open("rb") as file,
        np.load(file) as packaged,
    ):
        assert sorted(made) == sorted(packaged)
        for name in made:
            np.testing.assert_array_equal(made[name], packaged[name])


def test_every_word_is_found_and_its_neighbours_are_not():
    lexicon = default_lexicon()
    words = list(lexicon)
    assert words == sorted(words, key=str.encode)
    known = set(words)
    for word in words[::997]:
        assert lexicon.pos(word) or lexicon.idf(word) == lexicon.idf(word)
        for other in (word[:-1], word + "龘", chr(ord(word[0]) - 1) + word):
            if other not in known:
                assert lexicon.pos(other) == ""


def test_the_first_and_the_last_word_are_found():
    lexicon = Lexicon(pack("甲 1 n\n乙 1 v\n丙 1 a\n", "甲 2.5\n"))
    assert [lexicon.pos(w) for w in "甲乙丙丁"] == ["n", "v", "a", ""]
    assert lexicon.idf("甲") == 2.5
    assert lexicon.idf("乙") != lexicon.idf("乙")


@pytest.mark.parametrize("broken", ["words", "pos", "idf"])
def test_arrays_that_do_not_fit_are_refused(broken):
    arrays = pack("甲 1 n\n乙 1 v\n", "甲 2.5\n")
    with pytest.raises(ModelFormatError, match="lexicon"):
        Lexicon(arrays | {broken: arrays[broken][:0]})
    with pytest.raises(ModelFormatError, match="lacks"):
        Lexicon({name: array for name, array in arrays.items() if name != broken})


@pytest.mark.parametrize(
    ("word", "pos"),
    [("矩阵", "n"), ("王小明", "nr"), ("第十二章", "m"), ("\ud800", "x"), ("凸优化器", "n")],
)
def test_part_of_speech(word, pos):
    assert default_lexicon().tag(word)[: len(pos)] == pos


def test_an_unknown_word_has_the_median_rarity():
    rarity = default_rarity()
    assert rarity.idf("龘靐齉") == rarity.median
    assert "龘靐齉" not in rarity.values
    assert rarity.idf("我们") < rarity.idf("协方差")


def test_the_table_of_rarity_is_a_mapping():
    values = default_rarity().values
    assert len(values) == 270132
    assert next(iter(values)) in values
