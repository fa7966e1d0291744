"""What the team and applicants write about single parts, read into typed values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, StringConstraints, ValidationError

from festival.kit.errors import Invalid
from festival.kit.text import Line, Paragraphs, clean_paragraphs
from festival.kit.web.forms import field_errors
from festival.kit.words import N_, Message, say
from vendors.applying.rules import read_answer
from vendors.changes.queries import Part
from vendors.changes.rules import Verdict
from vendors.lifecycle.reasons import MOST_OWN_WORDS, compose_reason

Form = TypeVar("Form", bound=BaseModel)
Words = Annotated[Paragraphs, StringConstraints(max_length=MOST_OWN_WORDS)]
_NEEDED = N_("This is needed.")


class RoundForm(BaseModel):
    """What belongs to a round as a whole."""

    due_on: dt.date
    words: Words = ""


class DueForm(BaseModel):
    """Another last day."""

    due_on: dt.date


class _AskForm(BaseModel):
    listed: Annotated[str, StringConstraints(max_length=20)] = ""
    note: Words = ""


class _VerdictForm(_AskForm):
    verdict: Literal["", "accept", "again"] = ""
    expires_on: Annotated[dt.date | None, BeforeValidator(lambda value: value or None)] = None


class _ReplyForm(BaseModel):
    reply: Annotated[Paragraphs, StringConstraints(max_length=300)] = ""


def require_due(day: dt.date, today: dt.date) -> dt.date:
    """A last day that leaves time; raises Invalid."""
    if not today < day <= today + dt.timedelta(days=366):
        raise Invalid({"due_on": say(N_("Choose a day after today."))})
    return day


def read_notes(values: Mapping[str, Any], keys: Collection[str], listed: Mapping[str, str]) -> dict[str, str]:
    """The parts to change, each with its note; those without one are not asked about. Raises Invalid."""
    wanted: dict[str, str] = {}
    errors: dict[str, Message] = {}
    for key in keys:
        given = _read(_AskForm, values, key, errors)
        if given and (note := compose_reason(given.listed, given.note, listed)):
            wanted[key] = note
    if errors:
        raise Invalid(errors)
    return wanted


def read_verdicts(values: Mapping[str, Any], items: Collection[int], listed: Mapping[str, str]) -> dict[int, Verdict]:
    """What is said to each item; those without a verdict are left for later. Raises Invalid."""
    said: dict[int, Verdict] = {}
    errors: dict[str, Message] = {}
    for item in items:
        given = _read(_VerdictForm, values, str(item), errors)
        if given is None or not given.verdict:
            continue
        note = compose_reason(given.listed, given.note, listed)
        if given.verdict == "again" and not note:
            errors[f"note.{item}"] = say(N_("Write what is wrong with it. The applicant reads this."))
        said[item] = Verdict(given.verdict == "accept", note, given.expires_on)
    if errors:
        raise Invalid(errors)
    return said


def _read(model: type[Form], values: Mapping[str, Any], key: str, errors: dict[str, Message]) -> Form | None:
    """The fields that are called `name.key` as `model`; what is wrong goes into `errors` under that name."""
    try:
        return model.model_validate({
            name: values[f"{name}.{key}"] for name in model.model_fields if f"{name}.{key}" in values
        })  # fmt: skip
    except ValidationError as error:
        errors |= {f"{name}.{key}": words for name, words in field_errors(error).items()}
    return None


def read_part(part: Part, values: Mapping[str, Any], fees: Collection[str]) -> tuple[str, str]:
    """The new value of a part that is no paper, and the words to the team; raises Invalid."""
    errors: dict[str, Message] = {}
    given = _read(_ReplyForm, values, part.key, errors)
    text = values.get(part.key, "")
    value = _read_value(part, text if isinstance(text, str) else "", fees)
    if isinstance(value, Message):
        errors[part.key] = value
    if errors or given is None or isinstance(value, Message):
        raise Invalid(errors)
    return value, given.reply


def read_reply(part: Part, values: Mapping[str, Any]) -> str:
    """The words to the team about a paper; raises Invalid."""
    errors: dict[str, Message] = {}
    given = _read(_ReplyForm, values, part.key, errors)
    if given is None:
        raise Invalid(errors)
    return given.reply


class _Name(BaseModel):
    value: Line


def _read_value(part: Part, text: str, fees: Collection[str]) -> str | Message:
    if part.asked:
        value = read_answer(part.asked, text)
        return say(_NEEDED) if value == "" and part.asked.required else value
    if part.kind == "extra" and part.add_on:
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            return say(N_("Write a whole number."))
        return say(N_("This is more than %(most)s."), most=part.add_on.stock) if int(text) > part.add_on.stock else text
    if part.kind == "fee":
        return text if text in fees else ""
    try:
        return _Name(value=text).value if part.kind == "line" else clean_paragraphs(text)[:2000]
    except ValidationError as error:
        return next(iter(field_errors(error).values()))
    except ValueError:
        return say(N_("This has a character that cannot be kept."))
