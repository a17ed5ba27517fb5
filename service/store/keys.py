"""API keys: hashes, never secrets."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from service.store.tables import keys

if TYPE_CHECKING:
    from service.store import Store


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of the keys. `scopes` are comma-separated; revoked keys keep their row."""

    id: str
    digest: str
    name: str
    scopes: str
    rate: str | None
    created_at: float
    expires_at: float | None
    revoked_at: float | None


class Keys:
    """Reads and writes of the keys."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def add(self, key: StoredKey) -> None:
        """Store a new key."""
        with self._store.write() as connection:
            values: dict[str, Any] = {n: getattr(key, n) for n in StoredKey.__slots__}
            connection.execute(keys.insert().values(values))

    def all(self) -> list[StoredKey]:
        """Every key there ever was, oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(select(keys).order_by(keys.c.created_at, keys.c.id))
            return [StoredKey(**row._mapping) for row in rows]

    def get(self, key_id: str) -> StoredKey | None:
        """One key, or ``None``."""
        with self._store.read() as connection:
            row = connection.execute(select(keys).where(keys.c.id == key_id)).first()
        return None if row is None else StoredKey(**row._mapping)

    def revoke(self, key_id: str, at: float) -> bool:
        """End a key at this moment; whether there is one. One that ended earlier stays ended."""
        earliest = func.coalesce(keys.c.revoked_at, at)
        with self._store.write() as connection:
            done = connection.execute(
                update(keys).where(keys.c.id == key_id).values(revoked_at=earliest)
            )
        return done.rowcount > 0

    def expire(self, key_id: str, at: float) -> None:
        """Let a key expire at this moment, unless it does so earlier."""
        with self._store.write() as connection:
            connection.execute(
                update(keys)
                .where(
                    keys.c.id == key_id, (keys.c.expires_at.is_(None)) | (keys.c.expires_at > at)
                )
                .values(expires_at=at)
            )
