"""Traces by OpenTelemetry, off unless asked for; needs ``pip install 'zhiying[otel]'``.

Where traces go is OpenTelemetry's own business: ``OTEL_EXPORTER_OTLP_ENDPOINT`` and its
sisters. Paths and queries hold ids of learners, so a span carries the route template instead.
"""

from typing import Any

from flask import Flask, request
from sqlalchemy import Engine, event

from service.errors import MissingExtraError


def start(app: Flask, engine: Engine) -> None:
    """Trace the requests of `app` and the statements of `engine`; call in each worker.

    Raises
    ------
    MissingExtraError
        If the extra is not installed.
    """
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.flask import FlaskInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise MissingExtraError("telemetry", "otel") from None
    resource = Resource.create({"service.name": "zhiying"})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    FlaskInstrumentor().instrument_app(  # type: ignore[no-untyped-call]
        app, tracer_provider=provider, excluded_urls="livez,readyz,metrics"
    )
    _trace_statements(engine, provider.get_tracer("service.store"))

    @app.before_request
    def hide_ids() -> None:
        _hide_ids(trace.get_current_span())


def _hide_ids(span: Any) -> None:
    rule = "unmatched" if request.url_rule is None else request.url_rule.rule
    for name in ("http.target", "http.url", "url.path", "url.full"):
        span.set_attribute(name, rule)
    for name in ("url.query", "http.query"):
        span.set_attribute(name, "")


def _trace_statements(engine: Engine, tracer: Any) -> None:
    """A span for each statement, without its parameters.

    OpenTelemetry's own instrumentation wants greenlet, and a SQLAlchemy before 2.1.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def begin(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        span = tracer.start_span(statement.split(None, 1)[0].upper())
        span.set_attribute("db.system", engine.dialect.name)
        span.set_attribute("db.statement", statement)
        if context is not None:
            context.zhiying_span = span

    @event.listens_for(engine, "after_cursor_execute")
    def end(_c: Any, _cursor: Any, _s: str, _p: Any, context: Any, _many: bool) -> None:
        _end(context)

    @event.listens_for(engine, "handle_error")
    def fail(context: Any) -> None:
        _end(context.execution_context)


def _end(context: Any) -> None:
    span = getattr(context, "zhiying_span", None)
    if span is not None:
        span.end()
