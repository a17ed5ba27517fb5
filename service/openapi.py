"""Routes declared once: the same types validate requests and write the OpenAPI 3.1 document.

pydantic validates and gives the JSON schemas; this module joins them to Flask's URLs. See
``docs/design/0003-openapi.md`` for why no framework does it.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar, get_origin
from urllib.parse import unquote_to_bytes

import orjson
from flask import Flask, Response, current_app, request
from flask.json.provider import JSONProvider
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import PathConverter

from service.body import whole_body
from service.errors import (
    BodyTooLargeError,
    BodyTypeError,
    InvalidRequestError,
    NotJsonError,
    Problem,
)
from service.fields import Id

P = ParamSpec("P")
R = TypeVar("R")

JSON = "application/json"
PROBLEM = "application/problem+json"
NDJSON = "application/x-ndjson"
#: how senders name lines of JSON; ``text/plain`` for tools that know no other way
NDJSON_NAMES = (NDJSON, "text/plain", "application/jsonl", "application/json-lines")

_ID = TypeAdapter(Id)
#: an encoded slash inside a path segment, until `IdConverter` gives it back
_SLASH = "\x1f"

#: what stands after an id in some path
_PARTS = (
    *("activate", "audience", "brief", "path", "profile", "promotion"),
    *("recommendations", "report", "similar", "vector"),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path."""

    method: str
    rule: str
    view: Callable[..., Any]
    tag: str
    query: type[BaseModel] | None
    body: Any
    lines: Any
    answers: Mapping[int, Any]

    @property
    def name(self) -> str:
        """Operation id, the name of the view."""
        return self.view.__name__

    @property
    def path(self) -> str:
        """Path as OpenAPI writes it."""
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.rule)

    @property
    def path_names(self) -> list[str]:
        """Names of the parameters in the path."""
        return re.findall(r"<(?:\w+:)?(\w+)>", self.rule)


