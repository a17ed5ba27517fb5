"""In which language a request is answered."""

from functools import lru_cache
from typing import cast

from flask import current_app, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from service import messages
from service.messages import Language


def asked_language() -> Language:
    """The language that the request prefers: ``Accept-Language``, else that of the settings.

    The answer is marked with it: see :func:`service.headers.install`.
    """
    found = _preferred(request.headers.get("Accept-Language"), current_app.config["LANGUAGE"])
    g.language = found
    return found


@lru_cache(maxsize=256)
def _preferred(wanted: str | None, usual: Language) -> Language:
    """What a header says, read once: clients of a kind send the same one each time."""
    first = [usual, *(known for known in messages.LANGUAGES if known != usual)]
    accepted = parse_accept_header(wanted, LanguageAccept)
    return cast(Language, accepted.best_match(first, default=usual))
