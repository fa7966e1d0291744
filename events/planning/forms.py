"""What an organizer fills in about a program, and about its state."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from events.models import Program
from events.planning.rules import NEED_REASON
from events.programme.forms import Language, LongLine, WallTime
from festival.kit.errors import Invalid
from festival.kit.text import Line, Paragraphs, clean_line, wrong_text
from festival.kit.words import N_, say

_YES_NO = {"yes": True, "no": False, "": None}


def _blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _cents(value: object) -> object:
    """Dollars as people write them, `12` or `12.50`, to cents."""
    if not isinstance(value, str):
        return value
    text = value.strip().removeprefix("$").replace(",", "")
    if not text:
        return None
    try:
        cents = Decimal(text) * 100
    except InvalidOperation:
        raise wrong_text(N_("Write an amount like 12 or 12.50.")) from None
    if cents != cents.to_integral_value() or not 0 <= cents <= 100_000_000:
        raise wrong_text(N_("Write an amount like 12 or 12.50."))
    return int(cents)


def _many(value: object) -> object:
    """One tick comes as a text, several as a list, none not at all."""
    return [value] if isinstance(value, str) else value


def _fact(value: object) -> object:
    if isinstance(value, str):
        if value not in _YES_NO:
            raise wrong_text(N_("Choose one of the answers offered."))
        return _YES_NO[value]
    return value


Amount = Annotated[int | None, BeforeValidator(_cents)]
Count = Annotated[Annotated[int, Field(ge=1, le=1_000_000)] | None, BeforeValidator(_blank)]
Fact = Annotated[bool | None, BeforeValidator(_fact)]
Flag = Annotated[bool, BeforeValidator(lambda value: value in {"yes", "on", "true", "1", True})]
Key = Annotated[str, StringConstraints(max_length=80), AfterValidator(str.strip)]


def _https(value: str) -> str:
    """A web address for people to open, or nothing; raises PydanticCustomError."""
    try:
        parts = urlsplit(clean_line(value))
    except ValueError:
        parts = urlsplit("wrong:")
    if value.strip() and (parts.scheme != "https" or "." not in (parts.hostname or "") or parts.username):
        raise wrong_text(N_("Write a whole link, beginning with https://."))
    if len(value) > 500:
        raise wrong_text(N_("This is too long."))
    return parts.geturl()


class ProgramForm(BaseModel):
    """A program as the page has it; texts are in `language`."""

    title: Line
    summary: LongLine = ""
    description: Paragraphs = ""
    bring: Paragraphs = ""
    language: Language = "en"
    area: Literal["cultural", "arts", "sports"]
    venue: Annotated[Key, StringConstraints(min_length=1)]
    festival: Key = ""
    goal: Key = ""
    goal_attendance: Count = None
    register_by: Literal["none", "qr", "paid", "apply", "invite"] = "none"
    fee: Amount = None
    resident_fee: Amount = None
    capacity: Count = None
    languages: Annotated[list[Language], BeforeValidator(_many), Field(max_length=20)] = []
    online: Flag = False
    online_url: Annotated[str, AfterValidator(_https)] = ""
    for_children: Flag = False
    step_free: Fact = None
    sign_language: Fact = None
    quiet_room: Fact = None
    hearing_loop: Fact = None
    access_note: LongLine = ""
    note: LongLine = ""
    revision: int | None = None

    def columns(self) -> dict[str, Any]:
        """What goes into the row as it is; places and goals are looked up by the action."""
        apart = {"venue", "festival", "goal", "fee", "resident_fee", "languages", "revision"}
        return {
            **self.model_dump(exclude=apart),
            "fee_cents": self.fee or 0,
            "resident_fee_cents": self.resident_fee,
        }


def form_of(program: Program, spoken: list[str]) -> dict[str, Any]:
    """The values that the form shows of a program."""
    names = (
        "title", "summary", "description", "bring", "language", "area", "register_by", "access_note", "note",
        "online_url",
    )  # fmt: skip
    facts = ("step_free", "sign_language", "quiet_room", "hearing_loop")
    words: dict[bool | None, str] = {True: "yes", False: "no", None: ""}
    return {
        **{name: getattr(program, name) for name in names},
        **{name: words[getattr(program, name)] for name in facts},
        "venue": program.venue.slug,
        "festival": program.festival.slug if program.festival else "",
        "goal": program.goal.slug if program.goal else "",
        "goal_attendance": program.goal_attendance or "",
        "capacity": program.capacity or "",
        "fee": _dollars(program.fee_cents or None),
        "resident_fee": _dollars(program.resident_fee_cents),
        "languages": spoken,
        "online": "yes" if program.online else "",
        "for_children": "yes" if program.for_children else "",
        "revision": program.revision,
    }


def _dollars(cents: int | None) -> str:
    if cents is None:
        return ""
    return f"{cents // 100}" if cents % 100 == 0 else f"{cents / 100:.2f}"


class StateForm(BaseModel):
    """Where a program is to go, why, and when."""

    to: Literal["draft", "published", "postponed", "cancelled", "archived"]
    reason: LongLine = ""
    publish_at: Annotated[WallTime | None, BeforeValidator(_blank)] = None
    revision: int

    @model_validator(mode="after")
    def _with_reason(self) -> StateForm:
        if self.publish_at and self.to != "published":
            raise wrong_text(N_("Only a publication can wait for its hour."))
        return self

    def require_reason(self) -> None:
        """Raise Invalid at `reason` where the public must be told why."""
        if self.to in NEED_REASON and not self.reason:
            raise Invalid({"reason": say(N_("Say why, in a sentence: people who planned to come will read it."))})


class CopyForm(BaseModel):
    """What the copy of last year's program is called, and when it begins."""

    title: Line
    begins_on: Annotated[dt.date | None, BeforeValidator(_blank)] = None
