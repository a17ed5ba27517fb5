"""Fit a small network that ranks the candidates of a text, in plain numpy."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Layers = tuple[Floats, Floats, Floats]

_HIDDEN = 64, 32
_EPOCHS, _BATCH = 6, 16  # texts in a step
_RATE, _DECAY, _DROPPED = 2e-3, 1e-4, 0.1
_LISTWISE = 0.5
_MOMENTS = 0.9, 0.999


def fit_network(
    features: Sequence[Floats], labels: Sequence[NDArray[np.bool_]], seed: int
) -> Layers:
    """Layers of a network that scores rows, the higher the likelier.

    Parameters
    ----------
    features : sequence of float32 arrays (n_i, d)
        Candidates of each text.
    labels : sequence of bool arrays (n_i,)
        Which of them were chosen.
    seed : int
        Of the start, the order of texts and the units dropped.

    Returns
    -------
    tuple of float32 arrays (d + 1, h1), (h1 + 1, h2), (h2 + 1,)
        The last row of each is the bias. Columns of any scale are right: what standardises
        them is folded into the first layer.

    Notes
    -----
    The loss of a text is the mean of the logistic loss of its candidates and of the listwise
    one, -Σ log softmax(z) over those chosen [1]_. Adam [2]_ with a rate that falls as a cosine.

    References
    ----------
    .. [1] Cao et al. Learning to rank: from pairwise approach to listwise approach. ICML 2007.
    .. [2] Kingma, Ba. Adam: a method for stochastic optimization. ICLR 2015.
    """
    rng = np.random.default_rng(seed)
    every = np.concatenate(features)
    mean, scale = every.mean(axis=0), every.std(axis=0) + np.float32(1e-3)
    rows = [(x - mean) / scale for x in features]
    wanted = [y.astype(np.float32) for y in labels]
    layers = _start(every.shape[1], rng)
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    n_steps = _EPOCHS * -(-len(rows) // _BATCH)
    step = 0
    for _ in range(_EPOCHS):
        order = rng.permutation(len(rows))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            gradients = _gradients(
                layers, [rows[i] for i in batch], [wanted[i] for i in batch], rng
            )
            rate = _RATE * 0.5 * (1.0 + np.cos(np.pi * step / n_steps))
            step += 1
            for layer, gradient, (m, v) in zip(layers, gradients, moments, strict=True):
                m += (1 - _MOMENTS[0]) * (gradient - m)
                v += (1 - _MOMENTS[1]) * (gradient * gradient - v)
                size = np.sqrt(v / (1 - _MOMENTS[1] ** step)) + 1e-8
                layer -= rate / (1 - _MOMENTS[0] ** step) * m / size
    first_layer, second, output = layers
    # (x - mean) / scale @ W + b = x @ (W / scale) + (b - mean / scale @ W)
    weights = first_layer[:-1] / scale[:, np.newaxis]
    return np.vstack([weights, first_layer[-1] - mean @ weights]), second, output


def _start(n_features: int, rng: np.random.Generator) -> list[Floats]:
    first, second = _HIDDEN
    layers = [
        rng.standard_normal((n + 1, width)) * np.sqrt(2.0 / n)
        for n, width in ((n_features, first), (first, second), (second, 1))
    ]
    for layer in layers:
        layer[-1] = 0.0
    return [layers[0].astype(np.float32), layers[1].astype(np.float32), _output(layers[2])]


def _output(layer: NDArray[np.float64]) -> Floats:
    output = layer[:, 0] / 2
    output[-1] = -2.0  # few candidates are chosen
    return output.astype(np.float32)


def _gradients(
    layers: Sequence[Floats],
    rows: Sequence[Floats],
    wanted: Sequence[Floats],
    rng: np.random.Generator,
) -> list[Floats]:
    """Gradients of the mean loss of some texts."""
    first, second, output = layers
    x, y = np.concatenate(rows), np.concatenate(wanted)
    begins = np.cumsum([0, *(len(one) for one in wanted[:-1])])
    text = np.repeat(np.arange(len(wanted)), [len(one) for one in wanted])
    kept = (rng.random((len(x), first.shape[1])) > _DROPPED) / np.float32(1 - _DROPPED)
    h1 = np.maximum(x @ first[:-1] + first[-1], 0) * kept.astype(np.float32)
    h2 = np.maximum(h1 @ second[:-1] + second[-1], 0)
    z = h2 @ output[:-1] + output[-1]

    each = 1.0 / (1.0 + np.exp(-z)) - y
    powers = np.exp(z - np.maximum.reduceat(z, begins)[text])
    softmax = powers / np.add.reduceat(powers, begins)[text]
    listwise = softmax * np.add.reduceat(y, begins)[text] - y
    dz = ((1 - _LISTWISE) * each + _LISTWISE * listwise) / np.float32(len(wanted))

    dh2 = np.outer(dz, output[:-1]) * (h2 > 0)
    dh1 = (dh2 @ second[:-1].T) * (h1 > 0) * kept.astype(np.float32)
    gradients = [
        np.vstack([x.T @ dh1, dh1.sum(axis=0)]),
        np.vstack([h1.T @ dh2, dh2.sum(axis=0)]),
        np.append(h2.T @ dz, dz.sum()),
    ]
    for gradient, layer in zip(gradients, layers, strict=True):
        gradient[:-1] += _DECAY * layer[:-1]
    return [gradient.astype(np.float32) for gradient in gradients]
