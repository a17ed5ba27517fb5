"""How likely an author would choose each candidate as a keyword: small networks, as arrays."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.background import Background
from nlp.errors import ModelFormatError
from nlp.packaged import packaged
from nlp.phrase_features import DENSE, dense
from nlp.phrases import Phrases

Floats = NDArray[np.float32]

# Rows multiplied at once: OpenBLAS shares products of more than 2**18 multiplications among
# threads, which spin while they wait and gain nothing here.
_ROWS = 60


_ARRAYS = frozenset(
    ["keys", "counts", "features", "first", "second", "output", "calibration", "seen"]
)


def fingerprint(text: str) -> np.uint64:
    """Hash of the letters and digits of a text, the same for the text set otherwise.

    Examples
    --------
    >>> bool(fingerprint("Ａ课，好。") == fingerprint("a课 好"))
    True
    """
    letters = letters_of(text).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(letters, digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def letters_of(text: str) -> str:
    """Letters and digits of a text after NFKC, in lower case."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).lower() if ch.isalnum())


@dataclass(frozen=True, slots=True, eq=False)
class Ranker:
    """The mean of some networks of two hidden layers, and a calibration.

    Attributes
    ----------
    background : Background
        Counts of phrases in other texts.
    first, second : float32 arrays (n_networks, len(DENSE) + 1, h1), (n_networks, h1 + 1, h2)
        Weights of the hidden layers; the last row of each network is the bias.
    output : float32 array (n_networks, h2 + 1)
        Weights of the last layer; the last one is the bias.
    calibration : float64 array (2,)
        Slope and intercept from the mean output to log-odds (Platt), fitted out of fold.
    seen : uint64 array (n_texts,)
        Fingerprints of the texts it was trained on, rising: see `has_seen`.
    """

    background: Background
    first: Floats
    second: Floats
    output: Floats
    calibration: NDArray[np.float64]
    seen: NDArray[np.uint64]

    def has_seen(self, text: str) -> bool:
        """Say whether a text is of the training data: such a text cannot judge the ranker."""
        at = self.seen.searchsorted(fingerprint(text))
        return bool(at < len(self.seen)) and bool(self.seen[at] == fingerprint(text))

    def scores(self, features: Floats) -> NDArray[np.float64]:
        """Mean output of the networks for rows of `DENSE`: higher is likelier."""
        n_rows, n_features = features.shape
        n_blocks = -(-n_rows // _ROWS)
        x = np.zeros((n_blocks, 1, _ROWS, n_features), dtype=np.float32)
        x.reshape(-1, n_features)[:n_rows] = features
        # h1 = relu(x W1 + b1), h2 = relu(h1 W2 + b2), z = h2 w3 + b3, for each network
        hidden = x @ self.first[:, :-1]
        hidden += self.first[:, -1:]
        np.maximum(hidden, 0, out=hidden)
        hidden = hidden @ self.second[:, :-1]
        hidden += self.second[:, -1:]
        np.maximum(hidden, 0, out=hidden)
        values = (hidden @ self.output[:, :-1, np.newaxis])[..., 0] + self.output[:, -1:]
        mean: NDArray[np.float64] = values.sum(axis=1, dtype=np.float64) / len(self.output)
        return mean.reshape(-1)[:n_rows]

    def calibrated(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of scores."""
        slope, intercept = self.calibration
        # the logistic function, in a form that cannot overflow
        p: NDArray[np.float64] = 0.5 + 0.5 * np.tanh(0.5 * (slope * scores + intercept))
        return p

    def probabilities(self, phrases: Phrases) -> NDArray[np.float64]:
        """Probability that an author would choose each candidate, in [0, 1].

        Those of each piece are multiplied by themselves, so they are the same to the last bit
        whatever is read beside them.
        """
        features = dense(phrases, self.background)
        bounds = phrases.bounds()
        scores = [self.scores(features[a:b]) for a, b in pairwise(bounds)]
        return self.calibrated(np.concatenate(scores))

    def with_calibration(self, slope: float, intercept: float) -> "Ranker":
        """Return the same ranker with another calibration."""
        return replace(self, calibration=np.array([slope, intercept]))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Named arrays, none of object type."""
        return {
            **self.background.to_arrays(),
            "features": np.array(DENSE, dtype=np.str_),
            "first": self.first,
            "second": self.second,
            "output": self.output,
            "calibration": self.calibration,
            "seen": self.seen,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Ranker":
        """Ranker of the arrays `to_arrays` gave; it answers the same to the last bit.

        Raises
        ------
        ModelFormatError
            If an array is missing, does not fit the others, or was trained on other features.
        """
        if missing := _ARRAYS - set(arrays):
            raise ModelFormatError("tags", f"lacks {sorted(missing)}")
        if tuple(arrays["features"].tolist()) != DENSE:
            raise ModelFormatError("tags", "its features are not those of nlp.phrase_features")
        first, second, output = (
            arrays[name].astype(np.float32) for name in ("first", "second", "output")
        )
        n, (h1, h2) = len(first), (first.shape[-1], second.shape[-1])
        needed = {
            "first": (n, len(DENSE) + 1, h1),
            "second": (n, h1 + 1, h2),
            "output": (n, h2 + 1),
            "calibration": (2,),
        }
        for name, shape in needed.items():
            if arrays[name].shape != shape:
                raise ModelFormatError("tags", f"{name} of shape {arrays[name].shape}, not {shape}")
        calibration = arrays["calibration"].astype(np.float64)
        seen = arrays["seen"].astype(np.uint64)
        return cls(Background.from_arrays(arrays), first, second, output, calibration, seen)


@cache
def default_ranker() -> Ranker:
    """Return the packaged ranker, loaded once per process."""
    return Ranker.from_arrays(packaged("tags"))
