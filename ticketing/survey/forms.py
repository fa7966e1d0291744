"""What a guest answers."""

from __future__ import annotations

from pydantic import Field

from festival.kit.text import OptionalParagraphs
from festival.kit.web.api import Body


class AnswerForm(Body):
    """How it was, from one star to five, and what should be better."""

    stars: int = Field(ge=1, le=5)
    words: OptionalParagraphs = None
