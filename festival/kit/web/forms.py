"""Forms: what a person typed, read into a pydantic model, or given back with a sentence at each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from festival.kit.errors import Invalid
from festival.kit.words import N_, Message, say, say_n

Model = TypeVar("Model", bound=BaseModel)

_MISSING = N_("This is needed.")
_NUMBER = N_("Write a whole number.")
_SENTENCES: dict[str, str] = {
    "missing": _MISSING,
    "string_type": N_("Write some text here."),
    "int_parsing": _NUMBER,
    "int_type": _NUMBER,
    "int_from_float": _NUMBER,
    "bool_parsing": N_("Choose yes or no."),
    "enum": N_("Choose one of the answers offered."),
    "literal_error": N_("Choose one of the answers offered."),
    "datetime_from_date_parsing": N_("Write a date and a time, like 2027-06-12T11:00-06:00."),
    "datetime_parsing": N_("Write a date and a time, like 2027-06-12T11:00-06:00."),
    "timezone_aware": N_("Add the offset from UTC, like 2027-06-12T11:00-06:00."),
    "date_from_datetime_parsing": N_("Write a date, like 2027-06-12."),
    "date_parsing": N_("Write a date, like 2027-06-12."),
    "uuid_parsing": N_("This is not a UUID."),
    "extra_forbidden": N_("This name is not known here."),
    "list_type": N_("Send a list here."),
}
_UNCLEAR = N_("This answer cannot be taken as it is.")


def _sentence(error: ErrorDetails) -> Message:
    kind, context = error["type"], error.get("ctx", {})
    # A bound that stands after a validator of ours is pydantic's general one, also for texts.
    text = isinstance(error["input"], str)
    if kind == "string_too_short" or (kind == "too_short" and text and context.get("min_length") == 1):
        return say(_MISSING)
    if kind in {"string_too_long", "bytes_too_long"} or (kind == "too_long" and text):
        most = int(context["max_length"])
        return say_n("Use at most %(count)s character.", "Use at most %(count)s characters.", most)
    if kind in {"less_than_equal", "less_than"}:
        return say(N_("This is more than %(most)s."), most=context.get("le", context.get("lt")))
    if kind in {"greater_than_equal", "greater_than"}:
        return say(N_("This is less than %(least)s."), least=context.get("ge", context.get("gt")))
    if kind == "too_long":
        return say(N_("Send at most %(most)s at a time."), most=context["max_length"])
    known = _SENTENCES.get(kind)
    if known:
        return say(known)
    # Our own validators raise PydanticCustomError with a sentence for people as the template.
    if kind == "say":
        return say(error["msg"])
    return say(_UNCLEAR)


def field_errors(error: ValidationError) -> dict[str, Message]:
    """One sentence per field, keyed by its dotted place."""
    found: dict[str, Message] = {}
    for detail in error.errors(include_url=False):
        place = ".".join(str(step) for step in detail["loc"]) or "body"
        found.setdefault(place, _sentence(detail))
    return found


@dataclass
class FormState:
    """A form as it is shown: what was typed, and what is wrong with it."""

    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    errors: Mapping[str, Message] = field(default_factory=dict[str, Message])

    def value(self, name: str, otherwise: Any = "") -> Any:
        """What stands in the field."""
        return self.values.get(name, otherwise)

    def error(self, name: str) -> Message | None:
        """What is wrong with the field, if anything."""
        return self.errors.get(name)


def form_values(form: FormData) -> dict[str, Any]:
    """The form as plain values; a name given more than once becomes a list, files are left out."""
    values: dict[str, Any] = {}
    for name in form:
        texts = [item for item in form.getlist(name) if not isinstance(item, UploadFile)]
        if texts:
            values[name] = texts if len(texts) > 1 else texts[0]
    return values


async def read_form(request: Request, model: type[Model]) -> Model:
    """The posted form as `model`, or Invalid with a sentence for each field. Unknown fields change nothing."""
    values = form_values(await request.form())
    request.state.form_values = values
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid(field_errors(error)) from None


def refused_form(request: Request, refusal: Invalid) -> FormState:
    """The form of `request` as it is shown again after `refusal`: all that was typed is kept."""
    return FormState(getattr(request.state, "form_values", {}), refusal.errors)
