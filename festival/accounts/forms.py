"""What people type to sign in and about themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from festival.kit.languages import LANGUAGES
from festival.kit.text import Email, OptionalLine, ShortLine, wrong_text
from festival.kit.web.access import Role, Scope
from festival.kit.words import N_

Password = Annotated[str, Field(max_length=1000)]
Number = Annotated[int, Field(ge=1, lt=2**63)]
Code = Annotated[str, Field(max_length=20)]


def _one_of_ours(value: str) -> str:
    if value not in LANGUAGES:
        raise wrong_text(N_("Choose one of the answers offered."))
    return value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class LinkForm(BaseModel):
    """An address to which the link goes."""

    email: Email
    next: Annotated[str, Field(max_length=1000)] = ""


class PasswordForm(LinkForm):
    """An address and its password."""

    password: Password


class CodeForm(BaseModel):
    """A code of the second factor, in the middle of signing in."""

    step: Annotated[str, Field(max_length=100)] = ""
    code: Code


class ConfirmForm(BaseModel):
    """Password or code, once more."""

    password: Password = ""
    code: Code = ""
    next: Annotated[str, Field(max_length=1000)] = ""


class ProfileForm(BaseModel):
    """What people say about themselves."""

    name: OptionalLine = None
    language: Annotated[str, AfterValidator(_one_of_ours)]


class NewPasswordForm(BaseModel):
    """A new password; the present one is asked for where there is one."""

    present: Password = ""
    password: Password


class RoleForm(BaseModel):
    """Whom to give which role."""

    email: Email
    name: OptionalLine = None
    role: Role


class RevokeForm(BaseModel):
    """Whose role to take."""

    person: Number
    role: Role


class PersonForm(BaseModel):
    """Whose access to reset."""

    person: Number


class TokenForm(BaseModel):
    """A new API token."""

    name: ShortLine
    scopes: Annotated[list[Scope], BeforeValidator(_as_list), Field(min_length=1, max_length=len(Scope))]
    days: Annotated[int, Field(ge=1, le=730)] = 365


class SessionForm(BaseModel):
    """Which session to end."""

    session: Number


class TokenEndForm(BaseModel):
    """Which token to end."""

    token: Number
