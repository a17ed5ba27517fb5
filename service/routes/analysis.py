"""Analysis without storing: one text, up to a hundred, or a stream."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response
from pydantic import BaseModel, TypeAdapter

from nlp import Analysis, Analyzer, UserDictionary
from nlp.subtitles import read_subtitles
from service.bulk import BadLine, Line, refused
from service.negotiation import asked_language
from service.openapi import Api, Example, OrjsonProvider
from service.routes.streams import line_stream, ndjson
from service.schemas.analysis import (
    AnalysesOut,
    AnalysisLineOut,
    AnalysisOut,
    AnalyzeIn,
    AnalyzeQuery,
    DictionaryEntry,
    Part,
    Reading,
    TextIn,
    TextLine,
    TextModelOut,
    TextModelsOut,
)
from service.services import services
from service.timing import timed

_PROBLEMS = 100  # lines of subtitles that could not be read, named in an answer
PARTS: tuple[Part, ...] = Part.__args__  # type: ignore[attr-defined]

TEXT = {"title": "微积分入门", "text": "从极限讲到导数，学习本课需要掌握高中函数。"}


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "POST",
        "/v1/analyze",
        tag="analysis",
        query=AnalyzeQuery,
        body=AnalyzeIn,
        answers={200: AnalysisOut | AnalysesOut},
        scope="read",
        example=Example(query={"include": ["tags", "topics"]}, body=TEXT),
    )
    def analyze(query: AnalyzeQuery, body: AnalyzeIn) -> dict[str, Any]:
        """Analyse a text, or up to 100; nothing is stored.

        Offsets count Unicode code points of the text as sent; of subtitles (``format``), of the
        ``text`` in the answer, whose ``times`` say when. Models you trained take part by
        name: ``?topics=NAME`` adds ``topics[NAME]``, ``?sentiment=NAME`` judges the sentiment.
        """
        analyzer = _analyzer(query)
        if body.dictionary:
            analyzer = analyzer.with_dictionary(_dictionary(body.dictionary))
        if not body.texts:
            return _analysed(analyzer, [body], body, query.include)[0]
        return {"analyses": _analysed(analyzer, body.texts, body, query.include)}

    @api.route(
        "POST",
        "/v1/analyze/stream",
        tag="analysis",
        query=AnalyzeQuery,
        lines=TextLine,
        answers={200: [AnalysisLineOut]},
        scope="read",
        example=Example(query={"include": ["tags"]}, lines=[{"id": "1", **TEXT}]),
    )
    def analyze_stream(query: AnalyzeQuery) -> Response:
        """Analyse a stream of texts, a line each; nothing is stored."""
        analyzer = _analyzer(query)

        def answers() -> Iterator[bytes]:
            for line in line_stream(TypeAdapter(TextLine)):
                yield OrjsonProvider.encode(_line(analyzer, line, query.include)) + b"\n"

        return ndjson(answers())

    @api.route("GET", "/v1/text-models", tag="analysis", answers={200: TextModelsOut})
    def text_models() -> TextModelsOut:
        """Text models by name, made by ``zhiying train … --name NAME``."""
        return TextModelsOut(
            models=[
                TextModelOut(
                    name=name,
                    kind=manifest.kind,
                    labels=list(manifest.labels),
                    figures=dict(manifest.figures),
                    n_texts=manifest.data.get("n", 0),
                    version=manifest.sha256,
                    library=manifest.library,
                    engine=manifest.engine,
                )
                for name, manifest in services().text_models.manifests().items()
            ]
        )


def _analyzer(query: AnalyzeQuery) -> Analyzer:
    rooms = services()
    return rooms.text_models.analyzer(rooms.analyzer, tuple(query.topics), query.sentiment)


def _line(
    analyzer: Analyzer, line: Line[TextLine] | BadLine, include: Sequence[Part]
) -> BaseModel | dict[str, Any]:
    if isinstance(line, BadLine):
        return refused(line, asked_language())
    answer: dict[str, Any] = {"line": line.number, "status": 200}
    if line.value.id is not None:
        answer["id"] = line.value.id
    answer["analysis"] = _analysed(analyzer, [line.value], line.value, include)[0]
    return answer


def _dictionary(entries: Sequence[DictionaryEntry]) -> UserDictionary:
    return UserDictionary(
        words=tuple((e.text, e.pos) for e in entries if not e.force),
        force=tuple((e.text, e.pos) for e in entries if e.force),
    )


def _analysed(
    analyzer: Analyzer,
    texts: Sequence[TextIn | AnalyzeIn],
    reading: Reading,
    include: Sequence[Part],
) -> list[dict[str, Any]]:
    read = [None if t.format == "text" else read_subtitles(t.text) for t in texts]
    pairs = [(t.text if r is None else r.text, t.title) for t, r in zip(texts, read, strict=True)]
    analyses = analyzer.analyze_many(
        pairs, simplify=reading.simplify, granularity=reading.granularity
    )
    answers = []
    for transcript, analysis in zip(read, analyses, strict=True):
        answer = analysis_parts(analysis, include)
        if transcript is not None:
            answer |= timed(transcript, analysis, include)
            answer["problems"] = transcript.problems[:_PROBLEMS]
        answers.append(answer)
    return answers


def analysis_parts(analysis: Analysis, include: Sequence[Part] = ()) -> dict[str, Any]:
    """The parts asked for, all if none is named, as they are answered."""
    shown: dict[str, Any] = {name: getattr(analysis, name) for name in include or PARTS}
    return {"version": analysis.version, **shown}
