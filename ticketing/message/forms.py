"""What an organizer writes to many: a text, and the same in other languages where they have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, ValidationError

from festival.kit.errors import Invalid
from festival.kit.languages import LANGUAGES
from festival.kit.text import Line, Paragraphs
from festival.kit.web.forms import field_errors
from festival.kit.words import N_, Message, say
from ticketing.delivery.rules import unknown_placeholders


class _Words(BaseModel):
    subject: Line
    text: Annotated[Paragraphs, StringConstraints(min_length=1)]


@dataclass(frozen=True)
class MessageForm:
    """A message, by language; readers of a language that is not there get that of `language`."""

    language: str
    texts: dict[str, dict[str, str]]
    important: bool
    whole_occurrence: bool


def read_message(values: Mapping[str, Any]) -> MessageForm:
    """The posted form; raises Invalid with a sentence at each field, placeholders that are not in the list included."""
    language = str(values.get("language", ""))
    errors: dict[str, Message] = {}
    texts: dict[str, dict[str, str]] = {}
    if language not in LANGUAGES:
        errors["language"] = say(N_("Choose one of the answers offered."))
    for code in LANGUAGES:
        given = {name: str(values.get(f"{name}-{code}", "")) for name in ("subject", "text")}
        if code != language and not any(text.strip() for text in given.values()):
            continue
        try:
            words = _Words.model_validate(given)
        except ValidationError as error:
            errors |= {f"{name}-{code}": message for name, message in field_errors(error).items()}
            continue
        texts[code] = words.model_dump()
        for name, text in texts[code].items():
            unknown = unknown_placeholders(text)
            if unknown:
                sentence = N_("{%(name)s} is not one of the names that can stand in braces.")
                errors[f"{name}-{code}"] = say(sentence, name=unknown[0][:40])
    if errors:
        raise Invalid(errors)
    return MessageForm(language, texts, values.get("important") == "yes", values.get("whole") == "yes")
