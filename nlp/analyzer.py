"""Text to Analysis: the one call most callers need."""

import hashlib
import importlib.resources
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.analysis import Analysis
from nlp.dictionary import UserDictionary
from nlp.difficulty import difficulty
from nlp.engines import Engine, default_engine
from nlp.entities import concepts, entities
from nlp.keypoints import key_points
from nlp.lexicon import Rarity, default_rarity
from nlp.opinions import opinions
from nlp.parsed import parse
from nlp.sentiment import SentimentModel
from nlp.signature import normal_signature
from nlp.style import style
from nlp.tags import merged, tags, terms
from nlp.text import once
from nlp.tokens import Granularity, searched, tokens
from nlp.topics import TopicModel, grams

_CODE = "2"  # raise with every change that may change an analysis
_DATA = (
    "lexicon.npz",
    "subject.npz",
    "domain.npz",
    "sentiment.npz",
    "opinion.json",
    "aspects.json",
    "cues.json",
    "stopwords.txt",
)


_MODELS = ("sentiment", "subject", "domain")


def _arrays(content: bytes) -> dict[str, NDArray[np.generic]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


@dataclass(frozen=True, slots=True, eq=False)
class Analyzer:
    """A text analyser: immutable, thread-safe, the same answer for the same text.

    Attributes
    ----------
    engine : Engine
        Segmentation and part of speech.
    rarity : Rarity
        IDF of words in general text.
    sentiment : SentimentModel
        Judges sentences.
    subject : TopicModel
        Taxonomy ``"subject"``.
    domain : TopicModel
        Taxonomy ``"domain"``: paths of a domain and a leaf.
    models : str
        Digest of the packaged models and word lists, and versions of the models added.
    taxonomies : mapping of str to TopicModel
        Further topic models by name; see `with_models`.
    catalogue : Rarity or None
        IDF in one catalogue, for tags and key points; `rarity` if there is none.
    """

    engine: Engine
    rarity: Rarity
    sentiment: SentimentModel
    subject: TopicModel
    domain: TopicModel
    models: str
    taxonomies: Mapping[str, TopicModel] = field(default_factory=dict)
    catalogue: Rarity | None = None

    @staticmethod
    @cache
    def default() -> "Analyzer":
        """Return the analyser with the packaged models, loaded once per process."""
        folder = importlib.resources.files("nlp").joinpath("data")
        blobs = {name: folder.joinpath(name).read_bytes() for name in _DATA}
        digest = hashlib.sha256(b"".join(blobs[name] for name in _DATA)).hexdigest()
        sentiment, subject, domain = (_arrays(blobs[f"{n}.npz"]) for n in _MODELS)
        return Analyzer(
            default_engine(),
            default_rarity(),
            SentimentModel.from_arrays(sentiment),
            TopicModel.from_arrays(subject),
            TopicModel.from_arrays(domain),
            digest[:12],
        )

    @property
    def version(self) -> str:
        """Version of code, models and dictionary: equal versions give equal analyses."""
        return f"{_CODE}-{self.models}-{self.engine.version}"

    def with_dictionary(self, dictionary: UserDictionary) -> "Analyzer":
        """Return an analyser that also knows the words of `dictionary`; this one is unchanged."""
        return replace(self, engine=self.engine.with_dictionary(dictionary))

    def with_rarity(self, catalogue: Rarity) -> "Analyzer":
        """Return an analyser whose tags and key points weigh words as rare in a catalogue.

        See `nlp.tags.learned_rarity`. Difficulty and names still ask general text. The
        version is another one, since the analyses are.
        """
        return replace(self, catalogue=catalogue, models=f"{self.models}~{catalogue.version}")

    def with_models(
        self,
        *,
        taxonomies: Mapping[str, TopicModel],
        sentiment: SentimentModel | None = None,
        version: str,
    ) -> "Analyzer":
        """Return an analyser with more topic models, or another sentiment model.

        Parameters
        ----------
        taxonomies : mapping of str to TopicModel
            Each adds ``topics[name]`` to an analysis.
        sentiment : SentimentModel, optional
            Judges in place of the present one.
        version : str
            Names these models: it becomes part of the analyser's version.
        """
        return replace(
            self,
            sentiment=sentiment or self.sentiment,
            taxonomies={**self.taxonomies, **taxonomies},
            models=f"{self.models}+{version}",
        )

    def analyze(
        self,
        text: str,
        *,
        title: str = "",
        simplify: bool = False,
        granularity: Granularity = "fine",
    ) -> Analysis:
        """Analyse one text.

        Parameters
        ----------
        text : str
            Any string: HTML is read past, and every offset counts its code points.
        title : str, optional
            Context that weighs more than the text in tags and topics; no offset or
            token refers to it.
        simplify : bool, optional
            Read traditional script as simplified; tags and terms come in simplified script,
            offsets and the text of tokens stay those of the text given.
        granularity : {"fine", "search"}, optional
            ``"search"`` adds to the tokens the shorter dictionary words inside each word, for
            an index; nothing else changes.

        Returns
        -------
        Analysis
            Total: there is one for every string, with ``None`` or empty parts where
            there is nothing to judge.
        """
        parsed = parse(text, self.engine, simplify=simplify)
        head = parse(title, self.engine, simplify=simplify)
        normal = parsed.normalized.text
        piece = once(normal)
        repeated = None
        if len(piece) < len(normal):
            first = parsed.original(0, len(piece))[0]
            repeated = parse(first, self.engine, simplify=simplify)
        body = terms(parsed)
        counts = merged(body, terms(head))
        rarity = self.catalogue or self.rarity
        found = tags(counts, self.engine, rarity)
        known = concepts(parsed, found)
        numbers = style(parsed)
        shown = parsed.words
        if granularity == "search":
            shown = searched(shown, self.engine)
        read = grams(parsed, head)
        models = {"subject": self.subject, "domain": self.domain, **self.taxonomies}
        sentiment, judged = opinions(parsed, repeated, self.sentiment)
        return Analysis(
            version=self.version,
            tokens=tokens(shown, parsed.normalized),
            tags=found,
            key_points=key_points(parsed, counts, rarity),
            sentiment=sentiment,
            aspects=judged,
            topics={name: model.topics(read) for name, model in models.items()},
            difficulty=difficulty(parsed, numbers, known, self.rarity),
            entities=entities(parsed, self.rarity),
            concepts=known,
            terms=counts,
            style=numbers,
            signature=normal_signature(normal),
        )


def analyze(
    text: str, *, title: str = "", simplify: bool = False, granularity: Granularity = "fine"
) -> Analysis:
    """Analyse one text with the packaged models: see `Analyzer.analyze`.

    Examples
    --------
    >>> text = "本节课介绍矩阵分解。例如，推荐系统用矩阵分解预测评分。"
    >>> found = analyze(text)
    >>> found.tags[0].text, found.sentiment.label
    ('矩阵分解', 'neutral')
    >>> all(text[t.start : t.end] == t.text for t in found.tokens)
    True
    >>> analyze("").sentiment is None
    True
    """
    return Analyzer.default().analyze(text, title=title, simplify=simplify, granularity=granularity)
