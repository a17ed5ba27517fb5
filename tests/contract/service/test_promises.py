"""What `docs/promises.md` names is there."""

import re
from pathlib import Path

import pytest

from service.cli import main
from service.routes import build

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/promises.md").read_text("utf-8")
ROWS = [line.split(" | ") for line in re.findall(r"^\| (\d.*) \|$", PAGE, re.M)]
PROMISES = [row for row in ROWS if len(row) == 4]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("row", PROMISES, ids=lambda row: row[0])
def test_a_promise_has_a_door_tests_and_a_measure(row):
    doors, tests, measures = (quoted(cell) for cell in row[1:])
    assert tests
    assert measures or "](" in row[3]
    assert doors or "](" in row[1]
    for place in [place for place in tests + measures if place.startswith("tests/")]:
        path, _, name = place.partition("::")
        assert (
            f"def {name}(" in (ROOT / path).read_text("utf-8") if name else (ROOT / path).exists()
        )
    for command in [c for c in measures if c.startswith("python -m ")]:
        module = ROOT / command.split()[2].replace(".", "/")
        assert module.with_suffix(".py").exists() or (module / "__main__.py").exists(), command
    routes = {f"{e.method} {e.path}" for e in build("0").endpoints}
    for door in doors + measures:
        if re.match("[A-Z]+ /", door):
            assert door in routes
        elif door.startswith("zhiying "):
            place = main
            for word in [w for w in door.split()[1:] if not w.startswith("-")]:
                place = place.get_command(None, word)
                assert place is not None, door


def test_every_section_that_promises_is_kept():
    kept = {section for row in PROMISES for section in re.findall(r"\d\.\d|^\d(?= )", row[0])}
    assert kept >= {"3.1", "3.2", "3.4", "4", "4.3", "6.1", "8.2", "8.4"}
