"""Answers that were given under an idempotency key, kept for a day to be given again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.store.tables import answers

if TYPE_CHECKING:
    from service.store import Store

#: how long an answer can be had again, in seconds
KEPT_S = 86400.0
#: a request that has no answer after this died with its process, in seconds
SILENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered; `status` is ``None`` while it is not known. `digest` is the request's."""

    id: str
    digest: str
    status: int | None
    body: str | None
    location: str | None


class Answers:
    """Reads and writes of the answers."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def begin(self, answer_id: str, digest: str, user: str | None, now: float) -> bool:
        """Whether the request is the caller's to answer; old answers are forgotten by the way."""
        with self._store.write() as connection:
            connection.execute(delete(answers).where(_is_far(now, KEPT_S)))
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            row = {"id": answer_id, "digest": digest, "user": user, "at": now}
            new = connection.execute(
                dialect.insert(answers)
                .values(row)
                .on_conflict_do_nothing(index_elements=[answers.c.id])
                .returning(answers.c.id)
            )
            if new.first() is not None:
                return True
            taken_over = connection.execute(
                update(answers)
                .where(
                    answers.c.id == answer_id,
                    answers.c.digest == digest,
                    answers.c.status.is_(None),
                    _is_far(now, SILENCE_S),
                )
                .values(at=now)
            )
            return taken_over.rowcount > 0

    def get(self, answer_id: str) -> StoredAnswer | None:
        """The answer as far as it is known, or ``None``."""
        with self._store.read() as connection:
            row = connection.execute(select(answers).where(answers.c.id == answer_id)).first()
        if row is None:
            return None
        return StoredAnswer(row.id, row.digest, row.status, row.body, row.location)

    def finish(self, answer: StoredAnswer) -> None:
        """Keep the answer."""
        with self._store.write() as connection:
            connection.execute(
                update(answers)
                .where(answers.c.id == answer.id)
                .values(status=answer.status, body=answer.body, location=answer.location)
            )

    def drop(self, answer_id: str) -> None:
        """Forget a request that was refused, so that it may be sent again."""
        with self._store.write() as connection:
            connection.execute(delete(answers).where(answers.c.id == answer_id))


def _is_far(now: float, seconds: float) -> ColumnElement[bool]:
    """Whether an answer is older than that, or as far ahead: the clock was set back since."""
    return (answers.c.at < now - seconds) | (answers.c.at > now + seconds)
