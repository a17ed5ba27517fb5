"""Who may ask what: API keys once there are any, this machine alone until then.

One hook before each request. With keys, the key's scopes must hold the route's. Without any, the
peer must be this machine, and the request must not be a stranger's page acting through this
machine's browser (DNS rebinding, cross-site requests) nor come through a proxy.
"""

import ipaddress
from functools import lru_cache

from flask import Flask, g, request
from werkzeug.datastructures import Authorization, Headers

from service import messages
from service.errors import ForbiddenError, UnauthenticatedError
from service.keys import Keyring, allows
from service.openapi import Api
from service.ratelimit import Limiter
from service.store import StoredKey

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_PROXIED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="zhiying"'}


def install(app: Flask, api: Api, ring: Keyring, limiter: Limiter) -> None:
    """Guard every request to `app`."""

    @app.before_request
    def guard() -> None:
        scope = _scope(api)
        if scope == "public" or request.method == "OPTIONS":  # a preflight carries no key
            return
        if ring.is_open():
            _refuse_strangers(request.remote_addr, request.host, request.headers)
            return
        g.key = _key_of(request.headers, ring, limiter)
        if not allows(g.key, scope):
            raise ForbiddenError(messages.SCOPE, found=g.key.scopes, needed=scope)
        limiter.spend(g.key)


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own.

    Examples
    --------
    >>> [is_loopback(a) for a in ("127.8.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "")]
    [True, True, True, False, False]
    """
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _scope(api: Api) -> str:
    """What the request needs: a route that says nothing is for administrators."""
    name = request.endpoint
    if name in api.by_name:
        return api.by_name[name].scope
    if name is None or name.startswith("swagger_ui."):  # answered 404, and the documentation
        return "public"
    return "admin"


def _key_of(headers: Headers, ring: Keyring, limiter: Limiter) -> StoredKey:
    text = _text_of(headers)
    if not text:
        limiter.fail(request.remote_addr or "")
        raise UnauthenticatedError(messages.NO_KEY, headers=_CHALLENGE)
    key = ring.find(text)
    if key is None:
        limiter.fail(request.remote_addr or "")
        challenge = {"WWW-Authenticate": 'Bearer realm="zhiying", error="invalid_token"'}
        raise UnauthenticatedError(messages.BAD_KEY, headers=challenge)
    return key


def _text_of(headers: Headers) -> str:
    """The key as a bearer token, as the password of Basic (which xAPI clients send), or alone."""
    written = headers.get("Authorization", "")
    scheme, _, given = written.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() == "basic":
        # werkzeug passes over what is no base64, but not over what is no ASCII
        read = Authorization.from_header(written) if written.isascii() else None
        return "" if read is None else read.password or ""
    return headers.get("X-API-Key", "")


def _refuse_strangers(peer: str | None, host: str, headers: Headers) -> None:
    if not is_loopback(peer or ""):
        raise ForbiddenError(messages.NOT_LOOPBACK)
    if any(name in headers for name in _PROXIED):
        raise ForbiddenError(messages.THROUGH_PROXY)
    if _name(host) not in _LOCAL_NAMES:
        raise ForbiddenError(messages.FOREIGN_HOST, found=host[:80])
    origin = headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != host:
        raise ForbiddenError(messages.FOREIGN_ORIGIN, found=origin[:80])


def _name(host: str) -> str:
    """A host without its port, in lower case."""
    name = host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return name.lower()
