"""Lists that were made at the fit, for learners who have done nothing since.

They are no truth, only a saving: each says of how many events it was made, and one that is
missing or outdated is made again from the events.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BindParameter, and_, bindparam, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from service.store.look import Look
from service.store.tables import events, lists, state
from service.store.users import lock_users

if TYPE_CHECKING:
    from service.store import Store

_ERASED_TOGETHER = 2000


@dataclass(frozen=True, slots=True)
class StoredList:
    """The best of one user in a model: `n_events` events as they counted at that moment."""

    user: str
    model: str
    n_events: int
    at: float
    picks: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """What one look at the database says before a list is made.

    Attributes
    ----------
    change, model : int, str or None
        Number of the last catalogue change, and the model in service.
    n_events : int
        Events of this user.
    made : StoredList or None
        Her list in this model, if it is of just these events.
    """

    change: int
    model: str | None
    n_events: int
    made: StoredList | None


class Lists:
    """Reads and writes of these lists."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def put(self, made: Sequence[StoredList]) -> None:
        """Keep lists of users who still have events: one may have been erased meanwhile."""
        with self._store.write() as connection:
            lock_users(connection)
            asked = [m.user for m in made]
            alive = set(
                connection.scalars(select(events.c.user).where(events.c.user.in_(asked)).distinct())
            )
            if rows := [asdict(m) for m in made if m.user in alive]:
                dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
                connection.execute(dialect.insert(lists).on_conflict_do_nothing(), rows)

    def keep_only(self, model: str | None) -> None:
        """Remove the lists of other models, some at a time: nobody is to wait long."""
        key = tuple_(lists.c.user, lists.c.model)
        others = select(lists.c.user, lists.c.model).where(lists.c.model != (model or ""))
        n_removed = 1
        while n_removed:
            with self._store.write() as connection:
                n_removed = connection.execute(
                    delete(lists).where(key.in_(others.limit(_ERASED_TOGETHER)))
                ).rowcount

    def known(self, user: str) -> Known:
        """The newest catalogue and model, and whether this user's list is made already."""
        (found,) = self._store.look(_KNOWN, asked=user)
        change, model, n_events, of_events, at, picks = found
        if picks is None or of_events != n_events:
            return Known(change, model, n_events, None)
        return Known(change, model, n_events, StoredList(user, model, n_events, at, picks))


def _known() -> Look:
    catalogue, model = state.alias("c"), state.alias("m")
    user: BindParameter[str] = bindparam("asked")
    count = select(func.count()).where(events.c.user == user).scalar_subquery()
    columns = (catalogue.c.number, model.c.text, count)
    return Look(
        select(*columns, lists.c.n_events, lists.c.at, lists.c.picks)
        .select_from(catalogue)
        .join(model, model.c.name == "model")
        .join(lists, and_(lists.c.user == user, lists.c.model == model.c.text), isouter=True)
        .where(catalogue.c.name == "catalogue")
    )


_KNOWN = _known()
