"""The model in service and the newest catalogue under it: loaded, swapped and refreshed."""

import logging
import threading
import time
from dataclasses import dataclass, field

from scipy.sparse import csr_array

from service import catalogue as catalogues
from service import memory
from service.catalogue import Catalogue
from service.errors import ModelFileError
from service.models import ModelDirectory
from service.store import Store

logger = logging.getLogger(__name__)

#: how long the request that finds another model active waits for it
SWAP_WAIT_S = 1.0

#: a damaged model is looked at again after this time
RETRY_S = 5.0


@dataclass
class Live:
    """The newest catalogue under the model in service; one object a worker, safe under threads.

    Each look starts by asking the store which change and which model are the newest: that is how
    a worker learns of items posted and models fitted elsewhere.
    """

    store: Store
    models: ModelDirectory
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _catalogue: Catalogue | None = None
    _refused: tuple[str | None, float] = (None, 0.0)
    _loading: threading.Thread | None = None

    @property
    def version(self) -> str | None:
        """Version of the model that this worker serves."""
        return None if self._catalogue is None else self._catalogue.version

    def catalogue(self) -> Catalogue:
        """The newest catalogue.

        Another model is loaded beside the one in service, which answers until the other is
        ready; the request that finds it waits `SWAP_WAIT_S` for it, and nobody else. A model
        whose files are damaged is refused: the one in service stays, or at the start the
        newest that can be read serves instead. It is looked at again now and then, as
        somebody may repair it.
        """
        return self.catalogue_at(*self.store.now())

    def catalogue_at(self, change: int, version: str | None) -> Catalogue:
        """The newest catalogue, to somebody who has just asked the store what is newest."""
        known = self._catalogue
        if known is not None and self._is_wanted(version, known):
            if (loading := self._swap(version)) is not None:
                loading.join(SWAP_WAIT_S)
            known = self._catalogue
        if known is None:
            with self._lock:
                if self._catalogue is None:  # another thread may have been faster
                    self._catalogue = self._loaded(version, None)
                known = self._catalogue
        if known.change < change:
            with self._lock:
                known = self._catalogue or known
                if known.change < change:
                    known = catalogues.refreshed(known, self.store)
                    self._catalogue = known
        return known

    def _is_wanted(self, version: str | None, known: Catalogue) -> bool:
        """Whether the active model is not the one in service, and no damaged one."""
        if version == known.version:
            return False
        refused, again_at = self._refused
        return version != refused or time.monotonic() >= again_at

    def _swap(self, version: str | None) -> threading.Thread | None:
        """Begin to load a model, unless some thread does already."""
        with self._lock:
            if self._loading is not None and self._loading.is_alive():
                return None
            self._loading = threading.Thread(target=self._prepare, args=(version,), daemon=True)
            self._loading.start()
            return self._loading

    def _prepare(self, version: str | None) -> None:
        before = self._catalogue
        loaded = self._loaded(version, before)
        if loaded is before:
            return
        if before is not None and loaded.fitted is not None:
            loaded = catalogues.moved(before, loaded.fitted, self.store)
        loaded = catalogues.refreshed(loaded, self.store)
        _warm(loaded)
        with self._lock:
            self._catalogue = loaded
        del before
        memory.give_back()

    def _loaded(self, version: str | None, known: Catalogue | None) -> Catalogue:
        if version is None:
            return catalogues.empty(None)
        try:
            return catalogues.empty(catalogues.load(self.models, version))
        except ModelFileError:
            logger.exception("model refused", extra={"model": version})
            self._refused = version, time.monotonic() + RETRY_S
        if known is not None:
            return known
        for other in self.models.versions():
            try:
                return catalogues.empty(catalogues.load(self.models, other))
            except ModelFileError:
                logger.exception("model refused", extra={"model": other})
        return catalogues.empty(None)


def _warm(catalogue: Catalogue) -> None:
    """Compute what the first request would else wait for."""
    catalogue.hidden(now=0.0, kinds=(), attributes=())
    if catalogue.model is not None and len(catalogue.ids):
        catalogue.model.score(csr_array((1, len(catalogue.ids))))
