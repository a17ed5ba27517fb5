"""Are rates of channels told from few people right? ``python -m benchmarks.promotion``.

No public log says from where people came, so the world is made: 300 items, the six channels each
with a rate of its own in the catalogue and another for each item around it, and people reached
from 0 to a few hundred. The rate that is shown (shrunk to the catalogue's) is held against what was
counted, by its error, and its interval by how often it holds the truth; verdicts by how often they
are wrong. Items are divided in halves: the catalogue's rates come from the other half.
"""

import numpy as np

from recommend.metrics import bootstrap_interval
from service.insight.channels import Tally, channels
from service.insight.promotion import STRENGTH, channel_report

N_ITEMS, FLOOR = 300, 10


def main() -> None:
    rng = np.random.default_rng(0)
    names = list(channels())
    usual = np.array([0.18, 0.28, 0.08, 0.22, 0.4, 0.15])
    truth = rng.beta(12 * usual, 12 * (1 - usual), size=(N_ITEMS, len(names)))
    reached = rng.geometric(1 / 60, size=truth.shape) - 1
    brought = rng.binomial(reached, truth)
    half = N_ITEMS // 2
    whole = {
        name: Tally(int(reached[:half, c].sum()), int(brought[:half, c].sum()))
        for c, name in enumerate(names)
    }
    every = sum(whole.values(), Tally())
    base = every.brought / every.reached
    shrunk, counted, holds, verdicts, wrong = [], [], [], 0, 0
    for item in range(half, N_ITEMS):
        own = Tally(int(reached[item].sum()), int(brought[item].sum()))
        overall = (own.brought + base * STRENGTH) / (own.reached + STRENGTH)
        true_overall = float(truth[item] @ reached[item]) / max(own.reached, 1)
        for c, name in enumerate(names):
            tally = Tally(int(reached[item, c]), int(brought[item, c]))
            found = channel_report(name, tally, whole[name], base, overall, FLOOR)
            if found.verdict == "not_enough":
                continue
            true = truth[item, c]
            shrunk.append(abs(found.rate.mean - true))
            counted.append(abs(tally.brought / tally.reached - true))
            holds.append(found.rate.low <= true <= found.rate.high)
            if found.verdict != "usual":
                verdicts += 1
                wrong += (found.verdict == "better") != (true > true_overall)
    gain = bootstrap_interval(np.array(counted) - np.array(shrunk), rng=rng)
    print(f"{len(holds)} channels of {half} items with {FLOOR} people or more")
    print(f"mean error: counted {np.mean(counted):.4f}, shown {np.mean(shrunk):.4f}, ", end="")
    print(f"less by {gain.mean:.4f} [{gain.low:.4f}, {gain.high:.4f}]")
    print(f"intervals of 95 % hold the truth {np.mean(holds):.1%} of the time")
    print(f"verdicts better or worse: {verdicts}, wrong {wrong / max(verdicts, 1):.1%}")


if __name__ == "__main__":
    main()
