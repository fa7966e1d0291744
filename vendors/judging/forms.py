"""What the team types about criteria, scores and conflicts of interest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from festival.kit.errors import Invalid
from festival.kit.text import Line, clean_line
from festival.kit.words import N_, Message, say
from vendors.models import Criterion

MOST_NOTE = 500


class CriterionForm(BaseModel):
    """One thing to score."""

    name: Annotated[Line, StringConstraints(max_length=80)]
    help: Annotated[str, BeforeValidator(lambda v: clean_line(str(v or ""))), StringConstraints(max_length=300)] = ""
    points: int = Field(default=5, ge=2, le=10)
    weight: int = Field(default=1, ge=1, le=10)
    category: Annotated[int | None, BeforeValidator(lambda v: v or None)] = None


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class BlindForm(BaseModel):
    """Whether names are hidden from jurors, and what else tells or does not tell them, by the keys of the rows."""

    blind: bool = False
    hide: Annotated[list[int], BeforeValidator(_as_list)] = Field(default=[], max_length=1000)
    show: Annotated[list[int], BeforeValidator(_as_list)] = Field(default=[], max_length=200)


class ConflictForm(BaseModel):
    """A conflict of interest, with a reason if one wants to give it."""

    reason: Annotated[str, BeforeValidator(lambda v: clean_line(str(v or ""))), StringConstraints(max_length=300)] = ""


class EndConflictForm(BaseModel):
    """Whose conflict of interest ends."""

    review: int


def read_scores(values: Mapping[str, Any], criteria: Sequence[Criterion]) -> dict[int, tuple[int | None, str]]:
    """(score or None, note) by criterion; raises Invalid for a score that is not on the scale."""
    found: dict[int, tuple[int | None, str]] = {}
    errors: dict[str, Message] = {}
    for row in criteria:
        given = str(values.get(f"c{row.id}", "")).strip()
        note = clean_line(str(values.get(f"n{row.id}", "")))[:MOST_NOTE]
        allowed = {str(n) for n in range(1, row.points + 1)}
        if given and given not in allowed:
            errors[f"c{row.id}"] = say(N_("Choose one of the answers offered."))
        found[row.id] = (int(given) if given in allowed else None, note)
    if errors:
        raise Invalid(errors)
    return found
