"""What a refit does with what older versions have left."""

import json
from dataclasses import replace

from nlp import Features
from service.fitting import refit


def test_items_that_another_analyser_has_read_are_read_again(stocked, services):
    store = services.store
    old = store.items.get("calculus")
    raw = json.loads(old.features)
    del raw["pairs"]  # as they were before there were pairs
    stale = replace(
        old, features=json.dumps(raw), digest="old", summary={**old.summary, "version": "1-old"}
    )
    assert store.items.replace(old, stale)
    refit(store, services.models)
    found = store.items.get("calculus")
    assert (found.features, found.digest) == (old.features, old.digest)
    assert found.summary == old.summary
    assert found.updated_at == old.updated_at


def test_a_model_knows_pairs_of_signs(fitted, services):
    item = services.store.items.get("calculus")
    blocks = fitted.get("/v1/items/calculus/vector").json["blocks"]
    assert set(blocks["pair"]) <= set(Features.from_json(item.features).pairs)
    assert blocks["pair"]
