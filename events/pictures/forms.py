"""What is said about a picture."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from festival.kit.text import clean_line

Alt = Annotated[str, AfterValidator(clean_line), StringConstraints(min_length=1, max_length=300)]
Percent = Annotated[int, Field(ge=0, le=100)]


class PictureForm(BaseModel):
    """Words for whoever does not see it, who took it, and the point that stays in view, in percent."""

    alt: Alt
    credit: Annotated[str, AfterValidator(clean_line), StringConstraints(max_length=200)] = ""
    focus_x: Percent = 50
    focus_y: Percent = 50
