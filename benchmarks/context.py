"""Whether circumstances help lists where they matter, and do no harm where they do not.

``python -m benchmarks.context [--strength 0.8] [--seeds 0,1,2,3,4]``. Worlds are made, as no public
log of courses says device and hour: people with tastes and habits take items with a kind and a
length; of each person the last three takings are held out with their circumstances. In the first
worlds the odds of kinds and lengths depend on device and part of the day, in the others they do
not, but people who like a kind have their own habits, which a naive count would mistake for an
effect. Lists are full rankings, seen items masked; gains are paired by person.
"""

import argparse

import numpy as np
from scipy.sparse import csr_array

from recommend import HybridConfig, HybridSVD, top_n
from recommend.context import ContextEffects, Takings, fit_context_effects
from recommend.metrics import ndcg, paired_difference
from recommend.terms import added_by

DEVICES, PARTS = ("phone", "computer", "tv"), ("清晨", "上午", "下午", "晚间")
KINDS, LENGTHS, TOPICS = 4, 3, 8
N_USERS, N_ITEMS, N_TAKEN, N_HELD = 2000, 300, 15, 3
CONTEXTS = tuple(f"device:{d}" for d in DEVICES) + tuple(f"part:{p}" for p in PARTS)
TRAITS = tuple(f"kind:{k}" for k in range(KINDS)) + tuple(f"length:{n}" for n in range(LENGTHS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strength", type=float, default=0.8)
    parser.add_argument("--seeds", default="0,1,2,3,4")
    asked = parser.parse_args()
    for strength in (asked.strength, 0.0):
        plain, found, learned = [], [], []
        for seed in (int(s) for s in asked.seeds.split(",")):
            a, b, effects = _world(strength, np.random.default_rng(seed))
            plain.append(a)
            found.append(b)
            learned.append(bool(effects.contexts))
            print(
                f"strength {strength:g} seed {seed}: {_line(a, b)}; effects "
                f"{'kept' if effects.contexts else 'not kept'}, held-out log-likelihood "
                f"{effects.gain:+.4f} ± {effects.error:.4f}",
                flush=True,
            )
        print(f"strength {strength:g}, all: {_line(np.concatenate(plain), np.concatenate(found))}")


def _line(plain: np.ndarray, found: np.ndarray) -> str:
    gain = paired_difference(found, plain, rng=np.random.default_rng(9))
    return (
        f"nDCG@10 without {plain.mean():.4f}, with {found.mean():.4f}, "
        f"gain {gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"
    )


def _world(
    strength: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, ContextEffects]:
    kind, length, topic = (rng.integers(n, size=N_ITEMS) for n in (KINDS, LENGTHS, TOPICS))
    zipf = 1 / (1 + rng.permutation(N_ITEMS)) ** 0.5
    of_kind = strength * rng.normal(size=(len(CONTEXTS), KINDS))
    of_length = strength * rng.normal(size=(len(CONTEXTS), LENGTHS))
    users, items, contexts = [], [], []
    for user in range(N_USERS):
        liked, likes_kind = rng.dirichlet(np.full(TOPICS, 0.3)), rng.gamma(2.0, 0.5, size=KINDS)
        # who likes the first kind is on the first device more: a habit, and no effect
        device = rng.dirichlet([0.5 + 2 * likes_kind[0], 1.0, 0.5])
        part = rng.dirichlet(np.full(len(PARTS), 0.7))
        left = np.ones(N_ITEMS)
        for _ in range(N_TAKEN):
            where = [rng.choice(len(DEVICES), p=device)]
            where.append(len(DEVICES) + rng.choice(len(PARTS), p=part))
            effect = np.exp(of_kind[where][:, kind].sum(0) + of_length[where][:, length].sum(0))
            chance = liked[topic] * likes_kind[kind] * zipf * effect * left
            item = rng.choice(N_ITEMS, p=chance / chance.sum())
            left[item] = 0
            users.append(user)
            items.append(item)
            contexts.append(where)
    user, item, where = np.array(users), np.array(items), np.array(contexts)
    held = np.tile(np.arange(N_TAKEN) >= N_TAKEN - N_HELD, N_USERS)
    context = np.zeros((len(user), len(CONTEXTS)))
    context[np.arange(len(user))[:, None], where] = 1
    traits = np.zeros((N_ITEMS, len(TRAITS)))
    traits[np.arange(N_ITEMS), kind] = 1
    traits[np.arange(N_ITEMS), KINDS + length] = 1
    traits = csr_array(traits)
    takings = Takings(user[~held], item[~held], csr_array(context[~held]), traits)
    effects = fit_context_effects(takings, CONTEXTS, TRAITS, rng=rng)
    cells = (np.ones((~held).sum()), (user[~held], item[~held]))
    train = csr_array(cells, shape=(N_USERS, N_ITEMS))
    model = HybridSVD.fit(train, None, HybridConfig(n_factors=32), rng=rng)
    scores = model.score(train)
    plain, found = [], []
    for taking in np.flatnonzero(held):
        base, seen = scores[user[taking]], train[[user[taking]]].toarray()[0] > 0
        shape = (1, N_ITEMS)
        wanted = csr_array((np.ones(1), ([0], [item[taking]])), shape=shape)
        names = [CONTEXTS[c] for c in where[taking]]
        effect = effects.of(names, traits) if effects.contexts else np.zeros(N_ITEMS)
        raised = base + added_by(effect, base)
        for lists, one in ((plain, base), (found, raised)):
            lists.append(ndcg(top_n(one, 10, exclude=seen).items[None], wanted, n=10)[0])
    a, b = (np.array(x).reshape(-1, N_HELD).mean(axis=1) for x in (plain, found))
    return a, b, effects


if __name__ == "__main__":
    main()
