"""The store keeps what it was given, once, in an order all workers see."""

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from service.config import Settings
from service.errors import DatabaseUrlError, MissingExtraError
from service.jobs import JobRunner
from service.models import ModelDirectory
from service.scheduling import Schedule
from service.store import Store, StoredEvent, StoredItem, Wrote
from service.store.tables import jobs, state

ITEM = StoredItem(
    id="微积分/1",
    title="微积分",
    text="极限与导数",
    kind="course",
    attributes={"level": 1, "tags": ["a", "b"]},
    published_at=None,
    updated_at=1.0,
    digest="d",
    features="{}",
    summary={"version": "1"},
)
EVENT = StoredEvent("e1", "u", "微积分/1", "view", None, 1.5, None, None, "d1")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.url)
    store.upgrade()
    yield store
    store.close()


def test_upgrade_may_be_called_at_every_start(store):
    assert store.upgrade() == store.upgrade()


def test_the_secret_is_drawn_once_for_all_workers(store, settings):
    other = Store(settings.url)
    assert len(store.secret()) == 32
    assert store.secret() == other.secret()
    other.close()


def test_an_item_comes_back_as_it_was_put(store):
    store.items.put([ITEM])
    assert replace(store.items.get(ITEM.id), change=0) == ITEM


def test_summaries_of_what_changed_since_are_read_deleted_items_too(store):
    store.items.put([ITEM, replace(ITEM, id="b", text="一二三")])
    since, _ = store.now()
    assert list(store.items.summaries_since(0)) == [
        ("b", {"version": "1"}, 3),
        (ITEM.id, {"version": "1"}, 5),
    ]
    store.items.delete("b")
    assert list(store.items.summaries_since(since)) == [("b", {}, 0)]


def test_put_says_which_items_are_new(store):
    assert store.items.put([ITEM, replace(ITEM, id="b"), ITEM]) == [True, True, False]
    assert store.items.put([ITEM]) == [False]


def test_every_change_of_an_item_has_a_higher_number(store):
    numbers = []
    for write in (
        lambda: store.items.put([ITEM]),
        lambda: store.items.put([replace(ITEM, title="b")]),
        lambda: store.items.delete(ITEM.id),
    ):
        write()
        numbers.append(store.now()[0])
    assert numbers == [1, 2, 3]
    newest, changed = store.items.changed_since(1)
    assert newest == 3
    assert [(i.id, i.deleted) for i in changed] == [(ITEM.id, True)]


def test_a_deleted_item_is_gone_with_its_words_and_can_come_back(store):
    store.items.put([ITEM])
    assert store.items.delete(ITEM.id)
    assert not store.items.delete(ITEM.id)
    assert store.items.get(ITEM.id) is None
    assert store.items.existing([ITEM.id]) == set()
    assert store.items.put([ITEM]) == [True]
    assert store.items.get(ITEM.id).text == ITEM.text


def test_pages_are_in_the_order_of_code_points_on_every_database(store):
    ids = ["a", "B", "微", "é", "z", "Z", "😀", "_"]
    store.items.put([replace(ITEM, id=i) for i in ids])
    first = [i.id for i in store.items.page(3)[0]]
    rest = [i.id for i in store.items.page(100, after=first[-1])[0]]
    assert first + rest == sorted(ids)


def test_an_event_is_stored_once_and_its_first_content_stays(store):
    other = replace(EVENT, digest="d2", type="share")
    assert store.events.add([EVENT, EVENT, other]) == [
        Wrote.NEW,
        Wrote.REPEATED,
        Wrote.CONFLICT,
    ]
    assert store.events.add([EVENT, other]) == [Wrote.REPEATED, Wrote.CONFLICT]
    assert store.events.of_user("u").type == ["view"]


def test_popular_counts_users_not_events(store):
    store.items.put([ITEM, replace(ITEM, id="b")])
    store.events.add([replace(EVENT, id=f"x{i}") for i in range(5)])
    store.events.add([replace(EVENT, id=f"y{u}", user=u, item="b") for u in ("u", "v")])
    assert store.events.popular(2) == [("b", 2), (ITEM.id, 1)]


def test_a_job_is_queued_once_and_runs_alone(store):
    job = store.jobs.queue("refit", {"auto": False})
    assert store.jobs.queue("refit", {"auto": False}).id == job.id
    other = store.jobs.queue("refit", {"auto": True})
    assert store.jobs.claim().id == job.id
    assert store.jobs.claim() is None
    store.jobs.succeed(job.id, {"model": "m"})
    assert store.jobs.get(job.id).result == {"model": "m"}
    assert store.jobs.claim().id == other.id
    store.jobs.fail(other.id, "why")
    assert (store.jobs.get(other.id).state, store.jobs.get(other.id).error) == ("failed", "why")
    assert store.jobs.get("unheard of") is None


def set_alive_at(store, moment):
    with store.write() as connection:
        connection.execute(jobs.update().values(alive_at=moment))


