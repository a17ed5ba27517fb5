"""Numbers of style: how a text is written, whatever it is about."""

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
    words = [w for w in parsed.words if w.text.isalnum() or any(ch.isalnum() for ch in w.text)]
    if not parsed.sentences or not words:
        return {}
    text = parsed.normalized.text
    n_sentences = len(parsed.sentences)
    n_chars = sum(len(w.text) for w in words)
    head = [w.text for w in words[:1000]]
    values = (
        float(len(text)),
        sum(s.end - s.start for s in parsed.sentences) / n_sentences,
        n_chars / len(words),
        len(set(head)) / len(head),
        sum(s.text.rstrip("\"'”’」』）)")[-1:] in ("?", "？") for s in parsed.sentences)
        / n_sentences,
        sum(s.text[-1:] in ("!", "！") for s in parsed.sentences) / n_sentences,
        sum(len(w.text) for w in words if w.pos == "eng") / n_chars,
        sum(len(w.text) for w in words if w.pos == "m") / n_chars,
        sum(w.text in _FIRST for w in words) / len(words),
        sum(w.text in _SECOND for w in words) / len(words),
    )
    return dict(zip(STYLE_NAMES, values, strict=True))
