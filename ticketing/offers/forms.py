"""What staff programs send to make an offer."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from festival.kit.text import clean_line
from festival.kit.web.api import Body

Name = Annotated[str, StringConstraints(max_length=120), AfterValidator(clean_line)]


def _utc(value: dt.datetime) -> dt.datetime:
    return value.astimezone(dt.UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]


class NewOffer(Body):
    """Places for an occurrence; without times, open at once, good from two hours before the start until the end."""

    name: Name = ""
    capacity: int = Field(ge=0, le=1_000_000)
    party_most: int = Field(10, ge=1, le=255)
    waitlist: bool = True
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
