"""Refits that nobody asks for: by the clock, and by the number of new events."""

import logging
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from service.config import Settings
from service.errors import ModelFileError
from service.jobs import JobRunner
from service.kept import Kept
from service.models import ModelDirectory
from service.schemas.jobs import RefitParams
from service.store import Store

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
#: new events do not start a refit sooner than this after the one before
REST_S = 60.0
#: those of a refit that is asked for without parameters: the queue knows them as the same
PARAMS = RefitParams().model_dump()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a refit is due. Every worker looks; the queue gives the job to one of them."""

    settings: Settings
    store: Store
    models: ModelDirectory
    runner: JobRunner
    _n_events: Kept[int] = field(default_factory=lambda: Kept(0.0), repr=False)

    def start(self) -> None:
        """Look every now and then, for as long as this process lives."""
        if self.settings.refit_every_s is None and self.settings.refit_after_events is None:
            return
        threading.Thread(target=self._go_on, name="schedule", daemon=True).start()

    def look(self) -> bool:
        """Queue a refit if one is due; whether this call did.

        A job whose process died is given to another one first: while it seems to be at work, no
        other is due.
        """
        if self.store.jobs.neglected():
            self.runner.start()
            return False
        now = time.time()
        every, after = self.settings.refit_every_s, self.settings.refit_after_events
        since = None
        if every is not None:
            since = now - every
        if after is not None and self._new_events() >= after:
            since = max(since or 0.0, now - REST_S)
        if since is None:
            return False
        if self.store.jobs.queue_once("refit", PARAMS, since=since) is None:
            return False
        self.runner.start()
        return True

    def _new_events(self) -> int:
        _, version = self.store.now()
        try:
            known = 0 if version is None else self.models.manifest(version).n_events
        except ModelFileError:
            known = 0
        return self._n_events.get(self.store.events.count) - known

    def _go_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_EVERY_S):
            try:
                self.look()
            except (SQLAlchemyError, OSError) as error:  # the next look may succeed
                logger.warning("cannot look whether a refit is due: %s", type(error).__name__)
