"""``zhiying keys``: made once, listed without secrets, rotated with an overlap, revoked."""

import json
import time

import pytest
from click.testing import CliRunner

from service.app import create_app
from service.cli import main
from service.config import Settings
from service.services import Services


@pytest.fixture
def keys(tmp_path):
    def run(*arguments: str, status: int = 0):
        result = CliRunner().invoke(main, ["--home", str(tmp_path), "keys", *arguments])
        assert result.exit_code == status, result.output
        return result

    return run


def test_a_key_is_made_listed_rotated_and_revoked(keys, tmp_path):
    made = keys("create", "gateway", "--scope", "read", "--scope", "write", "--expires", "90d")
    text = made.stdout.strip()
    assert text.startswith("zhiying_")
    key_id = text.split("_")[1]
    listed = json.loads(keys("list", "--json").stdout)
    assert [(k["id"], k["scopes"], k["state"]) for k in listed] == [
        (key_id, ["read", "write"], "valid")
    ]
    assert text not in keys("list").stdout
    assert text.split("_", 2)[2] not in keys("list", "--json").stdout

    services = Services.build(Settings(home=tmp_path))
    now = [time.time()]
    services.keyring.clock = lambda: now[0]
    client = create_app(services.settings, services).test_client()

    def status(key: str) -> int:
        return client.get("/v1/items", headers={"X-API-Key": key}).status_code

    assert status(text) == 200
    new = json.loads(keys("rotate", key_id, "--overlap", "2h", "--json").stdout)
    services.keyring._known = None  # as after two seconds
    assert new["scopes"] == ["read", "write"]
    assert (status(text), status(new["key"])) == (200, 200)
    now[0] += 2 * 3600 + 1
    assert (status(text), status(new["key"])) == (401, 200)
    keys("revoke", new["id"])
    services.keyring._known = None
    assert status(new["key"]) == 401
    assert {k["state"] for k in json.loads(keys("list", "--json").stdout)} == {"valid", "revoked"}
    services.store.close()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("create", "k"), 2, "--scope"),
        (("create", "k", "--scope", "root"), 2, "root"),
        (("create", "k", "--scope", "read", "--expires", "soon"), 2, "90d"),
        (("create", "k", "--scope", "read", "--rate", "much"), 2, "much"),
        (("create", "", "--scope", "read"), 2, "printable"),
        (("revoke", "none"), 1, "keys list"),
        (("rotate", "none"), 1, "keys list"),
    ],
)
def test_what_a_key_cannot_be_is_said(keys, arguments, status, words):
    assert words in keys(*arguments, status=status).output
