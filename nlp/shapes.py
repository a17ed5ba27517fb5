"""Shapes of what stays whole: numbers, formulas, code, names, addresses, emoji.

Patterns over the normal form, where full-width signs are plain ones: ``，`` is ``,`` here, so a
comma ends a run of signs unless it stands between digits or in brackets. Each pattern looks a
bounded number of characters ahead, so a scan is linear.
"""

import re

HAN = "\u3400-\u4dbf\u4e00-\u9fff〇"
LETTER = "A-Za-z0-9À-ÖØ-öø-ÿΑ-ωА-я"
SIGNS = "√∑∫∂±×÷≤≥≠≈∞∈∉⊂⊆∪∩∀∃∇∝"

EMOJI = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
#: skin tones, the choice of a coloured form, and the letters of the flags of regions
TINTS = "\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
#: several emoji drawn as one: 👨‍👩‍👧; few tints, or a run of tints would be read from each again
EMOJI_JOINED = rf"[{EMOJI}](?:[{TINTS}]{{0,3}}\u200d[{EMOJI}])+[{TINTS}]{{0,8}}"
_ONE_EMOJI = rf"""{EMOJI_JOINED} | [\U0001f1e6-\U0001f1ff]{{2}} | [{EMOJI}][{TINTS}]+
           | [0-9\#*]\ufe0f?\u20e3"""

# what is called is a letter (P(A|B), O(n log n)), a name of several parts (np.zeros), or one of
# these: other names before brackets are names with a gloss, numpy(np)
_CALLED = "arg(?:max|min)|cos|det|exp|int|len|lim|ln|log|main|max|min|print|range|sin|sqrt|str|tan"
_PARTS = r"[A-Za-z][A-Za-z0-9]{0,30}(?:(?:\.|::|->|_)[A-Za-z0-9]{1,30}){1,6}"
_CALL = rf"""(?:[A-Za-z]'{{0,3}}|{_CALLED}|{_PARTS})
           \((?:[^()\n{HAN}]|\([^()\n{HAN}]{{0,60}}\)){{0,80}}\)
           (?![{LETTER}\#%&'(*+\-/<=>@\[\\^_`{{|~])"""
_LINK = r"[!\#$%&*+\-./0-:;=?@A-Z\[\]\\^_`a-z|~]|,(?!(?:https?|ftp)://)"
_URL = rf"(?:(?:https?|ftp)://|www\.(?=[A-Za-z0-9]))(?:{_LINK})+(?<![.,;:!?])"
# makers put the number behind a space; elsewhere it is a word of its own: Python 3.12
_MADE = "iPhone|iPad|iMac|MacBook|Galaxy|Pixel|Kindle|Windows|Office|Xbox|PlayStation"
_PRODUCT = rf"""(?:{_MADE})(?:\ (?:Pro|Air|Max|[Mm]ini|Plus|Ultra|Lite|SE|X[RS]?|S?\d{{1,4}}))+
           (?![{LETTER}.])"""
# f(x,y), {1,2}, 1,000: a comma that belongs to what stands around it
_INNER = rf"""(?<=\d),(?=\d{{3}}(?!\d))
           | [,;](?=(?:[^()\[\]{{}}\s{HAN}]|\([^()\s{HAN}]{{0,20}}\)){{1,40}}[)\]}}])"""

RUN = re.compile(
    rf"""(?P<han>[{HAN}]+)
       | (?P<stop>[,;:!?。、《》“”] | [(\["'](?={_PRODUCT}))
       | (?P<latex>\$(?![\s$])[^$\n{HAN}]{{0,299}}(?<!\s)\$
           | \$\$[^$\n{HAN}]{{1,299}}\$\$
           | \\\([^\n{HAN}]{{1,299}}?\\\) | \\\[[^\n{HAN}]{{1,299}}?\\\])
       | (?P<code>`[^`\s](?:[^`\n]{{0,119}}[^`\s])?`)
       | (?P<call>{_CALL})
       | (?P<link>(?=[hfw]){_URL})
       | (?P<product>(?=[iMGPKWOX]){_PRODUCT})
       | (?P<emoji>{_ONE_EMOJI})
       | (?P<ascii>(?:[{LETTER}!-#%-+\-./<-@\[-`{{-~°′″·～–{SIGNS}]++
           | :(?!(?<=[A-Za-z]:)[A-Za-z]) | {_INNER})+)
       | (?P<other>\S)""",
    re.VERBOSE,
)

