"""Pack jieba's dictionary and IDF table into the arrays of `nlp.lexicon`.

python -m nlp.training.lexicon -o nlp/data
"""

import argparse
import importlib.resources
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.training.files import save


def pack(dictionary: str, idf: str) -> dict[str, NDArray[np.generic]]:
    r"""Named arrays of the words of both texts, in the order of their UTF-8 bytes.

    Parameters
    ----------
    dictionary : str
        Lines of word, frequency and part of speech. Of a word that stands twice the last
        line counts, as it does for jieba.
    idf : str
        Lines of word and IDF.

    Returns
    -------
    dict of str to array
        ``words`` (uint8, a line feed behind each word), ``pos`` (uint8, rows of ``names``)
        and ``idf`` (float64, NaN where unknown).

    Examples
    --------
    >>> arrays = pack("矩阵 5 n\nB超 3 n\n", "矩阵 9.5\n")
    >>> arrays["words"].tobytes().decode().split(), arrays["idf"].tolist()
    (['B超', '矩阵'], [nan, 9.5])
    """
    fields = dictionary.split()
    tags = dict(zip(fields[::3], fields[2::3], strict=True))
    fields = idf.split()
    values = dict(zip(fields[::2], map(float, fields[1::2]), strict=True))
    words = sorted({*tags, *values}, key=str.encode)
    names = ["", *sorted(set(tags.values()))]
    row = {name: i for i, name in enumerate(names)}
    text = "".join(f"{word}\n" for word in words).encode()
    return {
        "words": np.frombuffer(text, dtype=np.uint8),
        "pos": np.array([row[tags.get(word, "")] for word in words], dtype=np.uint8),
        "names": np.array(names, dtype=np.str_),
        "idf": np.array([values.get(word, np.nan) for word in words]),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Read what jieba ships and write ``lexicon.npz``."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training.lexicon")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the file")
    options = parser.parse_args(arguments)
    jieba = importlib.resources.files("jieba")
    dictionary = jieba.joinpath("dict.txt").read_text("utf-8")
    idf = jieba.joinpath("analyse/idf.txt").read_text("utf-8")
    save(pack(dictionary, idf), options.output / "lexicon.npz")
    return 0


if __name__ == "__main__":
    sys.exit(main())
