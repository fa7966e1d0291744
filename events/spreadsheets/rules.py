"""Pure: the columns of the sheets, and what a row would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from festival.kit.words import Message

# Heading to the form's field. The headings stay English: they are names for programs, like the columns of the API.
PROGRAM_COLUMNS: Mapping[str, str] = {
    "address": "slug", "title": "title", "summary": "summary", "description": "description", "bring": "bring",
    "language": "language", "area": "area", "place": "venue", "festival": "festival", "goal": "goal",
    "expected": "goal_attendance", "register": "register_by", "fee": "fee", "resident fee": "resident_fee",
    "capacity": "capacity", "languages": "languages", "online": "online", "children": "for_children",
    "step-free": "step_free", "sign language": "sign_language", "quiet room": "quiet_room",
    "hearing loop": "hearing_loop", "access note": "access_note", "note": "note", "state": "state",
    "day": "starts_on", "begins": "starts", "ends": "ends",
}  # fmt: skip
DATE_COLUMNS: Mapping[str, str] = {
    "date": "id", "program": "program", "day": "day", "begins": "begins", "ends": "ends", "place": "venue",
    "title": "title", "state": "state", "reason": "reason",
}  # fmt: skip
# Shown in an export and never read: the state is changed on its page, where its reason is asked for.
ONLY_SHOWN = frozenset({"state"})
DATE_FIELDS = ("starts_on", "starts", "ends")


class Effect(StrEnum):
    """What a row of a sheet does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True)
class Row:
    """A row as it was read: its number in the sheet, what it is about, what it does, and to which columns."""

    number: int
    name: str
    effect: Effect
    changes: Sequence[tuple[str, str, str]] = ()
    errors: Mapping[str, Message] = field(default_factory=dict[str, Message])
    # What the action needs to do it.
    work: Any = None


@dataclass(frozen=True)
class Plan:
    """What a sheet would do."""

    kind: str
    rows: Sequence[Row]

    def count(self, effect: str) -> int:
        """How many rows have this effect."""
        return sum(row.effect == effect for row in self.rows)

    @property
    def good(self) -> bool:
        """Whether it may be done: no row is wrong, and one at least does something."""
        return not self.count(Effect.WRONG) and bool(self.count(Effect.NEW) + self.count(Effect.CHANGED))
