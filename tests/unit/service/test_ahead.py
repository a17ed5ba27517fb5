"""Lists made at the fit are those that would be made now, until something changes."""

import shutil
from contextlib import closing
from dataclasses import fields
from itertools import product

import numpy as np
import pytest
from pydantic import TypeAdapter
from sqlalchemy import delete, func, select

from recommend import screening
from service import sample
from service.ahead import Listed
from service.config import Settings
from service.filters import Filter
from service.fitting import refit
from service.playing import Situation
from service.schemas.events import EventIn
from service.scoring import Visitor
from service.services import Services
from service.store import StoredList
from service.store.tables import lists
from service.wishes import Picks, Wish

EVENT: TypeAdapter[EventIn] = TypeAdapter(EventIn)
ITEMS = sample.catalogue()[:40]
USER = "学员003"


def fit(rooms: Services) -> None:
    rooms.pipeline.put_items(ITEMS)
    rooms.pipeline.add_events(list(sample.learners(ITEMS, n=30)), repeatable=True)
    refit(rooms.store, rooms.models, n_factors=16)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A service on SQLite with lists, to be copied."""
    home = tmp_path_factory.mktemp("home")
    rooms = Services.build(Settings(home=home))
    with closing(rooms.store):
        fit(rooms)
    return home


@pytest.fixture
def rooms(settings: Settings, home):
    if settings.database_url is None:
        shutil.copytree(home, settings.home, dirs_exist_ok=True)
    rooms = Services.build(settings)
    with closing(rooms.store):
        if settings.database_url is not None:
            fit(rooms)
        yield rooms


def enrolled(rooms: Services, user: str, item: str) -> None:
    event = EVENT.validate_python({"user": user, "item": item, "type": "enrol"})
    rooms.pipeline.add_events([event], repeatable=False)


def n_lists(rooms: Services) -> int:
    with rooms.store.read() as connection:
        return connection.scalar(select(func.count()).select_from(lists)) or 0


def live(rooms: Services, user: str, wish: Wish) -> Picks:
    """The list as it is made without the one that is kept."""
    visitor = Visitor(rooms.store.events.of_user(user), rooms.serving.clock())
    return rooms.serving._recommend(rooms.serving.catalogue(), visitor, wish)


def same(left: Picks, right: Picks) -> bool:
    close = all(
        a.score == pytest.approx(b.score, abs=1e-5)
        for a, b in zip(left.items, right.items, strict=True)
    )
    return close and [(p.id, p.source, p.title) for p in left.items] == [
        (p.id, p.source, p.title) for p in right.items
    ]


@pytest.fixture
def unread(rooms: Services, monkeypatch):
    """Fails when a list is made from events."""

    def read(*_: object) -> None:
        raise AssertionError("the events were read")

    monkeypatch.setattr(rooms.store.events, "of_user", read)
    return rooms


WISHES = [
    Wish(),
    Wish(n=25),
    Wish(n=3, kinds=(ITEMS[0].kind,)),
    Wish(n=2, attributes=(Filter.parse("level:1"),)),
    Wish(n=15, exclude=(ITEMS[3].id, ITEMS[5].id, "unheard of")),
]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_it_is_the_list_that_would_be_made_now(rooms):
    for user, wish in product(("学员001", USER, "学员007"), WISHES):
        assert same(rooms.serving.for_user(user, wish), live(rooms, user, wish))


def test_everybody_has_one_and_it_is_given_without_reading_events(unread):
    assert n_lists(unread) == 30
    assert len(unread.serving.for_user(USER, Wish()).items) == 10


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_screened_list_is_that_of_all_scores_and_its_reasons_sum_to_them(rooms, monkeypatch):
    monkeypatch.setattr(screening, "LEAST", 0)
    monkeypatch.setattr(screening, "LARGEST_SHARE", 1.0)
    refit(rooms.store, rooms.models, n_factors=16)
    catalogue = rooms.serving.catalogue()
    assert catalogue.fitted.screen is not None
    for wish in (Wish(n=5, explain=True), Wish(n=8, kinds=(ITEMS[0].kind,), exclude_seen=False)):
        screened = live(rooms, USER, wish)
        with monkeypatch.context() as patched:
            patched.setattr(rooms.serving, "_screened", lambda *_: None)
            assert same(screened, live(rooms, USER, wish))
        for pick in screened.items:
            if wish.explain:
                told = sum(b.contribution for b in pick.reasons)
                assert told == pytest.approx(pick.score, abs=1e-6)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_new_event_makes_a_new_list(rooms):
    before = rooms.serving.for_user(USER, Wish()).items
    enrolled(rooms, USER, before[0].id)
    after = rooms.serving.for_user(USER, Wish())
    assert before[0].id not in {p.id for p in after.items}
    assert same(after, live(rooms, USER, Wish()))


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_items_that_come_and_go_are_in_the_next_list(rooms):
    first, second = rooms.serving.for_user(USER, Wish(n=2)).items
    rooms.store.items.delete(second.id)
    twin = next(i for i in ITEMS if i.id == first.id).model_copy(update={"id": "twin"})
    rooms.pipeline.put_items([twin])
    for n in (1, 10, 30):
        got = rooms.serving.for_user(USER, Wish(n=n))
        assert same(got, live(rooms, USER, Wish(n=n)))
        assert second.id not in {p.id for p in got.items}
    assert "twin" in {p.id for p in got.items}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_scores_fade_with_time_as_those_of_a_list_made_now(rooms):
    rooms.serving.half_life_days = 30.0
    refit(rooms.store, rooms.models, n_factors=16, half_life_days=30.0)
    now = rooms.serving.clock() + 20 * 86_400
    rooms.serving.clock = lambda: now
    assert same(rooms.serving.for_user(USER, Wish()), live(rooms, USER, Wish()))


def test_what_fades_below_the_prior_of_others_is_not_said_to_lead():
    listed = Listed(np.array([4, 7, 2]), np.array([1.0, 0.8, 0.5]), rest=0.3)
    prior = np.zeros(9)
    assert listed.faded(1.0, prior).rows.tolist() == [4, 7]
    assert listed.faded(0.5, prior).rows.tolist() == [4]
    assert listed.faded(0.1, prior).rows.tolist() == []
    prior[2] = 0.5
    assert listed.faded(0.5, prior).rows.tolist() == [2, 4]
    all_there = Listed(listed.rows, listed.scores, -np.inf)
    assert all_there.faded(0.1, prior).rows.tolist() == [2, 4, 7]


def test_what_else_is_asked_for_makes_a_wish_more_than_plain():
    more = {
        "exclude_seen": False,
        "explain": True,
        "diversity": 0.1,
        "explore": 0.1,
        "situation": Situation(device="phone"),
    }
    filters = {"n", "kinds", "attributes", "exclude", "seed"}
    assert {f.name for f in fields(Wish)} == filters | set(more)
    assert Wish().is_plain
    assert not any(Wish(**{name: value}).is_plain for name, value in more.items())


def test_an_erased_user_has_none_even_if_a_fit_that_began_before_ends_later(rooms):
    with rooms.store.read() as connection:
        row = connection.execute(select(lists).where(lists.c.user == USER)).one()
    rooms.store.users.erase(USER, lambda _: None)
    assert n_lists(rooms) == 29
    assert {p.source for p in rooms.serving.for_user(USER, Wish()).items} == {"popularity"}
    rooms.store.lists.put([StoredList(**row._mapping)])
    assert n_lists(rooms) == 29


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_lists_of_other_models_go_and_a_model_without_any_serves(rooms):
    first = rooms.store.now()[1]
    second = refit(rooms.store, rooms.models, n_factors=8).version
    assert n_lists(rooms) == 30
    rooms.store.activate(first)
    assert rooms.serving.for_user(USER, Wish()).model in (first, second)
    with rooms.store.write() as connection:
        connection.execute(delete(lists))
    assert len(rooms.serving.for_user(USER, Wish()).items) == 10


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_who_could_change_without_a_new_event_has_none(rooms):
    gone = rooms.store.events.of_user(USER).item[0]
    rooms.store.items.delete(gone)
    enrolled(rooms, "学员001", ITEMS[9].id)
    with rooms.store.write() as connection:
        connection.exec_driver_sql("UPDATE events SET time = 9e9 WHERE \"user\" = '学员001'")
    refit(rooms.store, rooms.models, n_factors=16)
    for user in (USER, "学员001"):
        assert rooms.store.lists.known(user).made is None
