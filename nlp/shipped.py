"""The models and word lists that come with `nlp`, read once, and the digest that names them."""

import hashlib
import importlib.resources
from functools import cache
from typing import NamedTuple

from nlp.packaged import unpacked
from nlp.sentiment import SentimentModel
from nlp.topics import TopicModel

_MODELS = ("sentiment.npz", "subject.npz", "domain.npz")
_WORDS = (
    "lexicon.npz",
    "levels.npz",
    "tags.npz",
    "opinion.json",
    "aspects.json",
    "cues.json",
    "stopwords.txt",
    "people.txt",
    "no_places.txt",
    "mixed.txt",
)


class Shipped(NamedTuple):
    """What an analyser judges with.

    Attributes
    ----------
    sentiment : SentimentModel
        Judges sentences.
    subject, domain : TopicModel
        The two taxonomies.
    digest : str
        Of every file in ``nlp/data`` that an analysis depends on.
    """

    sentiment: SentimentModel
    subject: TopicModel
    domain: TopicModel
    digest: str


@cache
def shipped() -> Shipped:
    """Return the packaged models, loaded once per process."""
    folder = importlib.resources.files("nlp").joinpath("data")
    models = [folder.joinpath(name).read_bytes() for name in _MODELS]
    words = [folder.joinpath(name).read_bytes() for name in _WORDS]
    sentiment, subject, domain = map(unpacked, models)
    return Shipped(
        SentimentModel.from_arrays(sentiment),
        TopicModel.from_arrays(subject),
        TopicModel.from_arrays(domain),
        hashlib.sha256(b"".join([*models, *words])).hexdigest()[:12],
    )
