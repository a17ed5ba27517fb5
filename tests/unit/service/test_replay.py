import json

import pytest

from service.cli import main
from service.evaluation.replay import as_text, evaluate_replay
from service.files import FileFormatError


@pytest.fixture
def shown(tmp_path):
    """Twenty lists of one place: a is shown four times of five and liked by half, b by all."""
    events = []
    for i in range(20):
        item, chance = ("b", 0.2) if i % 5 == 0 else ("a", 0.8)
        who, at = f"u{i}", f"2026-01-01T00:00:{i:02d}Z"
        context = {"recommendation_id": f"r{i}", "propensity": chance}
        line = {"user": who, "item": item, "type": "impression", "time": at, "context": context}
        events.append(line)
        if item == "b" or i % 2 == 0:
            events.append(
                {"user": who, "item": item, "type": "enrol", "time": "2026-01-02T00:00:00Z"}
            )
    return _lines(tmp_path / "events.jsonl", events)


def _lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_lists_are_judged_by_what_was_shown_and_answered(shown, tmp_path):
    only_b = _lines(tmp_path / "b.jsonl", [{"user": f"u{i}", "items": ["b"]} for i in range(20)])
    found = evaluate_replay(shown, only_b)
    assert found["value"] == 1.0
    assert found["ips"] == pytest.approx(4 / 0.2 / 20)
    assert found["effective_size"] == pytest.approx(4)
    assert (found["n_places"], found["n_lists"]) == (20, 20)
    assert "too few" in as_text(found)
    either = [{"user": f"u{i}", "items": ["a", "b"]} for i in range(19)]
    found = evaluate_replay(shown, _lines(tmp_path / "ab.jsonl", either))
    assert found["n_places_without_list"] == 1
    assert 0.5 < found["value"] < 1.0


def test_an_answer_long_after_is_none(shown, tmp_path):
    lists = _lines(tmp_path / "b.jsonl", [{"user": f"u{i}", "items": ["b"]} for i in range(20)])
    assert evaluate_replay(shown, lists, days=0.5)["value"] == 0.0


def test_lists_that_were_never_shown_have_no_value(shown, tmp_path):
    lists = _lines(tmp_path / "c.jsonl", [{"user": "u0", "items": ["c"]}])
    found = evaluate_replay(shown, lists)
    assert found["value"] is None
    assert "nothing" in as_text(found)


def test_what_cannot_be_read_is_named(shown, tmp_path):
    lists = _lines(tmp_path / "l.jsonl", [{"user": "u0", "items": "b"}])
    with pytest.raises(FileFormatError, match=r"line 1: items: found 'b', needs a list"):
        evaluate_replay(shown, lists)
    lists = _lines(tmp_path / "l.jsonl", [{"user": "u0", "items": ["b"]}])
    plain = [{"user": "u0", "item": "b", "type": "view"}]
    with pytest.raises(FileFormatError, match="no impression"):
        evaluate_replay(_lines(tmp_path / "e.jsonl", plain), lists)
    context = {"recommendation_id": "r", "propensity": 0}
    bad = [{"user": "u0", "item": "b", "type": "impression", "context": context}]
    with pytest.raises(FileFormatError, match=r"found 0, needs a chance"):
        evaluate_replay(_lines(tmp_path / "e.jsonl", bad), lists)


def test_the_command_prints_it(shown, tmp_path, capsys):
    lists = _lines(tmp_path / "b.jsonl", [{"user": f"u{i}", "items": ["b"]} for i in range(20)])
    main(["evaluate", "replay", str(shown), str(lists), "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["value"] == 1.0
