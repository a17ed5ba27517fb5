"""Text models on files: ours and the baselines in one table, on the same rows."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlp import Analyzer, TrainingDataError
from nlp.evaluation import Contestant, HeldSet, Measured, Predictor, compare
from nlp.evaluation.classifiers import (
    sentiment_contestants,
    sentiment_of,
    stored,
    topic_contestants,
    topics_of,
)
from nlp.evaluation.counted import (
    KEYWORD_FINDERS,
    SEGMENTERS,
    compare_keywords,
    compare_segmentation,
)
from nlp.evaluation.several import labels_with
from nlp.labels import members
from nlp.ranker import default_ranker
from nlp.topics import TopicModel
from service.errors import InvalidRequestError
from service.evaluation.text_tables import SEVERAL, SHOWN, Task
from service.labelled import Rows, read_keywords, read_labelled, read_segmented
from service.text_models import Kind, read_model
from service.training import has_several, labels_of, number

MODELS: Mapping[Task, tuple[str, ...]] = {
    "sentiment": ("zhiying", "zhiying-packaged", "snownlp", "tfidf-svm", "majority"),
    "topics": ("zhiying", "tfidf-svm", "naive-bayes", "majority"),
    "segmentation": SEGMENTERS,
    "keywords": KEYWORD_FINDERS,
}
Progress = Callable[[float], None]


def evaluate_classification(
    kind: Kind,
    path: Path,
    *,
    models: Sequence[str] = (),
    model: Path | None = None,
    test: Path | None = None,
    folds: int = 5,
    limit: int = 500,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """Compare classifiers on a labelled file: by folds, or fitted on it and judged on `test`.

    Parameters
    ----------
    models : sequence of str
        Out of ``MODELS[kind]``; all if empty.
    model : Path, optional
        Folder of a trained model that takes part as it is.
    limit : int
        Rows that SnowNLP is asked about.

    Returns
    -------
    dict
        data, task, seed, a line for each model, and notes.
    """
    read = read_labelled(path)
    tested = None if test is None else read_labelled(test)
    labels = labels_of(kind, read.good)
    held: HeldSet | None = None
    many = has_several(labels)
    if tested is not None:
        found = labels_of(kind, tested.good, many=many)
        many = has_several(found)
        labels = labels_of(kind, read.good, many=many)
        held = HeldSet([row.text for row in tested.good], found)
    binary = "neutral" not in {*labels, *(held.labels if held else ())}
    contestants = _contestants(kind, binary, many, models, model)
    measured = compare(
        contestants,
        [row.text for row in read.good],
        labels,
        test=held,
        folds=folds,
        limit=limit,
        seed=seed,
        progress=progress,
    )
    notes = []
    names = {one.name for one in contestants}
    if "zhiying-packaged" in names:
        notes.append(
            "zhiying-packaged is not trained here, and zhiying starts from it: where it has seen "
            "these rows in its own training, both figures lean to the good side"
        )
    if "tfidf-svm" in names:
        notes.append("tfidf-svm gives no probability: no ECE")
    if model is not None:
        notes.append(
            f"{_stored_name(model)} is used as it is; it may have been trained on these rows"
        )
    if any(m.n < len((held or HeldSet([], labels)).labels) for m in measured):
        notes.append(
            f"slow models are judged on a sample of {limit} rows; leads are on shared rows"
        )
    data = {
        "file": path.name,
        "n": len(read.good),
        "n_refused": len(read.refused),
        "labels": list(members(labels)[0]),
    }
    if many:
        notes.append("each beginning of a label that is a path is a label too")
        data["labels_a_text"] = round(sum(map(len, labels)) / max(len(labels), 1), 2)
    if test is None:
        data["folds"] = folds
    elif tested is not None:
        data |= {
            "test_file": test.name,
            "n_test": len(tested.good),
            "n_test_refused": len(tested.refused),
        }
    return _result(kind, data, seed, measured, notes)


def evaluate_segmentation(
    path: Path,
    *,
    models: Sequence[str] = (),
    limit: int = 500,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """Word spans against gold segmentation; see `nlp.evaluation.compare_segmentation`."""
    read = read_segmented(path)
    chosen = _chosen("segmentation", models)
    measured = compare_segmentation(
        read.good, models=chosen, limit=limit, seed=seed, progress=progress
    )
    notes = ["nothing is trained; snownlp was trained on the People's Daily of 1998, as PKU is"]
    if any(m.n < len(read.good) for m in measured):
        notes.append(f"snownlp is judged on a sample of {limit} sentences")
    return _result("segmentation", _counts(path, read), seed, measured, notes)


def evaluate_keywords(
    path: Path,
    *,
    models: Sequence[str] = (),
    n: int = 5,
    title: bool = False,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """Keywords against those of the authors; see `nlp.evaluation.compare_keywords`."""
    read = read_keywords(path)
    fresh = [row for row in read.good if not default_ranker().has_seen(row.text)]
    if not fresh:
        raise TrainingDataError("only rows the packaged ranker was trained on", "others")
    measured = compare_keywords(
        [row.text for row in fresh],
        [row.title if title else "" for row in fresh],
        [row.keywords for row in fresh],
        models=_chosen("keywords", models),
        n=n,
        seed=seed,
        progress=progress,
    )
    notes = [
        "a keyword counts if it is equal after NFKC and lower case",
        "tfidf has the IDF of these rows",
    ]
    n_seen = len(read.good) - len(fresh)
    if n_seen:
        notes.append(f"{n_seen} rows are left out: the packaged ranker of tags was trained on them")
    data = _counts(path, read) | {"n": len(fresh), "n_seen": n_seen, "at": n, "title": title}
    return _result("keywords", data, seed, measured, notes)


def _contestants(
    kind: Kind, binary: bool, many: bool, models: Sequence[str], model: Path | None
) -> list[Contestant]:
    chosen = _chosen(kind, models)
    if kind == "topics":
        known = topic_contestants(many=many)
    else:
        known = sentiment_contestants(Analyzer.default().sentiment, binary=binary)
    found = [one for one in known if one.name in chosen]
    if model is not None:
        manifest, trained = read_model(model)
        if manifest.kind != kind:
            raise InvalidRequestError(
                f"model: {model} is a model of {manifest.kind}, not of {kind}"
            )
        predictor: Predictor
        if not isinstance(trained, TopicModel):
            predictor = sentiment_of(trained, binary=binary, whole=True)
        elif many:
            predictor = labels_with(trained)
        else:
            predictor = topics_of(trained)
        found.append(stored(_stored_name(model), predictor))
    return found


def _stored_name(model: Path) -> str:
    return f"model:{model.resolve().name}"


def _chosen(task: Task, models: Sequence[str]) -> tuple[str, ...]:
    unknown = sorted(set(models) - set(MODELS[task]))
    if unknown:
        raise InvalidRequestError(f"models: found {unknown}, needs some of {list(MODELS[task])}")
    return tuple(name for name in MODELS[task] if not models or name in models)


def _counts(path: Path, read: Rows[Any]) -> dict[str, Any]:
    return {"file": path.name, "n": len(read.good), "n_refused": len(read.refused)}


def _result(
    task: Task, data: dict[str, Any], seed: int, measured: Sequence[Measured], notes: list[str]
) -> dict[str, Any]:
    return {
        "data": data,
        "task": task,
        "seed": seed,
        "models": [_row(task, one) for one in measured],
        "notes": notes,
    }


def _row(task: Task, one: Measured) -> dict[str, Any]:
    row: dict[str, Any] = {"model": one.model, "params": dict(one.params), "n": one.n}
    shown = SEVERAL if "micro_f1" in one.figures else SHOWN[task]
    for name in shown:
        row[name] = number(one.figures[name])
        row[f"{name}_ci95"] = [number(bound) for bound in one.intervals[name]]
    row["zhiying_lead"] = {
        name: [number(v) for v in one.lead[name]] for name in shown if name in one.lead
    }
    row |= {name: round(seconds, 3) for name, seconds in one.seconds.items()}
    return row
