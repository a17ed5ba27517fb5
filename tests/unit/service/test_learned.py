"""What a refit keeps of circumstances: effects of groups, and no name of a person."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np

from recommend import EVENT_WEIGHTS, EventTable, IdMap
from service.context import Circumstances
from service.insight.channels import Tally
from service.insight.learned import Learned, _effects
from service.insight.takings import Taking, history_of, taking_of
from service.store import StoredEvent

ZONE = ZoneInfo("Asia/Shanghai")
ITEMS = IdMap([f"{kind}{n}" for kind in ("course", "film") for n in range(20)])
TRAITS = [(f"kind:{item.rstrip('0123456789')}",) for item in ITEMS]


def takings(rng, device: str, users: int, each: int):
    """Films in the evening and courses in the morning, by everybody; one of them has a device."""
    for user in range(users):
        for n in range(each):
            late = rng.random() < 0.5
            kind = "film" if (rng.random() < 0.85) == late else "course"
            hour = 21 if late else 9
            yield Taking(
                f"{device}{user}",
                f"{kind}{n % 20}",
                Circumstances(device=device),
                n * 86400.0 + (hour - 8) * 3600,
            )


def test_effects_are_learned_and_a_context_of_one_person_is_not_kept(rng):
    found = [*takings(rng, "phone", 80, 12), *takings(rng, "秘密标记", 1, 40)]
    effects = _effects(found, ITEMS, TRAITS, ZONE, rng)
    assert set(effects.contexts) == {"device:phone", "part:上午", "part:晚间"}
    late = effects.effects[effects.contexts.index("part:晚间")]
    assert late[effects.traits.index("kind:film")] > late[effects.traits.index("kind:course")]
    stored = Learned(context=effects).to_arrays()
    assert not any("秘密标记".encode() in array.tobytes() for array in stored.values())


def test_what_was_learned_comes_back_from_its_arrays(rng):
    effects = _effects(list(takings(rng, "phone", 80, 12)), ITEMS, TRAITS, ZONE, rng)
    learned = Learned({"social": Tally(10, 2), "kol": Tally(0, 0)}, effects, np.arange(3.0))
    back = Learned.from_arrays(learned.to_arrays())
    assert back.tallies == learned.tallies
    assert back.quality.tolist() == [0, 1, 2]
    assert (back.context.contexts, back.context.traits) == (effects.contexts, effects.traits)
    for name in ("effects", "usual", "patterns"):
        assert getattr(back.context, name).tolist() == getattr(effects, name).tolist()
    nothing = Learned.from_arrays({})
    assert (nothing.tallies, nothing.context.contexts, len(nothing.quality)) == ({}, (), 0)


def test_nothing_to_learn_from_is_nothing_learned(rng):
    assert _effects([], ITEMS, TRAITS, ZONE, rng).contexts == ()
    assert Learned.from_arrays(Learned().to_arrays()).context.contexts == ()


def test_a_history_has_the_first_taking_of_each_item_with_its_circumstances():
    def event(id_, item, type_, hour, context):
        return StoredEvent(id_, "u", item, type_, None, (hour - 8) * 3600, context, None, "")

    phone, tv = '{"device": "phone"}', '{"device": "tv"}'
    events = [
        event("b", "film1", "enrol", 21, tv),
        event("a", "film1", "impression", 9, phone),
        event("c", "film1", "complete", 22, phone),
        event("d", "course1", "view", 9, phone),
        event("e", "course2", "dislike", 9, phone),
        event("f", "course3", "enrol", 9, None),
    ]
    assert history_of(events, ZONE, EVENT_WEIGHTS) == [
        ("device:phone", "part:上午"),
        ("device:tv", "part:晚间"),
    ]


def test_what_takes_an_item_is_what_weighs_something_in_the_pack():
    views = EventTable(
        replace(k, weight=float(k.name == "view"), slope=0.0) for k in EVENT_WEIGHTS.kinds
    )
    sold = StoredEvent("a", "u", "film1", "purchase", None, 0.0, '{"device": "tv"}', None, "")
    seen = replace(sold, id="b", type="view", time=9.0)
    assert taking_of([sold, seen], EVENT_WEIGHTS).time == 0.0
    assert taking_of([sold, seen], views).time == 9.0
