"""Whether this worker can answer: its database, its schema, its model."""

from typing import Any

from service import messages
from service.errors import ServiceError
from service.services import Services


class NotReadyError(ServiceError):
    """Something that every answer needs is missing."""

    status = 503
    code = "not-ready"


def readiness(services: Services) -> dict[str, Any]:
    """What this worker serves.

    Raises
    ------
    NotReadyError
        If the schema is not this program's, or a model is active and none could be loaded.
    sqlalchemy.exc.OperationalError
        If the database does not answer; that is a 503 as well.
    """
    found, needed = services.store.revision(), services.store.head()
    if found != needed:
        raise NotReadyError(messages.OTHER_SCHEMA, found=found or "-", needed=needed)
    catalogue = services.serving.catalogue()
    _, active = services.store.now()
    if active is not None and catalogue.version is None:
        raise NotReadyError(messages.NO_MODEL_READ, needed=active)
    return {
        "model": catalogue.version,
        "active": active,
        "items": len(catalogue.entries),
        "schema": found,
    }
