"""The page for editors: whole, alone, and in step with its script and the routes it asks."""

import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256

import pytest

from service.keys import new_key
from service.routes import build

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def page(client):
    answer = client.get("/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return answer


def script_of(page):
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    return script


def test_the_script_of_the_page_is_the_one_its_policy_allows(page):
    digest = b64encode(sha256(script_of(page).encode()).digest()).decode()
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert not re.search(r"<[^>]+ (on\w+|style)=", page.text)


def test_the_page_loads_nothing_from_elsewhere(page):
    assert set(re.findall(r"https?://[^\"'\s]+", page.text)) == {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r'(?:src|href)="([^"]+)"', page.text)) == {"/docs/", "data:,"}


def test_the_script_writes_no_markup_and_finds_every_place(page):
    script = script_of(page)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
    ids = set(re.findall(r' id="([\w-]+)"', page.text))
    assert set(re.findall(r'\$\("([\w-]+)"\)', script)) <= ids
    assert set(re.findall(r'for="([\w-]+)"', page.text)) <= ids


def test_the_script_asks_routes_that_there_are(page):
    paths = {endpoint.path for endpoint in build("0").endpoints}
    asked = re.findall(r'ask\([`"](/v1/[\w/]+)', script_of(page))
    assert set(asked) == {"/v1/analyze", "/v1/brief", "/v1/items/"}
    assert all(any(path.startswith(a) for path in paths) for a in asked)


@pytest.mark.skipif(shutil.which("node") is None, reason="node checks the script")
def test_the_script_is_javascript(page, tmp_path):
    file = tmp_path / "console.js"
    file.write_text(script_of(page), "utf-8")
    assert subprocess.run(["node", "--check", file], check=False).returncode == 0


def test_the_page_itself_needs_no_key(client, services):
    services.store.keys.add(new_key("somebody", ["read"], now=0.0).stored)
    assert client.get("/").status_code == 200
