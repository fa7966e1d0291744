"""What is written in a thread."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from festival.kit.text import Paragraphs


class MessageForm(BaseModel):
    """One message."""

    text: Annotated[Paragraphs, StringConstraints(min_length=1, max_length=4000)]
