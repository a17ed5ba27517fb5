"""API keys: made here, shown once, kept as a hash.

A key is ``zhiying_<id>_<secret>``: the id finds its row, the secret is 256 random bits. Such a
secret cannot be guessed, so SHA-256 is the right hash: argon2 and its like make guessing slow,
which matters for passwords that people choose and would cost every request here.
"""

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from service.store import Store, StoredKey

KeyScope = Literal["read", "write", "admin"]
SCOPES: tuple[KeyScope, ...] = ("read", "write", "admin")

#: a revoked key is served no longer than this, on any worker, in seconds
MAX_AGE_S = 2.0
#: an unknown key makes a worker look again at most so often: a new key works at once, and a
#: storm of wrong ones costs ten small queries a second
MIN_AGE_S = 0.1

_FORM = re.compile(r"zhiying_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment its text is known."""

    text: str
    stored: StoredKey


def new_key(
    name: str,
    scopes: Sequence[KeyScope],
    *,
    now: float,
    expires_at: float | None = None,
    rate: str | None = None,
) -> NewKey:
    """Make a key; its text is in no other place than the answer.

    Examples
    --------
    >>> key = new_key("gateway", ["read"], now=0.0)
    >>> parse(key.text) == (key.stored.id, key.stored.digest)
    True
    """
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    stored = StoredKey(
        id=key_id,
        digest=_digest(secret),
        name=name,
        scopes=",".join(s for s in SCOPES if s in scopes),
        rate=rate,
        created_at=now,
        expires_at=expires_at,
        revoked_at=None,
    )
    return NewKey(f"zhiying_{key_id}_{secret}", stored)


def parse(text: str) -> tuple[str, str] | None:
    """Id and digest of a key's text; ``None`` if it has not the form of a key."""
    found = _FORM.fullmatch(text)
    return None if found is None else (found[1], _digest(found[2]))


def allows(key: StoredKey, scope: str) -> bool:
    """Whether the key is for this: an admin key for everything.

    Examples
    --------
    >>> allows(new_key("k", ["write"], now=0.0).stored, "read")
    False
    """
    scopes = key.scopes.split(",")
    return scope in scopes or "admin" in scopes


def is_valid(key: StoredKey, now: float) -> bool:
    """Whether the key is neither expired nor revoked.

    What was revoked stays so, also where the clock is set back to before that moment.
    """
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


@dataclass
class Keyring:
    """The keys as a worker knows them: all of them, never older than `MAX_AGE_S`.

    There are few keys and many requests, so the whole table is read now and then instead of a
    row at each request. While the database does not answer, nobody can revoke a key there, and
    those known before stay good: for figures and analysis, which need no database.
    """

    store: Store
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _known: Mapping[str, StoredKey] | None = None
    _read_at: float = 0.0

    def is_open(self) -> bool:
        """Whether no key was ever made. Expired and revoked ones lock the door as well."""
        return not self._all(MAX_AGE_S) and not self._all(MIN_AGE_S)

    def find(self, text: str) -> StoredKey | None:
        """The valid key of this text, or ``None``; takes as long for either."""
        parsed = parse(text)
        if parsed is None:
            return None
        key_id, digest = parsed
        key = self._all(MAX_AGE_S).get(key_id) or self._all(MIN_AGE_S).get(key_id)
        same = hmac.compare_digest(digest, key.digest if key is not None else _NOBODY)
        return key if key is not None and same and is_valid(key, self.clock()) else None

    def _all(self, max_age_s: float) -> Mapping[str, StoredKey]:
        with self._lock:
            now = self.monotonic()
            if self._known is None or now - self._read_at > max_age_s:
                try:
                    self._known = {key.id: key for key in self.store.keys.all()}
                except SQLAlchemyError:
                    if self._known is None:
                        raise
                    now = self.monotonic()  # who waited meanwhile need not wait for the same
                self._read_at = now
            return self._known


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


_NOBODY = _digest("")