def test_a_job_whose_process_died_is_closed_and_lets_the_next_one_run(store, monkeypatch):
    monkeypatch.setattr("service.store.jobs.HEARTBEAT_S", 0.05)
    dead = store.jobs.queue("refit", {})
    for moment in (time.time() - 3600, time.time() + 3600):  # the second: a clock set back since
        store.jobs.claim()
        set_alive_at(store, moment)
        assert not store.jobs.running()
        other = store.jobs.queue("refit", {})
        assert store.jobs.claim().id == other.id
        assert store.jobs.get(dead.id).state == "failed"
        store.jobs.succeed(other.id, {})
        dead = store.jobs.queue("refit", {})


def test_a_running_job_survives_a_clock_that_jumps(store, monkeypatch):
    monkeypatch.setattr("service.store.jobs.HEARTBEAT_S", 0.2)
    job = store.jobs.queue("refit", {})
    store.jobs.claim()
    store.jobs.queue("refit", {"auto": True})
    for moment in (time.time() - 3600, time.time() + 3600):
        set_alive_at(store, moment)
        beat = threading.Timer(0.1, store.jobs.report, (job.id, 0.5))
        beat.start()
        assert store.jobs.claim() is None  # it was heard of while the other listened
        beat.join()
        assert store.jobs.get(job.id).state == "running"


def test_of_many_schedulers_one_gets_its_job(store):
    got = []

    def ask() -> None:
        got.append(store.jobs.queue_once("refit", {"auto": False}, since=time.time() - 60))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(job is not None for job in got) == 1
    store.jobs.claim()
    assert store.jobs.queue_once("refit", {}, since=time.time() + 60) is None  # one is running


def test_a_schedule_outlives_the_processes_it_starts_and_clocks_that_ran_ahead(store, tmp_path):
    started = []

    class Counting(JobRunner):
        def start(self) -> None:
            started.append(True)

    settings = Settings(home=tmp_path, refit_every_s=3600)
    models = ModelDirectory(settings.models)
    schedule = Schedule(settings, store, models, Counting(settings))
    assert schedule.look()
    store.jobs.claim()
    assert not schedule.look()
    assert len(started) == 1  # one is at work
    set_alive_at(store, time.time() - 3600)
    assert not schedule.look()
    assert len(started) == 2  # its process is gone: another one finds that out and closes it
    with store.write() as connection:
        ahead = {"state": "failed", "created_at": time.time() + 1e7}
        connection.execute(update(jobs).values(ahead))
    assert schedule.look()


def test_a_model_of_older_data_does_not_replace_a_newer_one(store):
    assert store.activate("2", only_newer=True)
    assert not store.activate("1", only_newer=True)
    assert store.now()[1] == "2"
    assert store.activate("1")  # somebody rolls back
    assert store.activate("3", only_newer=True)
    assert store.now()[1] == "3"


def test_who_reads_before_it_writes_waits_for_the_other_instead_of_failing(store):
    count = select(state.c.number).where(state.c.name == "users")
    add = update(state).where(state.c.name == "users").values(number=state.c.number + 1)
    other_is_done = threading.Event()

    def write() -> None:
        with store.write() as connection:
            connection.execute(add)
        other_is_done.set()

    other = threading.Thread(target=write)
    with store.write() as connection:
        before = connection.scalar(count)
        other.start()
        other_is_done.wait(0.3)  # SQLite lets it in later, PostgreSQL at once
        connection.execute(add)
    other.join()
    with store.read() as connection:
        assert connection.scalar(count) == before + 2


def test_writers_at_once_lose_nothing(store):
    def write(who: int) -> None:
        for n in range(20):
            store.items.put([replace(ITEM, id=f"{who}-{n}")])
            store.events.add([replace(EVENT, id=f"{who}-{n}", user=str(who))])

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.items.page(1000)[0]) == 80
    assert store.events.count() == 80
    assert store.now()[0] == 80


def test_nothing_of_a_failed_write_stays(store):
    def write_and_fail() -> None:
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE state SET number = 99 WHERE name = 'catalogue'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert store.now()[0] == 0


def test_a_postgresql_that_is_gone_is_an_error_soon_unless_the_url_says_otherwise():
    usual = Store("postgresql://host/d").engine.url.query
    assert usual["connect_timeout"] == "5"
    assert {"tcp_user_timeout", "keepalives_idle"} <= set(usual)
    asked = Store("postgresql://host/d?connect_timeout=60").engine.url.query
    assert asked["connect_timeout"] == "60"


@pytest.mark.parametrize("url", ["mysql://host/d", "postgresql//host/d", ""])
def test_a_database_that_is_none_of_ours_is_named_with_what_is_needed(url):
    with pytest.raises(DatabaseUrlError, match=r"database_url: .* needs sqlite:.* or postgresql:"):
        Store(url)


def test_either_name_of_postgresql_is_read_and_needs_its_extra(monkeypatch):
    assert Store("postgres://host/d").engine.dialect.name == "postgresql"
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'zhiying\[postgres\]'"):
        Store("postgresql://host/d")