_VALUE = r"\d+(?:,\d{3}(?!\d))*(?:\.\d+)*(?:%|°C|°|‰)?"
_AGAIN = rf"(?:[:/\-~～–]{_VALUE})*"
_PER = r"/(?:s|h|d|min|day|k?g|[mμ]?[lL]|[ck]?m[23]?|mol|K)"
_LOW = r"[_^]\{[^{}\s]{1,40}\}"
TERM = re.compile(
    rf"""(?P<script>(?:\\[A-Za-z]+|[A-Za-zΑ-ω][A-Za-z0-9]{{0,10}})
           (?:[_^][A-Za-z0-9]{{1,10}})?{_LOW}(?:{_LOW}|[_^][A-Za-z0-9]{{1,10}})*
           | \\[A-Za-z]+(?:[_^][A-Za-z0-9])+)
       | (?P<command>\\[A-Za-z]+(?:\{{[^{{}}]{{0,60}}\}})*)
       | (?P<call>{_CALL})
       | (?P<scoped>(?<![A-Za-z0-9_])[A-Za-z_][A-Za-z0-9_]*
           (?:::~?[A-Za-z0-9_]+)+(?:<[A-Za-z0-9_:,]{{1,40}}>)?)
       | (?P<slash>(?<![{LETTER}/])(?:TCP/IP|PL/SQL|CI/CD|I/O|A/B|[BC]/S|P/[EB]|HTTP/[123](?:\.\d)?)
           (?![{LETTER}/+\#]))
       | (?P<url>{_URL})
       | (?P<mail>[A-Za-z0-9._+\-]{{1,64}}@[A-Za-z0-9\-]{{1,63}}(?:\.[A-Za-z0-9\-]{{1,63}})+)
       | (?P<molecule>[A-Z][A-Za-z0-9]{{0,10}}(?:\((?:[A-Z][a-z]?\d{{0,2}}){{1,6}}\)\d{{1,2}})+
           | (?:H|Na|K|Ag|NH4|H3O|(?:Ca|Mg|Ba|Cu|Zn|Fe)2|(?:Fe|Al)3)\+(?![{LETTER}+]))
       | (?P<unit>(?>{_VALUE}(?:[\-~～–]{_VALUE})?)[A-Za-zμΩ]{{1,5}}(?:{_PER})?
           (?![{LETTER}_]|['._\-&+@][{LETTER}]))
       | (?P<number>(?>{_VALUE}{_AGAIN})(?![{LETTER}]))
       | (?P<word>\.NET\b | [{LETTER}]+(?:['._\-&+@–][{LETTER}]+)*(?:\+\+|\#)?)
       | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)

_FORMULA = re.compile(rf"[{LETTER}_.,()\[\]{{}}|'=<>^*/+\-°′″·\\{SIGNS}]+")
_FORMULA_MARK = re.compile(rf"[=^{SIGNS}]|[A-Za-z0-9)\]}}][<>][+\-.]?\d")


def is_formula(body: str) -> bool:
    """Say whether a run without Han is one formula: a relation or operator between terms.

    Examples
    --------
    >>> [is_formula(body) for body in ("E=mc^2", "p<0.05", "Java/Python", "x=(1")]
    [True, True, False, False]
    """
    return (
        2 < len(body) <= 200
        and _FORMULA_MARK.search(body) is not None
        and _FORMULA.fullmatch(body) is not None
        and sum(ch.isalnum() for ch in body) * 3 >= len(body)
        and all(body.count(a) == body.count(b) for a, b in ("()", "[]", "{}"))
    )
