"""The verdict on a paper beside its picture."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, StringConstraints

from festival.kit.text import Paragraphs, clean_line
from vendors.lifecycle.reasons import MOST_OWN_WORDS


class VerdictForm(BaseModel):
    """Accepted, or sent back with a reason of the list or in own words."""

    verdict: Literal["accept", "send_back"]
    listed: Annotated[str, StringConstraints(max_length=20)] = ""
    reason: Annotated[Paragraphs, StringConstraints(max_length=MOST_OWN_WORDS)] = ""
    number: Annotated[str, AfterValidator(clean_line), StringConstraints(max_length=60)] = ""
    expires_on: Annotated[dt.date | None, BeforeValidator(lambda value: value or None)] = None
