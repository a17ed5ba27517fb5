"""Fit on data that carries its own truth: even users take even items, odd users odd ones."""

import numpy as np
from scipy.sparse import csr_array

from recommend import HybridConfig, HybridSVD, Policy, rank, top_n

n = 20
users, items = np.indices((n, n))
board = ((users + items) % 2 == 0) & (users != items)  # each user's own number is kept back
r = csr_array(board.astype(float))

model = HybridSVD.fit(r, None, HybridConfig(n_factors=2), rng=np.random.default_rng(0))
found = top_n(model.score(r), 1, exclude=r).items.ravel()
print("first recommendation of each user:", found.tolist())
assert found.tolist() == list(range(n))

new = csr_array((np.ones(1), ([0], [4])), shape=(1, n))  # somebody new who took item 4
best = top_n(model.score(new)[0], 3, exclude=new.toarray()[0] > 0)
print("somebody new who took item 4 gets:", best.items.tolist())
why = model.explain(new, int(best.items[0]))
print("because of item", why.history.tolist(), "with", why.contributions.round(4).tolist())

# one place of four explores: it is drawn, and the list says with which chance each item got there
shown = rank(
    model.score(new)[0],
    Policy(n=4, explore=0.25),
    exclude=new.toarray()[0] > 0,
    support=model.support,
    rng=np.random.default_rng(0),
)
print("shown:", shown.items.tolist(), "with chances", shown.propensities.round(3).tolist())
assert shown.propensities[:3].tolist() == [1, 1, 1]
assert 0 < shown.propensities[3] < 1
