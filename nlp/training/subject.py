"""The subject of a course: titles of icourse163, with CSL disciplines as helpers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp import linear, topics
from nlp.metrics import expected_calibration_error, macro_f1
from nlp.text import sentences
from nlp.topics import TopicModel
from nlp.training.files import read_jsonl


@dataclass(frozen=True, slots=True)
class SubjectData:
    """Course titles with their subject, and the sets that only help."""

    texts: list[str]
    labels: list[str]
    auxiliary: list[tuple[list[str], list[str]]]


def read_subject(data: Path) -> SubjectData:
    """Titles of ``icourse163_titles``, with the CSL sets as auxiliary taxonomies."""
    rows = list(read_jsonl(data / "icourse163_titles" / "dev.jsonl"))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["label"]] = counts.get(row["label"], 0) + 1
    rows = [row for row in rows if counts[row["label"]] >= 10]  # drops 音乐与舞蹈: 5 titles
    disciplines: tuple[list[str], list[str]] = ([], [])
    for row in read_jsonl(data / "kw_csl" / "dev.jsonl"):
        for text in (row["title"], " ".join(row["keywords"])):
            _add(disciplines, text, row["discipline"])
    for row in read_jsonl(data / "topic_csldcp" / "dev.jsonl"):
        _add(disciplines, row["text"], row["label"])
        for sentence in sentences(row["text"])[:3]:
            _add(disciplines, sentence.text[:60], row["label"])
    categories: tuple[list[str], list[str]] = ([], [])
    for row in read_jsonl(data / "topic_csl_category" / "dev.jsonl"):
        _add(categories, row["text"], row["label"])
    return SubjectData(
        [row["text"] for row in rows], [row["label"] for row in rows], [disciplines, categories]
    )


def _add(side: tuple[list[str], list[str]], text: str, label: str) -> None:
    side[0].append(text)
    side[1].append(label)


def train_subject(data: Path) -> tuple[TopicModel, dict[str, float]]:
    """Model of the `subject` taxonomy, and its figures from 5-fold cross-validation."""
    rows = read_subject(data)
    labels, decisions = topics.out_of_fold(rows.texts, rows.labels, auxiliary=rows.auxiliary)
    model = TopicModel.fit(rows.texts, rows.labels, auxiliary=rows.auxiliary)
    number = {label: i for i, label in enumerate(labels)}
    target = np.array([number[label] for label in rows.labels])
    predicted = decisions.argmax(axis=1)
    p = linear.softmax(decisions / model.classifier.temperature)
    return model, {
        "n": len(target),
        "accuracy": float((predicted == target).mean()),
        "macro_f1": macro_f1(predicted, target),
        "ece": expected_calibration_error(p, target),
        "answered": float((p.max(axis=1) >= topics.UNSURE).mean()),
        "accuracy_answered": float((predicted == target)[p.max(axis=1) >= topics.UNSURE].mean()),
    }
