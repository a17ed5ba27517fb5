"""Numbers of style: how a text is written, whatever it is about."""

from itertools import compress

from nlp.parsed import Parsed

STYLE_NAMES = (
    "length",
    "sentence_length",
    "word_length",
    "variety",
    "questions",
    "exclamations",
    "latin",
    "digits",
    "first_person",
    "second_person",
)
_FIRST = frozenset(["我", "我们", "咱们", "本人", "自己"])
_SECOND = frozenset(["你", "你们", "您", "大家"])


def style(parsed: Parsed) -> dict[str, float]:
    """Numbers of a text by name; empty if it has no sentence.

    ``length`` is in characters, ``sentence_length`` in characters a sentence,
    ``word_length`` in characters a word, ``variety`` the different words of the first
    thousand by their number; the others are shares in [0, 1] of sentences, characters or
    words.
    """
    spoken = parsed.facts["spoken"].tolist()
    texts = list(compress(parsed.texts, spoken))
    if not parsed.sentences or not texts:
        return {}
    n_sentences, n_words, n_chars = len(parsed.sentences), len(texts), sum(map(len, texts))
    n_latin = n_digits = n_first = n_second = 0
    for text, pos in zip(texts, compress(parsed.pos, spoken), strict=True):
        if pos == "eng":
            n_latin += len(text)
        elif pos == "m":
            n_digits += len(text)
        elif text in _FIRST:
            n_first += 1
        elif text in _SECOND:
            n_second += 1
    ends = [s.text.rstrip("\"'”’」』）)")[-1:] for s in parsed.sentences]
    head = texts[:1000]
    values = (
        float(len(parsed.normalized.text)),
        sum(s.end - s.start for s in parsed.sentences) / n_sentences,
        n_chars / n_words,
        len(set(head)) / len(head),
        sum(end in ("?", "？") for end in ends) / n_sentences,
        sum(s.text[-1:] in ("!", "！") for s in parsed.sentences) / n_sentences,
        n_latin / n_chars,
        n_digits / n_chars,
        n_first / n_words,
        n_second / n_words,
    )
    return dict(zip(STYLE_NAMES, values, strict=True))
