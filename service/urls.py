"""Ids in paths: any text, slashes included, beside the names of what an item or a user has."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug.routing import PathConverter

#: an encoded slash inside a path segment, until `IdConverter` gives it back
_SLASH = "\x1f"

#: what stands after an id in some path
_PARTS = (
    *("activate", "audience", "brief", "events", "path", "profile", "promotion"),
    *("recommendations", "report", "similar", "vector"),
)


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


class EncodedSlashes:
    """Keeps ``%2F`` inside its path segment, where the server tells the path as it came.

    WSGI hands over a decoded path, in which the item ``a/similar`` cannot be told from the
    neighbours of ``a``.
    """

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer, with the path marked if it holds such a slash."""
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
        path = raw.partition("?")[0]
        if path.startswith("/") and "%2f" in path.lower():
            marked = re.sub("%1f", "%00", path, flags=re.IGNORECASE)
            marked = re.sub("%2f", "%1f", marked, flags=re.IGNORECASE)
            environ["PATH_INFO"] = unquote_to_bytes(marked).decode("latin-1")
        return self.app(environ, start_response)
