"""Messages as data: what is said is decided in the rooms, in which language only at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark `text` for the translators and return it unchanged."""
    return text


@dataclass(frozen=True)
class Message:
    """A sentence for people: an English text with %(name)s placeholders, and their values.

    With `plural`, `text` is the singular and `count` (also offered as %(count)s) chooses the form.
    """

    text: str
    params: Mapping[str, object] = field(default_factory=dict[str, object])
    plural: str | None = None
    count: int = 0


def say(text: str, **params: object) -> Message:
    """A message of `text` and its placeholders' values."""
    return Message(text, params)


def say_n(singular: str, plural: str, count: int, **params: object) -> Message:
    """A message whose form depends on `count`."""
    return Message(singular, {"count": count, **params}, plural, count)
