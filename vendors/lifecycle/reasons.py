"""Reasons of decisions: chosen from a list that every applicant reads in their language, or in the team's own words.

A kept reason is plain text: the listed sentence in English on its first line, then what the team added. A sentence
that leaves the list one day is still read as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from festival.kit.errors import Invalid
from festival.kit.words import N_, Message, say

# For declining and the waiting list, then for asking for changes. At most 99 letters: the team's words need the rest.
LISTED: Mapping[str, str] = {
    "full": N_("There were more applications than places."),
    "like": N_("We already have several like this and look for variety."),
    "rules": N_("It does not fit the rules of this category."),
    "answers": N_("Some answers are missing or not clear."),
    "papers": N_("A paper is missing or cannot be read."),
    "category": N_("Another category fits better: please choose again."),
}
# What stands in the history of one who did not come.
DEPOSIT_STAYS = N_("The deposit stays with the city.")
MOST_OWN_WORDS = 200
_KNOWN = frozenset({*LISTED.values(), DEPOSIT_STAYS})


def compose_reason(code: str, own_words: str, listed: Mapping[str, str] = LISTED) -> str:
    """What is kept of a reason that is `listed` under `code` ("" for none) and the team's own words; raises Invalid."""
    if code and code not in listed:
        raise Invalid({"listed": say(N_("Choose one of the answers offered."))})
    return "\n".join(part for part in (listed.get(code, ""), own_words) if part)


def reason_lines(kept: str) -> Sequence[Message]:
    """A kept reason as it is shown: listed sentences are translated, those of a call's own where its words are in
    use, and what somebody wrote stays as it is."""
    lines = [line for line in kept.splitlines() if line]
    return [say(line) if line in _KNOWN else Message("%(text)s", {"text": Message(line)}) for line in lines]
