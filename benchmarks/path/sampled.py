"""Lists and paths, held against prerequisites that were labelled by hand."""

import tempfile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.path.labels import labelled, tell
from recommend import Budget, IdMap, metrics
from service import sample
from service.config import Settings
from service.fitting import refit
from service.paths import PathWish
from service.services import Services
from service.wishes import Wish

N = 10


def sampled() -> None:
    """Lists and paths of the simulated learners against prerequisites labelled by hand.

    The goal of a path is the first course of the plain list. The planner sees the attributes and
    the texts; then, as an editor would have it, the labels as attributes.
    """
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as home:
        services = Services.build(Settings(home=home))
        items = sample.catalogue()
        services.pipeline.put_items(items)
        events = list(sample.learners(items))
        services.pipeline.add_events(events, repeatable=True)
        refit(services.store, services.models)
        ids, users = IdMap(item.id for item in items), sorted({event.user for event in events})
        requires = labelled(ids)
        known = np.zeros((len(users), len(ids)))
        for k, user in enumerate(users):
            log = services.store.events.of_user(user)
            done = (i for i, t in zip(log.item, log.type, strict=True) if t == "complete")
            known[k, ids.rows(done)] = 1.0
        mine = csr_array(known)
        print(f"sample catalogue: {len(users)} learners, {requires.nnz} labels; lists of {N}")
        plain, paths, reached = _sampled(services, ids, users)
        _broken("plain list", plain, requires, mine, rng)
        _broken("path", paths, requires, mine, rng)
        tell("path", "goal among its steps", reached, rng)
        for item in ids:
            needs = [ids.ids[row] for row in requires[[ids.row(item)]].indices]
            services.pipeline.patch_item(item, {"attributes": {"prerequisites": needs}})
        _, paths, reached = _sampled(services, ids, users)
        _broken("path, labels set", paths, requires, mine, rng)
        tell("path, labels set", "goal among its steps", reached, rng)
        services.store.close()


def _sampled(
    services: Services, ids: IdMap, users: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The plain list of each user, the path to its first course, and whether it gets there."""
    plain, paths = (np.full((len(users), N), -1) for _ in range(2))
    reached = np.zeros(len(users))
    for k, user in enumerate(users):
        picks = [pick.id for pick in services.serving.for_user(user, Wish(n=N)).items]
        goal = next((i for i in picks if i.startswith("course")), picks[0])
        found = services.planner.path(user, PathWish((goal,), Budget(300.0, n=N, weeks=12)))
        steps = [step.item for step in found.steps]
        reached[k] = goal in steps or goal in {item.item for item in found.mastered}
        plain[k, : len(picks)] = ids.rows(picks)
        paths[k, : len(steps)] = ids.rows(steps)
    return plain, paths, reached


def _broken(
    name: str,
    rows: NDArray[np.int64],
    requires: csr_array,
    known: csr_array,
    rng: np.random.Generator,
) -> None:
    rate = metrics.prerequisite_violations(rows, requires, known, n=N)
    tell(name, "places that break a label", rate, rng)
    tell(name, "such places a list", rate * (rows >= 0).sum(axis=1), rng)
    first = metrics.prerequisite_violations(rows, requires, known, n=1)
    tell(name, "first place breaks a label", first, rng)
