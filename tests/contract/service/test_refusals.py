"""Each field of each route, made wrong in each way: a problem that names it, in one language."""

import json
import re
from copy import deepcopy
from urllib.parse import urlencode

import jsonschema_rs
import pytest

from service.app import create_app
from service.config import Settings
from service.messages.fields import FORMATS
from service.services import Services

LANGUAGES = ("zh", "en")
#: Latin letters that belong into a Chinese sentence: names of standards, of fields and of JSON
NAMES = re.compile(
    r"JSON|RFC 3339|Unix|Unicode|NUL|URL|IRI|UUID|true|false|null|cursor|account|openid|"
    r"mbox_sha1sum|mbox|mailto:\S+|name(?::|!=|>=)value|`[^`]*`|以下之一：[^；]*"
)
WRONG = {
    "string": [3, None, ["a"], {}],
    "integer": ["a", 1.5, None, True, 10**30],
    "number": ["a", None, True, {}],
    "boolean": ["a", 3, None],
    "array": [3, "a", {}],
    "object": [3, "a", []],
}
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    services = Services.build(Settings(home=tmp_path_factory.mktemp("home")))
    client = create_app(services.settings, services).test_client()
    client.put("/v1/items/course-edu-001", json={"title": "微积分"})
    yield client
    services.store.close()


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            url = re.sub(r"{\w+}", "course-edu-001", path)
            needed = [p for p in operation["parameters"] if p["in"] == "query" and p["required"]]
            query = urlencode({p["name"]: p["example"] for p in needed})
            yield method.upper(), f"{url}?{query}" if query else url, operation


class Shape:
    """A schema of the document, its references followed."""

    def __init__(self, document, schema):
        while "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        self.document, self.own = document, schema

    def at(self, schema):
        return Shape(self.document, schema)

    @property
    def ways(self):
        found = self.own.get("anyOf", self.own.get("oneOf", []))
        return [self, *(w for way in found if "required" not in way for w in self.at(way).ways)]

    @property
    def kinds(self):
        """JSON types that are taken."""
        named = [way.own.get("type", []) for way in self.ways]
        kinds = {kind for t in named for kind in ([t] if isinstance(t, str) else t)}
        return kinds | ({"string"} if any("const" in way.own for way in self.ways) else set())

    def wrongs(self):
        """Values that are not taken: of other types, and beyond the limits of theirs."""
        kinds = self.kinds
        for kind in sorted(kinds):
            for value in WRONG.get(kind, []):
                given = "null" if value is None else TYPES.get(type(value), "object")
                if given not in kinds and not (given == "integer" and "number" in kinds):
                    yield value
        if len(kinds - {"null"}) == 1:  # a text that is no moment may still be one as a number
            for way in self.ways:
                yield from limits(way.own)

    def fields(self, value, path=()):
        """Places of a value that the schema describes, with their shapes."""
        for way in self.ways:
            if isinstance(value, dict) and set(value) <= set(way.own.get("properties", {})):
                for name, inner in way.own["properties"].items():
                    yield (*path, name), self.at(inner)
                    if name in value:
                        yield from self.at(inner).fields(value[name], (*path, name))
            if isinstance(value, list) and value and "items" in way.own:
                inner = self.at(way.own["items"])
                yield (*path, 0), inner
                yield from inner.fields(value[0], (*path, 0))


def limits(schema):
    if "enum" in schema or "const" in schema:
        yield "nonsense"
    if "pattern" in schema:
        yield from (t for t in ("", "\x00", " ", "!") if not re.search(schema["pattern"], t))
    if schema.get("maxLength", 10**6) < 10**5:
        yield "x" * (schema["maxLength"] + 1)
    if schema.get("minLength", 0) > 0:
        yield ""
    if schema.get("type") in ("integer", "number"):
        yield from (schema[k] - 1 for k in ("minimum", "exclusiveMinimum") if k in schema)
        yield from (schema[k] + 1 for k in ("maximum", "exclusiveMaximum") if k in schema)


def changed(value, path, wrong=None, *, gone=False):
    value = here = deepcopy(value)
    for step in path[:-1]:
        here = here[step]
    if gone:
        del here[path[-1]]
    else:
        here[path[-1]] = wrong
    return value


def latin(sentence):
    """Latin words of a sentence that are neither names nor somebody's."""
    ours = re.sub(r"；收到 .*", "", sentence, flags=re.DOTALL)
    return re.findall(r"[A-Za-z]{2,}", NAMES.sub("", ours))


