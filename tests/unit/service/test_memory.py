"""What a worker holds is not looked at again and again, and a model that goes out goes at once."""

import gc
import weakref
from contextlib import closing

from service import live, memory, sample
from service.config import Settings
from service.fitting import refit
from service.services import Services


def test_collections_do_not_look_at_what_was_there_before_the_fork():
    try:
        memory.settle()
        assert len(gc.get_objects()) < 1000
    finally:
        gc.unfreeze()


def test_a_catalogue_that_was_swapped_out_is_let_go_without_a_collection(tmp_path, monkeypatch):
    monkeypatch.setattr(live, "SWAP_WAIT_S", 60.0)
    rooms = Services.build(Settings(home=tmp_path))
    with closing(rooms.store):
        items = sample.catalogue()[:12]
        rooms.pipeline.put_items(items)
        rooms.pipeline.add_events(list(sample.learners(items, n=8)), repeatable=True)
        first = refit(rooms.store, rooms.models, n_factors=4).version
        gc.collect()
        gc.disable()  # what settled before the fork is never collected
        try:
            before = weakref.ref(rooms.serving.catalogue())
            assert before().version == first
            second = refit(rooms.store, rooms.models, n_factors=4).version
            assert rooms.serving.catalogue().version == second
            assert before() is None
        finally:
            gc.enable()