class Api:
    """A list of endpoints that can be installed on an app and described.

    Parameters
    ----------
    title, version, description : str
        For the document's head.
    """

    def __init__(self, *, title: str, version: str, description: str) -> None:
        self.info = {"title": title, "version": version, "description": description}
        self.endpoints: list[Endpoint] = []

    def route(
        self,
        method: str,
        rule: str,
        *,
        tag: str,
        answers: Mapping[int, Any],
        query: type[BaseModel] | None = None,
        body: Any = None,
        lines: Any = None,
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Declare a view. It is called with the path's names, ``query=`` and ``body=``.

        Parameters
        ----------
        method, rule : str
            As Flask takes them.
        tag : str
            Section of the documentation.
        answers : mapping of status to type
            ``None`` for an empty answer; a list of one type for a stream of lines.
        query, body : type, optional
            What to read and validate before the view is called.
        lines : type, optional
            Type of each line, for views that read the body as an NDJSON stream themselves.
        """

        def declare(view: Callable[P, R]) -> Callable[P, R]:
            self.endpoints.append(Endpoint(method, rule, view, tag, query, body, lines, answers))
            return view

        return declare

    def install(self, app: Flask) -> None:
        """Add all routes to `app`, with ids that may hold anything in their paths."""
        app.json = OrjsonProvider(app)
        app.url_map.converters["id"] = IdConverter
        app.url_map.merge_slashes = False
        app.url_map.strict_slashes = False
        app.wsgi_app = _EncodedSlashes(app.wsgi_app)  # type: ignore[method-assign]
        for endpoint in self.endpoints:
            app.add_url_rule(
                endpoint.rule,
                endpoint.name,
                _validating(endpoint),
                methods=[endpoint.method],
            )

    def document(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document of all endpoints, as of today."""
        return _document(self, datetime.now(UTC).date().isoformat())

    def __hash__(self) -> int:
        return id(self)


class OrjsonProvider(JSONProvider):
    """The one way JSON is written and read."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Write `obj`; fields of models that are ``None`` are left out."""
        return self.encode(obj).decode()

    @staticmethod
    def encode(obj: Any) -> bytes:
        """`dumps` as bytes."""
        return orjson.dumps(obj, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY)

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read `s`."""
        return orjson.loads(s)


class IdConverter(PathConverter):
    """An id in a path: percent-encoded as usual, slashes included.

    Plain slashes work too, unless what follows them is the name of something an item or a
    user has: ``PUT …/items/a/similar`` is a wrong method, not an item of that id.
    """

    regex = r"(?!bulk/?$).+?" + "".join(f"(?<!/{name})" for name in _PARTS)
    part_isolating = False

    def to_python(self, value: str) -> str:
        """Text as it was before encoding; `Api` checks that it is an id."""
        return value.replace(_SLASH, "/")


def parse_json(raw: bytes, line: bool = False) -> Any:
    """Value of a JSON text; raises `NotJsonError` saying where it breaks.

    Examples
    --------
    >>> parse_json(b'{"a": 1}')
    {'a': 1}
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        where = "line" if line else "body"
        raise NotJsonError(f"the {where} is not JSON: {error}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_none=True)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class _EncodedSlashes:
    """Keeps ``%2F`` inside its path segment, where the server tells the path as it came.

    WSGI hands over a decoded path, in which the item ``a/similar`` cannot be told from the
    neighbours of ``a``.
    """

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
        path = raw.partition("?")[0]
        if path.startswith("/") and "%2f" in path.lower():
            marked = re.sub("%1f", "%00", path, flags=re.IGNORECASE)
            marked = re.sub("%2f", "%1f", marked, flags=re.IGNORECASE)
            environ["PATH_INFO"] = unquote_to_bytes(marked).decode("latin-1")
        return self.app(environ, start_response)


def _validating(endpoint: Endpoint) -> Callable[..., Response]:
    read_query = None if endpoint.query is None else _query_reader(endpoint.query)
    adapter = None if endpoint.body is None else TypeAdapter(endpoint.body)

    @functools.wraps(endpoint.view)
    def call(**arguments: Any) -> Response:
        for name, value in arguments.items():
            arguments[name] = _checked(_ID, value, "path", prefix=(name,))
        if read_query is not None:
            arguments["query"] = read_query()
        elif request.args:
            name = next(iter(request.args))
            raise InvalidRequestError(f"query: no parameter {name!r} here")
        if adapter is not None:
            arguments["body"] = _checked(adapter, _read_json(), "body", strict=True)
        return _respond(endpoint.view(**arguments))

    return call


def _checked(
    adapter: TypeAdapter[Any],
    value: Any,
    source: str,
    *,
    prefix: tuple[str, ...] = (),
    strict: bool = False,
) -> Any:
    try:
        return adapter.validate_python(value, strict=strict)
    except ValidationError as error:
        raise InvalidRequestError.of(error, source, prefix) from None


def _read_json() -> Any:
    if request.mimetype and request.mimetype != JSON:
        raise BodyTypeError(f"Content-Type: found {request.mimetype}, needs {JSON}")
    limit = current_app.config["MAX_JSON_LENGTH"]
    request.max_content_length = limit
    try:
        raw = whole_body(request.stream, request.content_length).read()
    except RequestEntityTooLarge:
        raise BodyTooLargeError(f"the body is longer than {limit} bytes") from None
    return parse_json(raw)


def _query_reader(model: type[BaseModel]) -> Callable[[], BaseModel]:
    many = {n for n, f in model.model_fields.items() if get_origin(f.annotation) is list}
    adapter = TypeAdapter(model)

    def read() -> BaseModel:
        values: dict[str, Any] = {}
        for name, found in request.args.lists():
            if name in many:
                values[name] = found
            elif len(found) > 1:
                raise InvalidRequestError(
                    f"query: {name} is given {len(found)} times, once is enough"
                )
            else:
                values[name] = found[0]
        parsed: BaseModel = _checked(adapter, values, "query")
        return parsed

    return read


def _respond(answer: Any) -> Response:
    body, status, *rest = answer if isinstance(answer, tuple) else (answer, 200)
    if isinstance(body, Response):
        return body
    response = current_app.response_class(
        b"" if body is None else OrjsonProvider.encode(body),
        status=status,
        mimetype=None if body is None else JSON,
        headers=rest[0] if rest else None,
    )
    if body is None:
        response.headers.pop("Content-Type", None)
    return response


# ---- the document -----------------------------------------------------------------------


@functools.lru_cache(maxsize=8)
def _document(api: Api, _today: str) -> dict[str, Any]:
    """Cached for a day: the schema of a moment in the past changes with the date."""
    wanted: dict[tuple[Any, str], TypeAdapter[Any]] = {}
    for endpoint in api.endpoints:
        for part in (endpoint.body, endpoint.lines):
            if part is not None:
                wanted[(part, "validation")] = TypeAdapter(part)
        for part in endpoint.answers.values():
            if part is not None:
                part = part[0] if isinstance(part, list) else part
                wanted[(part, "serialization")] = TypeAdapter(part)
    wanted[(Problem, "serialization")] = TypeAdapter(Problem)
    keys = list(wanted)
    schemas, definitions = TypeAdapter.json_schemas(
        [(i, keys[i][1], wanted[keys[i]]) for i in range(len(keys))],  # type: ignore[misc]
        ref_template="#/components/schemas/{model}",
    )
    of = {keys[i]: schema for (i, _), schema in schemas.items()}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in api.endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, of)
    return {
        "openapi": "3.1.0",
        "info": api.info,
        "tags": [{"name": t} for t in dict.fromkeys(e.tag for e in api.endpoints)],
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {})},
    }


def _operation(endpoint: Endpoint, of: Mapping[tuple[Any, str], Any]) -> dict[str, Any]:
    summary, _, description = (endpoint.view.__doc__ or "").strip().partition("\n")
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": summary,
        "tags": [endpoint.tag],
        "parameters": _parameters(endpoint),
        "responses": {},
    }
    if description.strip():
        operation["description"] = re.sub(r"\n[ ]+", "\n", description).strip()
    if endpoint.body is not None:
        schema = {"type": "object"} | of[(endpoint.body, "validation")]
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    if endpoint.lines is not None:
        line = of[(endpoint.lines, "validation")]
        text = {"schema": {"type": "string", "description": "one JSON object a line"}}
        operation["requestBody"] = {
            "content": {
                NDJSON: {**text, "x-line-schema": line},
                "text/plain": text,
            },
        }
    for status, part in endpoint.answers.items():
        answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if isinstance(part, list):
            line = of[(part[0], "serialization")]
            answer["content"] = {NDJSON: {"schema": {"type": "string"}, "x-line-schema": line}}
        elif part is not None:
            answer["content"] = {JSON: {"schema": of[(part, "serialization")]}}
        operation["responses"][str(status)] = answer
    operation["responses"]["default"] = {
        "description": "a problem, RFC 9457",
        "content": {PROBLEM: {"schema": of[(Problem, "serialization")]}},
    }
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _ID.json_schema()}
        for name in endpoint.path_names
    ]
    if endpoint.query is not None:
        schema = endpoint.query.model_json_schema()
        for name, field in schema["properties"].items():
            parameters.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in schema.get("required", []),
                    "schema": field,
                    **({"description": field["description"]} if "description" in field else {}),
                }
            )
    return parameters
