"""Screen-adaptation briefs: the analysis of a text, the films there are, how they were watched.

Everything in a brief is a piece of the text, a figure, or a rule of the pack; no sentence about
the story is written by the service.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nlp import Analysis, Analyzer, Beats, Cast, Tone, beats, cast, extract, tone
from nlp.beat_rules import rules_version
from recommend import top_n
from service.catalogue import Catalogue, Entry
from service.forms import (
    Film,
    FormAdvice,
    LengthAdvice,
    Topic,
    advise_form,
    advise_length,
    topic_of,
)
from service.insight.disclosure import Disclosure
from service.insight.groups import Segment
from service.messages import Message
from service.messages import brief as said
from service.packs import FormRules, Pack
from service.serving import Serving
from service.store import Store, StoredItem

#: figures of viewings may be so old
FRESH_S = 60.0
N_COMPARABLE = 3


@dataclass(frozen=True, slots=True)
class Comparable:
    """A film about much the same; `completion` is the mean watched share."""

    id: str
    title: str
    film: Film
    similarity: float


@dataclass(frozen=True, slots=True)
class Brief:
    """What a producer is told about one text."""

    id: str | None
    title: str
    pack: str
    attributes: Mapping[str, Any]
    analysis: Analysis
    topic: Topic
    form: FormAdvice
    length: LengthAdvice
    tone: Tone | None
    beats: Beats
    cast: Cast
    comparable: tuple[Comparable, ...]
    no_comparable: Message | None
    version: str
    audience: tuple[Segment, ...] = ()


@dataclass
class Briefs:
    """Makes briefs; one object a worker, safe under threads.

    Attributes
    ----------
    rules : str
        Version of the pack that `pack` was read from.
    disclosure : callable
        How numbers of people who watched a film are told, by its id.
    audience : callable
        The groups of the audience of an item by its id, the most telling first.
    """

    store: Store
    serving: Serving
    analyzer: Analyzer
    pack: Pack
    rules: str
    disclosure: Callable[[str], Disclosure]
    audience: Callable[[str], Sequence[Segment]] = lambda _: ()
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _works: tuple[float, dict[str, Film]] | None = None

    def of_item(self, item: StoredItem) -> Brief:
        """Brief of a stored item; it is not compared with itself."""
        found = self._brief(item.id, item.title, item.text, item.attributes)
        return replace(found, audience=tuple(self.audience(item.id)))

    def of_text(self, title: str, text: str, attributes: Mapping[str, Any]) -> Brief:
        """Brief of a text that is not stored."""
        return self._brief(None, title, text, attributes)

    def works(self) -> dict[str, Film]:
        """All published films by id, as they were watched until a minute ago at most."""
        with self._lock:
            known, now = self._works, self.clock()
            if known is None or now - known[0] >= FRESH_S:
                known = (
                    now,
                    films(
                        *(self.serving.catalogue(), self.store, self.pack.forms, self.disclosure)
                    ),
                )
                self._works = known
            return known[1]

    def _brief(
        self, item_id: str | None, title: str, text: str, attributes: Mapping[str, Any]
    ) -> Brief:
        rules, works = self.pack.forms, self.works()
        analysis = self.analyzer.analyze(text, title=title)
        topics = [(t.label, t.probability) for t in analysis.topics.get(rules.taxonomy, ())]
        topic = topic_of(rules, attributes, topics)
        others = [w for i, w in works.items() if i != item_id]
        form = advise_form(rules.rules.get(topic.label, rules.otherwise), others)
        comparable, reason = self._comparable(item_id, analysis, works)
        return Brief(
            id=item_id,
            title=title,
            pack=self.pack.name,
            attributes=attributes,
            analysis=analysis,
            topic=topic,
            form=form,
            length=advise_length(form.form, rules, others),
            tone=tone(analysis.sentiment),
            beats=beats(text, analysis),
            cast=cast(text, analysis),
            comparable=comparable,
            no_comparable=reason,
            version=f"{analysis.version}/beats={rules_version()}/pack:{self.rules}",
        )

    def _comparable(
        self, item_id: str | None, analysis: Analysis, works: Mapping[str, Film]
    ) -> tuple[tuple[Comparable, ...], Message | None]:
        """The films nearest in content, and why there is none."""
        catalogue = self.serving.catalogue()
        if catalogue.fitted is None or catalogue.content is None:
            return (), said.NO_MODEL
        if not works:
            return (), said.NO_FILMS
        row = catalogue.fitted.space.transform([extract(analysis)])
        cosines = (catalogue.content @ row.T).toarray().ravel()
        hidden = np.ones(len(catalogue.ids), dtype=bool)
        rows = catalogue.ids.rows(list(works))
        hidden[rows[rows >= 0]] = False
        hidden |= cosines <= 0.0
        if item_id is not None and (own := catalogue.ids.row(item_id)) is not None:
            hidden[own] = True
        nearest, found = top_n(cosines, N_COMPARABLE, exclude=hidden)
        listed = tuple(
            Comparable(i, catalogue.entries[r].title, works[i], s)
            for r, s in zip(nearest.tolist(), found.tolist(), strict=True)
            if r in catalogue.entries and (i := catalogue.ids.ids[r])
        )
        return listed, None if listed else said.NONE_NEAR


def films(
    catalogue: Catalogue, store: Store, rules: FormRules, disclosure: Callable[[str], Disclosure]
) -> dict[str, Film]:
    """Published films of the catalogue with their viewings, as many as may be told."""
    hidden = catalogue.hidden(now=time.time(), kinds=(), attributes=())
    shown = {
        catalogue.ids.ids[row]: entry
        for row, entry in catalogue.entries.items()
        if not hidden[row] and is_film(entry, rules)
    }
    watched = store.events.watched(sorted(shown))
    return {i: _film(shown[i], *watched.get(i, (0, 0.0)), disclosure(i)) for i in sorted(shown)}


def is_film(entry: Entry, rules: FormRules) -> bool:
    """Whether an item is a film: by its kind, or by a form that the pack knows."""
    return entry.kind in rules.kinds or entry.attributes.get("form") in rules.minutes


def _film(entry: Entry, viewings: int, watched: float, disclosure: Disclosure) -> Film:
    form, minutes = entry.attributes.get("form"), entry.attributes.get("minutes")
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or minutes <= 0:
        minutes = None
    return Film(
        form=form if isinstance(form, str) else "",
        minutes=minutes,
        viewings=disclosure.shown(viewings) or 0,
        watched=disclosure.told(watched) if disclosure.shown(viewings) else 0.0,
    )


def mentors(attributes: Mapping[str, Any]) -> Sequence[str]:
    """Who teaches, as the item's attributes say."""
    named = attributes.get("teacher")
    listed = named if isinstance(named, list) else [named]
    return [name for name in listed if isinstance(name, str) and name]
