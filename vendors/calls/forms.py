"""What the team types when it sets a call up. Times are the city's wall times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from events.programme.forms import WallTime
from festival.kit.money import AmountOrNone
from festival.kit.text import Line, Paragraphs, ShortLine, clean_line, wrong_text
from festival.kit.words import N_


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _lines(value: object) -> object:
    return [row for row in map(clean_line, value.splitlines()) if row] if isinstance(value, str) else value


def _list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Blank = BeforeValidator(_none_if_blank)
MaybeTime = Annotated[WallTime | None, Blank]
MaybeDay = Annotated[dt.date | None, Blank]
MaybeNumber = Annotated[Annotated[int, Field(ge=0, le=1_000_000)] | None, Blank]
MaybePercent = Annotated[Annotated[int, Field(ge=0, le=100)] | None, Blank]
Short = Annotated[str, BeforeValidator(lambda v: clean_line(str(v or ""))), StringConstraints(max_length=60)]


class CallForm(BaseModel):
    """The dates of a call, and what comes back to one who withdraws."""

    opens: WallTime
    decisions_on: MaybeDay = None
    changes_until: MaybeTime = None
    map_public: MaybeTime = None
    offer_hours: int = Field(ge=1, le=2000)
    grace_days: int = Field(ge=1, le=365)
    keep_no_show_deposit: bool = False
    days_0: MaybeNumber = None
    percent_0: MaybePercent = None
    resold_0: bool = False
    days_1: MaybeNumber = None
    percent_1: MaybePercent = None
    resold_1: bool = False
    days_2: MaybeNumber = None
    percent_2: MaybePercent = None
    resold_2: bool = False

    @model_validator(mode="after")
    def _whole_tiers(self) -> Self:
        if any((days is None) is not (percent is None) for days, percent, _ in self._rows()):
            raise wrong_text(N_("Give both the days and the percentage of a refund, or neither."))
        return self

    def _rows(self) -> list[tuple[int | None, int | None, bool]]:
        return [
            (self.days_0, self.percent_0, self.resold_0),
            (self.days_1, self.percent_1, self.resold_1),
            (self.days_2, self.percent_2, self.resold_2),
        ]

    def tiers(self) -> list[tuple[int, int, bool]]:
        """(days ahead, percent back, full if the space is given to somebody else)."""
        return [
            (days, percent, resold)
            for days, percent, resold in self._rows()
            if days is not None and percent is not None
        ]


class NewCallForm(BaseModel):
    """A call for a festival, empty or as another festival's was."""

    festival: int
    copy_from: Annotated[int | None, Blank] = None


class NewNameForm(BaseModel):
    """Something new, by its name."""

    name: Annotated[Line, StringConstraints(max_length=120)]


class CategoryForm(BaseModel):
    """A kind of application."""

    name: Annotated[Line, StringConstraints(max_length=120)]
    description: Paragraphs = ""
    cap: int = Field(ge=0, le=100_000)
    fee: AmountOrNone
    charge: Literal["on_approval", "invoice", "none"]
    space: Short = ""
    booth_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{0,4}$")] = ""
    closes: WallTime
    invited_only: bool = False

    @model_validator(mode="after")
    def _pays_or_not(self) -> Self:
        if self.charge == "none" and self.fee:
            raise wrong_text(N_("There is a fee, so say when it is paid."))
        return self


class FeeForm(BaseModel):
    """Another fee: for whom, or until when."""

    condition: Annotated[ShortLine, StringConstraints(max_length=40)]
    fee: AmountOrNone
    sent_until: MaybeTime = None
    # A season price: from so many days on, 0 for all; of each of them, or of all together.
    from_dates: MaybeNumber = None
    together: bool = False

    @model_validator(mode="after")
    def _season_or_early(self) -> Self:
        if self.from_dates is not None and self.sent_until:
            raise wrong_text(N_("A price is either for a season or for early senders, not both."))
        if self.together and self.from_dates is None:
            raise wrong_text(N_("Say from how many days on this price is for all together."))
        return self


class AddOnForm(BaseModel):
    """Something to rent."""

    name: Annotated[Line, StringConstraints(max_length=120)]
    price: AmountOrNone
    stock: int = Field(ge=0, le=100_000)
    category: Annotated[int | None, Blank] = None
    needs_approval: bool = False


class PaperForm(BaseModel):
    """A paper that categories may ask for."""

    name: Line
    help: Paragraphs = ""
    due_days_before: MaybeNumber = None
    is_link: bool = False
    sensitive: bool = False
    # It has a day after which it is no longer good.
    ends: bool = False

    def facts(self) -> dict[str, Any]:
        """The columns of its row."""
        return self.model_dump(exclude={"ends"}) | {"expires": "date on form" if self.ends else "none"}


class NeedsForm(BaseModel):
    """Which papers a category asks for (`asked`), and which of them must be there (`required`), by their ids.

    `after-7` says after which answer the paper 7 is asked for, as question=answer; empty for always.
    """

    asked: Annotated[list[int], BeforeValidator(_list)] = []
    required: Annotated[list[int], BeforeValidator(_list)] = []


class QuestionForm(BaseModel):
    """A question of one category."""

    label: Annotated[Line, StringConstraints(max_length=300)]
    help: Annotated[str, BeforeValidator(lambda v: clean_line(str(v or ""))), StringConstraints(max_length=300)] = ""
    kind: Literal["text", "long", "yes_no", "choice", "number", "date", "link", "names", "times"]
    required: bool = False
    options: Annotated[list[Annotated[str, StringConstraints(max_length=200)]], BeforeValidator(_lines)] = []
    most: MaybeNumber = None
    # The earlier question on whose answer this one depends, and that answer.
    after: Annotated[str | None, Blank] = None
    after_is: Annotated[str, BeforeValidator(lambda v: clean_line(str(v or "")))] = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "choice" and len(set(self.options)) < 2:
            raise wrong_text(N_("Write at least two answers, one on each line."))
        if self.after and not self.after_is:
            raise wrong_text(N_("Write the answer after which this question is asked."))
        return self


class MoveForm(BaseModel):
    """One place up or down."""

    step: Annotated[Literal[-1, 1], BeforeValidator(lambda value: {"-1": -1, "1": 1}.get(str(value), value))]


def read_conditions(values: Mapping[str, Any]) -> dict[int, dict[str, str]]:
    """The answer after which each paper is asked for, by the paper's id; those that are always asked for are left
    out, and so is what no page of ours sends."""
    found: dict[int, dict[str, str]] = {}
    for name, value in values.items():
        number = name.removeprefix("after-")
        question, equals, answer = value.partition("=") if isinstance(value, str) else ("", "", "")
        if name != number and number.isdecimal() and equals:
            found[int(number)] = {"question": question, "is": answer}
    return found
