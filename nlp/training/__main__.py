"""Train the packaged models from files of labelled text.

    python -m nlp.training DATA -o nlp/data [--only NAME]

prints the figures of the model cards as JSON, and as ``as_packaged`` whether the file has the
bytes of the one in this package: with the same data and the libraries of `.ci/constraints.txt`
it has. `words` is trained only when it is named: it takes the extra `encoder` and minutes.

This package is called by a person (through the command line), never by `analyze`. No text of
the data enters a model: what is kept are coefficients of hashed n-grams.

The data folder holds the sets named in docs/model-cards/, each a file of JSON lines.
"""

import argparse
import importlib.resources
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from nlp.training.domain import train_domain
from nlp.training.files import Storable, save
from nlp.training.levels import train_levels
from nlp.training.prior import train_prior
from nlp.training.sentiment import train_sentiment
from nlp.training.subject import train_subject
from nlp.training.tags import train_tags
from nlp.training.words import train_words

#: in the order of training: the priors before what uses them
TRAINERS: dict[str, Callable[[Path], tuple[Storable, dict[str, float]]]] = {
    "words": train_words,
    "prior": train_prior,
    "levels": train_levels,
    "subject": train_subject,
    "domain": train_domain,
    "sentiment": train_sentiment,
    "tags": train_tags,
}
_ON_REQUEST = "words"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, store and report: what ``python -m nlp.training`` runs."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training")
    parser.add_argument("data", type=Path, help="folder of the data sets")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the models")
    parser.add_argument("--only", choices=sorted(TRAINERS), help="train this model alone")
    options = parser.parse_args(arguments)
    every = [name for name in TRAINERS if name != _ON_REQUEST]
    for name in [options.only] if options.only else every:
        model, figures = TRAINERS[name](options.data)
        packaged = importlib.resources.files("nlp").joinpath(f"data/{name}.npz").read_bytes()
        path = options.output / f"{name}.npz"
        save(model.to_arrays(), path)
        told = {"model": name, "as_packaged": path.read_bytes() == packaged}
        told |= {key: round(value, 4) for key, value in figures.items()}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
