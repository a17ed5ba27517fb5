"""How near items must be to be about the same: by labels, and by who takes both."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.path.study import read
from nlp import Analyzer
from service import sample
from service.catalogue import Entry
from service.paths.matching import Index
from service.paths.syllabus import Syllabus, syllabus
from service.pipeline import summarise

FLOORS = (0.05, 0.1, 0.2, 0.3, 0.35, 0.4, 0.5, 0.7)


def near() -> None:
    """What pairs of items have in common from each nearness on: a subject, or learners.

    Subjects are those of the sample catalogue, of which nearness knows nothing. On MOOCCubeX, the
    pairs taken by the same half of the learners over what independence gives.
    """
    analyzer = Analyzer.default()
    items = sample.catalogue()
    found = {item.id: _read(analyzer, item.title, item.text) for item in items}
    subject = np.array([item.attributes["leaf"] for item in items])
    nearness = _nearness(found)
    same = subject[:, None] == subject[None, :]
    np.fill_diagonal(nearness, -1.0)
    print("sample catalogue: pairs of one subject among those this near, and the share found")
    for floor in FLOORS:
        chosen = nearness >= floor
        print(
            f"  {floor:.2f}  precision {same[chosen].mean():.3f}"
            f"  recall {(same & chosen).sum() / (same.sum() - len(items)):.3f}"
        )
    _by_learners(analyzer)


def _by_learners(analyzer: Analyzer) -> None:
    study, rng = read("mooccubex"), np.random.default_rng(0)
    worded = [k for k, words in enumerate(study.texts) if any(words)]
    nearness = _nearness({str(k): _read(analyzer, *study.texts[k]) for k in worded})
    np.fill_diagonal(nearness, -1.0)
    half = rng.random(study.n_users) < 0.5
    kept = half[study.users]
    cells = (study.users[kept], study.items[kept])
    r = csr_array((np.ones(len(cells[0])), cells), shape=(study.n_users, study.n_items))
    r.data[:] = 1.0
    r = r[:, worded]
    n = r.sum(axis=0)
    both, chance = (r.T @ r).toarray(), np.outer(n, n) / half.sum()
    print(f"mooccubex: {len(worded)} items with words; learners of both over chance")
    for low, high in zip((0.0, *FLOORS), (*FLOORS, np.inf), strict=True):
        pairs = (nearness >= low) & (nearness < high)
        print(f"  {low:.2f} to {high:.2f}  {both[pairs].sum() / chance[pairs].sum():.2f}")


def _read(analyzer: Analyzer, title: str, text: str) -> Syllabus:
    summary = summarise(analyzer.analyze(text, title=title))
    return syllabus(Entry(title, "course", {}, None), summary, len(text))


def _nearness(syllabi: Mapping[str, Syllabus]) -> NDArray[np.float64]:
    """Nearness of each pair, rows and columns in the order of the items."""
    index, place = Index.of(syllabi), {item: k for k, item in enumerate(syllabi)}
    found = np.zeros((len(place), len(place)))
    for item, row in place.items():
        for other, cosine in index.nearness([item]).items():
            found[row, place[other]] = cosine
    return found
