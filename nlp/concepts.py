"""The concepts of a text: what it teaches, what it expects, and what it says is not needed."""

from collections.abc import Sequence

from nlp.analysis import Concept, Tag
from nlp.parsed import Parsed
from nlp.prerequisites import NOT_NEEDED, mentions

_MAX_CONCEPTS = 12


def concepts(parsed: Parsed, tags: Sequence[Tag], *, title: str = "") -> tuple[Concept, ...]:
    """Find the concepts of a text where they first stand, in order.

    Prerequisites are the terms with a cue (`nlp.prerequisites`); what is taught are the
    heaviest tags, at most twelve. A term that is expected is not also taught; one that is
    not needed may be.

    Parameters
    ----------
    parsed : Parsed
        The text.
    tags : sequence of Tag
        By falling weight.
    title : str, optional
        Normalised title of the text.
    """
    text = parsed.normalized.text
    expected: dict[str, Concept] = {}
    found: list[Concept] = []
    for mention in mentions(parsed, title):
        term = text[mention.start : mention.end]
        needed = mention.cue != NOT_NEEDED
        concept = Concept(*parsed.original(mention.start, mention.end), needed, mention.cue)
        if not needed:
            found.append(concept)
        else:
            expected.setdefault(term, concept)
    found.extend(expected.values())
    pos = dict(zip(parsed.texts, parsed.pos, strict=True))
    taught: list[str] = []
    for tag in tags:
        if len(taught) == _MAX_CONCEPTS:
            break
        term = tag.text.strip("《》")
        if pos.get(term, "n")[0] not in "nejl":
            continue
        start = text.find(term)
        if start < 0 or any(term in other or other in term for other in (*expected, *taught)):
            continue
        taught.append(term)
        found.append(Concept(*parsed.original(start, start + len(term)), False, None))
    return tuple(sorted(found, key=lambda c: (c.start, c.end, c.prerequisite)))