def _escaped(step):
    """A step of a JSON Pointer (RFC 6901)."""
    return str(step).replace("~", "~0").replace("/", "~1")


def assert_named(ask, pointers):
    """The problem in both languages names these fields alone, in words of that language alone."""
    told = {}
    for language in LANGUAGES:
        answer = ask({"Accept-Language": language})
        assert answer.status_code == 422, (pointers, answer.text)
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Content-Language"] == language
        told[language] = answer.json["errors"]
        found = [field["pointer"] for field in told[language]]
        for one in found:  # the field, or what it makes wrong as a whole
            assert one
            assert any(f"{p}/".startswith(f"{one}/") for p in pointers), answer.text
        assert len(set(found)) == len(found), answer.text
        assert bool(re.search("[一-鿿]", answer.json["detail"])) == (language == "zh")
    for chinese, english in zip(told["zh"], told["en"], strict=True):
        assert re.search("[一-鿿]", chinese["detail"]), chinese
        assert not latin(chinese["detail"]), chinese
        ours = re.sub(r"; found .*", "", english["detail"], flags=re.DOTALL)
        assert not re.search("[一-鿿]", ours), english
        assert not re.search(r"\\x|\[\^|\]\+|\$$", chinese["detail"] + ours), chinese


def test_every_field_of_every_body_is_named_when_it_is_wrong(client, document):
    tried = 0
    for method, url, operation in operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is None:
            continue
        value = body["examples"]["plain"]["value"]
        shape = Shape(document, body["schema"])
        cases = [(changed(value, p, w), p) for p, s in shape.fields(value) for w in s.wrongs()]
        strict = [w.own for w in shape.ways if w.own.get("additionalProperties") is False]
        if strict and isinstance(value, dict):
            cases.append((value | {"colour": 1}, ("colour",)))
            needed = {name for own in strict for name in own.get("required", ())}
            cases += [(changed(value, (name,), gone=True), (name,)) for name in needed]
        assert cases, url
        schema = {**body["schema"], "components": document["components"]}
        fits = jsonschema_rs.validator_for(schema).is_valid
        for wrong, place in cases:
            if fits(wrong):
                continue  # wrong in one of several shapes alone
            pointer = "".join(f"/{_escaped(step)}" for step in place)

            def ask(headers, url=url, method=method, wrong=wrong):
                headers = headers | {"Content-Type": "application/json"}
                return client.open(url, method=method, data=json.dumps(wrong), headers=headers)

            assert_named(ask, {pointer})
            tried += 1
    assert tried > 200


def test_every_parameter_of_every_query_is_named_when_it_is_wrong(client, document):
    tried = 0
    for method, url, operation in operations(document):
        for parameter in operation["parameters"]:
            if parameter["in"] != "query" or method != "GET":
                continue
            name, schema = parameter["name"], parameter["schema"]
            shape = Shape(document, schema.get("items", schema))
            texts = shape.kinds <= {"string", "null"}
            for wrong in shape.wrongs():
                if isinstance(wrong, str) or (not texts and type(wrong) in (int, float)):
                    query = {name: wrong}

                    def ask(headers, url=url, query=query):
                        return client.get(url, query_string=query, headers=headers)

                    assert_named(ask, {f"/{name}", f"/{name}/0"})
                    tried += 1
    assert tried > 50


def test_two_clocks_at_once_are_refused_and_both_named(client):
    answer = client.get("/v1/users/u/recommendations?hour=8&now=true")
    assert answer.status_code == 422
    assert [field["pointer"] for field in answer.json["errors"]] == ["/hour", "/now"]


def test_a_goal_of_no_kind_is_told_in_one_sentence(client):
    answer = client.post("/v1/users/u/path", json={"goal": 3, "minutes_per_week": 60})
    assert answer.json["errors"] == [
        {"pointer": "/goal", "where": "body", "detail": "须为文本；或：须为数组；收到 3"}
    ]


def test_every_pattern_of_a_field_is_told_in_words(document):
    def patterns(value):
        if isinstance(value, list):
            return {p for v in value for p in patterns(v)}
        if not isinstance(value, dict):
            return set()
        own = {value["pattern"]} if isinstance(value.get("pattern"), str) else set()
        return own | {p for v in value.values() for p in patterns(v)}

    told_otherwise = {p for p in patterns(document) if "[Tt ]" in p}  # moments, by the calendar
    told_otherwise.add("^[!-~]{1,255}$")  # a header
    assert patterns(document) - told_otherwise <= set(FORMATS)
