"""Every refusal of the house is one of this tree, and is put into words only at the edge.

    Refusal                 status  code
    ├── BadRequest             400  bad_request
    ├── NotSignedIn            401  not_signed_in
    ├── Forbidden              403  forbidden
    ├── NotFound               404  not_found
    ├── Conflict               409  conflict
    ├── Gone                   410  gone
    ├── TooLarge               413  too_large
    ├── UnsupportedType        415  unsupported_type
    ├── Invalid                422  invalid        (carries `errors`, one message per field)
    ├── TooMany                429  too_many       (carries `retry_after`, seconds)
    └── Overloaded             503  overloaded     (carries `retry_after`, seconds)

A room derives its own from these and gives it a `code` that a program can rely on and a `message`
for people. Refusals are ordinary exceptions, not frozen dataclasses: contextlib sets attributes on
what it passes through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from festival.kit.words import N_, Message


class Refusal(Exception):
    """What was asked is not done, nothing was changed, and the asker is told why.

    `extra` holds further members of the problem document (RFC 9457, section 3.2), such as
    `places_left`.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "refused"
    message: ClassVar[str] = N_("This could not be done.")
    # Where the page of this refusal leads on to, as a path of ours; empty for the front page.
    way_on: str = ""

    def __init__(
        self,
        message: Message | str | None = None,
        *,
        extra: Mapping[str, object] | None = None,
        **params: object,
    ) -> None:
        if isinstance(message, Message):
            self.words = message
        else:
            self.words = Message(message or self.message, params)
        self.extra: dict[str, object] = dict(extra or {})
        super().__init__(self.code, self.words.text)

    @property
    def headers(self) -> dict[str, str]:
        """Response headers that belong to this refusal."""
        return {}


class BadRequest(Refusal):
    """The request cannot be read."""

    status = 400
    code = "bad_request"
    message = N_("This request could not be read. Go back and try again.")


class NotSignedIn(Refusal):
    """Nobody is known to be asking."""

    status = 401
    code = "not_signed_in"
    message = N_("Please sign in first.")

    @property
    def headers(self) -> dict[str, str]:
        """Ask for a bearer token (RFC 6750, section 3)."""
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(Refusal):
    """Somebody is known to be asking, and may not."""

    status = 403
    code = "forbidden"
    message = N_("Your account may not do this. Ask an organizer for access.")


class NotFound(Refusal):
    """There is no such thing, or not for this asker."""

    status = 404
    code = "not_found"
    message = N_("There is nothing here. The link may be old or misspelt.")


class Conflict(Refusal):
    """What was asked does not fit the present state."""

    status = 409
    code = "conflict"
    message = N_("Something changed in the meantime. Look again, then try once more.")


class Gone(Refusal):
    """It was here and was withdrawn."""

    status = 410
    code = "gone"
    message = N_("This link was withdrawn.")


class TooLarge(Refusal):
    """More was sent than is taken."""

    status = 413
    code = "too_large"
    message = N_("What you sent is too large.")


class UnsupportedType(Refusal):
    """The body is of a kind that is not taken here."""

    status = 415
    code = "unsupported_type"
    message = N_("This kind of content is not taken here.")


class Invalid(Refusal):
    """Some fields cannot be taken; `errors` says which and why."""

    status = 422
    code = "invalid"
    message = N_("Some answers need another look.")

    def __init__(self, errors: Mapping[str, Message], message: Message | str | None = None) -> None:
        super().__init__(message)
        self.errors: dict[str, Message] = dict(errors)


class TooMany(Refusal):
    """The asker asked too often; `retry_after` is in seconds."""

    status = 429
    code = "too_many"
    message = N_("That was too many tries. Wait a moment, then try again.")

    def __init__(self, retry_after: int = 30) -> None:
        super().__init__()
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """When to come back (RFC 9110, section 10.2.3)."""
        return {"Retry-After": str(self.retry_after)}


class Overloaded(TooMany):
    """The house is full for the moment; nothing was done."""

    status = 503
    code = "overloaded"
    message = N_("Many people are here right now. Nothing is lost: try again in a few seconds.")

    def __init__(self, retry_after: int = 2) -> None:
        super().__init__(retry_after)
