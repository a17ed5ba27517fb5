"""The subject of a course: titles of icourse163, with course names written for this project."""

from pathlib import Path

from nlp import topics
from nlp.calibration import plainly
from nlp.labels import members
from nlp.metrics import expected_calibration_error, macro_f1
from nlp.topics import TopicModel
from nlp.training.curriculum import curriculum, terms_by_subject
from nlp.training.files import read_jsonl

_BITS = 18  # a quarter of the memory of 20


def read_subject(data: Path) -> tuple[list[str], list[str]]:
    """Titles and subjects of ``icourse163_titles``; labels of fewer than ten titles left out."""
    rows = list(read_jsonl(data / "icourse163_titles" / "dev.jsonl"))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["label"]] = counts.get(row["label"], 0) + 1
    rows = [row for row in rows if counts[row["label"]] >= 10]  # drops 音乐与舞蹈: 5 titles
    return [row["text"] for row in rows], [row["label"] for row in rows]


def train_subject(data: Path) -> tuple[TopicModel, dict[str, float]]:
    """Model of the `subject` taxonomy, and its figures on titles left out one at a time."""
    texts, labels = read_subject(data)
    taught = set(labels)
    known = [
        (name, label) for name, label in (*curriculum(), *terms_by_subject()) if label in taught
    ]
    model, found = topics.fitted(texts, labels, known=known, sizes=(_BITS,))
    target = members(labels)[1].argmax(axis=1)
    predicted = found.decisions.argmax(axis=1)
    model = TopicModel(plainly(model.classifier, found.decisions, labels))
    p = model.classifier.calibrated(found.decisions)
    answered = p.max(axis=1) >= topics.UNSURE
    return model, {
        "n": len(target),
        "accuracy": float((predicted == target).mean()),
        "macro_f1": macro_f1(predicted, target),
        "ece": expected_calibration_error(p, target),
        "answered": float(answered.mean()),
        "accuracy_answered": float((predicted == target)[answered].mean()),
    }
