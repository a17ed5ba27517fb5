"""The OpenAPI 3.1 document, written from the types that validate and the examples of the routes."""

import functools
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from service.fields import Id
from service.media import HTML, JSON, MERGE_PATCH, NDJSON, PROBLEM, TEXT
from service.schemas.problem import Problem

if TYPE_CHECKING:
    from service.openapi import Api, Endpoint

_ID = TypeAdapter(Id)

SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "an API key of `zhiying keys create`; none is needed while none exists, "
        "and then only this machine is served",
    },
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}

#: headers of the request that mean something, by what the route promises
_HEADERS: dict[str, dict[str, Any]] = {
    "If-Match": {
        "schema": {"type": "string"},
        "description": "do it only if the `ETag` still is this one; 412 if not",
    },
    "If-None-Match": {
        "schema": {"type": "string"},
        "description": "a read answers 304 if the `ETag` still is this one; `*` on a PUT: "
        "only if there is nothing yet",
    },
    "X-Experience-API-Version": {
        "schema": {"enum": ["1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0", "2.0.0"]},
        "description": "version of the statements, 1.0.3 if left out; later 1.0.x and 2.0.x too",
    },
    "Idempotency-Key": {
        "schema": {"type": "string", "pattern": r"^[!-~]{1,255}$"},
        "description": "a repeated request with this key gets the first one's answer, for a day",
    },
}


def document(api: "Api") -> dict[str, Any]:
    """The document of all endpoints, as of today: moments in the past change with the date."""
    return _document(api, datetime.now(UTC).date().isoformat())


@functools.lru_cache(maxsize=8)
def _document(api: "Api", _today: str) -> dict[str, Any]:
    wanted: dict[tuple[int, str], TypeAdapter[Any]] = {}
    for endpoint in api.endpoints:
        for part in (endpoint.body, endpoint.lines):
            if part is not None:
                wanted[_key(part, "validation")] = TypeAdapter(part)
        for part in endpoint.answers.values():
            if part is not None and part is not str:
                part = part[0] if isinstance(part, list) else part
                wanted[_key(part, "serialization")] = TypeAdapter(part)
    wanted[_key(Problem, "serialization")] = TypeAdapter(Problem)
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
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": SECURITY,
        },
    }


def _key(part: Any, mode: str) -> tuple[int, str]:
    """Name of a type's schema: not every type can be hashed."""
    return id(part), mode


def _operation(endpoint: "Endpoint", of: Mapping[tuple[int, str], Any]) -> dict[str, Any]:
    summary, _, description = (endpoint.view.__doc__ or "").strip().partition("\n")
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": summary,
        "tags": [endpoint.tag],
        "parameters": _parameters(endpoint),
        "responses": {},
        "security": []
        if endpoint.scope == "public"
        else [{scheme: [endpoint.scope]} for scheme in SECURITY],
    }
    if description.strip():
        operation["description"] = re.sub(r"\n[ ]+", "\n", description).strip()
    body = _request_body(endpoint, of)
    if body:
        operation["requestBody"] = body
    for status, part in endpoint.answers.items():
        answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if isinstance(part, list):
            line = of[_key(part[0], "serialization")]
            answer["content"] = {NDJSON: {"schema": {"type": "string"}, "x-line-schema": line}}
        elif part is str:
            answer["content"] = {TEXT: {"schema": {"type": "string"}}}
        elif part is not None:
            answer["content"] = {JSON: {"schema": of[_key(part, "serialization")]}}
        if endpoint.page:
            answer.setdefault("content", {})[HTML] = {"schema": {"type": "string"}}
        operation["responses"][str(status)] = answer
    if endpoint.tagged and endpoint.method == "GET":
        operation["responses"]["304"] = {"description": "as it was when its `ETag` was given"}
    operation["responses"]["default"] = {
        "description": "a problem, RFC 9457",
        "content": {PROBLEM: {"schema": of[_key(Problem, "serialization")]}},
    }
    return operation


def _request_body(endpoint: "Endpoint", of: Mapping[tuple[int, str], Any]) -> dict[str, Any]:
    example = endpoint.example
    if endpoint.body is not None:
        schema = of[_key(endpoint.body, "validation")]
        one_of = schema.get("oneOf", ())
        is_object = not any(option.get("type") == "array" for option in one_of)
        media: dict[str, Any] = {
            "schema": {"type": "object"} | schema if is_object else schema,
            "examples": {"plain": {"value": example.body}},
        }
        content = {JSON: media}
        if endpoint.method == "PATCH":
            content[MERGE_PATCH] = media
        return {"required": True, "content": content}
    if endpoint.lines is not None:
        line = of[_key(endpoint.lines, "validation")]
        text = {"schema": {"type": "string", "description": "one JSON object a line"}}
        about = {"x-line-schema": line, "x-line-examples": list(example.lines)}
        # tools know how to write an example of text, and none knows lines
        plain = {**text, "examples": {"plain": {"value": example.text}}}
        return {"content": {NDJSON: text | about, TEXT: plain}}
    return {}


def _parameters(endpoint: "Endpoint") -> list[dict[str, Any]]:
    example = endpoint.example
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _ID.json_schema(),
            "example": example.path[name],
        }
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
                    **({"example": example.query[name]} if name in example.query else {}),
                }
            )
    parameters.extend(
        {"name": name, "in": "header", "required": False, **_HEADERS[name]}
        for name in endpoint.headers
    )
    return parameters
