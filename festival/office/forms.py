"""What staff ask of the lists."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, ValidationError
from starlette.requests import Request

_Number = Annotated[int, Field(ge=1, lt=2**63)]


def _none_if_blank(value: Any) -> Any:
    return value or None


class NumberForm(BaseModel):
    """Which letter or job."""

    number: _Number


class Filter(BaseModel):
    """A list's filters; what cannot be read is as if it were not given."""

    action: Annotated[str, StringConstraints(max_length=60)] = ""
    actor: Annotated[str, StringConstraints(max_length=100)] = ""
    kind: Annotated[str, StringConstraints(max_length=32)] = ""
    state: Annotated[str, StringConstraints(max_length=10)] = ""
    claim: Annotated[str, StringConstraints(max_length=20)] = ""
    recipient: Annotated[str, StringConstraints(max_length=100)] = ""
    before: Annotated[_Number | None, BeforeValidator(_none_if_blank)] = None


def read_filter(request: Request) -> Filter:
    """The filters of an address."""
    values = {name: value for name, value in request.query_params.items() if "\x00" not in value}
    try:
        return Filter.model_validate(values)
    except ValidationError:
        return Filter()
