"""Pure: a text as the words that are searched, in twelve scripts.

Both sides, what is kept and what is typed, go through the same folding: case, accents, Arabic vowel signs and
letter forms, Ethiopic letters of one sound. Scripts that put no space between words are cut into pairs of
neighbouring characters, so that any part of a word is found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby, pairwise

MOST_WORDS = 6
_LONGEST = 60
_MOST_KEPT = 6000

_LETTERS = {
    **str.maketrans({"đ": "d", "ł": "l", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe"}),
    # Arabic: the forms of alef, of final ya and of final ta are written either way.
    **str.maketrans({"ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك"}),
}
# Ethiopic letters that sound alike, by the first of their row and the row they are written as.
_ALIKE = ((0x1210, 0x1200, 8), (0x1280, 0x1200, 8), (0x1220, 0x1230, 8), (0x12D0, 0x12A0, 7), (0x1340, 0x1338, 7))
for _first, _written, _count in _ALIKE:
    _LETTERS.update({_first + n: chr(_written + n) for n in range(_count)})
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xAA60, 0xAA7F), (0x20000, 0x3FFFF),
)  # fmt: skip
_STACKER = "\u1039"  # Myanmar: the next consonant is written below


def fold(text: str) -> str:
    """`text` without what people write now this way, now that."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(c for c in plain if not _is_sign(c))
    return kept.translate(_LETTERS)


def _is_sign(char: str) -> bool:
    """An accent, an Arabic vowel sign or stretch, or a joiner; vowel signs of other scripts are letters."""
    code = ord(char)
    return (
        0x300 <= code <= 0x36F
        or 0x610 <= code <= 0x61A
        or 0x64B <= code <= 0x65F
        or code in {0x640, 0x670}
        or unicodedata.category(char) == "Cf"
    )


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """The words of a folded text, and whether their script puts no spaces between words."""

    def kind(char: str) -> int:
        if unicodedata.category(char)[0] not in "LNM":
            return 0
        return 2 if any(first <= ord(char) <= last for first, last in _UNSPACED) else 1

    for found, chars in groupby(text, kind):
        if found:
            yield found == 2, "".join(chars)


def _clusters(run: str) -> list[str]:
    """Characters with the signs that belong to them."""
    found: list[str] = []
    for char in run:
        joined = found and (unicodedata.category(char)[0] == "M" or found[-1].endswith(_STACKER))
        if joined:
            found[-1] += char
        else:
            found.append(char)
    return found


def words_kept(*texts: str) -> str:
    """The words of a document, each once, separated by single spaces."""
    found: dict[str, None] = {}
    for unspaced, run in _runs(fold("\n".join(texts))):
        if unspaced:
            parts = _clusters(run)
            found.update(dict.fromkeys(one + other for one, other in pairwise(parts)))
            found[parts[-1]] = None
        else:
            found[run[:_LONGEST]] = None
    return " ".join(list(found)[:_MOST_KEPT])


def words_asked(text: str) -> list[tuple[str, bool]]:
    """The words that must all be in a document, and whether the beginning of a longer word is enough."""
    found: dict[tuple[str, bool], None] = {}
    for unspaced, run in list(_runs(fold(text)))[:MOST_WORDS]:
        parts = _clusters(run) if unspaced else []
        if len(parts) > 1:
            found.update(((one + other, False), None) for one, other in pairwise(parts))
        else:
            found[run[:_LONGEST], True] = None
    return list(found)


def fts5_query(words: list[tuple[str, bool]]) -> str:
    """All of `words`, for SQLite's MATCH."""
    return " ".join(f'"{word}"{"*" if beginning else ""}' for word, beginning in words)


def ts_query(words: list[tuple[str, bool]]) -> str:
    """All of `words`, as PostgreSQL's tsquery."""
    return " & ".join(f"'{word}'{':*' if beginning else ''}" for word, beginning in words)
