"""What applicants type, read into typed values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, StringConstraints

from festival.kit.text import Line, Paragraphs, clean_line


def _plain(value: object) -> object:
    return clean_line(value) if isinstance(value, str) else value


def _list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class PartsForm(BaseModel):
    """Several parts at once, by one group."""

    name: Line
    description: Annotated[Paragraphs, StringConstraints(max_length=2000)] = ""
    parts: Annotated[list[Annotated[str, StringConstraints(max_length=40)]], BeforeValidator(_list)] = []


class AboutForm(BaseModel):
    """Who applies."""

    name: Line
    description: Annotated[Paragraphs, StringConstraints(max_length=2000)] = ""
    fee_condition: Annotated[str, BeforeValidator(_plain), StringConstraints(max_length=40)] = ""
