"""A partner's calendar as staff describe it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from calendar_feed.partners.fetching import FetchRefused, split_address
from festival.kit.languages import LANGUAGES
from festival.kit.text import Line, clean_line, wrong_text
from festival.kit.words import N_


def _address(value: str) -> str:
    text = clean_line(value)
    if not text:
        return ""
    try:
        split_address(text)
    except FetchRefused as refusal:
        raise wrong_text(str(refusal.args[0])) from None
    return text.replace("webcal://", "https://", 1)


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise wrong_text(N_("Choose one of the answers offered."))
    return value


def _none_if_blank(value: object) -> object:
    return None if value == "" else value


Address = Annotated[str, Field(max_length=1000), AfterValidator(_address)]


class SourceForm(BaseModel):
    """What a source is called, where it is read, and how far it is trusted."""

    name: Line
    url: Address = ""
    home_url: Annotated[str, Field(max_length=500), AfterValidator(_address)] = ""
    trust: Literal["review", "trusted"] = "review"
    area: Literal["cultural", "arts", "sports"] = "cultural"
    language: Annotated[str, AfterValidator(_language)] = "en"
    venue: Annotated[int | None, BeforeValidator(_none_if_blank)] = None
    every: Annotated[int, Field(ge=15, le=10080)] = 60

    def facts(self) -> dict[str, Any]:
        """The columns of a source."""
        return {
            "name": self.name, "url": self.url, "home_url": self.home_url, "trust": self.trust, "area": self.area,
            "language": self.language, "venue_id": self.venue, "every_minutes": self.every,
        }  # fmt: skip
