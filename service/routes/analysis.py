"""Analysis without storing: one text, up to a hundred, or a stream."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response
from pydantic import BaseModel, TypeAdapter

from nlp import Analysis, Analyzer
from service.bulk import BadLine, Line, refused
from service.errors import asked_language
from service.openapi import Api, Example, OrjsonProvider
from service.routes.streams import line_stream, ndjson
from service.schemas import (
    AnalysesOut,
    AnalysisLineOut,
    AnalysisOut,
    AnalyzeIn,
    IncludeQuery,
    Part,
    TextIn,
    TextLine,
)
from service.services import services

PARTS: tuple[Part, ...] = Part.__args__  # type: ignore[attr-defined]

TEXT = {"title": "微积分入门", "text": "从极限讲到导数，学习本课需要掌握高中函数。"}


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "POST",
        "/v1/analyze",
        tag="analysis",
        query=IncludeQuery,
        body=AnalyzeIn,
        answers={200: AnalysisOut | AnalysesOut},
        scope="read",
        example=Example(query={"include": ["tags", "topics"]}, body=TEXT),
    )
    def analyze(query: IncludeQuery, body: AnalyzeIn) -> dict[str, Any]:
        """Analyse a text, or up to 100; nothing is stored.

        Offsets count Unicode code points of the text as sent.
        """
        analyzer = services().analyzer
        if not body.texts:
            return _analysed(analyzer, body, query.include)
        return {"analyses": [_analysed(analyzer, t, query.include) for t in body.texts]}

    @api.route(
        "POST",
        "/v1/analyze/stream",
        tag="analysis",
        query=IncludeQuery,
        lines=TextLine,
        answers={200: [AnalysisLineOut]},
        scope="read",
        example=Example(query={"include": ["tags"]}, lines=[{"id": "1", **TEXT}]),
    )
    def analyze_stream(query: IncludeQuery) -> Response:
        """Analyse a stream of texts, a line each; nothing is stored."""
        analyzer = services().analyzer

        def answers() -> Iterator[bytes]:
            for line in line_stream(TypeAdapter(TextLine)):
                yield OrjsonProvider.encode(_line(analyzer, line, query.include)) + b"\n"

        return ndjson(answers())


def _line(
    analyzer: Analyzer, line: Line[TextLine] | BadLine, include: Sequence[Part]
) -> BaseModel | dict[str, Any]:
    if isinstance(line, BadLine):
        return refused(line, asked_language())
    answer: dict[str, Any] = {"line": line.number, "status": 200}
    if line.value.id is not None:
        answer["id"] = line.value.id
    answer["analysis"] = _analysed(analyzer, line.value, include)
    return answer


def _analysed(
    analyzer: Analyzer, text: TextIn | AnalyzeIn, include: Sequence[Part]
) -> dict[str, Any]:
    return analysis_parts(analyzer.analyze(text.text, title=text.title), include)


def analysis_parts(analysis: Analysis, include: Sequence[Part] = ()) -> dict[str, Any]:
    """The parts asked for, all if none is named, as they are answered."""
    shown: dict[str, Any] = {name: getattr(analysis, name) for name in include or PARTS}
    return {"version": analysis.version, **shown}
