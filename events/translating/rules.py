"""Pure: how a translation stands to the text it was made from."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """Whether a text can be relied on in a language."""

    EMPTY = "empty"  # there is nothing to translate
    MISSING = "missing"
    DRAFT = "draft"  # by a machine or in haste: not shown until a person confirms it
    STALE = "stale"  # the text it was made from has changed since
    GOOD = "good"


def judge(source: str, text: str, state: str, *, same_source: bool) -> Standing:
    """The standing of `text`, "" where there is none."""
    if not source:
        return Standing.EMPTY
    if not text:
        return Standing.MISSING
    if state == "draft":
        return Standing.DRAFT
    return Standing.GOOD if same_source else Standing.STALE
