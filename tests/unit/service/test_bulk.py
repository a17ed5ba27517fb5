"""Lines in, one answer a line out."""

import io

import orjson
from pydantic import TypeAdapter

from service.bulk import BadLine, Line, answer_lines, read_lines
from service.pipeline import Fate

INTS = TypeAdapter(int)


def lines(raw: bytes, max_bytes: int = 10):
    return list(read_lines(io.BytesIO(raw), INTS, max_bytes=max_bytes))


def test_numbers_count_all_lines_and_blank_ones_get_no_answer():
    assert [(x.number, x.value) for x in lines(b"1\n\n  \n2\r\n3")] == [(1, 1), (4, 2), (5, 3)]


def test_a_line_that_is_too_long_is_refused_and_the_next_one_read():
    found = lines(b"1\n" + b"9" * 11 + b"\n" + b"8" * 200_000 + b"\n" + b"5" * 10 + b"\n2")
    assert [type(x) for x in found] == [Line, BadLine, BadLine, Line, Line]
    assert found[1].error.detail == "the line is longer than 10 bytes"
    assert [found[3].value, found[4].value] == [5555555555, 2]


def test_what_is_not_json_or_not_valid_says_why():
    not_json, wrong = lines(b'{\n"x"\n')
    assert "not JSON" in not_json.error.detail
    assert wrong.error.errors[0].detail.startswith("needs a whole number")


def test_answers_are_in_order_and_batches_are_of_the_size_asked_for():
    sizes = []

    def handle(values):
        sizes.append(len(values))
        return [Fate(str(v), 201) for v in values]

    raw = b"1\nx\n2\n3\n4\n"
    with answer_lines(iter(lines(raw)), handle, batch=2, language="en") as answers:
        found = [orjson.loads(line) for line in answers]
    assert [(a["line"], a["status"]) for a in found] == [
        (1, 201),
        (2, 422),
        (3, 201),
        (4, 201),
        (5, 201),
    ]
    assert sizes == [1, 2, 1]


def test_a_batch_of_long_lines_is_durable_before_hundreds_of_them_have_come():
    texts = TypeAdapter(str)
    raw = (b'"' + b"x" * 400_000 + b'"\n') * 4 + b"broken\n" + b'"y"\n' * 3
    sizes = []

    def handle(values):
        sizes.append(len(values))
        return [Fate("i", 201) for _ in values]

    found = read_lines(io.BytesIO(raw), texts, max_bytes=1_000_000)
    with answer_lines(found, handle, batch=500, language="en") as answers:
        assert [orjson.loads(a)["status"] for a in answers] == [201] * 4 + [422] + [201] * 3
    assert sizes == [3, 4]


def test_no_lines_no_answers():
    with answer_lines(iter(()), lambda values: [], batch=2, language="en") as answers:
        assert answers.read() == b""
