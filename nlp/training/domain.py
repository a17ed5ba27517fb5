"""The domain of a text: four domains of eight leaves, from word lists written for this project."""

from dataclasses import replace
from pathlib import Path

from nlp import topics
from nlp.calibration import plainly
from nlp.labels import members
from nlp.metrics import expected_calibration_error, macro_f1
from nlp.topics import TopicModel
from nlp.training.curriculum import domains, terms_by_domain

_BITS = 18  # a quarter of the memory of 20
_STEP = 128  # a smaller file, and the same answers on the sample catalogue

# Names are all there is to calibrate on, and a text, which uses several, is surer than a name:
# one number, fitted on the sample catalogue.
_SURER = 0.9


def train_domain(data: Path) -> tuple[TopicModel, dict[str, float]]:
    """Model of the `domain` taxonomy, and its figures on the words of the lists themselves.

    No text of the data folder is read. A name alone is harder than a text that uses several, so
    these figures are low; the model card judges on texts.
    """
    names, labels = zip(*domains(), strict=True)
    model, found = topics.fitted(names, labels, known=terms_by_domain(), sizes=(_BITS,))
    target = members(labels)[1].argmax(axis=1)
    predicted = found.decisions.argmax(axis=1)
    classifier = plainly(model.classifier, found.decisions, labels).rounded(_STEP)
    model = TopicModel(replace(classifier, temperature=_SURER * classifier.temperature))
    return model, {
        "n": len(target),
        "accuracy": float((predicted == target).mean()),
        "macro_f1": macro_f1(predicted, target),
        "ece": expected_calibration_error(classifier.calibrated(found.decisions), target),
    }
