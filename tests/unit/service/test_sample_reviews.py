"""What the simulated learners say is read as it is meant, and so are short reviews like it."""

from importlib.resources import files
from pathlib import Path

import orjson
import pytest

from nlp import Analyzer
from nlp.opinions import opinions
from nlp.parsed import parse

SAMPLE = orjson.loads(files("service.sample").joinpath("reviews.json").read_bytes())
PHRASES = orjson.loads((Path(__file__).parents[2] / "golden" / "phrases.json").read_bytes())


def read(phrases):
    analyzer = Analyzer.default()
    parsed = [(parse(phrase + "。", analyzer.engine), None) for phrase in phrases]
    return [found for _, found in opinions(parsed, analyzer.sentiment, analyzer.aspects)]


@pytest.mark.parametrize("aspect", SAMPLE)
def test_a_phrase_of_the_sample_judges_the_aspect_it_is_of_as_it_is_meant(aspect):
    for side, phrases in SAMPLE[aspect].items():
        for phrase, found in zip(phrases, read(phrases), strict=True):
            assert aspect in {a.name for a in found}, phrase
            assert all((a.polarity > 0.5) == (side == "good") for a in found), phrase


def test_no_short_review_is_read_as_its_opposite_and_four_of_five_name_an_aspect():
    named = 0
    for side in ("good", "bad"):
        for phrase, found in zip(PHRASES[side], read(PHRASES[side]), strict=True):
            assert all((a.polarity > 0.5) == (side == "good") for a in found), phrase
            named += bool(found)
    assert len(PHRASES["good"]) + len(PHRASES["bad"]) == 100
    assert named >= 80
