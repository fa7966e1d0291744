"""What somebody sends to take places, by page or program."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from festival.kit.errors import Invalid
from festival.kit.i18n import current_language
from festival.kit.languages import find_language
from festival.kit.text import OptionalEmail, OptionalLine, clean_line, wrong_text
from festival.kit.web.api import Body
from festival.kit.words import N_, say
from ticketing.asking.forms import MoreForm

_LONGEST_KEY = 100


def _or_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _known_language(value: str) -> str:
    found = find_language(value)
    if found is None:
        raise wrong_text(N_("Choose one of the answers offered."))
    return found


def _or_current(value: object) -> object:
    return current_language() if value is None or value == "" else value


Language = Annotated[
    str, StringConstraints(max_length=35), AfterValidator(_known_language), BeforeValidator(_or_current)
]
Key = Annotated[str, AfterValidator(clean_line), StringConstraints(min_length=1, max_length=_LONGEST_KEY)]


def _phone(value: str | None) -> str | None:
    if value is None:
        return None
    line = clean_line(value)
    if not re.fullmatch(r"\+?[\d\s().-]{7,30}", line):
        raise wrong_text(N_("This is not a whole phone number, like +1 303 555 0100."))
    return line or None


OptionalPhone = Annotated[
    Annotated[str, StringConstraints(max_length=40), AfterValidator(_phone)] | None, BeforeValidator(_or_none)
]


OptionalCode = Annotated[
    Annotated[str, StringConstraints(max_length=40), AfterValidator(clean_line)] | None, BeforeValidator(_or_none)
]
Nonce = Annotated[str, StringConstraints(max_length=40)]


class PartyForm(MoreForm):
    """A party, and how to reach it if it wants to be reached; what the offer asks besides; `code` of a private
    offer; `household`, its address, where places are limited by it (only a fingerprint is kept)."""

    party: int = Field(ge=1, le=255)
    name: OptionalLine = None
    email: OptionalEmail = None
    phone: OptionalPhone = None
    language: Language = Field(default_factory=current_language)
    code: OptionalCode = None
    household: OptionalLine = None
    # Proof of work over the key, found by the page's script while the form is filled in.
    nonce: Nonce = ""

    def digest(self) -> str:
        """Equal for equal details."""
        more = None if self.is_empty else [self.bands, self.languages, self.access, self.answers]
        besides = [part for part in (self.phone, self.household, more) if part]
        text = json.dumps([self.party, self.name, self.email, self.language, *besides])
        return hashlib.sha256(text.encode()).hexdigest()


class PartyPage(PartyForm):
    """The same from a page, which carries the key of its one outcome."""

    key: Key


class CodePage(Body):
    """The code of a private offer."""

    code: Annotated[str, AfterValidator(clean_line), StringConstraints(min_length=1, max_length=40)]


def read_key(header: str | None) -> str:
    """The Idempotency-Key of a call; raises Invalid where there is none, or one that cannot be kept."""
    key = (header or "").strip()
    if not key:
        raise Invalid({"Idempotency-Key": say(N_("Send this header with a text of your own, new for each claim."))})
    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise Invalid({"Idempotency-Key": say(N_("Use at most 100 printable characters."))})
    return key
