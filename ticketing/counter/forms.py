"""What the team fills in over claims, and guest lists read from a spreadsheet."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from festival.kit.sheets import Line, read_sheet
from festival.kit.web.api import Body
from festival.kit.web.forms import field_errors
from festival.kit.words import N_, Message, say
from ticketing.claim.forms import PartyForm

MOST_GUESTS = 500
_COLUMNS = ("party", "name", "email", "phone", "language")


class MoveForm(Body):
    """Where a claim goes."""

    offer: int


class GuestsForm(BaseModel):
    """A guest list that was looked at: its rows, and the name of the import."""

    rows: Annotated[str, StringConstraints(max_length=400_000)]
    batch: Annotated[str, StringConstraints(min_length=1, max_length=40)]

    def forms(self) -> list[PartyForm]:
        """The parties; raises ValidationError on anything that the preview did not write."""
        return _Rows.model_validate({"rows": json.loads(self.rows)}).rows


class _Rows(BaseModel):
    rows: Annotated[list[PartyForm], Field(min_length=1, max_length=MOST_GUESTS)]


@dataclass(frozen=True)
class WrongRow:
    """A row that cannot be taken: its number as the spreadsheet shows it, the column, and why."""

    number: int
    column: str
    why: Message


@dataclass(frozen=True)
class GuestList:
    """What was read of a guest list."""

    forms: Sequence[PartyForm]
    wrong: Sequence[WrongRow]

    @property
    def people(self) -> int:
        """People in all parties together."""
        return sum(form.party for form in self.forms)

    def packed(self) -> str:
        """The rows as the preview's form carries them on."""
        return json.dumps([form.model_dump(include=set(_COLUMNS)) for form in self.forms], ensure_ascii=False)


async def read_guests(content: bytes) -> GuestList:
    """The parties of a CSV or XLSX file with the columns party, name, email, phone, language; raises SheetWrong."""
    sheet = await asyncio.to_thread(read_sheet, content)
    if "party" not in sheet.columns:
        return GuestList([], [WrongRow(1, "party", say(N_("There is no column named “party”.")))])
    if len(sheet.lines) > MOST_GUESTS:
        return GuestList([], [WrongRow(1, "party", say(N_("Use at most %(most)s rows at a time."), most=MOST_GUESTS))])
    forms: list[PartyForm] = []
    wrong: list[WrongRow] = []
    for line in sheet.lines:
        try:
            forms.append(PartyForm.model_validate(_values(line)))
        except ValidationError as error:
            wrong += [WrongRow(line.number, name, why) for name, why in field_errors(error).items()]
    return GuestList(forms, wrong)


def _values(line: Line) -> dict[str, Any]:
    return {name: line.cells.get(name, "") for name in _COLUMNS}
