"""Prerequisites read in texts, held against labels."""

from benchmarks.path.labels import labelled
from nlp import Analyzer
from recommend import IdMap
from service import sample
from service.catalogue import Entry
from service.paths.curriculum import of_items
from service.paths.syllabus import syllabus
from service.pipeline import summarise


def text() -> None:
    """Precision and recall of what is read, attributes set by hand left out."""
    analyzer, syllabi = Analyzer.default(), {}
    for item in sample.catalogue():
        attributes = {k: v for k, v in item.attributes.items() if k != "prerequisites"}
        entry = Entry(item.title, item.kind, attributes, None)
        summary = summarise(analyzer.analyze(item.text, title=item.title))
        syllabi[item.id] = syllabus(entry, summary, len(item.text))
    curriculum, ids = of_items(syllabi), IdMap(syllabi)
    labels = labelled(ids)
    gold = set(zip(*(rows.tolist() for rows in labels.nonzero()), strict=True))
    edges = curriculum.graph.edges
    asking = sum(bool(syllabi[ids.ids[item]].requires) for item in {item for item, _ in gold})
    n_items = len({item for item, _ in gold})
    print(f"{len(gold)} labels of {n_items} items; a phrase was read in {asking} of them")
    for least in (0.3, 0.5, 0.7):
        sure = edges.at(edges.confidence >= least)
        found = set(zip(sure.after.tolist(), sure.before.tolist(), strict=True))
        right = len(found & gold)
        print(
            f"  confidence {least:.1f}: {len(found)} edges, precision {right / len(found):.3f},"
            f" recall {right / len(gold):.3f}"
        )
