"""Are rates of channels told from few people right? ``python -m benchmarks.promotion``.

No public log says from where people came, so the world is made: 300 items, the six channels each
with a rate of its own in the catalogue and another for each item around it, and people reached
from 0 to a few hundred. The rate that is shown (of rounded numbers, shrunk to the catalogue's) is
held against what was counted, by its error, and its interval by how often it holds the truth;
verdicts by how often they are wrong. Items are divided in halves: the catalogue's rates come from
the other half. Told for floors of 1, which rounds nothing, and more; channels are those that are
shown with the largest.
"""

import numpy as np

from recommend.metrics import bootstrap_interval
from service.insight.channels import Tally, channels
from service.insight.disclosure import Disclosure
from service.insight.promotion import STRENGTH, channel_report, rounded

N_ITEMS, FLOORS = 300, (1, 5, 10, 20)


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
    thresholds = rng.random(N_ITEMS)
    for floor in FLOORS:
        shrunk, counted, holds, widths, verdicts, wrong = [], [], [], [], 0, 0
        for item in range(half, N_ITEMS):
            disclosure = Disclosure(floor, floor * thresholds[item])
            least = Disclosure(FLOORS[-1], FLOORS[-1] * thresholds[item])
            own = [Tally(*pair) for pair in zip(reached[item], brought[item], strict=True)]
            told = sum(
                (rounded(t, disclosure) for t in own if disclosure.shown(t.reached)), Tally()
            )
            overall = (told.brought + base * STRENGTH) / (told.reached + STRENGTH)
            true_overall = float(truth[item] @ reached[item]) / max(reached[item].sum(), 1)
            for c, name in enumerate(names):
                if least.shown(own[c].reached) is None:
                    continue
                found = channel_report(name, own[c], whole[name], base, overall, disclosure)
                if found.rate is None:  # never: what is shown by the largest floor is by all
                    continue
                true = truth[item, c]
                shrunk.append(abs(found.rate.mean - true))
                counted.append(abs(own[c].brought / own[c].reached - true))
                holds.append(found.rate.low <= true <= found.rate.high)
                widths.append(found.rate.high - found.rate.low)
                if found.verdict != "unclear":
                    verdicts += 1
                    wrong += (found.verdict == "better") != (true > true_overall)
        gain = bootstrap_interval(np.array(counted) - np.array(shrunk), rng=rng)
        print(f"floor {floor}: {len(holds)} channels of {half} items")
        print(
            f"  mean error: counted {np.mean(counted):.4f}, shown {np.mean(shrunk):.4f}, ", end=""
        )
        print(f"less by {gain.mean:.4f} [{gain.low:.4f}, {gain.high:.4f}]")
        print(f"  intervals of 95 % hold the truth {np.mean(holds):.1%} of the time, ", end="")
        print(f"and are {np.mean(widths):.3f} wide")
        print(f"  verdicts better or worse: {verdicts}, wrong {wrong / max(verdicts, 1):.1%}")


if __name__ == "__main__":
    main()
