"""Before the first fit, popularity is counted: at once if that is quick, else now and then."""

import time
from contextlib import closing

import pytest

from service import serving
from service.config import Settings
from service.services import Services
from service.wishes import Wish


@pytest.mark.parametrize(("at_once_s", "n_counts"), [(60.0, 5), (-1.0, 1)])
def test_a_long_log_is_not_counted_for_each_list(tmp_path, monkeypatch, at_once_s, n_counts):
    monkeypatch.setattr(serving, "COUNTED_AT_ONCE_S", at_once_s)
    rooms = Services.build(Settings(home=tmp_path))
    with closing(rooms.store):
        counted = []

        def popular(n: int) -> list[tuple[str, int]]:
            counted.append(n)
            time.sleep(0.02)  # so that a twentieth of the time is a while
            return []

        monkeypatch.setattr(rooms.store.events, "popular", popular)
        for _ in range(5):
            rooms.serving.for_user("u", Wish())
        assert len(counted) == n_counts
