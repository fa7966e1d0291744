"""What the team says of an office."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from festival.kit.text import Email, clean_line


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class OfficeForm(BaseModel):
    """An office, and the kinds of papers that it wants, by their slugs."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(clean_line)]
    county: Annotated[str, StringConstraints(max_length=80), AfterValidator(clean_line)] = ""
    email: Annotated[Email | None, BeforeValidator(_none_if_blank)] = None
    due_days_before: Annotated[Annotated[int, Field(ge=0, le=365)] | None, BeforeValidator(_none_if_blank)] = None
    papers: Annotated[list[Annotated[str, StringConstraints(max_length=40)]], BeforeValidator(_as_list)] = []

    def facts(self) -> dict[str, Any]:
        """The columns."""
        return {**self.model_dump(exclude={"papers"}), "email": self.email or ""}
