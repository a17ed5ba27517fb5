"""The domain of a text: four domains of eight leaves, from word lists written for this project."""

from pathlib import Path

from nlp import topics
from nlp.labels import members
from nlp.metrics import expected_calibration_error, macro_f1
from nlp.topics import TopicModel
from nlp.training.curriculum import domains

_STEP = 128  # a file of 2.4 MB instead of 5.7, and the same answers on the sample catalogue


def train_domain(data: Path) -> tuple[TopicModel, dict[str, float]]:
    """Model of the `domain` taxonomy, and its figures on the words of the lists themselves.

    No text of the data folder is read. A name alone is harder than a text that uses several, so
    these figures are low; the model card judges on texts.
    """
    names, labels = zip(*domains(), strict=True)
    model, found = topics.fitted(names, labels)
    target = members(labels)[1].argmax(axis=1)
    predicted = found.decisions.argmax(axis=1)
    model = TopicModel(model.classifier.rounded(_STEP))
    return model, {
        "n": len(target),
        "accuracy": float((predicted == target).mean()),
        "macro_f1": macro_f1(predicted, target),
        "ece": expected_calibration_error(model.classifier.calibrated(found.decisions), target),
    }
