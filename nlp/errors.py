"""What can go wrong in `nlp`: one base class, one child per thing a caller may treat apart."""


class NlpError(Exception):
    """Base of every error raised by `nlp`."""


class FeatureSpaceError(NlpError, ValueError):
    """Features or arrays do not describe a feature space this code can use."""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(f"feature space: found {found}, need {needed}")
        self.found, self.needed = found, needed


class TrainingDataError(NlpError, ValueError):
    """Labelled texts cannot be fitted."""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(f"training data: found {found}, need {needed}")
        self.found, self.needed = found, needed


class ModelFormatError(NlpError, ValueError):
    """Named arrays do not hold the model they should."""

    def __init__(self, model: str, problem: str) -> None:
        super().__init__(f"stored model {model!r}: {problem}")
        self.model, self.problem = model, problem


class DictionaryError(NlpError, ValueError):
    """A user dictionary holds a word that no tokenizer could return."""

    def __init__(self, word: str, problem: str) -> None:
        super().__init__(f"dictionary word {word!r}: {problem}")
        self.word, self.problem = word, problem
