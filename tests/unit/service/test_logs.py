"""No line names a person, an item, a text or a key."""

import logging

import orjson
import pytest

from service.logs import JsonLines, KeyValue, _WithoutRequests

SECRET = "小林的密码"


def record(message="refit done", error=None, *args, **extra):
    info = None
    if error is not None:
        try:
            raise error
        except Exception as caught:
            info = (type(caught), caught, caught.__traceback__)
    made = logging.makeLogRecord(
        {"msg": message, "args": args, "levelname": "ERROR", "name": "x", "exc_info": info}
    )
    vars(made).update(extra)
    made.request_id = "r1"
    return made


@pytest.mark.parametrize("formatter", [KeyValue("%(message)s"), JsonLines()])
@pytest.mark.parametrize(
    "error", [KeyError(SECRET), ValueError(f"found {SECRET}"), OSError(2, "no", SECRET)]
)
def test_an_exception_is_its_type_and_its_stack(formatter, error):
    line = formatter.format(record("request failed", error))
    assert SECRET not in line
    assert type(error).__name__ in line
    assert "test_logs.py" in line


def test_the_cause_is_there_too():
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise ValueError(SECRET) from cause
    except ValueError as error:
        line = KeyValue("%(message)s").format(record("failed", error))
    assert "ValueError" in line
    assert "KeyError" in line
    assert SECRET not in line


def test_a_json_line_is_one_object_with_the_extras():
    line = JsonLines().format(record("refit done", None, n_users=3))
    row = orjson.loads(line)
    assert (row["message"], row["n_users"], row["request_id"], row["level"]) == (
        *("refit done", 3, "r1"),
        "ERROR",
    )
    assert "\n" not in line


@pytest.mark.parametrize(
    ("message", "args"),
    [
        (f"Invalid request from ip=127.0.0.1: Invalid HTTP request line: '{SECRET}'", ()),
        ("Error handling request %s %s", ("GET", f"/v1/users/{SECRET}")),
        ("Ignored premature client disconnection. %s", (SECRET,)),
    ],
)
def test_what_the_web_server_quotes_is_cut(message, args):
    made = record(message, None, *args)
    assert _WithoutRequests().filter(made)
    assert SECRET not in KeyValue("%(message)s").format(made)
