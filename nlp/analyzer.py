"""Text to Analysis: the one call most callers need."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from nlp.analysis import Analysis, Aspect, Sentiment, Tag, TopicProbability
from nlp.aspects import AspectWords
from nlp.concepts import concepts
from nlp.dictionary import UserDictionary
from nlp.difficulty import difficulty
from nlp.engines import Engine, default_engine
from nlp.entities import entities
from nlp.keypoints import key_points
from nlp.lexicon import Rarity, default_rarity
from nlp.opinions import opinions
from nlp.pairs import pairs
from nlp.parsed import Parsed, parse
from nlp.sentiment import SentimentModel
from nlp.shipped import shipped
from nlp.signature import normal_signature
from nlp.style import style
from nlp.tags import tags_of
from nlp.terms import merged, terms
from nlp.text import once
from nlp.tokens import Granularity, searched, tokens
from nlp.topics import TopicModel, hashed

_CODE = "5"  # raise with every change that may change an analysis

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2}")  # what the packaged topics can read
_BATCH = 3_000  # characters analysed together: more would leave the near memory
_EACH = 30  # what a text costs beside its characters, so that a batch of empty ones ends too


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
    aspects : AspectWords
        Sides of a course that reviews judge.
    """

    engine: Engine
    rarity: Rarity
    sentiment: SentimentModel
    subject: TopicModel
    domain: TopicModel
    models: str
    taxonomies: Mapping[str, TopicModel] = field(default_factory=dict)
    catalogue: Rarity | None = None
    aspects: AspectWords = field(default_factory=AspectWords.default)

    @staticmethod
    @cache
    def default() -> "Analyzer":
        """Return the analyser with the packaged models, loaded once per process."""
        found = shipped()
        return Analyzer(
            default_engine(),
            default_rarity(),
            found.sentiment,
            found.subject,
            found.domain,
            found.digest,
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

        See `nlp.terms.learned_rarity`. Difficulty and names still ask general text. The
        version is another one, since the analyses are.
        """
        return replace(self, catalogue=catalogue, models=f"{self.models}~{catalogue.version}")

    def with_models(
        self,
        *,
        taxonomies: Mapping[str, TopicModel],
        sentiment: SentimentModel | None = None,
        aspects: AspectWords | None = None,
        version: str,
    ) -> "Analyzer":
        """Return an analyser with more topic models, another sentiment model, or other aspects.

        Parameters
        ----------
        taxonomies : mapping of str to TopicModel
            Each adds ``topics[name]`` to an analysis.
        sentiment : SentimentModel, optional
            Judges in place of the present one.
        aspects : AspectWords, optional
            Are told apart in place of the present ones.
        version : str
            Names these models: it becomes part of the analyser's version.
        """
        return replace(
            self,
            sentiment=sentiment or self.sentiment,
            aspects=aspects or self.aspects,
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
        return self._analyses([(text, title)], simplify=simplify, granularity=granularity)[0]

    def analyze_many(
        self,
        texts: Iterable[tuple[str, str]],
        *,
        simplify: bool = False,
        granularity: Granularity = "fine",
    ) -> Iterator[Analysis]:
        """Analyse many texts in less time than one by one: each analysis is that of `analyze`.

        Parameters
        ----------
        texts : iterable of (text, title)
            Read as needed, a few thousand characters ahead.
        simplify, granularity
            As for `analyze`.

        Examples
        --------
        >>> analyzer = Analyzer.default()
        >>> [found] = analyzer.analyze_many([("讲极限与导数。", "微积分")])
        >>> found == analyzer.analyze("讲极限与导数。", title="微积分")
        True
        """
        batch: list[tuple[str, str]] = []
        size = 0
        for text, title in texts:
            batch.append((text, title))
            size += len(text) + len(title) + _EACH
            if size >= _BATCH:
                yield from self._analyses(batch, simplify=simplify, granularity=granularity)
                batch, size = [], 0
        yield from self._analyses(batch, simplify=simplify, granularity=granularity)

    def _analyses(
        self, texts: Sequence[tuple[str, str]], *, simplify: bool, granularity: Granularity
    ) -> list[Analysis]:
        """Analyses of texts, whose n-grams and phrases are judged together."""

        def read(text: str) -> Parsed:
            return parse(text, self.engine, simplify=simplify)

        parts = [(read(text), read(title)) for text, title in texts]
        pieces = [(body, self._piece(body, simplify)) for body, _ in parts]
        judged = opinions(pieces, self.sentiment, self.aspects)
        topics = self._topics(parts)
        tags = tags_of(parts, self.engine, self.rarity, catalogue=self.catalogue)
        return [
            self._analysis(*parts[i], judged[i], topics[i], tags[i], granularity)
            for i in range(len(parts))
        ]

    def _topics(
        self, parts: Sequence[tuple[Parsed, Parsed]]
    ) -> list[dict[str, tuple[TopicProbability, ...]]]:
        """Topics of texts in each taxonomy; of text that is not Chinese, in added ones alone."""
        grams = hashed(parts)
        models = {"subject": self.subject, "domain": self.domain, **self.taxonomies}
        found = {name: model.topics(grams) for name, model in models.items()}
        known = [any(_CHINESE.search(p.normalized.text) for p in pair) for pair in parts]
        return [
            {n: t[i] if known[i] or n in self.taxonomies else () for n, t in found.items()}
            for i in range(len(parts))
        ]

    def _piece(self, parsed: Parsed, simplify: bool) -> Parsed | None:
        """What a text repeats, or ``None``."""
        size = len(once(parsed.normalized.text))
        if size == len(parsed.normalized.text):
            return None
        return parse(parsed.original(0, size)[0], self.engine, simplify=simplify)

    def _analysis(
        self,
        parsed: Parsed,
        head: Parsed,
        judged: tuple[Sentiment | None, tuple[Aspect, ...]],
        topics: Mapping[str, tuple[TopicProbability, ...]],
        tags: tuple[Tag, ...],
        granularity: Granularity,
    ) -> Analysis:
        counts = merged(terms(parsed), terms(head))
        rarity = self.catalogue or self.rarity
        known = concepts(parsed, tags, title=head.normalized.text)
        numbers = style(parsed)
        shown = parsed.words
        if granularity == "search":
            shown = searched(shown, self.engine)
        return Analysis(
            version=self.version,
            tokens=tokens(shown, parsed.normalized),
            tags=tags,
            key_points=key_points(parsed, counts, rarity),
            sentiment=judged[0],
            aspects=judged[1],
            topics=topics,
            difficulty=difficulty(parsed, numbers, known, title=head.normalized.text),
            entities=entities(parsed, self.rarity),
            concepts=known,
            terms=counts,
            style=numbers,
            signature=normal_signature(parsed.normalized.text),
            pairs=merged(pairs(parsed), pairs(head)),
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
