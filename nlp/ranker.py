"""How likely an author would choose each candidate as a keyword: small networks, as arrays."""

import importlib.resources
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.background import Background
from nlp.errors import ModelFormatError
from nlp.phrase_features import DENSE, dense
from nlp.phrases import Phrases

Floats = NDArray[np.float32]


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
    """

    background: Background
    first: Floats
    second: Floats
    output: Floats
    calibration: NDArray[np.float64]

    def scores(self, features: Floats) -> NDArray[np.float64]:
        """Mean output of the networks for rows of `DENSE`: higher is likelier."""
        # h1 = relu(x W1 + b1), h2 = relu(h1 W2 + b2), z = h2 w3 + b3, for each network
        hidden = np.maximum(features @ self.first[:, :-1] + self.first[:, -1:], 0)
        hidden = np.maximum(hidden @ self.second[:, :-1] + self.second[:, -1:], 0)
        values = hidden @ self.output[:, :-1, np.newaxis]
        values = values[..., 0] + self.output[:, -1:]
        return values.mean(axis=0, dtype=np.float64)

    def calibrated(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of scores."""
        slope, intercept = self.calibration
        return 1.0 / (1.0 + np.exp(-(slope * scores + intercept)))

    def probabilities(self, phrases: Phrases) -> NDArray[np.float64]:
        """Probability that an author would choose each candidate, in [0, 1]."""
        return self.calibrated(self.scores(dense(phrases, self.background)))

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
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Ranker":
        """Ranker of the arrays `to_arrays` gave; it answers the same to the last bit.

        Raises
        ------
        ModelFormatError
            If an array is missing, does not fit the others, or was trained on other features.
        """
        names = {"keys", "counts", "features", "first", "second", "output", "calibration"}
        if missing := names - set(arrays):
            raise ModelFormatError("tags", f"lacks {sorted(missing)}")
        if tuple(arrays["features"].tolist()) != DENSE:
            raise ModelFormatError("tags", "its features are not those of nlp.phrase_features")
        first, second, output = (
            arrays[name].astype(np.float32) for name in ("first", "second", "output")
        )
        h1, h2 = first.shape[-1], second.shape[-1]
        shapes = first.shape[1:], second.shape[1:], output.shape[1:], arrays["calibration"].shape
        if shapes != ((len(DENSE) + 1, h1), (h1 + 1, h2), (h2 + 1,), (2,)):
            raise ModelFormatError("tags", f"layers of shapes {shapes} do not fit each other")
        calibration = arrays["calibration"].astype(np.float64)
        return cls(Background.from_arrays(arrays), first, second, output, calibration)


@cache
def default_ranker() -> Ranker:
    """Return the packaged ranker, loaded once per process."""
    raw = importlib.resources.files("nlp").joinpath("data/tags.npz").read_bytes()
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return Ranker.from_arrays(dict(arrays))
